"""Errors that a program can read: the checks of the lesson on error handlers and problem details."""

from __future__ import annotations

import json
import re
from typing import Any

from checks import (
    App,
    Exchange,
    Function,
    Question,
    Thing,
    Value,
    ViewOf,
    exercise,
    part,
    random_number,
    random_word,
    random_words,
    same_json,
    shuffled,
    wait_until,
)
from server.codes import CODES

lost_status = Question(
    "A handler for 404 returns jsonify(error='not found'). Which status code arrives?",
    choices=(200, 404, 500),
    answer=200,
    because="What a handler returns is a new answer, and its default is 200. The error became a success.",
)

typo = Question(
    "errorhandler(Exception) returns 500. Which status code does an unknown URL get?",
    choices=(404, 500),
    answer=500,
    because="Inside Flask, 404 is an exception too, and this handler gets every exception there is.",
)

two_handlers = Question(
    "There is a handler for 404 and one for HTTPException. Which one runs for an unknown URL?",
    choices=("the 404 handler", "the HTTPException handler", "both"),
    answer="the 404 handler",
    because="The handler for the code is nearer than the one for the class. One handler runs, never two.",
)

no_code = Question(
    "A view does raise HTTPException('no soup today'). Which status code arrives?",
    choices=(200, 400, 500),
    answer=200,
    because="HTTPException itself has no code. Flask sends it as it is, and Werkzeug writes the default: 200.",
)

returned_error = Question(
    "A view does return 'oops', 500. Does errorhandler(500) run?",
    choices=("yes", "no"),
    answer="no",
    because="A handler waits for an exception. Nothing was raised here: the view returned a normal answer.",
)

# What a client must never read about the RuntimeError of /boom.
BOOM = ("hunter2", "password=", "RuntimeError")
ONLY_POST = {"OPTIONS", "POST"}
ONLY_GET = {"GET", "HEAD", "OPTIONS"}


def _add_crash(app: App) -> tuple[str, str]:
    """Let the app crash in another way, at a path of its own: its route has no view, so Flask raises KeyError.

    Return the path, and the text of the KeyError. An app that has answered already takes no more routes: then the path
    is an unknown URL.
    """
    path, secret = random_words(2)
    app.prepare("add_url_rule", f"/{path}", secret)
    return f"/{path}", secret


def _add_view(app: App, name: str) -> str:
    """Let a route of the app call a function of the answer; return its path, "" when the app takes no more routes."""
    path = random_word()
    return f"/{path}" if app.prepare("add_url_rule", f"/{path}", path, ViewOf(name)) else ""


def _has_error(content: Any) -> bool:
    """Tell whether this is an object whose member ``error`` is a text or an object, and not empty."""
    error = content.get("error") if isinstance(content, dict) else None
    return bool(error.strip()) if isinstance(error, str) else isinstance(error, dict) and bool(error)


def _expect_error(answer: Exchange, who: str, why: str = "") -> Exchange:
    """Promise JSON with ``error``; an answer to HEAD has no content."""
    if answer.sent.method == "HEAD":
        return answer.expect_no_content(because="An answer to HEAD never has content.", rfc="RFC 9110 §9.3.2")
    kind = answer.reply.media_type if answer.reply else ""
    why = why or f"{who} is {kind or 'without a Content-Type'}, not JSON: which of your handlers gets it?"
    if kind.endswith("json"):
        why = "No parser can read this content. jsonify() or json.dumps() write JSON; str() does not."
    if answer.is_json(error=True):
        why = "A program that reads r.json()['error'] wants a text or an object there, and it must not be empty."
    return answer.expect_json(where=_has_error, wanted='{"error": ...}', error=True, because=why)


def _expect_404(answer: Exchange) -> Exchange:
    return answer.expect(
        404,
        because="An unknown URL is the client's mistake, and it must hear 404 to find it.",
        instead={
            200: "Unknown URL answered 200: a handler that returns only a body loses the status. It knows the code: "
            "look at what it was called with.",
            500: "The handler is code, too, and here it failed itself."
            if answer.crash
            else "Unknown URL answered 500. errorhandler(Exception) also catches 404 and 405: does yours turn them "
            "into 500? Then every typo of a visitor looks like a fault of the server.",
        },
        rfc="RFC 9110 §15.5.5",
    )


