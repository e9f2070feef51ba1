"""What the lesson on retries talks to: a server with a limit, on a clock pushed by hand, and a shop that stumbles.

Waiting costs nothing on such a clock: the requests are real, the seconds are not. So a run is the same every time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from flask import Flask, request
from flask.typing import ResponseReturnValue

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
# Digits behind the point of a second: without rounding, ten times 0.1 would not be 1.
_DIGITS = 6


class Clock:
    """A clock that moves only when somebody waits on it. ``now`` is in seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        """Push the clock forward."""
        self.now = round(self.now + max(0.0, seconds), _DIGITS)

    def sleep_until(self, moment: float) -> None:
        """Push the clock forward to a moment, unless it is over already."""
        self.sleep(moment - self.now)


class Bucket:
    """A bucket of tokens: it starts full, every request takes one, and new ones drip in.

    ``rate`` is in tokens per second. A token counts when it is whole.
    """

    def __init__(self, clock: Clock, capacity: int, rate: float) -> None:
        self._clock = clock
        self._capacity = capacity
        self._rate = rate
        self._tokens = float(capacity)
        self._filled = clock.now

    @property
    def tokens(self) -> float:
        """Return how many tokens are in the bucket now."""
        dripped = (self._clock.now - self._filled) * self._rate
        return round(min(self._capacity, self._tokens + dripped), _DIGITS)

    def take(self) -> bool:
        """Take a token; tell whether there was one."""
        self._tokens, self._filled = self.tokens, self._clock.now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    @property
    def wait(self) -> int:
        """Return in how many whole seconds there is a token."""
        return max(0, math.ceil(round((1 - self.tokens) / self._rate, _DIGITS)))


def limited(clock: Clock, capacity: int = 3, rate: float = 1.0, overload: int = 8) -> Flask:
    """Make an app whose GET /api takes a token from a bucket.

    200: there was one. 429 with Retry-After: there was none. 503: more than ``overload`` requests came within one
    second, refused ones included, and the app no longer keeps up.
    """
    app = Flask("limited")
    bucket = Bucket(clock, capacity, rate)
    arrived: list[float] = []

    @app.get("/api")
    def api() -> ResponseReturnValue:
        arrived[:] = [moment for moment in arrived if clock.now - moment < 1] + [clock.now]
        if len(arrived) > overload:
            return {"error": "Too much at once."}, 503
        if not bucket.take():
            return {"error": "Slow down."}, 429, {"Retry-After": str(bucket.wait)}
        return {"tokens": bucket.tokens}

    return app


def replies(*answers: int | tuple[int, Mapping[str, str]]) -> Flask:
    """Make an app that gives these answers, one a request, whatever is asked; the last one stays.

    An answer is a status code, or a code with header fields.
    """
    app = Flask("replies")
    left = list(answers)

    @app.route("/", defaults={"path": ""}, methods=METHODS)
    @app.route("/<path:path>", methods=METHODS)
    def reply(path: str) -> ResponseReturnValue:
        answer = left.pop(0) if len(left) > 1 else left[0]
        code, headers = answer if isinstance(answer, tuple) else (answer, {})
        return {"code": code}, code, dict(headers)

    return app


def stumbling_shop(failures: int = 1) -> Flask:
    """Make a shop that takes every order, and stumbles on its way back to the client.

    The first ``failures`` answers to GET /menu and to POST /orders are 503. An order is taken all the same, and
    GET /orders lists the orders.
    """
    app = Flask("shop")
    orders: list[object] = []
    left = dict.fromkeys(("/menu", "/orders"), failures)

    def stumbles() -> bool:
        left[request.path] -= 1
        return left[request.path] >= 0

    @app.get("/menu")
    def menu() -> ResponseReturnValue:
        return ({"error": "Try again later."}, 503) if stumbles() else ["soup", "bread"]

    @app.get("/orders")
    def listed() -> ResponseReturnValue:
        return orders

    @app.post("/orders")
    def order() -> ResponseReturnValue:
        orders.append(request.get_json())
        if stumbles():
            return {"error": "Try again later."}, 503
        return orders[-1], 201

    return app
