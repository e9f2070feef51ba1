"""R43 to R45: exports, which take their time."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from checks import Exchange

from .api import Api, need, succeeded
from .promises import expect_own_location, expect_retry_after
from .table import CONTRACT

# Seconds within which an export is finished, and what a busy machine may add.
FINISHED, GRACE = 2.0, 1.0
STEP = 0.1


def _start(api: Api) -> str:
    """Start an export, and return the address of its status monitor."""
    answer = api.post("/exports", by="ann")
    monitor = answer.location
    need(answer, succeeded(answer) and monitor, "Location", "the status monitor of an export", "R43")
    # An address on another server is the fault of R43.
    return urlsplit(monitor or "")._replace(scheme="", netloc="").geturl()


def _expect_pending(answer: Exchange) -> None:
    answer.expect_json(
        where=lambda export: export["state"] == "pending",
        wanted='{"state": "pending"}',
        because="The client reads there that it has to wait.",
    )
    expect_retry_after(
        answer, "Without it a client does not know when asking again makes sense, and asks all the time."
    )


@CONTRACT.row(
    "R43",
    "POST",
    "/exports",
    "logged in",
    202,
    headers="Location (the status monitor), Retry-After",
    body='{"state": "pending"}',
)
def start_export(api: Api) -> None:
    """No body is sent. Retry-After is in seconds."""
    answer = api.post("/exports", by="ann").expect(
        202,
        because="It is accepted and not yet done: 202 says just that.",
        instead={
            200: "200 says that it is done. It is not: the client looks for a result that is not there.",
            201: "201 says that the export is there. It is only begun: 202.",
            415: "No body is sent, so there is no Content-Type to complain about.",
            400: "No body is sent, and none is needed.",
        },
        rfc="RFC 9110 §15.3.3",
    )
    expect_own_location(answer, "The client must know where it can ask how far it is.", rfc="RFC 9110 §15.3.3")
    _expect_pending(answer)


@CONTRACT.row("R44", "GET", "/exports/<n>", "still running", 200, headers="Retry-After", body='{"state": "pending"}')
def running_export(api: Api) -> None:
    """Who started it asks, with a token. The first GET right after the POST finds it still running."""
    answer = api.get(_start(api), by="ann").expect(
        200,
        because="This is the page about the export, and the page is there: it tells how far it is.",
        instead={
            202: "202 is for what this request has begun. This one only looks at what is going on: 200.",
            303: "An export that was begun a moment ago is still running at the first look.",
            404: "Location of the POST leads nowhere: nobody can ask how far the export is.",
        },
        rfc="RFC 9110 §15.3.1",
    )
    _expect_pending(answer)


def _begin(api: Api) -> None:
    api.begun_export = _start(api)


@CONTRACT.row("R45", "GET", "/exports/<n>", "finished", 303, headers="Location of the result", begin=_begin)
def finished_export(api: Api) -> None:
    """At most 2 s after the POST. The result is a resource that its owner can GET."""
    monitor = api.begun_export or _start(api)
    # From now on, because an export may make its steps when it is asked.
    deadline = time.monotonic() + FINISHED + GRACE
    answer = api.get(monitor, by="ann")
    while succeeded(answer) and answer.member("state") == "pending" and time.monotonic() < deadline:
        time.sleep(STEP)
        answer = api.get(monitor, by="ann")
    answer.expect(
        303,
        because="The export is finished, and its result is another resource: 303 leads there, with GET.",
        instead={
            200: f"More than {FINISHED:g} s after the POST there was still no 303: a client waits for ever."
            if answer.member("state") == "pending"
            else "You answered 200: then the page about the export and its result share an address. 303 leads on.",
            302: "302 leaves open which method comes next. 303 says: GET the result there.",
            307: "307 says that this page has moved for now. 303 says: the result is there.",
            308: "308 says that this page has moved for good. 303 says: the result is there.",
            301: "301 says that this page has moved for good. 303 says: the result is there.",
        },
        rfc="RFC 9110 §15.4.4",
    )
    expect_own_location(answer, "The client must know where the result is.", rfc="RFC 9110 §15.4.4")
    result = api.get(answer.location or "", by="ann")
    result.expect_that(
        result.code == 200,
        wanted="200",
        because="Location leads to nothing that its owner can read.",
        rfc="RFC 9110 §10.2.2",
    )
