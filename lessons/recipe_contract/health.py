"""R01 to R08: health, and what holds for every URL."""

from __future__ import annotations

import html
import re
from collections import Counter

from checks import Exchange, claim, random_word, wait_until

from .api import Api
from .promises import PROBLEM, directives, expect_problem, expect_retry_after
from .table import CONTRACT

ALLOWED = {"get", "head", "options", "post"}


@CONTRACT.row("R01", "GET", "/health", "all well", 200, body='{"status": "ok"}')
def all_well(api: Api) -> None:
    """A load balancer asks this every few seconds. The content is JSON, and its member status is "ok"."""
    answer = api.get("/health").expect(
        200, because="The load balancer sends no users to a server that does not say 200.", rfc="RFC 9110 §15.3.1"
    )
    answer.expect_json(
        where=lambda health: health["status"] == "ok",
        wanted='{"status": "ok"}',
        because="A person who looks at it, and a program that does, read the same word.",
    )


@CONTRACT.row("R02", "GET", "/health", "store is down", 503, headers="Retry-After: digits", body='{"status": "down"}')
def store_is_down(api: Api) -> None:
    """The check writes garbage over the file STORE and then puts a folder in its place. From then on health is
    503 with Retry-After in seconds, and the JSON content (no problem details) has "down" in its member status."""
    other = api.another()
    other.get("/health")
    other.ruin_store()
    answer = other.get("/health").expect(
        503,
        because="Only 503 makes the load balancer send the users to another server.",
        instead={
            200: "The file STORE has become unusable, and health still says 200: the users go on being sent to a "
            "server that cannot serve them. Ask the store for a row in this view (SELECT 1 reads no file).",
            500: "500 says that your program has a bug. The program is well, its store is not: that is 503.",
        },
        rfc="RFC 9110 §15.6.4",
    )
    expect_retry_after(answer, "Without it nobody knows when asking again makes sense, and everybody asks at once.")
    answer.expect_json(
        where=lambda health: health["status"] == "down",
        wanted='{"status": "down"}',
        because="The person who is woken up by it reads the word.",
    )


@CONTRACT.row("R03", "any", "unknown URL", "-", 404, body=PROBLEM)
def unknown_url(api: Api) -> None:
    """Whatever the method."""
    word = random_word()
    for method, path in (("GET", word), ("POST", word), ("DELETE", f"{word}/7"), ("PUT", f"health/{word}")):
        expect_problem(
            api.request(method, f"/{path}"),
            404,
            because="The client typed a wrong URL, and 404 lets it see that the mistake is there.",
            instead={
                200: "You answered 200 to a URL that does not exist: a typo in a client is never found.",
                401: "Nobody has to log in to learn that there is no such page.",
                405: "405 says that the URL exists and another method would work. None does.",
                500: "500 for a typo in a URL: a handler for Exception takes Flask's own 404 too. It must let every "
                "HTTPException be what it is, else each typo wakes somebody up.",
            },
            rfc="RFC 9110 §15.5.5",
        )


@CONTRACT.row(
    "R04", "DELETE", "/recipes", "known URL, wrong method", 405, headers="Allow: GET, HEAD, OPTIONS, POST", body=PROBLEM
)
def wrong_method(api: Api) -> None:
    """Allow lists exactly the methods that work. The same for PATCH."""
    for method in ("DELETE", "PATCH"):
        answer = expect_problem(
            api.request(method, "/recipes"),
            405,
            because="405 says: the URL is right, the method is not.",
            instead={404: "404 makes the client look for a typo in the URL. The URL is right, the method is not: 405."},
            rfc="RFC 9110 §15.5.6",
        )
        _expect_allow(answer, "A 405 MUST have Allow: the client reads there what works instead.")


def _expect_allow(answer: Exchange, because: str) -> None:
    lost = "A handler that builds a new response loses it: keep the headers that the exception brings along. "
    answer.expect_header(
        "Allow",
        where=lambda value: directives(value) == ALLOWED,
        wanted="GET, HEAD, OPTIONS, POST",
        because=because if answer.header("Allow") else lost + because,
        rfc="RFC 9110 §10.2.1",
    )


