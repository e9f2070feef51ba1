"""Who asks, and what they may do (RFC 9110 §11, RFC 6750)."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass

from flask import request

from .problems import fail
from .store import reading

CHALLENGE = 'Bearer realm="recipes"'


@dataclass(frozen=True)
class User:
    """Somebody with an account."""

    name: str
    role: str

    @property
    def is_admin(self) -> bool:
        """Tell whether they may do everything."""
        return self.role == "admin"

    def may_change(self, owner: str) -> bool:
        """Tell whether something of this owner is theirs to change."""
        return self.is_admin or self.name == owner


def visitor() -> User | None:
    """Return who asks; None when the request doesn't say. 401: it says so with a token that nobody has.

    A wrong token is refused even where none is needed: its sender believes to be logged in, and would miss drafts.
    """
    if "Authorization" not in request.headers:
        return None
    # Read by hand: `request.authorization` raises ValueError when "Basic" is followed by what is not ASCII.
    scheme, _, token = request.headers["Authorization"].partition(" ")
    query = "SELECT name, role FROM users JOIN tokens ON user = name WHERE digest = ?"
    with reading() as db:
        found = db.execute(query, (_digest(token.strip()),)).fetchone()
    if scheme.lower() != "bearer" or not found:
        fail(401, "Nobody has this token.", {"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'})
    return User(*found)


def logged_in() -> User:
    """Return who asks. 401: nobody, or a token that nobody has."""
    return visitor() or fail(401, "Log in first.", {"WWW-Authenticate": CHALLENGE})


def admin() -> User:
    """Return the admin who asks. 401 as for everybody; 403: somebody else."""
    user = logged_in()
    return user if user.is_admin else fail(403, "This is for admins.")


def new_token(db: sqlite3.Connection, name: str) -> str:
    """Make a token for a user. The store learns only its digest: a copy of the store lets nobody in."""
    token = secrets.token_urlsafe()
    db.execute("INSERT INTO tokens VALUES (?, ?)", (_digest(token), name))
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
