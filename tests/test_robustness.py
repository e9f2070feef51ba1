"""Whatever an answer is, it gets a verdict: never "this check is broken", and never full points for nonsense."""

from __future__ import annotations

import json
import logging
import math
import re
import time
import types
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import pytest
import requests
from flask import Flask, Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from checks import App, Exercise, Function, Value
from checks.answer import LocalAnswer
from checks.judge import judge
from checks.prelude import run_source
from checks.report import BROKEN, NOT_ATTEMPTED, NOT_YET, PASSED
from lessons import LESSONS, lesson

EXERCISES = [found for name in LESSONS for found in lesson(name).exercises.values()]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

# Nonsense that happens to be right, and why. (exercise, name of the nonsense)
RIGHT_ALL_THE_SAME = {
    ("flask_responses.nothing_to_say", "app: 204"): "The task has one request, and 204 is the answer to it.",
    ("redirects.both_slashes", "app: 201 echo"): "Both requests of the task are answered 201, and any body will do.",
    ("redirects.both_slashes", "app: odd fields 201"): "The same: other header fields are free.",
}


@pytest.fixture(autouse=True)
def little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait: not for a late answer, and not for something that never happens."""
    monkeypatch.setattr("checks.wire.exchange.__defaults__", (None, b"", 1.0))
    monkeypatch.setattr("checks.answer.CALL_LIMIT", 1.0)
    # A traceback is logged for every crash: pytest would format it once more.
    monkeypatch.setattr(logging.getLogger(), "handlers", [logging.NullHandler()])
    clock = iter(range(10**9))
    waiting = types.SimpleNamespace(monotonic=lambda: next(clock) * 0.05, sleep=lambda seconds: None)
    monkeypatch.setattr("checks.scripted.time", waiting)
    sleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: sleep(min(seconds, 0.01)))


# Apps.


def everywhere(view: Callable[[], Any]) -> Flask:
    """Return an app in which one view answers every request."""
    app = Flask("odd")
    app.add_url_rule("/", "root", lambda: view(), methods=METHODS, provide_automatic_options=False)
    app.add_url_rule("/<path:path>", "path", lambda path: view(), methods=METHODS, provide_automatic_options=False)
    return app


def raw(status: str, headers: list[tuple[str, str]], *content: bytes) -> Callable[..., list[bytes]]:
    """Return a WSGI app that always answers the same."""

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        start(status, headers)
        return list(content)

    return app


def closes() -> str:
    request.environ["werkzeug.socket"].shutdown(2)
    return ""


ODD_FIELDS = [
    ("Location", "http://[::1"),
    ("Allow", ","),
    ("ETag", "W/"),
    ("Last-Modified", "yesterday"),
    ("Retry-After", "soon"),
    ("WWW-Authenticate", '="'),
    ("Content-Range", "bytes */*/*"),
    ("Accept-Ranges", ""),
    ("Cache-Control", "max-age=x,,"),
    ("Vary", "\xff"),
    ("Link", "<"),
    ("Set-Cookie", ";="),
    ("Deprecation", "@x"),
    ("Sunset", "never"),
    ("Content-Type", 'application/json; charset="\xff'),
]
APPS: dict[str, Any] = {
    "200 list": everywhere(list),
    "200 object": everywhere(dict),
    "200 text": everywhere(lambda: "text"),
    "200 of every member": everywhere(
        lambda: {"id": 1, "error": "x", "title": "x", "status": 404, "items": [], "x": 1}
    ),
    "200 null": everywhere(lambda: Response("null", mimetype="application/json")),
    "200 no JSON": everywhere(lambda: Response("{", mimetype="application/json")),
    "200 no UTF-8": everywhere(lambda: Response(b"\xff\x00", mimetype="application/json")),
    "200 huge": everywhere(lambda: "x" * 2_100_000),
    "200 echo": everywhere(lambda: Response(request.get_data(), mimetype="application/json")),
    "201 echo": everywhere(lambda: (request.get_json(silent=True) or [], 201, {"Location": request.path})),
    "204": everywhere(lambda: ("", 204)),
    "302 to itself": everywhere(lambda: redirect(request.path, 302)),
    "401": everywhere(lambda: ("", 401, {"WWW-Authenticate": "Basic"})),
    "404": everywhere(lambda: abort(404)),
    "500": everywhere(lambda: ("", 500)),
    "501": everywhere(lambda: ("", 501)),
    "crash": everywhere(lambda: {}["nothing"]),  # type: ignore[return-value]
    "None": everywhere(lambda: None),
    "closes": everywhere(closes),
    "status 0": everywhere(lambda: ("x", "Created")),
    "status 100": everywhere(lambda: ("x", 100)),
    "no route": Flask("empty"),
    "breaks off": raw("200 OK", [("Content-Length", "100")], b"{}"),
    "204 with content": raw("204 No Content", [], b"surprise"),
    "too many fields": raw("200 OK", [(f"X-{number}", "x") for number in range(200)]),
    "WSGI that raises": lambda environ, start: 1 / 0,
    "class": Flask,
    "number": 3,
    "nothing": None,
    "blank": ...,
}

# Functions.


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError


class Hostile:
    """An object that says yes to everything and cannot be looked at."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        raise RuntimeError

    def __repr__(self) -> str:
        raise RuntimeError

    @property
    def __class__(self) -> Any:
        raise RuntimeError


