"""The recipes.

The order of the questions is the order of the contract, and each view shows it: 401 who are you, 404 or 410 is there
such a recipe (for you), 403 may you, 415 400 422 what did you send, 428 412 which version did you mean.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
from dataclasses import dataclass

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from .access import User, logged_in, visitor
from .bodies import TEXT, YES_OR_NO, sent_object
from .conditions import check_preconditions, require_if_match
from .problems import fail
from .store import reading, writing

blueprint = Blueprint("recipes", __name__)

RECIPE = {"title": TEXT, "draft": YES_OR_NO}
LIMIT = 100


@dataclass(frozen=True)
class Recipe:
    """A recipe as the store keeps it. Its tag is another one after every change."""

    id: int
    title: str
    draft: bool
    owner: str
    tag: str
    deleted: bool = False

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


@blueprint.get("/recipes")
def list_recipes() -> ResponseReturnValue:
    """200: the public recipes whose titles contain q, at most limit; 400: no such limit."""
    limit = request.args.get("limit", str(LIMIT))
    if not re.fullmatch("[0-9]{1,3}", limit) or not 1 <= int(limit) <= LIMIT:
        fail(400, f"limit is a number from 1 to {LIMIT}.")
    query = """
        SELECT * FROM recipes
        WHERE NOT draft AND NOT deleted AND instr(casefold(title), casefold(?)) ORDER BY id LIMIT ?
    """
    with reading() as db:
        rows = db.execute(query, (request.args.get("q", ""), int(limit))).fetchall()
    return [Recipe(*row).representation for row in rows]


@blueprint.post("/recipes")
def create_recipe() -> ResponseReturnValue:
    """201: created, Location says where; 401; 415, 400, 422."""
    user = logged_in()
    sent = sent_object(RECIPE)
    with writing() as db:
        recipe = create(db, sent["title"], sent["draft"], user)
    return created(recipe)


@blueprint.get("/recipes/<id:id>")
def read_recipe(id: int) -> ResponseReturnValue:
    """200: the recipe; 404; 410; 304: you have this version."""
    recipe = visible_recipe(id, visitor())
    check_preconditions(recipe.tag)
    return recipe.response


@blueprint.put("/recipes/<id:id>")
def replace_recipe(id: int) -> ResponseReturnValue:
    """200: replaced; 401; 404, 410; 403; 415, 400, 422; 428, 412."""
    user = logged_in()
    with reading() as db:
        find_to_change(db, id, user)
    sent = sent_object(RECIPE)
    require_if_match()
    with writing() as db:
        # Once more, now that nobody else writes: while the body came, another may have been faster.
        old = find_to_change(db, id, user)
        check_preconditions(old.tag)
        new = Recipe(id, sent["title"], sent["draft"], old.owner, _new_tag())
        db.execute("UPDATE recipes SET title = ?, draft = ?, tag = ? WHERE id = ?", (new.title, new.draft, new.tag, id))
    return new.response


@blueprint.delete("/recipes/<id:id>")
def delete_recipe(id: int) -> ResponseReturnValue:
    """204: gone; 401; 404, 410; 403; 412, for who sends If-Match."""
    user = logged_in()
    with writing() as db:
        check_preconditions(find_to_change(db, id, user).tag)
        db.execute("UPDATE recipes SET deleted = 1 WHERE id = ?", (id,))
    return "", 204


@blueprint.get("/recipes/latest")
def latest_recipe() -> ResponseReturnValue:
    """302: to the newest public recipe, today; 404: there is none."""
    with reading() as db:
        found = db.execute("SELECT max(id) FROM recipes WHERE NOT draft AND NOT deleted").fetchone()
    if found[0] is None:
        fail(404, "There is no recipe.")
    return redirect(url_for(".read_recipe", id=found[0]), 302)


def create(db: sqlite3.Connection, title: str, draft: bool, user: User) -> Recipe:
    """Write a new recipe."""
    tag = _new_tag()
    values = (title, draft, user.name, tag)
    written = db.execute("INSERT INTO recipes (title, draft, owner, tag) VALUES (?, ?, ?, ?)", values)
    return Recipe(written.lastrowid or 0, title, draft, user.name, tag)


def created(recipe: Recipe) -> Response:
    """Return the answer to a POST that created a recipe."""
    response = recipe.response
    response.status_code, response.location = 201, url_for("recipes.read_recipe", id=recipe.id)
    return response


def visible_recipe(id: int, user: User | None) -> Recipe:
    """Return a recipe that this user, or nobody, may see. 404: there is none for them; 410: there was one."""
    with reading() as db:
        return _find(db, id, user)


def find_to_change(db: sqlite3.Connection, id: int, user: User) -> Recipe:
    """Return a recipe that this user may change. 404, 410: as for reading; 403: they may only read it."""
    recipe = _find(db, id, user)
    return recipe if user.may_change(recipe.owner) else fail(403, "This recipe is not yours.")


def _find(db: sqlite3.Connection, id: int, user: User | None) -> Recipe:
    row = db.execute("SELECT * FROM recipes WHERE id = ?", (id,)).fetchone()
    recipe = Recipe(*row) if row else None
    if recipe and recipe.deleted:
        fail(410, "This recipe was deleted.")
    if not recipe or (recipe.draft and not (user and user.may_change(recipe.owner))):
        # Whoever may not see a draft must not learn that it is there: both answers come from this line.
        fail(404, "There is no such recipe.")
    return recipe


def _new_tag() -> str:
    # Random, so that no two versions ever share one, even after the store was restored from a copy.
    return secrets.token_hex(8)
