"""Papers behind the claim: the attachment, the images, the signed report."""

from models.fixing.candidate import Candidates, Edit, Seen

STAND_IN = "OBTAINED"
REPORT, ELECTRONIC = "RR", "EL"
"""PWK01 of a radiology report, and PWK02 of one that is sent electronically."""
DESK = "documentation controller"
ARCHIVE, READING = "acquisition & archive", "interpretation & signed report"


def papers(seen: Seen) -> Candidates:
    """What a payer may want to see."""
    yield from _attachment(seen)
    if seen["context_image_link_confirmed"] is False:
        edits = seen.context(image_link_confirmed=True)
        said = "the link to the images is confirmed in the archive"
        yield seen.candidate("images_linked", "documentation", edits, said, stage=ARCHIVE)
    if seen.trips("study_incomplete"):
        edits = seen.context(study_complete=True)
        said = "the missing views are sent to the archive"
        yield seen.candidate(
            "study_completed", "documentation", edits, said, needs_record_support=True, stage=ARCHIVE
        )
    if seen.trips("accession_differs"):
        edits = seen.context(accession_study=seen["context_accession_order"])
        said = "the study is linked to its own order in the archive"
        yield seen.candidate("study_linked", "documentation", edits, said, stage=ARCHIVE)
    yield from _report(seen)


def _attachment(seen: Seen) -> Candidates:
    held = seen.text("context_attachment_control")
    announced = seen["attachment_type"] is not None or seen["attachment_control"] is not None
    if announced:
        if seen.trips("attachment_without_number", "attachment_number_differs"):
            edits = (
                Edit("attachment_control", held or STAND_IN, is_obtained=held is None),
                *(() if held else seen.context(attachment_control=STAND_IN)),
            )
            said = "the attachment's own control number is put on the claim"
            yield seen.candidate("attachment_numbered", "documentation", edits, said)
        return
    if not (held or seen.is_open("attachment_absent") or seen.trips("attachment_usually_asked")):
        return
    edits = (
        Edit("attachment_control", held or STAND_IN, is_obtained=held is None),
        Edit("attachment_type", REPORT),
        Edit("attachment_transmission", ELECTRONIC),
        *(() if held else seen.context(attachment_control=STAND_IN)),
    )
    said = (
        f"the attachment in our records, {held}, is put on the claim"
        if held
        else "the report is sent to the payer and its control number put on the claim"
    )
    yield seen.candidate("attachment_added", "documentation", edits, said)


def _report(seen: Seen) -> Candidates:
    sent = seen.day("submitted_on")
    if seen.trips("report_unsigned") and sent is not None:
        edits = seen.context(report_signed_on=sent, report_has_indication=True)
        edits = (
            Edit(edits[0].field, edits[0].value, edits[0].line, is_obtained=True),
            *edits[1:],
        )
        said = "the report is signed, with the reason for the study, before the claim goes out"
        yield seen.candidate("report_signed", "documentation", edits, said, owner=DESK, stage=READING)
    if seen["context_report_has_indication"] is False:
        edits = seen.context(report_has_indication=True)
        said = "the report gets an addendum with the reason for the study"
        yield seen.candidate(
            "indication_added",
            "medical_necessity",
            edits,
            said,
            needs_record_support=True,
            least_drop=0.1,
            owner=DESK,
            stage=READING,
        )
