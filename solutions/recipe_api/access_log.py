"""The access log: one line per response, errors too."""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask, Response, current_app, request

# What may stand in a path as it is (RFC 3986 §3.3).
PATH_CHARACTERS = "/:@!$&'()*+,;=-._~"


def use(app: Flask) -> None:
    """Log every response of an app."""
    app.after_request(_log)


def _log(response: Response) -> Response:
    # Flask has decoded the path: a line break in it would forge a second entry.
    path = quote(request.path, safe=PATH_CHARACTERS)
    line = f"{quote(request.method)} {path} {response.status_code}\n"
    try:
        # Opened to append and written at once: threads and processes do not mix their lines.
        with open(current_app.config["ACCESS_LOG"], "a", encoding="ascii") as file:
            file.write(line)
    except OSError:
        # A full disk is no reason to refuse the client what is ready.
        current_app.logger.exception("The access log cannot be written.")
    return response
