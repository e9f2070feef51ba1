"""The capstone: a whole Recipe API, judged by its contract."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from checks import (
    App,
    Contract,
    Exchange,
    Factory,
    Question,
    Value,
    exercise,
    part,
    random_choice,
    random_number,
    random_word,
    random_words,
    same,
    shuffled,
)

from .recipe_contract import CHALLENGES, CONTRACT, Api, Upstream

happy_path = Question(
    "How many of the 48 rows belong to the happy path?",
    choices=(12, 21, 30, 39),
    answer=21,
    because="27 rows are about errors. An API that only works when all goes well is less than half of an API.",
)

for_nothing = Question(
    "All views answer 501, and there is no error handler. Which row is kept all the same?",
    choices=("R04", "R05", "R06"),
    answer="R06",
    because="Flask answers OPTIONS by itself, with Allow. HEAD is what GET answers. The 405 has Allow, but no JSON.",
)

identical = Question(
    "Which two rows demand that two cases get the same answer?",
    choices=("R10 and R15", "R21 and R31", "R38 and R39"),
    answer="R21 and R31",
    because="Any difference tells a stranger which names and which drafts exist.",
)

four_mistakes = Question(
    "Nobody is logged in, there is no such thing, the type is text, and the content is no JSON. 400, 401, 404 or 415?",
    choices=(400, 401, 404, 415),
    answer=401,
    because="Whoever is unknown hears nothing about the rest. Every other code would describe your API to a stranger.",
)

early_hints = Question(
    "A WSGI app calls start_response with 103, and then with 200. Which code does the client get?",
    choices=(103, 200, 500),
    answer=500,
    because="WSGI has one status for each request (PEP 3333): the second call is an error of the app.",
)


def _judge(contract: Contract, create_app: Factory) -> None:
    """Judge every row of a contract on an API of its own."""
    upstream = Upstream()
    with upstream.server:
        contract.judge(Api(create_app, upstream, {row.path for row in CONTRACT.rows}))


@exercise(
    contract=CONTRACT,
    points=48,
    hints=[
        "Work from the top of the table: health and errors first, then users and tokens, then recipes.",
        "One handler for HTTPException and one for Exception turn every error into problem details. Keep the headers "
        "that the exception brings along: Allow, WWW-Authenticate, Retry-After.",
        "The order of the checks for writing is the order of the rows: 401, 404 or 410, 403, 415, 400, 422, 428, 412. "
        "Write it once, as functions that abort, and call them in this order.",
    ],
)
def recipe_api(create_app: Factory) -> None:
    """create_app(settings) returns a Recipe API that keeps the 48 rows of its contract."""
    _judge(CONTRACT, create_app)


@exercise(
    contract=CHALLENGES,
    points=7,
    challenge=True,
    hints=[
        "request.accept_mimetypes knows ranges and q: ask it how much it likes application/json.",
        "Keep who blocked a recipe beside the recipe, and look at it where you look whether it was deleted.",
        "Keep for every user and every key a digest of the body and the answer. Look there before anything is created.",
    ],
)
def beyond_the_contract(create_app: Factory) -> None:
    """The Recipe API keeps seven more rows: 406, 451, and a POST that is sent twice."""
    _judge(CHALLENGES, create_app)


class _Change(NamedTuple):
    """A request to change a recipe, with what is wrong with it first, and what its owner gets."""

    words: str
    code: int
    request: dict[str, Any]


def _changes(version: int) -> list[_Change]:
    """Return a request for each thing that can be wrong, in the order of the checks: what comes later is wrong, too."""
    title, other = random_words(2)
    wrong = random_choice([{}, [title], {"title": ""}, {"title": random_number(1, 99)}, {"name": title}, None])
    stale = {"If-Match": f'"v{version + random_number(1, 9)}"'}
    return [
        _Change(
            "The Content-Type is not JSON", 415, {"data": f"title={title}", "headers": {"Content-Type": "text/plain"}}
        ),
        _Change("The content is no JSON", 400, {"data": "{", "headers": {"Content-Type": "application/json"}}),
        _Change(f"The content is {json.dumps(wrong)}", 422, {"json": wrong}),
        _Change("There is no If-Match", 428, {"json": {"title": title}}),
        _Change("The tag in If-Match is not the current one", 412, {"json": {"title": other}, "headers": stale}),
    ]


def _put(app: App, user: str, number: int, change: _Change) -> Exchange:
    """Send a change: with the token of a user, with one that nobody has, or with none at all."""
    headers = {**({"Authorization": f"Bearer {user}"} if user else {}), **change.request.get("headers", {})}
    return app.put(f"/recipes/{number}", **{**change.request, "headers": headers})


def _seen(answer: Exchange) -> Any:
    """Return all of an answer that a client can compare."""
    fields = answer.reply.headers.items() if answer.reply else ()
    return answer.code, answer.body, sorted((name.lower(), value) for name, value in fields if name.lower() != "date")


@exercise(
    points=5,
    hints=[
        "All the checks are there. Write their codes in the order of the lesson beside the lines, and move the lines.",
        "What does a neighbour learn from 403? Treat somebody else's draft like a number that was never there.",
        "request.get_json() answers 415 and 400 by itself, at the moment when you call it: call it late.",
    ],
)
def repair_loud_draft(app: App, TOKENS: Value, RECIPES: Value) -> None:  # noqa: N803
    """PUT /recipes/<id> asks its questions in the right order, and tells nobody about the drafts of others."""
    (ann, bob), (mine, yours) = random_words(2), random_words(2)
    for token, name in ((mine, ann), (yours, bob)):
        TOKENS.put(token, name)
    draft, public, absent = (100 * place + random_number(1, 99) for place in (1, 2, 3))
    version = random_number(1, 9)
    recipes = {
        number: {"title": random_word(), "owner": ann, "draft": number == draft, "version": version}
        for number in (draft, public)
    }

    def expect_unchanged(numbers: Sequence[int]) -> None:
        for number in numbers:
            RECIPES.expect_that(
                lambda kept, number=number: same(kept.get(number), recipes[number]),
                wanted=f"{number}: {recipes[number]}",
                asked=f"RECIPES[{number}]",
                because="The change was refused, and is there all the same. A refusal is a promise: nothing was done.",
            )

    def restore() -> None:
        for number, recipe in recipes.items():
            RECIPES.put(number, recipe)
        RECIPES.remove(absent)

    restore()
    with part():
        for change in shuffled(_changes(version)):
            for number in shuffled([draft, public, absent])[:2]:
                answer = _put(app, random_choice(["", random_word()]), number, change)
                _expect_log_in(answer, change)
        expect_unchanged([draft, public])
    restore()
    with part():
        for change in shuffled(_changes(version)):
            hidden = _expect_nothing_there(_put(app, yours, draft, change), change)
            RECIPES.remove(draft)
            nothing = _expect_nothing_there(_put(app, yours, draft, change), change)
            RECIPES.put(draft, recipes[draft])
            nothing.expect_that(
                _seen(hidden) == _seen(nothing),
                wanted="the same answer as for the draft of somebody else",
                because="The two answers differ, in the status, a header field or the content: whoever compares them "
                "knows that there is a draft.",
                rfc="RFC 9110 §15.5.5",
            )
        expect_unchanged([draft])
    restore()
    with part():
        for change in shuffled(_changes(version)):
            _put(app, yours, public, change).expect(
                403,
                because="Only the owner may change a recipe.",
                instead={
                    404: "Everybody can see this recipe: 404 is for drafts of others, and for what was never there.",
                    change.code: f"{change.words}, and your app answered {change.code}. The caller may not change this "
                    "recipe at all, so the content does not matter yet.",
                },
                rfc="RFC 9110 §15.5.4",
            )
        expect_unchanged([public])
    for number in shuffled([draft, public]):
        restore()
        with part():
            _expect_order(app, mine, number, _changes(version))
            expect_unchanged([number])
            _expect_changed(app, RECIPES, mine, number, recipes[number])


def _expect_log_in(answer: Exchange, change: _Change) -> None:
    answer.expect(
        401,
        because="Only 401 makes a client log in and ask again.",
        instead={
            code: f"Nobody is logged in, and your app answered {code}, before anybody has said who is asking."
            for code in (404, 403, 415, 400, 422, 428, 412, 200)
        },
        rfc="RFC 9110 §15.5.2",
    )
    answer.expect_header(
        "WWW-Authenticate",
        because="A 401 MUST say how to log in.",
        rfc="RFC 9110 §11.6.1",
    )


def _expect_nothing_there(answer: Exchange, change: _Change) -> Exchange:
    words = f"{change.words}, and your app answered {change.code}. For this caller there is no such recipe, so"
    return answer.expect(
        404,
        because="For everybody but its owner a draft is not there.",
        instead={
            403: "403 admits that there is a draft: the caller was not to know.",
            change.code: f"{words} the content does not matter yet.",
        },
        rfc="RFC 9110 §15.5.5",
    )


def _expect_order(app: App, token: str, number: int, changes: Sequence[_Change]) -> None:
    """Promise the owner of a recipe the code of the first thing that is wrong."""
    for place, change in enumerate(changes):
        later = {
            other.code: f"{change.words}, and your app answered {other.code}. The content comes before the condition, "
            "and its type before the content."
            for other in changes[place + 1 :]
        }
        _put(app, token, number, change).expect(
            change.code,
            because=f"{change.words}: the client can mend this when it hears of it.",
            instead={
                **later,
                404: "This is the owner's own recipe.",
                403: "This is the owner's own recipe.",
                200: f"{change.words}, and the recipe was changed.",
            },
            rfc="RFC 9110 §15.5" if change.code != 428 else "RFC 6585 §3",
        )


def _expect_changed(app: App, recipes: Value, token: str, number: int, recipe: dict[str, Any]) -> None:
    new = {**recipe, "title": random_word(), "version": recipe["version"] + 1}
    right = _Change(
        "All is well", 200, {"json": {"title": new["title"]}, "headers": {"If-Match": f'"v{recipe["version"]}"'}}
    )
    answer = _put(app, token, number, right)
    answer.expect(200, because="The owner sent a good change, with the current tag.", rfc="RFC 9110 §9.3.4")
    answer.expect_json(
        where=lambda sent: sent.get("title") == new["title"] and sent.get("version") == new["version"],
        wanted=f'an object with "title": {json.dumps(new["title"])} and "version": {new["version"]}',
        because="The client wants to see what is stored now.",
    )
    recipes.expect_that(
        lambda kept: same(kept.get(number), new),
        wanted=f"{number}: {new}",
        asked=f"RECIPES[{number}]",
        because="200 says that the change was made.",
    )
