"""Take a notebook apart into steps: pieces of code, calls of checks, and the headings between them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from .notebook import TEXT_LIMIT, Cell
from .source import Code, parse, plain, prose, replace_nodes

CODE, CHECK, HEADING = "code", "check", "heading"
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass
class Step:
    """One step of a notebook, in the order in which it would run."""

    kind: str
    cell: Cell
    code: Code
    # Of a check: the lesson where the notebook tells it, the name that is called, and what it is given.
    lesson: str = ""
    name: str = ""
    arguments: tuple[str, ...] = ()
    flags: list[str] = field(default_factory=list)


@dataclass
class Checks:
    """The names under which a notebook knows the checks of its lessons."""

    lessons: tuple[str, ...]
    # By the name in the notebook: the lesson, empty where it is not known.
    names: dict[str, str] = field(default_factory=lambda: {"check": ""})
    imported: list[str] = field(default_factory=list)

    def learn(self, statement: ast.stmt) -> bool:
        """Take in an import of lessons. Return whether it was one."""
        if isinstance(statement, ast.ImportFrom) and statement.module == "lessons":
            for alias in statement.names:
                if alias.name in self.lessons:
                    self.names[alias.asname or alias.name] = alias.name
                    self.imported.append(alias.name)
            return True
        if isinstance(statement, ast.ImportFrom):
            return (statement.module or "").startswith("lessons.")
        if isinstance(statement, ast.Import):
            return any(alias.name.partition(".")[0] == "lessons" for alias in statement.names)
        return False

    def called(self, node: ast.expr) -> tuple[str, ...]:
        """Return lesson, exercise and member of a call such as ``check.accepted.hint()``; empty for other calls."""
        path: list[str] = []
        function = node.func if isinstance(node, ast.Call) else None
        while isinstance(function, ast.Attribute):
            path.insert(0, function.attr)
            function = function.value
        if not isinstance(function, ast.Name) or not path:
            return ()
        if function.id == "lessons" and len(path) > 1:
            return path[0], path[1], "".join(path[2:])
        if function.id not in self.names:
            return ()
        return self.names[function.id], path[0], "".join(path[1:])


def steps_of(cells: list[Cell], checks: Checks) -> Iterator[Step]:
    """Give the steps of a notebook."""
    for cell in cells:
        if len(cell.source) > TEXT_LIMIT:
            yield Step(HEADING, cell, Code(""), flags=["answer too long"])
        elif cell.kind == "code":
            yield from _steps_of_code(cell, plain(cell.source), checks)
        else:
            code = prose(cell.source)
            if code:
                code.flags.append("cell type changed")
                yield from _steps_of_code(cell, code, checks)
            else:
                yield Step(HEADING, cell, Code(cell.source))


def _steps_of_code(cell: Cell, code: Code, checks: Checks) -> Iterator[Step]:
    if code.tree is None:
        if code.text.strip():
            yield Step(CODE, cell, code)
        return
    start = end = 0
    edits: list[tuple[ast.stmt | ast.expr, str]] = []
    for statement in code.tree.body:
        before, end = end, statement.end_lineno or statement.lineno
        if checks.learn(statement):
            edits.append((statement, "pass"))
            continue
        calls = _outermost([node for node in ast.walk(statement) if isinstance(node, ast.Call) and checks.called(node)])
        if not calls:
            continue
        simple = isinstance(statement, ast.Expr)
        edits += [(statement, "pass")] if simple else [(call, "None") for call in calls]
        asked = [] if isinstance(statement, _DEFINITIONS) else [call for call in calls if not checks.called(call)[2]]
        if not asked:
            continue
        # The call itself is left out, unless something else stands on its line.
        kept = statement.lineno - 1 if simple and before < statement.lineno else end
        yield from _piece(cell, code, start, kept, edits)
        start, edits = end, []
        for call in asked:
            lesson, name, _ = checks.called(call)
            arguments = tuple(ast.unparse(argument) for argument in call.args[:10])
            yield Step(CHECK, cell, Code(ast.unparse(call)), lesson, name, arguments)
    yield from _piece(cell, code, start, None, edits)


def _outermost(calls: list[ast.Call]) -> list[ast.Call]:
    inner = {id(node) for call in calls for node in ast.walk(call) if node is not call}
    return [call for call in calls if id(call) not in inner]


def _piece(
    cell: Cell, code: Code, start: int, end: int | None, edits: list[tuple[ast.stmt | ast.expr, str]]
) -> Iterator[Step]:
    """Give the lines of a cell from ``start`` to ``end`` as a step, where there is anything in them."""
    text = replace_nodes(code.text, edits) if edits else code.text
    lines = text.split("\n")
    text = "\n".join(lines[start:end]).strip("\n")
    tree = parse(text)
    if not text.strip() or (tree and all(isinstance(statement, ast.Pass) for statement in tree.body)):
        return
    merged = start or "\n".join(lines[end:] if end else []).strip()
    yield Step(CODE, cell, Code(text, [*code.flags, "cells merged"] if merged else list(code.flags)))
