"""Say what a piece of Python defines and uses. Nothing of it is ever run."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")
# Characters of a source that is remembered.
_REMEMBER = 4_000
# What :func:`literal` returns for what is none.
NOT_LITERAL = object()
_BUILTINS = frozenset(dir(builtins))
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_VERBS = ("get", "post", "put", "patch", "delete")


def parse(source: str) -> ast.Module | None:
    """Return the tree of a source; None where it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def literal(node: ast.expr) -> object:
    """Return the value of a literal; :data:`NOT_LITERAL` for anything else."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return NOT_LITERAL


@dataclass(frozen=True)
class Facts:
    """What a piece of Python defines and uses."""

    # Names that it binds at its top level, those among them that are no imports, and those that it takes from there.
    bound: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    # Routes, such as ``PUT /notes/<>``, and the names of the apps that something is hung onto.
    routes: frozenset[str] = frozenset()
    apps: frozenset[str] = frozenset()
    # The modules that it imports, each by the first part of its name.
    imports: frozenset[str] = frozenset()
    # By name: the literal that is assigned to it.
    literals: Mapping[str, object] = field(default_factory=dict)


def remembered(function: Callable[..., T]) -> Callable[..., T]:
    """Let a function of a text remember what it returned for short ones: most cells of a class are the same."""
    cached = lru_cache(maxsize=4096)(function)
    return lambda text, *others: (cached if len(text) < _REMEMBER else function)(text, *others)


@remembered
def facts_of(text: str) -> Facts | None:
    """Return what a source defines and uses; None where it is no Python."""
    tree, used = parse(text), _used(text)
    if tree is None or used is None:
        return None
    found = _Found()
    for statement in tree.body:
        found.take(statement)
    return Facts(
        frozenset(found.bound | found.brought),
        frozenset(found.bound),
        used,
        frozenset(found.routes),
        frozenset(found.apps),
        frozenset(found.imports),
        found.literals,
    )


class _Found:
    """What the statements of a source hold, each looked at once: most of the time of a collection is spent here."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.brought: set[str] = set()
        self.routes: set[str] = set()
        self.apps: set[str] = set()
        self.imports: set[str] = set()
        self.literals: dict[str, object] = {}

    def take(self, statement: ast.stmt) -> None:
        """Take in one statement of the top level."""
        is_definition = isinstance(statement, _DEFINITIONS)
        if isinstance(statement, _DEFINITIONS):
            self.bound.add(statement.name)
            self.apps |= {
                node.id for one in statement.decorator_list for node in nodes_of(one) if isinstance(node, ast.Name)
            }
        for node in nodes_of(statement):
            kind = node.__class__
            if kind is ast.Call:
                self.routes.update(_routes(node))
            elif kind is ast.Import:
                self.imports |= {name.name.partition(".")[0] for name in node.names}
            elif kind is ast.ImportFrom and node.module:
                self.imports.add(node.module.partition(".")[0])
            elif is_definition:
                continue
            elif kind is ast.Name and node.ctx.__class__ is ast.Store:
                self.bound.add(node.id)
            elif kind is ast.alias:
                self.brought.add((node.asname or node.name).partition(".")[0])
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            value = literal(statement.value)
            self.literals |= {target.id: value for target in targets if isinstance(target, ast.Name)}


def nodes_of(top: ast.AST) -> Iterator[ast.AST]:
    """Give a node and all below it in no order, as :func:`ast.walk` does in three times the time."""
    todo = [top]
    while todo:
        node = todo.pop()
        yield node
        # A name has nothing below it but how it is used.
        if node.__class__ is ast.Name or node.__class__ is ast.Constant:
            continue
        for value in node.__dict__.values():
            if value.__class__ is list:
                todo += [one for one in value if isinstance(one, ast.AST)]
            elif isinstance(value, ast.AST):
                todo.append(value)


def _used(text: str) -> frozenset[str] | None:
    """Return the names that a source takes from its top level, from within functions as well."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tables = [symtable.symtable(text, "<cell>", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found: set[str] = set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        top = table.get_type() == "module"
        found |= {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (top or symbol.is_global())
        }
    return frozenset(found - _BUILTINS)


def _routes(call: ast.Call) -> Iterator[str]:
    if not (isinstance(call.func, ast.Attribute) and call.args):
        return
    rule, verb = call.args[0], call.func.attr
    if not (isinstance(rule, ast.Constant) and isinstance(rule.value, str) and rule.value.startswith("/")):
        return
    path = re.sub(r"<[^>]*>", "<>", rule.value)
    if verb in _VERBS:
        yield f"{verb.upper()} {path}"
    elif verb in ("route", "add_url_rule"):
        yield from (f"{method} {path}" for method in _methods(call))


def _methods(call: ast.Call) -> set[str]:
    for keyword in call.keywords:
        if keyword.arg == "methods" and isinstance(keyword.value, ast.List | ast.Tuple | ast.Set):
            values = [item.value for item in keyword.value.elts if isinstance(item, ast.Constant)]
            return {value.upper() for value in values if isinstance(value, str)}
    return {"GET"} if isinstance(call.func, ast.Attribute) and call.func.attr == "route" else {"ANY"}