def _expect_405(answer: Exchange) -> Exchange:
    return answer.expect(
        405,
        because="The URL exists, and this method does not fit it: 405 tells the client which half is wrong.",
        instead={
            200: "405 became 200: a handler that returns only a body loses the status.",
            404: "404 for a URL that exists. The client will look for a typo in the URL, and there is none.",
            500: "The handler is code, too, and here it failed itself."
            if answer.crash
            else "405 became 500. errorhandler(Exception) also catches 404 and 405.",
        },
        rfc="RFC 9110 §15.5.6",
    )


def _expect_allow(answer: Exchange, allowed: set[str]) -> Exchange:
    found = {method.strip() for method in (answer.header("Allow") or "").split(",")} - {""}
    lost = f"The {answer.code} lost its Allow header." if not found else f"This URL takes {', '.join(sorted(allowed))}."
    return answer.expect_that(
        found == allowed,
        wanted=f"Allow: {', '.join(sorted(allowed))}",
        because=f"{lost} A server MUST say which methods this URL does take, and Flask had computed them. A new "
        "response starts without them: what does e.get_response() start with?",
        rfc="RFC 9110 §15.5.6",
    )


def _expect_500(answer: Exchange, secrets: tuple[str, ...], kind: str) -> Exchange:
    """Promise 500, and nothing of the exception in it."""
    because = {
        200: "The handler answered 200: a crash that monitoring counts as success.",
        404: "A crash that calls itself 404 sends the client to look for a typo, and you never hear of it.",
    }.get(answer.code, f"A view raised {kind}: the server failed, and 500 says so.")
    answer.expect_that(answer.code == 500, wanted="500", because=because, rfc="RFC 9110 §15.6.1")
    sent = answer.reply.raw.decode("utf-8", "replace").lower() if answer.reply else ""
    leaked = [word for word in (*secrets, "Traceback", 'File "', 'File \\"') if word.lower() in sent]
    return answer.expect_that(
        not leaked,
        wanted="nothing of the exception",
        because=f"The body leaks the exception to every visitor: {leaked[0] if leaked else ''!r} stands in the answer. "
        "Its text, its class and its traceback belong in your log.",
        rfc="RFC 9457 §5",
    )


def _expect_crash_error(answer: Exchange, secrets: tuple[str, ...], kind: str) -> Exchange:
    """Promise 500, and JSON that tells nothing of the exception."""
    _expect_500(answer, secrets, kind)
    raised = answer.crash.kinds[0] if answer.crash else kind
    lost = f"Your handler itself raised {raised}, so its answer was lost: this is the page of the server below Flask."
    who = "The crash" if kind != "KeyError" else "A KeyError (at a route without a view, which the check added)"
    return _expect_error(answer, who, "" if raised == kind else lost)


