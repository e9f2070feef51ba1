"""An answer may bring its own app, or what is given to it: it is judged as strictly, and as fairly."""

from __future__ import annotations

import pytest

from checks.answer import LocalAnswer
from checks.judge import judge
from checks.prelude import run_source
from checks.report import NOT_YET, PASSED, Report
from lessons import lesson

APP = "app = Flask(__name__)\n"
BUY = "@app.get('/buy')\ndef buy(): return problem(403, 'Out of credit', balance=30)\n"
CLASH = (
    "@app.get('/clash')\ndef clash(): raise ApiError(409, 'taken')\n"
    "@app.get('/pay')\ndef pay(): raise ApiError(402, 'no_credit')\n"
)
PROBLEM = """
def problem(status, title, **more):
    return {"status": status, "title": title, **more}, status, {"Content-Type": "application/problem+json"}
"""
ONE_PROBLEM = """
def problem(status, title, **more):
    body = {"status": status, "title": title, "balance": more.get("balance")}
    return body, status, {"Content-Type": "application/problem+json"}
"""
API_ERROR = """
class ApiError(Exception):
    def __init__(self, status, code): self.status, self.code = status, code
@app.errorhandler(ApiError)
def handle(e): return {"error": e.code}, e.status
"""
TWO_ERRORS = API_ERROR.replace("e.status", "{409: 409, 402: 402}.get(e.status, 400)")


def judged(name: str, exercise: str, source: str) -> Report:
    given = lesson(name).text.given(exercise)
    answer = LocalAnswer(run_source(source, "<answer>", given))
    try:
        return judge(lesson(name).exercises[exercise], answer)
    finally:
        answer.close()


@pytest.mark.parametrize("start", ["", APP])
@pytest.mark.parametrize(
    ("exercise", "source", "state"),
    [
        ("problem_details", BUY + PROBLEM, PASSED),
        ("problem_details", BUY + ONE_PROBLEM, NOT_YET),
        ("own_error", CLASH + API_ERROR, PASSED),
        ("own_error", CLASH + TWO_ERRORS, NOT_YET),
    ],
)
def test_answer_that_brings_what_is_given(start: str, exercise: str, source: str, state: str) -> None:
    report = judged("error_bodies", exercise, start + source)
    assert report.state == state, f"\n{report!r}"


def test_function_with_the_name_of_a_given_view_does_not_replace_it() -> None:
    source = "@app.errorhandler(HTTPException)\ndef boom(e):\n    r = e.get_response()\n"
    source += "    r.data, r.content_type = json.dumps({'error': e.name}), 'application/json'\n    return r\n"
    report = judged("error_bodies", "json_errors", source)
    assert report.state == PASSED, f"\n{report!r}"
