"""Take a notebook apart into steps: pieces of code, calls of checks, and the headings between them."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from .facts import parse, remembered
from .notebook import TEXT_LIMIT, Cell
from .source import Code, plain, prose, replace_nodes

CODE, CHECK, TEXT = "code", "check", "text"
# Pieces that one cell is taken apart into, and names of checks that one notebook may have.
PIECE_LIMIT = 100
NAME_LIMIT = 50
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Piece:
    """A piece of a cell: code, the call of a check, or a text."""

    kind: str
    code: Code
    # Of a check: the lesson where the notebook tells it, the name that is called, and what it is given.
    lesson: str = ""
    name: str = ""
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One step of a notebook, in the order in which it would run."""

    cell: Cell
    piece: Piece

    @property
    def kind(self) -> str:
        """Return what it is."""
        return self.piece.kind

    @property
    def code(self) -> Code:
        """Return its code, or the text of its cell."""
        return self.piece.code


# The names under which a notebook knows the checks of its lessons, each with the lesson; empty where none is known.
Names = tuple[tuple[str, str], ...]


def steps_of(cells: Iterable[Cell], lessons: tuple[str, ...], limit: int = 1_000_000) -> tuple[list[Step], set[str]]:
    """Return the steps of a notebook, and the lessons that it imports. ``limit`` is how many characters are read."""
    names: Names = (("check", ""),)
    steps = []
    imported: set[str] = set()
    for cell in cells:
        limit -= len(cell.source)
        if cell.kind == "code" and cell.source.strip() and len(cell.source) <= TEXT_LIMIT and limit > 0:
            pieces, names = _pieces_of_code(cell.source, names, lessons)
        else:
            pieces, names = _pieces_of_text(cell.source if limit > 0 else "", names, lessons)
        steps += [Step(cell, piece) for piece in pieces]
        imported |= {lesson for _, lesson in names if lesson}
    return steps, imported


@remembered
def _pieces_of_text(source: str, names: Names, lessons: tuple[str, ...]) -> tuple[list[Piece], Names]:
    code = prose(source) if len(source) <= TEXT_LIMIT else None
    if code is None:
        return [Piece(TEXT, Code(source))], names
    return _Reader(Code(code.text, (*code.flags, "cell type changed")), names, lessons).read()


@remembered
def _pieces_of_code(source: str, names: Names, lessons: tuple[str, ...]) -> tuple[list[Piece], Names]:
    return _Reader(plain(source), names, lessons).read()


class _Reader:
    """Takes the code of one cell apart."""

    def __init__(self, code: Code, names: Names, lessons: tuple[str, ...]) -> None:
        self.code = code
        self.names = dict(names)
        self.lessons = lessons
        self.pieces: list[Piece] = []

    def read(self) -> tuple[list[Piece], Names]:
        """Return the pieces, and the names that the cell leaves behind."""
        mentioned = any(name in self.code.text for name in (*self.names, "lessons"))
        tree = parse(self.code.text) if mentioned else None
        if tree is None and self._is_comment(self.code.text):
            return [], tuple(self.names.items())
        if tree is None:
            return [Piece(CODE, self.code)], tuple(self.names.items())
        start = end = 0
        edits: list[tuple[ast.stmt | ast.expr, str]] = []
        for statement in tree.body:
            before, end = end, statement.end_lineno or statement.lineno
            if self._learn(statement):
                edits.append((statement, "pass"))
                continue
            calls = _outermost([node for node in ast.walk(statement) if self._path(node)])
            if not calls:
                continue
            simple = isinstance(statement, ast.Expr)
            edits += [(statement, "pass")] if simple else [(call, "None") for call in calls]
            asked = [call for call in calls if not self._path(call)[2]]
            if not asked or len(self.pieces) > PIECE_LIMIT or isinstance(statement, _DEFINITIONS):
                continue
            # The call itself is left out, unless something else stands on its line.
            self._take(start, statement.lineno - 1 if simple and before < statement.lineno else end, edits)
            start, edits = end, []
            self.pieces += [self._check(call) for call in asked]
        self._take(start, None, edits)
        return self.pieces, tuple(self.names.items())

    def _is_comment(self, text: str) -> bool:
        return not any(line.strip() and not line.lstrip().startswith("#") for line in text.split("\n"))

    def _learn(self, statement: ast.stmt) -> bool:
        """Take in an import of lessons. Return whether it was one."""
        if len(self.names) > NAME_LIMIT:
            return False
        if isinstance(statement, ast.ImportFrom) and statement.module == "lessons":
            self.names |= {one.asname or one.name: one.name for one in statement.names if one.name in self.lessons}
            return True
        if isinstance(statement, ast.ImportFrom):
            return (statement.module or "").startswith("lessons.")
        return isinstance(statement, ast.Import) and statement.names[0].name.partition(".")[0] == "lessons"

    def _path(self, node: ast.AST) -> tuple[str, ...]:
        """Return lesson, exercise and member of a call such as ``check.accepted.hint()``; empty for other nodes."""
        path: list[str] = []
        function = node.func if isinstance(node, ast.Call) else None
        while isinstance(function, ast.Attribute):
            path.insert(0, function.attr)
            function = function.value
        if not isinstance(function, ast.Name) or not path:
            return ()
        if function.id == "lessons" and len(path) > 1:
            return path[0], path[1], "".join(path[2:])
        return (self.names[function.id], path[0], "".join(path[1:])) if function.id in self.names else ()

    def _check(self, call: ast.Call) -> Piece:
        lesson, name, _ = self._path(call)
        arguments = tuple(_written(argument) for argument in call.args[:10])
        return Piece(CHECK, Code(f"{name}({', '.join(arguments)})"), lesson, name, arguments)

    def _take(self, start: int, end: int | None, edits: list[tuple[ast.stmt | ast.expr, str]]) -> None:
        """Keep the lines from ``start`` to ``end``, where there is anything in them."""
        lines = (replace_nodes(self.code.text, edits) if edits else self.code.text).split("\n")
        text = "\n".join(lines[start:end]).strip("\n")
        tree = parse(text) if edits else None
        if self._is_comment(text):
            return
        if tree and all(isinstance(statement, ast.Pass) for statement in tree.body):
            return
        merged = start or "\n".join(lines[end:] if end else []).strip()
        flags = (*self.code.flags, "cells merged") if merged else self.code.flags
        whole = text == self.code.text.strip("\n")
        self.pieces.append(Piece(CODE, Code(text, flags, self.code.raw if whole else "")))


def _written(node: ast.expr) -> str:
    try:
        return ast.unparse(node)
    except RecursionError:
        return "..."


def _outermost(calls: list[ast.AST]) -> list[ast.Call]:
    inner = {id(node) for call in calls for node in ast.walk(call) if node is not call}
    return [call for call in calls if isinstance(call, ast.Call) and id(call) not in inner]
