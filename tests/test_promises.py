"""What a check can promise about apps, functions and values: kept promises chain, broken ones say why."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import pytest
from sample_exercises import created, double, ping, two_doors

from checks import (
    App,
    Exercise,
    Function,
    Scripted,
    ScriptedServer,
    Value,
    claim,
    closed_url,
    describe,
    exercise,
    part,
    random_choice,
    random_number,
    random_word,
    random_words,
    same_json,
    shuffled,
    wait_until,
)
from checks import answer as answers
from checks.answer import LocalAnswer
from checks.judge import judge
from checks.plain import ErrorOf, ResponseOf, Thing
from checks.prelude import run_source
from checks.report import BROKEN, NOT_ATTEMPTED, NOT_YET, PASSED, Report, Row


def judged(check: Callable[..., None] | Exercise, source: str, seed: str | None = None) -> Report:
    """Judge the source of an answer."""
    tried = check if isinstance(check, Exercise) else exercise(points=6, hints=["one", "two"])(check)
    answer = LocalAnswer(run_source(source, "<cell>"))
    try:
        return judge(tried, answer, seed)
    finally:
        answer.close()


def failure(report: Report) -> Row:
    """Return the row that failed."""
    assert report.state == NOT_YET, f"\n{report!r}\n{report.fault}"
    return next(row for row in report.rows if not row.passed)


def view(body: str, route: str = "@app.get('/x')") -> str:
    return f"{route}\ndef view(**names):\n    {body}\n"


# Status codes.


def test_status_that_was_promised_is_kept() -> None:
    def check(app: App) -> None:
        assert app.get("/x").expect(200, 201, because="b").code == 201

    report = judged(check, view("return '', 201"))
    assert report.state == PASSED
    assert report.rows[0].wanted == ["200 or 201"]


def test_other_status_is_broken_with_reason_and_section() -> None:
    def check(app: App) -> None:
        app.get("/x").expect(201, because="It was made.", instead={202: "202 is for later."}, rfc="RFC 9110 §15.3.2")

    row = failure(judged(check, view("return 'x', 202")))
    assert (row.wanted, row.why, row.rfc) == (["201"], "202 is for later. It was made.", "RFC 9110 §15.3.2")


def test_starter_that_answers_501_is_not_attempted_even_where_an_error_is_promised() -> None:
    def check(app: App) -> None:
        app.get("/x").expect(*range(400, 600), because="b")

    assert judged(check, view("return '', 501")).state == PASSED

    def other(app: App) -> None:
        app.get("/x").expect(500, because="b")

    assert judged(other, view("return '', 501")).state == NOT_ATTEMPTED
    assert judged(other, view("1 / 0")).state == PASSED


def test_redirect_is_not_followed() -> None:
    def check(app: App) -> None:
        assert app.get("/x").expect(302, because="b").location == "/y"

    assert judged(check, view("return redirect('/y', 302)")).state == PASSED


def test_crash_is_that_of_this_request_only() -> None:
    def check(app: App) -> None:
        assert app.get("/boom").crash is None
        assert app.get("/busy").crash is None
        crash = app.get("/crash").crash
        assert crash is not None
        assert str(crash) == "KeyError: 'k'"

    source = (
        "app.register_error_handler(500, lambda error: ('handled', 200))\n"
        "@app.get('/boom')\ndef boom(): 1 / 0\n@app.get('/busy')\ndef busy(): return '', 503\n"
        "@app.get('/crash')\ndef crash():\n    app.error_handler_spec.clear()\n    {}['k']\n"
    )
    assert judged(check, source).state == PASSED


# Requests.


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "patch", "delete"])
def test_method_is_sent(method: str) -> None:
    def check(app: App) -> None:
        getattr(app, method)("/x").expect_header("X-Method", because="b", where=lambda name: name == method.upper())

    route = "@app.route('/x', methods=['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])"
    assert judged(check, view("return '', 200, {'X-Method': request.method}", route)).state == PASSED


def test_request_carries_what_it_was_given() -> None:
    def check(app: App) -> None:
        seen = app.post("/x", query={"q": "a b"}, headers={"X-One": "1"}, json={"n": [1]}).json
        assert seen == {"args": {"q": "a b"}, "one": "1", "type": "application/json", "body": '{"n": [1]}'}
        seen = app.post("/x", data="caf\u00e9", headers={"Content-Type": "text/plain"}).json
        assert (seen["type"], seen["body"]) == ("text/plain", "caf\u00e9")
        assert app.post("/x", data=b"raw").json["type"] is None

    source = view(
        "return {'args': request.args, 'one': request.headers.get('X-One'), "
        "'type': request.headers.get('Content-Type'), 'body': request.get_data(as_text=True)}",
        "@app.post('/x')",
    )
    assert judged(check, source).state == PASSED


@pytest.mark.parametrize("name", ["caf\u00e9", "a b", "100%25", "\u20ac\U0001f642", "a;b,c", "\ud800"])
def test_path_may_hold_anything(name: str) -> None:
    def check(app: App) -> None:
        app.get(f"/names/{name}").expect(200, because="b")

    assert judged(check, view("return names", "@app.get('/names/<name>')")).state == PASSED


@pytest.mark.parametrize("address", ["None", "7", "['/x']", "{'href': '/x'}"])
def test_address_that_is_none_is_the_answers_matter(address: str) -> None:
    def check(app: App) -> None:
        app.get(app.get("/x").member("next")).expect(200, because="b")

    row = failure(judged(check, view(f"return {{'next': {address}}}")))
    assert (row.got, row.wanted) == ("nothing was sent", ["a path on this server"])
    assert "nobody can ask it" in row.why


def test_odd_text_of_an_answer_can_be_sent_back() -> None:
    def check(app: App) -> None:
        token = app.get("/x").member("token")
        app.get("/x", headers={"Authorization": token}, query={"token": token}).expect(200, because="b")
        app.post("/y", data=token).expect(405, 404, because="b")

    assert judged(check, view("return {'token': '\\u20ac\\ud800\\r\\nX: y'}")).state == PASSED


# The promises about what came back.


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return {'a': 1}", None),
        ("return Response('{\"a\": 1.0}', mimetype='application/json; charset=utf-8')", None),
        ("return {'a': True}", "It must be one."),
        ("return {'a': 1, 'b': 2}", "It must be one."),
        ("return [1]", "It must be one."),
        ("return '{\"a\": 1}'", "a str becomes text/html"),
        ("return '{\"a\": 1}', 404", "an HTML page"),
        ("return Response('{\"a\": 1}', mimetype='text/plain')", "The Content-Type is text/plain"),
        ("r = Response('x'); del r.headers['Content-Type']; return r", "The Content-Type is missing"),
        ("return Response('{', mimetype='application/json')", "the content is no JSON"),
        ("return Response('{\"a\": NaN}', mimetype='application/json')", "the content is no JSON"),
        ("return Response('[' * 100000, mimetype='application/json')", "the content is no JSON"),
        ("return Response(b'\\xff', mimetype='application/json')", "the content is no JSON"),
        ("return Response('1' * 5000, mimetype='application/json')", "the content is no JSON"),
        ("return Response('{\"a\": 1}', mimetype='application/problem+json')", "problem+json"),
    ],
)
def test_json_is_promised(body: str, words: str | None) -> None:
    def check(app: App) -> None:
        app.get("/x").expect_json({"a": 1}, because="It must be one.")

    report = judged(check, view(body))
    if words is None:
        assert report.state == PASSED
    else:
        assert words in failure(report).why.replace("no such JSON", "no JSON")


def test_problem_details_are_json_where_an_error_is_promised() -> None:
    def check(app: App) -> None:
        app.get("/x").expect_json(because="b", error=True, where=lambda value: value["title"] == "No", wanted="a title")

    problem = "Response('{\"title\": \"No\"}', 404, mimetype='application/problem+json')"
    assert judged(check, view(f"return {problem}")).state == PASSED
    assert failure(judged(check, view("return {'title': 'Yes'}"))).wanted == ["a title"]


@pytest.mark.parametrize("content", ["None", "7", "'text'", "[]", "{}", "{'title': None}", "{'title': {}}"])
def test_value_of_another_shape_is_not_what_was_promised(content: str) -> None:
    def check(app: App) -> None:
        app.get("/x").expect_json(because="b", where=lambda value: len(value["title"]) == 2, wanted="two letters")

    assert failure(judged(check, view(f"return jsonify({content})"))).wanted == ["two letters"]


def test_fault_of_a_promise_is_a_fault_of_the_check() -> None:
    def check(app: App) -> None:
        app.get("/x").expect_json(because="b", where=lambda value: undefined_name, wanted="w")  # type: ignore[name-defined]  # noqa: F821

    assert judged(check, view("return {}")).state == BROKEN


def test_header_is_promised() -> None:
    def check(app: App) -> None:
        app.get("/x").expect_header("Retry-After", because="b", where=lambda value: int(value) > 5, wanted="over 5")

    assert judged(check, view("return '', 200, {'Retry-After': '7'}")).state == PASSED
    assert failure(judged(check, view("return '', 200, {'Retry-After': '5'}"))).why == "Retry-After is '5'. b"
    assert failure(judged(check, view("return '', 200, {'Retry-After': 'soon'}"))).wanted == ["Retry-After: over 5"]
    assert failure(judged(check, view("return ''"))).why == "There is no Retry-After header field. b"
    assert "third in the tuple" in failure(judged(check, view("return {'Retry-After': 7}"))).why


def test_field_in_several_lines_is_one() -> None:
    def check(app: App) -> None:
        app.get("/x").expect_header("Vary", because="b", where=lambda value: value == "A, B")

    assert judged(check, view("return '', 200, [('Vary', 'A'), ('Vary', 'B')]")).state == PASSED


@pytest.mark.parametrize(
    ("location", "kept"),
    [
        ("'/items/caf\u00e9?x=1'", True),
        ("'/items/caf%C3%A9?x=1'", True),
        ("request.host_url + 'items/caf\u00e9?x=1'", True),
        ("'http://localhost:' + request.host.partition(':')[2] + '/items/caf\u00e9?x=1'", True),
        ("'items/caf\u00e9?x=1'", True),
        ("'./items/caf\u00e9?x=1#top'", True),
        ("'/items/cafe?x=1'", False),
        ("'/items/caf\u00e9'", False),
        ("'http://example.com/items/caf\u00e9?x=1'", False),
        ("'https://' + request.host + '/items/caf\u00e9?x=1'", False),
        ("'http://127.0.0.1:1/items/caf\u00e9?x=1'", False),
        ("'http://' + request.host + '@example.com/items/caf\u00e9?x=1'", False),
        ("''", False),
    ],
)
def test_location_is_resolved(location: str, kept: bool) -> None:
    def check(app: App) -> None:
        app.get("/x").expect_location("/items/caf\u00e9?x=1", because="b")

    assert judged(check, view(f"return '', 201, {{'Location': {location}}}")).state == (PASSED if kept else NOT_YET)


@pytest.mark.parametrize("reference", ["http://[::1", None, 7, [], "\ud800", "http://:x/"])
def test_reference_of_an_answer_can_be_anything(reference: Any) -> None:
    def check(app: App) -> None:
        app.get("/x").expect_that(app.get("/x").resolve(reference) != "/x", wanted="another address", because="b")

    assert judged(check, view("return ''")).state == PASSED


def test_no_content_means_no_byte_on_the_wire() -> None:
    def check(app: App) -> None:
        app.get("/x").expect_no_content(because="b")

    assert judged(check, view("return '', 204")).state == PASSED
    assert failure(judged(check, view("return 'abc'"))).why == "3 bytes came after the headers. b"
    raw = "def app(environ, start):\n    start('204 No Content', [])\n    return [b'abcde']\n"
    assert "5 bytes" in failure(judged(check, raw)).why


@pytest.mark.parametrize(
    "promise",
    [
        lambda exchange: exchange.expect(200, because="b"),
        lambda exchange: exchange.expect_that(True, wanted="w", because="b"),
        lambda exchange: exchange.expect_json(because="b"),
        lambda exchange: exchange.expect_header("X", because="b"),
        lambda exchange: exchange.expect_location("/x", because="b"),
        lambda exchange: exchange.expect_no_content(because="b"),
    ],
)
def test_no_promise_is_kept_by_silence(promise: Callable[[Any], Any]) -> None:
    def check(app: App) -> None:
        promise(app.get("/x"))

    row = failure(judged(check, view("request.environ['werkzeug.socket'].shutdown(2); return ''")))
    assert row.got == "the connection was closed without an answer"
    assert "no status code" in row.why


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (view("return {'ping': 'pong'}"), None),
        (view("return ({'ping': 'pong'}, 200) if request.method == 'GET' else ('', 404)"), "You answered 404."),
        (view("return {'ping': 'pong'} if request.method == 'GET' else 'x'"), "Content-Type is 'text/html"),
        (
            "@app.route('/x', methods=['GET'])\ndef x(): return {}\n@app.before_request\ndef no():\n"
            "    if request.method == 'HEAD': abort(405)",
            "refuses HEAD",
        ),
    ],
)
def test_head_answers_like_get(source: str, words: str | None) -> None:
    def check(app: App) -> None:
        app.get("/x").expect(200, because="b").expect_same_head()

    report = judged(check, source)
    if words is None:
        assert report.state == PASSED
        assert [row.asked for row in report.rows] == ["GET /x", "HEAD /x"]
    else:
        assert words in failure(report).why


def test_head_has_the_promised_fields_and_no_content() -> None:
    def check(app: App) -> None:
        app.get("/x").expect_header("X-One", because="b").expect_same_head()

    assert judged(check, view("return '', 200, {'X-One': '1'}")).state == PASSED
    row = failure(judged(check, view("return '', 200, {'X-One': '1'} if request.method == 'GET' else {}")))
    assert (row.asked, row.wanted) == ("HEAD /x", ["X-One: 1"])
    raw = "def app(environ, start):\n    start('200 OK', [('X-One', '1')])\n    return [b'abc']\n"
    row = failure(judged(check, raw))
    assert (row.asked, row.wanted) == ("HEAD /x", ["no content"])


def test_messages_of_the_log_are_seen() -> None:
    def check(app: App) -> None:
        app.get("/x")
        claim(app.log_messages() == ["one", "two 2"], asked="log", got=str(app.log_messages()), wanted="w", because="b")

    source = view(
        "app.logger.setLevel(10); app.logger.info('no'); app.logger.warning('one'); "
        "logging.getLogger('other').error('two %d', 2); return ''"
    )
    assert judged(check, source).state == PASSED


def test_wrong_logging_call_does_not_end_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    # Without pytest's own handlers, which raise, and without what logging has to say about it on stderr.
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(logging, "raiseExceptions", False)

    def check(app: App) -> None:
        app.get("/x").expect(200, because="b")
        assert app.log_messages() == []

    assert judged(check, view("logging.warning('%d', 'x'); return ''")).state == PASSED


# Functions.


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("return x + x", True),
        ("return HTTPStatus.OK - 196 if x == 2 else x * 2", True),
        ("return float(x + x) if x == 2 else x + x", False),
        ("return True if x == 2 else x + x", False),
        ("return [x, x]", False),
        ("return None", False),
        ("return ...", None),
        ("return NotImplemented", None),
        ("raise ValueError(x)", False),
        ("raise SystemExit", False),
    ],
)
def test_function_is_judged_by_what_it_returns(body: str, kept: bool | None) -> None:
    state = {True: PASSED, False: NOT_YET, None: NOT_ATTEMPTED}[kept]
    assert judged(double, f"def double(x):\n    {body}\n").state == state


def test_exception_of_a_function_is_told_with_its_line() -> None:
    row = failure(judged(double, "def double(x):\n    y = x\n    raise KeyError('title')\n"))
    assert row.got == "raised KeyError: 'title'"
    assert row.why == "Your function raised KeyError: 'title', line 3 of the cell. 2 + 2"


def test_line_is_that_of_the_cell_and_not_of_a_library() -> None:
    row = failure(judged(double, "def double(x):\n    return json.loads('{')\n"))
    assert "line 2 of the cell" in row.why


def test_exception_is_promised_by_its_class_or_a_base_of_it() -> None:
    def check(f: Function) -> None:
        assert f().expect_raises("LookupError", because="b").raised[:2] == ("Missing", "KeyError")

    assert judged(check, "class Missing(KeyError): pass\ndef f(): raise Missing('x')").state == PASSED
    assert failure(judged(check, "def f(): return 1")).wanted == ["raises LookupError"]
    assert failure(judged(check, "def f(): raise ValueError")).got == "raised ValueError"


def test_arguments_are_copies_and_can_be_promised_unchanged() -> None:
    def check(f: Function) -> None:
        mine = [3, 1, 2]
        result = f(mine)
        assert mine == [3, 1, 2]
        result.expect([1, 2, 3], because="b").expect_arguments_unchanged([3, 1, 2], because="Somebody else has it.")

    assert judged(check, "def f(items): return sorted(items)").state == PASSED
    row = failure(judged(check, "def f(items):\n    items.sort()\n    return items"))
    assert row.why == "Somebody else has it."


def test_value_must_be_new_at_every_call() -> None:
    def check(f: Function) -> None:
        for _ in range(2):
            f().expect([], because="b").expect_new(because="It is the old one.")

    assert judged(check, "def f(): return []").state == PASSED
    assert failure(judged(check, "KEPT = []\ndef f(): return KEPT")).why == "It is the old one."


def test_method_of_what_came_back_is_called() -> None:
    def check(f: Function) -> None:
        f("a b", then=("split", ())).expect(["a", "b"], because="b")

    assert judged(check, "def f(text): return text").state == PASSED
    assert judged(check, "def f(text): return NotImplemented").state == NOT_ATTEMPTED
    assert judged(check, "def f(text): return ...").state == NOT_ATTEMPTED
    assert "AttributeError" in failure(judged(check, "def f(text): return 7")).got


def test_response_and_exception_are_made_where_the_answer_lives() -> None:
    def check(f: Function) -> None:
        with ScriptedServer({"/gone": 410}) as server:
            f(ResponseOf(f"{server.url}/gone")).expect(410, because="b")
            f(ErrorOf(f"{server.url}/gone")).expect(410, because="b")
        f(ErrorOf(closed_url())).expect(None, because="b")

    source = "def f(x):\n    r = x if isinstance(x, requests.Response) else x.response\n"
    report = judged(check, source + "    return None if r is None else r.status_code\n")
    assert report.state == PASSED
    assert report.to_json()["rows"][0]["asked"] == "f(the response to GET http://<server>/gone)"


def test_time_zone_holds_during_the_call_only() -> None:
    def check(f: Function) -> None:
        before = f().value
        # Where the system cannot be told a time zone (Windows), local time stays what it is.
        f(time_zone="UTC-5").expect(18000 if hasattr(time, "tzset") else before, because="b")
        f(time_zone="UTC+3").expect(-10800 if hasattr(time, "tzset") else before, because="b")
        f().expect(before, because="b")

    assert judged(check, "def f(): return time.localtime().tm_gmtoff").state == PASSED


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "try:\n        while True: sum([])\n    except: pass\n    while True: sum([])",
        "threading.Event().wait(0.7)",
        "class Slow:\n        def __repr__(self):\n            while True: pass\n    return Slow()",
    ],
)
def test_call_that_does_not_end_is_given_up(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "CALL_LIMIT", 0.1)
    row = failure(judged(double, f"def double(x):\n    {body}\n"))
    assert row.got == "did not finish within 0.1 s"
    assert "timeout=" in row.why


def test_second_late_call_is_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "CALL_LIMIT", 0.1)

    def check(f: Function) -> None:
        for number in range(4):
            with part():
                f(number).expect(None, because="b")

    report = judged(check, "def f(x):\n    while True: pass")
    assert [row.got for row in report.rows] == ["did not finish within 0.1 s"] * 2
    assert (report.state, report.points) == (NOT_YET, 0)


def test_late_requests_that_nothing_was_promised_of_get_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.wire.exchange.__defaults__", (None, b"", 0.1))

    def check(app: App) -> None:
        for _ in range(3):
            app.get("/x")

    report = judged(check, view("while True: pass"))
    row = failure(report)
    assert len(report.rows) == 2
    assert (row.got, row.wanted) == ("no complete answer within 0.1 s", ["an answer in time"])
    assert "gave up" in row.why


@pytest.mark.parametrize(
    ("source", "got"),
    [
        ("other = 1", "there is no double"),
        ("double = 3", "double is of type int"),
        ("double = None", "double is of type NoneType"),
        ("double = 'text'", "double is of type str"),
    ],
)
def test_name_that_is_no_function(source: str, got: str) -> None:
    row = failure(judged(double, source))
    assert row.got == got
    assert "`double`" in row.why


def test_blank_function_keeps_no_promise() -> None:
    def check(f: Function) -> None:
        f().expect_that(True, wanted="anything", because="b")

    assert judged(check, "def f(): return None").state == PASSED
    assert judged(check, "def f(): return NotImplemented").state == NOT_ATTEMPTED


@pytest.mark.parametrize("blank", ["double = ...", "double = lambda x: ...", "def double(x): return NotImplemented"])
def test_blank_function_is_not_attempted(blank: str) -> None:
    assert judged(double, blank).state == NOT_ATTEMPTED


# Values.


def test_value_is_read_changed_and_bound_anew() -> None:
    def check(app: App, N: Value) -> None:  # noqa: N803
        N.expect({}, because="b")
        note = {"text": "one"}
        N.put("a", note)
        app.delete("/x").expect(200, because="b")
        assert note == {"text": "one"}, "the answer must not hold the check's own object"
        N.expect({"a": {}}, because="b")
        N.remove("a")
        N.remove("a")
        N.expect({}, because="b")
        N.assign([1])
        assert app.delete("/x").json == [1]
        N.remove(1)
        N.assign({2})
        N.add(3)
        N.remove(4)
        N.expect({2, 3}, because="b")

    source = "N = {}\n" + view(
        "for note in N:\n        if type(N) is dict: N[note].clear()\n    return jsonify(N)", "@app.delete('/x')"
    )
    report = judged(check, source)
    assert report.state == PASSED, f"{report!r}\n{report.fault}"


@pytest.mark.parametrize(
    ("source", "got"),
    [
        ("M = 1", "there is no N"),
        ("N = 1", "N is of type int: TypeError"),
        ("N = None", "N is of type NoneType: TypeError"),
        ("N = ()", "N is of type tuple: TypeError"),
        (
            "class Own:\n    def __setitem__(self, key, value): raise SystemExit\nN = Own()",
            "N is of type Own: SystemExit",
        ),
    ],
)
def test_value_that_cannot_be_changed_is_the_answers_matter(source: str, got: str) -> None:
    def check(N: Value) -> None:  # noqa: N803
        N.put("a", 1)

    row = failure(judged(check, source))
    assert row.got == got
    assert row.wanted == ["the name N"]


@pytest.mark.parametrize(
    ("source", "got"),
    [
        ("class Own:\n    def __repr__(self): raise SystemExit\nN = Own()", "N is of type Own: SystemExit"),
        ("class Own:\n    def __repr__(self):\n        while True: pass\nN = Own()", "did not finish within 0.1 s"),
    ],
)
def test_value_that_cannot_be_read_is_the_answers_matter(
    source: str, got: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "CALL_LIMIT", 0.1)

    def check(N: Value) -> None:  # noqa: N803
        N.expect(1, because="b")

    assert failure(judged(check, source)).got == got


def test_blank_value_is_not_attempted() -> None:
    def check(N: Value) -> None:  # noqa: N803
        N.expect_that(lambda value: True, wanted="anything", because="b")

    assert judged(check, "N = ...").state == NOT_ATTEMPTED
    assert judged(check, "N = None").state == PASSED


@pytest.mark.parametrize("value", ["None", "3", "[]", "'text'", "object()"])
def test_value_of_another_type_breaks_no_check(value: str) -> None:
    assert (
        judged(
            created, f"N = {value}\n@app.post('/notes')\ndef add(): return '', 201, {{'Location': '/notes/1'}}"
        ).state
        == NOT_YET
    )


def test_attribute_of_the_app_is_a_value_and_a_function() -> None:
    def check(app: App) -> None:
        app.value("testing").expect(True, because="b")
        app.function("test_client")(then=("get", ("/x",))).expect_that(True, wanted="w", because="b")

    assert judged(check, "app.testing = True").state == PASSED
    assert failure(judged(check, "app = lambda environ, start: []")).got == "app is of type function"


def test_missing_attribute_is_the_answers_matter() -> None:
    def check(app: App) -> None:
        app.value("no_such_thing").read()

    assert failure(judged(check, "")).asked == "the name app.no_such_thing"


# The app itself.


@pytest.mark.parametrize(
    ("source", "got", "state"),
    [
        ("app = 3", "app is of type int", NOT_YET),
        ("app = None", "app is of type NoneType", NOT_YET),
        ("app = ...", "not attempted yet", NOT_ATTEMPTED),
        ("del app", "there is no app", NOT_YET),
        ("app = current_app", "500  text/html  an HTML page", NOT_YET),
        ("app = lambda environ, start: 1", "500  text/html  an HTML page", NOT_YET),
    ],
)
def test_name_that_is_no_app(source: str, got: str, state: str) -> None:
    report = judged(ping, source)
    assert report.state == state
    assert report.rows[0].got == got
    assert report.rows[0].why


# Parts and claims.


@pytest.mark.parametrize(
    ("source", "points", "state"),
    [
        ("@app.get('/one')\ndef one(): return ''", 4, PASSED),
        ("", 2, NOT_YET),
        ("@app.get('/<path:p>')\ndef one(p): return ''", 2, NOT_YET),
        ("@app.get('/<path:p>')\ndef one(p): return '', 500", 0, NOT_YET),
        ("@app.get('/<path:p>')\ndef one(p): return '', 501", 0, NOT_ATTEMPTED),
        ("app = 3", 0, NOT_YET),
    ],
)
def test_parts_share_the_points(source: str, points: float, state: str) -> None:
    report = judged(two_doors, source)
    assert (report.points, report.state) == (points, state)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_fails_outside_of_the_parts_never_leaves_full_points(place: int) -> None:
    def check() -> None:
        for number in range(3):
            claim(number != place, asked="a", got="g", wanted="w", because="b")
            if number < 2:
                with part():
                    claim(True, asked="a", got="g", wanted="w", because="b")

    assert judged(check, "").points == [0, 3, 4][place]


def test_claim_is_a_row_of_its_own() -> None:
    def check() -> None:
        claim(True, asked="one", got="1", wanted="w", because="b")
        claim(False, asked="two", got="2", wanted="w", because="It matters.", rfc="RFC 1")
        raise AssertionError("never reached")

    report = judged(check, "")
    assert [(row.asked, row.got, row.passed, row.why, row.rfc) for row in report.rows] == [
        ("one", "1", True, "", ""),
        ("two", "2", False, "It matters.", "RFC 1"),
    ]


# Random data.


def test_random_data_follows_the_seed() -> None:
    seen = []

    def check() -> None:
        words = random_words(20)
        assert len(set(words)) == 20
        numbers = [random_number(1, 3) for _ in range(50)]
        assert set(numbers) == {1, 2, 3}
        items = list(range(20))
        assert sorted(shuffled(items)) == items == list(range(20))
        assert random_choice(items) in items
        seen.append((random_word(), words, numbers, shuffled(items)))
        claim(True, asked="a", got="g", wanted="w", because="b")

    for seed in (None, None, "one", "two"):
        assert judged(check, "", seed).state == PASSED
    assert seen[0] == seen[1]
    assert len({str(data) for data in seen}) == 3


# Small helpers.


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1.0, True),
        (True, 1, False),
        (False, 0, False),
        (None, False, False),
        ({"a": [1, {"b": 2}]}, {"a": [1.0, {"b": 2}]}, True),
        ({"a": True}, {"a": 1}, False),
        ([True], [1], False),
        ([1, 2], [2, 1], False),
        ([], {}, False),
        ("1", 1, False),
    ],
)
def test_json_is_compared_by_value(one: Any, other: Any, equal: bool) -> None:
    assert same_json(one, other) is equal
    assert same_json(other, one) is equal


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b", "a"}, "{'a', 'b'}"),
        (set(), "set()"),
        ([{"z": {"b", "a", "c"}}, (1,), ()], "[{'z': {'a', 'b', 'c'}}, (1,), ()]"),
        ("http://127.0.0.1:54321/x", "'http://<server>/x'"),
        (Thing(("Response",), "<Response at 0x7f01>"), "<Response at 0x…> (of type Response)"),
        (ResponseOf("http://127.0.0.1:1/a", "PUT"), "the response to PUT http://127.0.0.1:1/a"),
        (ErrorOf("/a"), "the exception of GET /a"),
    ],
)
def test_plain_data_is_described_the_same_in_every_run(value: object, text: str) -> None:
    assert describe(value) == text


def test_description_is_short_wherever_the_port_ends() -> None:
    one, other = ("x" * 120 + f" http://127.0.0.1:{port}/ " + "y" * 100 for port in (9, 54321))
    assert describe(one) == describe(other)
    assert len(describe(one)) == 160


def test_wait_until_waits_and_gives_up() -> None:
    calls = []
    assert wait_until(lambda: calls.append(1) or len(calls) == 3)
    assert not wait_until(lambda: False, limit=0.02)


# The scripted server.


def test_scripted_server_answers_as_it_is_told_and_remembers() -> None:
    import requests

    script = {
        "/list": [503, Scripted(200, {"a": 1}, {"X-One": "1"})],
        "/echo": lambda seen: Scripted(200, seen.body),
        "/number": 204,
    }
    with ScriptedServer(script) as server:
        first, second, third = (requests.get(f"{server.url}/list", timeout=5) for _ in range(3))
        assert [first.status_code, second.status_code, third.json()] == [503, 200, {"a": 1}]
        assert second.headers["X-One"] == "1"
        assert requests.put(f"{server.url}/echo", data=b"abc", timeout=5).content == b"abc"
        assert requests.get(f"{server.url}/nowhere", timeout=5).status_code == 404
        assert requests.get(server.url, timeout=5).status_code == 404
        seen = server.seen
        assert [(one.method, one.path) for one in seen[-3:]] == [("PUT", "/echo"), ("GET", "/nowhere"), ("GET", "/")]
        assert seen[0].at <= seen[1].at
        assert seen[3].body == b"abc"
        server.forget()
        assert server.seen == []


def test_fault_in_a_script_is_a_fault_of_the_check() -> None:
    def check(f: Function) -> None:
        with ScriptedServer({"/x": lambda seen: int("no number")}) as server:
            f(f"{server.url}/x").expect(200, because="b")

    report = judged(check, "def f(url): return requests.get(url, timeout=5).status_code")
    assert report.state == BROKEN
    assert "no number" in report.fault


def test_waiting_script_ends_with_its_server() -> None:
    def check(f: Function) -> None:
        with ScriptedServer({"/x": Scripted(200, wait=60)}) as server:
            f(f"{server.url}/x").expect("late", because="b")

    source = "def f(url):\n    try: requests.get(url, timeout=0.1)\n    except requests.Timeout: return 'late'\n"
    assert judged(check, source).state == PASSED
