"""The checks of the lesson on 500, 502, 503 and 504."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from checks import (
    App,
    Exchange,
    Function,
    Question,
    Scripted,
    ScriptedServer,
    Value,
    claim,
    closed_url,
    exercise,
    part,
    random_number,
    random_word,
    random_words,
    shuffled,
)

always_a_bug = Question(
    "Does 500 always mean a bug in your code?",
    choices=("yes", "no"),
    answer="no",
    because="Not one line of the view changed between the two answers: its database went away. So 500 is not always a "
    "mistake in the logic. But it is always a case that nobody handled.",
)

slow_service = Question(
    "The service behind you is too slow, and you stop waiting. Which code do you send?",
    choices=(500, 502, 503, 504),
    answer=504,
    because="504 Gateway Timeout: nothing came in time. 502 is for an answer that came and is of no use.",
)

client_timeout = Question(
    "Your own client stops waiting. Which code did it get?",
    choices=("408", "500", "504", "none"),
    answer="none",
    because="A status code is part of an answer, and no answer came. requests raised a timeout without a response.",
)

testing_crash = Question(
    "TESTING is True and the view crashes. What comes of app.test_client().get(...)?",
    choices=("a response with 500", "an exception"),
    answer="an exception",
    because="With TESTING on, Flask lets the exception through to the test: a test wants to see the mistake itself.",
)

returned_500_logged = Question(
    'Is `return "broken", 500` logged like an exception?',
    choices=("yes", "no"),
    answer="no",
    because="Flask logs what nobody caught. A 500 that you return yourself leaves no line, and no traceback.",
)

three_hops = Question(
    "The budgets are 2 s, 1 s and 0.5 s. What do the client, gateway A and gateway B get?",
    choices=("none, none, none", "504, 504, none", "504, 502, none", "502, 504, 504"),
    answer="504, 504, none",
    because="Gateway B gave up first, and said 504 while the others still listened. They passed it on.",
)

reversed_budgets = Question(
    "The budgets are 0.2 s, 1 s and 2 s. Which code does the client get?",
    choices=("502", "503", "504", "none"),
    answer="none",
    because="The client gave up before anybody behind it did. Whatever they say later, nobody reads it.",
)


@exercise(
    points=2,
    hints=[
        "When does the app have to look at STATE: once at its start, or at every request?",
        "The number goes second in the tuple, the header fields third.",
        'Retry-After counts seconds, and it is digits alone: {"Retry-After": "30"}.',
    ],
)
def maintenance(app: App, STATE: Value) -> None:  # noqa: N803
    """GET and HEAD /shop answer 503 with Retry-After: 30 while STATE['down'] is true, and 200 otherwise."""
    for place, down in enumerate((False, True, False, True, True, False)):
        _expect_shop(app, STATE, down, head_first=place in (3, 5))
    note = random_word()
    STATE.put(note, True)
    _expect_shop(app, STATE, False, head_first=False)
    STATE.remove(note)


def _expect_shop(app: App, state: Value, down: bool, head_first: bool) -> None:
    state.put("down", down)
    before = state.read()
    answers = [app.head, app.get] if head_first else [app.get, app.head]
    for ask in answers:
        answer = _expect_open_or_closed(ask("/shop"), down)
        if ask == app.head:
            answer.expect_no_content(because="HEAD never has content: a client takes it for the next answer.")
        state.expect(before, because="The app only reads STATE: the people who run the shop change it.")


def _expect_open_or_closed(answer: Exchange, down: bool) -> Exchange:
    if not down:
        return answer.expect(
            200,
            because="STATE['down'] is False now, so the shop is open. Read STATE at every request.",
            instead={503: "503, and the shop is open: this client goes away for nothing."},
        )
    answer.expect(
        503,
        because="STATE['down'] is True now: 503 Service Unavailable says that it will work again later.",
        instead={
            200: "200 while the shop is closed: monitors, caches and clients take this answer for the real page."
            + (" HEAD has to say what GET would say." if answer.sent.method == "HEAD" else ""),
            404: "404 says that there is no shop. There is one, and it opens again.",
            429: "429 says that this client sent too much. It did nothing wrong.",
            500: "500 means an unexpected condition. Maintenance is planned and temporary.",
            502: "502 is for a gateway whose server behind it answered nonsense. Here you are closed yourself.",
            504: "504 is for a gateway whose server behind it is late. Here you are closed yourself.",
        },
        rfc="RFC 9110 §15.6.4",
    )
    value = answer.header("Retry-After")
    if value is None:
        because = "503 without Retry-After: polite clients do not know when to come back."
    elif value.isdecimal():
        because = "The task promises 30 seconds, and a polite client waits exactly as long as you say."
    else:
        because = (
            "Retry-After is digits (seconds) or an HTTP-date, and this task asks for the seconds: 30. Some clients "
            "raise an exception when it is anything else."
        )
    return answer.expect_header(
        "Retry-After", where=lambda text: text == "30", wanted="30", because=because, rfc="RFC 9110 §10.2.3"
    )


# Gateways.

_JSON = {"Content-Type": "application/json"}
_PAGE = "<!doctype html><title>Oops</title><h1>Something went wrong</h1>"
# Longer than the 0.3 s that a gateway waits, so that a gateway that waits too long gets an answer and shows it.
_TOO_LONG = 0.7

_USELESS = {
    "a page of HTML": Scripted(200, _PAGE),
    "nothing: 0 bytes": Scripted(200, b""),
    "HTML that is announced as JSON": Scripted(200, _PAGE, _JSON),
    "JSON that breaks off": Scripted(200, '{"price": ', _JSON),
}


class _Behind:
    """The service behind a gateway: ``answer`` is what it says from now on."""

    def __init__(self, upstream: Value) -> None:
        self.answer = Scripted(404)
        self.upstream = upstream
        self.path = "/" + "/".join(random_words(2))
        self.server = ScriptedServer({self.path: lambda seen: self.answer})

    def says(self, answer: Scripted, query: str = "?currency=EUR") -> None:
        """Let the service say something else."""
        self.answer = answer
        self.server.forget()
        self.upstream.assign(f"{self.server.url}{self.path}{query}")

    def why(self, because: str) -> str:
        """Return a reason, and before it what is known when the service was not asked as the task says."""
        if any(seen.path == self.path for seen in self.server.seen):
            return because
        return f"The service saw no request for this URL: UPSTREAM is complete, and read at every request. {because}"


def _price() -> dict[str, Any]:
    return {"price": random_number(1, 900) / 4, "article": random_word(), "tags": ["ä", None, True]}


def _expect_price(app: App, behind: _Behind, content: dict[str, Any]) -> None:
    # Without a query, what an answer adds to the URL goes to another path.
    behind.says(Scripted(200, content), query="")
    answer = app.get("/price")
    answer.expect(
        200,
        because=behind.why(
            "The service answered 200 and JSON at once, so the client gets it."
            if content
            else "The service answered 200 and {}. An empty object is JSON as well, so the client gets it."
        ),
        wanted="200 (the service sends JSON)",
        rfc="RFC 9110 §15.3.1",
    )
    answer.expect_json(content, because="The client wants exactly the JSON that the service sends at this request.")
    answer.expect_same_head()


def _expect_slightly_late_price(app: App, behind: _Behind) -> None:
    content = _price()
    behind.says(Scripted(200, content, wait=0.1))
    answer = app.get("/price")
    if answer.code == 504:
        # A busy machine can be slow once.
        answer = app.get("/price")
    answer.expect(
        200,
        because="The task gives the service 0.3 s, and it needed only 0.1 s: this is a good answer.",
        wanted="200 (the service sends JSON after 0.1 s)",
    )
    answer.expect_json(content, because="The client gets the JSON of the service.")


def _expect_late(app: App, behind: _Behind) -> None:
    behind.says(Scripted(200, _price(), wait=_TOO_LONG))
    answer = app.get("/price")
    escaped = "The exception of the slow call escaped. " if answer.crash and "Timeout" in answer.crash.kinds[0] else ""
    waited = (
        "You waited for the slow service: without timeout=0.3 a gateway hangs as long as the service behind it, and "
    )
    waited = f"{waited}so do its clients." if behind.server.seen else "200 without a word from the service."
    answer.expect(
        504,
        because=behind.why("The service did not answer within 0.3 s: 504 says that somebody behind you is late."),
        instead={
            200: waited,
            500: f"The slow service gave 500. {escaped}500 says 'I am broken', and you are not.",
            502: "The slow service gave 502: late is 504, wrong is 502.",
            503: "503 says that you yourself are overloaded or closed. You are fine.",
            408: "408 blames the client for being slow. The client did its part.",
        },
        wanted=f"504 (the service needs {_TOO_LONG} s)",
        rfc="RFC 9110 §15.6.5",
    )
    answer.expect_same_head()


def _expect_bad_gateway(app: App, behind: _Behind, what: str, answer: Scripted) -> Exchange:
    behind.says(answer)
    got = app.get("/price")
    return got.expect(
        502,
        because=behind.why(f"The service sent {what}. An answer that is of no use to you is 502."),
        instead={
            200: "200 for an answer that holds no price: the client takes it for one, and monitoring counts a success.",
            500: f"The service sent {what}, and your gateway answered 500: the client blames you for it.",
            503: "503 says that you yourself are overloaded or closed. You are fine.",
            504: "504 says that nothing came in time. Something came in time: late is 504, wrong is 502.",
            **dict.fromkeys(
                (400, 401, 403, 404, 429),
                f"{got.code} tells your client that it made a mistake. It did not: do not send 4xx for a problem "
                "between servers.",
            ),
        },
        wanted=f"502 (the service sends {what})",
        rfc="RFC 9110 §15.6.3",
    )


def _expect_unreachable(app: App, behind: _Behind) -> None:
    url = closed_url()
    behind.upstream.assign(url + "/price")
    answer = app.get("/price")
    # Some systems try for seconds before they say that nobody listens: then it is a timeout for everybody.
    codes = (502,) if _refuses_at_once(url) else (502, 504)
    answer.expect(
        *codes,
        because="Nobody listens at UPSTREAM. You are a gateway that cannot reach its server: 502.",
        instead={
            200: "200 with nobody to ask: this price is an old one, or an invented one.",
            500: "Nobody listens at UPSTREAM, and you answered 500. 500 says 'I am broken', and you are not.",
            503: "503 says that you yourself are overloaded or closed. You are fine: the server behind you is not.",
            504: "504 says that nothing came in time. Here the refusal came at once: you cannot reach the server, 502.",
        },
        wanted=f"{' or '.join(map(str, codes))} (nobody listens at UPSTREAM)",
        rfc="RFC 9110 §15.6.3",
    )
    answer.expect_same_head()


def _refuses_at_once(url: str) -> bool:
    address = urlsplit(url)
    try:
        with suppress(ConnectionRefusedError):
            socket.create_connection((str(address.hostname), address.port or 80), timeout=0.2).close()
    except OSError:
        return False
    return True


@exercise(
    points=4,
    hints=[
        "Three things can go wrong between you and the service. Which exception does requests raise for each of them?",
        "requests.Timeout is for 'too late'. response.json() raises requests.JSONDecodeError. All of them are "
        "requests.RequestException.",
        "The order of the except clauses counts: Timeout is a RequestException too, so it has to come first.",
        "Inside try: requests.get(UPSTREAM, timeout=0.3).json(). Then except requests.Timeout with 504, and "
        "except requests.RequestException with 502.",
    ],
)
def gateway(app: App, UPSTREAM: Value) -> None:  # noqa: N803
    """GET /price asks UPSTREAM for 0.3 s at most: 200 and its JSON, 504 when it is late, 502 when it is wrong."""
    behind = _Behind(UPSTREAM)
    with behind.server:
        _expect_price(app, behind, _price())
        _expect_price(app, behind, _price())
        _expect_late(app, behind)
        _expect_unreachable(app, behind)
        for what, answer in _USELESS.items():
            _expect_bad_gateway(app, behind, what, answer)
        _expect_bad_gateway(app, behind, "a text", Scripted(200, random_word())).expect_same_head()
        _expect_price(app, behind, {})
        _expect_slightly_late_price(app, behind)


@exercise(
    points=1,
    hints=[
        "Ask of every code: will the same request, sent again a little later, get another answer?",
        "Four codes say 'not now'. One of them is a 4xx.",
        "The name of a set of four numbers, and `in`: that is one line.",
    ],
)
def retryable(retryable: Function) -> None:
    """retryable(code) returns True for 429, 502, 503 and 504, and False for what the same request cannot cure."""
    for code in shuffled([429, 502, 503, 504]):
        retryable(code).expect(True, because=_WORTH_IT[code])
    for code in [400, *shuffled([401, 403, 404, 405, 409, 410, 415, 422])]:
        again = f"{code}: sending the same request again gives the same answer ({code} today, {code} tomorrow)."
        retryable(code).expect(False, because=f"{again} Something has to change first.")
    retryable(501).expect(
        False, because="501: the server does not know how to do this, and it will not learn it while you wait."
    )
    for code in [200, *shuffled([201, 202, 204, 206, 226, 299]), *(random_number(200, 299) for _ in range(2))]:
        retryable(code).expect(False, because=f"{code} is a success: a repeated request could do the work twice.")
    for code in [302, *shuffled([300, 301, 303, 304, 307, 308, 399]), *(random_number(300, 399) for _ in range(2))]:
        retryable(code).expect(
            False, because=f"{code} asks for a different step. The same request to the same address changes nothing."
        )
    for code in shuffled([429, 503]):
        retryable(code).expect(True, because=f"{_WORTH_IT[code]} It is so at every call.")


_WORTH_IT = {
    429: "429 is 4xx but temporary: wait (Retry-After) and try again.",
    502: "502: the server behind the gateway stumbled. It may be back in a moment.",
    503: "503 says it in its name: unavailable now, and probably not for long.",
    504: "504: the server behind the gateway was late this once.",
}


@exercise(
    points=2,
    hints=[
        "TESTING switches something else on. What does it change when an exception leaves a view?",
        "Flask's documentation lists a configuration value whose name begins with PROPAGATE.",
        "Its default None means: as TESTING or DEBUG say. True and False decide it alone.",
    ],
)
def testing_a_crash(app: App) -> None:
    """With TESTING on, a crash of any view gives app.test_client() a response with 500 and no exception."""
    testing, debug, views = app.value("testing"), app.value("debug"), app.value("view_functions")
    client = app.function("test_client")

    def expect_500(path: str, because: str) -> None:
        result = client(then=("get", (path,)))
        if result.raised:
            because = f"{because} {_why_it_escapes(debug.read() is True)}"
        result.expect_that(
            result.detail("status_code") == 500, wanted="a response with status 500", because=because.strip()
        )

    def still_testing() -> None:
        testing.expect(True, because="TESTING must stay True: other tests and extensions rely on it.")

    still_testing()
    for _ in range(2):
        expect_500("/boom", "A test wants to look at what a client would get, and a client gets 500.")
    # Flask's own view for static files is the one view of every app that nobody here needs.
    views.remove("static")
    for kind in ("KeyError", "TypeError"):
        file = f"/static/{random_word()}.css"
        result = client(then=("get", (file,)))
        if result.detail("status_code") != 404:
            result.expect_that(
                result.detail("status_code") == 500,
                wanted="a response with status 500",
                because=f"The check broke another view, the one for /static, so that it raises {kind}. The task "
                "promises 500 for a crash of any type in any view, and not for one exception alone.",
            )
        views.put("static", "no function")
    expect_500("/boom", "It is so at every request.")
    still_testing()


def _why_it_escapes(debug: bool) -> str:
    if debug:
        return (
            "It still raises, and debug re-raises too: TESTING and DEBUG both switch propagation on. There is a "
            "setting that decides alone."
        )
    return "With TESTING on, Flask re-raises before a handler for 500 gets a chance. One setting decides that."


@exercise(
    points=4,
    hints=[
        "Give your mended gateway a slow service, a service that is off, and a page of HTML. What does each one raise?",
        "Every code of the service other than 200 is the same case for you: an answer that is of no use.",
        "raise_for_status() says nothing about 204 or 302. Compare status_code with 200 yourself.",
        "Put the whole conversation into try: the call with timeout=0.3, the look at the code, and .json().",
    ],
)
def repair_naive_gateway(app: App, UPSTREAM: Value) -> None:  # noqa: N803
    """GET /price never blames itself, or its client, for what the service behind it does."""
    behind = _Behind(UPSTREAM)
    with behind.server:
        with part():
            _expect_late(app, behind)
            _expect_price(app, behind, _price())
        with part():
            _expect_unreachable(app, behind)
            _expect_price(app, behind, _price())
        with part():
            for what, answer in _USELESS.items():
                _expect_bad_gateway(app, behind, what, answer)
            _expect_price(app, behind, {})
        with part():
            for code in [401, *shuffled([404, 429, 500, 503])]:
                _expect_bad_gateway(app, behind, f"{code} and JSON", Scripted(code, {"error": random_word()}))
            for code in shuffled([204, 403, 502]):
                _expect_bad_gateway(app, behind, f"{code} and no JSON", Scripted(code, "" if code == 204 else _PAGE))
            _expect_price(app, behind, _price())


@exercise(
    points=3,
    hints=[
        "Which exception does request.form['dish'] raise? Look at it with debug on and with debug off.",
        "Where debug is on, Flask shows that exception to the developer. You can keep it from coming up, or catch it.",
        "request.form.get('dish') raises nothing: it gives None. A handler for 400 is another way.",
    ],
)
def repair_debug_in_class(app: App) -> None:
    """POST /orders answers 400 for a missing field and 201 for a whole order, with debug on and with debug off."""
    config = app.value("config")
    refused: set[int] = set()
    try:
        for debug in (True, False):
            with part():
                config.put("DEBUG", debug)
                claim(
                    True, asked=f'app.config["DEBUG"] = {debug}', got="set by the check", wanted="the same", because=""
                )
                _expect_orders(app, debug, refused)
    finally:
        config.put("DEBUG", False)


def _expect_orders(app: App, debug: bool, refused: set[int]) -> None:
    dish, guest = random_words(2)
    order = {"dish": dish, "table": str(random_number(1, 99))}
    _order(app, order).expect(201, because="The order is whole, so it is taken.").expect_json(
        order, because="The answer shows the order that was taken."
    )
    for fields in ({"table": order["table"]}, {"dish": dish}, {}, {"guest": guest}):
        answer = _order(app, fields)
        missing = " and ".join(name for name in order if name not in fields)
        trapped = answer.crash is not None and "BadRequestKeyError" in answer.crash.kinds and debug
        answer.expect(
            400,
            422,
            because=f"This order has no {missing}. Only 4xx tells the client that it can mend its request.",
            instead={
                500: "The client left out a field, and you say that it is the server's fault."
                + (
                    " To switch debug off in the cell would cure one machine only: whoever starts the app decides "
                    "about it, for example with FLASK_DEBUG=1."
                    if trapped
                    else ""
                ),
                201: "201 for an order that nobody can bring.",
            },
            rfc="RFC 9110 §15.5.1",
        )
        refused.add(answer.code)
        answer.expect_that(
            len(refused) == 1,
            wanted="the same code for every incomplete order",
            because="Two codes for the same mistake: a client would have to know which machine it talks to.",
        )


def _order(app: App, fields: dict[str, str]) -> Exchange:
    text = "&".join(f"{name}={value}" for name, value in fields.items())
    return app.post("/orders", data=text, headers={"Content-Type": "application/x-www-form-urlencoded"})


@exercise(
    points=4,
    challenge=True,
    hints=[
        "What has to be remembered between two requests? Two things are enough: how many failures came in a row, and "
        "since when the breaker is open.",
        "Look at the breaker before you call the service, and change it after you know what came of the call.",
        "While it is open, the seconds left are opened_at + 10 - CLOCK['now']. When they are 0 or less, try.",
        "A failed try sets opened_at to now. A good one sets the count to 0 and opened_at to None.",
    ],
)
def circuit_breaker(app: App, UPSTREAM: Value, CLOCK: Value) -> None:  # noqa: N803
    """After three failures in a row, GET /price answers 503 with Retry-After and leaves the service alone for 10 s."""
    behind = _Behind(UPSTREAM)
    with behind.server:
        # Later than whatever an earlier run of this check has left behind.
        breaker = _Breaker(app, behind, CLOCK, start=_seconds(CLOCK) + 1_000)
        breaker.succeeds("At the start the breaker is closed, and a good answer keeps it so.")
        breaker.fails(2)
        breaker.succeeds("Two failures are not three.")
        breaker.fails(2, "A good answer came in between, so the count is back at 0: these are not three in a row.")
        breaker.succeeds("A good answer came in between: four failures, but never three in a row.")
        breaker.fails(3, late=True)
        breaker.refuses()
        breaker.wait(4)
        breaker.refuses(recovered=True)
        breaker.wait(5)
        breaker.refuses()
        breaker.wait(1)
        breaker.fails(1, "The 10 seconds are over: now one request has to try the service.")
        breaker.refuses(after_try=True)
        breaker.wait(random_number(7, 9))
        breaker.refuses(after_try=True)
        breaker.wait(10)
        breaker.succeeds("The 10 seconds are over, and the service is well again: this try closes the breaker.")
        breaker.fails(2, "The try was good, so the breaker is closed, and its count starts at 0.")
        breaker.succeeds("Since the breaker was closed, only two failures came.")
        breaker.fails(3)
        breaker.refuses()


def _seconds(clock: Value) -> int:
    value = clock.read()
    now = value.get("now") if isinstance(value, dict) else None
    if type(now) is int:
        return now
    because = "CLOCK is given, and only the check changes it: keep its name and its form."
    clock.expect_that(lambda found: False, wanted="{'now': seconds}", because=because)
    return 0


class _Breaker:
    """The breaker of an answer, and when it opened."""

    def __init__(self, app: App, behind: _Behind, clock: Value, start: int) -> None:
        self._app = app
        self._behind = behind
        self._clock = clock
        self._opened = start
        self._now = 0
        self.wait(start)

    def wait(self, seconds: int) -> None:
        """Move the clock forward."""
        self._now += seconds
        self._clock.put("now", self._now)

    def succeeds(self, because: str) -> None:
        """Promise a price, and one call to the service."""
        content = _price()
        answer = self._ask(Scripted(200, content), because, "200 (the service sends JSON)", 200)
        answer.expect_json(content, because="The client gets the JSON of the service.")

    def fails(self, times: int, because: str = "The breaker is closed.", late: bool = False) -> None:
        """Promise failures that the service causes, each with one call to it."""
        for number in range(times):
            if late and number == times - 1:
                self._ask(Scripted(200, _price(), wait=_TOO_LONG), because, f"504 (it needs {_TOO_LONG} s)", 504)
            elif number % 2:
                self._ask(Scripted(500, {"error": random_word()}), because, "502 (the service sends 500)", 502)
            else:
                self._ask(Scripted(200, _PAGE), because, "502 (the service sends HTML)", 502)
        self._opened = self._now

    def _ask(self, says: Scripted, because: str, wanted: str, code: int) -> Exchange:
        self._behind.says(says)
        answer = self._app.get("/price")
        calls = len(self._behind.server.seen)
        if not self._behind.server.seen and answer.code not in (501, 503):
            because = self._behind.why(because)
        answer.expect(code, because=because, instead=_INSTEAD_OF_ASKING, wanted=wanted)
        return answer.expect_that(
            calls == 1,
            wanted="one call to the service",
            because=f"The service was called {calls} times for one GET. {because}",
        )

    def refuses(self, recovered: bool = False, after_try: bool = False) -> None:
        """Promise 503, the seconds that are left, and that the service is left alone."""
        self._behind.says(Scripted(200, _price()) if recovered else Scripted(200, _PAGE))
        why = "The try after 10 s failed" if after_try else "Three failures came in a row"
        left = self._opened + 10 - self._now
        for _ in range(2):
            answer = self._app.get("/price")
            answer.expect_that(
                not self._behind.server.seen,
                wanted=f"no call to the service (open, {left} s are left)",
                because=f"{why}, so the breaker is open, and CLOCK['now'] says that {left} s are left. The service was "
                "called all the same: it never gets the rest it needs.",
            )
            answer.expect(
                503,
                because=f"{why}, so you do not even try for now: 503 says 'not now', and that you know it.",
                instead={
                    502: "502 speaks of an answer that came. The service was not asked.",
                    504: "504 speaks of an answer that did not come in time. The service was not asked.",
                },
                rfc="RFC 9110 §15.6.4",
            )
            answer.expect_header(
                "Retry-After",
                where=lambda text: text == str(left),
                wanted=str(left),
                because=f"CLOCK['now'] says that the breaker tries again in {left} s, and Retry-After tells the client "
                "to come back then.",
                rfc="RFC 9110 §10.2.3",
            )


_INSTEAD_OF_ASKING = {
    503: "503, but now the service has to be asked.",
    500: "500 says that you are broken yourself. It is the service that fails.",
}
