"""A report says all there is to say on both of its faces, is the same in every run, and harms nobody."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from sample_exercises import created, double, empty, faulty, ping, two_doors

from checks import App, Exercise, Function, claim, exercise, part
from checks.answer import LocalAnswer, Unreachable
from checks.faces import Note
from checks.judge import judge, not_loaded
from checks.lines import NO_JSON, Sent
from checks.prelude import run_source
from checks.recorder import Recorder, hide_made_up, recording
from checks.report import BROKEN, NOT_ATTEMPTED, NOT_YET, PASSED, Report, Row, preview, tidy

EVIL = "<script>alert(1)</script>&amp;\"'$x$"


class Page(HTMLParser):
    """The text of a page, and its tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == [], "every tag is closed"

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.parts)


def judged(exercise: Exercise, source: str) -> Report:
    answer = LocalAnswer(run_source(source, "<cell>"))
    try:
        return judge(exercise, answer)
    finally:
        answer.close()


PING = "@app.get('/ping')\ndef view(): return {'ping': 'pong'}"
REPORTS = {
    PASSED: judged(ping, PING),
    NOT_YET: judged(ping, PING.replace("pong", "pang")),
    NOT_ATTEMPTED: judged(ping, "@app.get('/ping')\ndef view(): return '', 501"),
    BROKEN: judged(faulty, "@app.get('/')\ndef view(): return ''"),
}


@pytest.mark.parametrize(
    ("state", "symbol", "words"),
    [
        (PASSED, "✓", "Passed"),
        (NOT_YET, "✗", "Not yet"),
        (NOT_ATTEMPTED, "○", "Not attempted"),
        (BROKEN, "!", "This check is broken"),
    ],
)
def test_state_is_told_in_words_and_symbol_on_both_faces(state: str, symbol: str, words: str) -> None:
    report = REPORTS[state]
    assert report.state == state
    assert report.passed is (state == PASSED)
    points = f"{report.points:g} of {report.max_points:g} point"
    page = Page(report._repr_html_())
    assert repr(report).splitlines()[0].startswith(f"{symbol} {words}: {report.id}, {points}")
    for words_shown in (f"{symbol} {words}", report.id, points, report.title):
        assert words_shown in repr(report)
        assert words_shown in page.text


def test_colours_of_the_states_are_readable() -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for report in REPORTS.values():
        background = re.search(r"background: (#[0-9a-f]{6}); color: #ffffff", report._repr_html_())
        assert background is not None
        # WCAG 2.2 AA asks for 4.5.
        assert 1.05 / (luminance(background[1]) + 0.05) >= 4.5


@pytest.mark.parametrize("state", [PASSED, NOT_YET])
def test_both_faces_hold_every_row(state: str) -> None:
    report = REPORTS[state]
    page = Page(report._repr_html_())
    assert report.rows
    for row in report.rows:
        data = row.to_json()
        for name in ("asked", "got", "wanted", "why"):
            assert data[name] in repr(report)
            assert data[name] in page.text
    assert page.text.count("✓ kept") == sum(row.passed for row in report.rows)
    assert page.text.count("✗ broken") == sum(not row.passed for row in report.rows)


def test_words_are_not_broken_where_there_is_room() -> None:
    rows = [Row(asked="GET /a", got="200 application/problem+json", wanted=["x" * 500], passed=True)]
    html = Report("a.b", "A task", PASSED, 1, 1, rows)._repr_html_()
    assert re.findall(r"min-width: min\((\d+)ch", html) == ["3", "24", "32"]


def test_failed_row_says_why_where_and_how_to_send_it_again() -> None:
    report = judged(created, "N = {}\n@app.post('/notes')\ndef add(): return {}")
    page = Page(report._repr_html_())
    for face in (repr(report), page.text):
        assert "A note was created. (RFC 9110 §15.3.2)" in face
        assert 'requests.post(server.url + "/notes", json=' in face
        assert "allow_redirects=False, timeout=5)" in face
        assert "curl -i -X POST" in face
    assert "try:" in repr(report)


def test_every_failed_part_is_explained() -> None:
    report = judged(two_doors, "@app.get('/<p>')\ndef view(p): return '', 299")
    assert repr(report).count("why:") == 2
    assert Page(report._repr_html_()).text.count("Send it yourself") == 2


