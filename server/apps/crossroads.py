"""The crossroads: every redirect there is, and at its end a page that tells what arrived."""

from __future__ import annotations

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# The header fields that the page at the end tells about.
FIELDS = ("Authorization", "Content-Type", "X-API-Key")


def create_app(to: str = "/arrived") -> Flask:
    """Make the app. ``/from/<code>`` answers every method with that code and ``to`` as Location.

    ``/arrived`` answers 200 and the method, the content and some header fields of the request that came.
    """
    app = Flask(__name__)

    @app.route("/from/<int:code>", methods=METHODS)
    def leave(code: int) -> Response:
        return redirect(to, code)

    @app.route("/arrived", methods=METHODS)
    def arrive() -> dict[str, object]:
        return {
            "method": request.method,
            "content": request.get_data(as_text=True),
            "fields": [name for name in FIELDS if name in request.headers],
        }

    return app
