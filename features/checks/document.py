"""DOCUMENT: does the payer want papers or pictures with the claim, and can it find them?"""

import numpy as np

from features.checks.registry import Change, CheckShelf
from features.formula import Formula, most, where
from features.line import Line

SHELF = CheckShelf("document")

OFTEN = 0.15
"""From this share of denials on a payer's habit is worth a word; rates are smoothed, so a few lines never reach it."""

ARCHIVE = "acquisition & archive"


def _list_is_silent(line: Line) -> Formula:
    """Yes where the payer's list says nothing of attachments for this procedure, unknown where it does."""
    return where(line.book("attachment_required").known, np.nan, 1.0)


def _announced(line: Line) -> Formula:
    return line.word("attachment_type").present | line.word("attachment_control").present


@SHELF.check(
    "attachment",
    severity="block",
    reason="16/N40",
    sentence="This payer wants papers or images with {procedure}, and the claim announces none.",
    fix="Send the report or the images to the payer, and put their control number on the claim.",
    field="attachment_type",
    changes=[Change("attachment_type", is_obtained=True), Change("attachment_control", is_obtained=True)],
)
def attachment_absent(line: Line) -> Formula:
    """The payer's list wants an attachment for this procedure; the claim must announce it.

    Source: the payer's attachment list; 005010X222A1, PWK of 2300 (or 2400).
    """
    return line.book("attachment_required") & ~_announced(line)


@SHELF.check(
    "attachment",
    severity="warn",
    reason="16/N40",
    sentence="Our records hold attachment {context_attachment_control}, and the claim doesn't announce it.",
    fix="Put the attachment and its control number on the claim.",
    changes=[Change("attachment_control", from_field="context_attachment_control")],
)
def attachment_left_off(line: Line) -> Formula:
    """An attachment that was made for the claim belongs on it, unless the payer's list says that none is wanted.

    Unknown where neither the claim nor our records have one. Source: 005010X222A1, PWK.
    """
    held = where(line.word("context_attachment_control").present, 1.0, np.nan)
    return ~_announced(line) & held & line.book("attachment_required").or_else(1.0)


@SHELF.check(
    "attachment",
    severity="block",
    reason="16/N706",
    sentence="The claim announces an attachment without a control number, so the payer can't match them.",
    fix="Put the control number of the attachment on the claim.",
    changes=[Change("attachment_control", is_obtained=True)],
)
def attachment_without_number(line: Line) -> Formula:
    """An attachment that is sent needs a control number; one that is only kept at hand (AA) needs none.

    Source: 005010X222A1, PWK06 is required where PWK02 is BM, EL, EM, FX or FT.
    """
    kept = line.word("attachment_transmission").is_in("AA")
    return line.word("attachment_type").present & ~line.word("attachment_control").present & ~kept


@SHELF.check(
    "attachment",
    severity="warn",
    reason="16/N706",
    sentence="The claim says attachment {attachment_control}, and our records say {context_attachment_control}.",
    fix="Put the number under which the attachment was sent on the claim.",
    changes=[Change("attachment_control", from_field="context_attachment_control")],
)
def attachment_number_differs(line: Line) -> Formula:
    """The number on the claim must be the one under which the attachment was sent. Source: 005010X222A1, PWK06."""
    return line.word("attachment_control").differs(line.word("context_attachment_control"))


@SHELF.check(
    "images",
    severity="block",
    reason="16/N40",
    stage=ARCHIVE,
    sentence="This payer wants papers or images with {procedure}, and the link to the images is not confirmed.",
    fix="Confirm in the archive that the payer can open the images, then send the claim.",
    changes=[Change("context_image_link_confirmed", value="true")],
)
def image_link_missing(line: Line) -> Formula:
    """Where the payer's list wants an attachment, the images must be linked to the claim.

    Source: the payer's attachment list; RARC N40 is told where images can't be found.
    """
    return ~line.number("context_image_link_confirmed") & line.book("attachment_required")


@SHELF.check(
    "images",
    severity="info",
    reason="16/N40",
    stage=ARCHIVE,
    sentence="The link to the images of {procedure} is not confirmed.",
    fix="Confirm in the archive that the payer can open the images.",
    changes=[Change("context_image_link_confirmed", value="true")],
)
def image_link_unconfirmed(line: Line) -> Formula:
    """A link that is not confirmed is worth a look also where nothing is known of what the payer wants.

    Left to `image_link_missing` where the list says it. Source: RARC N40 is told where images can't be found.
    """
    return ~line.number("context_image_link_confirmed") & _list_is_silent(line)


@SHELF.check(
    "attachment",
    severity="info",
    reason="16/N40",
    sentence="This payer often denied studies like {procedure} without an attachment; the claim announces none.",
    fix="Look up at the payer whether it wants the report or the images of this study.",
    field="attachment_type",
    changes=[Change("attachment_type", is_obtained=True), Change("attachment_control", is_obtained=True)],
)
def attachment_usually_asked(line: Line) -> Formula:
    """Our list says nothing, but of such lines without an attachment this payer denied one in seven or more for it.

    Such lines: of the same procedure, or of the same modality. Unknown without a past, and left to
    `attachment_absent` where the list says whether one is wanted. Source: this payer's own answers.
    """
    of_procedure = line.past("history_payer_procedure_attachment_documentation_rate")
    of_modality = line.past("history_payer_modality_attachment_documentation_rate")
    return ~_announced(line) & (most(of_procedure, of_modality) >= OFTEN) & _list_is_silent(line)
