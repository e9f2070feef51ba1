"""Read what a student predicted: literal values alone, nothing is run."""

from __future__ import annotations

import ast
from typing import Any

from .facts import NOT_LITERAL, literal, parse
from .steps import CHECK, CODE, Step

# Characters of a prediction that are kept.
TEXT_LIMIT = 200
_PLAIN = (str, int, float, bool)


def predictions_of(steps: list[Step], questions: dict[str, str]) -> dict[tuple[str, str], Any]:
    """Return what was predicted, by lesson and question: the first prediction counts, as in the notebook.

    ``questions`` gives the lesson of every question's name.
    """
    said: dict[str, object] = {}
    found: dict[tuple[str, str], Any] = {}
    for step in steps:
        if step.kind == CHECK:
            name = step.piece.name
            if name in questions and step.piece.arguments:
                value = _value(step.piece.arguments[0], said)
                if value is not NOT_LITERAL:
                    found.setdefault((step.piece.lesson or questions[name], name), value)
        elif step.kind == CODE:
            said |= step.code.facts.literals
    return found


def _value(argument: str, said: dict[str, object]) -> object:
    tree = parse(argument)
    if tree is None or not tree.body or not isinstance(tree.body[0], ast.Expr):
        return NOT_LITERAL
    node = tree.body[0].value
    value = said.get(node.id, NOT_LITERAL) if isinstance(node, ast.Name) else literal(node)
    if not isinstance(value, _PLAIN) or (isinstance(value, int | float) and not abs(value) < 10**9):
        return NOT_LITERAL
    return value[:TEXT_LIMIT] if isinstance(value, str) else value
