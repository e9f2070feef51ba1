"""Challenge: a POST that may be sent twice (Idempotency-Key, an Internet-Draft)."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from .access import User
from .problems import fail
from .recipe import Recipe, create


def create_once(db: sqlite3.Connection, key: str | None, sent: dict[str, Any], user: User) -> Recipe:
    """Write a new recipe; return the one made before when its sender used the key before. 409: for something else.

    It runs in the transaction of the request: of two that arrive at once, the second finds the recipe of the first.
    """
    wanted = json.dumps(sent, sort_keys=True)
    # Each user has keys of their own: nobody gets at an answer to somebody else.
    query = "SELECT sent, recipe, tag FROM keys WHERE user = ? AND key = ?"
    if used := db.execute(query, (user.name, key)).fetchone():
        before, id, tag = used
        if before != wanted:
            # The draft also has 422 for this. Here 422 says which members are wrong, and none is.
            fail(409, "This Idempotency-Key was used with another body.")
        # As it was answered then, whatever became of the recipe since.
        return Recipe(id, sent["title"], sent["draft"], user.name, tag)
    recipe = create(db, sent["title"], sent["draft"], user)
    if key is not None:
        db.execute("INSERT INTO keys VALUES (?, ?, ?, ?, ?)", (user.name, key, wanted, recipe.id, recipe.tag))
    return recipe