class Yes(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


def cycle() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


def odd_response(status: int) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    return response


VALUES: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "True": lambda: True,
    "False": lambda: False,
    "0": lambda: 0,
    "huge": lambda: 10**5000,
    "1.5": lambda: 1.5,
    "nan": lambda: math.nan,
    "text": lambda: "text",
    "half a letter": lambda: "\ud800",
    "bytes": lambda: b"\xff",
    "empty list": lambda: [],
    "list": lambda: [None, [], {}, "x", 1.5, True],
    "cycle": cycle,
    "empty dict": lambda: {},
    "dict": lambda: {None: 1, 2: [], "x": {}, (1,): "y", "status": "x", "code": None, "error": []},
    "set": lambda: {1, "x", None},
    "hostile": Hostile,
    "says yes": Yes,
    "class": lambda: dict,
    "generator": lambda: (number for number in range(3)),
    "status": lambda: HTTPStatus.OK,
    "response": lambda: odd_response(200),
    "exception": lambda: ValueError("x"),
}
EXCEPTIONS = [
    ValueError("x"),
    KeyError(1),
    SystemExit(1),
    Mute(),
    requests.Timeout("late"),
    requests.HTTPError("no response on it"),
]


def raising(error: BaseException) -> Callable[..., Any]:
    def function(*args: Any, **options: Any) -> Any:
        raise error.with_traceback(None)

    return function


FUNCTIONS: dict[str, Any] = {
    **{f"returns {name}": lambda *args, make=make, **options: make() for name, make in VALUES.items()},
    **{f"raises {type(error).__name__}": raising(error) for error in EXCEPTIONS},
    "blank": lambda *args: NotImplemented,
    "returns its argument": lambda *args: args[0] if args else None,
    "returns its arguments": lambda *args: args,
    "asks once": lambda *args: requests.get(args[0], timeout=1),
    "takes nothing": lambda: 1,
    "takes a name": lambda *, name: 1,
    "class": type("Strange", (), {"__init__": lambda self, *args: None}),
    "number": 3,
    "nothing": None,
}

# Right answers that were spoiled: what they send has the right status, and the rest is odd.