@exercise(
    points=3,
    hints=[
        "404, 405 and 500 are all exceptions inside Flask. Which class do they have in common?",
        "One handler for HTTPException gets all three: an uncaught exception reaches it as InternalServerError.",
        "e.get_response() is the answer Flask would have sent, with its status and its header fields.",
        "Change only its content: response.data and response.content_type. Then return it.",
    ],
)
def json_errors(app: App) -> None:
    """Every 404, 405 and 500 of Flask is JSON with "error", keeps its status and its Allow, and tells no secret."""
    path, secret = _add_crash(app)
    refused = _add_view(app, "abort")
    unknown, other = random_words(2)

    def expect_405(method: str, at: str, allowed: set[str]) -> Exchange:
        answer = _expect_405(app.request(method, at))
        return _expect_allow(_expect_error(answer, "The 405"), allowed)

    _expect_error(_expect_404(app.get("/nope")), "The 404").expect_same_head()
    expect_405("GET", "/only-post", ONLY_POST)
    _expect_crash_error(app.get("/boom"), BOOM, "RuntimeError").expect_same_head()
    for method, at in [("POST", f"/{unknown}"), ("GET", f"/only-post/{other}"), ("DELETE", f"/{unknown}/{other}")]:
        _expect_error(_expect_404(app.request(method, at)), "The 404")
    for method, at, allowed in shuffled(
        [
            ("DELETE", "/boom", ONLY_GET),
            ("POST", "/boom", ONLY_GET),
            ("PUT", "/only-post", ONLY_POST),
            ("HEAD", "/only-post", ONLY_POST),
        ]
    ):
        expect_405(method, at, allowed)
    _expect_other_crash(app.get(path), secret)
    if refused:
        app.post(refused, json={"arguments": [403], "more": {}}).expect(
            403,
            because="A view that the check added answers abort(403) here. Other answers stay as they are: 403 is no "
            "crash.",
            instead={500: "abort(403) became 500: which exceptions does your handler for Exception get?"},
        )
    _expect_crash_error(app.get("/boom"), BOOM, "RuntimeError")
    app.post("/only-post").expect(200, because="Other answers stay as they are.").expect_json(
        {}, because="This view returns {}, and nothing went wrong: its answer stays as it is."
    )
    options = app.request("OPTIONS", "/boom").expect(200, because="OPTIONS is no error: Flask answers it by itself.")
    _expect_allow(options, ONLY_GET)
    _expect_error(_expect_404(app.get("/nope")), "The 404")


def _expect_other_crash(answer: Exchange, secret: str) -> None:
    """Promise the same for a KeyError, unless its route could not be added."""
    if answer.code == 404:
        _expect_error(answer, "The 404")
    else:
        _expect_crash_error(answer, (secret, "KeyError"), "KeyError")


@exercise(
    points=2,
    hints=[
        "An exception is an object: it can carry the status and the code from the place where it is raised.",
        "@app.errorhandler(ApiError) registers a handler for a class of your own.",
        "The handler is called with the exception. It returns content and status, like a view.",
    ],
)
def own_error(app: App, ApiError: Value) -> None:  # noqa: N803
    """Raising ApiError(status, code) in any view answers this status and exactly {"error": code}."""
    path = _add_view(app, "ApiError")
    ApiError.expect_that(
        lambda found: isinstance(found, Thing), wanted="a class", because="The views raise ApiError: write this class."
    )
    _expect_api_error(app.get("/clash"), 409, "taken").expect_same_head()
    _expect_api_error(app.get("/pay"), 402, "no_credit")
    given = _is_there(app, "/raise/400/code")
    for status in [418, 599, 400, 409, *shuffled([402, 404, 422, 500, 503, random_number(406, 599)])]:
        code = f"{random_word()}_{random_number(2, 99)}"
        if given:
            _expect_api_error(app.get(f"/raise/{status}/{code}"), status, code)
        elif path:
            sent = {"arguments": [status, code], "more": {}}
            _expect_api_error(app.post(path, json=sent), status, code, "The check added a view for this URL. ")
    _expect_api_error(app.get("/clash"), 409, "taken")


def _is_there(app: App, path: str) -> bool:
    """Tell whether a view that is given for trying things out is there: the task does not need it."""
    options = app.request("OPTIONS", path)
    return options.code == 200 and options.header("Allow") is not None


def _expect_api_error(answer: Exchange, status: int, code: str, where: str = "") -> Exchange:
    raised = answer.crash.kinds if answer.crash else ()
    instead = (
        {}
        if isinstance(answer.json, list)
        else {
            200: "200! Two ways lead here. A handler that returns only a body loses the status. And an HTTPException "
            "without a code answers 200, and no handler sees it."
        }
    )
    if "ApiError" in raised:
        instead[500] = "The exception reached Flask, and there is no handler for ApiError."
    elif raised:
        instead[500] = "Something in ApiError or in its handler raised an exception itself, and nobody catches that. "
        instead[500] += "abort() raises, too: a handler has to return a response."
    if answer.reply and answer.reply.media_type == "text/html" and not answer.crash and answer.code == status:
        why = "An HTTPException makes its own HTML page of what it knows. Who turns it into JSON?"
    else:
        why = "A client compares this code with the ones it knows: it needs exactly this object, and no other member."
    why = where + why
    because = f"{where}The view raised ApiError({status}, {code!r}), and the status is its first half."
    answer.expect(status, because=because, instead=instead)
    return answer.expect_json({"error": code}, error=True, because=why)


