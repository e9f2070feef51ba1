"""The recipe API keeps its promises, also to clients that send nonsense."""

import json
import re
from urllib.parse import urljoin

import pytest
import requests

from server import Server
from server.apps.recipes import create_app

PIE = {"title": "Apple pie", "minutes": 90}


@pytest.fixture(scope="module")
def session():
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def serve(session):
    """Serve an app and return a function that sends a request to it, without following redirects."""
    servers = []

    def start(app):
        server = Server(app)
        servers.append(server)

        def send(method, path, **kwargs):
            url = urljoin(server.url, path)
            return session.request(method, url, timeout=5, allow_redirects=False, **kwargs)

        return send

    yield start
    crashes = [crash for server in servers for crash in server.crashes]
    for server in servers:
        server.stop()
    assert crashes == []


@pytest.fixture
def send(serve):
    return serve(create_app())


def assert_problem(response, status):
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    return problem


def test_the_list_shows_the_first_recipes(send):
    response = send("GET", "/recipes")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert [recipe["id"] for recipe in response.json()] == [1, 2, 3]


def test_q_searches_the_titles_and_finding_nothing_is_a_success(send):
    assert [recipe["title"] for recipe in send("GET", "/recipes?q=SOUP").json()] == ["Tomato soup", "Lentil soup"]
    nothing = send("GET", "/recipes?q=zzz")
    assert (nothing.status_code, nothing.json()) == (200, [])


def test_post_creates_and_location_leads_there(send):
    first, second = send("POST", "/recipes", json=PIE), send("POST", "/recipes", json=PIE)
    assert [first.status_code, second.status_code] == [201, 201]
    assert first.headers["Location"] != second.headers["Location"]
    for created in (first, second):
        shown = send("GET", created.headers["Location"])
        assert shown.status_code == 200
        assert shown.json() == created.json() == {"id": created.json()["id"], **PIE}
    assert len(send("GET", "/recipes").json()) == 5


def test_the_id_is_the_servers_business(send):
    created = send("POST", "/recipes", json={**PIE, "id": 1, "owner": "me"})
    assert created.json() == {"id": 4, **PIE}


def test_put_replaces_and_creates_nothing(send):
    replaced = send("PUT", "/recipes/2", json=PIE)
    assert (replaced.status_code, replaced.json()) == (200, {"id": 2, **PIE})
    assert send("GET", "/recipes/2").json() == {"id": 2, **PIE}
    assert_problem(send("PUT", "/recipes/99", json=PIE), 404)
    assert_problem(send("GET", "/recipes/99"), 404)


def test_delete_has_nothing_to_say_and_deletes(send):
    deleted = send("DELETE", "/recipes/1")
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert "Content-Length" not in deleted.headers
    assert_problem(send("GET", "/recipes/1"), 404)
    assert_problem(send("DELETE", "/recipes/1"), 404)
    assert send("GET", "/recipes/2").status_code == 200


def test_an_id_is_never_given_twice(send):
    send("DELETE", "/recipes/3")
    assert send("POST", "/recipes", json=PIE).json()["id"] == 4


@pytest.mark.parametrize("path", ["/nope", "/recipes/abc", "/recipes/-1", "/recipes/", "/recipes/" + "9" * 5000])
def test_what_is_not_there_is_404(send, path):
    assert_problem(send("GET", path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/recipes", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("POST", "/recipes/1", {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}),
        ("BREW", "/reports", {"OPTIONS", "POST"}),
    ],
)
def test_a_wrong_method_is_405_and_allow_lists_the_right_ones(send, method, path, allowed):
    response = send(method, path)
    assert_problem(response, 405)
    assert set(response.headers["Allow"].split(", ")) == allowed


