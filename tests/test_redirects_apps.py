"""The apps of the lesson on redirects: the crossroads is sound, the broken ones are broken as they say."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from server import Server
from server.apps import broken_redirects as broken
from server.apps import crossroads


@pytest.fixture
def send(request: pytest.FixtureRequest):
    """Serve the app of ``@serving`` and return a function that sends it a request."""
    with Server(request.param()) as server:

        def send(method: str, path: str, **kwargs: Any) -> requests.Response:
            return requests.request(method, server.url + path, timeout=5, **kwargs)

        yield send


def serving(factory):
    return pytest.mark.parametrize("send", [factory], indirect=True, ids=[factory.__name__])


@serving(crossroads.create_app)
@pytest.mark.parametrize("method", crossroads.METHODS)
@pytest.mark.parametrize("code", [201, 300, 301, 302, 303, 307, 308])
def test_every_method_is_sent_on_with_every_code(send, method, code):
    response = send(method, f"/from/{code}", allow_redirects=False)
    assert (response.status_code, response.headers["Location"]) == (code, "/arrived")


@serving(crossroads.create_app)
def test_the_page_at_the_end_tells_what_arrived(send):
    response = send("PUT", "/arrived", json=["soup"], headers={"X-API-Key": "k", "X-Other": "o"})
    assert response.json() == {"method": "PUT", "content": '["soup"]', "fields": ["Content-Type", "X-API-Key"]}
    assert send("GET", "/arrived", auth=("a", "b")).json()["fields"] == ["Authorization"]


def test_the_crossroads_can_lead_to_another_server():
    with Server(crossroads.create_app()) as there, Server(crossroads.create_app(f"{there.url}/arrived")) as here:
        response = requests.post(f"{here.url}/from/307", data="soup", timeout=5)
        assert response.url == f"{there.url}/arrived"
        assert (response.json()["method"], response.json()["content"]) == ("POST", "soup")


@serving(broken.moved_away)
def test_a_moved_post_ends_in_405(send):
    response = send("POST", "/orders", json={"name": "soup"})
    assert response.status_code == 405
    assert [hop.status_code for hop in response.history] == [302]
    assert send("POST", "/api/orders", json={"name": "soup"}).json() == {"order": {"name": "soup"}, "number": 1}


@serving(broken.moved_away)
def test_a_moved_post_creates_nothing_and_says_200(send):
    response = send("POST", "/recipes", json={"title": "Soup"})
    assert (response.status_code, response.json()) == (200, [])
    assert send("POST", "/api/recipes", json={"title": "Soup"}).status_code == 201
    assert send("GET", "/api/recipes").json() == [{"title": "Soup"}]


@serving(broken.unfollowed)
def test_nobody_follows_a_location_with_200(send):
    response = send("GET", "/menu")
    assert (response.status_code, response.headers["Location"], response.history) == (200, "/new-menu", [])
    assert send("GET", "/new-menu").json() == {"menu": ["soup", "bread"]}


@serving(broken.hidden_slash)
def test_following_hides_the_slash(send):
    response = send("POST", "/notes", json={"text": "milk"})
    assert (response.status_code, [hop.status_code for hop in response.history]) == (201, [308])
    assert send("POST", "/notes", json={"text": "milk"}, allow_redirects=False).status_code == 308
    assert send("POST", "/notes/", json={"text": "milk"}).json() == {"notes": 2}


@pytest.mark.parametrize("factory", [broken.moved_away, broken.unfollowed, broken.hidden_slash])
def test_every_broken_app_tells_its_symptom_cause_and_repair(factory):
    for word in ("Symptom: ", "Cause: ", "Repair: "):
        assert word in factory.__doc__
