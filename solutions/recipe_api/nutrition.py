"""Nutrition facts, which another service knows: here this API is a gateway."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue

from .access import visitor
from .bodies import parse_json
from .problems import fail
from .recipe import visible_recipe
from .upstream import Late, Unreachable, fetch

blueprint = Blueprint("nutrition", __name__)


@blueprint.get("/recipes/<id:id>/nutrition")
def read_nutrition(id: int) -> ResponseReturnValue:
    """200: what the service says; 404, 410, 451: as the recipe; 504: the service is late; 502: it makes no sense.

    Every failure of the service is the server's side for our client, so a 404 or a redirect of it is a 502 here.
    """
    recipe = visible_recipe(id, visitor())
    url = f"{current_app.config['UPSTREAM'].rstrip('/')}/nutrition?title={quote(recipe.title, safe='')}"
    try:
        status, body = fetch(url, current_app.config["UPSTREAM_TIMEOUT"])
    except Late:
        fail(504, "The nutrition service did not answer in time.")
    except Unreachable:
        fail(502, "The nutrition service cannot be reached.")
    if not 200 <= status < 300:
        fail(502, "The nutrition service failed.")
    try:
        parse_json(body)
    except ValueError:
        fail(502, "The nutrition service did not answer with JSON.")
    # As it came: reading and writing numbers could change them.
    return Response(body, mimetype="application/json")
