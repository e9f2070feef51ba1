"""The sieve: both faces say where each request fell out."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
import requests
from flask import Flask

from server import Server
from server.pictures.sieve import MESHES, SOUND, sieve


@pytest.fixture
def server():
    app = Flask(__name__)

    @app.route("/code/<int:code>", methods=["GET", "POST"])
    def send(code):
        return "", code

    with Server(app) as server:
        yield server


def answer(server: Server, code: int, **request) -> requests.Response:
    return requests.post(f"{server.url}/code/{code}", allow_redirects=False, timeout=5, **request)


def words(picture) -> str:
    return " ".join(ElementTree.fromstring(picture._repr_html_()).itertext())


def test_each_mistake_falls_out_at_its_mesh(server):
    picture = sieve({name: answer(server, mesh.codes[0]) for name, mesh in reversed(MESHES.items())})
    lines = repr(picture).splitlines()
    assert [line.split("  ")[0] for line in lines[::2]] == list(MESHES)
    assert all(line.endswith("✗ falls out") for line in lines[1::2])
    for face in (repr(picture), words(picture)):
        assert face.count("falls out") >= len(MESHES)
        assert "believes" not in face


@pytest.mark.parametrize(
    ("mesh", "code", "verdict", "meaning"),
    [
        ("URL", 410, "falls out", ""),
        ("meaning", 400, "falls out", ""),
        ("media type", 400, "other code", "in the wrong place"),
        ("state", 201, "slips through", "believes that all is well"),
        ("state", 302, "slips through", "believes that all is well"),
        ("meaning", 500, "tears the sieve", "takes the blame"),
        ("meaning", 999, "tears the sieve", "takes the blame"),
        (SOUND, 201, "goes through", ""),
        (SOUND, 400, "held back", "nothing was wrong"),
        (SOUND, 500, "held back", "nothing was wrong"),
    ],
)
def test_both_faces_say_what_became_of_a_request(server, mesh, code, verdict, meaning):
    picture = sieve({mesh: answer(server, code, json={"name": "<b>soup</b>"})})
    for face in (repr(picture), words(picture)):
        assert verdict in face
        assert meaning in " ".join(face.split())
        assert str(code) in face
        assert "<b>soup" in face
        assert f"POST /code/{code}" in face


def test_every_run_draws_the_same(server):
    def draw():
        return sieve({"size": answer(server, 413, data=b"x" * 5000), SOUND: answer(server, 201)})

    first, second = draw(), draw()
    assert first._repr_html_() == second._repr_html_()
    assert repr(first) == repr(second)
    for face in (repr(first), first._repr_html_()):
        assert not re.search(rf"Date:|127\.0\.0\.1|{server.port}", face)


def test_an_unknown_mesh_is_named():
    with pytest.raises(ValueError, match="'colour' is no mesh"):
        sieve({"colour": requests.Response()})


def test_no_answers_no_meshes():
    assert repr(sieve({})) == ""
