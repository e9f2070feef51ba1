"""The broken client of the lesson on reading codes, and the pages that it watches."""

from __future__ import annotations

import time

import requests
from flask import Flask

# How late the slow page is, in seconds.
DELAY = 0.6


def wake_up(urls: list[str]) -> list[str]:
    """Return the URLs for which somebody is woken up at night.

    Symptom: people get up for a 404, and sleep through a 502, a server that is off and a page that takes too long.
    Cause: every code but 200 counts as an alarm; the content is decoded before the code is looked at, so an HTML page
    ends in the ``except`` that hides it; and the request has no ``timeout``.
    Repair: wake somebody for 5xx and for no answer in time. The content does not matter.
    """
    alarms = []
    for url in urls:
        try:
            response = requests.get(url)
            response.json()
            if response.status_code != 200:
                alarms.append(url)
        except requests.RequestException:
            pass
    return alarms


def watched() -> Flask:
    """Make the app whose pages the monitor asks for: two of them are fine, two have failed."""
    app = Flask("watched")

    @app.get("/shop")
    def shop():
        return {"open": True}

    @app.get("/old-soup")
    def old_soup():
        return {"error": "There is no such recipe."}, 404

    @app.get("/gateway")
    def gateway():
        return "<h1>Bad Gateway</h1>", 502

    @app.get("/slow")
    def slow():
        time.sleep(DELAY)
        return {"open": True}

    return app
