"""Broken apps of the lesson on conditional requests: each starts, runs, and is wrong.

Each function makes one app. Its docstring tells the symptom, the cause, and what repairs it.
"""

from __future__ import annotations

from flask import Flask, abort, jsonify, request


def frozen_tag() -> Flask:
    """Make the app whose ETag never changes.

    Symptom: POST /menu adds a dish, and a client that kept the old menu goes on showing it: GET answers 304 for ever.
    Cause: the tag is a constant, so every version of the menu has the same one.
    Repair: make the tag of the content, for instance with ``add_etag()``.
    """
    app = Flask(__name__)
    menu = {"soup": 5}

    @app.get("/menu")
    def read_menu():
        response = jsonify(menu)
        response.set_etag("v1")
        return response.make_conditional(request)

    @app.post("/menu")
    def add_dish():
        menu.update(request.get_json())
        return menu, 201

    return app


def late_check() -> Flask:
    """Make the app that writes first and looks at the condition afterwards.

    Symptom: PUT /doc with an old tag answers 412, and the document has changed all the same.
    Cause: the view changes the document before it compares the tag.
    Repair: compare first, and touch the document only when the condition holds.
    """
    app = Flask(__name__)
    doc = {"n": 1, "t": "draft"}

    @app.get("/doc")
    def read():
        return doc, {"ETag": f'"v{doc["n"]}"'}

    @app.put("/doc")
    def write():
        if not request.if_match:
            abort(428)
        current = f"v{doc['n']}"
        doc.update(n=doc["n"] + 1, t=request.get_json()["t"])
        if not request.if_match.contains(current):
            abort(412)
        return doc

    return app


def lost_update() -> Flask:
    """Make the app in which the second editor wins.

    Symptom: Ann and Bob read the same version, both PUT with If-Match, both get 200, and Ann's text is gone.
    Cause: ``make_conditional()`` compares for GET and HEAD only, and here it also comes after the write.
    Repair: before writing, answer 428 without If-Match and 412 for a tag that is not the current one.
    """
    app = Flask(__name__)
    doc = {"n": 1, "t": "draft"}

    @app.get("/doc")
    def read():
        response = jsonify(doc)
        response.set_etag(f"v{doc['n']}")
        return response.make_conditional(request)

    @app.put("/doc")
    def write():
        doc.update(n=doc["n"] + 1, t=request.get_json()["t"])
        response = jsonify(doc)
        response.set_etag(f"v{doc['n']}")
        return response.make_conditional(request)

    return app