@CONTRACT.row("R05", "HEAD", "/recipes", "-", 200, headers="Content-Length as for GET", body="none")
def head_of_list(api: Api) -> None:
    """A client asks HEAD to learn how much GET would send."""
    listed = api.get("/recipes")
    listed.expect_that(True, wanted="the whole list", because="HEAD is compared with what GET sends.")
    length = len(listed.body)
    head = api.request("HEAD", "/recipes").expect(
        200,
        because="HEAD answers like GET, only without the content.",
        instead={405: "Flask answers HEAD by itself wherever a route takes GET: leave that on."},
        rfc="RFC 9110 §9.3.2",
    )
    head.expect_header(
        "Content-Length",
        where=lambda value: value == str(length),
        wanted=str(length),
        because="The client learns from HEAD how many bytes GET would bring: it must be the same number.",
        rfc="RFC 9110 §8.6",
    )
    head.expect_no_content(because="Content behind a HEAD is taken for the beginning of the next answer.")


@CONTRACT.row("R06", "OPTIONS", "/recipes", "-", 200, headers="Allow", body="empty")
def options_of_list(api: Api) -> None:
    """Allow lists GET, HEAD, OPTIONS and POST, and nothing else. Nobody has to log in for that."""
    answer = api.request("OPTIONS", "/recipes").expect(
        200, because="A browser asks OPTIONS before it lets a script send.", rfc="RFC 9110 §9.3.7"
    )
    _expect_allow(answer, "The answer to OPTIONS is this field: what works here.")
    answer.expect_no_content(because="Everything is said in Allow.")


@CONTRACT.row("R07", "any", "any", "an unexpected exception", 500, body="problem+json; no exception text, no traceback")
def unexpected_exception(api: Api) -> None:
    """GET /boom, which the starter gives, raises. The content tells nothing about the exception: no text, no class
    name, no traceback, no path of a file."""
    answer = api.get("/boom")
    expect_problem(
        answer,
        500,
        because="The client did nothing wrong, and asking again will not help: that is 500.",
        instead={
            404: "The starter gives GET /boom, which raises: keep it, so that this row can be tried.",
            400: "400 makes the client look for its own mistake. An exception in your code is yours: 500.",
        },
        rfc="RFC 9110 §15.6.1",
    )
    told = _secrets_told(api, answer)
    answer.expect_that(
        not told,
        wanted="nothing about the exception",
        because=f"The content tells {' and '.join(told)}: whoever attacks the server learns how it is built. "
        "The traceback belongs into the log, and str(error) into no answer.",
        rfc="RFC 9457 §5",
    )


def _secrets_told(api: Api, answer: Exchange) -> list[str]:
    """Return in words what the content tells about an exception."""
    text = html.unescape(answer.text).replace("\\\\", "\\").replace('\\"', '"')
    crash = answer.crash
    told = {
        "the path of a file": api.folder in text or 'File "' in text or "site-packages" in text,
        "the traceback": "Traceback" in text,
        "the class of the exception": re.search(r"\b(?!InternalServerError)[A-Z]\w+(Error|Exception)\b", text),
        "the text of the exception": crash is not None and crash.text and crash.text in text,
    }
    return [words for words, true in told.items() if true]


@CONTRACT.row(
    "R08", "any", "any", "every response, errors too", 200, body="one access-log entry (method, path, status)"
)
def access_log(api: Api) -> None:
    """For every response, errors and redirects too, one line METHOD path status is appended to the file ACCESS_LOG:
    the path without its query, the status as a number. The status here is whatever was answered."""
    before = len(api.log_lines())
    tries = [
        ("GET", "/health"),
        ("HEAD", "/recipes"),
        ("GET", f"/{random_word()}"),
        ("DELETE", "/recipes"),
        ("POST", "/recipes"),
        ("GET", "/boom"),
        ("GET", "/r/1"),
        ("OPTIONS", "/recipes"),
    ]
    answers = [api.request(method, path) for method, path in tries if not api.hangs(method, path)]
    wanted = [f"{answer.sent.method} {answer.sent.target} {answer.code}" for answer in answers if answer.reply]
    wait_until(lambda: len(api.log_lines()) >= before + len(wanted), 1.0)
    lines = [" ".join(line.split()) for line in api.log_lines()[before:]]
    missing, surplus = Counter(wanted) - Counter(lines), Counter(lines) - Counter(wanted)
    got = [f"missing: {line}" for line in missing] + [f"too many: {line}" for line in surplus]
    errors = [line for line in missing if line[-3] in "45"]
    claim(
        wanted and not got,
        asked="the new lines of ACCESS_LOG",
        got="; ".join(got) or f"{len(lines)} lines",
        wanted="one line METHOD path status per response",
        because="The errors are missing: just the answers that somebody will look for. after_request sees those that a "
        "handler makes too."
        if errors and len(errors) == len(missing)
        else "Whoever wants to know tomorrow what a client got today has these lines and nothing else.",
    )
