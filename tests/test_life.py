"""The life of one recipe: the app answers as the story says, and the picture tells it in both faces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
import requests
from flask import Flask

from server import Server
from server.apps.one_recipe import create_app
from server.pictures import life

SVG = "{http://www.w3.org/2000/svg}"
STORY = [201, 200, 304, 412, 200, 204, 410]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(create_app()) as server:
        yield server


def story(server: Server) -> list[requests.Response]:
    """Let one recipe live: created, read twice, changed against a stale and a current version, deleted, asked for."""
    created = requests.post(server.url + "/recipes", json={"title": "Rye bread"}, timeout=5)
    url, tag = urljoin(server.url, created.headers["Location"]), created.headers["ETag"]
    new = {"title": "Bread of rye"}
    return [
        created,
        requests.get(url, timeout=5),
        requests.get(url, headers={"If-None-Match": tag}, timeout=5),
        requests.put(url, json=new, headers={"If-Match": '"old"'}, timeout=5),
        requests.put(url, json=new, headers={"If-Match": tag}, timeout=5),
        requests.delete(url, timeout=5),
        requests.get(url, timeout=5),
    ]


def drawn(html: str) -> list[str]:
    match = re.search(r"<svg.*</svg>", html, re.DOTALL)
    assert match
    return [str(element.text) for element in ElementTree.fromstring(match[0]).iter(f"{SVG}text")]


def test_app_lets_a_recipe_live_and_end(server: Server) -> None:
    assert [answer.status_code for answer in story(server)] == STORY
    assert requests.get(server.url + "/recipes/9", timeout=5).status_code == 404
    again = requests.post(server.url + "/recipes", json={"title": "Soup"}, timeout=5)
    assert requests.put(urljoin(again.url, again.headers["Location"]), timeout=5).status_code == 428
    assert requests.post(server.url + "/recipes", json={}, timeout=5).status_code == 422


def test_refused_change_writes_nothing(server: Server) -> None:
    answers = story(server)
    assert answers[2].headers["ETag"] == answers[1].headers["ETag"] != answers[4].headers["ETag"]
    assert answers[4].json()["title"] == "Bread of rye"


def test_both_faces_tell_the_story(server: Server) -> None:
    picture = life(*story(server))
    lines = repr(picture).splitlines()
    assert lines[0].split() == ["POST", "/recipes", "[201]", "created", "version", "A"]
    assert re.split(r"\s{2,}", lines[3])[1:] == ['If-Match: "old"', "[412] refused: not this version", "version A"]
    assert lines[4].endswith("version B")
    assert lines[-1].endswith("(gone)")
    labels = drawn(picture._repr_html_())
    assert [name for name in labels if re.fullmatch(r"\S \d{3}", name)] == [
        "✓ 201", "✓ 200", "➜ 304", "✗ 412", "✓ 200", "✓ 204", "✗ 410",
    ]  # fmt: skip
    assert [name for name in labels if re.fullmatch(r"version \S|gone", name)] == ["version A", "version B", "gone"]


def test_unfinished_app_is_drawn_too() -> None:
    app = Flask("unfinished")
    app.add_url_rule("/recipes", "x", lambda: ("", 501), methods=["GET", "POST", "PUT"])
    with Server(app) as server:
        answers = [requests.request(method, server.url + "/recipes", timeout=5) for method in ("POST", "GET", "PUT")]
        picture = life(*answers)
    assert repr(picture).count("(nothing there)") == 3
    assert "nothing there" in drawn(picture._repr_html_())


def test_write_without_a_tag_leaves_a_version_without_a_name() -> None:
    app = Flask("no tags")
    app.add_url_rule("/recipes", "x", lambda: {"id": 1}, methods=["PUT"])
    with Server(app) as server:
        assert repr(life(requests.put(server.url + "/recipes", timeout=5))).endswith("version ?")


def test_a_picture_is_the_same_in_every_run(server: Server) -> None:
    with Server(create_app()) as other:
        one, two = life(*story(server)), life(*story(other))
    assert one._repr_html_() == two._repr_html_()
    assert repr(one) == repr(two)


def test_other_things_cannot_be_drawn() -> None:
    for nothing in ((), (201,), (requests.Response(),)):
        with pytest.raises(TypeError, match=r"life\(\) draws answers\."):
            life(*nothing)
