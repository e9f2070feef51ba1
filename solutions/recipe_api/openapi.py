"""The description of the API that programs read (OpenAPI 3.1), at /openapi.json.

Tests hold it against the routes and against what the API sends, so it stays true.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from .descriptions import RESPONSES, SCHEMAS, json_content, problems, success
from .exports import DURATION
from .links import METHODS
from .recipes import LIMIT

blueprint = Blueprint("openapi", __name__)

BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
# Whoever is logged in may see more.
OPTIONAL_BEARER: list[dict[str, list[str]]] = [{}, *BEARER]
# What a request with a JSON body may be answered, whatever it is about.
BODY_ERRORS = (400, 413, 415, 422)


@blueprint.get("/openapi.json")
def read_description() -> ResponseReturnValue:
    """200: the description."""
    return DESCRIPTION


def _operation(
    summary: str,
    answers: dict[str, Any],
    *,
    body: str = "",
    security: list[dict[str, list[str]]] | None = None,
    parameters: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Describe a method of a path; ``body`` names the schema of what it reads."""
    operation: dict[str, Any] = {"summary": summary, "responses": answers}
    if body:
        operation["requestBody"] = {"required": True, **json_content(body)}
    if security:
        operation["security"] = security
    if parameters:
        operation["parameters"] = parameters
    return operation


def _parameter(place: str, name: str, schema: dict[str, Any], required: bool = False) -> dict[str, Any]:
    return {"in": place, "name": name, "schema": schema, "required": required}


ID = _parameter("path", "id", {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}, required=True)
NAME = _parameter("path", "name", {"type": "string"}, required=True)
LIST_PARAMETERS = [
    _parameter("query", "q", {"type": "string"}),
    _parameter("query", "limit", {"type": "integer", "minimum": 1, "maximum": LIMIT, "default": LIMIT}),
]
ENTITY_TAGS = {"type": "string", "examples": ['"5d08cb6da8dfbf61"', "*"]}
IF_MATCH = _parameter("header", "If-Match", ENTITY_TAGS)
IF_MATCH_REQUIRED = _parameter("header", "If-Match", ENTITY_TAGS, required=True)
IDEMPOTENCY_KEY = _parameter("header", "Idempotency-Key", {"type": "string"})
IF_NONE_MATCH = _parameter("header", "If-None-Match", ENTITY_TAGS)

PATHS: dict[str, dict[str, Any]] = {
    "/health": {
        "get": _operation(
            "Whether the API is well",
            {
                **success(200, "All is well", "Health"),
                **success(503, "The store is down", "Health", {"Retry-After"}),
            },
        )
    },
    "/boom": {"get": _operation("An unexpected exception", problems(500))},
    "/openapi.json": {"get": _operation("This description", success(200, "OpenAPI 3.1", "Description"))},
    "/users": {
        "post": _operation(
            "Register",
            {**success(201, "Registered", "Registered", {"Location"}), **problems(*BODY_ERRORS, 409, 503)},
            body="Registration",
        )
    },
    "/users/{name}": {
        "parameters": [NAME],
        "get": _operation(
            "Yourself, or anybody for an admin",
            {**success(200, "The user", "User"), **problems(401, 403, 404, 503)},
            security=BEARER,
        ),
        "delete": _operation(
            "Remove a user, as an admin", {**success(204, "Gone"), **problems(401, 403, 404, 503)}, security=BEARER
        ),
    },
    "/tokens": {
        "post": _operation(
            "Log in",
            {**success(200, "Logged in", "Token"), **problems(*BODY_ERRORS, 401, 429, 503)},
            body="Login",
        )
    },
    "/recipes": {
        "get": _operation(
            "The public recipes",
            {**success(200, "A list", "Recipes"), **problems(400, 406, 503)},
            parameters=LIST_PARAMETERS,
        ),
        "post": _operation(
            "Write a recipe",
            {**success(201, "Created", "Recipe", {"Location", "ETag"}), **problems(*BODY_ERRORS, 401, 409, 503)},
            body="NewRecipe",
            security=BEARER,
            parameters=[IDEMPOTENCY_KEY],
        ),
    },
    "/recipes/latest": {
        "get": _operation(
            "The newest public recipe", {**success(302, "Is there", "", {"Location"}), **problems(404, 503)}
        )
    },
    "/recipes/{id}": {
        "parameters": [ID],
        "get": _operation(
            "A recipe",
            {
                **success(200, "The recipe", "Recipe", {"ETag"}),
                **success(304, "You have this version", "", {"ETag"}),
                **problems(401, 404, 406, 410, 412, 451, 503),
            },
            security=OPTIONAL_BEARER,
            parameters=[IF_MATCH, IF_NONE_MATCH],
        ),
        "put": _operation(
            "Replace your recipe, if it is the version you have seen",
            {
                **success(200, "Replaced", "Recipe", {"ETag"}),
                **problems(*BODY_ERRORS, 401, 403, 404, 410, 412, 428, 451, 503),
            },
            body="NewRecipe",
            security=BEARER,
            parameters=[IF_MATCH_REQUIRED, IF_NONE_MATCH],
        ),
        "delete": _operation(
            "Delete your recipe",
            {**success(204, "Gone"), **problems(401, 403, 404, 410, 412, 451, 503)},
            security=BEARER,
            parameters=[IF_MATCH, IF_NONE_MATCH],
        ),
    },
    "/recipes/{id}/block": {
        "parameters": [ID],
        "put": _operation(
            "Forbid to show a recipe, as an admin",
            {**success(204, "Blocked"), **problems(*BODY_ERRORS, 401, 403, 404, 410, 503)},
            body="Block",
            security=BEARER,
        ),
    },
    "/recipes/{id}/nutrition": {
        "parameters": [ID],
        "get": _operation(
            "Its nutrition facts, from another service",
            {**success(200, "What the service says", "Anything"), **problems(401, 404, 410, 451, 502, 503, 504)},
            security=OPTIONAL_BEARER,
        ),
    },
    "/r/{id}": {
        "parameters": [ID],
        **{
            method.lower(): _operation(
                "A short link to a recipe", {**success(308, "Is there", "", {"Location"}), **problems(404)}
            )
            for method in METHODS
        },
    },
    "/exports": {
        "post": _operation(
            f"Export your recipes, which takes {DURATION} s",
            {**success(202, "Begun", "Export", {"Location", "Retry-After"}), **problems(401, 503)},
            security=BEARER,
        )
    },
    "/exports/{id}": {
        "parameters": [ID],
        "get": _operation(
            "How your export goes",
            {
                **success(200, "Still running", "Export", {"Retry-After"}),
                **success(303, "Finished: the result is there", "", {"Location"}),
                **problems(401, 404, 503),
            },
            security=BEARER,
        ),
    },
    "/exports/{id}/result": {
        "parameters": [ID],
        "get": _operation(
            "The result of your export",
            {**success(200, "A list", "Recipes"), **problems(401, 404, 503)},
            security=BEARER,
        ),
    },
}

DESCRIPTION = {
    "openapi": "3.1.0",
    "info": {
        "title": "Recipe API",
        "version": "1.0.0",
        "description": "Errors are problem details (RFC 9457). A method that is not described is answered with 405.",
    },
    "paths": PATHS,
    "components": {
        "schemas": SCHEMAS,
        "responses": RESPONSES,
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
    },
}
