"""R46 to R48: nutrition, which another server knows."""

from __future__ import annotations

from checks import Scripted, random_number, random_word, same_json, shuffled

from .api import SLOW, UPSTREAM_TIMEOUT, Api
from .promises import PROBLEM, expect_problem
from .table import CONTRACT

_OWN_FAULT = "500 says that your program has a bug. It is well: the server behind it is not."
_PUBLIC = {
    401: "Nobody has to log in to see what is in a public recipe.",
    404: "The recipe was just created, and it is public.",
}
_TAKEN_FOR = {404: "have no such recipe", 401: "want a login", 503: "are busy"}


@CONTRACT.row("R46", "GET", "/recipes/<id>/nutrition", "upstream answers JSON", 200, body="the upstream's JSON")
def nutrition(api: Api) -> None:
    """The app asks the setting UPSTREAM with GET, at whatever path below it, and hands on the JSON. Nobody has to log
    in for a public recipe."""
    recipe = api.add_recipe()
    for value in ({"kcal": random_number(50, 900), "fat": {random_word(): 1.5}}, {"kcal": random_number(50, 900)}):
        with api.answering(Scripted(200, value)):
            answer = api.get(f"{recipe.path}/nutrition")
        answer.expect(
            200,
            because="The upstream answered, and the client gets it.",
            instead=_PUBLIC,
            rfc="RFC 9110 §15.3.1",
        )
        answer.expect_json(
            where=lambda got, value=value: same_json(got, value),
            wanted="the upstream's JSON",
            because="The client reads what the upstream said just now, every member of it.",
        )


@CONTRACT.row("R47", "GET", "/recipes/<id>/nutrition", "upstream answers in 0.8 s, limit 0.3 s", 504, body=PROBLEM)
def slow_upstream(api: Api) -> None:
    """The limit is the setting UPSTREAM_TIMEOUT, in seconds."""
    recipe = api.strict.add_recipe()
    with api.answering(Scripted(200, {"kcal": 1}, wait=SLOW)):
        answer = api.strict.get(f"{recipe.path}/nutrition")
    expect_problem(
        answer,
        504,
        because="The server behind did not answer in time: 504 tells the client that it is neither its own mistake nor "
        "yours.",
        instead={
            **_PUBLIC,
            200: f"You waited {SLOW:g} s for the upstream, and the limit is {UPSTREAM_TIMEOUT:g} s. requests waits for "
            "ever if nobody says timeout=, and then so do your clients.",
            500: f"The time limit raised an exception (requests.Timeout), and nobody caught it. {_OWN_FAULT}",
            502: "502 is for a wrong answer. None came in time: 504.",
            503: "503 says that this server cannot serve. It can: the one behind it does not answer.",
            408: "408 says that the client was too slow. It was the server behind you.",
        },
        rfc="RFC 9110 §15.6.5",
    )


@CONTRACT.row(
    "R48",
    "GET",
    "/recipes/<id>/nutrition",
    "upstream unreachable, not JSON, or itself 4xx/5xx",
    502,
    body=PROBLEM,
)
def broken_upstream(api: Api) -> None:
    """Not JSON is content that cannot be read as JSON, whatever its Content-Type. An error of the upstream is a 502
    even if its content is JSON."""
    recipe = api.add_recipe()
    broken = Scripted(200, b'{"kcal": ', {"Content-Type": "application/json"})
    cases = [
        ("The upstream sent an HTML page", Scripted(200, "<h1>Hello</h1>", {"Content-Type": "text/html"})),
        ("The upstream sent no content", Scripted(200, b"", {"Content-Type": "application/json"})),
        ("The upstream's JSON is broken", broken),
        ("The upstream answered 404", Scripted(404, {"error": "no such dish"})),
        ("The upstream answered 401", Scripted(401, {"error": "no key"})),
        ("The upstream answered 500", Scripted(500, {"error": "bug"})),
        ("The upstream answered 503", Scripted(503, {"error": "busy"}, {"Retry-After": "60"})),
    ]
    for case, scripted in shuffled(cases):
        with api.answering(scripted):
            _expect_502(api, f"{recipe.path}/nutrition", case, scripted.status)
    _expect_502(api.spare, f"{api.spare.add_recipe().path}/nutrition", "Nobody listens at UPSTREAM")


def _expect_502(api: Api, path: str, case: str, upstream: int = 0) -> None:
    answer = api.get(path)
    texts = {
        **_PUBLIC,
        200: f"{case}, and the client got a 200: it takes this for the nutrition of the recipe.",
        500: f"{case}. {_OWN_FAULT} Catch requests.RequestException (no JSON is one too), and look at the status.",
        503: f"{case}. 503 says that this server is busy or down. It is well: the one behind it is not.",
        504: f"{case}, and that was no question of time: 502.",
    }
    if answer.code == upstream and upstream != 500:
        texts[upstream] = (
            f"{case}, and you handed its status code on: the client looks for its own mistake, or believes that you "
            f"{_TAKEN_FOR[upstream]}."
        )
    because = "502 says that the server behind is broken: it is neither the client's mistake nor yours."
    expect_problem(
        answer,
        502,
        because=because if answer.code in texts else f"{case}. {because}",
        instead=texts,
        rfc="RFC 9110 §15.6.3",
    )