@exercise(
    points=2,
    hints=[
        "Three things leave the function: content, status code, and a header field that names the format.",
        "**more is a dict. {**more} puts its members beside the others.",
        "The third part of the tuple may hold the Content-Type. It replaces the one Flask would send.",
    ],
)
def problem_details(app: App, problem: Function) -> None:
    """return problem(status, title, **more) answers application/problem+json with status, title and every member."""
    path = _add_view(app, "problem")
    _expect_problem(app.get("/buy"), 403, "Out of credit", {"balance": 30}).expect_same_head()
    unusual = [402, 507, 425, 511]
    registered = [code.number for code in CODES.values() if code.number >= 400 and not code.must]
    registered = [number for number in registered if CODES[number].kind == "registered" and number not in unusual]
    title = f"The {random_word()} is late"
    samples: list[dict[str, Any]] = [
        {"detail": random_word(), "instance": f"/orders/{random_number(2, 99)}"},
        {"errors": [{"pointer": f"#/{random_word()}", "detail": "too long"}], "retry": False},
        {random_word(): None, "accounts": [1, 2], "price": 2.5, "owner": {"name": "Zoë"}},
        {},
    ]
    given = _is_there(app, "/problems")
    for place, status in enumerate([*unusual, *shuffled(registered)[:8]]):
        more = samples[place % len(samples)]
        if given:
            answer = app.post("/problems", json={"status": status, "title": title, **more})
            _expect_problem(answer, status, title, more)
        elif path:
            answer = app.post(path, json={"arguments": [status, title], "more": more})
            _expect_problem(answer, status, title, more)
    if not given and not path:
        _expect_plain_problem(problem, title)
    _expect_problem(app.get("/buy"), 403, "Out of credit", {"balance": 30})


def _expect_problem(answer: Exchange, status: int, title: str, more: dict[str, Any]) -> Exchange:
    content = answer.json if isinstance(answer.json, dict) else {}
    instead = {}
    if content.get("status") == status:
        instead[answer.code] = f"The body says {status}, but the HTTP status is {answer.code}: they MUST be the same."
    answer.expect(
        status,
        because="Caches, proxies and monitoring read the status line, and never the member of the body.",
        instead={} if answer.crash else instead,
        rfc="RFC 9457 §3.1.2",
    )
    kind = answer.reply.media_type if answer.reply else ""
    answer.expect_header(
        "Content-Type",
        where=lambda value: kind == "application/problem+json",
        wanted="application/problem+json",
        because="The format is announced by application/problem+json: it tells a client what the members mean.",
        rfc="RFC 9457 §3",
    )
    answer.expect_json(
        where=lambda value: isinstance(value, dict),
        wanted="a JSON object",
        error=True,
        because="Problem details are one JSON object.",
    )
    found = content.get("status")
    answer.expect_that(
        type(found) is int and found == status,
        wanted=f'"status": {status}',
        because=f"status is {json.dumps(found)[:60]}. It must be the number {status}, the same as in the status line: "
        "readers MUST ignore a member of the wrong type.",
        rfc="RFC 9457 §3.1",
    )
    answer.expect_that(
        same_json(content.get("title"), title),
        wanted=f'"title": {json.dumps(title)}',
        because="The title is the one that was handed to problem(): people read it.",
    )
    answer.expect_that(
        "type" not in content or isinstance(content["type"], str),
        wanted="type: a text, or no type",
        because="type is the address that names this kind of problem. A reader ignores what is no text.",
        rfc="RFC 9457 §3.1.1",
    )
    rest = {name: value for name, value in content.items() if name not in ("status", "title", "type")}
    missing = [name for name in more if name not in rest]
    surplus = [name for name in rest if name not in more]
    said = "Every member keeps its value."
    if missing:
        said = f"{missing[0]!r} is missing at the top level: members stand side by side with title and status."
    elif surplus:
        said = f"{surplus[0]!r} was never handed to problem(). Nothing but type may be added."
    return answer.expect_that(
        same_json(rest, more), wanted=f"beside them {json.dumps(more)}", because=said, rfc="RFC 9457 §3.2"
    )


