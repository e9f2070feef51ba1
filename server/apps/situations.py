"""Seven situations of a JSON API, to be played live: who has to act is the first digit of the answer."""

from __future__ import annotations

from queue import Empty, Queue
from typing import NamedTuple

from flask import Flask, redirect, url_for

CALLS_ALLOWED = 3
# How long the gateway waits for the server behind it, in seconds.
GATEWAY_PATIENCE = 0.01


class Play(NamedTuple):
    """What a client sends to bring a situation about: the same request ``times`` times."""

    method: str
    path: str
    times: int = 1


SITUATIONS = {
    "url typo": Play("GET", "/recipse/1"),
    "server bug": Play("GET", "/recipes/1/stars"),
    "moved page": Play("GET", "/old-recipes"),
    "deleted fine": Play("DELETE", "/recipes/1"),
    "too many calls": Play("GET", "/search", times=CALLS_ALLOWED + 1),
    "backend slow behind gateway": Play("GET", "/prices"),
    "not logged in": Play("GET", "/me"),
}


def create_app() -> Flask:
    """Make the app. An answer depends on what was asked before, so make a new one for each play of all seven."""
    app = Flask(__name__)
    recipes = {1: {"title": "Soup", "votes": []}}
    searches = []
    # Where the answers of the server behind the gateway arrive. That server is too slow: nothing ever does.
    prices: Queue[dict[str, float]] = Queue()

    @app.get("/recipes")
    def show_recipes():
        return list(recipes.values())

    @app.delete("/recipes/<int:id>")
    def delete_recipe(id):
        if recipes.pop(id, None) is None:
            return {"error": "There is no such recipe."}, 404
        return "", 204

    @app.get("/recipes/<int:id>/stars")
    def show_stars(id):
        votes = recipes[id]["votes"]
        # The bug: nobody thought of a recipe without votes.
        return {"stars": sum(votes) / len(votes)}

    @app.get("/old-recipes")
    def find_recipes():
        return redirect(url_for("show_recipes"), code=308)

    @app.get("/search")
    def search():
        searches.append("search")
        if len(searches) > CALLS_ALLOWED:
            return {"error": "Too many calls. Slow down."}, 429, {"Retry-After": "1"}
        return []

    @app.get("/prices")
    def show_prices():
        try:
            return prices.get(timeout=GATEWAY_PATIENCE)
        except Empty:
            return {"error": "The price service did not answer in time."}, 504

    @app.get("/me")
    def show_me():
        return {"error": "Who are you? Send a token."}, 401, {"WWW-Authenticate": 'Bearer realm="recipes"'}

    return app
