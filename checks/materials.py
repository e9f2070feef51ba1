"""Arguments that cannot cross a wire as plain data are made where the answer lives."""

from __future__ import annotations

from typing import Any

import requests

from .plain import ErrorOf, ResponseOf


def make(argument: Any) -> Any:
    """Return what a function of the answer is called with."""
    if isinstance(argument, ResponseOf):
        return requests.request(argument.method, argument.url, timeout=5, allow_redirects=False)
    if isinstance(argument, ErrorOf):
        return _error(argument)
    return argument


def _error(wanted: ErrorOf) -> requests.RequestException:
    try:
        response = requests.request(wanted.method, wanted.url, timeout=wanted.timeout)
        response.raise_for_status()
    except requests.RequestException as error:
        return error
    raise LookupError(f"{wanted.method} {wanted.url} raised nothing: it answered {response.status_code}")
