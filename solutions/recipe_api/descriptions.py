"""The parts of the API's description: what bodies look like, and what every error is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any

from .blocks import BLOCK
from .bodies import Member
from .recipes import RECIPE
from .tokens import LOGIN
from .users import NEW_USER

HEADERS = {
    "Accept": "string",
    "ETag": "string",
    "Link": "string",
    "Location": "string",
    "Retry-After": "integer",
    "WWW-Authenticate": "string",
}
# What an error must say besides its status.
ERROR_HEADERS = {401: {"WWW-Authenticate"}, 415: {"Accept"}, 429: {"Retry-After"}, 451: {"Link"}, 503: {"Retry-After"}}
ERRORS = (400, 401, 403, 404, 406, 409, 410, 412, 413, 415, 422, 428, 429, 451, 500, 502, 503, 504)


def success(status: int, description: str, schema: str = "", headers: Collection[str] = ()) -> dict[str, Any]:
    """Describe an answer by status. Without a schema it has no body that a program would read."""
    answer: dict[str, Any] = {"description": description}
    if schema:
        answer.update(json_content(schema))
    elif status in (302, 303, 308):
        answer["content"] = {"text/html": {}}
    if headers:
        answer["headers"] = _headers(headers)
    return {str(status): answer}


def problems(*statuses: int) -> dict[str, Any]:
    """Describe errors, by status."""
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)}


def json_content(schema: str) -> dict[str, Any]:
    """Describe a JSON body."""
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _sent(members: Mapping[str, Member]) -> dict[str, Any]:
    """Describe an object that clients send by the members that its view reads."""
    properties = {
        name: member.schema if member.default is None else {**member.schema, "default": member.default}
        for name, member in members.items()
    }
    required = [name for name, member in members.items() if member.default is None]
    return {"type": "object", "properties": properties, "required": required}


def _object(**properties: str) -> dict[str, Any]:
    """Describe an object that the API sends, by the types of its members. It has all of them."""
    types = {name: {"type": type} for name, type in properties.items()}
    return {"type": "object", "properties": types, "required": list(properties), "additionalProperties": False}


def _headers(names: Collection[str]) -> dict[str, Any]:
    return {name: {"required": True, "schema": {"type": HEADERS[name]}} for name in sorted(names)}


def _error(status: int) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in ERROR_HEADERS:
        answer["headers"] = _headers(ERROR_HEADERS[status])
    return answer


RESPONSES = {str(status): _error(status) for status in ERRORS}
SCHEMAS = {
    "Anything": True,
    "Registration": _sent(NEW_USER),
    "Login": _sent(LOGIN),
    "NewRecipe": _sent(RECIPE),
    "Block": _sent(BLOCK),
    "Recipe": _object(id="integer", title="string", draft="boolean", owner="string"),
    "Recipes": {"type": "array", "items": {"$ref": "#/components/schemas/Recipe"}},
    "Registered": _object(name="string"),
    "User": _object(name="string", role="string"),
    "Token": _object(token="string"),
    "Health": _object(status="string"),
    "Export": _object(state="string"),
    "Description": {"type": "object"},
    "Problem": {
        "type": "object",
        "properties": {
            "title": {"type": "string", "minLength": 1},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {"type": "array", "items": _object(pointer="string", detail="string")},
        },
        "required": ["title", "status", "detail"],
    },
}
