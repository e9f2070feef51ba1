"""Exports: work that takes longer than a client waits (RFC 9110 §15.3.3)."""

from __future__ import annotations

import time

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from .access import logged_in
from .problems import fail
from .recipe import SHOWN, Recipe
from .store import reading, writing

blueprint = Blueprint("exports", __name__)

# Seconds that an export takes. When it started is in the store: no thread has to outlive the request.
DURATION = 1
PENDING = {"state": "pending"}
RETRY_AFTER = {"Retry-After": str(DURATION)}


@blueprint.post("/exports")
def create_export() -> ResponseReturnValue:
    """202: begun, Location says where to ask how it goes; 401."""
    user = logged_in()
    with writing() as db:
        values = (user.name, time.time())
        id = db.execute("INSERT INTO exports (owner, started) VALUES (?, ?)", values).lastrowid
    return PENDING, 202, {"Location": url_for(".read_export", id=id), **RETRY_AFTER}


@blueprint.get("/exports/<id:id>")
def read_export(id: int) -> ResponseReturnValue:
    """200: still running; 303: finished, the result is elsewhere; 401; 404."""
    _, finished = _find(id)
    if not finished:
        return PENDING, 200, RETRY_AFTER
    return redirect(url_for(".read_result", id=id), 303)


@blueprint.get("/exports/<id:id>/result")
def read_result(id: int) -> ResponseReturnValue:
    """200: all recipes of the export's owner; 401; 404: no such export, or not yet."""
    owner, finished = _find(id)
    if not finished:
        fail(404, "The export is not finished.")
    with reading() as db:
        rows = db.execute(f"SELECT * FROM recipes WHERE owner = ? AND {SHOWN} ORDER BY id", (owner,)).fetchall()
    return [Recipe(*row).representation for row in rows]


def _find(id: int) -> tuple[str, bool]:
    """Return whose export it is, and whether it is finished. 401; 404: there is none, or it is somebody else's."""
    user = logged_in()
    with reading() as db:
        found = db.execute("SELECT owner, started FROM exports WHERE id = ?", (id,)).fetchone()
    if not found or not user.may_change(found[0]):
        fail(404, "There is no such export.")
    return found[0], time.time() - found[1] >= DURATION
