"""The seven situations answer what a careful API answers."""

import pytest
import requests

from server import Server
from server.apps import situations

CODES = {
    "url typo": 404,
    "server bug": 500,
    "moved page": 308,
    "deleted fine": 204,
    "too many calls": 429,
    "backend slow behind gateway": 504,
    "not logged in": 401,
}


@pytest.fixture
def server():
    with Server(situations.create_app()) as server:
        yield server


def played(server, situation):
    play = situations.SITUATIONS[situation]
    return [
        requests.request(play.method, server.url + play.path, allow_redirects=False, timeout=5)
        for _ in range(play.times)
    ]


def test_every_situation_has_a_code():
    assert list(CODES) == list(situations.SITUATIONS)


@pytest.mark.parametrize(("situation", "code"), CODES.items())
def test_situation_ends_with_its_code(server, situation, code):
    assert played(server, situation)[-1].status_code == code


def test_too_many_calls_are_fine_until_there_are_too_many(server):
    answers = played(server, "too many calls")
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "1"


def test_moved_page_is_there_at_its_new_address(server):
    moved = requests.get(server.url + "/old-recipes", timeout=5)
    assert [answer.status_code for answer in [*moved.history, moved]] == [308, 200]
    assert moved.json() == [{"title": "Soup", "votes": []}]


def test_server_bug_is_an_exception_that_nobody_caught(server):
    played(server, "server bug")
    assert [crash.kind for crash in server.crashes] == ["ZeroDivisionError"]


def test_who_is_not_logged_in_learns_how_to(server):
    assert played(server, "not logged in")[-1].headers["WWW-Authenticate"] == 'Bearer realm="recipes"'


def test_deleted_recipe_is_gone(server):
    assert played(server, "deleted fine")[-1].content == b""
    assert [answer.status_code for answer in played(server, "deleted fine")] == [404]