def test_json_face_is_what_the_command_promises() -> None:
    for report in REPORTS.values():
        data = json.loads(json.dumps(report.to_json()))
        assert set(data) == {"id", "state", "points", "max_points", "rows"}
        for row in data["rows"]:
            assert set(row) == {"asked", "got", "wanted", "passed", "why"}
            assert row["passed"] or row["why"]


def test_broken_check_is_told_as_ours() -> None:
    report = REPORTS[BROKEN]
    assert report.points == 0
    for face in (repr(report), Page(report._repr_html_()).text):
        assert "This is not your mistake. Please report it" in face
        assert "LookupError: the check's own mistake" in face
        assert "Not yet" not in face


def test_check_that_looks_at_nothing_is_broken() -> None:
    report = judged(empty, "")
    assert report.state == BROKEN
    assert "looked at nothing" in repr(report)
    assert "looked at nothing" in report._repr_html_()


def test_not_attempted_shows_no_row() -> None:
    for face in (repr(REPORTS[NOT_ATTEMPTED]), Page(REPORTS[NOT_ATTEMPTED]._repr_html_()).text):
        assert "The starter is untouched." in face
        assert "501" not in face


@pytest.mark.parametrize(
    "source",
    [
        PING,
        "@app.get('/ping')\ndef view(): return repr(object()) + request.host_url",
        "@app.get('/ping')\ndef view(): raise ValueError(object(), request.host_url)",
        "@app.get('/ping')\ndef view(): return '', 302, {'Location': request.host_url}",
        "@app.get('/ping')\ndef view(): return '', 405, {'Allow': ', '.join({'PUT', 'GET', 'POST', 'PATCH'})}",
    ],
)
def test_report_is_the_same_in_every_run(source: str) -> None:
    once, again = judged(ping, source), judged(ping, source)
    assert repr(once) == repr(again)
    assert once._repr_html_() == again._repr_html_()
    assert not re.search(r"127\.0\.0\.1|localhost:\d|0x[0-9a-f]{4}", repr(once) + once._repr_html_())


def test_methods_are_shown_in_order() -> None:
    # Flask builds the field from a set.
    report = judged(ping, "@app.get('/ping')\ndef view(): return '', 405, {'Allow': 'PUT, GET, DELETE'}")
    assert report.rows[0].got == "405  Allow: DELETE, GET, PUT"


def test_set_of_an_answer_is_shown_in_order() -> None:
    report = judged(double, "def double(x): return [{'walrus', 'ant', 'cat', 'bee'}]")
    assert "[{'ant', 'bee', 'cat', 'walrus'}]" in repr(report)


def test_exception_of_a_client_names_no_port() -> None:
    source = "def double(x):\n    with socket.create_server(('127.0.0.1', 0)) as s: port = s.getsockname()[1]\n"
    source += "    requests.get(f'http://127.0.0.1:{port}/', timeout=5)\n"
    once, again = judged(double, source), judged(double, source)
    assert "ConnectionError" in repr(once)
    assert repr(once) == repr(again)


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("http://127.0.0.1:5000/x", "http://<server>/x"),
        ("<object object at 0x7fab12>", "<object object at 0x…>"),
        ("HTTPConnectionPool(host='127.0.0.1', port=5000)", "HTTPConnectionPool(host='127.0.0.1', port=<port>)"),
        ("colour 0xdeadbeef", "colour 0xdeadbeef"),
        ("/recipes/3E252B16-821a-4e2a-9858-93b816154b7b/cook", "/recipes/<uuid>/cook"),
        ('{"id":"47cc9561cc5a45d3bcedfa497c5969e3"}', '{"id":"<uuid>"}'),
        # A digest, and a UUID that was not drawn.
        ("ETag: d41d8cd98f00b204e9800998ecf8427e", "ETag: d41d8cd98f00b204e9800998ecf8427e"),
        ("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("\x1b[31mred\u202e", "\\x1b[31mred\\u202e"),
        ("one\r\ntwo\tthree", "one\ntwo\tthree"),
    ],
)
def test_what_changes_or_cannot_be_seen_is_spelled_out(text: str, tidied: str) -> None:
    assert tidy(text) == tidied
    assert tidy(tidied) == tidied


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/recipes/17646732470609", "/recipes/<id>"),
        ("/recipes?key=x7Kd-2bQz_o", "/recipes?key=<id>"),
        ("/recipes/d41d8cd98f00b204/", "/recipes/<id>"),
        ("/recipes/1234567", "/recipes/1234567"),
        ("/recipes/besobatu-soup", "/recipes/besobatu-soup"),
        (None, "None"),
    ],
)
def test_what_an_answer_made_up_for_an_address_is_hidden(address: str | None, shown: str) -> None:
    recorder = Recorder("seed")
    with recording(recorder):
        row = recorder.add(Row(f"GET {address}", "404"))
        hide_made_up(address)
    recorder.end()
    assert row.asked == f"GET {shown}"


