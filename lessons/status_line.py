"""Checks of the first lesson: the status line, one number that sums up the answer."""

from __future__ import annotations

from typing import Any

from checks import (
    App,
    Exchange,
    Function,
    Question,
    Result,
    Scripted,
    ScriptedServer,
    Thing,
    describe,
    exercise,
    random_choice,
    random_number,
    random_word,
    random_words,
    shuffled,
)
from server.apps.canned import CannedServer

words_matter = Question(
    "Do the words NOT FOUND in the first line of an answer matter to a program?",
    choices=("yes", "no"),
    answer="no",
    because="The words may be changed or left out, and a client SHOULD ignore them (RFC 9112 §4). The number decides.",
)

switched_off = Question(
    "Does a server that is switched off answer 503?",
    choices=("yes", "no"),
    answer="no",
    because="503 is an answer, so somebody must be there to send it. Here nobody answered: there is no code at all.",
)

page_tells = Question(
    "A page shows a friendly 'try later'. Can you tell from the page whether the request was a success?",
    choices=("yes", "no"),
    answer="no",
    because="Both pages show the same words. Only the status code, which the page does not show, is different.",
)

how_many = Question(
    "How many status codes can one request receive?",
    choices=("exactly one", "at most one", "several"),
    answer="several",
    because="Zero or more interim answers (1xx) may come first, then exactly one final answer (RFC 9110 §15).",
)

_REASONS = ("I'm a teapot", "Non-Authoritative Information", "404 is not the code", "OK! (7% done)")


@exercise(
    points=2,
    hints=[
        "What separates the parts of a status line, and may it also occur inside the reason?",
        "Cut at the first space, and cut the rest at its first space. All that is left is the reason, even ''.",
        "Bytes become text with .decode(). Take \\r\\n off the end, but leave the space behind the code alone. "
        "partition(' ') never fails, whatever is missing.",
    ],
)
def take_apart(parse: Function) -> None:
    """parse(line) returns (version, code, reason) of one status line."""
    _expect_parts(parse, "HTTP/1.1", 404, "NOT FOUND", "\r\n")
    _expect_parts(parse, "HTTP/1.1", 200, "", "\r\n")
    _expect_parts(parse, "HTTP/1.1", 203, " ".join(random_words(4)), "\r\n")
    # One trait at a time first, so that the report names the one that is missing.
    _expect_parts(parse, "HTTP/1.1", 503, random_word(), "")
    _expect_parts(parse, "HTTP/1.1", 471, random_word().upper(), "\r\n")
    _expect_parts(parse, "HTTP/1.0", 200, "OK", "\r\n")
    unknown = random_number(430, 499)
    lines = [
        ("HTTP/1.0", random_number(500, 599), "", ""),
        ("HTTP/1.1", unknown, f"{random_word()} {random_word()} {unknown}", ""),
        ("HTTP/1.1", random_number(600, 999), "", "\r\n"),
        ("HTTP/1.1", 100, random_word().capitalize(), "\r\n"),
        ("HTTP/1.1", 999, random_word(), "\r\n"),
        *(("HTTP/1.1", random_number(200, 429), reason, random_choice(["", "\r\n"])) for reason in _REASONS),
    ]
    for version, code, reason, end in shuffled(lines):
        _expect_parts(parse, version, code, reason, end)
    # The same line once more: the answer must depend on the line alone.
    _expect_parts(parse, "HTTP/1.1", 404, "NOT FOUND", "\r\n")


def _expect_parts(parse: Function, version: str, code: int, reason: str, end: str) -> None:
    result = parse(f"{version} {code} {reason}{end}".encode("ascii"))
    wanted = (version, code, reason)
    result.expect(wanted, because=_why_not(result, wanted, end), rfc="RFC 9112 §4")


