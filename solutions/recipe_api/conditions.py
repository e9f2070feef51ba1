"""On which condition a request is meant: preconditions (RFC 9110 §13)."""

from __future__ import annotations

from flask import Response, abort, request

from .problems import fail


def require_if_match() -> None:
    """428: the request does not say which version it is about (RFC 6585 §3)."""
    if "If-Match" not in request.headers:
        fail(428, "Say with If-Match which version you have seen.")


def check_preconditions(tag: str) -> None:
    """Let the request go on when it is meant for the version with this tag. 412: for another; 304: nothing is new.

    The order is that of RFC 9110 §13.2.2. If-Match compares strongly: W/"a" promises too little to write over "a".
    """
    if "If-Match" in request.headers and not request.if_match.contains(tag):
        fail(412, "This is not the version you have seen.")
    if request.if_none_match.contains_weak(tag):
        if request.method not in ("GET", "HEAD"):
            fail(412, "There is what you hoped was not there.")
        response = Response(status=304)
        response.set_etag(tag)
        abort(response)
