"""`cleanclaim store ...`: what a store holds, and whether it is whole."""

from cleanclaim.commands.group import Group
from cleanclaim.commands.store.check import check
from cleanclaim.commands.store.stats import stats

STORE = Group("What a claim store holds, and whether it is whole.", (stats, check))
