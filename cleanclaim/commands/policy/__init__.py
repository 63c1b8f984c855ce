"""`cleanclaim policy ...`: what counts as a denial."""

from cleanclaim.commands.group import Group
from cleanclaim.commands.policy.check import check
from cleanclaim.commands.policy.show import show

POLICY = Group("See, and check, the denial policy: what counts as a denial.", (show, check))
