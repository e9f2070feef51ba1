"""The checks of the lesson on 429, Retry-After and retries."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from email.utils import formatdate
from typing import Any

from checks import (
    App,
    Exchange,
    Function,
    Question,
    Result,
    Scripted,
    ScriptedServer,
    Seen,
    Thing,
    Value,
    claim,
    exercise,
    part,
    random_number,
    random_word,
    random_words,
    same_json,
    shuffled,
)

plain_adapter = Question(
    "HTTPAdapter(max_retries=3) gets a 429 with Retry-After: 1. What does it do?",
    choices=("returns the 429", "asks again at once", "waits and asks again"),
    answer="waits and asks again",
    because="The number becomes a Retry(3), and a Retry obeys Retry-After after 413, 429 and 503.",
)

repeated_methods = Question(
    "Retry(total=1, status_forcelist=[503]) meets a 503. Which methods does it repeat?",
    choices=("all", "all but POST and PATCH", "GET and HEAD alone"),
    answer="all but POST and PATCH",
    because="These are the idempotent ones (RFC 9110 §9.2.2): done twice, they have the effect of once.",
)

first_wait = Question(
    "backoff_factor=0.2: how many seconds does Retry wait before its first repetition?",
    choices=(0.0, 0.2, 0.4),
    answer=0.0,
    because="urllib3 repeats the first time at once. Only from the second time on it waits: 0.4, 0.8, 1.6 ...",
)

half_second = Question(
    "A server sends Retry-After: 0.5. What does requests with a Retry do?",
    choices=("waits half a second", "ignores it", "raises an exception"),
    answer="raises an exception",
    because="The value is whole seconds in digits, or a date (RFC 9110 §10.2.3). This one is neither: InvalidHeader.",
)

orders_after_retry = Question(
    "The shop stored the order, then answered 503, and the client repeats the POST. How many orders are there?",
    choices=(0, 1, 2),
    answer=2,
    because="A 503 does not say that nothing happened. The client cannot know, so a POST must not be repeated blindly.",
)


# A server that limits its clients.

_TOLD = {"1": 1, "2": 2}
_CALLS = 7


@exercise(
    points=4,
    hints=[
        "What must the app remember from one request to the next? The times of the answers 200 are enough.",
        "time.monotonic() gives seconds that only run forward. Drop times that are a second old, and count the rest.",
        "Remember a time only when you answer 200. If three are younger than a second: body, 429, headers.",
        'The refusal: return {"error": "..."}, 429, {"Retry-After": "1"}. The digits are whole seconds.',
    ],
)
def rate_limit(app: App) -> None:
    """GET /api answers 200 at most three times per second, then 429 with Retry-After: 1 (or 2) and a JSON body."""
    generous = 0
    fresh = app.fresh
    for turn in range(3):
        # A fixed window may end between two calls and let more of them pass, but not in every turn.
        passed, seconds = _ask_quickly(app, turn, fresh)
        generous += passed > 3
        if generous == 2:
            claim(
                False,
                asked="GET /api, several times within one second",
                got=f"{passed} times 200",
                wanted="200 at most three times",
                because="The limit lets too much through, and not only once. What it protects breaks.",
                rfc="RFC 6585 §4",
            )
        if turn and passed <= 3:
            return
        time.sleep(seconds + 0.05)


def _ask_quickly(app: App, turn: int, fresh: bool) -> tuple[int, int]:
    """Ask until two calls after the first refusal; return how many passed within a second, and the told wait."""
    sent: list[float] = []
    received: list[float] = []
    seconds = calls_after = 0
    for call in range(1, _CALLS + 1):
        # A limit per address or for all must not care how a client calls itself.
        headers = {"User-Agent": random_word()} if turn else {}
        started = time.monotonic()
        answer = app.get("/api", headers=headers)
        if call <= 3 and (turn or fresh):
            _expect_kept_promise(answer, call, turn)
        elif call == _CALLS and not seconds:
            _expect_refusal(answer, turn)
        else:
            _expect_either(answer)
        if answer.code == 200:
            sent.append(started)
            received.append(time.monotonic())
        else:
            seconds = _told(answer)
        calls_after += bool(seconds)
        if calls_after == 3:
            break
    return max((_within_a_second(start, received) for start in sent), default=0), seconds


def _expect_either(answer: Exchange) -> None:
    answer.expect(
        200,
        429,
        because="This client asks too often: 429 Too Many Requests.",
        instead={
            503: "503 says the server is in trouble. Here this client asks too often: 429.",
            403: "403 says that this client may not ask at all. It may, only not so often: 429.",
        },
        rfc="RFC 6585 §4",
    )


def _within_a_second(start: float, received: Sequence[float]) -> int:
    return sum(start <= moment < start + 0.95 for moment in received)


def _expect_kept_promise(answer: Exchange, call: int, turn: int) -> None:
    if not turn:
        because = f"Three calls per second are allowed. This was number {call} of a client that never asked before."
        early = "429 for a client that has done nothing wrong."
    elif call == 1:
        because = "The client waited as told and was refused again: you have not kept your promise."
        early = "429, although the wait is over."
    else:
        because = f"The client waited as told, and then three calls work again. This was number {call}."
        early = "429 too early."
    answer.expect(200, because=because, instead={429: early}, rfc="RFC 9110 §10.2.3" if turn else "")


def _expect_refusal(answer: Exchange, turn: int) -> None:
    because = (
        "Now every call had another User-Agent. They still came from one address, and the limit did not hold."
        if turn
        else "Seven calls in a row, and none was refused. After three within a second the next one gets 429."
    )
    answer.expect(429, because=because, instead={200: "200 once more."}, rfc="RFC 6585 §4")


def _told(answer: Exchange) -> int:
    """Promise an honest refusal and return its Retry-After."""
    value = answer.header("Retry-After")
    if value is None:
        because = "429 with no Retry-After: the client must guess when to come back."
    elif value.isascii() and value.isdigit():
        because = (
            "A client waits as long as you say. 0 would mean: come back at once. And with a limit per second nobody "
            "has to stay away for longer than 1 s, or 2 to be safe."
        )
    else:
        because = (
            f"Retry-After '{value[:40]}': HTTP knows whole seconds only (1*DIGIT) or an HTTP-date, and this task asks "
            "for the seconds 1 or 2. Some clients raise an exception for anything else."
        )
    answer.expect_header(
        "Retry-After", where=lambda text: text in _TOLD, wanted="1 or 2", because=because, rfc="RFC 9110 §10.2.3"
    )
    answer.expect_json(
        error=True,
        because="The answer SHOULD say in its content what is wrong, for programs in JSON.",
        rfc="RFC 6585 §4",
    )
    return _TOLD[str(value)]


# Clients, judged by what a server saw.

_Answer = int | tuple[int, str]


class _Desk:
    """A server whose every path has a script of its own. Every answer has another content."""

    def __init__(self) -> None:
        self._script: dict[str, Any] = {}
        self._server = ScriptedServer(self._script)

    def __enter__(self) -> _Desk:
        self._server.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._server.__exit__(*error)

    def page(self, *answers: _Answer) -> _Page:
        """Add a path with these answers: codes, or codes with a Retry-After."""
        path = f"/{random_word()}"
        while path in self._script:
            path = f"/{random_word()}"
        self._script[path] = _scripted(answers)
        return _Page(self._server, path, answers)


def _scripted(answers: Sequence[_Answer]) -> list[Scripted]:
    pairs = [answer if isinstance(answer, tuple) else (answer, "") for answer in answers]
    return [
        Scripted(code, {"answer": number}, {"Retry-After": told} if told else {})
        for number, (code, told) in enumerate(pairs, start=1)
    ]


class _Page:
    """One path of a desk, and what arrived there."""

    def __init__(self, server: ScriptedServer, path: str, answers: Sequence[_Answer]) -> None:
        self._server = server
        self._path = path
        self.url = server.url + path
        self.codes = [answer[0] if isinstance(answer, tuple) else answer for answer in answers]
        self.script = ", ".join(map(_told_words, answers))

    @property
    def seen(self) -> list[Seen]:
        """Return the requests so far."""
        return [seen for seen in self._server.seen if seen.path == self._path]

    def expect_requests(
        self, count: int, because: str, method: str = "GET", rfc: str = "", expected_any: bool = True
    ) -> None:
        """Promise how many requests arrived so far, all with this method."""
        methods = [seen.method for seen in self.seen]
        asked = f"what arrived at a page whose answers are {self.script}"
        got = ", ".join(f"{methods.count(name)} x {name}" for name in sorted(set(methods))) or "nothing"
        kept = methods == [method] * count
        if expected_any and not methods:
            because = "Nothing arrived at this URL."
        if set(methods) - {method}:
            because = f"The task asks for {method}, and other requests arrived."
        claim(kept, asked=asked, got=got, wanted=f"{count} x {method}", because=because, rfc=rfc)

    def expect_last(self, result: Result, because: str = "") -> None:
        """Promise that a call returned the response to the last request that arrived."""
        number = len(self.seen)
        code = self.codes[min(number, len(self.codes)) - 1]
        result.expect_that(
            _is_response(result),
            wanted="a requests.Response",
            because="Return the response itself, also when it is a failure.",
        )
        result.expect_that(
            result.detail("status_code") == code and _content(result) == {"answer": min(number, len(self.codes))},
            wanted=f"the response to request number {number}",
            because=because or "The caller wants to know how it ended: return the last response.",
        )


def _told_words(answer: _Answer) -> str:
    return f"{answer[0]} (Retry-After: {answer[1]})" if isinstance(answer, tuple) else str(answer)


def _is_response(result: Result) -> bool:
    return isinstance(result.value, Thing) and "Response" in result.value.kinds


def _content(result: Result) -> Any:
    try:
        return json.loads(result.detail("text"))
    except (TypeError, ValueError):
        return None


def _expect_return(result: Result) -> Result:
    return result.expect_that(True, wanted="a requests.Response", because="The caller wants a response.")


@exercise(
    points=3,
    hints=[
        "Which answers are worth another request, and how many requests are there at most?",
        "A loop that runs three times: ask; return if there is no reason to ask again; wait.",
        "response.headers.get('Retry-After', 1) is a text or the number 1. int() takes both, time.sleep() waits.",
    ],
)
def polite_client(polite_get: Function) -> None:
    """polite_get(url) waits as told after 429 and 503, three requests at most, and returns the last response."""
    with _Desk() as desk:
        others = [500, (502, "1"), *shuffled([200, (202, "1"), 201, 400, 404, 501, (504, "1")])]
        for answer in others:
            page = desk.page(answer, 200)
            result = _expect_return(polite_get(page.url))
            page.expect_requests(1, f"You retried a {page.codes[0]}: only 429 and 503 were asked for.")
            page.expect_last(result)
        # What a client does with 0 is not part of the task. But after a 200 nobody asks again.
        page = desk.page((429, "0"), 200)
        polite_get(page.url)
        if len(page.seen) > 2:
            page.expect_requests(2, "You asked again after a 200. Look at the code of every answer, not of the first.")
        _expect_patience(polite_get, desk)


def _expect_patience(polite_get: Function, desk: _Desk) -> None:
    for attempt in range(2):
        page = desk.page((429, "2"), 503, 503, 200)
        result = _expect_return(polite_get(page.url))
        times = [seen.at for seen in page.seen]
        waits = [after - before for before, after in zip(times, times[1:], strict=False)]
        if attempt or not any(map(_too_long, waits, (2, 1))):
            break
    why = {
        1: "You gave up at the first 429.",
        2: "You gave up at the 503 that came second: 429 and 503 both say 'later', and three requests are allowed.",
    }
    page.expect_requests(3, why.get(len(times), "Three requests at most: a client that never gives up is a burden."))
    _expect_wait(waits[0], 2, "the server asked for 2 s", "after the 429 with Retry-After: 2")
    _expect_wait(
        waits[1], 1, "there was no Retry-After, and then the task says 1 s", "after the 503 without Retry-After"
    )
    page.expect_last(result)


def _too_long(wait: float, told: int) -> bool:
    return wait > told + 0.95


def _expect_wait(wait: float, told: int, why: str, when: str) -> None:
    if wait < 0.2:
        got, because = "none", f"You tried again at once: {why}."
    elif wait < told - 0.05:
        got, because = f"shorter than {told} s", f"You came back too early: {why}."
    else:
        got, because = f"longer than {told} s", f"You waited too long: {why}."
    kept = told - 0.05 <= wait <= told + 0.95
    claim(
        kept,
        asked=f"the wait {when}",
        got=f"{told} s" if kept else got,
        wanted=f"{told} s",
        because=because,
        rfc="RFC 9110 §10.2.3",
    )


@exercise(
    points=3,
    hints=[
        "HTTPAdapter takes a Retry as max_retries: from urllib3.util.retry import Retry.",
        "Which codes to repeat is status_forcelist. How often is total: the repetitions, without the first request.",
        "When the repetitions are used up, Retry raises, unless raise_on_status=False.",
        "session.mount('http://', HTTPAdapter(max_retries=retry)) puts it in place. Leave allowed_methods alone.",
    ],
)
def retry_session(session: Function) -> None:
    """session() returns a requests.Session that repeats a GET up to three times after 502, 503 and 504."""
    made = session()
    is_session = isinstance(made.value, Thing) and "Session" in made.value.kinds
    made.expect_that(is_session, wanted="a requests.Session", because="The caller wants to call .get() and .post().")
    with _Desk() as desk:
        _expect_repeated(session, desk, 503, 503, 200)
        for code in shuffled([502, 503, 504]):
            page = desk.page(code, 201)
            result = _expect_return(session(then=("post", (page.url,))))
            page.expect_requests(
                1,
                f"The POST was sent {len(page.seen)} times: two orders for one click. (allowed_methods=None repeats "
                "every method.)",
                method="POST",
                rfc="RFC 9110 §9.2.2",
            )
            page.expect_last(result)
        _expect_repeated(session, desk, 502, 503, 504, 502, 200)
        for code in [500, *shuffled([200, 400, 404, 408, 429, 501, 505])]:
            page = desk.page(code, 200)
            result = _expect_return(session(then=("get", (page.url,))))
            page.expect_requests(1, f"A {code} was repeated. The task repeats 502, 503 and 504, and nothing else.")
            page.expect_last(result)
        page = desk.page(500)
        page.expect_last(_expect_return(session(then=("post", (page.url,)))))
        _expect_repeated(session, desk, 504, 504, 504, 200)


def _expect_repeated(session: Function, desk: _Desk, *codes: int) -> None:
    page = desk.page(*codes)
    wanted = min(len(codes), 4)
    result = session(then=("get", (page.url,)))
    if "RetryError" in result.raised:
        result.expect_that(
            False,
            wanted="the last response",
            because="RetryError instead of the last response: set raise_on_status=False.",
        )
    _expect_return(result)
    sent = len(page.seen)
    because = f"{sent} requests, where {wanted} are asked for: the first one and up to 3 more."
    if sent == 1 and codes[0] == 503:
        because = (
            "No retry: the 503 came back after one request. A plain number for max_retries covers connection failures, "
            "not status codes (unless a Retry-After is sent). For http:// mount a Retry with a status_forcelist."
        )
    elif 0 < sent < wanted:
        because = f"Nothing was sent after request {sent}, a {codes[sent - 1]}. {because}"
    page.expect_requests(wanted, because)
    page.expect_last(result)
    times = [seen.at for seen in page.seen]
    quick = times[-1] - times[0] < 2.2
    claim(
        quick,
        asked=f"the time for {len(times)} requests",
        got="less than 2 s" if quick else "more than 2 s",
        wanted="less than 2 s",
        because="The waits of your back-off add up to more than the task allows: somebody waits for this answer.",
    )


@exercise(
    points=3,
    hints=[
        "Three cases, in this order: digits, a date, anything else.",
        "re.fullmatch('[0-9]+', value) tells digits alone. int() takes more: '+5', '1_0' and '-5' too.",
        "email.utils.parsedate_to_datetime(value) reads an HTTP-date, and raises for anything else.",
        "Its .timestamp() minus now is the wait. max(0, ...) keeps a date in the past from being negative.",
    ],
)
def read_retry_after(wait_seconds: Function) -> None:
    """wait_seconds(value, now) returns the seconds that a Retry-After asks for as an int, None when it is nonsense."""
    now = random_number(1_700_000_000, 1_900_000_000)
    for value in ("120", "0", str(random_number(3, 9)), "007", str(random_number(20_000, 90_000))):
        wait_seconds(value, now).expect(
            int(value), because="Digits alone are seconds: return that int.", rfc="RFC 9110 §10.2.3"
        )
    _expect_date(wait_seconds, now, 60)
    _expect_date(wait_seconds, now, -random_number(60, 5_000))
    for value in ("soon", None, "", "-5", "1.5", *shuffled(["+5", "1_0", "5 minutes", "0x10", "later, please", "1e3"])):
        result = wait_seconds(value, now)
        result.expect(
            None,
            because=f"{value!r} is no digits and no HTTP-date, so there is nothing to obey: None."
            + (" Servers send nonsense; do not crash on it." if result.raised else ""),
            rfc="RFC 9110 §10.2.3",
        )
    for zone in ("Asia/Tokyo", "America/New_York"):
        for day in shuffled([0, 90, 180]):
            _expect_date(wait_seconds, now + day * 86_400 + 0.25 * random_number(0, 3), random_number(2, 9_000), zone)
    _expect_date(wait_seconds, now, 0)
    _expect_date(wait_seconds, now + 0.5, random_number(100_000, 999_999))
    _expect_date(wait_seconds, now + 0.5, -1, "Asia/Tokyo")


def _expect_date(wait_seconds: Function, now: float, ahead: int, zone: str | None = None) -> None:
    moment = math.floor(now) + ahead
    value = formatdate(moment, usegmt=True)
    left = moment - now
    allowed = {max(0, math.floor(left)), max(0, math.ceil(left))}
    result = wait_seconds(value, now, time_zone=zone)
    found = result.value
    if type(found) is int and found < 0 and left <= 0:
        because = "A date in the past gave a negative wait: time.sleep() raises on it. Use 0."
    elif found is None and left > 0:
        because = f"The second form is an HTTP-date ('{value}'); you ignored it."
    elif found is not None and type(found) is not int:
        because = "Whole seconds are asked for, as an int."
    elif left <= 0 and not zone:
        because = "This date is over, or it is now: no wait is left, and that is the int 0."
    elif zone:
        because = f"An HTTP-date is always UTC. The machine of this client stands in {zone}, and that must not matter."
    else:
        because = "The wait lasts from now until this date. `now` is given: it need not be the time of this machine."
    result.expect_that(
        type(found) is int and found in allowed,
        wanted=" or ".join(map(str, sorted(allowed))),
        because=because,
        rfc="RFC 9110 §10.2.3",
    )


# The repairs.


@exercise(
    points=3,
    hints=[
        "The client has to remember something between two calls: until when this URL is to be left alone.",
        "A dict with a moment for each URL lives outside of the function, so it is still there at the next call.",
        "At the start: if now is less than the moment of this URL, return None. At the end: set the moment.",
    ],
)
def repair_impatient_client(poll: Function) -> None:
    """poll(url, now) sends one GET at most, and none while the Retry-After of this URL is not over."""
    with _Desk() as desk:
        now, told = random_number(1_000, 9_000), random_number(20, 40)
        with part():
            page = desk.page((503, str(told)), 200)
            _expect_asks(poll, page, now)
            for later in (1, told // 2, told - 1, told - 0.5):
                _expect_rest(poll, page, now + later, told)
        now += 1_000
        with part():
            page = desk.page((429, "5"), 200, (503, "2"), (429, "90"), 200)
            _expect_asks(poll, page, now)
            _expect_rest(poll, page, now + 4, 5)
            _expect_asks(poll, page, now + 5, "The 5 seconds are over: ask again.")
            _expect_asks(poll, page, now + 6, "The last answer was 200: no reason to wait.")
            _expect_rest(poll, page, now + 7, 2)
            _expect_asks(poll, page, now + 8, "The new 2 seconds are over, counted from the 503 itself.")
            _expect_rest(poll, page, now + 97.5, 90)
            _expect_asks(poll, page, now + 5_000, "The time is long over: ask again.")
        now += 10_000
        with part():
            busy, idle = desk.page((503, "60"), 200), desk.page(200)
            _expect_asks(poll, busy, now)
            _expect_asks(poll, idle, now + 1, "Another URL asked for nothing: a pause belongs to its own URL.")
            _expect_rest(poll, busy, now + 2, 60)
            page = desk.page(*shuffled([500, 404, 503, 429]), 200)
            for second in range(5):
                _expect_asks(poll, page, now + second, "No Retry-After came, so the next call asks again.")


def _expect_asks(poll: Function, page: _Page, now: float, because: str = "This URL has asked for no pause.") -> None:
    before = len(page.seen)
    result = _expect_return(poll(page.url, now))
    arrived = len(page.seen) - before
    if arrived > 1:
        because = f"{arrived} requests for one call. Trying harder makes a busy server busier: one GET, and no more."
    page.expect_requests(before + 1, because, expected_any=False)
    page.expect_last(result, "Return the response of this call.")


def _expect_rest(poll: Function, page: _Page, now: float, told: int) -> None:
    before = len(page.seen)
    result = poll(page.url, now)
    page.expect_requests(
        before,
        f"The server asked for {told} s, and they are not over. It got a request all the same.",
        rfc="RFC 9110 §10.2.3",
    )
    result.expect(None, because="Nothing is sent now, so there is no response: None tells the caller.")


@exercise(
    points=2,
    hints=[
        "Which of the two requests may be sent twice, and which may not?",
        "allowed_methods=None means every method. What does Retry repeat when you say nothing?",
    ],
)
def repair_double_order(menu: Function, buy: Function) -> None:
    """buy(base, dish) sends its POST exactly once, and menu(base) still repeats its GET after 502, 503 and 504."""
    with part():
        for answer in [503, *shuffled([502, 504, 201, 422]), (503, "1")]:
            dish = random_word()
            with ScriptedServer({"/orders": _scripted([answer, 201])}) as shop:
                page = _Page(shop, "/orders", [answer, 201])
                result = buy(shop.url, dish)
                code = page.codes[0]
                result.expect_that(True, wanted=str(code), because="buy returns the status code.")
                because = (
                    f"The shop has {len(page.seen)} orders for one click: it took the first before it said {code}."
                )
                page.expect_requests(1, because, "POST", "RFC 9110 §9.2.2")
                _expect_dish(page.seen[0], dish)
                result.expect(code, because="The page must know how it ended: buy returns the status code.")
    with part():
        for codes in ([503, 200], [502, 503, 504, 200], [200], [504, 200], [503, 503, 503, 503, 200]):
            dishes = random_words(3)
            answers = [Scripted(code, dishes if code == 200 else {"error": "later"}) for code in codes]
            with ScriptedServer({"/menu": answers}) as shop:
                page = _Page(shop, "/menu", codes)
                result = menu(shop.url)
                wanted = min(len(codes), 4)
                because = f"Requests: {len(page.seen)}. GET changes nothing: repeat it, up to 3 more times."
                if wanted == len(codes):
                    result.expect_that(True, wanted="the menu", because=because)
                page.expect_requests(wanted, because, rfc="RFC 9110 §9.2.2")
                if wanted == len(codes):
                    result.expect(dishes, because="menu returns the decoded JSON of the 200.")


def _expect_dish(seen: Seen, dish: str) -> None:
    headers = {name.lower(): value for name, value in seen.headers.items()}
    kind = headers.get("content-type", "no Content-Type").partition(";")[0]
    claim(
        kind == "application/json" and _same(seen.body, {"dish": dish}),
        asked="what the shop got",
        got=f"{kind}  {seen.body[:80].decode('utf-8', 'replace')}",
        wanted=f'application/json  {{"dish": "{dish}"}}',
        because="The shop reads JSON, and it cooks what it reads.",
    )


def _same(content: bytes, value: Any) -> bool:
    try:
        return same_json(json.loads(content), value)
    except ValueError:
        return False


# The challenge.


@exercise(
    points=5,
    challenge=True,
    hints=[
        "The server has to remember for every key: since when, which request, and which answer.",
        "Look the key up first. Is it unknown or 60 s old? Does the body differ? Else send the stored answer again.",
        "The client makes the key before its loop: str(uuid.uuid4()), the same one for all three requests.",
    ],
)
def idempotency_key(app: App, ORDERS: Value, CLOCK: Value, place_order: Function) -> None:  # noqa: N803
    """POST /orders is safe to repeat with an Idempotency-Key, and place_order(url, dish) repeats it safely."""
    kitchen = _Kitchen(app, ORDERS, CLOCK)
    # An earlier run of this check may have used the same keys.
    kitchen.push(100)
    with part():
        first, second = kitchen.order("a new key"), kitchen.order("a new key")
        for order in shuffled([first, second, first]):
            kitchen.repeat(
                order, "The client was told 503 although its order was taken, so it sends the request again."
            )
        kitchen.order("another key, the same body", dish=first[1]["dish"])
        kitchen.refuse({}, first[1], 400, "Without a key nobody can tell a repetition from a second order.")
    with part():
        order = kitchen.order("a new key")
        other = {"dish": random_word()}
        for body in (other, {**order[1], "note": random_word()}):
            why = "This key belongs to another request. Whoever reuses it has made a mistake and must learn of it."
            kitchen.refuse({"Idempotency-Key": order[0]}, body, 422, why)
        kitchen.repeat(order, "The refused request must not take the place of the first one.")
    with part():
        order = kitchen.order("a new key")
        for seconds in (30, 29):
            kitchen.wait(seconds)
            kitchen.repeat(order, "Less than 60 s have passed since the first request with this key.")
        kitchen.wait(1)
        again = kitchen.order("the key of 60 s ago", key=order[0], dish=order[1]["dish"])
        kitchen.wait(59)
        kitchen.repeat(again, "The minute counts from the new order.")
    with part():
        _expect_careful_client(place_order)


_Order = tuple[str, dict[str, str], str]


class _Kitchen:
    """The app of an answer, asked for orders."""

    def __init__(self, app: App, orders: Value, clock: Value) -> None:
        self._app, self._orders, self._clock = app, orders, clock

    def _count(self) -> int:
        orders = self._orders.read()
        return len(orders) if isinstance(orders, list) else -1

    def push(self, seconds: int) -> None:
        """Move the clock forward."""
        clock = self._clock.read()
        now = clock.get("now") if isinstance(clock, dict) else 0
        self._clock.put("now", (now if isinstance(now, int) else 0) + seconds)

    def wait(self, seconds: int) -> None:
        """Move the clock forward, and say so in the report."""
        self.push(seconds)
        claim(
            True,
            asked=f"CLOCK['now'] is {seconds} more",
            got="set by the check",
            wanted="the app reads it",
            because="",
        )

    def _expect_orders(self, answer: Exchange, count: int, because: str) -> None:
        found = self._count()
        answer.expect_that(
            found == count, wanted=f"len(ORDERS) is {count}", because=f"len(ORDERS) is {found}. {because}"
        )

    def order(self, what: str, key: str = "", dish: str = "") -> _Order:
        """Promise a new order; return its key, its body and its address."""
        key, body = key or "-".join(random_words(2)), {"dish": dish or random_word()}
        before = self._count()
        answer = self._app.post("/orders", json=body, headers={"Idempotency-Key": key})
        answer.expect(201, because=f"This request has {what}: it is a new order.", rfc="RFC 9110 §15.3.2")
        self._expect_orders(answer, before + 1, f"This request has {what}: it is a new order.")
        answer.expect_location(f"/orders/{before + 1}", because="Location leads to the order that was added.")
        answer.expect_json(body, because="The answer shows the order that was taken.")
        return key, body, f"/orders/{before + 1}"

    def repeat(self, order: _Order, because: str) -> None:
        """Promise the stored answer and no new order."""
        key, body, address = order
        before = self._count()
        answer = self._app.post("/orders", json=body, headers={"Idempotency-Key": key})
        self._expect_orders(answer, before, f"{because} The same key adds no order.")
        answer.expect(
            201, because=f"{because} It gets the stored answer, 201.", instead={200: "200 is another answer."}
        )
        answer.expect_location(address, because=f"{because} It gets the address of the one order there is.")
        answer.expect_json(body, because=f"{because} It gets the stored content.")

    def refuse(self, headers: dict[str, str], body: dict[str, str], code: int, because: str) -> None:
        """Promise a refusal and no new order."""
        before = self._count()
        answer = self._app.post("/orders", json=body, headers=headers)
        answer.expect(code, because=because)
        self._expect_orders(answer, before, "A refused request adds none.")


def _expect_careful_client(place_order: Function) -> None:
    keys: list[str] = []
    dish = random_word()
    for codes in ([503, 503, 201], [201], [504, 201], [503, 502, 503, 201], [422], [500, 201]):
        dish = dish if codes == [201] else random_word()
        with ScriptedServer({"/orders": _scripted(codes)}) as shop:
            page = _Page(shop, "/orders", codes)
            result = _expect_return(place_order(f"{shop.url}/orders", dish))
            wanted = next((n for n, code in enumerate(codes[:3], 1) if code not in (502, 503, 504)), 3)
            because = "Repeat after 502, 503 and 504, three requests at most; every other answer is the last one."
            page.expect_requests(wanted, because, "POST")
            for seen in page.seen:
                _expect_dish(seen, dish)
            sent = [_key(seen) for seen in page.seen]
            claim(
                all(sent) and len(set(sent)) == 1,
                asked="the keys of these requests",
                got="one key" if all(sent) and len(set(sent)) == 1 else "different keys" if all(sent) else "none",
                wanted="one key",
                because="The server took the order before it said 503. Only the same key tells it that this is the "
                "same order.",
            )
            page.expect_last(result)
            keys.append(sent[0])
    fresh = len(set(keys)) == len(keys)
    claim(
        fresh,
        asked=f"the keys of {len(keys)} orders",
        got="all different" if fresh else "some are the same",
        wanted="all different",
        because="Two orders under one key: the second guest is refused, or gets what the first one ordered.",
    )


def _key(seen: Seen) -> str:
    return next((value for name, value in seen.headers.items() if name.lower() == "idempotency-key"), "")