def _expect_plain_problem(problem: Function, title: str) -> None:
    """Promise what can be promised of a call outside of a request: it knows every code, and it sends the one it got."""
    for status in (402, 507):
        result = problem(status, title)
        if "context" in result.error or "HTTPException" in result.raised:
            return
        sent = result.detail("status_code")
        if isinstance(result.value, tuple):
            sent = next((item for item in result.value[1:] if isinstance(item, int)), None)
        result.expect_that(
            sent is None or sent == status,
            wanted=str(status),
            because="problem() works for every registered error status, not for one alone.",
        )


@exercise(
    points=4,
    hints=[
        "A handler for 500 runs when nobody caught an exception. It is called with an InternalServerError.",
        "uuid.uuid4().hex is another text at every call. Make it inside the handler, once, and use it twice.",
        "app.logger.error('crash %s', id) writes a log message. The visitor gets the same id, and nothing else.",
        "Say the status as well: what a handler returns is a new answer.",
    ],
)
def private_crash(app: App) -> None:
    """A crash answers 500, "error" and an "id" that is new each time and stands in the log; it tells nothing else."""
    path, secret = _add_crash(app)
    seen: list[Any] = []
    logs: list[tuple[Exchange, Any]] = []
    for _ in range(2):
        logs.append(_expect_private(app.get("/boom"), BOOM, "RuntimeError", seen))
    _expect_logged(app, logs)
    logs[-1][0].expect_same_head()
    _expect_404(app.get("/nope"))
    _expect_404(app.post(f"/{random_word()}/{random_word()}"))
    for method, at, allowed in (
        ("GET", "/only-post", ONLY_POST),
        ("DELETE", "/only-post", ONLY_POST),
        ("PUT", "/boom", ONLY_GET),
    ):
        _expect_allow(_expect_405(app.request(method, at)), allowed)
    other = app.get(path)
    if other.code != 404:
        logs.append(_expect_private(other, (secret, "KeyError"), "KeyError", seen))
    for _ in range(5):
        logs.append(_expect_private(app.get("/boom"), BOOM, "RuntimeError", seen))
    _expect_logged(app, logs)


def _expect_private(
    answer: Exchange, secrets: tuple[str, ...], kind: str, seen: list[Any]
) -> tuple[Exchange, str | int | float]:
    """Promise a private crash whose id was not ``seen`` before; return it with its id."""
    _expect_crash_error(answer, secrets, kind)
    id = answer.member("id")
    if len(str(id)) >= 6:
        # The report is the same in every run, and this is the only part of it that is not.
        answer.hide(str(id))
    answer.expect_that(
        isinstance(answer.member("error"), str),
        wanted='"error": a text',
        because="This one is for people: error is a text that the visitor can be shown.",
    )
    usable = isinstance(id, (str, int, float)) and not isinstance(id, bool) and str(id).strip() != ""
    answer.expect_that(
        usable,
        wanted='"id": a text or a number',
        because="Without an id nobody can find this crash in the log when the visitor calls.",
    )
    answer.expect_that(
        str(id) not in seen,
        wanted="another id",
        because="Both crashes carry the same id: support cannot tell them apart.",
    )
    seen.append(str(id))
    return answer, id


def _expect_logged(app: App, logs: list[tuple[Exchange, Any]]) -> None:
    """Promise that each id stands in the text of a log message."""
    for answer, id in logs:
        answer.expect_that(
            wait_until(lambda id=id: any(_mentions(text, id) for text in app.log_messages()), limit=0.3),
            wanted="the id in a log message",
            because="No log message of level WARNING or higher contains this id: the visitor reads it to you on the "
            "phone, and you find nothing. print() is no log message.",
        )


