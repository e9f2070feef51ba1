"""The contract of the Recipe API: one table that is the learner's specification, the check, the map and the rubric.

Each module holds the rows of one resource.
"""

from . import challenges, changes, exports, health, links, nutrition, one_recipe, recipes, tokens, users
from .api import Api, Upstream
from .table import CHALLENGES, CONTRACT

__all__ = [
    "CHALLENGES",
    "CONTRACT",
    "Api",
    "Upstream",
    "challenges",
    "changes",
    "exports",
    "health",
    "links",
    "nutrition",
    "one_recipe",
    "recipes",
    "tokens",
    "users",
]
