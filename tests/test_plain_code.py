"""What an answer may leave behind in its process is told from its source alone."""

from __future__ import annotations

import pytest

from classroom.plain_code import LENGTH, keeps_to_itself
from lessons import LESSONS, lesson

PLAIN = {
    "a view": "@app.get('/a/<int:id>')\ndef view(id):\n    return jsonify({'id': id}), 200, {'X': '1'}",
    "its own app": "app = Flask(__name__)\napp.config['X'] = 1\napp.json.sort_keys = False",
    "an answer's headers": "@app.get('/')\ndef view():\n    r = make_response('')\n    r.headers['X'] = '1'",
    "names of its own": "N = {}\nclass Box:\n    def __init__(self):\n        self.x = 1\nN['a'] = Box()",
    "an error of its own": "class Odd(Exception):\n    def __init__(self):\n        super().__init__('odd')",
    "a name of Python": "def view(id):\n    return id",
    "imports that notebooks have": "import json\nfrom http import HTTPStatus as Status\ncode = Status.OK",
    "a client": "def ask(url):\n    r = requests.get(url, timeout=5)\n    return r.status_code",
    "code that cannot run": "def (",
}
NOT_PLAIN = {
    "a patched module": "requests.get = None",
    "a patched module, deeper": "requests.sessions.Session.get = None",
    "a patched class": "Response.default_mimetype = 'text/plain'",
    "a patched item": "werkzeug.exceptions.default_exceptions[404] = None",
    "a deleted attribute": "del json.dumps",
    "a module under another name": "j = json\nj.dumps = None",
    "a module in a list": "for each in [json]:\n    each.dumps = None",
    "a module under another name by import": "import json as j\nj.dumps = None",
    "a class under another name": "C = Response\nC.default_mimetype = 'text/plain'",
    "a class under another name by import": "from flask import Request as R\nC: type = R\nC.charset = 'x'",
    "a class in a list": "for each in (all_of_them := [Flask]):\n    each.run = None",
    "the class of an object": "T = type(app)\nT.run = None",
    "a function's module": "g = getattr(requests.get, '__glo' + 'bals__')\ng['json'] = None",
    "a name that hides a module": "json = Flask('x')",
    "the class of its app": "app.__class__.run = None",
    "a way around dots": "setattr(json, 'dumps', None)",
    "code in a text": "exec('import os')",
    "modules by name": "__import__('os')",
    "another module": "import os",
    "another module from the notebook": "threading.Thread(target=print).start()",
    "files": "open('x', 'w')",
    "files by io": "io.open('x', 'w')",
    "a logger": "app.logger.setLevel(50)",
    "a signal": "flask.got_request_exception.connect(print)",
    "an opener for all": "urllib.request.install_opener(None)",
    "an unknown name": "mystery()",
    "a relative import": "from . import x",
    "too long to look at": "x = 1\n" * LENGTH,
}


@pytest.mark.parametrize("source", PLAIN.values(), ids=PLAIN)
def test_an_answer_that_keeps_to_itself(source: str) -> None:
    assert keeps_to_itself(source)


@pytest.mark.parametrize("source", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_an_answer_that_may_leave_something_behind(source: str) -> None:
    assert not keeps_to_itself(source)


def test_what_an_exercise_gives_is_its_own() -> None:
    assert not keeps_to_itself("RECIPES['soup'] = 1")
    assert keeps_to_itself("RECIPES['soup'] = 1", given="RECIPES = {}")


def test_nearly_all_model_answers_keep_to_themselves() -> None:
    """Else sharing a process would save nothing."""
    known = [exercise for name in LESSONS for exercise in lesson(name).exercises.values() if not exercise.is_file]
    sources = [
        (cell.source, exercise.find_given())
        for exercise in known
        for cell in lesson(exercise.lesson).text.answers(exercise.name, "solution")
    ]
    alone = [source for source, given in sources if not keeps_to_itself(source, given)]
    assert len(alone) < len(sources) / 20, "\n\n".join(alone)