def _mentions(text: str, id: str | float) -> bool:
    """Tell whether a log message contains an id. A short one must stand alone: the 2 of "hunter2" is not the id 2."""
    written = id if isinstance(id, str) else json.dumps(id)
    if len(written) >= 6:
        return written in text
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(written)}(?![0-9A-Za-z])", text) is not None


SHOP = ("shop-db", "password soup", "user cook", "ConnectionError")
PRICE = "/recipes/1/price"


def _expect_mistakes(app: App) -> None:
    """Promise that the client's mistakes keep their status and are JSON."""
    for path in ("/nope", f"/{random_word()}/1", f"/recipes/{random_number(200, 900)}"):
        _expect_error(_expect_404(app.get(path)), "The 404")
    for method, path, allowed in (("GET", "/ratings", ONLY_POST), ("DELETE", "/recipes/1", ONLY_GET)):
        answer = _expect_405(app.request(method, path))
        _expect_allow(_expect_error(answer, "The 405"), allowed)
    broken = app.post("/ratings", data='{"stars": ', headers={"Content-Type": "application/json"})
    broken.expect(400, because="Broken JSON is the client's mistake. A 500 would blame the server.")
    _expect_error(broken, "The 400")
    text = app.post("/ratings", data="five", headers={"Content-Type": "text/plain"})
    text.expect(415, because="The body is no JSON, and 415 tells the client to change its Content-Type.")
    _expect_error(text, "The 415")


def _expect_works(app: App) -> None:
    """Promise that what worked still works."""
    app.get("/recipes/1").expect(200, because="This recipe is there.").expect_json(
        {"title": "Soup"}, because="What worked before the repair must work after it."
    )
    rating = {"stars": random_number(1, 5)}
    app.post("/ratings", json=rating).expect(201, because="This rating is fine.").expect_json(
        rating, because="What worked before the repair must work after it."
    )


@exercise(
    points=3,
    hints=[
        "No view needs to change. Where do all these errors pass by, whoever raised them?",
        "One handler for HTTPException gets them all, the crash as well.",
        "Which header fields does an error carry besides its content? e.get_response() has them.",
    ],
)
def repair_html_errors(app: App) -> None:
    """Every error of the app is JSON with "error", and keeps its status and its header fields."""
    with part():
        _expect_mistakes(app)
        _expect_works(app)
    with part():
        me = app.get("/me").expect(401, because="Nobody logged in.")
        _expect_error(me, "The 401").expect_header(
            "WWW-Authenticate",
            where=lambda value: value.lower().startswith("bearer"),
            wanted="Bearer ...",
            because="A 401 MUST say how to log in. The page had this field, and the JSON must keep it.",
            rfc="RFC 9110 §15.5.2",
        )
        menu = app.get("/menu").expect(503, because="The menu is not available now, and that is the server's matter.")
        _expect_error(menu, "The 503").expect_header(
            "Retry-After",
            where=lambda value: value == "30",
            wanted="30",
            because="Retry-After told the client when to come back. Without it the client guesses, or hammers.",
            rfc="RFC 9110 §10.2.3",
        )
    with part():
        _expect_crash_error(app.get(PRICE), SHOP, "ConnectionError")
        _expect_works(app)


@exercise(
    points=3,
    hints=[
        "Two kinds of exceptions arrive in this handler: HTTP errors, which know their code, and crashes.",
        "Write one handler for HTTPException and one for 500. Which one gets which?",
        "If you keep errorhandler(Exception): isinstance(error, HTTPException) tells the two kinds apart.",
    ],
)
def repair_catch_all(app: App) -> None:
    """The client's mistakes keep their status, and a crash is 500 with an id that stands in the log."""
    with part():
        _expect_mistakes(app)
        _expect_works(app)
    with part():
        seen: list[Any] = []
        logs = [_expect_private(app.get(PRICE), SHOP, "ConnectionError", seen) for _ in range(4)]
        _expect_logged(app, logs)
        _expect_works(app)


