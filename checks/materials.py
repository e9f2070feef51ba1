"""Arguments that cannot cross a wire as plain data are made where the answer lives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flask
import requests

from .plain import ErrorOf, ResponseOf, ViewOf


def make(argument: Any, find: Callable[[str], Any]) -> Any:
    """Return what a function of the answer is called with. ``find`` gives what a name of the answer stands for."""
    if isinstance(argument, ResponseOf):
        return requests.request(argument.method, argument.url, timeout=5, allow_redirects=False)
    if isinstance(argument, ErrorOf):
        return _error(argument)
    if isinstance(argument, ViewOf):
        return _view(argument.name, find)
    return argument


def _error(wanted: ErrorOf) -> requests.RequestException:
    try:
        response = requests.request(wanted.method, wanted.url, timeout=wanted.timeout)
        response.raise_for_status()
    except requests.RequestException as error:
        return error
    raise LookupError(f"{wanted.method} {wanted.url} raised nothing: it answered {response.status_code}")


def _view(name: str, find: Callable[[str], Any]) -> Callable[[], Any]:
    def view() -> Any:
        sent = flask.request.get_json()
        result = find(name)(*sent["arguments"], **sent["more"])
        if isinstance(result, BaseException):
            raise result
        return result

    # Flask reads the methods of a route from here.
    view.methods = ["POST"]  # type: ignore[attr-defined]
    return view
