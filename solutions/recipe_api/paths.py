"""What an identifier in a path looks like."""

from __future__ import annotations

from werkzeug.routing import IntegerConverter


class Identifier(IntegerConverter):
    """A number as the store makes them: one spelling each, and never more than SQLite's 64 bits.

    Flask's own `int` takes 007 for 7, and fails at a number of 5,000 digits: Python refuses to read it.
    """

    regex = "[1-9][0-9]{0,17}"
