"""Do once, before the first fork, what every fork would do again: import, compile, look up."""

from __future__ import annotations

import importlib.metadata
import threading
from functools import cache

from checks.answer import LocalAnswer
from checks.app import App
from checks.prelude import run_source
from checks.recorder import Recorder, recording

_ANSWER = """
@app.route("/", methods=["GET", "POST"])
def view():
    return jsonify(request.get_json(silent=True) or {}), 201
"""


def warm_up() -> None:
    """Run a small answer and ask it, so that all that this needs is there."""
    # Werkzeug reads its own version from a file for every server.
    importlib.metadata.version = cache(importlib.metadata.version)
    answer = LocalAnswer(run_source(_ANSWER, "<answer>", "app = Flask(__name__)"))
    try:
        with recording(Recorder("warm")):
            App(answer).post("/", json={"a": 1}).expect(201, because="")
            App(answer).get("/nothing")
    finally:
        answer.close()
    for thread in threading.enumerate():
        # A fork copies the thread that forks and no other: what the others held stays locked for ever.
        if thread is not threading.main_thread():
            thread.join()
