"""Challenge: clients that cannot use JSON (RFC 9110 §12.5.1)."""

from __future__ import annotations

from flask import request

from .problems import fail


def require_accepting_json() -> None:
    """406: the client says that it cannot use JSON, and there is nothing else. An empty or missing Accept takes all."""
    accepted = request.accept_mimetypes
    # quality() rather than `in`, which takes application/json;q=0 for a yes.
    if accepted and not accepted.quality("application/json"):
        fail(406, "There is only application/json.")
