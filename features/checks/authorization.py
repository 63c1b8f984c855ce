"""AUTH: is an authorization needed, is it there, and is it for what is billed?"""

from features.checks.registry import Change, CheckShelf
from features.formula import Formula
from features.line import Line

SHELF = CheckShelf("authorization")


@SHELF.check(
    "authorization",
    severity="block",
    reason="197",
    sentence="{procedure} needs an authorization at this payer, and none is on the claim.",
    fix="Ask the payer for an authorization, and put its number on the claim.",
    changes=[Change("auth_number", is_obtained=True)],
)
def auth_absent(line: Line) -> Formula:
    """The payer's list asks for an authorization of this procedure in this place, and the claim has no number."""
    return line.book("auth_required") & ~line.word("auth_number").present
