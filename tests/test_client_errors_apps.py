"""The apps of the lesson on the client's mistakes: the good one is whole, the broken ones are broken as they say."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from server import Server
from server.apps import broken_client_errors as broken
from server.apps import guarded

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def send(request: pytest.FixtureRequest):
    """Serve the app of ``@serving`` and return a function that sends it a request."""
    with Server(request.param()) as server:

        def send(method: str, path: str, **kwargs: Any) -> requests.Response:
            return requests.request(method, server.url + path, timeout=5, **kwargs)

        send.server = server
        yield send


def serving(factory):
    return pytest.mark.parametrize("send", [factory], indirect=True, ids=[factory.__name__])


@serving(guarded.create_app)
@pytest.mark.parametrize(
    ("code", "method", "path", "request_"),
    [
        (404, "POST", "/recipe", {"json": {"name": "soup"}}),
        (404, "GET", "/recipes/9", {}),
        (404, "GET", "/recipes/abc", {}),
        (405, "DELETE", "/recipes", {}),
        (413, "POST", "/recipes", {"json": {"name": "x" * guarded.CONTENT_LIMIT}}),
        (415, "POST", "/recipes", {"data": '{"name": "soup"}'}),
        (415, "POST", "/recipes", {}),
        (400, "POST", "/recipes", {"data": "{name: soup}", "headers": JSON}),
        (400, "POST", "/recipes", {"data": "[" * 900, "headers": JSON}),
        (422, "POST", "/recipes", {"json": ["name"]}),
        (422, "POST", "/recipes", {"json": {"name": ""}}),
        (409, "POST", "/recipes", {"json": {"name": "bread"}}),
    ],
)
def test_every_mistake_gets_the_code_that_names_it(send, code, method, path, request_):
    response = send(method, path, **request_)
    assert response.status_code == code
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["detail"]
    assert not send.server.crashes
    if code == 405:
        assert sorted(response.headers["Allow"].split(", ")) == ["GET", "HEAD", "OPTIONS", "POST"]


@serving(guarded.create_app)
def test_a_sound_request_goes_through_once(send):
    created = send("POST", "/recipes", json={"name": "soup"})
    assert (created.status_code, created.headers["Location"]) == (201, "/recipes/2")
    assert send("POST", "/recipes", json={"name": "soup"}).status_code == 409
    assert send("GET", "/recipes/2").json() == {"name": "soup"}
    assert send("GET", "/recipes").json() == [{"name": "bread"}, {"name": "soup"}]


@serving(broken.always_fine)
@pytest.mark.parametrize(
    "request_", [{"data": "name=soup"}, {"data": "{", "headers": JSON}, {"json": [1]}, {"json": {"title": "soup"}}]
)
def test_a_refusal_looks_like_a_success(send, request_):
    response = send("POST", "/recipes", **request_)
    assert response.status_code == 200
    assert response.json()["error"]
    assert send("GET", "/recipes").json() == []


@serving(broken.always_fine)
def test_a_good_recipe_is_saved(send):
    assert send("POST", "/recipes", json={"name": "soup"}).status_code == 201
    assert send("GET", "/recipes").json() == [{"name": "soup"}]


@serving(broken.blames_itself)
@pytest.mark.parametrize(
    ("method", "path", "request_", "kind"),
    [
        ("GET", "/books?page=abc", {}, "ValueError"),
        ("POST", "/books", {"json": {"name": "Soups"}}, "KeyError"),
        ("GET", "/books/9", {}, "KeyError"),
    ],
)
def test_what_a_client_sends_makes_it_crash(send, method, path, request_, kind):
    assert send(method, path, **request_).status_code == 500
    assert [crash.kind for crash in send.server.crashes] == [kind]


@serving(broken.blames_itself)
def test_for_sound_requests_it_works(send):
    assert send("GET", "/books").json() == {"page": 1}
    assert send("POST", "/books", json={"title": "Breads"}).status_code == 201
    assert send("GET", "/books/1").json() == {"title": "Soups"}


@serving(broken.swallowed_abort)
def test_the_net_catches_its_own_404(send):
    assert send("GET", "/recipes/1").json() == {"name": "soup", "each": 15}
    assert send("GET", "/recipes/9").status_code == 500
    assert send("GET", "/recipes/2").status_code == 500
    assert send("GET", "/nowhere").status_code == 404


@serving(broken.swallowed_abort)
def test_the_handler_loses_allow(send):
    response = send("DELETE", "/recipes/1")
    assert response.status_code == 405
    assert "Allow" not in response.headers


@pytest.mark.parametrize("factory", [broken.always_fine, broken.blames_itself, broken.swallowed_abort])
def test_every_broken_app_tells_its_symptom_cause_and_repair(factory):
    for word in ("Symptom: ", "Cause: ", "Repair: "):
        assert word in factory.__doc__
