"""The checks of the lesson on what a view returns and what Flask makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checks import (
    App,
    Exchange,
    Question,
    exercise,
    part,
    random_number,
    random_word,
    shuffled,
)

flask_decides = Question(
    "Views name no status code. Does Flask find the right one every time?",
    choices=("yes", "no"),
    answer="no",
    because="Flask's default is 200 for every method. What your view did is known to you, not to Flask.",
)

code_in_jsonify = Question(
    'What does a view send with return jsonify({"id": 1}, 201)?',
    choices=("200 and an object", "200 and a list", "201 and an object", "201 and a list"),
    answer="200 and a list",
    because="jsonify() makes content of everything it is given. The 201 stood inside its parentheses.",
)

bare_number = Question(
    "Which status code does a view send with return 404?",
    choices=(200, 404, 500),
    answer=500,
    because="A number is no content. Flask raises TypeError, and an exception that nobody catches becomes 500.",
)

second_dict = Question(
    'return {"a": 1}, {"b": "2"}: how many JSON objects arrive?',
    choices=(0, 1, 2),
    answer=1,
    because="In a tuple of two, a dict in second place means header fields. b arrived as a header field.",
)

code_by_name = Question(
    'Which number does Flask send with return "x", "Created"?',
    choices=(0, 200, 201, 500),
    answer=0,
    because="Flask looks for a number at the start of the text. It found none, and sent 0 without a complaint.",
)


@exercise(
    points=1,
    hints=[
        "Which status code does Flask send when you name none?",
        "Return a tuple: the content first, the status code second.",
        "A dict becomes JSON by itself. With jsonify(), close its parenthesis before the comma.",
    ],
)
def created(app: App) -> None:
    """POST /items answers 201 and the JSON {"id": 1} at every call, whatever its body is."""
    for request in [{}, {}, *shuffled(_bodies())]:
        answer = app.post("/items", **request)
        answer.expect(
            201,
            because="Without 201 the client cannot tell that something new exists now.",
            instead=_REFUSED_BODY,
            rfc="RFC 9110 §15.3.2",
        )
        answer.expect_json(
            {"id": 1},
            because='The task promises exactly {"id": 1}, at every call. A client keeps the id to find the item again.',
        )


_REFUSED_BODY = {
    400: "400 Bad Request: your app finds a fault in this request. The task asks nothing of its body.",
    415: "415 Unsupported Media Type: your app wants a body of a certain kind. The task asks nothing of the body.",
}


def _bodies() -> list[dict[str, Any]]:
    """Return bodies of many kinds, JSON that is broken among them."""
    word = random_word()
    return [
        {"json": {"name": word}},
        {"json": [random_number(10, 99)]},
        {"data": f'{{"name": "{word}', "headers": {"Content-Type": "application/json"}},
        {"data": f"name={word}", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"data": word},
    ]


@exercise(
    points=2,
    hints=[
        "Three things leave the view: content, status code, header fields. In which order does Flask want them?",
        "The third part of the tuple is a dict. Its keys are names of header fields.",
        'return content, code, {"Location": path}: content is a dict, path is text.',
    ],
)
def created_here(app: App) -> None:
    """POST /items answers 201, the JSON {"id": 7} and a Location that leads to /items/7."""
    for request in ({}, {"json": {"name": random_word()}}, {}):
        answer = app.post("/items", **request)
        _expect_created_at(answer, "/items/7", {"id": 7})


def _expect_created_at(answer: Exchange, path: str, content: dict[str, int]) -> None:
    """Promise 201, a Location that leads to ``path``, and this JSON."""
    only_headers = (
        "The Location arrived, but the status code is 200. In a tuple of two, a dict in second place means header "
        "fields, and the code stays Flask's default. Say the code as well, in the middle."
    )
    answer.expect(
        201,
        because="Without 201 the client cannot tell that something new exists now.",
        instead={**_REFUSED_BODY, **({200: only_headers} if answer.header("Location") else {})},
        rfc="RFC 9110 §15.3.2",
    )
    answer.expect_location(path, because=f"A client follows Location to the new thing: it has to lead to {path}.")
    answer.expect_json(
        content, because="The content is promised as well, with exactly these members: a client reads the id from it."
    )


@exercise(
    points=2,
    hints=[
        "204 says that nothing follows. A view must return content all the same. Which content has no characters?",
        "None is not that content, and a number alone is none either. An empty str is.",
        "If your app forgets the item after the first DELETE, run its cell again before you check again.",
    ],
)
def nothing_to_say(app: App) -> None:
    """DELETE /items/1 answers 204 with no content and no Content-Length; a repeated one 204, 404 or 410."""
    first = app.delete("/items/1")
    first.expect(
        204,
        because="204 tells the client two things in one number: it is done, and there is nothing to read.",
        instead=_instead_of_no_content(first),
        rfc="RFC 9110 §15.3.5",
    )
    _expect_nothing(first)
    for _ in range(2):
        again = app.delete("/items/1")
        again.expect(
            204,
            404,
            410,
            because="A client that lost the first answer asks once more. It must hear that the item is gone, "
            "one way or the other.",
            rfc="RFC 9110 §9.2.2",
        )
        if again.code == 204:
            _expect_nothing(again)


def _instead_of_no_content(answer: Exchange) -> dict[int, str]:
    sentences = {}
    if not answer.body:
        sentences[200] = "200 lets the client look for content, and here there is none. 204 says so at once."
    if answer.crash and "returned None" in answer.crash.text:
        sentences[500] = "Flask refuses None as content, even with a status code beside it. Empty content is ''."
    elif answer.crash and "but it was a int" in answer.crash.text:
        sentences[500] = "A bare number is no content. Give the content first, and the number second."
    for gone in (404, 410):
        sentences[gone] = (
            f"{gone}: either no route of your app takes DELETE /items/1, or your view says that the item is gone "
            "already. If an earlier check deleted it, run the cell with your app again and check again."
        )
    return sentences


def _expect_nothing(answer: Exchange) -> None:
    answer.expect_no_content(because="A client that obeys 204 takes these bytes for the start of the next response.")
    answer.expect_that(
        answer.header("Content-Length") is None,
        wanted="no Content-Length",
        because="A server MUST NOT send Content-Length with 204: a client may wait for content that never comes.",
        rfc="RFC 9110 §8.6",
    )


@exercise(
    points=1,
    hints=[
        "Which member of http.HTTPStatus is 202? In a cell, list(HTTPStatus) shows all of them.",
        "A member of HTTPStatus stands where a number would stand: second in the tuple, behind the content.",
    ],
)
def named_code(app: App) -> None:
    """GET /later answers 202 with any content."""
    for _ in range(2):
        answer = app.get("/later")
        lonely = answer.crash is not None and "it was a HTTPStatus" in answer.crash.text
        answer.expect(
            202,
            because="202 is the client's only sign that the work was accepted but is not done yet.",
            instead={500: "A member of HTTPStatus is a number, and a number alone is no content."} if lonely else None,
            rfc="RFC 9110 §15.3.3",
        )
    answer.expect_same_head()


@exercise(
    points=3,
    hints=[
        "Take one view at a time. Give its return value to funnel(), and read what Flask says in the second stage.",
        "Five views break a rule of Flask: they return nothing, a number, a set, a tuple of one, a tuple in another "
        "order. The sixth breaks no rule, so nobody complains.",
        "Content comes first, always. Then the status code. Then the header fields. JSON has lists, but no sets.",
    ],
)
def repair_returns(app: App) -> None:
    """Each of the six views sends what it promises."""
    recipe = {"title": "Soup of the day", "minutes": 30}
    with part():
        _expect_each_time(app, "/today", 200, lambda answer: _expect_content(answer, recipe))
    with part():
        _expect_each_time(app, "/absent", 404, lambda answer: None)
    with part():
        _expect_each_time(app, "/tags", 200, _expect_tags)
    with part():
        _expect_each_time(app, "/motto", 200, _expect_motto)
    with part():
        for request in _with_and_without_body():
            _expect_created_at(app.post("/recipes", **request), "/recipes/1", {"id": 1})
    with part():
        for request in _with_and_without_body():
            answer = app.post("/ratings", **request)
            answer.expect(
                201, because="Without 201 the client cannot tell that its rating was kept.", instead=_REFUSED_BODY
            )
            _expect_content(answer, {"stars": 5})


def _expect_each_time(app: App, path: str, code: int, expect_content: Callable[[Exchange], object]) -> None:
    """Promise this code and content for GET, for HEAD, and for GET once more."""
    because = {
        200: "The client asked for something that is there, and it wants to read it.",
        404: "A program learns from 404, and from nothing else, that there is no such thing.",
    }[code]
    first = app.get(path).expect(code, because=because)
    expect_content(first)
    first.expect_same_head()
    expect_content(app.get(path).expect(code, because=because))


def _expect_content(answer: Exchange, content: dict[str, Any]) -> None:
    answer.expect_json(content, because="A client reads exactly these members, and no others are promised.")


def _expect_tags(answer: Exchange) -> None:
    answer.expect_json(
        where=lambda tags: isinstance(tags, list) and len(tags) == 2 and "quick" in tags and "cheap" in tags,
        wanted='a list of "quick" and "cheap"',
        because="A client goes through a list of two texts, in any order.",
    )


def _expect_motto(answer: Exchange) -> None:
    answer.expect_that(
        answer.body == b"Eat well.",
        wanted="the text: Eat well.",
        because="The content is not exactly these nine characters, and a client shows it as it comes.",
    )


def _with_and_without_body() -> list[dict[str, Any]]:
    return [{}, {"json": {"name": random_word()}}]


@exercise(
    points=4,
    challenge=True,
    hints=[
        "Write the calls that are fine first: they only return what a view may return.",
        "What is a whole number? For Python True is an int, and 200.0 lies between 100 and 599.",
        "Order helps: first the kind of the code, then its range, then 1xx, then the content.",
    ],
)
def loud_respond(app: App) -> None:
    """respond(body, code=None, **headers) sends what is fine, and raises ValueError for what would fail silently."""
    word, number = random_word(), random_number(2, 99)
    _expect_fine_calls(app, word, number)
    for code in shuffled([0, 99, 600, 999, 1000, random_number(601, 9999)]):
        _expect_loud(
            _call(app, word, code),
            because=f"{code} is no status code. Flask would send it without a complaint, and clients would go wrong.",
            rfc="RFC 9110 §15",
        )
    for code in shuffled([100, 103, random_number(104, 199)]):
        _expect_loud(
            _call(app, {"note": word}, code),
            because=f"{code} announces an answer that is still to come. A client waits for it, or takes this for all.",
            rfc="RFC 9110 §15.2",
        )
    for code in ("Created", True, 200.0):
        _expect_loud(
            _call(app, word, code),
            because=f"{code!r} is not a whole number. A status line needs three digits.",
            rfc="RFC 9112 §4",
        )
    for code in (204, 304):
        for body in shuffled([word, {"note": word}, [number]]):
            _expect_loud(
                _call(app, body, code),
                because=f"The content would be dropped without a word: after {code} there is none.",
                rfc="RFC 9110 §6.4.1",
            )


def _expect_fine_calls(app: App, word: str, number: int) -> None:
    kept = "respond() passes the content on, as a view would."
    answer = _expect_sent(_call(app, word), 200)
    answer.expect_that(answer.text == word, wanted=f"the text {word}", because=kept)
    _expect_sent(_call(app, {"note": word}, None), 200).expect_json({"note": word}, because=kept)
    for code in [200, *shuffled([202, 404, 409, 503])]:
        _expect_sent(_call(app, [word, number], code), code).expect_json([word, number], because=kept)
    answer = _expect_sent(_call(app, {"id": number}, code=201, Location=f"/items/{number}"), 201)
    answer.expect_json({"id": number}, because=kept)
    answer.expect_location(f"/items/{number}", because="Each keyword after the code is a header field to send.")
    answer = _expect_sent(_call(app, word, 503, **{"Retry-After": str(number), "X-Word": word}), 503)
    for name, value in (("Retry-After", str(number)), ("X-Word", word)):
        answer.expect_header(
            name,
            where=lambda got, value=value: got == value,
            wanted=value,
            because="Each keyword after the code is a header field to send, under exactly this name.",
        )
    for code in (204, 304):
        _expect_sent(_call(app, "", code), code).expect_no_content(because="There was no content to send.")
    queued = app.get("/queued").expect(202, because="A member of HTTPStatus is a whole number, too.")
    queued.expect_json({"state": "queued"}, because=kept).expect_same_head()


def _call(app: App, *arguments: Any, **keywords: Any) -> Exchange:
    """Let the given view call respond()."""
    return app.post("/respond", json={"arguments": list(arguments), "keywords": keywords})


def _raised_value_error(answer: Exchange) -> bool:
    return answer.code == 500 and answer.member("raised") == "ValueError"


def _expect_sent(answer: Exchange, code: int) -> Exchange:
    refused = {500: "respond() raised ValueError, and this call is fine."} if _raised_value_error(answer) else None
    return answer.expect(code, because=f"This call asks for {code}, and a client needs just that.", instead=refused)


def _expect_loud(answer: Exchange, because: str, rfc: str) -> None:
    instead = f"{answer.crash.kinds[0]} came up, not ValueError." if answer.crash else "No ValueError came."
    answer.expect_that(
        _raised_value_error(answer), wanted="respond() raises ValueError", because=f"{instead} {because}", rfc=rfc
    )
