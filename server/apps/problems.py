"""Errors that a program can read: problem details (RFC 9457), made in this one place."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from server.codes import reason


def problem(status: int, detail: str, headers: dict[str, str] | None = None, **members: Any) -> Response:
    """Make an error answer.

    ``detail`` helps the client to correct the problem; ``members`` are further members of the JSON object.
    """
    response = jsonify({"type": "about:blank", "title": reason(status), "status": status, "detail": detail, **members})
    response.mimetype = "application/problem+json"
    response.status = f"{status} {reason(status)}"
    response.headers.update(headers or {})
    return response


def use_problems(app: Flask) -> None:
    """Send every error of ``app`` as problem details: what it aborts with, what Flask finds, and what crashes."""
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.register_error_handler(HTTPException, _as_problem)


def _as_problem(error: HTTPException) -> Response:
    response = problem(error.code or 500, error.description or "")
    # Flask's own answer carries fields that must not get lost, such as the Allow of a 405.
    for name, value in error.get_headers():
        if name != "Content-Type":
            response.headers.add(name, value)
    return response