def _why_not(result: Result, wanted: tuple[str, int, str], end: str) -> str:
    """Say what is wrong with the parts that came back."""
    got, (version, code, reason) = result.value, wanted
    if not result.raised:
        if got is None:
            return "Your function returned None. A caller needs the parts: return them, do not print them."
        if not isinstance(got, tuple) or len(got) != 3:
            return f"This came back: {describe(got)}. Return a tuple of three: (version, code, reason)."
        if got[0] != version and isinstance(got[0], bytes):
            return "The version came back as bytes. Make it a text: b'HTTP/1.1' and 'HTTP/1.1' are not equal."
        if got[0] != version:
            return f"The version is what stands before the first space: {version!r}."
        if got[1] != code and str(code) == got[1]:
            return f"The code came back as the text {got[1]!r}. Make it an int: clients compare numbers ('404' != 404)."
        if type(got[1]) is not int:
            return f"The code came back as {describe(got[1])}. Make it an int: clients compare numbers."
        if got[1] != code:
            return f"The code is the number behind the first space: {code}."
        if not isinstance(got[2], str):
            return f"The reason came back as {describe(got[2])}. Make it one text, '' when there are no words."
        if got[2].rstrip("\r\n") != got[2]:
            return "The line end is not part of the reason: take \\r\\n off first."
        if reason and got[2].casefold() == reason.casefold():
            return "Leave the reason as it is, with its capital and small letters."
    elif "parse()" in result.error:
        return "The check calls parse with one argument: the line, as bytes."
    elif version == "HTTP/1.0" and code == 200:
        return "HTTP/1.0 is a version as good as HTTP/1.1, and its status lines look the same."
    if result.raised and code not in (200, 203, 404, 503):
        return f"A client must be able to read codes that it does not know, such as {code}."
    if not reason:
        return "The reason phrase may be empty. The code is what counts, so a client must read this line, too."
    if not end and (result.raised or got[2] == reason[:-2]):
        return "This line has no \\r\\n at its end, and that is allowed: take off a line end only where there is one."
    if " " in reason and (result.raised or reason.startswith(got[2])):
        return "A reason phrase can have several words. Split off only the first two parts."
    return "Everything behind the second space is the reason, as it is."


@exercise(
    points=1,
    hints=[
        "Look at the view of /soup in this lesson: what does it return, and what did the client receive?",
        "Flask turns a dict that a view returns into JSON, and the status code is 200 if you say nothing.",
        "@app.get('/ping') above a function that returns a dict with one member.",
    ],
)
def first_answer(app: App) -> None:
    """GET /ping answers 200 with the JSON object {"ping": "pong"}."""
    for _ in range(2):
        _ping(app.get("/ping"))
    _ping(app.get("/ping", headers={"Accept": "application/json"})).expect_same_head()


def _ping(answer: Exchange) -> Exchange:
    answer.expect(
        200,
        because="A monitor that asks /ping wants one clear number: 200, I am here.",
        instead={
            201: "You answered 201, which says that something was created. A GET only reads.",
            204: "You answered 204, which says that no content follows: the client never gets the JSON.",
        },
    )
    return answer.expect_json(
        {"ping": "pong"}, because="The client reads the member ping of an object: send exactly this object."
    )


@exercise(
    points=1,
    hints=[
        "What does requests.get() give you? Print it, and then print its attributes one by one.",
        "The number has an attribute of its own. It is there for 200 and for 404 alike, and no exception is needed.",
        "return requests.get(url, timeout=5) is one attribute away from the answer: status_code.",
    ],
)
def ask(ask: Function) -> None:
    """ask(url) sends one GET and returns the status code of the answer as an int."""
    unknown = random_number(452, 499)
    codes = [200, 404, 503, 201, 204, 410, 500, 429, unknown]
    paths = dict(zip((f"/{word}" for word in random_words(len(codes))), codes, strict=True))
    changing = f"/{random_word()}/now"
    # The pages say other numbers than their status lines: only the status line counts.
    script: dict[str, Any] = {path: Scripted(code, _misleading(code)) for path, code in paths.items()}
    script[changing] = [Scripted(503, "<h1>200 OK</h1>"), Scripted(200, "<h1>503</h1>"), Scripted(404, "200")]
    with ScriptedServer(script) as server:
        for path, code in [*list(paths.items())[:3], *shuffled(list(paths.items())[3:])]:
            _expect_code(ask, server, path, code)
        for code in (503, 200, 404):
            _expect_code(ask, server, changing, code)


def _misleading(code: int) -> str:
    return "" if code == 204 else f"<h1>{200 if code >= 400 else 404}</h1>"


