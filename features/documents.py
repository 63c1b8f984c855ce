"""The papers and pictures behind the claim, as they were when it was sent."""

from features import parts
from features.formula import Formula
from features.line import Line
from features.registry import Shelf

SHELF = Shelf("report, images, attachment")
PAPERS = ("documentation", "medical_necessity", "missing_information", "other")


@SHELF.feature("report", unit="days", families=(*PAPERS, "timely_filing"))
def days_to_sign(line: Line) -> Formula:
    """Days from the service to the signed report; unknown where no signed report was known."""
    return line.number("context_report_signed_on") - line.number("service_from")


@SHELF.feature("report", unit="yes/no", families=PAPERS)
def report_unsigned(line: Line) -> Formula:
    """The study is in our records, and no report was signed; unknown without records."""
    return (~parts.report_signed).only_where(parts.in_records)


@SHELF.feature("report", unit="yes/no", families=PAPERS)
def no_indication(line: Line) -> Formula:
    """The report doesn't say why the study was done; unknown without records."""
    return ~line.number("context_report_has_indication")


@SHELF.feature("images", unit="yes/no", families=PAPERS)
def study_incomplete(line: Line) -> Formula:
    """The study lacks views; unknown without records."""
    return ~line.number("context_study_complete")


@SHELF.feature("images", unit="yes/no", families=PAPERS)
def image_link_missing(line: Line) -> Formula:
    """The link to the images was not confirmed; unknown without records."""
    return ~line.number("context_image_link_confirmed")


@SHELF.feature("images", unit="yes/no", field="accession_study", families=PAPERS)
def accession_differs(line: Line) -> Formula:
    """Order and archived study have different accession numbers; unknown where there aren't two."""
    return line.word("context_accession_order").differs(line.word("context_accession_study"))


@SHELF.feature("images", unit="yes/no", field="accession_study", families=PAPERS)
def no_accession(line: Line) -> Formula:
    """No archived study is in our records."""
    return ~line.word("context_accession_study").present


@SHELF.feature("report", unit="days", field="ordered_on", families=PAPERS)
def days_since_order(line: Line) -> Formula:
    """Days from the order to the service."""
    return line.number("service_from") - line.number("context_ordered_on")


@SHELF.feature(
    "report", unit="days", field="scheduled_on", families=("authorization", "eligibility", "other")
)
def days_since_scheduled(line: Line) -> Formula:
    """Days from the scheduling to the service: short notice leaves little time for an authorization."""
    return line.number("service_from") - line.number("context_scheduled_on")


@SHELF.feature("attachment", unit="yes/no", families=PAPERS)
def no_attachment(line: Line) -> Formula:
    """The claim announces no attachment."""
    return ~line.word("attachment_type").present


@SHELF.feature("attachment", unit="yes/no", families=PAPERS)
def attachment_required(line: Line) -> Formula:
    """The payer's list asks for papers with this procedure; unknown where the book says nothing."""
    return line.book("attachment_required")


@SHELF.feature("attachment", unit="yes/no", families=PAPERS)
def attachment_without_number(line: Line) -> Formula:
    """The claim announces an attachment without a control number to find it by."""
    return line.word("attachment_type").present & ~line.word("attachment_control").present


@SHELF.feature("attachment", unit="yes/no", families=PAPERS)
def attachment_left_off(line: Line) -> Formula:
    """Our records hold an attachment, and the claim doesn't announce it."""
    return line.word("context_attachment_control").present & ~line.word("attachment_control").present


@SHELF.feature("attachment", unit="yes/no", families=PAPERS)
def attachment_number_differs(line: Line) -> Formula:
    """The attachment's number on the claim is not the one in our records; unknown where there aren't two."""
    return line.word("context_attachment_control").differs(line.word("attachment_control"))
