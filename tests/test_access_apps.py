"""The apps of the lesson on access behave as their docstrings say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from server import Server
from server.apps.access import create_app
from server.apps.broken_access import eternal_login


@pytest.fixture
def club() -> Iterator[Server]:
    with Server(create_app()) as server:
        yield server


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("headers", "codes"),
    [
        ({}, [200, 401, 401, 404, 404]),
        (bearer("t-eve"), [200, 401, 401, 404, 404]),
        ({"Authorization": "Basic YW5uOnRvbWF0bw=="}, [200, 401, 401, 404, 404]),
        ({"Authorization": "t-ann"}, [200, 401, 401, 404, 404]),
        (bearer("t-ann"), [200, 200, 403, 200, 404]),
        (bearer("t-bob"), [200, 200, 403, 404, 404]),
        (bearer("t-root"), [200, 200, 200, 404, 404]),
    ],
)
def test_every_caller_gets_the_code_of_the_table(club: Server, headers: dict[str, str], codes: list[int]) -> None:
    paths = ["/recipes/1", "/me", "/members", "/drafts/1", "/drafts/2"]
    answers = [requests.get(club.url + path, headers=headers, timeout=5) for path in paths]
    assert [answer.status_code for answer in answers] == codes
    for answer in answers:
        assert ("WWW-Authenticate" in answer.headers) is (answer.status_code == 401)


def seen_by_a_stranger(answer: requests.Response) -> Any:
    headers = {name: value for name, value in answer.headers.items() if name != "Date"}
    return answer.status_code, answer.reason, headers, answer.content


def test_a_hidden_draft_is_like_one_that_is_not_there(club: Server) -> None:
    one, other = (requests.get(f"{club.url}/drafts/{id}", headers=bearer("t-bob"), timeout=5) for id in (1, 2))
    assert seen_by_a_stranger(one) == seen_by_a_stranger(other)


def log_in(club: Server, body: Any) -> requests.Response:
    return requests.post(club.url + "/login", json=body, timeout=5)


def test_the_right_password_gives_a_token_that_opens(club: Server) -> None:
    answer = log_in(club, {"name": "ann", "password": "tomato"})
    assert answer.headers["Cache-Control"] == "no-store"
    me = requests.get(club.url + "/me", headers=bearer(answer.json()["token"]), timeout=5)
    assert me.json() == {"name": "ann"}


@pytest.mark.parametrize("body", [{"name": "zoe", "password": "x"}, {"name": "", "password": ""}, {"name": 1}, [], 7])
def test_all_other_logins_are_like_a_wrong_password(club: Server, body: Any) -> None:
    wrong = log_in(club, {"name": "ann", "password": "x"})
    assert wrong.status_code == 401
    assert wrong.headers["WWW-Authenticate"] == 'Bearer realm="club"'
    assert seen_by_a_stranger(log_in(club, body)) == seen_by_a_stranger(wrong)


def test_a_request_is_asked_one_question_after_the_other(club: Server) -> None:
    def patch(path: str, headers: dict[str, str], data: bytes) -> int:
        headers = {**headers, "Content-Type": "application/json"}
        return requests.patch(club.url + path, headers=headers, data=data, timeout=5).status_code

    assert patch("/members/zoe", {}, b"{") == 401
    assert patch("/members/zoe", bearer("t-ann"), b"{") == 403
    assert patch("/members/zoe", bearer("t-root"), b"{") == 404
    for data in (b"{", b"[]", b'{"role": "king"}', b'{"role": []}'):
        assert patch("/members/bob", bearer("t-root"), data) == 422
    assert patch("/members/bob", bearer("t-root"), b'{"role": "admin"}') == 200
    assert requests.get(club.url + "/members", headers=bearer("t-bob"), timeout=5).status_code == 200


def test_the_eternal_login_asks_everybody_to_log_in_and_does_not_say_how() -> None:
    with Server(eternal_login()) as server:

        def code(method: str, path: str, headers: dict[str, str]) -> int:
            answer = requests.request(method, server.url + path, headers=headers, timeout=5)
            assert "WWW-Authenticate" not in answer.headers
            return answer.status_code

        assert code("GET", "/me", bearer("t-ann")) == 200
        assert code("GET", "/me", bearer("t-eve")) == 401
        assert code("DELETE", "/users/1", bearer("t-ann")) == 401
        assert code("DELETE", "/users/1", bearer("t-root")) == 204
        assert code("DELETE", "/users/1", {}) == code("GET", "/me", {}) == 500
        assert {crash.kind for crash in server.crashes} == {"KeyError"}
    for word in ("Symptom: ", "Cause: ", "Repair: "):
        assert word in str(eternal_login.__doc__)
