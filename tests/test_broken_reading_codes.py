"""The monitor of the lesson on reading codes is broken in the way its docstring says."""

import time

import pytest
import requests

from checks import closed_url
from server import Server
from server.apps import broken_reading_codes as broken


@pytest.mark.parametrize(
    ("path", "code", "kind"),
    [
        ("/shop", 200, "application/json"),
        ("/old-soup", 404, "application/json"),
        ("/gateway", 502, "text/html; charset=utf-8"),
    ],
)
def test_the_pages_answer_as_they_say(path, code, kind):
    with Server(broken.watched()) as server:
        response = requests.get(server.url + path, timeout=5)
        assert (response.status_code, response.headers["Content-Type"]) == (code, kind)


def test_the_monitor_wakes_people_for_a_404_and_for_nothing_else():
    with Server(broken.watched()) as server:
        urls = [server.url + path for path in ("/shop", "/old-soup", "/gateway")]
        assert broken.wake_up([*urls, closed_url()]) == [urls[1]]


def test_the_monitor_waits_as_long_as_it_takes():
    with Server(broken.watched()) as server:
        start = time.monotonic()
        assert broken.wake_up([server.url + "/slow"]) == []
        assert time.monotonic() - start >= broken.DELAY