def _expect_code(ask: Function, server: ScriptedServer, path: str, code: int) -> None:
    before = len(server.seen)
    result = ask(server.url + path)
    result.expect(code, because=_why_no_code(result, code), rfc="RFC 9110 §15")
    seen = [f"{one.method} {one.path}" for one in server.seen[before:]]
    result.expect_that(
        seen == [f"GET {path}"],
        wanted="one GET",
        because=(
            f"At the server arrived: {', '.join(seen)}. Send one GET: every request more is work for the server."
            if seen
            else "Nothing arrived at the server. What you return may be out of date: ask the server at every call."
        ),
    )


def _why_no_code(result: Result, code: int) -> str:
    """Say what came back in place of the number."""
    got = result.value
    if result.raised:
        return f"A {code} is an answer like any other: return its number, do not raise."
    if got is None:
        return f"Your function returned None for this {code}. A caller needs the number: return it, do not print it."
    if isinstance(got, bool):
        return "You returned True or False. That squeezes the code into yes or no; return the number itself."
    if isinstance(got, Thing) and "status_code" in got.details and got.details["status_code"] is not None:
        return "You returned the whole Response object; return its .status_code."
    if isinstance(got, str):
        return f"You returned a text. Return the code as an int: clients compare numbers ('{code}' != {code})."
    if type(got) is not int:
        return "Return the number alone, as an int."
    return f"The status line of this answer says {code}. Ask at every call, and read the status line, not the page."


@exercise(
    points=2,
    hints=[
        "Which of the two codes does Flask send by itself, and where did this lesson name another one?",
        "A view can return two things: first the body, then the code.",
        "return 'some text', 404 is the form. Keep the text the same in both views and name the code in one.",
    ],
)
def same_words(app: App) -> None:
    """GET /calm answers 200 and GET /storm answers 503; both bodies are 'try later'."""
    for path in ["/calm", "/storm", *shuffled(["/calm", "/storm"])]:
        _expect_try_later(app.get(path), 200 if path == "/calm" else 503)
    for path in ("/calm", "/storm"):
        _expect_try_later(app.get(path), 200 if path == "/calm" else 503).expect_same_head()


def _expect_try_later(answer: Exchange, code: int) -> Exchange:
    answer.expect(code, because=_WHY_CODE[code], instead=_instead(answer, code))
    media_type = (answer.header("Content-Type") or "").partition(";")[0].strip().lower()
    answer.expect_that(
        media_type in ("text/html", "text/plain"),
        wanted="text/html or text/plain",
        because=f"The Content-Type is {media_type or 'missing'}: the client expects a text, nothing more.",
        rfc="RFC 9110 §8.3",
    )
    return answer.expect_that(
        answer.body == b"try later",
        wanted="the text 'try later'",
        because=(
            "The code is right, but the body is Flask's error page: abort() sends it in place of your body. "
            "Return the text yourself."
            if "<title>503" in answer.text
            else "The body must be the same nine characters on both pages, so that only the code tells them apart."
        ),
    )


_WHY_CODE = {
    200: "The calm page is a success, and a program must be able to see that.",
    503: "The stormy page is no success. A program that sees another number takes it for something else.",
}


def _instead(answer: Exchange, code: int) -> dict[int, str]:
    # When the number stands in the body, the engine explains that.
    if code == 503 and "503" not in answer.text:
        return {
            200: "/storm answers with the same code as /calm (200, Flask's default). Put the code second in a tuple."
        }
    return {}


@exercise(
    points=2,
    hints=[
        "Where did the text appear: at the client, or on the server's side?",
        "print() writes for people who watch the server. Only what the view returns travels to the client.",
        "Which value does a Python function give when it ends without return? Give Flask the text in its place.",
    ],
)
def repair_printed_hello(app: App) -> None:
    """GET / answers 200 with the text hello."""
    for _ in range(2):
        answer = app.get("/").expect(200, because="The client asked for a greeting, and 200 says: here it is.")
        media_type = (answer.header("Content-Type") or "").partition(";")[0].strip().lower()
        answer.expect_that(
            media_type in ("text/html", "text/plain"),
            wanted="text/html or text/plain",
            because=f"The Content-Type is {media_type or 'missing'}: the greeting is a text.",
        )
        answer.expect_that(
            answer.body == b"hello",
            wanted="the text 'hello'",
            because=(
                "The body is empty: 200 without the greeting hides the mistake instead of repairing it."
                if not answer.body
                else "The client should read the five characters that the view printed."
            ),
        )
        answer.expect_same_head()