def spoiled(app: Callable[..., Any], spoil: Callable[[AnyResponse], Any]) -> Callable[..., Any]:
    """Return an app that spoils every response of another one."""

    def spoiler(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        response = AnyResponse.from_app(app, environ, buffered=True)
        response.autocorrect_location_header = False
        spoil(response)
        return response(environ, start)

    return spoiler


def with_json(change: Callable[[Any], Any]) -> Callable[[AnyResponse], None]:
    def spoil(response: AnyResponse) -> None:
        if response.mimetype and response.mimetype.endswith("json"):
            response.set_data(json.dumps(change(json.loads(response.get_data()))))

    return spoil


def leaves(value: Any, leaf: Any) -> Any:
    """Replace everything in JSON that holds nothing else."""
    if isinstance(value, dict):
        return {name: leaves(item, leaf) for name, item in value.items()}
    return [leaves(item, leaf) for item in value] if isinstance(value, list) else leaf


def with_fields(value: str) -> Callable[[AnyResponse], None]:
    def spoil(response: AnyResponse) -> None:
        for name in set(response.headers.keys()) - {"Content-Length"}:
            response.headers[name] = value

    return spoil


SPOILERS: dict[str, Callable[[AnyResponse], Any]] = {
    **{f"JSON {odd!r}": with_json(lambda value, odd=odd: odd) for odd in (None, 7, [], {})},
    **{f"every leaf {odd!r}": with_json(lambda value, odd=odd: leaves(value, odd)) for odd in (None, "x", [])},
    "no UTF-8": lambda response: response.set_data(b"\xff"),
    "no fields": lambda response: response.headers.clear(),
    **{f"every field {value!r}": with_fields(value) for value in ("x", "http://[::1")},
}
# What a given name can become when a learner binds it to something else.
BOUND = ["None", "1.5", "text", "list", "dict", "hostile"]


# Judging.


NOTHING = run_source("", "<cell>")


def given(exercise: Exercise) -> dict[str, Any]:
    """Return what an answer has before its own code runs."""
    source = lesson(exercise.lesson).text.given(exercise.name)
    return run_source(source, "<cell>") if source else dict(NOTHING)


def solution(exercise: Exercise) -> dict[str, Any]:
    """Return what the model answer defines."""
    return run_source(lesson(exercise.lesson).text.answers(exercise.name, "solution")[0].source, "<cell>")


def zoo(exercise: Exercise) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every kind of nonsense as an answer: with a name, and as what the cell defines."""
    kinds = set(exercise.subjects.values())
    yield "no names", {}
    if App in kinds:
        # The status codes of the task, so that the check looks further than at the code.
        codes = dict.fromkeys(["200", *re.findall(r"\b[2-5]\d\d\b", str(exercise.__doc__))])
        odd = {f"odd fields {code}": raw(f"{code} ODD", ODD_FIELDS, b"[]") for code in codes}
        for name, app in {**APPS, **odd}.items():
            yield f"app: {name}", {**given(exercise), "app": app}
    if Function in kinds:
        names = [name for name, kind in exercise.subjects.items() if kind is Function]
        for name, function in FUNCTIONS.items():
            yield f"function: {name}", {**given(exercise), **dict.fromkeys(names, function)}
    for name, kind in exercise.subjects.items():
        if kind is Value and kinds == {Value}:
            for odd, make in VALUES.items():
                yield f"value: {odd}", {**solution(exercise), name: make()}


def spoiled_solutions(exercise: Exercise) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the model answer with one thing in it spoiled."""
    for name, kind in exercise.subjects.items():
        if kind is App:
            for odd, spoil in SPOILERS.items():
                found = solution(exercise)
                yield f"app: {odd}", {**found, "app": spoiled(found["app"], spoil)}
        if kind is Value:
            for odd in BOUND:
                found = solution(exercise)
                found[name] = VALUES[odd]()
                yield f"{name}: {odd}", found


def verdict(exercise: Exercise, found: dict[str, Any]) -> tuple[str, str]:
    """Judge an answer. Return the state, and what is wrong with the report itself."""
    answer = LocalAnswer(found)
    try:
        report = judge(exercise, answer)
    finally:
        answer.close()
    if report.state == BROKEN:
        return BROKEN, report.fault.strip().splitlines()[-1] + " " + report.fault.strip().splitlines()[-3]
    failed = [row for row in report.rows if not row.passed]
    if report.state in (NOT_YET, NOT_ATTEMPTED) and not (failed and failed[0].why and failed[0].wanted):
        return report.state, "no reason is given"
    return report.state, "" if repr(report) and report._repr_html_() else "nothing is shown"


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_nonsense_gets_a_verdict_and_never_passes(exercise: Exercise) -> None:
    wrong = []
    for name, found in zoo(exercise):
        state, problem = verdict(exercise, found)
        if problem:
            wrong.append(f"{name}: {state}: {problem}")
        elif (state == PASSED) != ((exercise.id, name) in RIGHT_ALL_THE_SAME):
            wrong.append(f"{name}: {state}")
    assert not wrong, f"{exercise.id}\n" + "\n".join(wrong)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_spoiled_answer_gets_a_verdict(exercise: Exercise) -> None:
    wrong = []
    for name, found in spoiled_solutions(exercise):
        state, problem = verdict(exercise, found)
        if problem:
            wrong.append(f"{name}: {state}: {problem}")
    assert not wrong, f"{exercise.id}\n" + "\n".join(wrong)


def test_every_justified_nonsense_is_about_an_exercise() -> None:
    known = {exercise.id for exercise in EXERCISES}
    for (identifier, _), reason in RIGHT_ALL_THE_SAME.items():
        assert identifier in known
        assert reason.endswith(".")
