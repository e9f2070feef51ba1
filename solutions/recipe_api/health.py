"""Whether the API is well."""

from __future__ import annotations

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from .problems import STORE_RETRY_AFTER
from .store import StoreDown, reading

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """200, or 503 when the store is down: then a load balancer sends nobody here."""
    try:
        with reading() as db:
            db.execute("SELECT name FROM users").fetchone()
    except StoreDown:
        return {"status": "down"}, 503, {"Retry-After": str(STORE_RETRY_AFTER)}
    return {"status": "ok"}


@blueprint.get("/boom")
def boom() -> ResponseReturnValue:
    """500: a programming error, whose text must not get out."""
    raise RuntimeError(f"cannot cook {current_app.config['STORE']}")
