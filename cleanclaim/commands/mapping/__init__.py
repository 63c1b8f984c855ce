"""`cleanclaim mapping ...`: how the columns of a practice's own table are to be read."""

from cleanclaim.commands.group import Group
from cleanclaim.commands.mapping.check import check
from cleanclaim.commands.mapping.suggest import suggest

MAPPING = Group(
    "Suggest, and check, how the columns of your own tables (CSV, Parquet) are to be read.", (suggest, check)
)
