"""The broken apps of the lesson on error bodies are broken in the way their docstrings say, and in no other."""

import pytest
import requests

from server import Server
from server.apps import broken_error_bodies as broken


@pytest.fixture
def send(request):
    """Serve the app named by ``@pytest.mark.parametrize`` and return a function that sends it a request."""
    with Server(request.param()) as server:

        def send(method, path, **kwargs):
            return requests.request(method, server.url + path, timeout=5, **kwargs)

        send.server = server
        yield send


def serving(factory):
    return pytest.mark.parametrize("send", [factory], indirect=True, ids=[factory.__name__])


ERRORS = [
    ("GET", "/nope", {}, 404),
    ("GET", "/recipes/7", {}, 404),
    ("GET", "/ratings", {}, 405),
    ("POST", "/ratings", {"data": "{", "headers": {"Content-Type": "application/json"}}, 400),
    ("POST", "/ratings", {"data": "stars=5"}, 415),
    ("GET", "/recipes/1/price", {}, 500),
]


@serving(broken.html_errors)
@pytest.mark.parametrize(
    ("method", "path", "request_", "code"), [*ERRORS, ("GET", "/me", {}, 401), ("GET", "/menu", {}, 503)]
)
def test_every_error_is_an_html_page_with_the_right_status(send, method, path, request_, code):
    response = send(method, path, **request_)
    assert response.status_code == code
    assert response.headers["Content-Type"].startswith("text/html")


@serving(broken.html_errors)
def test_the_header_fields_of_the_errors_are_there(send):
    assert set(send("GET", "/ratings").headers["Allow"].split(", ")) == {"OPTIONS", "POST"}
    assert send("GET", "/me").headers["WWW-Authenticate"].startswith("Bearer realm=")
    assert send("GET", "/menu").headers["Retry-After"] == "30"


@serving(broken.catch_all)
@pytest.mark.parametrize(("method", "path", "request_", "code"), ERRORS)
def test_the_catch_all_answers_500_to_everything(send, method, path, request_, code):
    response = send(method, path, **request_)
    assert response.status_code == 500
    assert response.json()["error"]


@serving(broken.catch_all)
def test_the_catch_all_tells_the_secret_of_a_crash(send):
    assert "password" in send("GET", "/recipes/1/price").json()["error"]


@pytest.mark.parametrize("send", [broken.html_errors, broken.catch_all], indirect=True)
def test_what_works_answers_json(send):
    assert send("GET", "/recipes/1").json() == {"title": "Soup"}
    rated = send("POST", "/ratings", json={"stars": 5})
    assert rated.status_code == 201
    assert rated.json() == {"stars": 5}


@serving(broken.blueprint_handler)
def test_the_handler_of_the_blueprint_runs_for_its_view_only(send):
    absent = send("GET", "/api/recipes/7")
    assert absent.status_code == 404
    assert absent.json()["error"]
    for method, path, code in (("GET", "/api/recipe/7", 404), ("POST", "/api/recipes/7", 405)):
        response = send(method, path)
        assert response.status_code == code
        assert response.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("factory", [broken.html_errors, broken.catch_all, broken.blueprint_handler])
def test_every_broken_app_tells_its_symptom_cause_and_repair(factory):
    for word in ("Symptom: ", "Cause: ", "Repair: "):
        assert word in factory.__doc__
