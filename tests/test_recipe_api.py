"""The Recipe API of `solutions/` where its contract does not look: at once, under attack, without its store."""

from __future__ import annotations

import io
import json
import secrets
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pytest
import recipe_api.limiter
import recipe_api.recipes
import requests
from recipe_api import create_app
from recipe_service import Service, serving, upstream
from werkzeug.exceptions import HTTPException

T = TypeVar("T")
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Serve the API once for all tests that leave it as it is."""
    with serving(tmp_path_factory.mktemp("api")) as running:
        yield running


def at_once(count: int, send: Callable[[int], T]) -> list[T]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(send, range(count)))


def test_of_many_changes_to_one_version_one_is_made(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    path, tag = service.recipe()
    together = threading.Barrier(2)

    def slow_tag() -> str:
        # Two that have both found the tag current would meet here, before either writes.
        with suppress(threading.BrokenBarrierError):
            together.wait(timeout=0.3)
        return secrets.token_hex(8)

    monkeypatch.setattr(recipe_api.recipes, "new_tag", slow_tag)

    def change(number: int) -> requests.Response:
        return service.ask("PUT", path, "ann", json={"title": f"Soup {number}"}, headers={"If-Match": tag})

    answers = at_once(8, change)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 7}
    (made,) = (answer for answer in answers if answer.status_code == 200)
    now = service.ask("GET", path)
    assert (now.json(), now.headers["ETag"]) == (made.json(), made.headers["ETag"])


def test_no_update_is_lost(service: Service) -> None:
    path, _ = service.recipe(title="0")

    def count(_: int) -> None:
        for _ in range(5):
            while True:
                seen = service.ask("GET", path)
                title, tag = str(int(seen.json()["title"]) + 1), seen.headers["ETag"]
                if service.ask("PUT", path, "ann", json={"title": title}, headers={"If-Match": tag}).ok:
                    break

    at_once(3, count)
    assert service.ask("GET", path).json()["title"] == "15"


def test_of_many_users_with_one_name_one_is_created(service: Service) -> None:
    account = {"name": "twin", "password": "twin"}
    answers = at_once(6, lambda _: service.ask("POST", "/users", json=account).status_code)
    assert Counter(answers) == {201: 1, 409: 5}


def test_of_many_deletions_one_deletes(service: Service) -> None:
    path, _ = service.recipe()
    assert Counter(at_once(6, lambda _: service.ask("DELETE", path, "ann").status_code)) == {204: 1, 410: 5}


def test_two_processes_may_start_on_one_store(tmp_path: Path) -> None:
    settings = {"STORE": str(tmp_path / "new.sqlite"), "LOGIN_LIMIT": 5}
    at_once(3, lambda _: create_app(settings))
    with sqlite3.connect(settings["STORE"]) as db:
        names = db.execute("SELECT name FROM users ORDER BY name").fetchall()
    db.close()
    assert names == [("ann",), ("bob",), ("root",)]


@pytest.mark.parametrize(
    "pieces",
    [[b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 99], [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *[b"1"] * 99]],
    ids=["fields", "body"],
)
def test_an_upstream_that_never_stops_is_late(
    service: Service, monkeypatch: pytest.MonkeyPatch, pieces: list[bytes]
) -> None:
    path, _ = service.recipe()
    with upstream(*pieces, pause=0.1) as url:
        monkeypatch.setitem(service.settings, "UPSTREAM", url)
        start = time.monotonic()
        assert service.ask("GET", f"{path}/nutrition").status_code == 504
        assert time.monotonic() - start < 4


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 302 Found\r\nLocation: /health\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n<p>Sorry</p>",
        b"HTTP/1.1 200 OK\r\n\r\n[NaN]",
        b'HTTP/1.1 200 OK\r\n\r\n"\xff"',
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 20_000,
        b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 1_000_001 + b"1",
        b"hello",
        b"",
    ],
    ids=lambda answer: repr(answer[:60]),
)
def test_an_upstream_that_makes_no_sense_is_a_bad_gateway(
    service: Service, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    path, _ = service.recipe()
    with upstream(answer) as url:
        monkeypatch.setitem(service.settings, "UPSTREAM", url)
        monkeypatch.setitem(service.settings, "UPSTREAM_TIMEOUT", 5.0)
        assert service.ask("GET", f"{path}/nutrition").status_code == 502


def test_what_the_upstream_says_arrives_as_it_was(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    said = b'{"kcal": 1.0e2, "id": 123456789012345678901234567890}'
    path, _ = service.recipe(title="Käse & Brot?")
    with upstream(b"HTTP/1.1 200 OK\r\n\r\n" + said) as url:
        monkeypatch.setitem(service.settings, "UPSTREAM", url)
        monkeypatch.setitem(service.settings, "UPSTREAM_TIMEOUT", 5.0)
        answer = service.ask("GET", f"{path}/nutrition")
    assert (answer.status_code, answer.headers["Content-Type"], answer.content) == (200, "application/json", said)


def test_the_window_of_the_limiter_slides(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    limiter = recipe_api.limiter.Limiter(2)
    app = create_app({**service.settings, "LOGIN_LIMIT": 5})

    def refused(now: float, address: str = "192.0.2.1") -> str:
        monkeypatch.setattr(recipe_api.limiter.time, "monotonic", lambda: now)
        try:
            with app.test_request_context():
                limiter.count(address)
        except HTTPException as error:
            return error.get_response().headers["Retry-After"]
        return ""

    assert [refused(0.0), refused(0.6), refused(0.9)] == ["", "", "1"]
    assert refused(0.9, "192.0.2.2") == ""
    # The first is a second old. The one that was refused at 0.9 does not count.
    assert [refused(1.0), refused(1.1), refused(1.6)] == ["", "1", ""]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"title": "\\ud83e\\udd58 \\u0000"}', 201),
        (b'{"title": "\\ud83e"}', 422),
        (b'{"title": " \\n"}', 422),
        (b'{"title": 1}', 422),
        (b'{"title": "a", "draft": null}', 422),
        (b'{"title": "a", "draft": 1}', 422),
        (b"[]", 422),
        (b"null", 422),
        (b'{"title": "a"', 400),
        (b'{"title": "\xff"}', 400),
        (b'{"title": "a", "more": NaN}', 400),
        (b'{"title": "a", "more": ' + b"9" * 5000 + b"}", 400),
        (b"[" * 9000, 400),
        ('{"title": "a"}'.encode("utf-16"), 400),
        (b"", 400),
    ],
    ids=lambda value: repr(value[:30]) if isinstance(value, bytes) else None,
)
def test_odd_bodies_are_the_clients_fault(service: Service, body: bytes, status: int) -> None:
    answer = service.ask("POST", "/recipes", "ann", data=body, headers=JSON)
    assert answer.status_code == status
    if status == 201:
        assert service.ask("GET", answer.headers["Location"]).json()["title"] == json.loads(body)["title"]


@pytest.mark.parametrize("in_chunks", [False, True])
@pytest.mark.parametrize(("size", "status"), [(10_000, 201), (10_241, 413), (20_000, 413)])
def test_a_body_has_a_limit(service: Service, size: int, status: int, in_chunks: bool) -> None:
    body = b'{"title": "a"}'.ljust(size)
    data = iter([body]) if in_chunks else body
    assert service.ask("POST", "/recipes", "ann", data=data, headers=JSON).status_code == status


def test_a_body_that_the_server_cannot_read_is_the_clients_fault(service: Service) -> None:
    class Broken(io.BytesIO):
        def readinto(self, buffer: object) -> int:
            # As gunicorn does when a chunk has no size.
            raise RuntimeError("Invalid chunk size")

    client = create_app(dict(service.settings)).test_client()
    answer = client.post("/tokens", input_stream=Broken(b"unreadable"), headers=JSON)
    assert (answer.status_code, answer.get_json()["detail"]) == (400, "The body did not arrive whole.")


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_ways_to_say_json(service: Service, kind: str) -> None:
    answer = service.ask("POST", "/recipes", "ann", data='{"title": "a"}', headers={"Content-Type": kind})
    assert answer.status_code == 201


@pytest.mark.parametrize("kind", ["", "text/json", "application/jsonp", "application/merge-patch+json", "json", ";"])
def test_ways_to_not_say_json(service: Service, kind: str) -> None:
    answer = service.ask("POST", "/recipes", "ann", data='{"title": "a"}', headers={"Content-Type": kind})
    assert (answer.status_code, answer.headers["Accept"]) == (415, "application/json")


@pytest.mark.parametrize("id", ["0", "007", "-1", "1.0", "9" * 19, "9" * 5000, "٣", "%00", "%ff", "a/b", ""])
def test_no_such_id(service: Service, id: str) -> None:
    assert service.ask("GET", f"/recipes/{id}").status_code == 404


@pytest.mark.parametrize(
    "sent", ["", "Bearer", "Bearer ", "Bearer =", "Bearer a=b", "Basic YTphOmE=", "Basic \xff", "Digest a", "\xff\xfe"]
)
def test_odd_credentials_are_nobodys(service: Service, sent: str) -> None:
    answer = service.ask("GET", "/users/ann", headers={"Authorization": sent.encode("latin-1")})
    assert (answer.status_code, answer.headers["WWW-Authenticate"][:6]) == (401, "Bearer")


@pytest.mark.parametrize("name", ["a/b", ".", "..", ".a", " a", "a\n", "\x00", "a\x7f", "\ud800"])
def test_names_that_no_url_could_hold(service: Service, name: str) -> None:
    assert service.ask("POST", "/users", json={"name": name, "password": "x"}).status_code == 422


@pytest.mark.parametrize("name", ["zoë ünal", "a?b#c%41&=+", "日本", "a\\b;c"])
def test_names_that_a_url_holds_encoded(service: Service, name: str) -> None:
    created = service.ask("POST", "/users", json={"name": name, "password": name})
    answer = service.ask("GET", created.headers["Location"], by=name)
    assert answer.json() == {"name": name, "role": "user"}


@pytest.mark.parametrize("limit", ["", "0", "101", "1e1", "+5", "5 ", "1_0", "٣", "9" * 5000])
def test_no_such_limit(service: Service, limit: str) -> None:
    assert service.ask("GET", "/recipes", params={"limit": limit}).status_code == 400


def test_search_looks_for_the_text_itself(service: Service) -> None:
    service.recipe(title="100% Äpfel_Mus")
    found = {q: len(service.ask("GET", "/recipes", params={"q": q}).json()) for q in ("äPFEL_", "% ä", "%Ä", "Ä%")}
    assert found == {"äPFEL_": 1, "% ä": 1, "%Ä": 0, "Ä%": 0}


@pytest.mark.parametrize(
    ("method", "field", "value", "status"),
    [
        ("GET", "If-None-Match", '"a", {tag}', 304),
        ("GET", "If-None-Match", "W/{tag}", 304),
        ("GET", "If-None-Match", "*", 304),
        ("HEAD", "If-None-Match", "{tag}", 304),
        ("GET", "If-None-Match", '"a"', 200),
        ("GET", "If-Match", '"a"', 412),
        ("PUT", "If-Match", "*", 200),
        ("PUT", "If-Match", '"a", {tag}', 200),
        ("PUT", "If-Match", "W/{tag}", 412),
        ("PUT", "If-Match", '[("', 412),
        ("PUT", "If-None-Match", "*", 428),
        ("DELETE", "If-Match", '"a"', 412),
        ("DELETE", "If-None-Match", "*", 412),
        ("DELETE", "If-Match", "{tag}", 204),
    ],
)
def test_preconditions(service: Service, method: str, field: str, value: str, status: int) -> None:
    path, tag = service.recipe()
    json = {"title": "Stew"} if method == "PUT" else None
    answer = service.ask(method, path, "ann", json=json, headers={field: value.format(tag=tag)})
    assert answer.status_code == status
    if status in (412, 428):
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert service.ask("GET", path).headers["ETag"] == tag


def test_every_write_has_a_tag_of_its_own(service: Service) -> None:
    path, first = service.recipe(title="Same")
    second = service.ask("PUT", path, "ann", json={"title": "Same"}, headers={"If-Match": first}).headers["ETag"]
    assert first != second


def test_a_user_who_is_gone_leaves_nothing_to_a_namesake(service: Service) -> None:
    account = {"name": "eve", "password": "eve"}
    service.ask("POST", "/users", json=account)
    token = service.login("eve")
    path, _ = service.recipe(by="eve", draft=True)
    export = service.ask("POST", "/exports", "eve").headers["Location"]
    assert service.ask("DELETE", "/users/eve", "root").status_code == 204
    assert service.ask("POST", "/users", json=account).status_code == 201
    assert service.ask("GET", "/users/eve", headers=token).status_code == 401
    new = service.ask("POST", "/tokens", json=account).json()["token"]
    login = {"Authorization": f"Bearer {new}"}
    assert service.ask("GET", path, headers=login).status_code == 410
    assert service.ask("GET", export, headers=login).status_code == 404


def test_an_export_is_its_owners(service: Service) -> None:
    export = service.ask("POST", "/exports", "ann").headers["Location"]
    statuses = {by: service.ask("GET", export, by).status_code for by in ("", "ann", "bob", "root")}
    assert statuses == {"": 401, "ann": 200, "bob": 404, "root": 200}
    assert service.ask("GET", f"{export}/result", "ann").status_code == 404


@pytest.mark.parametrize("how", ["moved away", "a folder", "garbage", "empty"])
def test_the_store_may_go_down_and_come_back(tmp_path: Path, how: str) -> None:
    with serving(tmp_path) as service:
        path, tag = service.recipe()
        store = Path(service.settings["STORE"])
        kept = store.rename(tmp_path / "kept")
        if how == "a folder":
            store.mkdir()
        elif how != "moved away":
            store.write_bytes(b"\xff" * 8192 if how == "garbage" else b"")
        down = service.ask("GET", "/health")
        assert store.exists() == (how != "moved away")
        assert (down.status_code, down.json(), down.headers["Retry-After"].isdigit()) == (503, {"status": "down"}, True)
        refused = service.ask("DELETE", path, "ann")
        assert (refused.status_code, refused.json()["status"], refused.headers["Retry-After"]) == (503, 503, "5")
        if how != "moved away":
            store.rmdir() if how == "a folder" else store.unlink()
        kept.rename(store)
        assert service.ask("GET", "/health").json() == {"status": "ok"}
        assert service.ask("GET", path).headers["ETag"] == tag


def test_the_log_has_one_line_for_each_response(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        for method, path in [("GET", "/a%0AGET%20/b%20200"), ("BREW", "/health?q"), ("GET", "/boom"), ("HEAD", "/r/1")]:
            service.ask(method, path)
        log = Path(service.settings["ACCESS_LOG"])
        assert log.read_text("ascii").splitlines() == [
            "GET /a%0AGET%20/b%20200 404",
            "BREW /health 405",
            "GET /boom 500",
            "HEAD /r/1 308",
        ]
        log.unlink()
        log.mkdir()
        assert service.ask("GET", "/health").status_code == 200


def test_no_answer_is_kept_for_somebody_else(service: Service) -> None:
    path, _ = service.recipe(draft=True)
    for answer in (service.ask("GET", path, "ann"), service.ask("GET", path), service.ask("GET", "/nothing")):
        assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == ("no-cache", "Authorization")


def test_one_key_makes_one_recipe(service: Service) -> None:
    key = {"Idempotency-Key": '"at once"'}
    answers = at_once(6, lambda _: service.ask("POST", "/recipes", "ann", json={"title": "Once"}, headers=key))
    assert {answer.status_code for answer in answers} == {201}
    assert len({(answer.headers["Location"], answer.headers["ETag"]) for answer in answers}) == 1
    assert len(service.ask("GET", "/recipes", params={"q": "Once"}).json()) == 1


@pytest.mark.parametrize(
    "by", ["https://x/>; rel=a, <b", "https://x/\r\nX: y", "https://é", "ftp://x", "https://x\n", 7]
)
def test_no_such_link(service: Service, by: object) -> None:
    path, _ = service.recipe()
    assert service.ask("PUT", f"{path}/block", "root", json={"by": by}).status_code == 422


def test_a_blocked_recipe_is_shown_nowhere(service: Service) -> None:
    path, tag = service.recipe(title="Blocked")
    for _ in range(2):
        assert service.ask("PUT", f"{path}/block", "root", json={"by": "https://x/"}).status_code == 204
    change = {"json": {"title": "Other"}, "headers": {"If-Match": tag}}
    answers = [service.ask("GET", f"{path}/nutrition"), service.ask("PUT", path, "ann", **change)]
    assert [(answer.status_code, answer.headers["Link"]) for answer in answers] == [
        (451, '<https://x/>; rel="blocked-by"')
    ] * 2
    assert service.ask("GET", "/recipes", params={"q": "Blocked"}).json() == []
    assert service.ask("GET", "/recipes/latest").headers.get("Location") != path


def test_a_blocked_draft_stays_hidden(service: Service) -> None:
    path, _ = service.recipe(draft=True)
    service.ask("PUT", f"{path}/block", "root", json={"by": "https://x/"})
    assert [service.ask("GET", path, by).status_code for by in ("", "bob", "ann")] == [404, 404, 451]
