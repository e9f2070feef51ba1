"""The Recipe API: the capstone's contract, kept.

Read `recipes.py` first: each view asks its questions in the order of the contract. What the views share is beside it:
who asks (`access`), what was sent (`bodies`), on which condition (`conditions`), what went wrong (`problems`), and
where everything is kept (`store`). The challenges have modules of their own: `blocks`, `idempotency`, `negotiation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response

from . import access_log, blocks, exports, health, links, nutrition, openapi, problems, recipes, tokens, users
from .paths import Identifier
from .store import create_store

# Bytes that a request's body stays below: Flask answers 413 to more when a view reads it (RFC 9110 §15.5.14).
BODY_LIMIT = 10 * 1024


def create_app(settings: Mapping[str, Any]) -> Flask:
    """Make the API. The store is created, with its first accounts, when there is none."""
    app = Flask(__name__, static_folder=None)
    app.config.from_mapping(settings)
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    # Each thing has one URL: //recipes is unknown, rather than redirected.
    app.url_map.merge_slashes = False
    app.url_map.converters["id"] = Identifier
    # The functions registered first are called last: the log tells what is sent in the end.
    access_log.use(app)
    app.after_request(_protect_from_caches)
    problems.use(app)
    for module in (health, users, tokens, recipes, links, exports, nutrition, blocks, openapi):
        app.register_blueprint(module.blueprint)
    create_store(settings["STORE"])
    return app


def _protect_from_caches(response: Response) -> Response:
    """Let caches ask before they use an answer again, and never for somebody else.

    Without this a cache may keep even a 404 or a 410 for a while by itself (RFC 9110 §15.1), and show the draft of one
    user to another (RFC 9110 §12.5.5).
    """
    response.headers.setdefault("Cache-Control", "no-cache")
    response.vary.add("Authorization")
    return response
