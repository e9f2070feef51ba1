"""What a client sends: a JSON object with certain members."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from flask import request
from werkzeug.exceptions import HTTPException

from .problems import fail

NOT_BLANK = r"\S"


@dataclass(frozen=True)
class Member:
    """One member of a JSON object: what it must be in words, as a function, and as a JSON Schema for the description.

    A member with a default may be missing.
    """

    must_be: str
    is_valid: Callable[[Any], bool]
    schema: dict[str, Any]
    default: Any = None


def is_text(value: Any, pattern: str = NOT_BLANK) -> bool:
    """Tell whether a value is a string in which a pattern is found.

    JSON can spell half a character, as "\\ud800" (RFC 8259 §8.2): no encoding can write it, and no store keep it.
    """
    return isinstance(value, str) and bool(re.search(pattern, value)) and not re.search("[\ud800-\udfff]", value)


TEXT = Member("a string that is not empty", is_text, {"type": "string", "pattern": NOT_BLANK})
YES_OR_NO = Member("true or false", lambda value: isinstance(value, bool), {"type": "boolean"}, default=False)


def sent_object(members: Mapping[str, Member]) -> dict[str, Any]:
    """Return these members of the JSON object that was sent. 415: not said to be JSON; 400: no JSON; 422: others."""
    if request.mimetype != "application/json":
        fail(415, "Send JSON, and say so in Content-Type.", {"Accept": "application/json"})  # RFC 9110 §15.5.16
    try:
        sent = parse_json(_body())
    except ValueError:
        fail(400, "The body is not JSON.")
    if not isinstance(sent, dict):
        fail(422, "The body is not a JSON object.", errors=[{"pointer": "#", "detail": "must be an object"}])
    values = {name: sent.get(name, member.default) for name, member in members.items()}
    errors = [
        {"pointer": f"#/{name}", "detail": f"must be {members[name].must_be}"}
        for name, value in values.items()
        if not members[name].is_valid(value)
    ]
    return values if not errors else fail(422, "Some members are not as they must be.", errors=errors)


def _body() -> bytes:
    """Return what was sent. 413: too much; 400: it broke off."""
    try:
        body = request.get_data()
    except HTTPException:
        raise
    except Exception:
        # Each server has errors of its own for chunks that are none: nothing but the client can cause one here.
        fail(400, "The body did not arrive whole.")
    if len(body) == request.max_content_length:
        # A body in chunks does not say how long it is, and is cut off at the limit.
        fail(413, "The body is too long.")
    return body


def parse_json(text: bytes) -> Any:
    """Return the value of a JSON text (RFC 8259). Raise :exc:`ValueError` when it is none.

    Python alone would also take UTF-16, and NaN and Infinity; it gives up at ten thousand brackets.
    """
    try:
        return json.loads(text.decode(), parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
