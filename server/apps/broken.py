"""Broken apps to poke at and to repair: each starts, runs, and is wrong.

Each function makes one app. Its docstring tells the symptom, the cause, and what repairs it.
"""

from __future__ import annotations

from flask import Flask, jsonify, request


def hello() -> Flask:
    """Make the app whose view prints instead of returning.

    Symptom: GET / answers 500, although the text appears where the server prints.
    Cause: print() writes for people; the view returns None, and Flask cannot make an answer of None.
    Repair: ``return "hello"``.
    """
    app = Flask(__name__)

    @app.get("/")
    def greet():
        print("hello")

    return app


def returns() -> Flask:
    """Make the app with six views that return the wrong thing.

    Symptom: five answer 500. ``POST /ratings`` answers 200, and its content is ``[{"stars": 5}, 201]``.
    Cause and repair, view by view:

    - ``GET /today`` makes a recipe and stops there, so it returns None: return the recipe.
    - ``GET /absent`` returns a number, and a number is no content: return content first, the code second.
    - ``GET /tags`` returns a set, which Flask does not take and JSON does not know: return a list.
    - ``GET /motto`` returns a tuple of one, because of a stray comma: return the text alone.
    - ``POST /recipes`` swaps headers and code: the order is content, code, headers.
    - ``POST /ratings`` closes a parenthesis too late, so the code is content: ``jsonify(...), 201``.
    """
    app = Flask(__name__)

    @app.get("/today")
    def today():
        recipe = {"title": "Soup of the day"}
        recipe["minutes"] = 30

    @app.get("/absent")
    def absent():
        return 404

    @app.get("/tags")
    def tags():
        return {"quick", "cheap"}

    @app.get("/motto")
    def motto():
        return ("Eat well.",)

    @app.post("/recipes")
    def add_recipe():
        return {"id": 1}, {"Location": "/recipes/1"}, 201

    @app.post("/ratings")
    def rate():
        return jsonify({"stars": 5}, 201)

    return app


def quiet_creation() -> Flask:
    """Make the app that creates a recipe and does not say so.

    Symptom: POST /recipes answers 200, and the client cannot find the new recipe.
    Cause: Flask's default is 200 for every method; nothing names the address of what was created.
    Repair: answer 201 with a Location that can be followed.
    """
    app = Flask(__name__)
    recipes = {}

    @app.post("/recipes")
    def add_recipe():
        recipe = request.get_json()
        recipes[f"r{len(recipes) + 1}"] = recipe
        return jsonify(recipe)

    @app.get("/recipes/<id>")
    def show_recipe(id):
        return jsonify(recipes[id]) if id in recipes else ({"error": "There is no such recipe."}, 404)

    return app


def talkative_no_content() -> Flask:
    """Make the app that sends a message with 204.

    Symptom: the message of DELETE /recipes/1 never arrives, and a client that calls ``r.json()`` crashes.
    Cause: 204 means that there is no content, so the server drops it.
    Repair: answer 204 without content, or 200 with the message; the client looks at the code before it reads JSON.
    """
    app = Flask(__name__)
    recipes = {1: {"title": "Soup"}}

    @app.delete("/recipes/<int:id>")
    def delete_recipe(id):
        if recipes.pop(id, None) is None:
            return {"error": "There is no such recipe."}, 404
        return {"message": f"Recipe {id} was deleted."}, 204

    return app