def test_options_tells_the_methods(send):
    response = send("OPTIONS", "/recipes")
    assert (response.status_code, response.content) == (200, b"")
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize("path", ["/recipes", "/recipes/1", "/recipes/99"])
def test_head_is_get_without_content(send, path):
    get, head = send("GET", path), send("HEAD", path)
    assert head.status_code == get.status_code
    assert head.content == b""
    for name in ("Content-Type", "Content-Length"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize("target", [("POST", "/recipes"), ("PUT", "/recipes/1")])
@pytest.mark.parametrize("headers", [{"Content-Type": "text/plain"}, {}])
def test_content_that_is_not_called_json_is_415_and_accept_tells(send, target, headers):
    response = send(*target, data=b'{"title": "Pie", "minutes": 9}', headers=headers)
    assert_problem(response, 415)
    assert response.headers["Accept"] == "application/json"


@pytest.mark.parametrize("target", [("POST", "/recipes"), ("PUT", "/recipes/1")])
@pytest.mark.parametrize("content", [b"", b"{", b"{'title': 'Pie'}", b"\xff\xfe\xfd", b"[" * 9_000, b"1" * 5_000])
def test_content_that_is_not_json_is_400(send, target, content):
    # Deep nesting is JSON text, but too much for some versions of Python; to others it is just no recipe.
    expected = (400, 422) if content.startswith(b"[") else (400,)
    response = send(*target, data=content, headers={"Content-Type": "application/json"})
    assert response.status_code in expected
    assert_problem(response, response.status_code)


@pytest.mark.parametrize("target", [("POST", "/recipes"), ("PUT", "/recipes/1")])
@pytest.mark.parametrize(
    ("recipe", "pointers"),
    [
        (None, [""]),
        ([PIE], [""]),
        ("pie", [""]),
        (7, [""]),
        ({}, ["/title", "/minutes"]),
        ({"title": "Pie"}, ["/minutes"]),
        ({"title": "", "minutes": 1}, ["/title"]),
        ({"title": "  ", "minutes": 1}, ["/title"]),
        ({"title": "x" * 201, "minutes": 1}, ["/title"]),
        ({"title": ["Pie"], "minutes": 1}, ["/title"]),
        ({"title": "Pie", "minutes": "90"}, ["/minutes"]),
        ({"title": "Pie", "minutes": 0}, ["/minutes"]),
        ({"title": "Pie", "minutes": True}, ["/minutes"]),
        ({"title": "Pie", "minutes": 1.5}, ["/minutes"]),
        ({"title": "Pie", "minutes": 10**300}, ["/minutes"]),
    ],
)
def test_json_that_is_no_recipe_is_422_and_says_where(send, target, recipe, pointers):
    response = send(*target, data=json.dumps(recipe), headers={"Content-Type": "application/json"})
    problem = assert_problem(response, 422)
    assert [error["pointer"] for error in problem["errors"]] == pointers
    assert all(error["detail"] for error in problem["errors"])
    assert send("GET", "/recipes/1").json()["title"] == "Tomato soup"


def test_content_that_is_too_large_is_413(send):
    assert_problem(send("POST", "/recipes", json={**PIE, "note": "x" * 10_000}), 413)


def test_half_a_surrogate_in_a_title_hurts_nobody(send):
    content = b'{"title": "\\ud800", "minutes": 1}'
    created = send("POST", "/recipes", data=content, headers={"Content-Type": "application/json"})
    assert created.status_code == 201
    assert send("GET", "/recipes").status_code == 200
    assert send("GET", "/recipes?q=%ed%a0%80").status_code == 200


def test_a_report_is_accepted_and_watched(serve):
    send = serve(create_app(report_seconds=3600))
    accepted = send("POST", "/reports")
    assert accepted.status_code == 202
    assert accepted.headers["Location"] == accepted.json()["status_url"]
    pending = send("GET", accepted.headers["Location"])
    assert (pending.status_code, pending.json()) == (200, {"state": "pending"})
    for response in (accepted, pending):
        assert re.fullmatch("[0-9]+", response.headers["Retry-After"])
    assert_problem(send("GET", accepted.headers["Location"] + "/result"), 404)


def test_a_report_that_is_ready_is_somewhere_else(serve):
    send = serve(create_app(report_seconds=0))
    monitor = send("POST", "/reports").headers["Location"]
    done = send("GET", monitor)
    assert done.status_code == 303
    result = send("GET", done.headers["Location"])
    assert (result.status_code, result.json()) == (200, {"recipes": 3, "minutes": 315})


def test_a_report_that_nobody_ordered_is_404(send):
    assert_problem(send("GET", "/reports/1"), 404)
    assert_problem(send("GET", "/reports/1/result"), 404)


def test_every_app_has_a_store_of_its_own(serve):
    one, other = serve(create_app()), serve(create_app())
    one("POST", "/recipes", json=PIE)
    one("DELETE", "/recipes/1")
    assert [recipe["id"] for recipe in other("GET", "/recipes").json()] == [1, 2, 3]


def test_a_crash_is_a_problem_too_and_tells_nothing_about_itself():
    app = create_app()
    app.extensions["recipes"].recipes = None
    response = app.test_client().get("/recipes")
    assert (response.status_code, response.mimetype) == (500, "application/problem+json")
    assert "NoneType" not in response.text
