"""Read what a student predicted: literal values alone, nothing is run."""

from __future__ import annotations

import ast
from typing import Any

from .source import NOT_LITERAL, literal, parse
from .steps import CHECK, Step

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
            lesson = step.lesson or questions.get(step.name, "")
            if step.name in questions and step.arguments:
                value = _value(step.arguments[0], said)
                if value is not NOT_LITERAL:
                    found.setdefault((lesson, step.name), value)
            continue
        for statement in step.code.tree.body if step.code.tree else ():
            if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                value = literal(statement.value)
                said |= {target.id: value for target in targets if isinstance(target, ast.Name)}
    return found


def _value(argument: str, said: dict[str, object]) -> object:
    tree = parse(argument)
    if tree is None or not tree.body or not isinstance(tree.body[0], ast.Expr):
        return NOT_LITERAL
    node = tree.body[0].value
    value = said.get(node.id, NOT_LITERAL) if isinstance(node, ast.Name) else literal(node)
    if not isinstance(value, _PLAIN) or (isinstance(value, int) and abs(value) > 10**9) or value != value:
        return NOT_LITERAL
    return value[:TEXT_LIMIT] if isinstance(value, str) else value
