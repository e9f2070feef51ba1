"""A broken app to poke at and to repair, from the capstone, and the same app in good order."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, abort, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException

TOKENS = {"t-ann": "ann", "t-bob": "bob"}


def loud_draft() -> Flask:
    """Make the app that looks at everything before it asks who is there, and whose 403 admits a draft.

    Symptom: strangers hear what is wrong with their content, and a neighbour can tell a draft from no recipe at all.
    Cause: the checks are all there, in the wrong order; and 403 where a draft wants 404.
    Repair: 401, then 404 (a draft of somebody else, too), 403, 415, 400, 422, 428, 412.
    """

    def change(recipes: dict[int, dict[str, Any]], id: int) -> dict[str, Any]:
        title = _sent_title()
        _need_condition()
        recipe = recipes.get(id) or abort(404)
        if recipe["owner"] != _user():
            abort(403)
        return _changed(recipe, title)

    return _app(change)


def quiet_draft() -> Flask:
    """Make the same app with its checks in the right order."""

    def change(recipes: dict[int, dict[str, Any]], id: int) -> dict[str, Any]:
        user, recipe = _user(), recipes.get(id)
        if recipe is None or (recipe["draft"] and recipe["owner"] != user):
            abort(404)
        if recipe["owner"] != user:
            abort(403)
        title = _sent_title()
        _need_condition()
        return _changed(recipe, title)

    return _app(change)


def _app(change: Callable[[dict[int, dict[str, Any]], int], dict[str, Any]]) -> Flask:
    app = Flask(__name__)
    recipes = {
        1: {"title": "Secret soup", "owner": "ann", "draft": True, "version": 1},
        2: {"title": "Rye bread", "owner": "ann", "draft": False, "version": 1},
    }
    app.register_error_handler(HTTPException, _as_problem)
    app.put("/recipes/<int:id>")(lambda id: change(recipes, id))
    return app


def _as_problem(error: HTTPException) -> Response:
    response = error.get_response()
    response.data = json.dumps({"title": error.name, "status": error.code, "detail": error.description})
    response.content_type = "application/problem+json"
    return response  # type: ignore[return-value]


def _user() -> str:
    user = TOKENS.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
    return user or abort(401, www_authenticate=WWWAuthenticate("bearer", {"realm": "the recipes"}))


def _sent_title() -> str:
    sent = request.get_json()
    title = sent.get("title") if isinstance(sent, dict) else None
    return title if isinstance(title, str) and title else abort(422)


def _need_condition() -> None:
    if not request.if_match:
        abort(428)


def _changed(recipe: dict[str, Any], title: str) -> dict[str, Any]:
    if not request.if_match.contains(f"v{recipe['version']}"):
        abort(412)
    recipe.update(title=title, version=recipe["version"] + 1)
    return recipe
