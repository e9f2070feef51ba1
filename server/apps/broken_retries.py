"""The broken clients of the lesson on retries: each runs, and is wrong.

Each function makes what one broken cell defines. Its docstring tells the symptom, the cause, and what repairs it.
"""

from __future__ import annotations

from collections.abc import Callable

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry


def impatient_client() -> Callable[[str, float], requests.Response | None]:
    """Make ``poll(url, now)``, which a timer calls once a second.

    Symptom: a server that asked for 30 s gets five requests a second.
    Cause: the client takes 503 for bad luck, tries again at once, and never reads Retry-After.
    Repair: remember until when this URL is to be left alone, and send nothing before.
    """

    def poll(url: str, now: float) -> requests.Response | None:
        response = requests.get(url, timeout=5)
        for _ in range(4):
            if response.status_code not in (429, 503):
                break
            response = requests.get(url, timeout=5)
        return response

    return poll


def double_order() -> tuple[Callable[[str], list[str]], Callable[[str, str], int]]:
    """Make ``menu(base)`` and ``buy(base, dish)``, which share a session that repeats what fails.

    Symptom: one click, and the shop has two orders.
    Cause: ``allowed_methods=None`` repeats every method. The shop had taken the order before it answered 503.
    Repair: repeat only what may be repeated (RFC 9110 §9.2.2); the POST goes out once.
    """
    retry = Retry(total=3, status_forcelist=[502, 503, 504], allowed_methods=None, raise_on_status=False)
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=retry))

    def menu(base: str) -> list[str]:
        return session.get(base + "/menu", timeout=5).json()

    def buy(base: str, dish: str) -> int:
        return session.post(base + "/orders", json={"dish": dish}, timeout=5).status_code

    return menu, buy
