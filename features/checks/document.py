"""DOCUMENT: does the payer want papers or pictures with the claim, and can it find them?"""

import numpy as np

from features.checks.registry import Change, CheckShelf
from features.formula import Formula, where
from features.line import Line

SHELF = CheckShelf("document")

OFTEN = 0.3
"""From this share of denials on a payer's habit is worth a word; the rate is smoothed, so few lines never reach it."""


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
    changes=[Change("attachment_control", from_field="context_attachment_control")],
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
    severity="warn",
    reason="16/N40",
    stage="acquisition & archive",
    sentence="The link to the images of {procedure} is not confirmed.",
    fix="Confirm in the archive that the payer can open the images.",
    changes=[Change("context_image_link_confirmed", value="true")],
)
def image_link_missing(line: Line) -> Formula:
    """Images that a payer may ask for must be linked to the claim; no matter where its list says that it wants none.

    Source: the payer's attachment list; RARC N40 is told where images can't be found.
    """
    return ~line.number("context_image_link_confirmed") & line.book("attachment_required").or_else(1.0)


@SHELF.check(
    "attachment",
    severity="info",
    reason="16/N40",
    sentence="This payer has often denied {procedure} without an attachment, and the claim announces none.",
    fix="Look up at the payer whether it wants the report or the images of this study.",
    field="attachment_type",
    changes=[Change("attachment_type", is_obtained=True), Change("attachment_control", is_obtained=True)],
)
def attachment_usually_asked(line: Line) -> Formula:
    """Our list says nothing, but of such lines without an attachment this payer denied three in ten or more for it.

    Unknown without a past, or where the list says whether one is wanted. Source: this payer's own answers.
    """
    denied_for_it = line.past("history_payer_procedure_attachment_documentation_rate") >= OFTEN
    silent = where(line.book("attachment_required").known, np.nan, 1.0)
    return ~_announced(line) & denied_for_it & silent
