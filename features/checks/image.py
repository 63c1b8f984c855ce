"""IMAGE: are study and report in order behind the claim?

Payers who ask for images or reports ask for those of the study that was billed. All of it comes from the systems
beside the billing office (order, archive, report); without them every one of these checks is unknown.
"""

from features.checks.registry import Change, CheckShelf
from features.formula import Formula
from features.line import Line

SHELF = CheckShelf("image")

LATE_DAYS = 14
"""Days from the service to the signed report from which on we call it late; no rule names a figure."""
LATE_SHARE = 0.5
"""Of the filing limit that waiting for the signature may use up."""

DESK = "documentation controller"
ARCHIVE = "acquisition & archive"
READING = "interpretation & signed report"


def _days_to_sign(line: Line) -> Formula:
    return line.number("context_report_signed_on") - line.number("service_from")


def _in_records(line: Line) -> Formula:
    """Whether our records say anything of the study: its order, its archive, its report."""
    named = line.word("context_accession_study").present | line.word("context_accession_order").present
    known = line.number("context_study_complete").known | line.number("context_image_link_confirmed").known
    return named | known | line.number("context_report_signed_on").known


@SHELF.check(
    "images",
    severity="warn",
    reason="16/N40",
    sentence="No archived study is in our records for this service.",
    fix="Find the study in the archive and note its accession number; if there is none, don't bill it.",
    field="accession_study",
    stage=ARCHIVE,
    changes=[Change("context_accession_study", is_obtained=True)],
)
def accession_missing(line: Line) -> Formula:
    """What is billed must be in the archive, under an accession number.

    Unknown where our records say nothing of order, study or report. Source: 42 CFR 424.5(a)(6), who bills must
    furnish what shows that payment is due.
    """
    return (~line.word("context_accession_study").present).only_where(_in_records(line))


@SHELF.check(
    "images",
    severity="warn",
    reason="16/N40",
    sentence="The order has accession {context_accession_order}, the archived study {context_accession_study}.",
    fix="Link the study to its own order in the archive, then send the claim.",
    field="accession_study",
    stage=ARCHIVE,
    changes=[Change("context_accession_study", from_field="context_accession_order")],
)
def accession_differs(line: Line) -> Formula:
    """Order and archived study must be of one accession number, else another study's images go to the payer.

    Source: DICOM and IHE Scheduled Workflow: the accession number (0008,0050) ties the study to its order.
    """
    return line.word("context_accession_order").differs(line.word("context_accession_study"))


@SHELF.check(
    "images",
    severity="warn",
    reason="16/N40",
    sentence="The archived study of {procedure} is not complete: views are missing.",
    fix="Have the missing views sent to the archive, or bill the study that was really done.",
    field="study_complete",
    stage=ARCHIVE,
    changes=[Change("context_study_complete", value="true")],
    needs_record_support=True,
)
def study_incomplete(line: Line) -> Formula:
    """The views that the code stands for must be in the archive. Source: NCCI Policy Manual, chapter IX: bill the
    code of the views that were made.
    """
    return ~line.number("context_study_complete")


@SHELF.check(
    "report",
    severity="block",
    reason="16/M127",
    sentence="No signed report of {procedure} is in our records.",
    fix="Have the radiologist sign the report before the claim goes out.",
    field="report_signed_on",
    changes=[Change("context_report_signed_on", is_obtained=True)],
    owner=DESK,
    stage=READING,
)
def report_unsigned(line: Line) -> Formula:
    """A study without a signed report can't be billed: the reading is the service.

    Unknown where our records say nothing of the study. Source: 42 CFR 415.120 and Medicare Claims Processing Manual,
    chapter 13, section 20 (a written report); Program Integrity Manual, chapter 3, section 3.3.2.4 (signatures).
    """
    return (~line.number("context_report_signed_on").known).only_where(_in_records(line))


@SHELF.check(
    "report",
    severity="info",
    reason="252/N706",
    sentence="The report was signed {days_to_sign} after the service, on {context_report_signed_on}.",
    fix="Keep the signature log at hand: payers ask for it when a report was signed late.",
    field="report_signed_on",
    owner=DESK,
    stage=READING,
)
def report_signed_late(line: Line) -> Formula:
    """A report should be signed within days; later ones are doubted. Here: more than 14 days after the service.

    Source: Medicare Program Integrity Manual, chapter 3, section 3.3.2.4 (no late signatures beyond a short delay).
    """
    return _days_to_sign(line) > LATE_DAYS


@SHELF.check(
    "filing_time",
    severity="warn",
    reason="29",
    sentence="Waiting for the signed report took {days_to_sign}, half or more of the limit of {filing_limit_days}.",
    fix="Send this claim today, and have reports for this payer signed sooner.",
    field="report_signed_on",
    owner=DESK,
    stage=READING,
)
def report_used_filing_time(line: Line) -> Formula:
    """The signature shouldn't use up half of the time that the payer leaves to file.

    Unknown without the signature's day or the payer's limit. Source: the payer's filing limit.
    """
    return _days_to_sign(line) >= LATE_SHARE * line.book("filing_limit_days")


@SHELF.check(
    "report",
    severity="warn",
    reason="50",
    sentence="The report doesn't say why {procedure} was done.",
    fix="Ask the radiologist for an addendum with the reason for the study, as the order gives it.",
    field="report_has_indication",
    changes=[Change("context_report_has_indication", value="true")],
    needs_record_support=True,
    owner=DESK,
    stage=READING,
)
def indication_missing(line: Line) -> Formula:
    """The report must tell the reason for the study: by it payers judge whether it was needed.

    Source: ACR Practice Parameter for Communication of Diagnostic Imaging Findings (relevant clinical information);
    42 CFR 410.32(a) (ordered for a specific medical problem).
    """
    return ~line.number("context_report_has_indication")
