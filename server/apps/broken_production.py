"""The broken app of the lesson on production: it starts, runs, and is wrong."""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue


def invented_codes() -> Flask:
    """Make the kitchen that numbers its reasons itself, and calls a closed kitchen a success.

    Symptom: no library knows 461 and 462; a monitor shows a perfect day while the kitchen is closed.
    Cause: a status code of its own for every reason, and an error with 200.
    Repair: standard codes (4xx for the order, 503 for the closed kitchen), and the reason in the member ``code``.
    """
    app = Flask("invented_codes")
    menu = {"soup": 3, "bread": 0}
    app.extensions["kitchen"] = kitchen = {"open": True}

    @app.post("/orders")
    def order() -> ResponseReturnValue:
        dish = request.get_json()["dish"]
        if not kitchen["open"]:
            return {"error": "The kitchen is closed."}
        if dish not in menu:
            return {"error": "We do not cook that."}, 461
        if menu[dish] == 0:
            return {"error": "There is none left."}, 462
        menu[dish] -= 1
        return {"dish": dish, "left": menu[dish]}, 201

    return app
