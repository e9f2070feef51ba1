"""Which lesson teaches which status code. A code in no lesson's line is met by its class, in `five_classes`."""

from __future__ import annotations

from server.codes import Code

BY_CLASS = "five_classes"

TAUGHT = {
    "five_classes": (100, 101, 102, 103),
    "success": (200, 201, 202, 204),
    "client_errors": (400, 404, 405, 409, 410, 413, 414, 415, 422),
    "access": (401, 403),
    "error_bodies": (402,),
    "server_errors": (500, 501, 502, 503, 504),
    "redirects": (300, 301, 302, 303, 307, 308),
    "retries": (429,),
    "conditional_requests": (206, 304, 412, 416, 428),
    "capstone": (406, 451),
}


def lesson_of(code: Code) -> str:
    """Return the name of the lesson that teaches a code."""
    for lesson, numbers in TAUGHT.items():
        if code.number in numbers:
            return lesson
    return BY_CLASS
