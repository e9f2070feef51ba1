"""The broken apps of the lesson on the server's mistakes: each starts, runs, and is wrong."""

from __future__ import annotations

import requests
from flask import Flask, request


def naive_gateway(upstream: str) -> Flask:
    """Make the gateway that trusts the service behind it; ``upstream`` is the complete URL that it asks.

    Symptom: GET /price answers 500 whenever the service fails, and nothing at all while the service is slow.
    Cause: the call has no ``timeout``, and nobody catches what requests raises.
    Repair: a ``timeout``; 504 when it runs out; 502 for every other answer that is of no use.
    """
    app = Flask("naive_gateway")

    @app.get("/price")
    def price():
        response = requests.get(upstream)
        response.raise_for_status()
        return response.json()

    return app


def copying_gateway(upstream: str) -> Flask:
    """Make the gateway that passes on all header fields of the service behind it.

    Symptom: the client cannot read the content, although the service and the gateway are fine on their own.
    Cause: requests has decompressed the content, and the copied Content-Encoding still says that it is compressed.
    Repair: pass on the fields you know to be true of what you send, such as Content-Type, and no others.
    """
    app = Flask("copying_gateway")

    @app.get("/price")
    def price():
        response = requests.get(upstream, timeout=5)
        return response.content, response.status_code, dict(response.headers)

    return app


def debug_in_class(debug: bool = True) -> Flask:
    """Make the app that answers 500 for a missing form field, but only where debug is on.

    Symptom: POST /orders without the field ``dish`` answers 400 at home and 500 in class.
    Cause: in debug Flask lets the exception of ``request.form["dish"]`` escape, to show it to the developer.
    Repair: say 400 yourself, so that no setting decides it.
    """
    app = Flask("debug_in_class")
    app.config["DEBUG"] = debug

    @app.post("/orders")
    def order():
        return {"dish": request.form["dish"], "table": request.form["table"]}, 201

    return app
