"""Recipes behind a whole sieve: every mistake of a client gets the code that names it."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from .problems import problem, use_problems

CONTENT_LIMIT = 1_000


def create_app() -> Flask:
    """Make the app. It keeps its recipes by number, and each name once."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = CONTENT_LIMIT
    use_problems(app)
    recipes: dict[int, dict[str, Any]] = {1: {"name": "bread"}}

    @app.get("/recipes")
    def show_recipes() -> ResponseReturnValue:
        """200: all recipes."""
        return list(recipes.values())

    @app.get("/recipes/<int:id>")
    def show_recipe(id: int) -> ResponseReturnValue:
        """200: one recipe. 404: there is none with this number."""
        return recipes.get(id) or abort(404, description=f"There is no recipe {id}.")

    @app.post("/recipes")
    def add_recipe() -> ResponseReturnValue:
        """201: created. 409: a recipe has this name already."""
        recipe = _sent_recipe()
        if any(known["name"] == recipe["name"] for known in recipes.values()):
            abort(problem(409, f"There is a recipe with the name {recipe['name']!r} already. Choose another name."))
        id = len(recipes) + 1
        recipes[id] = recipe
        return recipe, 201, {"Location": url_for("show_recipe", id=id)}

    return app


def _sent_recipe() -> dict[str, Any]:
    """Return the recipe in the request, or answer 415, 413, 400 or 422."""
    if not request.is_json:
        abort(problem(415, "Send the recipe as application/json.", {"Accept": "application/json"}))
    try:
        recipe = request.get_json()
    except (BadRequest, RecursionError):
        abort(400, description="The content is not JSON text, or is nested too deeply.")
    if not isinstance(recipe, dict) or not isinstance(recipe.get("name"), str) or not recipe["name"]:
        abort(422, description="A recipe is an object with a member name, a text that is not empty.")
    return recipe
