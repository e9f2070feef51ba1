"""Every error as problem details (RFC 9457), made in this one place."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NoReturn

from flask import Flask, Response, abort, jsonify
from werkzeug.exceptions import HTTPException

from .store import StoreDown

# Seconds after which a client may try again when the store is down.
STORE_RETRY_AFTER = 5


def use(app: Flask) -> None:
    """Send whatever ends a request early as problem details, also what Flask finds and what crashes."""
    app.register_error_handler(HTTPException, _from_exception)
    app.register_error_handler(StoreDown, _from_store)


def fail(status: int, detail: str, headers: Mapping[str, str] | None = None, **members: Any) -> NoReturn:
    """End the request with an error. ``members`` are further members of the JSON object."""
    abort(problem(status, detail, headers, **members))


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None, **members: Any) -> Response:
    """Make an error answer."""
    # Without a "type" of its own a problem says no more than its status code does (RFC 9457 §4.2.1).
    response = jsonify(title=HTTPStatus(status).phrase, status=status, detail=detail, **members)
    response.status_code = status
    response.mimetype = "application/problem+json"
    response.headers.update(headers or {})
    return response


def _from_exception(error: HTTPException) -> Response:
    """Keep the status and the fields of Flask's own answer (a 405 must say what is allowed), and replace its page.

    After a crash the exception is an `InternalServerError`: its description tells nothing of what happened.
    """
    response = problem(error.code or 500, error.description or "")
    for name, value in error.get_headers():
        if name != "Content-Type":
            response.headers.add(name, value)
    return response


def _from_store(error: StoreDown) -> Response:
    """Say that it is the server's fault, that it will pass, and when to ask again (RFC 9110 §15.6.4)."""
    return problem(503, "The store cannot be reached.", {"Retry-After": str(STORE_RETRY_AFTER)})
