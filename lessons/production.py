"""The checks of the lesson on contracts, logs and helpers, and on the limits of status codes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from checks import (
    App,
    Exchange,
    Function,
    Question,
    Result,
    Value,
    ViewOf,
    claim,
    describe,
    exercise,
    part,
    random_choice,
    random_number,
    random_word,
    random_words,
    same,
    shuffled,
    wait_until,
)
from server.codes import CODES

seen_by_after_request = Question(
    "Which of the answers 404, 405 and 500 does a function of after_request see?",
    choices=("all", "404 and 405", "none"),
    answer="all",
    because="Flask makes a response of its errors, too, and every response goes through after_request.",
)

level_of_500 = Question(
    "At which level does Werkzeug log an answer with 500?",
    choices=("INFO", "WARNING", "ERROR"),
    answer="INFO",
    because="It notes that an answer was sent, whatever its code is. An alarm that waits for ERROR stays silent.",
)

broken_stream = Question(
    "A stream fails half way. Which status code does the client get?",
    choices=("200", "500", "none"),
    answer="200",
    because="The status line goes first. When the stream failed, it had arrived already.",
)

declined_payment = Question(
    "Is a declined payment a 4xx?",
    choices=("always", "never", "the contract decides"),
    answer="the contract decides",
    because="No RFC says it. Choose a code that says 'not done', write it down, and keep the reason in the content.",
)

_EACH = "Whoever reads the log counts answers: each one leaves exactly one line."


@exercise(
    points=3,
    hints=[
        "At which moment does the status exist? Not before the view ran.",
        "Flask calls the functions of after_request with the finished response, also for 404, 405 and 500.",
        "The function appends (request.method, request.path, response.status_code), and it returns the response.",
    ],
)
def access_log(app: App, LOG: Value) -> None:  # noqa: N803
    """Every response appends exactly one tuple (method, path, status) to LOG and stays as it is."""
    log = _AccessLog(app, LOG)
    ok, nope, wrong, boom = ("GET", "/ok", 200), ("GET", f"/{random_word()}", 404), ("POST", "/ok", 405), _BOOM
    for request in (ok, nope, wrong, boom):
        log.ask(*request)
    others = [("HEAD", "/ok", 200), ("DELETE", "/boom", 405), ("PUT", f"/ok/{random_word()}", 404)]
    for request in shuffled([ok, _BOOM, wrong, *others, ("OPTIONS", "/ok", 200)]):
        log.ask(*request)
    log.ask("GET", "/ok", 200, query={"page": str(random_number(2, 99))})
    log.ask(*ok)


_BOOM = ("GET", "/boom", 500)


class _AccessLog:
    """What LOG has to hold, answer by answer."""

    def __init__(self, app: App, log: Value) -> None:
        self._app = app
        self._log = log
        self._lines = self._read()

    def ask(self, method: str, path: str, code: int, query: dict[str, str] | None = None) -> None:
        """Send a request; promise the answer as it is without a log, and one more line."""
        answer = self._app.request(method, path, query=query)
        _expect_untouched(answer, method, code)
        wanted = [*self._lines, (method, path, code)]
        # The line may be written while the answer is on its way already.
        wait_until(lambda: len(self._read()) >= len(wanted), limit=0.5)
        found = self._read()
        new = found[len(self._lines) :] if found[: len(self._lines)] == self._lines else found
        claim(
            same(found, wanted),
            asked=f"LOG after {answer.sent.method} {answer.sent.target}",
            got=f"new: {describe(new)}" if new is not found else describe(found),
            wanted=f"one more line: {wanted[-1]}",
            because=_explain_log(new, wanted[-1]),
        )
        self._lines = wanted

    def _read(self) -> list[Any]:
        found = self._log.read()
        return found if isinstance(found, list) else []


def _expect_untouched(answer: Exchange, method: str, code: int) -> None:
    lost = answer.crash is not None and code != 500 and "NoneType" in answer.crash.text
    why = "Every request answers 500 now: an after_request function must return the response." if lost else ""
    keep = "The log only looks on. A client must not notice it."
    answer.expect(code, because=keep, instead={500: why} if why else None)
    if method == "HEAD":
        answer.expect_no_content(because=keep)
    elif method == "GET" and code == 200:
        answer.expect_json({}, because=keep)
    elif code == 405:
        answer.expect_header("Allow", because=f"Flask sends it with 405. {keep}", rfc="RFC 9110 §15.5.6")
    elif code in (404, 500):
        name = {404: "Not Found", 500: "Internal Server Error"}[code]
        answer.expect_that(name in answer.text, wanted="Flask's own page for it", because=keep)


def _explain_log(new: list[Any], wanted: tuple[str, str, int]) -> str:
    method, path, code = wanted
    if not new:
        return f"The {code} left no line. {_EACH} A log with holes in it hides just the answers you look for."
    if len(new) > 1:
        return f"{len(new)} lines were added. {_EACH}"
    line = new[0]
    if type(line) is not tuple or len(line) != 3:
        return "A line is a tuple of three: method, path, status."
    if type(line[2]) is not int:
        return "The status is to be an int: whoever counts the classes divides it by 100."
    if line[2] != code:
        return (
            f"The client got {code}, and your log says {line[2]}: a status you guess is not the status sent. Before "
            "the request, and in teardown, there is only a guess. after_request gets the finished response."
        )
    if line[1] != path:
        return "The path is request.path: without the host, and without the query."
    return f"The line is to be exactly {wanted}."


@exercise(
    points=2,
    hints=[
        "Which codes does a pair document that is not in CONTRACT? The empty set.",
        "CONTRACT.get((method, rule), set()) never raises, and changes nothing.",
        "Collect the triples in a set, so each is there once, and return sorted(...) of it.",
    ],
)
def contract(undocumented: Function, CONTRACT: Value) -> None:  # noqa: N803
    """undocumented(seen) returns each triple whose code is not in CONTRACT once, as a sorted list."""
    given = CONTRACT.read()
    table = given if isinstance(given, dict) else {}
    get, post = ("GET", "/r/<id>"), ("POST", "/r")
    documented = [(*get, 200), (*get, 404), (*post, 201), (*post, 400)]
    strange, other = shuffled([405, 409, 418, 429, 503])[:2]
    unknown = (random_choice(["PATCH", "PUT", "HEAD"]), f"/{random_word()}", 200)

    def expect(seen: list[tuple[str, str, int]], missing: list[tuple[str, str, int]], because: str) -> Result:
        result = undocumented(shuffled(seen))
        if result.raised and "KeyError" in result.raised:
            because = "A pair that is not in the contract at all is undocumented, too: it documents nothing."
        elif _names_twice(result.value):
            because = "Report each triple once: a list that repeats itself is read by nobody."
        elif isinstance(result.value, list) and result.value != missing and _sorted(result.value) == missing:
            because = "The triples are right. The order is to be that of plain sorted(), or two reports differ."
        return result.expect(sorted(missing), because=because)

    expect([], [], "Nothing was seen, so nothing is undocumented.")
    expect(documented, [], "All of these stand in the contract.")
    expect([(*get, 500), *documented], [(*get, 500)], "500 is documented nowhere.")
    elsewhere = "404 is documented for GET /r/<id>. That says nothing about POST /r: each pair has its own codes."
    expect([(*post, 404), *documented], [(*post, 404)], elsewhere)
    here = "The rule is in the contract, but not with this method."
    for method in ("POST", "HEAD"):
        expect([(method, "/r/<id>", 200), (*get, 200)], [(method, "/r/<id>", 200)], here)
    expect([unknown, *documented], [unknown], "This pair is not in the contract.")
    seen = [(*get, strange), (*post, other), unknown, (*get, 201)]
    twice = sorted(seen)
    expect([*seen, *seen, *documented], twice, "Each undocumented triple is to be there, once.")
    CONTRACT.expect(table, because="CONTRACT was changed. It is what you promised, not what you saw.")
    pair = ("DELETE", f"/{random_word()}/<id>")
    CONTRACT.put(pair, {204, strange})
    try:
        grown = "CONTRACT grew: look into it at every call."
        expect([(*pair, 204), (*pair, strange), (*pair, 404)], [(*pair, 404)], grown)
    finally:
        CONTRACT.remove(pair)
    expect([(*pair, 204)], [(*pair, 204)], "The entry was taken out of CONTRACT again.")
    expect(seen, twice, "A second call gives the same answer.")


def _names_twice(value: Any) -> bool:
    return isinstance(value, list) and any(item in value[:place] for place, item in enumerate(value))


def _sorted(value: list[Any]) -> list[Any] | None:
    try:
        return sorted(value)
    except TypeError:
        return None


_REFUSED = (400, 402, 403, 409, 422)


@exercise(
    points=2,
    hints=[
        "The status code says: not done. What says why?",
        'Both refusals get the same code, for example 422, and a dict with a member "code".',
        'For one card it is {"code": "card_expired"}, for the other {"code": "insufficient_funds"}.',
    ],
)
def one_code_two_reasons(app: App) -> None:
    """POST /pay answers 200, or one status code for both refusals with the reason in the member code."""
    app.post("/pay", json={"card": "good"}).expect(200, because="The card is good, and the client wants to know it.")
    reasons: dict[str, Any] = {}
    codes: set[int] = set()
    for card in ("expired", "empty", *shuffled(["expired", "empty", "good"]), "expired"):
        answer = app.post("/pay", json={"card": card})
        if card == "good":
            answer.expect(200, because="A good card is good at every time.")
            continue
        _expect_refusal(answer, _REFUSED)
        codes.add(answer.code)
        answer.expect_that(
            len(codes) == 1,
            wanted="the same status code for both reasons",
            because="Both mean the same to a program in between: refused. Choose one code, and let the content differ.",
        )
        reason = answer.member("code")
        answer.expect_that(
            same(reasons.setdefault(card, reason), reason),
            wanted="the same reason as before",
            because="A program compares the code of a reason. It must be the same at every call.",
        )
        answer.expect_that(
            len(set(reasons.values())) == len(reasons),
            wanted="another reason in code",
            because="Both refusals give the same reason: a client cannot tell its user what to do.",
        )


def _expect_refusal(answer: Exchange, codes: tuple[int, ...], reason: str = "") -> None:
    """Promise one of these codes, and a JSON object that names a reason for programs."""
    instead = {
        200: "It was refused, and it went out with 200: every client, cache and monitor that looks at the status "
        "takes it for a success.",
        500: "The server did not fail. It refused, for a good reason.",
    }
    if answer.code not in CODES and 100 <= answer.code <= 599:
        instead[answer.code] = (
            f"{answer.code}: do not invent a status for a reason of your own. Clients know the classes, not your "
            f"numbers, and take it for {answer.code // 100}00 (RFC 9110 §15)."
        )
    answer.expect(*codes, because="A client has to see in the status that it was not done.", instead=instead)
    named = repr(reason) if reason else "a text"
    prose = answer.member("code") is None
    answer.expect_json(
        where=lambda body: body["code"] == reason if reason else isinstance(body["code"], str),
        wanted=f"an object whose code is {named}",
        because="There is no member code. Prose is for people: a program needs a machine-readable reason."
        if prose
        else "The member code names the reason, and a program compares it with the texts it knows.",
        error=True,
    )


@exercise(
    points=3,
    hints=[
        "Both helpers build what a view returns: content, status and header fields. The views pass it on.",
        "headers is a dict already. It belongs in third place of the tuple.",
        'fail() returns {"error": {...}}, status. What abort() sends of its own is an HTML page.',
    ],
)
def helpers(app: App) -> None:
    """ok() and fail() give every answer the same form, the right status, and its own header fields."""
    # The check adds two views: each calls a helper with what the request holds.
    added = {name: f"/{name}/{random_word()}" for name in ("ok", "fail")}
    ready = all(app.prepare("add_url_rule", path, path[1:].replace("/", "_"), ViewOf(n)) for n, path in added.items())
    for _ in range(2):
        _expect_helped(app.post("/a"), 201, {"data": {"id": 1}}).expect_location(
            "/a/1", because="The Location header was dropped: ok() got it by name, and the client needs it."
        )
        listed = _expect_helped(app.get("/a"), 200, {"data": [1]})
        failed = _expect_helped(app.get("/c"), 409, {"error": {"code": "taken", "message": "name is taken"}})
        for answer in (listed, failed):
            answer.expect_that(
                answer.header("Location") is None,
                wanted="no Location",
                because="This Location belongs to another call: the header fields are for one answer only.",
            )
            answer.expect_same_head()
    if ready:
        # An app that has answered before the check takes no more views.
        _expect_ok_of_anything(app, added["ok"])
        _expect_fail_of_anything(app, added["fail"])


def _expect_ok_of_anything(app: App, path: str) -> None:
    name, text = random_word().title(), random_word()
    calls: list[tuple[list[Any], dict[str, str]]] = [
        ([{"name": text}, 202], {name: text, "Location": f"/{text}"}),
        ([[], 201], {}),
        ([0], {name: text}),
        ([None], {}),
        ([[text, 1.5]], {}),
    ]
    for arguments, headers in calls:
        answer = app.post(path, json={"arguments": arguments, "more": headers})
        status = arguments[1] if len(arguments) > 1 else 200
        _expect_helped(answer, status, {"data": arguments[0]})
        for field in (name, "Location"):
            value = headers.get(field)
            answer.expect_that(
                answer.header(field) == value,
                wanted=f"{field}: {value}" if value else f"no {field}",
                because=f"The view that the check added called ok() {'with' if value else 'without'} {field}: every "
                "header field that is handed to ok() is sent, for this call only.",
            )


def _expect_fail_of_anything(app: App, path: str) -> None:
    for status in shuffled([400, 402, 404, 422, 503]):
        code, message = random_words(2)
        answer = app.post(path, json={"arguments": [status, code, f"{message} is ö"], "more": {}})
        _expect_helped(answer, status, {"error": {"code": code, "message": f"{message} is ö"}})


def _expect_helped(answer: Exchange, code: int, content: dict[str, Any]) -> Exchange:
    in_body = isinstance(answer.json, dict) and code in [*answer.json.values()]
    instead = {answer.code: "The helper put the status into the body instead of the response."} if in_body else None
    answer.expect(code, because="The caller named this status, or meant the default 200.", instead=instead)
    html = code >= 400 and answer.reply is not None and answer.reply.media_type == "text/html"
    because = (
        "abort() with a description sends such a page, and your code and message are lost for programs."
        if html
        else "Every client reads one form. Exactly these members are promised, and no others."
    )
    return answer.expect_json(content, because=because, error=code >= 400)


@exercise(
    points=2,
    hints=[
        "Two of the three refusals are the client's turn. Which one is not?",
        "Every refusal gets a code that all clients know: 4xx for the order, 503 for the closed kitchen.",
        'What 461 and 462 were meant to say is the job of a member: {"code": "sold_out", "error": "..."}, 409.',
    ],
)
def repair_invented_codes(app: App, MENU: Value, KITCHEN: Value) -> None:  # noqa: N803
    """POST /orders uses codes that everybody knows, and says the reason in the member code."""
    dish, none_left, unknown = random_words(3)
    left = random_number(2, 5)
    KITCHEN.put("open", True)
    MENU.put(dish, left)
    MENU.put(none_left, 0)

    def order(name: str) -> Exchange:
        return app.post("/orders", json={"dish": name})

    def expect_order(left: int) -> None:
        answer = order(dish).expect(201, because="There is some left, and the kitchen is open: the order was taken.")
        answer.expect_json({"dish": dish, "left": left}, because="The client reads what it ordered, and what is left.")

    try:
        with part():
            _expect_refusal(order(unknown), _ORDER_REFUSED, "unknown_dish")
            _expect_refusal(order(none_left), _ORDER_REFUSED, "sold_out")
            MENU.put(dish, left)
            for number in reversed(range(left)):
                expect_order(number)
            for _ in range(2):
                _expect_refusal(order(dish), _ORDER_REFUSED, "sold_out")
        with part():
            MENU.put(dish, left)
            KITCHEN.put("open", False)
            for name in (dish, unknown, none_left):
                _expect_closed(order(name))
            KITCHEN.put("open", True)
            expect_order(left - 1)
    finally:
        KITCHEN.put("open", True)
        for name in (dish, none_left):
            MENU.remove(name)


_ORDER_REFUSED = (400, 404, 409, 422)


def _expect_closed(answer: Exchange) -> None:
    invented = answer.code not in CODES and answer.code > 400
    answer.expect_that(
        answer.code == 503,
        wanted="503",
        because="The kitchen is closed, and the order is not to blame: the server cannot do it now. "
        + (f"{answer.code} is a number that nobody else knows." if invented else "Only 503 says 'later'.")
        + (" And a monitor counts your 200 as a meal that was served." if answer.code == 200 else ""),
        rfc="RFC 9110 §15.6.4",
    )
    _expect_refusal(answer, (503,), "closed")


@exercise(
    points=4,
    challenge=True,
    hints=[
        "Go through the contract pair by pair. paths.setdefault(path, {}) is the place for the method.",
        'A pattern does the rule: re.sub(r"<(?:\\w+:)?(\\w+)>", r"{\\1}", rule). re.findall gives the names.',
        "Take a new set for the codes of an operation, add 500, and 404 if there is a name. Then sort it.",
        "HTTPStatus(code).phrase is a description. Every key is a text: str(code).",
    ],
)
def complete_contract(openapi: Function) -> None:
    """openapi(contract) returns an OpenAPI 3.1 document that has the forgotten 500, 404 and 405 as well."""
    things, parts = random_words(2)
    small = {("GET", f"/{things}"): {200}, ("POST", f"/{things}"): {201, random_choice([400, 415, 422])}}
    thing = f"/{things}/<int:id>"
    whole = {
        **small,
        ("GET", thing): {200, 404},
        ("DELETE", thing): {204, 403},
        ("PUT", f"/{things}/<id>/{parts}/<int:number>"): {201, 204},
        ("PATCH", f"/{parts}"): {200, 409, 500},
    }
    for expect in (_expect_frame, _expect_responses, _expect_parameters):
        with part():
            for table in ({}, small, whole, small):
                result = openapi(table)
                expect(result, _Operations(table))
                result.expect_arguments_unchanged(table, because="The contract is what you promised: only read it.")


class _Operations(dict[tuple[str, str], tuple[list[str], list[str]]]):
    """Path and method as OpenAPI writes them, with all codes as text, and the names in the path."""

    def __init__(self, table: dict[tuple[str, str], set[int]]) -> None:
        super().__init__()
        for (method, rule), codes in table.items():
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)
            names = sorted(re.findall(r"{(\w+)}", path))
            self[path, method.lower()] = sorted(map(str, codes | {500} | ({404} if names else set()))), names


def _expect_frame(result: Result, wanted: _Operations) -> None:
    first = "A tool reads these members first, and refuses a document without them."
    lost = "405 has no operation of its own: the method is missing. So it is told once, in components."
    pairs = (
        "Each pair of the contract is one operation, and there are no others. The method is written small, and <id> "
        "or <int:id> becomes {id}."
    )
    promises: list[tuple[str, Callable[[Any], bool], str]] = [
        (
            "a dict as JSON has it",
            _is_json,
            "A document travels as JSON: dicts, lists, texts, numbers, and text keys only.",
        ),
        ('openapi: "3.1.…"', lambda it: it["openapi"].startswith("3.1."), first),
        ("info: title and version", lambda it: _text(it["info"]["title"]) and _text(it["info"]["version"]), first),
        ("components/responses/405", lambda it: _text(it["components"]["responses"]["405"]["description"]), lost),
        (
            "paths: " + (", ".join(f"{path} {method}" for path, method in wanted) or "{}"),
            lambda it: set(it["paths"]) == {path for path, _ in wanted} and _found(it) == set(wanted),
            pairs,
        ),
    ]
    for what, where, because in promises:
        result.expect_that(_holds(where, result.value), wanted=what, because=because)


def _found(document: Any) -> set[tuple[str, str]]:
    """Return path and method of every operation."""
    methods = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
    return {(path, key) for path, item in document["paths"].items() for key in item if key.lower() in methods}


def _expect_responses(result: Result, wanted: _Operations) -> None:
    _expect_frame(result, wanted)
    for (path, method), (codes, names) in wanted.items():
        responses = _member(result.value["paths"][path][method], "responses", dict)
        missing = set(codes) - set(responses)
        because = "The operation is to have exactly these codes."
        if "500" in missing:
            because = "Every operation can crash, and a client wants to know in which form it hears of it."
        elif "404" in missing and names:
            because = "Where a path has a variable, somebody will ask for what is not there: 404 is missing."
        what = f"{method} {path}: responses {', '.join(codes)}"
        result.expect_that(sorted(responses) == codes, wanted=what, because=because)
        described = all(_text(_member(response, "description", str)) for response in responses.values())
        because = "OpenAPI requires a description for every response, and it is what a reader sees."
        result.expect_that(described, wanted=f"{method} {path}: a description each", because=because)


def _expect_parameters(result: Result, wanted: _Operations) -> None:
    _expect_frame(result, wanted)
    for (path, method), (_, names) in wanted.items():
        item = result.value["paths"][path]
        found = [*_member(item, "parameters", list), *_member(item[method], "parameters", list)]
        good = all(
            _holds(lambda it: it["in"] == "path" and it["required"] is True and isinstance(it["schema"], dict), one)
            for one in found
        )
        result.expect_that(
            good and sorted(str(one["name"]) for one in found if "name" in one) == names and len(found) == len(names),
            wanted=f"{method} {path}: parameters {', '.join(names) or 'none'}",
            because="Each {name} of a path is described by one parameter with name, in: path, required: True and a "
            "schema. A tool that builds clients refuses a path without them.",
        )


def _member(value: Any, name: str, kind: type) -> Any:
    """Return a member of this kind; an empty one when there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, kind) else kind()


def _holds(where: Callable[[Any], Any], value: Any) -> bool:
    """Tell whether ``where`` is true of a value, which may have any shape."""
    try:
        return bool(where(value))
    except (AttributeError, LookupError, TypeError):
        return False


def _is_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(_is_json, value))
    return value is None or isinstance(value, (str, int, float))


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
