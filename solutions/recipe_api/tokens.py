"""Logging in."""

from __future__ import annotations

import secrets

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.security import check_password_hash, generate_password_hash

from .access import CHALLENGE, new_token
from .bodies import TEXT, sent_object
from .limiter import Limiter
from .problems import fail
from .store import reading, writing

blueprint = Blueprint("tokens", __name__)

LOGIN = {"name": TEXT, "password": TEXT}
# Compared with the password of a user who doesn't exist: the time an answer takes must not tell which names exist.
NOBODY = generate_password_hash(secrets.token_hex())


@blueprint.record_once
def _limit(setup) -> None:
    setup.app.extensions["login_limiter"] = Limiter(setup.app.config["LOGIN_LIMIT"])


@blueprint.post("/tokens")
def create_token() -> ResponseReturnValue:
    """200: a token; 429: too many logins; 415, 400, 422: cannot be read; 401: no such name and password."""
    # Behind a proxy this is the proxy's address, unless werkzeug's ProxyFix is told how many there are.
    current_app.extensions["login_limiter"].count(request.remote_addr)
    sent = sent_object(LOGIN)
    with reading() as db:
        found = db.execute("SELECT password FROM users WHERE name = ?", (sent["name"],)).fetchone()
    if not check_password_hash(found[0] if found else NOBODY, sent["password"]) or not found:
        fail(401, "There is no such name and password.", {"WWW-Authenticate": CHALLENGE})
    with writing() as db:
        token = new_token(db, sent["name"])
    # A token in the cache of a browser, or of a proxy, is a password left lying around.
    return {"token": token}, 200, {"Cache-Control": "no-store"}
