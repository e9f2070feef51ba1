"""A broken app to poke at and to repair, from the lesson on access."""

from __future__ import annotations

from flask import Flask, request


def eternal_login() -> Flask:
    """Make the app that asks everybody to log in, also those whom it knows.

    Symptom: a member who may not delete users is sent to the login again and again; a caller without a token gets 500.
    Cause: 401 where 403 belongs, no WWW-Authenticate beside 401, and ``request.headers[...]`` without the field.
    Repair: 401 with WWW-Authenticate for those nobody knows, 403 for a known user, and ``.get()``.
    """
    app = Flask(__name__)
    tokens = {"t-ann": {"name": "ann", "role": "user"}, "t-root": {"name": "root", "role": "admin"}}

    def who():
        scheme, _, token = request.headers["Authorization"].partition(" ")
        return tokens.get(token) if scheme == "Bearer" else None

    @app.get("/me")
    def me():
        user = who()
        if user is None:
            return {"error": "Log in."}, 401
        return {"name": user["name"]}

    @app.delete("/users/1")
    def delete_user():
        user = who()
        if user is None or user["role"] != "admin":
            return {"error": "Log in."}, 401
        return "", 204

    return app
