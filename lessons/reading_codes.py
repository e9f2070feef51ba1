"""The other side: the checks of the lesson on reading status codes with requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests

from checks import (
    ErrorOf,
    Function,
    Question,
    ResponseOf,
    Result,
    Scripted,
    ScriptedServer,
    closed_url,
    exercise,
    part,
    random_choice,
    random_number,
    random_word,
    random_words,
    shuffled,
)
from server.apps.canned import CannedServer

raises_on_404 = Question(
    "Does requests.get() raise an exception when the answer is 404?",
    choices=("yes", "no"),
    answer="no",
    because="A 404 is an answer like any other. Who does not look at the code never learns of it.",
)

true_response = Question(
    "The answer is 404. Is the block below `if response:` run?",
    choices=("yes", "no"),
    answer="no",
    because="There is a response, but bool(response) is response.ok, and that is False from 400 to 599.",
)

default_wait = Question(
    "Without timeout=, how long does requests wait for a silent server?",
    choices=("5 seconds", "30 seconds", "for ever"),
    answer="for ever",
    because="timeout is None, and None means: no limit. One silent server stops the whole program.",
)

json_of_204 = Question(
    "What does response.json() give for a 204?",
    choices=("None", "an empty dict", "an exception"),
    answer="an exception",
    because="No content is no JSON. ok is True for 204, so `if response.ok` does not protect you.",
)

broken_off = Question(
    "The line says 200, ten bytes are announced, four come, and the connection ends. What does requests.get() give?",
    choices=("a response with four bytes", "a response without content", "an exception"),
    answer="an exception",
    because="200 was sent before the content. What came is a part, and requests does not hand out parts.",
)

_RECIPE_ERRORS = {
    401: "the client must log in",
    403: "the client may not look",
    410: "it was there once",
    429: "the client must slow down",
    500: "the server is broken",
    503: "the server is closed for now",
}


_JSON = "application/json"
_HTML = "text/html; charset=utf-8"


def _page(code: int, kind: str, text: str) -> bytes:
    """Write an answer by hand: Flask gives every answer a Content-Type and a reason phrase."""
    lines = [f"HTTP/1.1 {code} "]
    lines += [f"Content-Type: {kind}"] if kind else []
    lines += [f"Content-Length: {len(text)}"] if code not in (204, 304) else []
    return "\r\n".join([*lines, "Connection: close", "", text]).encode()


@exercise(
    points=2,
    hints=[
        "Three outcomes: found, absent, broken. In which order do you ask for them?",
        "404 is an expected answer here: look for it before raise_for_status().",
        "raise_for_status() does nothing for a 200, and raises requests.HTTPError from 400 to 599.",
    ],
)
def found_or_absent(get_recipe: Function) -> None:
    """get_recipe(base, i) returns the recipe, None for a 404, and raises requests.HTTPError for other errors."""
    # Two APIs on one server: a base may have a path of its own.
    bases = ["", f"/{random_word()}/v{random_number(2, 9)}"]
    ids = [1, 0, *(random_number(10 ** (size - 1), 10**size - 1) for size in (2, 3, 5))]
    pages: dict[str, bytes] = {}
    with CannedServer(pages) as server:

        def ask(i: int, code: int, body: Any, base: str = "") -> None:
            path = f"{base}/recipes/{i}"
            pages[path] = _page(code, _HTML, body) if isinstance(body, str) else _page(code, _JSON, json.dumps(body))
            server.requests.clear()
            result = get_recipe(server.url + base, i)
            seen = [" ".join(lines[0].split()[:2]) for lines in server.requests if lines]
            _expect_recipe(result, code, body, path, seen)

        def recipe() -> dict[str, Any]:
            return {"id": random_number(1, 99), "title": random_word(), "minutes": random_number(5, 90)}

        first, other, *rest = ids
        ask(first, 200, recipe())
        ask(rest[0], 404, {"error": "not found"})
        ask(rest[1], 500, {"error": "the oven is on fire"})
        ask(first, 200, recipe())
        ask(first, 404, "<h1>Not Found</h1>")
        ask(first, 200, recipe())
        ask(other, 200, {})
        ask(other, 404, "")
        ask(other, 404, recipe())
        for code in shuffled([400, 401, 403, 405, 410, 422, 429, 451, 500, 502, 503, random_number(512, 598)]):
            i, base = random_choice(ids), random_choice(bases)
            body = random_choice([recipe(), {"error": random_word()}, "", f"<h1>{code}</h1>"])
            ask(i, code, body, base)
        for i in shuffled(rest):
            ask(i, 200, recipe(), bases[1])
            ask(i, 404, {"error": "404"}, bases[1])


def _expect_recipe(result: Result, code: int, body: Any, path: str, seen: list[str]) -> None:
    arrived = " and ".join(seen) or "no request"
    why = f"GET {path} did not arrive; {arrived} did. Ask the server at every call, at the base you are given."
    # Who asks with HEAD first need not ask for what is absent.
    if not {f"GET {path}", f"HEAD {path}"} & set(seen):
        result.expect_that(False, wanted=f"GET {path} at every call", because=why)
    if code == 200:
        result.expect(body, because=f"The server answered 200 with the recipe. {_why_lost(result, body)}")
    elif code == 404:
        result.expect(None, because=_why_absent(result, body))
    else:
        # Other libraries have an HTTPError too: the caller's `except requests.HTTPError` does not see it.
        kind = "HTTPError" if "RequestException" in result.raised else "requests.HTTPError"
        result.expect_raises(kind, because=_why_silent(result, code))


def _why_lost(result: Result, body: Any) -> str:
    if result.raised:
        return "Nothing went wrong, so nothing must be raised."
    if body == {} and result.value is None:
        return "An empty object is a JSON object, too. Only 404 means absent."
    return "Return the JSON object that came with this answer."


def _why_absent(result: Result, body: Any) -> str:
    if "HTTPError" in result.raised:
        return "404 raised. An absent recipe is an expected answer here, and the caller wants to hear None."
    if result.raised:
        return "The answer was a 404. Its content may be HTML or nothing: look at the code before you read it."
    if result.value == body:
        taken = f"{result.value!r:.60}"
        return f"For a 404 you returned {taken}: you never looked at the status and took the error body for a recipe."
    return "404 means absent here, whatever the content is: the caller wants None."


def _why_silent(result: Result, code: int) -> str:
    meaning = _RECIPE_ERRORS.get(code, "the client's mistake" if code < 500 else "the server's failure")
    if result.raised:
        return f"{code} ({meaning}) raised {result.raised[0]}, and that is no requests.HTTPError."
    if result.value is None:
        return (
            f"A {code} came back as None: {meaning}, and that is not 'absent'. Do you ask 'if r'? That is False for "
            "every 4xx and 5xx, so a broken server looks like an absent recipe."
        )
    return f"A {code} came back as {result.value!r:.60}: {meaning}, and the caller takes this for a recipe."


def _bodies() -> list[tuple[str, int, str, str, Any]]:
    """Return what the server says: method, code, Content-Type, content, and what there is to decode."""
    word, number = random_word(), random_number(2, 99)
    problem = f'{{"type": "about:blank", "title": "{word}", "status": 403}}'
    found = [
        ("GET", 200, _JSON, f'{{"title": "{word}"}}', {"title": word}),
        ("GET", 204, "", "", None),
        ("GET", 404, _HTML, "<!doctype html><title>404 Not Found</title>", None),
        ("GET", 404, _JSON, f'{{"error": "no {word}"}}', {"error": f"no {word}"}),
        ("GET", 200, _JSON, "null", None),
    ]
    others = [
        ("GET", 200, _JSON, "[]", []),
        ("GET", 200, _JSON, "{}", {}),
        ("GET", 200, _JSON, "0", 0),
        ("GET", 200, _JSON, "false", False),
        ("GET", 200, _JSON, '""', ""),
        ("GET", 201, f"{_JSON}; charset=utf-8", f"[{number}, null]", [number, None]),
        ("GET", 403, "application/problem+json", problem, {"type": "about:blank", "title": word, "status": 403}),
        ("GET", 500, "application/problem+json; charset=utf-8", f'{{"title": "{word}"}}', {"title": word}),
        ("GET", 502, _HTML, "<h1>Bad Gateway</h1>", None),
        ("GET", 503, _JSON, f'"{word}"', word),
        ("GET", 422, f"application/vnd.{word}+json", f'{{"{word}": {number}}}', {word: number}),
        ("GET", 200, _HTML, f"<p>{word}</p>", None),
        ("GET", 200, _JSON, "", None),
        ("GET", 404, _JSON, "", None),
        ("GET", 202, "", "", None),
        ("GET", 204, _JSON, "", None),
        ("GET", 304, "", "", None),
        ("HEAD", 200, _JSON, "", None),
        ("DELETE", 410, "", "", None),
        ("GET", 400, "text/plain", f"no {word} here", None),
    ]
    return found + shuffled(others)


@exercise(
    points=3,
    hints=[
        "Two questions, and the status code is in neither: is there content, and what does its Content-Type say?",
        "r.content is empty when nothing came. r.headers.get('Content-Type', '') is a text, also when there is none.",
        "Parameters stand behind a semicolon. Or just try r.json(), and catch what it raises.",
    ],
)
def json_or_none(body: Function) -> None:
    """body(r) gives the decoded JSON of a response if there is any, whatever the status, and otherwise None."""
    bodies = _bodies()
    pages = {f"/{place}": _page(code, kind, text) for place, (_, code, kind, text, _) in enumerate(bodies)}
    with CannedServer(pages) as server:
        for path, (method, code, kind, text, value) in zip(pages, bodies, strict=True):
            result = body(ResponseOf(server.url + path, method))
            wanted = f"{value!r} ({code}, {kind or 'no Content-Type'}, {text or 'no content'})"
            result.expect(value, wanted=wanted, because=_why_body(result, code, kind, text, value))


def _why_body(result: Result, code: int, kind: str, text: str, value: Any) -> str:
    if "JSONDecodeError" in result.raised or "ValueError" in result.raised:
        if text:
            return f"This {code} has content, but not JSON: a page for people ends your program."
        fine = "it is ok, 2xx, but has no body" if 200 <= code < 300 else "it has no body"
        return f"This {code} cannot be decoded: {fine}."
    if result.raised:
        return f"Servers send a {code} like this every day. The caller wants data or None, never an exception."
    if value is None:
        return f"This {code} holds no JSON ({kind or 'no Content-Type'}): the caller wants None."
    if result.value is None and value in ([], {}, 0, "", False):
        return f"{text} is JSON. An empty list or a 0 says something, and None says that nothing was sent."
    if result.value is None and code >= 400:
        kind_too = f" Its Content-Type is {kind!r}, and that is JSON." if kind != _JSON else ""
        return f"You threw away the JSON of a {code}: error bodies are the useful part.{kind_too}"
    if result.value is None:
        return f"You threw away JSON: the Content-Type of this {code} is {kind!r}, and that is JSON."
    return "Return what the JSON stands for: a dict, a list, a number, not its text."


# Seconds: what the task allows, what is well within it, and what is well beyond.
_TIMEOUT, _SOON, _LATE = 0.5, 0.1, 1.0


@exercise(
    points=2,
    hints=[
        "requests.get() has no time limit of its own. Which argument sets one?",
        "requests raises when no answer comes, and only then. What have all these exceptions in common?",
        "except requests.RequestException as error: and type(error).__name__ is a text.",
    ],
)
def no_code(fetch: Function) -> None:
    """fetch(url) gives ('code', n) for any answer, and ('none', name of the exception) when no answer comes."""
    words = random_words(8)
    codes = [200, 404, *shuffled([201, 204, 401, 429, 500, random_number(505, 598)])]
    script: dict[str, Any] = {f"/{word}": code for word, code in zip(words, codes, strict=True)}
    script |= {"/soon": Scripted(200, "soup", wait=_SOON), "/late": Scripted(200, "soup", wait=_LATE)}
    script["/changing"] = [200, 503]
    with ScriptedServer(script) as server:
        for word, code in zip(words, codes, strict=True):
            result = fetch(f"{server.url}/{word}")
            result.expect(("code", code), because=_why_code(result, code))
        for code in (200, 503):
            changed = "This URL answers differently each time: ask at every call."
            fetch(f"{server.url}/changing").expect(("code", code), because=changed)
        result = fetch(f"{server.url}/soon")
        result.expect(("code", 200), because=f"This answer took {_SOON} s, and half a second is allowed.")
        _expect_none(fetch(f"{server.url}/late"), "Timeout")
        url = f"{server.url}/{words[1]}"
        fetch(url).expect(("code", 404), because="The server answers again. What was before does not count.")
    _expect_none(fetch(closed_url()), "Error")


def _why_code(result: Result, code: int) -> str:
    got = result.value
    if result.raised:
        return f"The server answered {code}. Nothing is missing, so nothing is raised: the code is the result."
    if isinstance(got, tuple) and got and got[0] == "none":
        return f"The server answered {code}. That is a code, also when it is an error: 'none' means that nothing came."
    if not isinstance(got, tuple):
        return "Return a tuple of two: the word, and the code."
    return f"The server answered {code}: the word 'code', and the number as an int."


def _expect_none(result: Result, ending: str) -> None:
    late = ending == "Timeout"
    wanted = "('none', a class name with Timeout in it)" if late else "('none', a class name that ends in Error)"
    got = result.value
    pair = got if isinstance(got, tuple) and len(got) == 2 else (None, None)
    name = pair[1] if pair[0] == "none" and isinstance(pair[1], str) and pair[1].isidentifier() else ""
    if late or "Timeout" in name:
        # Windows tries a closed port again and again: there the time may be over first.
        fits = "Timeout" in name and (late or not _refused_at_once())
    else:
        fits = name.endswith("Error")
    result.expect_that(fits, wanted=wanted, because=_why_none(result, late))


def _refused_at_once() -> bool:
    try:
        requests.get(closed_url(), timeout=_TIMEOUT)
    except requests.Timeout:
        return False
    except requests.RequestException:
        pass
    return True


def _why_none(result: Result, late: bool) -> str:
    got = result.value
    case = f"No answer came within {_TIMEOUT} s" if late else "Nobody listens at this URL"
    if result.raised:
        extra = "HTTPError is only raised by raise_for_status(); timeouts and refused connections are others."
        return f"{result.raised[0]} escaped. {case}, and the caller wants to hear that as a result. {extra}"
    if late and isinstance(got, tuple) and got[:1] == ("code",) and got[1:] == (200,):
        return (
            f"You waited: this answer took {_LATE:g} s, and half a second is allowed. requests has no default timeout "
            "and would wait for ever."
        )
    if isinstance(got, tuple) and len(got) == 2 and isinstance(got[1], int):
        return (
            f"You invented the code {got[1]}: nobody sent one. A 504 comes from a gateway; a timeout of your own has "
            "no code."
        )
    if isinstance(got, tuple) and len(got) == 2 and isinstance(got[1], str) and got[0] == "none":
        if not got[1].isidentifier():
            return f"{case}. The second value is the name of the exception's class, and nothing else."
        kind = "one with Timeout in its name" if late else "another one than a timeout"
        return f"{case}: the exception that was raised is {kind}. Ask the exception for its class."
    return f"{case}. Return the word 'none' and the name of the exception's class, as a text."


@exercise(
    points=2,
    hints=[
        "What is bool(response) for a 404?",
        "exc.response is there in every RequestException; sometimes it is None.",
        "Compare with None: 'is not None' asks whether there is a response, and not whether it is a good one.",
    ],
)
def falsy_response(code_of: Function) -> None:
    """code_of(exc) gives the status code of the response that an exception carries, and None without one."""
    codes = [404, 503, *shuffled([400, 401, 403, 429, 500, random_number(512, 598)])]
    script: dict[str, Any] = {f"/{code}": code for code in codes}
    script |= {f"/loop/{code}": Scripted(code, headers={"Location": f"/loop/{code}"}) for code in (302, 307)}
    script["/slow"] = Scripted(200, wait=_LATE)
    with ScriptedServer(script) as server:
        for code in codes[:2]:
            _expect_code_of(code_of, ErrorOf(f"{server.url}/{code}"), code)
        _expect_code_of(code_of, ErrorOf(closed_url(), timeout=5), None)
        _expect_code_of(code_of, ErrorOf(f"{server.url}/slow", timeout=0.1), None)
        for code in codes[2:]:
            _expect_code_of(code_of, ErrorOf(f"{server.url}/{code}"), code)
        for code in (302, 307):
            _expect_code_of(code_of, ErrorOf(f"{server.url}/loop/{code}", timeout=5), code)
        _expect_code_of(code_of, ErrorOf("recipes/1"), None)


def _expect_code_of(code_of: Function, error: ErrorOf, code: int | None) -> None:
    result = code_of(error)
    result.expect(code, because=_why_code_of(result, code))


def _why_code_of(result: Result, code: int | None) -> str:
    if "AttributeError" in result.raised and code is None:
        return "This request got no answer, so it has no response: exc.response is None here."
    if "ValueError" in result.raised or "IndexError" in result.raised:
        return "You parsed the message text; it is not always a number. Use exc.response."
    if result.raised:
        return "The caller handles an exception already, and a second one hides the first."
    if code is None and type(result.value) is int:
        return "No answer came, so there is no code. A number that no server has sent points to the wrong fault."
    if code is None:
        return "No answer came, so there is no code: the result is None, and nothing else that is false or empty."
    if code < 400:
        return (
            f"The client followed redirects until it gave up. The last response, a {code}, is in exc.response: ask "
            "whether there is one, whatever its code and whatever the class of the exception."
        )
    if result.value is None:
        return (
            f"You returned None for a {code}: bool(response) is response.ok, so 'if e.response' is False for every "
            "error response. Ask whether there is one, not whether it is good."
        )
    return f"The exception carries the response to this request. Its code, as an int, is {code}."


@contextmanager
def _watched() -> Iterator[tuple[str, str]]:
    """Serve the pages that a monitor watches: the URL of the server, and of one that hangs up without a word."""
    ready = {"status": "fine"}
    script: dict[str, Any] = {
        "/fine": Scripted(200, ready),
        "/text": Scripted(200, "fine"),
        "/created": Scripted(201, ready),
        "/empty": 204,
        "/soon": Scripted(200, ready, wait=_SOON),
        "/late": Scripted(200, ready, wait=_LATE),
        "/late-error": Scripted(404, {"error": "late"}, wait=_LATE),
        "/get/503": lambda seen: 503 if seen.method == "GET" else 200,
    }
    for code in [400, 401, 403, 404, 410, 422, 429, 451, 471, 499, 500, 502, 503, 504, 511, 599]:
        script[f"/json/{code}"] = Scripted(code, {"error": "an error"})
        script[f"/html/{code}"] = Scripted(code, "<h1>Error</h1>")
        script[f"/bare/{code}"] = code
    with ScriptedServer(script) as server, CannedServer({"/hang-up": b""}) as rude:
        yield server.url, rude.url


@exercise(
    points=3,
    hints=[
        "For which answers can the people on call mend something? Name the class, not single codes.",
        "Which line raises for an HTML page, and where does the program go then? The code is known before that line.",
        "Two outcomes wake somebody: a code from 500 on, and an exception of requests.get() itself.",
    ],
)
def repair_wrong_alarm(wake_up: Function) -> None:
    """wake_up(urls) returns the URLs that answer 5xx, or nothing at all within half a second."""
    with _watched() as (url, rude):
        with part():
            for paths in (
                ["/json/404"],
                ["/fine", "/json/401", "/html/404", "/text"],
                ["/empty", "/created"],
                shuffled([f"/{form}/{code}" for form in ("json", "html", "bare") for code in (400, 403, 410, 429)]),
                shuffled(["/bare/404", "/html/422", "/json/451", "/json/471", "/html/499", "/soon"]),
                [],
            ):
                _expect_alarms(wake_up, [(url + path, "") for path in paths])
        with part():
            for paths in (
                ["/html/502"],
                ["/fine", "/json/500", "/text", "/html/503", "/empty"],
                shuffled([f"/{random_choice(['json', 'html', 'bare'])}/{code}" for code in (500, 502, 504, 511, 599)]),
                shuffled(["/bare/503", "/html/500", "/json/404", "/html/404", "/text", "/json/504", "/get/503"]),
            ):
                _expect_alarms(wake_up, [(url + path, path if path[-3] == "5" else "") for path in paths])
        with part():
            closed = closed_url()
            _expect_alarms(wake_up, [(closed, "closed"), (url + "/fine", "")])
            _expect_alarms(
                wake_up, [(url + "/text", ""), (rude + "/hang-up", "hang up"), (url + "/html/502", "/html/502")]
            )
        with part():
            _expect_alarms(wake_up, [(url + "/late", "late"), (url + "/soon", ""), (url + "/late-error", "late")])


def _expect_alarms(wake_up: Function, pages: list[tuple[str, str]]) -> None:
    """Ask about pages: pairs of a URL and of what is wrong with it, empty for nothing."""
    urls = [page for page, _ in pages]
    wanted = [page for page, fault in pages if fault]
    result = wake_up(urls)
    result.expect(wanted, because=_why_alarms(result, dict(pages), wanted))


def _why_alarms(result: Result, pages: dict[str, str], wanted: list[str]) -> str:
    got = result.value
    if result.raised:
        return "One page without an answer must not stop the round: the others are watched by nobody then."
    if not isinstance(got, list) or not all(isinstance(page, str) for page in got):
        return "Return a list of URLs, as they were given, also when it is empty."
    for page in got:
        if page not in pages:
            return "There is something in the list that is none of the URLs. Return them as they were given."
        if not pages[page] and page.endswith("/soon"):
            return f"Somebody was woken up for /soon, which answers after {_SOON} s. Half a second is allowed."
        if not pages[page]:
            return f"Somebody was woken up for {_path(page)}, and there is nothing that they could repair."
    for page, fault in pages.items():
        if fault and page not in got:
            return _why_slept(_path(page), fault)
    return "Each URL once, in the order in which they were given."


def _why_slept(path: str, fault: str) -> str:
    if fault == "late":
        return (
            f"{path} answers after {_LATE:g} s, and half a second is allowed. Nobody woke up. Who waits without a "
            "limit never gets to the next page."
        )
    if fault in ("closed", "hang up"):
        how = "Nobody listens at this URL" if fault == "closed" else "The server hangs up without a word"
        return f"{how}, and nobody woke up: no answer at all is the worst of all answers."
    return f"{path} is a {path[-3:]}, and everybody slept on. The code says it, whatever the content is. Ask with GET."


def _path(url: str) -> str:
    return re.sub(r"https?://[^/]*", "", url) or "/"


_OK, _LOG_IN, _BACK, _RELOAD, _EDIT, _WAIT, _AGAIN = "OK", "Log in", "Back", "Reload", "Edit", "Wait", "Try again"
_NO_ANSWER = "no answer"


@exercise(
    points=4,
    challenge=True,
    hints=[
        "Turn an exception that carries a response into that response first. What remains has no code.",
        "A dict from a code to its text and button, then the classes for all other codes: 2xx, 4xx, 5xx.",
        "422 reads response.json()['errors'], 429 reads response.headers.get('Retry-After'). All others read nothing.",
    ],
)
def message_for_people(message: Function) -> None:
    """message(outcome) gives a text in which no number stands alone, and a button, for eleven situations."""
    texts: dict[str, str] = {}
    fields = dict(zip(shuffled(["title", "minutes", "portions", "author"]), _PROBLEMS, strict=True))
    two = dict(list(fields.items())[:2])
    seconds = random_number(11, 59)
    secret = random_word()
    script = _situations(two, seconds, secret)
    script |= {
        "/one-field": Scripted(422, {"errors": dict([list(fields.items())[2]])}),
        "/one-second": Scripted(429, {"error": "slow down"}, {"Retry-After": "1"}),
        "/two-minutes": Scripted(429, f"<h1>429 {secret}</h1>", {"Retry-After": "120"}),
        "/no-countdown": Scripted(429, {"error": "slow down"}),
        "/late": Scripted(200, {"title": "soup"}, wait=_LATE),
    }
    others = {299: _OK, 418: _BACK, 400: _BACK, 471: _BACK, 504: _AGAIN, 599: _AGAIN}
    script |= {f"/{code}": Scripted(code, f"<h1>{code} {secret}</h1>") for code in others}
    rows = {299: "2xx", 418: "other 4xx", 400: "other 4xx", 471: "other 4xx", 504: "5xx", 599: "5xx"}
    with ScriptedServer(script) as server:

        def at(path: str, row: str, button: str, method: str = "GET", **more: Any) -> None:
            _expect_message(message(ResponseOf(server.url + path, method)), texts, row, button, secret, **more)

        def error(url: str, row: str, button: str, timeout: float = 5, **more: Any) -> None:
            _expect_message(message(ErrorOf(url, timeout=timeout)), texts, row, button, secret, **more)

        at("/read", "2xx", _OK)
        at("/saved", "2xx", _OK, "PUT")
        at("/login", "401", _LOG_IN)
        at("/forbidden", "403", _BACK)
        at("/absent", "404", _BACK)
        at("/conflict", "409", _RELOAD, "PUT")
        at("/invalid", "422", _EDIT, "PUT", fields=two)
        at("/too-many", "429", _WAIT, seconds=seconds)
        at("/crash", "5xx", _AGAIN)
        at("/closed", "5xx", _AGAIN)
        error(server.url + "/late", _NO_ANSWER, _AGAIN, timeout=0.1)
        for code, button in shuffled(list(others.items())):
            at(f"/{code}", rows[code], button)
        at("/one-field", "422", _EDIT, "PUT", fields=dict([list(fields.items())[2]]))
        at("/one-second", "429", _WAIT, seconds=1)
        at("/two-minutes", "429", _WAIT, seconds=120)
        at("/no-countdown", "429", _WAIT)
        error(closed_url(), _NO_ANSWER, _AGAIN)
        error(server.url + "/absent", "404", _BACK)
        error(server.url + "/closed", "5xx", _AGAIN)
        error(server.url + "/too-many", "429", _WAIT, seconds=seconds)


_PROBLEMS = ["must not be empty", "must be a whole number", "is too large for this pot", "is not known here"]


def _situations(fields: dict[str, str], seconds: int, secret: str) -> dict[str, Any]:
    """Return the ten live situations in which an answer comes."""
    return {
        "/read": Scripted(200, {"title": "Soup", "minutes": 20}),
        "/saved": 204,
        "/login": Scripted(401, {"error": secret}, {"WWW-Authenticate": "Bearer"}),
        "/forbidden": Scripted(403, {"error": secret}),
        "/absent": Scripted(404, f"<h1>404 {secret}</h1>"),
        "/conflict": Scripted(409, {"error": secret}),
        "/invalid": Scripted(422, {"error": secret, "errors": fields}),
        "/too-many": Scripted(429, {"error": secret}, {"Retry-After": str(seconds)}),
        "/crash": Scripted(500, f"<h1>500</h1><pre>File {secret}.py, line 7</pre>"),
        "/closed": Scripted(503, {"error": secret}, {"Retry-After": "30"}),
    }


def _expect_message(
    result: Result,
    texts: dict[str, str],
    row: str,
    button: str,
    secret: str,
    fields: Mapping[str, str] | None = None,
    seconds: int | None = None,
) -> None:
    because = "A screen shows two things: return a tuple of a text and a button, both of type str."
    if result.raised:
        because = "People see the screen of a program that has ended. This outcome needs a text as well."
    got = result.value
    pair = got if isinstance(got, tuple) and len(got) == 2 and all(isinstance(one, str) for one in got) else None
    text, pressed = pair or ("", "")
    faults = _faults_of_text(text, row, texts, secret, dict(fields or {}), seconds)
    wanted = f"({row}) a text, and the button {button!r}"
    result.expect_that(pair is not None, wanted=wanted, because=because)
    result.expect_that(pressed == button, wanted=wanted, because=_why_button(row, button, pressed))
    result.expect_that(not faults, wanted=wanted, because=" ".join(faults[:1]))
    if row not in ("422", "429"):
        texts.setdefault(row, text)
    else:
        texts.setdefault(row, "")


def _faults_of_text(
    text: str, row: str, texts: dict[str, str], secret: str, fields: dict[str, str], seconds: int | None
) -> list[str]:
    faults = []
    if len(re.findall(r"[^\W\d_]+", text)) < 2:
        faults.append("One word is no sentence: say in two words or more what happened.")
    if numbers := re.findall(r"\d+(?!\s+seconds?\b)(?!\d)", text):
        faults.append(f"The text contains the number {numbers[0]} alone. People cannot do anything with a number.")
    if secret in text:
        faults.append("The text shows what the server wrote for programs. Only the problems of a 422 are for people.")
    if "{" in text or "<" in text:
        faults.append("The text holds a brace or a tag: that is how programs write. Take the words out of it.")
    if row == "429" and "None" in text:
        faults.append("The text says None. Retry-After may be missing, and then there is no countdown.")
    faults += [
        f"The field {name!r} and its problem {problem!r} are not both in the text: what must people correct?"
        for name, problem in fields.items()
        if name not in text or problem not in text
    ]
    if seconds is not None and not re.search(rf"(?<!\d){seconds}\s+seconds?\b", text):
        faults.append(f"The server says how long: {seconds} seconds. Without that, people press again at once.")
    if seconds is None and re.search(r"\d", text) and row != "422":
        faults.append("The text contains a number of seconds. For this answer, nobody knows how long to wait.")
    for other, known in texts.items():
        if other != row and known and known == text:
            faults.append(f"{row} and {other} have the same text: people cannot tell what happened.")
    return faults


def _why_button(row: str, button: str, pressed: str) -> str:
    if row == _NO_ANSWER:
        return "No answer came, so there is no code that could say more. What can people do?"
    if row in ("2xx", "5xx", "other 4xx"):
        return f"The button for {row} is {button!r}, also for a code that you have never seen: the class decides."
    return (
        f"The button for {row} is {button!r}, and yours is {pressed!r}. The table of the task names one for each row."
    )
