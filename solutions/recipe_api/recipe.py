"""One recipe: how the store keeps it, and who may see and change it."""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass

from flask import Response, jsonify, url_for

from .access import User
from .problems import fail
from .store import reading

# What may be listed, in the words of SQL.
SHOWN = "NOT deleted AND blocked_by IS NULL"


@dataclass(frozen=True)
class Recipe:
    """A recipe as the store keeps it. Its tag is another one after every change."""

    id: int
    title: str
    draft: bool
    owner: str
    tag: str
    deleted: bool = False
    # The URL of who blocks it.
    blocked_by: str | None = None

    @property
    def representation(self) -> dict[str, object]:
        """Return what clients see of it."""
        return {"id": self.id, "title": self.title, "draft": bool(self.draft), "owner": self.owner}

    @property
    def response(self) -> Response:
        """Return the recipe as an answer, with the ETag of this version."""
        response = jsonify(self.representation)
        response.set_etag(self.tag)
        return response

    @property
    def created(self) -> Response:
        """Return the answer to the request that created it."""
        response = self.response
        response.status_code, response.location = 201, url_for("recipes.read_recipe", id=self.id)
        return response


def create(db: sqlite3.Connection, title: str, draft: bool, user: User) -> Recipe:
    """Write a new recipe."""
    tag = new_tag()
    query = "INSERT INTO recipes (title, draft, owner, tag) VALUES (?, ?, ?, ?)"
    id = db.execute(query, (title, draft, user.name, tag)).lastrowid
    return Recipe(id, title, draft, user.name, tag)


def find(db: sqlite3.Connection, id: int, user: User | None) -> Recipe:
    """Return a recipe that this user, or nobody, may see. 410: there was one; 404: there is none for them."""
    row = db.execute("SELECT * FROM recipes WHERE id = ?", (id,)).fetchone()
    recipe = Recipe(*row) if row else None
    if recipe and recipe.deleted:
        fail(410, "This recipe was deleted.")
    if not recipe or (recipe.draft and not (user and user.may_change(recipe.owner))):
        # Whoever may not see a draft must not learn that it is there: both answers come from this line.
        fail(404, "There is no such recipe.")
    return recipe


def visible_recipe(id: int, user: User | None) -> Recipe:
    """Return a recipe to show to this user, or to nobody. 404, 410; 451."""
    with reading() as db:
        return _unblocked(find(db, id, user))


def find_to_change(db: sqlite3.Connection, id: int, user: User) -> Recipe:
    """Return a recipe that this user may change. 404, 410; 451; 403: they may only read it."""
    recipe = _unblocked(find(db, id, user))
    return recipe if user.may_change(recipe.owner) else fail(403, "This recipe is not yours.")


def new_tag() -> str:
    """Return a tag for a new version: random, so that no two share one, even when the store is an older copy again."""
    return secrets.token_hex(8)


def _unblocked(recipe: Recipe) -> Recipe:
    if recipe.blocked_by is not None:
        # Readers learn who blocks it, and can ask there (RFC 7725 §4).
        fail(451, "It is forbidden to show this recipe.", {"Link": f'<{recipe.blocked_by}>; rel="blocked-by"'})
    return recipe
