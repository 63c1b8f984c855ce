"""What is said of what somebody must look up. One voice a concept, named like it."""

import numpy as np

from features.said import Said, days


def facility(said: Said) -> str:
    """Says what stands behind: facility."""
    if said.so("no_facility_npi"):
        return f"no facility is named.{said.past('facility', 'denied')}"
    return f"the record of this facility {said.moves} the risk.{said.past('facility', 'denied')}"


def rendering_provider(said: Said) -> str:
    """Says what stands behind: rendering provider."""
    past = said.past("payer_rendering", "provider_enrollment")
    if said.so("no_rendering_npi"):
        return f"no rendering provider is named.{past}"
    if said.so("rendering_npi_wrong"):
        return "the NPI of the rendering provider fails its check digit."
    if said.of("rendering_enrolled") == 0:
        return (
            f"our book says that the rendering provider was not enrolled with this payer on that day.{past}"
        )
    if said.of("rendering_lines_in_year") == 0:
        return "we sent nothing of this rendering provider to this payer in the last year. Is the provider enrolled?"
    return f"the record of this rendering provider at this payer {said.moves} the risk.{past}"


def diagnosis(said: Said) -> str:
    """Says what stands behind: diagnosis."""
    past = said.past("payer_procedure_diagnosis", "medical_necessity")
    if said.of("diagnosis_covered") == 0:
        return f"no diagnosis that it points at is on this payer's list for {said.procedure}.{past}"
    if said.so("diagnostic_with_screening_cause"):
        return f"{said.procedure} looks for the cause of a finding, but the diagnosis is a screening.{past}"
    if said.so("screening_without_cause"):
        return f"{said.procedure} is a screening, but the diagnosis is not.{past}"
    if said.raises and said.so("diagnosis_is_unspecific"):
        return f"the diagnosis for {said.procedure} is not specific.{past}"
    if said.raises and said.so("diagnosis_is_symptom"):
        return f"the diagnosis for {said.procedure} is only a symptom.{past}"
    return f"the diagnosis {'may not support' if said.raises else 'supports'} {said.procedure} at this payer.{past}"


def same_claim(said: Said) -> str:
    """Says what stands behind: other services on the claim."""
    past = said.past("payer_procedure_beside", "bundling")
    if said.so("ncci_unmarked"):
        return f"a code pair rule does not pay {said.procedure} beside another service of the claim.{past}"
    if said.so("add_on_alone"):
        return f"{said.procedure} adds to another service, and that one is not on the claim.{past}"
    if said.so("same_line_on_claim"):
        return f"the claim holds {said.procedure} more than once for the same day.{past}"
    if said.raises and said.so("other_component_on_claim"):
        return f"another line of the claim bills another part of the same {said.procedure}.{past}"
    if said.raises and said.so("same_region_on_claim"):
        return f"another line of the claim images the same part of the body.{past}"
    if said.of("n_lines") == 1:
        return f"{said.procedure} stands alone on its claim.{past}"
    return f"{said.procedure} stands beside other services, which {said.moves} the risk.{past}"


def referral(said: Said) -> str:
    """Says what stands behind: referral."""
    if said.so("no_referral_number"):
        return f"no referral number is on the claim{', and this plan may want one' if said.raises else ''}."
    return "a referral number is on the claim."


def eligibility(said: Said) -> str:
    """Says what stands behind: eligibility."""
    past = said.past("payer_eligibility", "eligibility")
    if said.so("not_active"):
        return f"the last check said that coverage was not active.{past}"
    if said.of("days_since_coverage_ended") > 0:
        return f"coverage ended {days(said.of('days_since_coverage_ended'))} before the service.{past}"
    if said.so("not_verified"):
        return f"coverage was not verified.{past}"
    if said.raises and said.so("coverage_ends_soon"):
        return f"coverage ended {days(-said.of('days_since_coverage_ended'))} after the service.{past}"
    if said.so("eligibility_unknown"):
        return f"we have no record of a coverage check.{past}"
    age = said.of("days_checked_before_service")
    when = f" {days(age)} before the service" if age >= 1 else ""
    return f"coverage was checked{when} and was active.{past}"


def other_payer(said: Said) -> str:
    """Says what stands behind: other payer."""
    past = said.past("payer_coordination", "coordination")
    if said.so("other_payer_left_off"):
        return f"the front desk noted that another payer comes first, but the claim names none.{past}"
    if said.so("second_without_payment"):
        return f"this payer comes second, but the claim does not say what the first one paid.{past}"
    if said.raises and said.so("has_related_cause"):
        return f"an accident or a job injury is noted, so another insurer may have to pay.{past}"
    if said.of("n_other_payers") > 0:
        return f"the claim names another payer.{past}"
    return f"the claim names no other payer.{past}"


def filing_time(said: Said) -> str:
    """Says what stands behind: time to file."""
    lag = said.of("days_to_submit")
    if np.isnan(lag):
        return "no day of service is given."
    if lag < 0:
        return "the claim was sent before the day of service. One of the dates is wrong."
    past = said.past("payer_filing", "timely_filing") if said.raises else ""
    left = said.of("days_to_filing_limit")
    if left < 0:
        return f"it was sent {days(lag)} after the service, {days(-left)} past this payer's limit.{past}"
    if said.raises and left >= 0:
        return f"it was sent {days(lag)} after the service, {days(left)} before this payer's limit.{past}"
    when = "may be too late" if said.raises else "is in time"
    return f"it was sent {days(lag)} after the service, which {when}.{past}"


def report(said: Said) -> str:
    """Says what stands behind: report."""
    past = said.past("payer_documents", "documentation")
    if said.so("report_unsigned"):
        return f"the report was not signed when the claim was sent.{past}"
    if said.so("no_indication"):
        return f"the report does not say why the study was done.{past}"
    signed = said.of("days_to_sign")
    if signed > 0:
        return f"the report was signed {days(signed)} after the service.{past}"
    if np.isnan(signed):
        return f"we have no record of the report.{past}"
    return f"the report was signed in time.{past}"


def images(said: Said) -> str:
    """Says what stands behind: images."""
    past = said.past("payer_documents", "documentation")
    if said.so("accession_differs"):
        return f"the order and the stored study do not have the same number.{past}"
    if said.so("study_incomplete"):
        return f"the study lacks views.{past}"
    if said.so("image_link_missing"):
        return f"the link to the images was not confirmed.{past}"
    if said.so("no_accession"):
        return f"we have no record of the stored study.{past}"
    return f"the study is complete and stored.{past}"
