"""Promises that many rows of the contract make."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from checks import Exchange

PROBLEM = "problem+json"
ERRORS = "problem+json with errors: [{pointer, detail}]"
CHALLENGE = "WWW-Authenticate"
# Mistakes that any error can be told with.
_USUAL = {
    200: "You answered 200 where something went wrong: the client goes on as if all were well.",
    302: "A redirect is for people with a browser: a program needs the number that says what went wrong.",
}


def expect_problem(
    answer: Exchange, code: int, *, because: str, instead: Mapping[int, str] | None = None, rfc: str = ""
) -> Exchange:
    """Promise an error: this status code, and problem details that a program can read (RFC 9457)."""
    answer.expect(code, because=because, instead={**_USUAL, **(instead or {})}, rfc=rfc)
    media_type = answer.reply.media_type if answer.reply else ""
    answer.expect_that(
        media_type == "application/problem+json",
        wanted="application/problem+json",
        because=_why_not_problem(media_type),
        rfc="RFC 9457 §3",
    )
    status = answer.member("status")
    answer.expect_that(
        type(status) is int and status == code,
        wanted=f'"status": {code}',
        because=f"The member status is {status!r}: whoever reads only the body is told another story."
        if isinstance(answer.json, dict)
        else "The content is no JSON object: the client's r.json() fails just when something went wrong.",
        rfc="RFC 9457 §3.1.2",
    )
    title = answer.member("title")
    return answer.expect_that(
        isinstance(title, str) and title.strip(),
        wanted='a "title"',
        because="A title that is a text, and not empty, is what the client shows to a person.",
        rfc="RFC 9457 §3.1.3",
    )


def _why_not_problem(media_type: str) -> str:
    if media_type == "text/html":
        return (
            "The body is an HTML page: the client's r.json() fails just when something went wrong. One handler for "
            "HTTPException turns Flask's own errors into problem details too."
        )
    if media_type == "application/json":
        return (
            "The body is JSON, but application/json does not say that its members are those of RFC 9457: a client that "
            "knows problem details treats it as unknown. Set the Content-Type to application/problem+json."
        )
    return f"The Content-Type is {media_type or 'missing'}: a client cannot know that these are problem details."


def expect_errors(answer: Exchange, *fields: str, because: str, instead: Mapping[int, str] | None = None) -> Exchange:
    """Promise 422, and one entry of ``errors`` for every field that is wrong."""
    expect_problem(
        answer,
        422,
        because=because,
        instead={
            400: "400 says that the text cannot be read. It is good JSON: only its meaning is wrong, and 422 says so.",
            201: "You took it: something without a sensible value is stored now.",
            **(instead or {}),
        },
        rfc="RFC 9110 §15.5.21",
    )
    errors = answer.member("errors")
    good = isinstance(errors, list) and all(map(_is_error, errors)) and errors
    answer.expect_that(
        good,
        wanted="errors: [{pointer, detail}]",
        because="A form shows the mistake beside the field: it needs a list of objects, each with pointer and detail.",
        rfc="RFC 9457 §3.2",
    )
    pointers = {error["pointer"].lstrip("#") for error in errors} if good else set()
    for field in fields:
        answer.expect_that(
            f"/{field}" in pointers,
            wanted=f"a pointer to /{field}",
            because=f"The mistake is in {field}, and no entry points to /{field} (or #/{field}): "
            "a person must guess what to mend.",
            rfc="RFC 9457 §3.2",
        )
    return answer


def _is_error(error: Any) -> bool:
    return isinstance(error, dict) and all(isinstance(error.get(name), str) for name in ("pointer", "detail"))


def expect_log_in(answer: Exchange, case: str, instead: Mapping[int, str] | None = None) -> Exchange:
    """Promise 401 with a challenge."""
    anybody = f"{case}, and it was done all the same: anybody may."
    early = "Who asks comes first: a stranger learns nothing about what the body should be."
    texts = {
        **dict.fromkeys((200, 201, 204), anybody),
        **dict.fromkeys((415, 422), early),
        400: "The request is well made. What it lacks is a login.",
        403: "403 says: I know you, and you may not. But nobody is known yet.",
        404: "404 hides the page, and the client never learns that logging in would help.",
        **(instead or {}),
    }
    need = "only 401 makes a client log in and ask again."
    because = need.capitalize() if answer.code in texts else f"{case}: {need}"
    expect_problem(answer, 401, because=because, instead=texts, rfc="RFC 9110 §15.5.2")
    return answer.expect_header(
        "WWW-Authenticate",
        because="A 401 MUST say how to log in. abort(401) alone sends no such field, and the client gives up.",
        rfc="RFC 9110 §15.5.2",
    )


def expect_retry_after(answer: Exchange, because: str) -> Exchange:
    """Promise Retry-After in seconds."""
    return answer.expect_header(
        "Retry-After",
        where=lambda value: re.fullmatch(r"[0-9]{1,9}", value),
        wanted="digits",
        because=because,
        rfc="RFC 9110 §10.2.3",
    )


def expect_own_location(answer: Exchange, because: str, rfc: str = "RFC 9110 §10.2.2") -> Exchange:
    """Promise a Location on this server."""
    elsewhere = answer.location is not None and not answer.location.startswith("/")
    return answer.expect_header(
        "Location",
        where=lambda value: not elsewhere,
        wanted="a path on this server",
        because=f"Location leads to another server. Send the path alone, or let url_for() make the address. {because}"
        if elsewhere
        else because,
        rfc=rfc,
    )


def expect_tag(answer: Exchange) -> Exchange:
    """Promise an ETag with its quotes."""
    return answer.expect_header(
        "ETag",
        where=lambda value: re.fullmatch(r'(W/)?"[^"\s]*"', value),
        wanted='"..."',
        because="Without an ETag (in quotes) a client can neither ask 'has it changed?' nor write without losing "
        "somebody else's change.",
        rfc="RFC 9110 §8.8.3",
    )


def expect_nothing(answer: Exchange, because: str) -> Exchange:
    """Promise that a 204 ends with its header section and announces no content."""
    answer.expect_no_content(because=because)
    return answer.expect_that(
        answer.header("Content-Length") is None,
        wanted="no Content-Length",
        because=f"Content-Length is {answer.header('Content-Length')!r}: a 204 MUST NOT have one. A client that "
        "believes it waits for bytes, and takes the next answer for them.",
        rfc="RFC 9110 §8.6",
    )


def expect_recipe(answer: Exchange, title: str, draft: bool, owner: str, id: Any = None) -> Exchange:
    """Promise the representation of a recipe."""

    def is_it(recipe: Any) -> bool:
        known = str(recipe["id"]) == str(id) if id is not None else "id" in recipe
        return known and recipe["title"] == title and recipe["draft"] is draft and recipe["owner"] == owner

    return answer.expect_json(
        where=is_it,
        wanted=f"id{'' if id is None else f' {id}'}, title {title!r}, draft {str(draft).lower()}, owner {owner!r}",
        because="The client shows the recipe from this answer: all of id, title, draft and owner, as they are stored.",
    )


def directives(value: str | None) -> set[str]:
    """Return the items of a list in a header field, in lower case."""
    return {item.strip().lower() for item in (value or "").split(",")} - {""}