def test_preview_is_one_short_line_wherever_a_port_ends() -> None:
    assert preview(" a\n b\t c ") == "a b c"
    assert preview("x" * 500) == "x" * 97 + "..."
    assert preview("y" * 80 + " 127.0.0.1:9/" + "z" * 50) == preview("y" * 80 + " 127.0.0.1:54321/" + "z" * 50)


def test_nothing_of_an_answer_is_taken_for_markup() -> None:
    @exercise(points=1, hints=["one", "two"])
    def check(app: App, f: Function) -> None:
        """Answer <b>."""
        claim(True, asked=EVIL, got=EVIL, wanted=EVIL, because=EVIL)
        with part():
            app.post("/x", headers={"X": EVIL}, data=EVIL).expect_header("X", because=EVIL, where=lambda value: False)
        f(EVIL).expect(1, because=EVIL, rfc=EVIL)

    source = f"@app.post('/x')\ndef x(): return {EVIL!r}, 200, {{'X': {EVIL!r}}}\ndef f(x): raise ValueError({EVIL!r})"
    report = judged(check, source)
    assert report.state == NOT_YET
    html = report._repr_html_()
    assert not {"script", "b", "x"} & set(Page(html).tags)
    assert EVIL in Page(html).text
    assert EVIL in repr(report)
    fault = Report(EVIL, EVIL, BROKEN, 0, 1, [], EVIL)._repr_html_()
    assert "script" not in Page(fault).tags
    assert "<script" not in Note(EVIL, [EVIL], code=EVIL)._repr_html_()


def test_dollar_signs_are_no_formula() -> None:
    for html in (REPORTS[NOT_YET]._repr_html_(), Note("title", ["line"])._repr_html_()):
        assert html.startswith('<div class="mathjax_ignore"')


def test_text_of_several_lines_stays_in_its_row() -> None:
    @exercise(points=1, hints=["one", "two"])
    def check(f: Function) -> None:
        """f() returns 1."""
        f().expect(1, because="b")

    report = judged(check, "def f(): raise ValueError('one\\ntwo\\r\\nthree\\x1b[2J')")
    assert len(repr(report).splitlines()) == 7
    assert "one two three\\x1b[2J" in repr(report)


def test_every_text_of_a_row_is_one_line() -> None:
    row = Row("a\n  b", "c\r\nd", ["e\n", "f"], False, "g\n\nh").to_json()
    assert list(row.values()) == ["a b", "c d", "e , f", False, "g h"]


