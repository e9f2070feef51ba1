"""A broken app to poke at and to repair, from the capstone."""

from __future__ import annotations

import json

from flask import Flask, Response, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException


def loud_draft() -> Flask:
    """Make the app that looks at everything before it asks who is there, and whose 403 admits a draft.

    Symptom: strangers hear what is wrong with their content, and a neighbour can tell a draft from no recipe at all.
    Cause: the checks are all there, in the wrong order; and 403 where a draft wants 404.
    Repair: 401, then 404 (a draft of somebody else, too), 403, 415, 400, 422, 428, 412.
    """
    app = Flask(__name__)
    tokens = {"t-ann": "ann", "t-bob": "bob"}
    recipes = {
        1: {"title": "Secret soup", "owner": "ann", "draft": True, "version": 1},
        2: {"title": "Rye bread", "owner": "ann", "draft": False, "version": 1},
    }

    @app.errorhandler(HTTPException)
    def as_problem(error: HTTPException) -> Response:
        response = error.get_response()
        response.data = json.dumps({"title": error.name, "status": error.code})
        response.content_type = "application/problem+json"
        return response  # type: ignore[return-value]

    @app.put("/recipes/<int:id>")
    def change(id: int) -> ResponseReturnValue:
        sent = request.get_json()
        if not isinstance(sent, dict) or not isinstance(sent.get("title"), str) or not sent["title"]:
            abort(422)
        if not request.if_match:
            abort(428)
        recipe = recipes.get(id) or abort(404)
        if not request.if_match.contains(f"v{recipe['version']}"):
            abort(412)
        user = tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if user is None:
            abort(401, www_authenticate=WWWAuthenticate("bearer", {"realm": "the recipes"}))
        if recipe["owner"] != user:
            abort(403)
        recipe.update(title=sent["title"], version=int(recipe["version"]) + 1)
        return recipe

    return app
