"""The broken apps of the lesson on conditional requests are broken in the way their docstrings say."""

import pytest
import requests

from server import Server
from server.apps import broken_conditional_requests as broken


@pytest.fixture
def send(request):
    """Serve the app named by ``@pytest.mark.parametrize`` and return a function that sends it a request."""
    with Server(request.param()) as server:
        yield lambda method, path, **kwargs: requests.request(method, server.url + path, timeout=5, **kwargs)


def serving(factory):
    return pytest.mark.parametrize("send", [factory], indirect=True, ids=[factory.__name__])


@serving(broken.frozen_tag)
def test_a_changed_menu_is_still_not_modified(send):
    tag = send("GET", "/menu").headers["ETag"]
    assert send("POST", "/menu", json={"bread": 2}).status_code == 201
    assert send("GET", "/menu", headers={"If-None-Match": tag}).status_code == 304
    assert send("GET", "/menu").json() == {"soup": 5, "bread": 2}


@serving(broken.late_check)
def test_a_refused_write_was_done(send):
    assert send("PUT", "/doc", json={"t": "Ann's"}).status_code == 428
    refused = send("PUT", "/doc", json={"t": "Bob's"}, headers={"If-Match": '"v9"'})
    assert refused.status_code == 412
    assert send("GET", "/doc").json() == {"n": 2, "t": "Bob's"}
    accepted = send("PUT", "/doc", json={"t": "Ann's"}, headers={"If-Match": '"v2"'})
    assert accepted.json() == {"n": 3, "t": "Ann's"}


@serving(broken.lost_update)
def test_the_second_editor_wins(send):
    tag = send("GET", "/doc").headers["ETag"]
    for name in ("Ann", "Bob"):
        assert send("PUT", "/doc", json={"t": name}, headers={"If-Match": tag}).status_code == 200
    assert send("GET", "/doc").json() == {"n": 3, "t": "Bob"}
    assert send("GET", "/doc", headers={"If-None-Match": '"v3"'}).status_code == 304
