"""Broken apps of the lesson on redirects: each starts, runs, and is wrong.

Each function makes one app. Its docstring tells the symptom, the cause, and what repairs it.
"""

from __future__ import annotations

from flask import Flask, redirect, request


def moved_away() -> Flask:
    """Make the app whose POST addresses have moved.

    Symptom: POST /orders ends in 405. POST /recipes ends in 200, and no recipe was stored.
    Cause: ``redirect()`` sends 302, and clients follow a 302 with GET and without the content.
    Repair: name a code that keeps the method, 307 or 308.
    """
    app = Flask(__name__)
    recipes = []
    orders = []

    @app.post("/recipes")
    def add_recipe_at_old_address():
        return redirect("/api/recipes")

    @app.post("/orders")
    def order_at_old_address():
        return redirect("/api/orders")

    @app.post("/api/recipes")
    def add_recipe():
        recipes.append(request.get_json())
        return recipes[-1], 201

    @app.get("/api/recipes")
    def list_recipes():
        return recipes

    @app.post("/api/orders")
    def order():
        orders.append(request.get_json())
        return {"order": orders[-1], "number": len(orders)}, 201

    return app


def unfollowed() -> Flask:
    """Make the app whose redirect is none.

    Symptom: GET /menu answers 200 and a small page with a link. No client goes on to /new-menu.
    Cause: ``redirect()`` takes any code, also one that tells nobody to follow Location.
    Repair: name a code of a redirect, 308 for a move that lasts.
    """
    app = Flask(__name__)

    @app.get("/menu")
    def old_menu():
        return redirect("/new-menu", code=200)

    @app.get("/new-menu")
    def new_menu():
        return {"menu": ["soup", "bread"]}

    return app


def hidden_slash() -> Flask:
    """Make the app whose route ends in a slash that its clients do not type.

    Symptom: every POST /notes costs two requests. A client that does not follow stores nothing.
    Cause: the rule is ``/notes/``, so Flask answers /notes with 308, and a client that follows hides that.
    Repair: let the rule take both forms, with ``strict_slashes=False`` or with a second rule.
    """
    app = Flask(__name__)
    notes = []

    @app.post("/notes/")
    def add_note():
        notes.append(request.get_json())
        return {"notes": len(notes)}, 201

    return app
