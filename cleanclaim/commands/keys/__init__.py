"""`cleanclaim keys ...`: keys that show who made something."""

from cleanclaim.commands.group import Group
from cleanclaim.commands.keys.model import model

KEYS = Group("Make keys: `model` makes a pair that signs models.", (model,))
