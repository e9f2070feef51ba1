"""The users."""

from __future__ import annotations

import sqlite3

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from werkzeug.security import generate_password_hash

from .access import admin, logged_in
from .bodies import TEXT, Member, is_text, sent_object
from .problems import fail
from .store import reading, writing

blueprint = Blueprint("users", __name__)

# A name is one segment of a URL: clients resolve a dot at its start, servers split at a slash.
NAME = r"^[^\s\x00-\x1f./\x7f][^\x00-\x1f/\x7f]*\Z"
NEW_USER = {
    "name": Member(
        "a string without slashes that starts with no dot or space",
        lambda value: is_text(value, NAME),
        # What Python spells \Z is $ in a JSON Schema: Python's $ would let a line break through.
        {"type": "string", "pattern": NAME.replace(r"\Z", "$")},
    ),
    "password": TEXT,
}


@blueprint.post("/users")
def create_user() -> ResponseReturnValue:
    """201: created; 415, 400, 422: cannot be read; 409: the name is taken."""
    sent = sent_object(NEW_USER)
    account = (sent["name"], generate_password_hash(sent["password"]), "user")
    try:
        with writing() as db:
            # The store decides whether the name is free: between a question and an insert another may take it.
            db.execute("INSERT INTO users VALUES (?, ?, ?)", account)
    except sqlite3.IntegrityError:
        fail(409, "The name is taken.")
    return {"name": sent["name"]}, 201, {"Location": url_for(".read_user", name=sent["name"])}


@blueprint.get("/users/<name>")
def read_user(name: str) -> ResponseReturnValue:
    """200: yourself, or you are an admin; 401, 403: you are not; 404: no such user (only an admin learns it)."""
    user = logged_in()
    if not user.may_change(name):
        fail(403, "You may only see yourself.")
    with reading() as db:
        found = db.execute("SELECT role FROM users WHERE name = ?", (name,)).fetchone()
    return {"name": name, "role": found[0]} if found else fail(404, "There is no such user.")


@blueprint.delete("/users/<name>")
def delete_user(name: str) -> ResponseReturnValue:
    """204: gone, with tokens, exports and recipes; 401, 403: for admins; 404: no such user."""
    admin()
    with writing() as db:
        if not db.execute("DELETE FROM users WHERE name = ?", (name,)).rowcount:
            fail(404, "There is no such user.")
        # A new user of that name must not inherit them.
        db.execute("UPDATE recipes SET deleted = 1 WHERE owner = ?", (name,))
    return "", 204
