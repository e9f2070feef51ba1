"""The recipes.

The order of the questions is the order of the contract, and each view shows it: 401 who are you, 404 or 410 is there
such a recipe (for you), 403 may you, 415 400 422 what did you send, 428 412 which version did you mean.
"""

from __future__ import annotations

import re

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from .access import logged_in, visitor
from .bodies import TEXT, YES_OR_NO, sent_object
from .conditions import check_preconditions, require_if_match
from .idempotency import create_once
from .negotiation import require_accepting_json
from .problems import fail
from .recipe import SHOWN, Recipe, find_to_change, new_tag, visible_recipe
from .store import reading, writing

blueprint = Blueprint("recipes", __name__)

RECIPE = {"title": TEXT, "draft": YES_OR_NO}
LIMIT = 100


@blueprint.get("/recipes")
def list_recipes() -> ResponseReturnValue:
    """200: the public recipes whose titles contain q, at most limit; 406; 400: no such limit."""
    require_accepting_json()
    limit = request.args.get("limit", str(LIMIT))
    if not re.fullmatch("[0-9]{1,3}", limit) or not 1 <= int(limit) <= LIMIT:
        fail(400, f"limit is a number from 1 to {LIMIT}.")
    # instr, not LIKE: a % is text like any other.
    query = f"""
        SELECT * FROM recipes
        WHERE {SHOWN} AND NOT draft AND instr(casefold(title), casefold(?)) ORDER BY id LIMIT ?
    """
    with reading() as db:
        rows = db.execute(query, (request.args.get("q", ""), int(limit))).fetchall()
    return [Recipe(*row).representation for row in rows]


@blueprint.post("/recipes")
def create_recipe() -> ResponseReturnValue:
    """201: created, Location says where; 401; 415, 400, 422; 409: the Idempotency-Key was used otherwise."""
    user = logged_in()
    sent = sent_object(RECIPE)
    with writing() as db:
        recipe = create_once(db, request.headers.get("Idempotency-Key"), sent, user)
    return recipe.created


@blueprint.get("/recipes/<id:id>")
def read_recipe(id: int) -> ResponseReturnValue:
    """200: the recipe; 401: a wrong token; 404, 410, 451; 406; 412; 304: you have this version."""
    recipe = visible_recipe(id, visitor())
    require_accepting_json()
    check_preconditions(recipe.tag)
    return recipe.response


@blueprint.put("/recipes/<id:id>")
def replace_recipe(id: int) -> ResponseReturnValue:
    """200: replaced; 401; 404, 410, 451; 403; 415, 400, 422; 428, 412."""
    user = logged_in()
    with reading() as db:
        find_to_change(db, id, user)
    sent = sent_object(RECIPE)
    require_if_match()
    with writing() as db:
        # Once more, now that nobody else writes: while the body came, another may have been faster.
        old = find_to_change(db, id, user)
        check_preconditions(old.tag)
        new = Recipe(id, sent["title"], sent["draft"], old.owner, new_tag())
        db.execute("UPDATE recipes SET title = ?, draft = ?, tag = ? WHERE id = ?", (new.title, new.draft, new.tag, id))
    return new.response


@blueprint.delete("/recipes/<id:id>")
def delete_recipe(id: int) -> ResponseReturnValue:
    """204: gone; 401; 404, 410, 451; 403; 412, for who sends If-Match."""
    user = logged_in()
    with writing() as db:
        check_preconditions(find_to_change(db, id, user).tag)
        db.execute("UPDATE recipes SET deleted = 1 WHERE id = ?", (id,))
    return "", 204


@blueprint.get("/recipes/latest")
def latest_recipe() -> ResponseReturnValue:
    """302: to the newest public recipe, today; 404: there is none."""
    with reading() as db:
        found = db.execute(f"SELECT max(id) FROM recipes WHERE {SHOWN} AND NOT draft").fetchone()
    if found[0] is None:
        fail(404, "There is no recipe.")
    return redirect(url_for(".read_recipe", id=found[0]), 302)