@exercise(
    points=3,
    challenge=True,
    hints=[
        "socket.create_connection((host, port), timeout=5) is the cable. sendall() sends bytes, recv() reads some.",
        "recv() gives what has come so far. Read on until it gives b'': then the server has closed the connection.",
        "Which four bytes end the header section? They may also occur in the body: the first time counts.",
        "start = raw.index(b'\\r\\n\\r\\n') + 4, and the code stands between the first and the second space.",
    ],
)
def read_raw_bytes(read_raw_bytes: Function) -> None:
    """read_raw_bytes(address, path) returns (raw, code, start): all bytes, the code, where the body starts."""
    tricky = f"HTTP/1.1 500 {random_word()}\r\n\r\n{random_word()}\r\n\r\n{random_word()}"
    contents = [
        (200, random_word()),
        (404, f"no {random_word()}"),
        (204, ""),
        (200, tricky),
        (503, random_word() * 18_000),
    ]
    paths = [f"/{word}" for word in random_words(len(contents))]
    pages = {path: _page(code, content) for path, (code, content) in zip(paths, contents, strict=True)}
    with CannedServer(pages) as server:
        for path, (code, content) in zip(paths, contents, strict=True):
            server.requests.clear()
            result = read_raw_bytes(server.address, path)
            _expect_raw(result, code, pages[path], len(content))
            _expect_three_lines(result, server.requests, path)


def _page(code: int, content: str) -> bytes:
    """Return the bytes of an answer that is the same in every run."""
    lines = [f"HTTP/1.1 {code} {random_word()}", "Connection: close"]
    if code != 204:
        lines += ["Content-Type: text/plain", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", content]).encode("ascii")


def _expect_raw(result: Result, code: int, page: bytes, length: int) -> None:
    got = result.value
    result.expect_that(
        isinstance(got, tuple) and len(got) == 3,
        wanted="(raw, code, start)",
        because="The caller unpacks a tuple of three things: the bytes, the code, and where the body starts.",
    )
    raw, number, start = got
    result.expect_that(
        isinstance(raw, bytes) and raw.startswith(b"HTTP/1.1 "),
        wanted="raw begins with the status line",
        because="raw is everything that came over the wire, as bytes, from the first byte of the status line.",
        rfc="RFC 9112 §4",
    )
    result.expect_that(
        raw == page,
        wanted=f"{len(page):,} bytes",
        because=(
            f"{len(raw):,} bytes came back. One recv() gives what has arrived so far: read until the server closes."
            if page.startswith(raw)
            else "These are not the bytes that were sent. Leave them as they came, and ask for the path you are given."
        ),
    )
    result.expect_that(
        type(number) is int and number == code,
        wanted=f"code {code}",
        because=f"requests sees {code} here. Take the number out of the status line and make it an int.",
        rfc="RFC 9112 §4",
    )
    result.expect_that(
        type(start) is int and start == len(page) - length,
        wanted=f"start {len(page) - length}",
        because="The body starts behind the first empty line. For an answer without content that is the end of raw.",
        rfc="RFC 9112 §2.1",
    )


def _expect_three_lines(result: Result, requests: list[list[str]], path: str) -> None:
    sent = [lines[0] if lines else "an empty line" for lines in requests]
    result.expect_that(
        sent == [f"GET {path} HTTP/1.1"],
        wanted=f"one request, GET {path} HTTP/1.1",
        because=f"At the server arrived: {', '.join(sent) or 'nothing'}.",
        rfc="RFC 9112 §3",
    )
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in requests[0])}
    result.expect_that(
        fields.get("host"),
        wanted="Host",
        because="One machine may serve many names: a request of HTTP/1.1 without Host is not valid.",
        rfc="RFC 9112 §3.2",
    )
    result.expect_that(
        fields.get("connection", "").lower() == "close",
        wanted="Connection: close",
        because="Without this line a server may keep the connection open, and you would read for ever.",
        rfc="RFC 9112 §9.6",
    )
