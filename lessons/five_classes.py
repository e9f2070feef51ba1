"""The checks of the lesson about the five classes."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import requests

from checks import (
    Function,
    Question,
    Result,
    Scripted,
    ScriptedServer,
    Seen,
    Value,
    claim,
    exercise,
    part,
    random_choice,
    random_number,
    random_words,
    same,
    shuffled,
)
from checks.plain import Blank
from checks.recorder import current
from checks.report import Row
from server import Server
from server.apps import situations

RFC_CLASSES = "RFC 9110 §15"
CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")

redirect_is_ok = Question(
    "Is response.ok True for a 302?",
    choices=("yes", "no"),
    answer="yes",
    because="ok only says that the code is no error, 400 to 599. It does not say that you have what you asked for.",
)

view_sends_999 = Question(
    "Can a Flask view send the code 999?",
    choices=("yes", "no"),
    answer="yes",
    because="Nobody on the way looks at the number. And requests calls this answer ok.",
)

what_is_471 = Question(
    "As which code does a client treat 471, a number that nobody has registered?",
    choices=(200, 400, 404, 500),
    answer=400,
    because="The first digit is 4. An unknown code counts as the x00 of its class (RFC 9110 §15).",
)

too_many_requests = Question(
    "To which class does 'too many requests' belong?",
    choices=("4xx", "5xx"),
    answer="4xx",
    because="It is the client that has to do something now: slow down (RFC 6585 §4).",
)


@exercise(
    points=3,
    hints=[
        "Three cases: outside 100 to 599, known, and all the rest. Which of them must be asked first?",
        "The other two digits say nothing about the class. How do you get rid of them without rounding up?",
        "471 // 100 is 4. What turns 4 into 400?",
    ],
)
def treat_unknown(treat_as: Function) -> None:
    """treat_as(code, known) gives the code itself, the x00 of its class, or 500 for what is no status code."""
    for code, known in _codes_and_known():
        inside = 100 <= code <= 599
        wanted = 500 if not inside else code if code in known else code // 100 * 100
        result = treat_as(code, known)
        result.expect(wanted, because=_why_treated(code, known, result.value), rfc=RFC_CLASSES)
        if not same(result.arguments[1:], (known,)):
            result.expect_that(
                False,
                wanted="known left as it was",
                because="You changed known. The caller's set is not yours: at the next code it says something else.",
            )


def _codes_and_known() -> list[tuple[int, set[int]]]:
    """Return what to ask: first one code of each kind, then the borders, then any."""
    familiar = {200, 201, 302, 404, 500}
    odd = random_number(432, 448)
    return [
        (404, familiar),
        # 419 and not 471 comes first: rounding 471 gives 500, and so does a wrong default.
        (419, familiar),
        (299, familiar),
        (471, familiar),
        (999, familiar),
        (99, familiar),
        (999, {404, 999}),
        (600, {500, 600}),
        (99, {99, 100}),
        (100, {100, 200}),
        (599, {500, 599}),
        (599, familiar),
        (random_number(105, 199), {200, 500}),
        (random_number(227, 298), {200, 204, 226}),
        (random_number(351, 398), {200, 301}),
        (random_number(512, 598), {200, 503}),
        (odd, {404, odd}),
        (odd, {400, 404}),
        (400, {200, 404}),
        (503, set(range(100, 600))),
        (204, set()),
        (0, {0, 200}),
        (-404, {404}),
        # Their first digit alone says 1xx to 4xx.
        (random_number(10, 49), familiar),
        (random_number(1000, 4999), familiar),
    ]


def _why_treated(code: int, known: set[int], value: Any) -> str:
    said = f" You said {value}." if isinstance(value, int) else ""
    if not 100 <= code <= 599:
        listed = " That it is in known changes nothing." if code in known else ""
        return f"{code} is outside 100..599, so it is invalid; RFC 9110 says treat it like a 5xx.{listed}{said}"
    if code in known:
        return f"{code} is in known. A client that knows a code acts on that code, not only on its class.{said}"
    whose = {1: "nobody's", 2: "nobody's", 3: "nobody's", 4: "the client's", 5: "the server's"}[code // 100]
    if same(value, 500) and code < 500:
        return (
            f"You said 500 for {code}: that blames the server for something whose first digit says it is {whose} "
            f"fault (treat {code} as {code // 100 * 100})."
        )
    if same(value, code):
        return f"You said {code}, and {code} is not in known: the caller would not know what to do with it."
    if same(value, (code // 100 + 1) * 100):
        now = {3: ", a redirect", 4: ", the client's fault", 5: ", the server's fault"}.get(value // 100, "")
        return f"{code} became {value}{now}: rounding goes up. The class is the first digit, and only that."
    if isinstance(value, (str, float)):
        return "A code is an int here: a caller compares it with numbers."
    return f"{code} is not in known, so only its first digit counts, whether or not the x00 is in known.{said}"


_VERDICTS = {
    2: ("fine", "The request was received, understood and accepted: nobody has to mend anything."),
    3: ("look elsewhere", "The client is not done: one more step is needed."),
    4: ("my fault", "The same request would fail again: the client has to change something first."),
    5: ("their fault", "The request may be right. Nothing that the client changes in it will help."),
}


@exercise(
    points=3,
    hints=[
        "Which attribute of the response is the code, as an int?",
        "What does requests do by itself when it sees a 302? Print len(response.history).",
        "allow_redirects=False shows the first answer. Then look at status_code // 100, not at .ok.",
    ],
)
def who_acts(verdict: Function) -> None:
    """verdict(url) sends one GET, follows no redirect, and says by the first digit who has to act."""
    codes = [200, 204, 302, 404, 429, 500, 503, *_other_codes()]
    target, changing, *paths = (f"/{word}" for word in random_words(len(codes) + 2))
    script = {path: _scripted(code, target) for path, code in zip(paths, codes, strict=True)}
    with ScriptedServer({**script, target: 200, changing: [200, 503]}) as server:
        for path, code in [*zip(paths, codes, strict=True), (changing, 200), (changing, 503)]:
            _expect_verdict(verdict, server, path, code)


def _other_codes() -> list[int]:
    """Return more codes of each class, some of them known to nobody."""
    return [
        random_choice([201, 202, 206]),
        random_number(230, 298),
        random_choice([301, 303]),
        random_choice([307, 308]),
        304,
        random_number(310, 398),
        random_choice([403, 409, 410]),
        401,
        random_number(452, 498),
        random_choice([501, 502, 504]),
        random_number(512, 598),
        # The borders of the classes.
        *shuffled([299, 300, 399, 400, 499, 599]),
    ]


def _scripted(code: int, target: str) -> Scripted:
    """Return an answer whose content says something else than its code: only the code counts."""
    headers = {"Location": target} if 300 <= code <= 399 and code != 304 else {}
    if code in (429, 503):
        headers["Retry-After"] = "0"
    if code == 401:
        headers["WWW-Authenticate"] = "Bearer"
    empty = code in (204, 304)
    return Scripted(code, b"" if empty else {"status": 200 if code >= 400 else 500}, headers)


def _expect_verdict(verdict: Function, server: ScriptedServer, path: str, code: int) -> None:
    before = len(server.seen)
    result = verdict(server.url + path)
    seen = server.seen[before:]
    wanted, meaning = _VERDICTS[code // 100]
    because = _why_verdict(code, meaning, result, seen)
    result.expect(wanted, wanted=f"{wanted!r} for a {code}", because=because, rfc=RFC_CLASSES)
    result.expect_that(
        [request.method for request in seen] == ["GET"], wanted="exactly one GET", because=_why_requests(seen, path)
    )


def _why_verdict(code: int, meaning: str, result: Result, seen: list[Seen]) -> str:
    if result.raised:
        return f"Every code has a first digit, also one that no table knows. {meaning}"
    if not seen:
        return _why_requests(seen, "")
    return f"{_why_word(code, result.value, seen)} {meaning}"


def _why_word(code: int, value: Any, seen: list[Seen]) -> str:
    if len(seen) > 1 and 300 <= code <= 399:
        return (
            f"{code} gave {value!r}: your client followed the redirect for you, and you saw the second answer. "
            "allow_redirects=False shows the first."
        )
    if 300 <= code <= 399 and same(value, "fine"):
        return (
            f"{code} gave 'fine' although you saw it. Do you use .ok? It is True for every code below 400, "
            "redirects included."
        )
    if value not in [word for word, _ in _VERDICTS.values()]:
        return f"The verdict on a {code} is one of four texts, letter by letter."
    return f"{code} gave {value!r}. Look at the class (first digit), not at single codes you happen to know."


def _why_requests(seen: list[Seen], path: str) -> str:
    if not seen:
        return "No request arrived at the server. Only an answer of the server can tell the code."
    if methods := sorted({request.method for request in seen} - {"GET"}):
        return f"{methods[0]} arrived. The task asks for exactly one GET, and nothing else."
    if any(request.path != path for request in seen):
        return "A second GET arrived, at the address in Location: the redirect was followed."
    return f"{len(seen)} GETs arrived. Whoever asks twice may get two answers, and doubles the server's work."


@exercise(
    points=2,
    hints=[
        "How does the result look when the list is empty?",
        "Begin with all five keys at 0, inside the function, then walk through the list.",
        "f'{code // 100}xx' is the key of a code.",
    ],
)
def count_log(tally: Function) -> None:
    """tally(codes) counts the codes of each class in a new dict with the keys '1xx' to '5xx'."""
    log = _codes_of_real_responses()
    borders = [100, 199, 200, 299, 300, 399, 400, 499, 500, 599]
    _expect_tally(tally, log)
    _expect_tally(tally, [])
    _expect_tally(tally, shuffled(borders))
    _expect_tally(tally, log)
    _expect_tally(tally, [random_number(500, 599)] * random_number(3, 6))
    _expect_tally(tally, [random_number(100, 599) for _ in range(200)])
    _expect_tally(tally, [])


def _codes_of_real_responses() -> list[int]:
    """Return the codes of twelve responses of a live server, none of them interim."""
    codes = [200, 204, 201, 302, 404, 200, 304, 404, 429, 500, 503, 502]
    paths = random_words(len(codes))
    with ScriptedServer({f"/{path}": code for path, code in zip(paths, codes, strict=True)}) as server:
        return [requests.get(f"{server.url}/{path}", allow_redirects=False, timeout=5).status_code for path in paths]


def _expect_tally(tally: Function, codes: list[int]) -> None:
    wanted = {name: sum(f"{code // 100}xx" == name for code in codes) for name in CLASSES}
    result = tally(codes)
    result.expect(wanted, because=_why_tally(wanted, result.value))
    result.expect_new(because="Who kept the dict of an earlier call sees it change: every call must make a new dict.")


def _why_tally(wanted: dict[str, int], value: Any) -> str:
    if not isinstance(value, dict):
        return "The dashboard reads a dict, and asks it for '1xx', '2xx' and so on."
    if any(isinstance(key, int) for key in value):
        return "Your keys are numbers; the dashboard wants '2xx', '4xx' ..."
    if strange := [key for key in value if key not in wanted]:
        return f"There are exactly five keys, '1xx' to '5xx'. {str(strange[0])[:20]!r} is none of them."
    for name, count in wanted.items():
        if name not in value and count == 0:
            return (
                f"{name} is missing. A class that never occurs must still be there with zero: an absent key and 0 are "
                "different facts on a dashboard."
            )
        if name not in value or not same(value[name], count):
            return _why_count(name, count, value.get(name))
    return ""


def _why_count(name: str, wanted: int, counted: Any) -> str:
    text = f"{name} should be {wanted}, you counted {counted!r}"
    if not isinstance(counted, int) or isinstance(counted, bool):
        return f"{text}: the value of each key is a number."
    if counted < wanted:
        return f"{text}: count all codes of a class, each as often as it occurs, not only single codes."
    return f"{text}: that is more than there are. Do you begin at 0 in every call?"


_REASONS = {
    "url typo": "the server is fine and says the client asked for something that is not there.",
    "server bug": "an exception that nobody caught. The client cannot mend it by asking in another way.",
    "moved page": "nothing failed and nothing is done yet. Location names the new address: ask there.",
    "deleted fine": "the server did what was asked. It has nothing to say, and that is no error.",
    "too many calls": "the client must slow down, so 4xx; 503 would be the server's own overload.",
    "backend slow behind gateway": "the client did nothing wrong. One server waited for another in vain.",
    "not logged in": "the client can mend it: send a valid token. WWW-Authenticate says which kind.",
}


@exercise(
    points=2,
    hints=[
        "Ask in each situation: who has to do something so that it works?",
        "The client: 4. The server's people: 5. The client, at another address: 3. Nobody: 2.",
        "A gateway is a server. Who is slow, seen from the client?",
    ],
)
def predict_class(guess: Value) -> None:
    """guess says for each of seven situations with which digit the status code begins."""
    guessed = guess.read()
    if not isinstance(guessed, dict):
        guess.expect_that(
            lambda _: False, wanted="a dict", because="Keep the dict that was given, and replace each None in it."
        )
    if guessed and not any(map(_is_guess, guessed.values())):
        row = current().add(Row("guess", "no digit yet", blank=True))
        current().fail(row, "a digit for each situation", "Replace each None by a digit from 1 to 5.")
    with Server(situations.create_app()) as server:
        for situation, play in situations.SITUATIONS.items():
            with part():
                _expect_guess(situation, guessed.get(situation), server.url, play)


def _is_guess(value: Any) -> bool:
    return value is not None and not isinstance(value, Blank)


def _expect_guess(situation: str, said: Any, url: str, play: situations.Play) -> None:
    """Play a situation, if there is a guess about it, and compare."""
    if not _is_guess(said):
        claim(
            False,
            asked=situation,
            got="no guess, so it was not played",
            wanted="a digit from 1 to 5",
            because=f"There is no guess for {situation!r}. A wrong guess costs nothing.",
        )
    for _ in range(play.times):
        response = requests.request(play.method, url + play.path, allow_redirects=False, timeout=5)
    code = response.status_code
    calls = f", call number {play.times}" if play.times > 1 else ""
    claim(
        same(said, code // 100),
        asked=f"{situation}: {play.method} {play.path}{calls}",
        got=str(code),
        wanted=f"{said!r:.40}, as you predicted",
        because=_why_guess(situation, said, code),
        rfc=RFC_CLASSES,
    )


def _why_guess(situation: str, said: Any, code: int) -> str:
    if not isinstance(said, int) or isinstance(said, bool):
        return f"{situation!r}: {said!r:.40} is no int. Write the digit without quotes, such as 2."
    if not 1 <= said <= 5:
        return f"{situation!r}: {said} is no class. Write the first digit only, from 1 to 5."
    return f"{situation!r}: not {said}xx. {code}: {_REASONS[situation]}"


@exercise(
    points=2,
    hints=[
        "Whom does a 404 concern? And a 502?",
        "Ten requests at night, three of them failed: is that few or many? Compare with the length of the list.",
        "Count the codes of one class. Then: at least a tenth. And what is a tenth of an empty list?",
    ],
)
def repair_alarm(alarm: Function) -> None:
    """alarm(codes) is True when at least a tenth of the codes are 5xx, and False otherwise."""
    fine = [200, 201, 204, 304]
    day = shuffled([200] * 20 + fine + [404] * 12)
    _expect_alarm(alarm, day, False)
    _expect_alarm(alarm, [200, 502, 502, 502], True)
    _expect_alarm(alarm, [], False)
    for codes in ([404], [401] * 12, [429, 403, 400] * 7, [302] * 15, [204] * 11, [100, 499] * 9):
        _expect_alarm(alarm, codes, False)
    for code in (500, 502, 503, 504, random_number(512, 598), 599):
        _expect_alarm(alarm, shuffled([code] + [random_choice(fine) for _ in range(9)]), True)
        _expect_alarm(alarm, shuffled([code] + [random_choice(fine) for _ in range(10)]), False)
    _expect_alarm(alarm, shuffled([502, 503, 500] + [404] * 27), True)
    _expect_alarm(alarm, shuffled([502, 503, 500] + [404] * 28), False)
    _expect_alarm(alarm, [random_choice([500, 503])], True)
    _expect_alarm(alarm, shuffled([503] * 99 + [200] * 901), False)


def _expect_alarm(alarm: Function, codes: list[int], wanted: bool) -> None:
    result = alarm(codes)
    failures = sum(code >= 500 for code in codes)
    result.expect(wanted, because=_why_alarm(failures, len(codes), wanted, result.value))


def _why_alarm(failures: int, total: int, wanted: bool, value: Any) -> str:
    counted = f"{failures} of {total} answers {'was' if failures == 1 else 'were'} 5xx"
    if not isinstance(value, bool):
        return f"{counted}. The monitor wants True or False, and nothing that only behaves like them."
    if wanted:
        return f"{counted}, and nobody woke up: that is a tenth or more, however short the list is."
    if not total:
        return "There was no answer at all, so none failed: nothing to wake up for."
    if not failures:
        return "The team was woken up, and not one answer was 5xx: there is nothing that they could repair."
    return f"{counted}: less than a tenth. An alarm that rings for everything is soon switched off."


@exercise(
    points=4,
    challenge=True,
    hints=[
        "A response head ends at an empty line. What may follow an interim head on the same connection?",
        "connection.makefile('rb') gives you readline(): it waits for whole lines, however the bytes arrive.",
        "Read a status line, then all lines up to the empty one. Do it again while the code is below 200.",
    ],
)
def skip_interim(final_code: Function) -> None:
    """final_code(url) passes over every interim response and returns the code of the final one."""
    with _speaking(_speeches()) as url:
        for path, pieces in _speeches().items():
            *interim, final = _codes_of(pieces)
            result = final_code(url + path)
            because = _why_final(interim, final, result.value)
            sequence = f"{final}, the final one of {len(interim) + 1}"
            result.expect(final, wanted=sequence if interim else str(final), because=because, rfc="RFC 9110 §15.2")


def _why_final(interim: list[int], final: int, value: Any) -> str:
    if isinstance(value, str) and value.strip() == str(final):
        return "That is a text. Return the code as an int."
    if isinstance(value, int) and value in interim:
        return f"{value} is interim: the answer is still to come, and whoever stops here loses it."
    if value in (200, 588):
        return f"Was there a {value} in a status line? A text in a field or in the content is no status line."
    if isinstance(value, int):
        return f"{value} stands in no status line of a response here. Bytes may also arrive in pieces."
    return f"The final response was a {final}. It can come in the same packet as an interim one, or much later."


def _speeches() -> dict[str, list[bytes]]:
    """Return what the server says at each path, in pieces that it sends one after the other."""
    link = "Link: </style.css>; rel=preload"
    misleading = 'Link: </old.css>; rel=preload; title="HTTP/1.1 200 OK"'
    content = b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 588 This is content, and no other response\r\n\r\n"
    whole = _head(103, link) + _head(201)
    return {
        "/no-interim": [_head(200) + content],
        "/three-in-one-packet": [_head(100) + _head(102) + _head(103, link) + _head(404) + content],
        "/three-in-packets": [_head(100), _head(102), _head(103, link), _head(202)],
        "/twice-the-same": [_head(103, link) + _head(103, link), _head(409)],
        "/unknown-interim": [_head(199) + _head(503) + content],
        "/status-line-in-a-field": [_head(103, misleading), _head(500, misleading)],
        "/cut-in-the-middle": [whole[:10], whole[10:70], whole[70:]],
        "/no-reason-phrase": [b"HTTP/1.1 102 \r\n\r\nHTTP/1.1 204 \r\n\r\n"],
        "/forty-times": [_head(102) * 40 + _head(301, "Location: /")],
        "/first-digit-of-the-final": [_head(100, "Retry-After: 200") + _head(599) + content],
    }


def _head(code: int, *fields: str) -> bytes:
    """Return the head of a response. Its reason phrase says nothing, as reason phrases do."""
    return "".join([f"HTTP/1.1 {code} Some 300 words\r\n", *(f"{field}\r\n" for field in fields), "\r\n"]).encode()


def _codes_of(pieces: list[bytes]) -> list[int]:
    """Return the codes of the status lines of a speech, up to the final one."""
    codes: list[int] = []
    for head in b"".join(pieces).split(b"\r\n\r\n"):
        codes.append(int(head[9:12]))
        if codes[-1] >= 200:
            break
    return codes


# Seconds between two pieces: enough for a client on this machine to read the first before the second is there.
_PAUSE = 0.03


@contextmanager
def _speaking(speeches: dict[str, list[bytes]]) -> Iterator[str]:
    """Serve bytes as they are: no server for apps can be made to send all of this. Give the server's URL."""

    class Speaker(socketserver.StreamRequestHandler):
        timeout = 2
        disable_nagle_algorithm = True

        def handle(self) -> None:
            # A client that hangs up, or never ends its request, finds out by itself.
            with suppress(OSError):
                path = (self.rfile.readline(5_000).split() + [b"", b""])[1].decode("latin-1")
                while self.rfile.readline(5_000).strip():
                    pass
                first, *others = speeches.get(path, [_head(404)])
                self.wfile.write(first)
                for piece in others:
                    ended.wait(_PAUSE)
                    self.wfile.write(piece)

    ended = threading.Event()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Speaker) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            ended.set()
            server.shutdown()
            thread.join()
