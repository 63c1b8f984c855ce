"""The papers and pictures behind the claim, as they were when it was sent."""

import numpy as np

from features.columns import Bools, Floats, Lines, differ
from features.registry import Shelf

SHELF = Shelf("report, images, attachment")
PAPERS = ("documentation", "medical_necessity", "missing_information", "other")


@SHELF.feature("report", unit="days", families=(*PAPERS, "timely_filing"))
def days_to_sign(lines: Lines) -> Floats:
    """Days from the service to the signed report; unknown where no signed report was known."""
    return lines.number("context_report_signed_on") - lines.number("service_from")


@SHELF.feature("report", unit="yes/no", families=PAPERS)
def report_unsigned(lines: Lines) -> Floats:
    """The study is in our records, and no report was signed; unknown without records."""
    unsigned = np.isnan(lines.number("context_report_signed_on"))
    return np.where(_in_records(lines), unsigned.astype(np.float64), np.nan)


@SHELF.feature("report", unit="yes/no", families=PAPERS)
def no_indication(lines: Lines) -> Floats:
    """The report doesn't say why the study was done; unknown without records."""
    return 1.0 - lines.number("context_report_has_indication")


@SHELF.feature("images", unit="yes/no", families=PAPERS)
def study_incomplete(lines: Lines) -> Floats:
    """The study lacks views; unknown without records."""
    return 1.0 - lines.number("context_study_complete")


@SHELF.feature("images", unit="yes/no", families=PAPERS)
def image_link_missing(lines: Lines) -> Floats:
    """The link to the images was not confirmed; unknown without records."""
    return 1.0 - lines.number("context_image_link_confirmed")


@SHELF.feature("images", unit="yes/no", field="accession_study", families=PAPERS)
def accession_differs(lines: Lines) -> Bools:
    """Order and archived study have different accession numbers."""
    return differ(lines.text("context_accession_order"), lines.text("context_accession_study"))


@SHELF.feature("images", unit="yes/no", field="accession_study", families=PAPERS)
def no_accession(lines: Lines) -> Bools:
    """No archived study is in our records."""
    return ~lines.text("context_accession_study").present


@SHELF.feature("report", unit="days", field="ordered_on", families=PAPERS)
def days_since_order(lines: Lines) -> Floats:
    """Days from the order to the service."""
    return lines.number("service_from") - lines.number("context_ordered_on")


@SHELF.feature(
    "report", unit="days", field="scheduled_on", families=("authorization", "eligibility", "other")
)
def days_since_scheduled(lines: Lines) -> Floats:
    """Days from the scheduling to the service: short notice leaves little time for an authorization."""
    return lines.number("service_from") - lines.number("context_scheduled_on")


@SHELF.feature("attachment", unit="yes/no", families=PAPERS)
def no_attachment(lines: Lines) -> Bools:
    """The claim announces no attachment."""
    return ~lines.text("attachment_type").present


@SHELF.feature("attachment", unit="yes/no", families=PAPERS)
def attachment_without_number(lines: Lines) -> Bools:
    """The claim announces an attachment without a control number to find it by."""
    return lines.text("attachment_type").present & ~lines.text("attachment_control").present


@SHELF.feature("attachment", unit="yes/no", families=PAPERS)
def attachment_left_off(lines: Lines) -> Bools:
    """Our records hold an attachment, and the claim doesn't announce it."""
    return lines.text("context_attachment_control").present & ~lines.text("attachment_control").present


@SHELF.feature("attachment", unit="yes/no", families=PAPERS)
def attachment_number_differs(lines: Lines) -> Bools:
    """The attachment's number on the claim is not the one in our records."""
    return differ(lines.text("context_attachment_control"), lines.text("attachment_control"))


def _in_records(lines: Lines) -> Bools:
    known = lines.text("context_accession_study").present | lines.text("context_accession_order").present
    return known | ~np.isnan(lines.number("context_study_complete"))
