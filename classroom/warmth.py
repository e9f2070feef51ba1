"""Do once, before the first fork, what every fork would do again: import, compile, look up."""

from __future__ import annotations

import importlib.metadata
import threading
from functools import cache

from checks.answer import LocalAnswer
from checks.app import App
from checks.function import Function
from checks.prelude import run_source
from checks.recorder import Recorder, recording
from checks.scripted import ScriptedServer

_ANSWER = """
@app.route("/", methods=["GET", "POST"])
def view():
    return jsonify(request.get_json(silent=True) or {}), 201

@app.get("/boom")
def boom():
    return 1 / 0

def double(number):
    return 2 * number

def fetch(url):
    return requests.get(url, timeout=5).status_code
"""
# With 12 the start took half as long again, and thirty submissions were judged no faster.
ROUNDS = 4


def warm_up() -> None:
    """Run a small answer and ask it, so that all that this needs is there.

    Again and again, because Python makes code faster that has run a few times: by writing into it, which a fork would
    have to do on a copy of its own.
    """
    # Werkzeug reads its own version from a file for every server.
    importlib.metadata.version = cache(importlib.metadata.version)
    for _ in range(ROUNDS):
        answer = LocalAnswer(run_source(_ANSWER, "<answer>", "app = Flask(__name__)"))
        try:
            with recording(Recorder("warm")):
                _ask(App(answer))
                Function(answer, "double")(2).expect(4, because="")
                _get(answer)
        finally:
            answer.close()
    for thread in threading.enumerate():
        # A fork copies the thread that forks and no other: what the others held stays locked for ever.
        if thread is not threading.main_thread():
            thread.join()


def _ask(app: App) -> None:
    app.post("/", json={"a": 1}).expect(201, because="").expect_json({"a": 1}, because="")
    for method in ("GET", "HEAD", "DELETE"):
        app.request(method, "/").expect_header("Content-Type", because="")
    app.get("/nothing").expect(404, because="")
    app.get("/boom").expect(500, because="")


def _get(answer: LocalAnswer) -> None:
    with ScriptedServer({"/": 200}) as server:
        Function(answer, "fetch")(server.url + "/").expect(200, because="")
