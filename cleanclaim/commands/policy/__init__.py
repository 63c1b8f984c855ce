"""`cleanclaim policy ...`: what counts as a denial, and what the payers want."""

from cleanclaim.commands.group import Group
from cleanclaim.commands.policy.add import add
from cleanclaim.commands.policy.check import check
from cleanclaim.commands.policy.show import show

POLICY = Group(
    "See, and check, the denial policy (what counts as a denial) and the policy book (what payers want).",
    (show, check, add),
)
