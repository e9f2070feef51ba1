"""The broken apps of the lesson on the client's mistakes: each starts, runs, and is wrong."""

from __future__ import annotations

from flask import Flask, abort, jsonify, request


def always_fine() -> Flask:
    """Make the app that says 200 to everything, and puts its refusals into the content.

    Symptom: a client that looks at the status code counts recipes as saved that were refused.
    Cause: ``return jsonify(error=...), 200``, and no code at all.
    Repair: 415, 400 and 422 beside the same content.
    """
    app = Flask(__name__)
    recipes = []

    @app.get("/recipes")
    def show_recipes():
        return recipes

    @app.post("/recipes")
    def add_recipe():
        if not request.is_json:
            return jsonify(error="Send application/json."), 200
        recipe = request.get_json(silent=True)
        if not isinstance(recipe, dict):
            return jsonify(error="This is no JSON object."), 200
        if not recipe.get("name"):
            return jsonify(error="A recipe needs a name.")
        recipes.append(recipe)
        return jsonify(recipe), 201

    return app


def blames_itself() -> Flask:
    """Make the app that crashes over what clients send.

    Symptom: ``?page=abc``, a book without a title and a number that nobody has all answer 500.
    Cause: ``int()`` of a text and the item of a dict raise ValueError and KeyError, and nobody catches them.
    Repair: look first, and answer 400, 422 and 404.
    """
    app = Flask(__name__)
    books = {1: {"title": "Soups"}}

    @app.get("/books")
    def show_page():
        return {"page": int(request.args.get("page", 1))}

    @app.post("/books")
    def add_book():
        return {"title": request.get_json()["title"]}, 201

    @app.get("/books/<int:id>")
    def show_book(id):
        return books[id]

    return app


def swallowed_abort() -> Flask:
    """Make the app whose net catches its own 404, and whose 405 has lost its Allow.

    Symptom: a recipe that is not there answers 500. A wrong method answers 405 and names no right one.
    Cause: ``abort()`` raises, and ``except Exception`` catches that too. The handler of 405 builds a new response.
    Repair: let HTTP exceptions pass the net, and keep the header fields of the 405.
    """
    app = Flask(__name__)
    recipes = {1: {"name": "soup", "minutes": 30, "eaters": 2}, 2: {"name": "bread", "minutes": 240, "eaters": 0}}

    @app.get("/recipes/<int:id>")
    def show_recipe(id):
        try:
            if id not in recipes:
                abort(404)
            recipe = recipes[id]
            return {"name": recipe["name"], "each": recipe["minutes"] / recipe["eaters"]}
        except Exception:
            return {"error": "This recipe cannot be shown."}, 500

    @app.errorhandler(405)
    def wrong_method(error):
        return {"error": "This method does not work here."}, 405

    return app