@pytest.mark.parametrize(
    ("method", "request_", "lines"),
    [
        (
            "GET",
            {"query": {"q": "a b"}},
            (
                'requests.get(server.url + "/caf%C3%A9?q=a+b", allow_redirects=False, timeout=5)',
                "curl -i -X GET \"$SERVER\"'/caf%C3%A9?q=a+b'",
            ),
        ),
        (
            "HEAD",
            {"headers": {"X": "it's"}},
            (
                """requests.head(server.url + "/caf%C3%A9", headers={'X': "it's"}, allow_redirects=False, timeout=5)""",
                "curl -i --head \"$SERVER\"/caf%C3%A9 -H 'X: it'\\''s'",
            ),
        ),
        (
            "PUT",
            {"json": {"a": True}},
            (
                """requests.put(server.url + "/caf%C3%A9", json={'a': True}, allow_redirects=False, timeout=5)""",
                "curl -i -X PUT \"$SERVER\"/caf%C3%A9 -H 'Content-Type: application/json' --data-raw '{\"a\": true}'",
            ),
        ),
        (
            "BREW",
            {"data": "@me"},
            (
                """requests.request("BREW", server.url + "/caf%C3%A9", data='@me', allow_redirects=False, timeout=5)""",
                "curl -i -X BREW \"$SERVER\"/caf%C3%A9 -H 'Content-Type:' --data-raw '@me'",
            ),
        ),
    ],
)
def test_request_can_be_pasted(method: str, request_: dict, lines: tuple[str, str]) -> None:
    @exercise(points=1, hints=["one", "two"])
    def check(app: App) -> None:
        """The page is there."""
        app.request(method, "/caf\u00e9", **request_).expect(299, because="b")

    assert judged(check, "").rows[0].paste == lines


def test_pasted_line_sends_the_same_request() -> None:
    seen: list[tuple] = []
    evil = "a'b\"c$d`e \u20ac"

    @exercise(points=1, hints=["one", "two"])
    def check(app: App) -> None:
        """The page is there."""
        answer = app.post("/x/`$HOME`\"'", query={"q": evil}, headers={"X-One": "it's"}, data=evil)
        seen.append(tuple(answer.json.items()))
        answer.expect(299, because="b")

    source = (
        "@app.post('/x/<path:p>')\ndef x(p): return {'p': p, 'q': request.args['q'], 'h': request.headers['X-One'], "
        "'b': request.get_data(as_text=True), 't': request.headers.get('Content-Type')}"
    )
    line = judged(check, source).rows[0].paste[0]
    import requests

    from server import Server

    with Server(run_source(source, "<cell>")["app"]) as server:
        answer = eval(line, {"requests": requests, "server": server})
    assert tuple(answer.json().items()) == seen[0]


def test_code_that_could_not_be_run_is_told() -> None:
    report = not_loaded(ping, Unreachable("running your code", "raised KeyError: 'x'", "It must run."))
    assert (report.state, report.points, report.max_points) == (NOT_YET, 0, 2)
    assert report.rows == [
        Row("running your code", "raised KeyError: 'x'", ["it runs to its end"], False, "It must run.")
    ]
    blank = not_loaded(ping, Unreachable("your code", "no code", "Write it.", blank=True))
    assert blank.state == NOT_ATTEMPTED


def test_note_has_both_faces() -> None:
    note = Note("The title", ["one", "two < three"], code="if a < b:\n\n    pass")
    assert repr(note) == "The title\n  one\n  two < three\n\n    if a < b:\n\n        pass"
    page = Page(note._repr_html_())
    for words_shown in ("The title", "one", "two < three", "if a < b:"):
        assert words_shown in page.text


@pytest.mark.parametrize("body", ['{"title": "%s"}', "%s", '{"é": "%s", "b": "%s"}'])
def test_long_body_can_be_pasted(body: str) -> None:
    text = body.replace("%s", "x" * 12_000)
    line, curl = Sent("POST", "/recipes", {}, text, NO_JSON).paste()
    assert len(line) < 200
    stand_ins = {"requests": SimpleNamespace(post=lambda *_, data, **__: data), "server": SimpleNamespace(url="")}
    assert eval(line, stand_ins) in (text, text.encode())
    quoted = curl.partition("--data-raw ")[2]
    assert len(quoted) < 200
    if shutil.which("sh"):
        printed = subprocess.run(["sh", "-c", f"printf %s {quoted}"], capture_output=True, check=True).stdout
        assert printed == text.encode()


def test_long_json_can_be_pasted() -> None:
    line, _ = Sent("POST", "/recipes", {}, b"", {"title": "x" * 12_000, "draft": True}).paste()
    assert "json={'title': 'x' * 12000, 'draft': True}, " in line


def test_long_text_that_nobody_can_shorten_is_cut() -> None:
    for text in ("ab " * 4000, "'" + "x" * 12_000):
        assert all(len(line) < 500 for line in Sent("POST", "/recipes", {}, text, NO_JSON).paste())
