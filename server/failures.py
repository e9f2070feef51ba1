"""Say in words why a request got no answer, from the exception that requests raised."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace

import requests
import urllib3.exceptions

from .exchange import Exchange, Failure, of_request, of_response
from .tidy import Tidy

NOBODY_LISTENS = Failure(
    "nobody listens",
    "The connection was refused: no program listens at this address. A server that is switched off does not answer "
    "503. It answers nothing.",
    step=2,
)
NOT_IN_TIME = Failure(
    "no answer in time",
    "The client stopped waiting at its own time limit. The server may still be working on the request: the client "
    "cannot know.",
    step=3,
)
CLOSED = Failure(
    "closed without an answer",
    "The server took the connection and closed it before it sent a status line.",
    step=4,
)
NOT_HTTP = Failure(
    "the answer is not HTTP",
    "Bytes came back, but they do not begin with a status line that the client can read.",
    step=4,
    cut=False,
)

# The first that fits an exception, or one of its causes, counts: the special ones stand before the general ones.
_FAILURES: tuple[tuple[tuple[type[BaseException], ...], Failure], ...] = (
    (
        (requests.exceptions.InvalidJSONError,),
        Failure(
            "the content is not JSON",
            "An answer came, with a status code. Only its content could not be read as JSON. Show the response itself.",
            step=4,
            cut=False,
            numbered=True,
        ),
    ),
    (
        (requests.exceptions.RetryError,),
        Failure(
            "every attempt failed",
            "Each attempt got an answer with a status code that asks for another attempt. The client gave up.",
            step=4,
            cut=False,
            numbered=True,
        ),
    ),
    (
        (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError),
        Failure(
            "the answer broke off",
            "The status line came, but the content behind it did not come whole. requests drops the whole answer.",
            step=4,
            cut=False,
            numbered=True,
        ),
    ),
    (
        (urllib3.exceptions.InvalidHeader,),
        Failure(
            "a header field cannot be read",
            "An answer came, but the client could not read one of its header fields.",
            step=4,
            cut=False,
            numbered=True,
        ),
    ),
    (
        (requests.exceptions.ProxyError,),
        Failure("the proxy does not connect", "The request never left for the server.", step=2),
    ),
    (
        (requests.exceptions.SSLError, ssl.SSLError),
        Failure(
            "no secure connection",
            "The two sides could not agree on an encrypted connection, so the request was never sent.",
            step=2,
        ),
    ),
    (
        (urllib3.exceptions.NameResolutionError, socket.gaierror),
        Failure("no such server", "The name of the server has no address, so nobody could be asked.", step=2),
    ),
    ((ConnectionRefusedError,), NOBODY_LISTENS),
    ((requests.exceptions.Timeout, TimeoutError), NOT_IN_TIME),
    ((http.client.RemoteDisconnected, ConnectionResetError, ConnectionAbortedError, BrokenPipeError), CLOSED),
    ((http.client.HTTPException,), NOT_HTTP),
    (
        (ValueError,),
        Failure("never sent", "requests refused the request before it left: nobody was asked.", step=1, cut=False),
    ),
)
_OTHER = Failure("no answer", "The request ended without an answer.", step=2)


def of_exception(error: requests.RequestException) -> Exchange:
    """Describe what an exception of requests tells. Some carry an answer: then that answer is described."""
    name = type(error).__name__
    # A response with an error code is false, so "if error.response" would miss it.
    if error.response is not None:
        return of_response(error.response, f"requests raised {name}. The answer came all the same: here it is.")
    tidy = Tidy()
    request = of_request(error.request, tidy)
    causes = list(_causes(error))
    failure = next((found for types, found in _FAILURES if any(isinstance(cause, types) for cause in causes)), _OTHER)
    received = next((str(cause) for cause in causes if type(cause) is http.client.BadStatusLine), "")
    return Exchange(request, failure=replace(failure, raised=name, received=tidy.line(received.strip())))


def _causes(error: BaseException, depth: int = 8) -> Iterator[BaseException]:
    """Yield an exception and what it wraps. ``__context__`` is left out: it can be about something else."""
    yield error
    inner = [*error.args, getattr(error, "reason", None), error.__cause__]
    for cause in inner if depth else ():
        if isinstance(cause, BaseException):
            yield from _causes(cause, depth - 1)
