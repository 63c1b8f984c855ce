"""`cleanclaim public ...`: the tables that others publish."""

from cleanclaim.commands.group import Group
from cleanclaim.commands.public.show import show

PUBLIC = Group("Look into published tables: edits, limits, fees, coverage, places.", (show,))
