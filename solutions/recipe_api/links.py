"""Short links."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

blueprint = Blueprint("links", __name__)

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@blueprint.route("/r/<id:id>", methods=METHODS, provide_automatic_options=False)
def follow(id: int) -> ResponseReturnValue:
    """308: after a 301 or 302 many clients would turn a POST into a GET (RFC 9110 §15.4.9)."""
    return redirect(url_for("recipes.read_recipe", id=id), 308)
