"""Recipes with versions and an end: what a URL answers from the creation of a recipe to the time after it."""

from __future__ import annotations

import itertools
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from .problems import use_problems

api = Blueprint("one_recipe", __name__)


def create_app() -> Flask:
    """Make the app with an empty store of its own, in memory. It knows no users: everybody may do everything."""
    app = Flask(__name__)
    use_problems(app)
    app.extensions["recipes"], app.extensions["ids"] = {}, itertools.count(1)
    app.register_blueprint(api)
    return app


@api.post("/recipes")
def create() -> ResponseReturnValue:
    """201: created, Location says where, and ETag which version."""
    recipe = {"id": next(current_app.extensions["ids"]), "version": 1, **_sent()}
    _recipes()[recipe["id"]] = recipe
    response = _with_tag(recipe)
    response.status_code, response.location = 201, url_for(".read", id=recipe["id"])
    return response


@api.get("/recipes/<int:id>")
def read(id: int) -> ResponseReturnValue:
    """200, or 304 to a client that has this version already."""
    return _with_tag(_recipe(id)).make_conditional(request)


@api.put("/recipes/<int:id>")
def change(id: int) -> ResponseReturnValue:
    """200, but 428 without a condition, and 412 when the client has seen another version."""
    recipe = _recipe(id)
    if not request.if_match:
        abort(428)
    if not request.if_match.contains(_tag(recipe)):
        abort(412)
    recipe.update(_sent(), version=recipe["version"] + 1)
    return _with_tag(recipe)


@api.delete("/recipes/<int:id>")
def delete(id: int) -> ResponseReturnValue:
    """204: from now on it is gone, and 410 says that it once was here."""
    _recipe(id)
    _recipes()[id] = None
    return "", 204


def _recipes() -> dict[int, dict[str, Any] | None]:
    return current_app.extensions["recipes"]


def _recipe(id: int) -> dict[str, Any]:
    """Return a recipe; answer 404 when it never was here, 410 when it was deleted."""
    if id not in _recipes():
        abort(404)
    return _recipes()[id] or abort(410)


def _sent() -> dict[str, Any]:
    sent = request.get_json()
    return {"title": sent["title"]} if isinstance(sent, dict) and "title" in sent else abort(422)


def _tag(recipe: dict[str, Any]) -> str:
    return f"v{recipe['version']}"


def _with_tag(recipe: dict[str, Any]) -> Response:
    response = jsonify(recipe)
    response.set_etag(_tag(recipe))
    return response
