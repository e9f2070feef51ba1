"""The picture of the doors: both faces, from real answers, the same in every run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
import requests
from flask import Flask

from server import Server
from server.pictures.doors import doors

SVG = "{http://www.w3.org/2000/svg}"


def make_app() -> Flask:
    app = Flask(__name__)

    @app.route("/<int:code>", methods=["GET", "DELETE"])
    def answer(code: int):
        return "", code

    @app.get("/login")
    def login():
        return "", 401, {"WWW-Authenticate": 'Bearer realm="<a>"'}

    return app


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(make_app()) as server:
        yield server


def ask(server: Server, path: str, **headers: str) -> requests.Response:
    return requests.get(server.url + path, headers=headers, timeout=5)


def drawn(html: str) -> ElementTree.Element:
    match = re.search(r"<svg.*</svg>", html, re.DOTALL)
    assert match
    return ElementTree.fromstring(match[0])


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        (401, "--> [ who are you? ]     | may you? |", "stopped at the first door"),
        (403, "--> | who are you? / --> [ may you? ]", "known, and stopped"),
        (200, "--> inside", "inside"),
        (204, "--> inside", "inside"),
        (404, "--> ####", "a wall, and no door"),
        (405, "405 says nothing about doors.", "says nothing about doors"),
        (500, "500 says nothing about doors.", "says nothing about doors"),
    ],
)
def test_both_faces_say_how_far_the_caller_came(server: Server, code: int, text: str, words: str) -> None:
    picture = doors(ask(server, f"/{code}"))
    assert text in repr(picture)
    assert f"[{code}]" in repr(picture)
    labels = [element.text for element in drawn(picture._repr_html_()).iter(f"{SVG}text")]
    assert words in labels
    assert any(str(code) in str(label) for label in labels)
    assert ("may you?" in labels) is (code != 404)


def test_credentials_and_the_challenge_are_shown(server: Server) -> None:
    picture = doors(ask(server, "/403", Authorization="Bearer <t>"), ask(server, "/login"), ask(server, "/401"))
    assert "GET /403   (Bearer <t>)" in repr(picture)
    assert "GET /login   (no credentials)" in repr(picture)
    assert 'The door says how: Bearer realm="<a>".' in repr(picture)
    assert "The door does not say how." in repr(picture)
    assert len([box for box in drawn(picture._repr_html_()).iter(f"{SVG}text") if box.text == "who are you?"]) == 3


def test_a_picture_is_the_same_in_every_run(server: Server) -> None:
    with Server(make_app()) as other:
        one, two = (doors(ask(place, "/403"), ask(place, "/404")) for place in (server, other))
    assert one._repr_html_() == two._repr_html_()
    assert repr(one) == repr(two)
    assert "127.0.0.1" not in one._repr_html_()


def test_other_things_cannot_be_drawn() -> None:
    for nothing in ((), (401,), (requests.Response(),)):
        with pytest.raises(TypeError, match=re.escape("doors() draws answers.")):
            doors(*nothing)
