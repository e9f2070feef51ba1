"""Challenge: recipes that must not be shown, for legal reasons (RFC 7725)."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from .access import admin
from .bodies import Member, is_text, sent_object
from .recipe import find
from .store import writing

blueprint = Blueprint("blocks", __name__)

# It goes into a header field, between < and >.
URL = r"^https?://[\x21-\x3b\x3d\x3f-\x7e]+\Z"
BLOCK = {
    "by": Member(
        "the URL of who blocks it", lambda value: is_text(value, URL), {"type": "string", "pattern": URL[:-2] + "$"}
    )
}


@blueprint.put("/recipes/<id:id>/block")
def block_recipe(id: int) -> ResponseReturnValue:
    """204: from now on it is 451; 401, 403: for admins; 415, 400, 422; 404, 410."""
    user = admin()
    sent = sent_object(BLOCK)
    with writing() as db:
        find(db, id, user)
        db.execute("UPDATE recipes SET blocked_by = ? WHERE id = ?", (sent["by"], id))
    return "", 204