@exercise(
    points=4,
    challenge=True,
    hints=[
        "An unknown URL belongs to no blueprint. What else tells you on which side a request is?",
        "request.path.startswith('/api/'): mind the slash at the end, or /apiary is on the wrong side.",
        "When a handler raises, Flask makes a 500 of it and looks for the handler of 500. What if that one fails, too?",
        "The handler of 500 must not call explain(). A text of its own cannot fail.",
    ],
)
def two_faces(app: App, TEXTS: Value) -> None:  # noqa: N803
    """Errors under /api/ are JSON, all others HTML; Allow stays on both sides; a handler that crashes gives 500."""
    absent, refused, word = random_words(3)
    before = TEXTS.read()
    TEXTS.put(404, absent)
    TEXTS.put(405, refused)
    try:
        for method, path in [
            ("GET", f"/api/{word}"),
            ("GET", f"/{word}"),
            ("GET", "/api/recipes/soup"),
            ("GET", f"/apiary/{word}"),
            *shuffled([("POST", f"/api/{word}/1"), ("DELETE", f"/{word}/api/"), ("GET", f"/recipes/{word}")]),
        ]:
            answer = _expect_404(app.request(method, path))
            _expect_face(answer, absent)
            if method == "GET":
                answer.expect_same_head()
        for method, path in shuffled([("POST", "/api/recipes/7"), ("PUT", "/recipes"), ("DELETE", "/api/recipes/8")]):
            answer = _expect_405(app.request(method, path))
            _expect_allow(_expect_face(answer, refused), ONLY_GET)
        TEXTS.remove(404)
        for path in (f"/api/{word}", f"/{word}"):
            _expect_fallen(app.get(path))
        TEXTS.put(404, absent)
        TEXTS.remove(405)
        for path in shuffled(["/api/recipes/7", "/recipes"]):
            _expect_fallen(app.post(path))
        TEXTS.put(405, refused)
        _expect_face(_expect_404(app.get(f"/api/{word}")), absent)
        number = random_number(2, 99)
        app.get(f"/api/recipes/{number}").expect(200, because="This URL works.").expect_json(
            {"id": number}, because="What works stays as it is."
        )
        page = app.get("/recipes").expect(200, because="This URL works.")
        page.expect_that("Recipes" in page.text, wanted="the page", because="What works stays as it is.")
    finally:
        if isinstance(before, dict):
            TEXTS.assign(before)


def _is_api(answer: Exchange) -> bool:
    return answer.sent.target.startswith("/api/")


def _expect_html(answer: Exchange) -> Exchange:
    kind = answer.reply.media_type if answer.reply else ""
    return answer.expect_that(
        kind == "text/html",
        wanted="text/html",
        because=f"{answer.sent.target} is not under /api/. A person with a browser reads this, and gets "
        f"{kind or 'no Content-Type'}.",
    )


def _expect_face(answer: Exchange, text: str) -> Exchange:
    """Promise the text of this error, in the format of its side."""
    if _is_api(answer):
        if answer.is_json(error=True):
            why = "explain(error) says what to tell the client, and error has to be exactly that."
        else:
            why = "A program asks under /api/. An unknown URL or a wrong method belongs to no view and to no blueprint."
        return answer.expect_json(
            where=lambda content: isinstance(content, dict) and content.get("error") == text,
            wanted=f'"error": "{text}"',
            error=True,
            because=why,
        )
    return _expect_html(answer).expect_that(
        text in answer.text, wanted=f"the text {text}", because="explain(error) says what the page has to tell."
    )


def _expect_fallen(answer: Exchange) -> None:
    """Promise 500 in the format of its side, although the handler of the first error crashed."""
    answer.expect_that(
        answer.code == 500,
        wanted="500",
        because=f"TEXTS lacks this text now, so explain() raises KeyError inside your handler. You answered "
        f"{answer.code}: the server failed, and only 500 says so.",
        rfc="RFC 9110 §15.6.1",
    )
    _expect_500(answer, ("KeyError",), "KeyError")
    if _is_api(answer):
        why = "Your first handler crashed. Which handler answers that under /api/, and can that one crash as well?"
        _expect_error(answer, "The 500", why)
    else:
        _expect_html(answer)
