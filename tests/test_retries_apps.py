"""The servers of the lesson on retries keep their limits, and its broken clients are broken as they say."""

from __future__ import annotations

import pytest
import requests

from server import Server
from server.apps import broken_retries as broken
from server.apps.retries import METHODS, Bucket, Clock, limited, replies, stumbling_shop


def ask(server, path="/api", method="GET"):
    return requests.request(method, server.url + path, timeout=5)


def test_the_clock_moves_only_forward_and_does_not_drift():
    clock = Clock()
    for _ in range(10):
        clock.sleep(0.1)
    clock.sleep(-5)
    clock.sleep_until(0.5)
    assert clock.now == 1.0
    clock.sleep_until(2.5)
    assert clock.now == 2.5


def test_the_bucket_starts_full_drips_and_never_overflows():
    clock = Clock()
    bucket = Bucket(clock, capacity=2, rate=0.5)
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    assert bucket.wait == 2
    clock.sleep(1)
    assert (bucket.tokens, bucket.take(), bucket.wait) == (0.5, False, 1)
    clock.sleep(1)
    assert (bucket.take(), bucket.tokens) == (True, 0)
    clock.sleep(60)
    assert (bucket.tokens, bucket.wait) == (2, 0)


def test_a_client_that_waits_as_told_is_served():
    clock = Clock()
    with Server(limited(clock)) as server:
        assert [ask(server).status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = ask(server)
        assert refused.json() == {"error": "Slow down."}
        clock.sleep(int(refused.headers["Retry-After"]))
        assert [ask(server).status_code for _ in range(2)] == [200, 429]


def test_refused_requests_count_for_the_overload():
    clock = Clock()
    with Server(limited(clock, overload=4)) as server:
        assert [ask(server).status_code for _ in range(6)] == [200, 200, 200, 429, 503, 503]
        clock.sleep(1)
        assert ask(server).status_code == 200


@pytest.mark.parametrize("method", METHODS)
def test_replies_come_in_their_order_and_the_last_one_stays(method):
    with Server(replies(429, (503, {"Retry-After": "7"}), 200)) as server:
        answers = [ask(server, path, method) for path in ("/", "/a", "/a/b", "/")]
    assert [answer.status_code for answer in answers] == [429, 503, 200, 200]
    assert [answer.headers.get("Retry-After") for answer in answers] == [None, "7", None, None]


def test_the_shop_takes_the_order_and_stumbles_afterwards():
    with Server(stumbling_shop()) as server:
        codes = [requests.post(server.url + "/orders", json={"dish": "soup"}, timeout=5).status_code for _ in range(2)]
        assert codes == [503, 201]
        assert ask(server, "/orders").json() == [{"dish": "soup"}] * 2
        assert [ask(server, "/menu").status_code for _ in range(2)] == [503, 200]


def test_the_impatient_client_hammers():
    poll = broken.impatient_client()
    with Server(replies((503, {"Retry-After": "30"}))) as server:
        for now in range(3):
            assert poll(server.url, now).status_code == 503
        assert len(server.log.requests) == 15


def test_the_impatient_client_takes_a_good_answer():
    poll = broken.impatient_client()
    with Server(replies(429, 200)) as server:
        assert poll(server.url, 0).status_code == 200
        assert len(server.log.requests) == 2


def test_one_click_orders_twice():
    menu, buy = broken.double_order()
    with Server(stumbling_shop()) as server:
        assert menu(server.url) == ["soup", "bread"]
        assert buy(server.url, "soup") == 201
        assert ask(server, "/orders").json() == [{"dish": "soup"}] * 2


@pytest.mark.parametrize("factory", [broken.impatient_client, broken.double_order])
def test_every_broken_client_tells_its_symptom_cause_and_repair(factory):
    for word in ("Symptom: ", "Cause: ", "Repair: "):
        assert word in factory.__doc__
