"""The recipe API: a well-behaved app to look at and to imitate.

Each view says in its first line what it answers; errors are problem details, made in ``problems.py``.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from .problems import problem, use_problems

SEED = (("Tomato soup", 30), ("Rye bread", 240), ("Lentil soup", 45))
LONGEST_TITLE = 200
MINUTES_IN_A_WEEK = 7 * 24 * 60

api = Blueprint("recipes", __name__)


class Store:
    """The recipes and the reports of one app, in memory."""

    def __init__(self, report_seconds: float) -> None:
        self.recipes: dict[int, dict[str, Any]] = {}
        # The moment at which a report is ready, on the monotonic clock.
        self.reports: dict[int, float] = {}
        self.report_seconds = report_seconds
        self._recipe_ids = itertools.count(1)
        self._report_ids = itertools.count(1)

    def add_recipe(self, recipe: dict[str, Any]) -> dict[str, Any]:
        """Give the recipe an id of its own and keep it."""
        recipe = {"id": next(self._recipe_ids), **recipe}
        self.recipes[recipe["id"]] = recipe
        return recipe

    def order_report(self) -> int:
        """Start a report and return its id."""
        id = next(self._report_ids)
        self.reports[id] = time.monotonic() + self.report_seconds
        return id


def create_app(report_seconds: float = 1.0) -> Flask:
    """Make the app with a store of its own. A report takes ``report_seconds``."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 10_000
    use_problems(app)
    store = app.extensions["recipes"] = Store(report_seconds)
    for title, minutes in SEED:
        store.add_recipe({"title": title, "minutes": minutes})
    app.register_blueprint(api)
    return app


@api.get("/recipes")
def find_recipes() -> ResponseReturnValue:
    """200: the recipes whose title contains ``?q=``. An empty list is a success, too."""
    wanted = request.args.get("q", "").casefold()
    return [recipe for recipe in list(_store().recipes.values()) if wanted in recipe["title"].casefold()]


@api.post("/recipes")
def add_recipe() -> ResponseReturnValue:
    """201: created, and Location says where."""
    recipe = _store().add_recipe(_sent_recipe())
    return recipe, 201, {"Location": url_for(".show_recipe", id=recipe["id"])}


@api.get("/recipes/<int:id>")
def show_recipe(id: int) -> ResponseReturnValue:
    """200: one recipe."""
    return _recipe(id)


@api.put("/recipes/<int:id>")
def replace_recipe(id: int) -> ResponseReturnValue:
    """200: replaced. The server gives out the ids, so PUT creates nothing here: an unknown id is 404."""
    _recipe(id)
    recipe = {"id": id, **_sent_recipe()}
    _store().recipes[id] = recipe
    return recipe


@api.delete("/recipes/<int:id>")
def delete_recipe(id: int) -> ResponseReturnValue:
    """204: deleted, and there is nothing to say about it."""
    _recipe(id)
    _store().recipes.pop(id, None)
    return "", 204


@api.post("/reports")
def order_report() -> ResponseReturnValue:
    """202: accepted, not done yet. Location is the status monitor."""
    url = url_for(".watch_report", id=_store().order_report())
    return {"state": "pending", "status_url": url}, 202, {"Location": url, "Retry-After": "1"}


@api.get("/reports/<int:id>")
def watch_report(id: int) -> ResponseReturnValue:
    """200 while the report is in the making, then 303 to the result."""
    if not _is_ready(id):
        return {"state": "pending"}, 200, {"Retry-After": "1"}
    return redirect(url_for(".show_report", id=id), 303)


@api.get("/reports/<int:id>/result")
def show_report(id: int) -> ResponseReturnValue:
    """200: the report, once it is ready."""
    if not _is_ready(id):
        abort(404, description="The report is not ready yet.")
    recipes = list(_store().recipes.values())
    return {"recipes": len(recipes), "minutes": sum(recipe["minutes"] for recipe in recipes)}


def _store() -> Store:
    return current_app.extensions["recipes"]


def _recipe(id: int) -> dict[str, Any]:
    """Return a recipe, or answer 404."""
    recipe = _store().recipes.get(id)
    return recipe or abort(404, description="There is no recipe with this id.")


def _is_ready(id: int) -> bool:
    """Tell whether a report is ready, or answer 404."""
    ready_at = _store().reports.get(id) or abort(404, description="There is no report with this id.")
    return time.monotonic() >= ready_at


def _sent_recipe() -> dict[str, Any]:
    """Return the recipe in the request, or answer 415, 413, 400 or 422."""
    if not request.is_json:
        abort(problem(415, "Send the recipe as application/json.", {"Accept": "application/json"}))
    try:
        data = request.get_json()
    except (BadRequest, RecursionError):
        abort(400, description="The content is not JSON text, or is nested too deeply.")
    errors = [{"pointer": pointer, "detail": detail} for pointer, detail in _mistakes(data)]
    if errors:
        abort(problem(422, "The content is JSON, but not a recipe.", errors=errors))
    return {"title": data["title"], "minutes": data["minutes"]}


def _mistakes(data: Any) -> Iterator[tuple[str, str]]:
    """Find what keeps JSON from being a recipe: where (a JSON pointer), and what to do about it."""
    if not isinstance(data, dict):
        yield "", "Send an object with the members title and minutes."
        return
    title, minutes = data.get("title"), data.get("minutes")
    if not isinstance(title, str) or not 1 <= len(title.strip()) <= LONGEST_TITLE:
        yield "/title", f"Send a text of 1 to {LONGEST_TITLE} characters."
    # JSON's true is an int in Python, too.
    if type(minutes) is not int or not 1 <= minutes <= MINUTES_IN_A_WEEK:
        yield "/minutes", f"Send a whole number from 1 to {MINUTES_IN_A_WEEK}."
