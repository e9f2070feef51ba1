"""Broken apps of the lesson on error bodies: each starts, runs, and fails its clients when something goes wrong."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, request
from werkzeug.datastructures import WWWAuthenticate


def html_errors() -> Flask:
    """Make the JSON API whose errors are HTML pages.

    Symptom: ``r.json()`` fails in the client exactly when something went wrong.
    Cause: abort(), Flask's own errors and uncaught exceptions all become HTML pages, unless a handler says otherwise.
    Repair: one handler for HTTPException that changes the content and keeps status and header fields.
    """
    app = Flask(__name__)
    recipes = {1: {"title": "Soup"}}

    @app.get("/recipes/<int:id>")
    def show_recipe(id):
        if id not in recipes:
            abort(404, description="There is no such recipe.")
        return recipes[id]

    @app.post("/ratings")
    def rate():
        return request.get_json(), 201

    @app.get("/me")
    def me():
        abort(401, www_authenticate=WWWAuthenticate("bearer", {"realm": "recipes"}))

    @app.get("/menu")
    def menu():
        abort(503, retry_after=30)

    @app.get("/recipes/<int:id>/price")
    def price(id):
        raise ConnectionError("shop-db refused the user cook with the password soup")

    return app


def catch_all() -> Flask:
    """Make the app with one handler for everything.

    Symptom: every typo in a URL answers 500 and wakes the person on call; a crash tells its secrets to everybody.
    Cause: errorhandler(Exception) gets 404 and 405 as well, and it sends str(error).
    Repair: let HTTP errors keep their status; let a crash be 500 with an id that leads to the log.
    """
    app = Flask(__name__)
    recipes = {1: {"title": "Soup"}}

    @app.errorhandler(Exception)
    def any_error(error):
        return {"error": str(error)}, 500

    @app.get("/recipes/<int:id>")
    def show_recipe(id):
        if id not in recipes:
            abort(404)
        return recipes[id]

    @app.post("/ratings")
    def rate():
        return request.get_json(), 201

    @app.get("/recipes/<int:id>/price")
    def price(id):
        raise ConnectionError("shop-db refused the user cook with the password soup")

    return app


def blueprint_handler() -> Flask:
    """Make the app with handlers that never run for an unknown URL or a wrong method.

    Symptom: GET /api/recipes/7 answers 404 in JSON. GET /api/recipe/7, a typo, answers 404 as an HTML page.
    Cause: a blueprint's handler sees what its own views raise. An unknown URL and a wrong method belong to no view,
    and so to no blueprint.
    Repair: a handler of the app that looks at ``request.path``.
    """
    app = Flask(__name__)
    api = Blueprint("api", __name__, url_prefix="/api")

    @api.errorhandler(404)
    @api.errorhandler(405)
    def api_error(error):
        return {"error": error.description}, error.code

    @api.get("/recipes/<int:id>")
    def show_recipe(id):
        abort(404, description="There is no such recipe.")

    app.register_blueprint(api)
    return app
