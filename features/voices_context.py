"""What is said of what nobody can change. One voice a concept, named like it."""

from data.codes import place_words, procedure_info
from features.said import Said, days


def payer_habit(said: Said) -> str:
    """Says what stands behind: payer's habit."""
    past = said.past("payer_procedure", "denied")
    if said.of("payer_lines_in_year") == 0:
        return "we sent nothing to this payer in the last year, so we know little of its rules."
    return f"this payer's record on {said.procedure} {said.moves} the risk.{past}"


def plan(said: Said) -> str:
    """Says what stands behind: plan."""
    past = said.past("payer_plan", "denied")
    return f"the kind of plan {said.moves} the risk at this payer.{past}"


def procedure(said: Said) -> str:
    """Says what stands behind: procedure."""
    if said.so("excluded"):
        return f"this payer's list says that it never pays for {said.procedure}."
    kind = procedure_info(said.procedure).modality
    words = f"{said.procedure} ({kind})" if kind != "other" else said.procedure
    return f"the service, {words}, {said.moves} the risk.{said.past('procedure', 'denied')}"


def place(said: Said) -> str:
    """Says what stands behind: place of service."""
    words = place_words(str(said.field("place_of_service") or ""))
    where = f"the place of service ({words})" if words else "the place of service"
    return f"{where} {said.moves} the risk."


def amount(said: Said) -> str:
    """Says what stands behind: amount."""
    ratio = said.of("charge_to_usual")
    if said.so("charge_is_zero"):
        return "the line charges nothing."
    if ratio >= 1.2:
        return f"the charge is {ratio:.1f} times what is usual for {said.procedure} at this payer."
    if ratio <= 0.8:
        return f"the charge is only {100 * ratio:.0f}% of what is usual for {said.procedure} at this payer."
    return f"the amount {said.moves} the risk a little."


def patient_history(said: Said) -> str:
    """Says what stands behind: earlier visits."""
    if said.of("share_of_interval_passed") < 1:
        ago = days(max(said.of("days_since_same_study"), 0.0))
        return f"the last study of this kind was {ago} before, and this payer wants more days between two."
    if said.of("same_procedure_in_year") > 0:
        ago = days(said.of("days_since_same_procedure"))
        return f"{said.procedure} was last sent for this patient {ago} ago."
    if said.of("member_lines_in_year") == 0:
        return "this patient is new to us, or was not here in the last year."
    return (
        f"the record of this patient's earlier claims {said.moves} the risk.{said.past('member', 'denied')}"
    )


def patient(said: Said) -> str:
    """Says what stands behind: patient."""
    if said.so("outside_screening_age"):
        return (
            f"payers cover {said.procedure} as a screening only at a certain age, and this is outside of it."
        )
    if said.so("is_dependent"):
        return "the patient is covered through somebody else."
    return "the patient is the insured person."


def calendar(said: Said) -> str:
    """Says what stands behind: calendar."""
    if said.of("days_into_year") < 90:
        return f"early in the year, plans and deductibles start anew. That {said.moves} the risk."
    return f"the time of the year {said.moves} the risk a little."
