"""Go elsewhere: the checks of the lesson on redirects and on what clients make of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import requests

from checks import (
    App,
    Exchange,
    Function,
    Question,
    Result,
    Scripted,
    ScriptedServer,
    Thing,
    exercise,
    part,
    random_choice,
    random_number,
    random_word,
    random_words,
    shuffled,
)
from server import Server
from server.apps import crossroads

followed_safely = Question(
    "A client sends an order to the old address, and follows the redirect. Is the order stored?",
    choices=("yes", "no"),
    answer="no",
    because="The client did follow. But it asked with another method and without the content, and ended in 405.",
)

delete_after_302 = Question(
    "A DELETE is answered with 302. Which method does requests send next?",
    choices=("DELETE", "GET", "none"),
    answer="GET",
    because="requests turns every method but HEAD into GET at 302 and 303. Nothing was deleted, and the end says 200.",
)

put_after_301 = Question(
    "A PUT with content is answered with 301. What arrives at the new address?",
    choices=("PUT with the content", "PUT without the content", "GET without content"),
    answer="PUT without the content",
    because="At 301 requests keeps every method but POST. The content it drops at all codes other than 307 and 308.",
)

secrets_elsewhere = Question(
    "A redirect leads to another server. Which header field goes there?",
    choices=("both", "only Authorization", "only X-API-Key", "neither"),
    answer="only X-API-Key",
    because="requests knows that Authorization is a secret. A name that you made up is a field like any other.",
)

missing_slash = Question(
    "The route is /items/ and takes POST. What does Flask answer to POST /items?",
    choices=(404, 405, 308),
    answer=308,
    because="Flask redirects to the address with the slash, and 308 keeps the method and the content.",
)


def _why_not_there(answer: Exchange, path: str) -> str:
    """Say why this Location, or its absence, does not bring a client to ``path``."""
    asked = answer.sent.target
    if answer.header("Location") is None:
        return "A redirect without Location: clients stay where they are."
    if answer.location == f"{asked}/":
        return "Flask made this redirect by itself: your route ends in a slash, and the client typed none."
    if answer.location == asked:
        return "This address leads to itself: the client goes round in a circle."
    return f"A client asks next where Location leads, and that has to be {path} on this server."


@exercise(
    points=1,
    hints=[
        "Which of the five codes say that a move lasts?",
        "redirect() says 302 if you do not name a code.",
        "redirect('/new', code=...) takes the code. So does the tuple ('', code, {'Location': '/new'}).",
    ],
)
def moved(app: App) -> None:
    """GET /old answers 301 or 308, every time, with a Location that leads to /new on this server."""
    for _ in range(3):
        answer = app.get("/old")
        _expect_moved(answer)
    answer.expect_same_head()
    arrived = app.get("/new").expect(
        200,
        because="The client has followed to /new, and there the page must be.",
        instead={code: "The client has followed to /new, and is sent on again." for code in _FOLLOWED},
    )
    arrived.expect_json(
        {"method": "GET", "json": None}, because="This page was given with the task. Leave it as it is."
    )
    _expect_moved(app.get("/old"))


_FOLLOWED = (301, 302, 303, 307, 308)


def _expect_moved(answer: Exchange) -> None:
    temporarily = "says 'temporarily': caches and search engines keep asking the old URL."
    has_location = answer.header("Location") is not None
    answer.expect(
        301,
        308,
        because="The move is for good, and only 301 and 308 say so. Then a client may remember the new address.",
        instead={
            200: "200 with a Location: nobody will follow it. Only a 3xx redirects, and redirect() accepts any code."
            if has_location
            else "200: for the client this page is the answer, and it never learns the new address.",
            201: "201 with a Location names something new. Nobody follows it.",
            300: "300 offers a choice. requests, for one, does not follow it.",
            302: f"302, the default of redirect(), {temporarily}",
            303: "303 says 'the answer to this request is over there', not that this page has moved.",
            307: f"307 {temporarily}",
        },
        rfc="RFC 9110 §15.4",
    )
    answer.expect_location("/new", because=_why_not_there(answer, "/new"))


@exercise(
    points=2,
    hints=[
        "What did the ladder show: which method came to the second address, and how many bytes?",
        "Two of the five codes forbid the client to change the method.",
        "redirect('/new', code=...) with 307, if the move is for a while, or 308, if it is for good.",
    ],
)
def move_post(app: App) -> None:
    """POST /old answers 307 or 308 with a Location that leads to /new, where POST and the same JSON arrive."""
    one, two = random_words(2)
    for content in [
        {"name": one},
        *shuffled([{}, [one, two], {"name": two, "tags": [one], "n": random_number(2, 99)}]),
    ]:
        answer = app.post("/old", json=content)
        _expect_kept_post(answer, "/new")
        arrived = app.post("/new", json=content).expect(200, because="The client follows with POST, and /new takes it.")
        arrived.expect_json(
            {"method": "POST", "json": content},
            because="This page was given with the task, and it tells what arrived. Leave it as it is.",
        )


def _expect_kept_post(answer: Exchange, path: str) -> None:
    """Promise a redirect of a POST to ``path`` that no client may turn into a GET."""
    changed = (
        f"so {path} is asked with GET and no body: {{}} lets clients turn POST into GET (RFC 9110 {{}}), and requests "
        "does. 307 and 308 forbid it."
    )
    answer.expect(
        307,
        308,
        because="Only 307 and 308 make sure that the client sends the same method and the same content once more.",
        instead={
            200: "200: the client takes this for the end of its request, and never learns the new address.",
            201: "201: this address did the work itself. The task is to send the client on.",
            301: f"You answered 301, {changed.format('301', '§15.4.2')}",
            302: f"You answered 302, {changed.format('302', '§15.4.3')}",
            303: "303 means 'fetch the result there with GET': the method changes on purpose, and the body is dropped.",
        },
        rfc="RFC 9110 §15.4.8",
    )
    answer.expect_location(path, because=_why_not_there(answer, path))


@exercise(
    points=3,
    hints=[
        "The answer to the POST is a redirect. Which code tells the client to use GET there, whatever it used here?",
        "Store first, then count: the first order has the number 1, and its page is /orders/1.",
        "redirect(f'/orders/{number}', code=303) ends the POST. A second view answers GET /orders/<int:n>.",
    ],
)
def post_redirect_get(app: App) -> None:
    """POST /orders stores an order and answers 303 with Location /orders/<n>; GET of that page answers 200."""
    order = {"soup": random_word()}
    first = _expect_sent_on(app, {"json": order})
    found = re.fullmatch(r"/orders/([0-9]{1,9})", first.location or "")
    # An app that was asked before this check goes on counting.
    start = max(int(found[1]), 1) if found and not app.fresh else 1
    first.expect_location(
        f"/orders/{start}",
        because=(
            _why_not_there(first, "/orders/1")
            if not found
            else "The orders are numbered 1, 2, 3 ... If orders were sent to this app before, run its cell again first."
        ),
    )
    number = start
    for body in ({"json": order}, {}):
        number += 1
        _expect_page_named(app, body, number, "Every POST stores one order, and each order has the next number.")
    for place in shuffled([*range(start, number + 1)]):
        for _ in range(2):
            _expect_page(app, place).expect_same_head()
    jump = "Before this POST only pages were read. Reading stores nothing: this order has the next number."
    for body in shuffled([{"data": "soup=1", "headers": _FORM}, {"data": random_word()}, {"json": [random_word()]}]):
        number += 1
        _expect_page_named(app, body, number, jump)
        _expect_page(app, number)
        _expect_page(app, start)


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _expect_page_named(app: App, body: dict[str, Any], number: int, because: str) -> None:
    answer = _expect_sent_on(app, body)
    path = f"/orders/{number}"
    stays = answer.location is None or not answer.location.startswith("/orders/")
    answer.expect_location(path, because=_why_not_there(answer, path) if stays else because)


def _expect_sent_on(app: App, body: dict[str, Any]) -> Exchange:
    """Send an order, and promise 303."""
    answer = app.post("/orders", **body)
    any_body = "The task takes an order with any body, or none."
    sentences = {
        200: "200 makes this page the answer to the POST. A browser that reloads it orders once more.",
        201: "201 is a fine API answer. But here a browser that reloads would POST again. The task is "
        "post/redirect/get: 303.",
        301: "301 says that /orders itself has moved for good. The next order would not come here.",
        302: "302 happens to work in most clients: POST becomes GET 'for historical reasons'. 303 says it.",
        400: f"400: your app finds a fault in this request. {any_body}",
        415: f"415: your app wants a body of a certain kind. {any_body}",
        422: f"422: your app does not like this order. {any_body}",
    }
    if answer.code in (307, 308) and (answer.location or "").startswith("/"):
        # As the client does: the same request once more, at the other address.
        met = app.post(answer.location or "", **body).code
        sentences[answer.code] = (
            f"The client followed {answer.code} with a POST and met {met or 'no answer'}: 307 and 308 keep the method."
        )
    return answer.expect(
        303,
        because="303 says: the order is taken, now look at this page with GET. Then a reload is harmless.",
        instead=sentences,
        rfc="RFC 9110 §15.4.4",
    )


def _expect_page(app: App, number: int) -> Exchange:
    return app.get(f"/orders/{number}").expect(
        200,
        because="The POST sent the client to this page. It is there as often as the client likes.",
        instead={404: f"404: your Location named this page (order {number}), and it is not there."},
    )


@exercise(
    points=2,
    hints=[
        "requests follows by itself. Where does it keep the answers on the way?",
        "Each item of r.history is a response, with a status_code of its own. r is the last answer.",
        "A list of h.status_code for h in r.history, and r.status_code: these two make the tuple.",
    ],
)
def trail(trail: Function) -> None:
    """trail(url) follows redirects with GET and returns (codes of the redirects in order, final code)."""
    asked = list(_FOLLOWED)
    script: dict[str, Any] = {}
    with ScriptedServer(script) as server, ScriptedServer(script) as other:
        chains: list[tuple[list[int], int]] = [
            ([301, 302], 200),
            ([], 200),
            ([random_choice(asked)], 404),
            ([], 404),
            (shuffled(asked), 500),
            ([random_choice(asked) for _ in range(10)], 200),
            ([random_choice([302, 307])], 410),
        ]
        for codes, final in chains:
            _expect_trail(trail, server, _add_chain(script, codes, final, ""), codes, final)
        # The last step leads to another server.
        codes = shuffled([303, 308, 302])
        _expect_trail(trail, server, _add_chain(script, codes, 503, other.url), codes, 503)
        for final in (201, 300):
            start = f"/{random_word()}"
            script[start] = Scripted(final, "here", {"Location": f"/{random_word()}"})
            _expect_trail(trail, server, start, [], final)
        there = _add_chain(script, [], 200, "")
        changing = f"/{random_word()}"
        script[changing] = [
            Scripted(302, "", {"Location": there}),
            Scripted(403),
            Scripted(308, "", {"Location": there}),
        ]
        for codes, final in (([302], 200), ([], 403), ([308], 200)):
            _expect_trail(
                trail, server, changing, codes, final, "This URL answers differently each time: ask each time."
            )


def _add_chain(script: dict[str, Any], codes: list[int], final: int, last: str) -> str:
    """Script redirects with these codes, with relative addresses of three forms. ``last`` comes before the last one."""
    folder, other, *names = random_words(len(codes) + 3)
    start = here = f"/{folder}/{names[0]}"
    for place, (code, name) in enumerate(zip(codes, names[1:], strict=True)):
        if place % 3 == 0:
            # In another folder: the next address, a bare name, counts from there and not from the first URL.
            folder, other = other, folder
        location = [f"/{folder}/{name}", name, f"../{folder}/{name}"][place % 3]
        if place == len(codes) - 1 and last:
            location = f"{last}/{folder}/{name}"
        script[here] = Scripted(code, f"see {location}", {"Location": location})
        here = f"/{folder}/{name}"
    script[here] = Scripted(final, "the end")
    return start


def _expect_trail(
    trail: Function, server: ScriptedServer, path: str, codes: list[int], final: int, because: str = ""
) -> None:
    before = len(server.seen)
    result = trail(server.url + path)
    result.expect((codes, final), because=because or _why_no_trail(result, codes, final), rfc="RFC 9110 §15.4")
    methods = [seen.method for seen in server.seen[before:]]
    result.expect_that(
        methods and set(methods) == {"GET"},
        wanted="every request is a GET",
        because=f"At the server arrived: {', '.join(methods) or 'nothing'}. Ask with GET, at every call.",
    )


def _why_no_trail(result: Result, codes: list[int], final: int) -> str:
    """Say what came back in place of the trail."""
    got = result.value
    if result.raised:
        if "MissingSchema" in result.raised or "InvalidURL" in result.raised or "unknown url type" in result.error:
            return "A Location may be relative. It counts from the URL that was asked: put the two together."
        if "HTTPError" in result.raised:
            return f"A trail may end in {final}. That is its final code: return it, do not raise."
        if codes:
            return "Here is a chain of redirects to follow, one after the other."
        return f"There is nothing to follow here. The trail is empty, and the final code is {final}."
    if got is None:
        return "Your function returned None: return the tuple, do not print it."
    if not isinstance(got, tuple) or len(got) != 2:
        return "Return a tuple of two: the list of the codes on the way, and the final code."
    way, last = got
    if isinstance(last, Thing):
        return "The second part of the tuple is the final code, a number."
    if isinstance(way, (list, tuple)) and any(isinstance(one, Thing) for one in way):
        return "history holds Response objects; take their .status_code."
    if not isinstance(way, list):
        return "The first part of the tuple is a list, also when it is empty."
    if way == [*codes, final] and last == final:
        return "history must not contain the final response: the list holds the redirects, the number the end."
    if codes and last == codes[0] and way in ([], codes[:1]):
        return "You saw only the first answer. Follow on (or let requests follow and read r.history)."
    if any(isinstance(one, str) for one in [*way, last]):
        return "Codes are numbers: return them as int, not as text."
    if len(codes) > 1 and way == codes[::-1]:
        return "These are the right codes in the wrong order: the first redirect comes first."
    if codes and way == codes[: len(way)] and last == 404 != final:
        return "You came to an address that nobody named. A relative Location counts from the URL that was asked last."
    if len(way) < len(codes) and way == codes[: len(way)]:
        return f"You stopped too early: {len(codes)} redirects lie on this way."
    if not codes:
        return f"{final} sends nobody on. Here the list is empty, and the number is {final}."
    return "The list holds the code of every redirect on the way, in order, and the number is the code at the end."


@exercise(
    points=1,
    hints=[
        "Look at the first answer of each address, with allow_redirects=False. Which one is a redirect or a 404?",
        "A view may have two rules: write two decorators above it.",
        "Or let one rule take both forms: look for strict_slashes in Flask's documentation.",
    ],
)
def both_slashes(app: App) -> None:
    """POST /items and POST /items/ both answer 201, directly and without a redirect."""
    for body in ({}, {"json": {"name": random_word()}}, {}):
        for path in shuffled(["/items", "/items/"]):
            answer = app.post(path, **body)
            answer.expect(
                201, because="A client types the slash or does not. Both created an item.", instead=_slashes(answer)
            )


def _slashes(answer: Exchange) -> dict[int, str]:
    path, code = answer.sent.target, answer.code
    other = "/items" if path == "/items/" else "/items/"
    sentences = {}
    if "The requested URL was not found on the server" in answer.text:
        sentences[404] = (
            "POST /items/ is 404: a rule without a slash never matches an address with one."
            if path == "/items/"
            else "POST /items is 404: no rule of your app matches the address without a slash."
        )
    if code in _FOLLOWED and answer.location == other:
        lost = "and 301, 302 and 303 lose the POST" if code < 304 else "and many clients do not follow it with a POST"
        sentences[code] = (
            f"POST {path} is answered {code} to {other}. requests follows it with the body; many clients do not."
            if code == 308 and path == "/items"
            else f"{code}: a redirect made by hand is still a redirect, {lost}. Let both addresses reach the view."
        )
    return sentences


@exercise(
    points=3,
    hints=[
        "Draw both symptoms with show(). At which rung does the method change?",
        "redirect() was not told which code to send. Which one does it send then?",
        "307 or 308 as the code of both redirects. Everything else is right already.",
    ],
)
def repair_moved_away(app: App) -> None:
    """POST /recipes and POST /orders send the client on with POST and content to their new addresses."""
    with part():
        listed = _recipes(app)
        for title in random_words(2):
            recipe = {"title": title, "minutes": random_number(5, 90)}
            _expect_kept_post(app.post("/recipes", json=recipe), "/api/recipes")
            _expect_recipes(app, listed, "The old address only sends on. What it stores itself is stored twice.")
            _created(app.post("/api/recipes", json=recipe)).expect_json(recipe, because=_AS_BEFORE)
            listed = [*listed, recipe]
            _expect_recipes(app, listed, "The client has followed with its POST: one recipe more is there.")
    with part():
        order = {"name": random_word()}
        number = _created(app.post("/api/orders", json=order)).member("number")
        _expect_kept_post(app.post("/orders", json=order), "/api/orders")
        _created(app.post("/api/orders", json=order)).expect_json(
            {"order": order, "number": number + 1 if isinstance(number, int) else 2},
            because=f"{_AS_BEFORE} Each order has the next number, and a redirect is no order.",
        )


_AS_BEFORE = "The new addresses worked before the repair, and must still do."


def _created(answer: Exchange) -> Exchange:
    return answer.expect(201, because=_AS_BEFORE)


def _recipes(app: App) -> list[Any]:
    answer = app.get("/api/recipes").expect(200, because=_AS_BEFORE)
    answer.expect_json(where=lambda value: isinstance(value, list), wanted="a list", because=_AS_BEFORE)
    return list(answer.json)


def _expect_recipes(app: App, recipes: list[Any], because: str) -> None:
    app.get("/api/recipes").expect(200, because=_AS_BEFORE).expect_json(recipes, because=because)


Table = dict[str, dict[int, str]]
_WORDS = ["intact", "body lost", "method changed", "not followed"]


@exercise(
    points=3,
    challenge=True,
    hints=[
        "Two loops walk through all cells of one table. What do you compare in each cell?",
        "set(table[method][code] for table in tables.values()) has one member when all clients agree.",
        "Collect the cells with more than one word first. A code is the same everywhere when it is in none of them.",
    ],
)
def same_everywhere(same_everywhere: Function) -> None:
    """same_everywhere(tables) returns the codes at which all clients agree, and the cells at which they do not."""
    measured = _measured()
    browser = {method: {code: _browser(method, code) for code in _FOLLOWED} for method in measured["requests"]}
    _expect_same(same_everywhere, measured)
    _expect_same(same_everywhere, {**measured, "a browser": browser})
    _expect_same(same_everywhere, {"requests": measured["requests"]})
    for clients in (2, 3, 4):
        codes = shuffled([*_FOLLOWED, 300, 305])[: random_number(3, 6)]
        methods = shuffled(["GET", "POST", "PUT", "PATCH", "DELETE"])[: random_number(2, 4)]
        _expect_same(same_everywhere, _made_up(random_words(clients), methods, codes))
    # Nothing in common, and everything.
    words = shuffled(_WORDS)
    _expect_same(
        same_everywhere, {name: {"PUT": {302: word, 301: word}} for name, word in zip("abc", words, strict=False)}
    )
    _expect_same(same_everywhere, {name: {"PUT": {308: words[0], 307: words[1]}} for name in "ab"})


def _made_up(clients: list[str], methods: list[str], codes: list[int]) -> dict[str, Table]:
    """Return tables that agree in most cells; in which one they differ, and who differs, varies."""
    common = {method: {code: random_choice(_WORDS) for code in codes} for method in methods}
    tables = {client: {method: dict(common[method]) for method in shuffled(methods)} for client in clients}
    for code in codes[:-1]:
        method, client = random_choice(methods), random_choice(clients)
        tables[client][method][code] = random_choice([word for word in _WORDS if word != common[method][code]])
    return tables


def _expect_same(same_everywhere: Function, tables: dict[str, Table]) -> None:
    first = next(iter(tables.values()))
    codes = sorted({code for row in first.values() for code in row})
    cells = sorted(
        (method, code) for method in first for code in codes if len({t[method][code] for t in tables.values()}) > 1
    )
    same = [code for code in codes if code not in {code for _, code in cells}]
    result = same_everywhere(tables)
    result.expect((same, cells), because=_why_not_same(result, same, cells))


def _why_not_same(result: Result, same: list[int], cells: list[tuple[str, int]]) -> str:
    got = result.value
    if result.raised:
        return "These tables have the shape that the task names."
    if not isinstance(got, tuple) or len(got) != 2:
        return "Return a tuple of two: the list of codes, and the list of cells."
    if not isinstance(got[0], list) or not isinstance(got[1], list):
        return "Both parts of the tuple are lists, also when they are empty."
    if got[0] != same:
        if all(type(code) is int for code in got[0]) and sorted(got[0]) == same:
            return "These are the right codes. The smallest comes first."
        return "A code is the same everywhere when all clients agree at it in every row, not only in one."
    if not all(isinstance(cell, tuple) for cell in got[1]):
        return "A cell is a tuple: (method, code)."
    if all(cell in cells for cell in got[1]) and all(cell in got[1] for cell in cells):
        return "These are the right cells. Name each of them once, and sort them as sorted() does."
    return "A cell belongs in the second list when at least two clients, whichever they are, say different words there."


def _measured() -> dict[str, Table]:
    """Ask real clients what they make of redirects."""
    app = crossroads.create_app()
    with Server(app) as server:

        def by_requests(method: str, path: str) -> Any:
            return requests.request(method, server.url + path, data="soup", timeout=5).json()

        def by_test_client(method: str, path: str) -> Any:
            return app.test_client().open(path, method=method, data="soup", follow_redirects=True).json

        return {"requests": _table(by_requests), "the test client": _table(by_test_client)}


def _table(send: Callable[[str, str], Any]) -> Table:
    table: Table = {}
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        table[method] = {}
        for code in _FOLLOWED:
            arrived = send(method, f"/from/{code}")
            kept = "intact" if arrived["content"] == "soup" else "body lost"
            table[method][code] = kept if arrived["method"] == method else "method changed"
    return table


def _browser(method: str, code: int) -> str:
    """Say what a browser makes of a redirect (the Fetch standard, HTTP-redirect fetch)."""
    changed = code == 303 or (code in (301, 302) and method == "POST")
    return "method changed" if changed else "intact"
