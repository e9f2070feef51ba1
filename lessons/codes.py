"""Which lesson teaches which status code. A code in no lesson's line is met by its class, in `five_classes`."""

from __future__ import annotations

from server.codes import Code

BY_CLASS = "five_classes"

TAUGHT = {
    "five_classes": (100, 101, 102, 103, 104, 306, 418),
    "success": (200, 201, 202, 204),
}


def lesson_of(code: Code) -> str:
    """Return the name of the lesson that teaches a code."""
    for lesson, numbers in TAUGHT.items():
        if code.number in numbers:
            return lesson
    return BY_CLASS
