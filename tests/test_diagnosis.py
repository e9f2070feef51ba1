"""A common mistake is explained by its cause, in words that fit what came over the wire."""

from __future__ import annotations

import pytest

from checks import App, exercise
from checks.answer import LocalAnswer
from checks.judge import judge
from checks.prelude import run_source
from checks.report import NOT_YET, Row


@exercise(points=1, hints=["one", "two"])
def asked_for(app: App) -> None:
    """POST /x answers 201."""
    app.post("/x", json={"id": 1}).expect(201, because="BECAUSE")


def explained(source: str) -> Row:
    """Return the row of the failed request."""
    answer = LocalAnswer(run_source(source, "<cell>"))
    try:
        report = judge(asked_for, answer)
    finally:
        answer.close()
    assert report.state == NOT_YET, report.fault
    assert report.rows[0].why.endswith("BECAUSE")
    return report.rows[0]


def view(body: str) -> str:
    return f"@app.post('/x')\ndef view():\n    {body}\n"


EXPLANATIONS = [
    # What a view returned.
    ("return None", "Flask answered 500. Your view returned None. A view must RETURN a body"),
    ("print({'id': 1})", "Your view returned None."),
    ("return 201", "returned an object of type int, and that is no body"),
    ("return True", "returned an object of type bool"),
    ("return {1, 2}", "returned an object of type set"),
    ("return HTTPStatus.CREATED", "returned an object of type HTTPStatus"),
    ("return ('x',)", "Your view returned a tuple of another form."),
    ("return {}, 201, {}, 4", "Your view returned a tuple of another form."),
    ("return {}, {'Location': '/1'}, 201", "The order is (body, status, headers)."),
    ("return None, 201", "Your view returned None."),
    # What a view raised.
    ("return {}['title']", "500: your code raised KeyError: 'title', line 3 of the cell, and Flask turned it into"),
    ("return json.loads('{')", "500: your code raised JSONDecodeError"),
    ("raise SystemExit(3)", "Your code ended the request: it raised SystemExit: 3, line 3 of the cell."),
    ("raise KeyboardInterrupt", "Your code ended the request: it raised KeyboardInterrupt"),
    ("def content():\n        yield 'a'\n        raise OSError('gone')\n    return Response(content())",
     "Your code raised OSError: gone, line 5 of the cell while it sent the content"),
    ("raise ValueError('x' * 1000)", "ValueError: xxxx"),
    # Where the status went.
    ("return {'id': 1}", "You answered 200. Where you say nothing, Flask says 200"),
    ("return jsonify({'id': 1}, 201)", "The 201 is inside the JSON body: jsonify({...}, 201) makes a two-element list"),
    ("return {'id': 1, 'status': 201}", "The status is still 200: you put 201 in the body."),
    ("return '201 Created'", "You wrote 201 in the body. Programs read the status line, not your prose."),
    ("return {'done': True}", "You answered 200."),
    ("return [1, True]", "You answered 200."),
    ("return 'x', 'Created'", "The server sent 'HTTP/1.1 0 Created': a text without a number becomes status 0"),
    ("return 'x', 1000", "No client can read this response"),
    ("return 'x', 100", "A 1xx status is only announced"),
    ("return 'x', 999", "999 is no status code: they go from 100 to 599"),
    ("return 'x', 202", "You answered 202."),
    ("return 'x', 503", "503 says that the server failed."),
    # Redirects.
    ("return '', 302, {'Location': '/x/'}", "The first answer was 302, a redirect to /x/: your route ends in a slash."),
    ("return redirect('/y', 303)", "You answered 303, a redirect to /y: the client has to ask once more."),
    ("return '', 304", "You answered 304."),
    ("return '', 302", "You answered 302."),
    # What Flask's routing says.
    ("abort(404)", "404: no route of your app takes POST /x, or your code answered 404 for it."),
    ("return 'mine', 404", "You answered 404."),
    ("abort(415)", "415 Unsupported Media Type: your app did not take the Content-Type"),
    ("return '', 405", "the route exists, but not for POST (Allow: nothing)"),
    ("return '', 405, {'Allow': 'PUT, GET'}", "(Allow: GET, PUT). Use @app.post(...) or methods=['POST']."),
    # No answer.
    ("request.environ['werkzeug.socket'].shutdown(2); return ''", "your code closed the connection"),
    ("while True: pass", "Look for an endless loop or a long wait in the view."),
    ("return Response(iter([b'x' * 1_000_000] * 9))", "The content does not come to an end"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "words"), EXPLANATIONS, ids=[body for body, _ in EXPLANATIONS])
def test_mistake_is_explained(body: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.wire.exchange.__defaults__", (None, b"", 0.5))
    why = explained(view(body)).why
    assert words in why
    assert len(why) < 500


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "404: no route of your app takes POST /x"),
        ("@app.get('/x')\ndef view(): return {}", "not for POST (Allow: GET, HEAD, OPTIONS). Use @app.post(...)"),
        ("@app.post('/x/')\ndef view(): return {}", "The first answer was 308, a redirect to /x/"),
        ("app.testing = True\n" + view("1 / 0"), "500: your code raised ZeroDivisionError: division by zero, line 4"),
        ("app.debug = True\n" + view("1 / 0"), "500: your code raised ZeroDivisionError"),
        (view("1 / 0") + "app.register_error_handler(500, lambda error: ('', 503))", "your code raised ZeroDivision"),
        (view("1 / 0") + "app.register_error_handler(500, lambda error: ('', 200))", "You answered 200."),
        (view("return {}") + "@app.after_request\ndef after(r): 1 / 0", "your code raised ZeroDivisionError"),
        ("def app(environ, start):\n    raise KeyError('k')", "your code raised KeyError: 'k', line 2 of the cell"),
    ],
)  # fmt: skip
def test_mistake_in_the_app_is_explained(source: str, words: str) -> None:
    assert words in explained(source).why


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"])
def test_advice_names_only_decorators_that_exist(method: str) -> None:
    from flask import Flask

    @exercise(points=1, hints=["one", "two"])
    def check(app: App) -> None:
        app.request(method, "/x").expect(201, because="b")

    source = "@app.route('/x', methods=['POST'], provide_automatic_options=False)\ndef view(): return ''"
    answer = LocalAnswer(run_source(source, "<cell>"))
    try:
        why = judge(check, answer).rows[0].why
    finally:
        answer.close()
    assert "405" in why
    if "@app." in why:
        assert hasattr(Flask, why.partition("@app.")[2].partition("(")[0])


def test_special_explanation_stands_before_the_general_one() -> None:
    @exercise(points=1, hints=["one", "two"])
    def check(app: App) -> None:
        app.get("/x").expect(201, because="b", instead={200: "SPECIAL", 500: "CRASHED"})

    def why(body: str) -> str:
        answer = LocalAnswer(run_source(f"@app.get('/x')\ndef view(): {body}", "<cell>"))
        try:
            return judge(check, answer).rows[0].why
        finally:
            answer.close()

    assert why("return ''") == "SPECIAL b"
    assert why("1 / 0").startswith("500: your code raised ZeroDivisionError")
    assert why("1 / 0").endswith("CRASHED b")
