"""Tell from its source alone whether an answer can leave anything behind in the process that it runs in."""

from __future__ import annotations

import ast
from functools import cache

from checks.prelude import PRELUDE

from .collecting.facts import nodes_of, parse

# A longer source is not looked at: hardly any answer is.
LENGTH = 10_000

# Modules whose functions change nothing that another answer would notice.
_MODULES = """
base64 collections copy dataclasses datetime decimal email enum fractions functools hashlib hmac html http io itertools
json math operator random re secrets statistics string textwrap time typing urllib uuid zlib flask requests urllib3
werkzeug
"""
_BUILTINS = """
ArithmeticError AssertionError AttributeError BaseException ConnectionError Ellipsis Exception IndexError KeyError
LookupError NotImplemented NotImplementedError OSError OverflowError RecursionError RuntimeError StopIteration
TimeoutError TypeError UnicodeDecodeError UnicodeError ValueError ZeroDivisionError __name__ abs all any ascii bin bool
bytearray bytes callable chr classmethod complex dict divmod enumerate filter float format frozenset hasattr
hash hex id int isinstance issubclass iter len list map max min next object oct ord pow print property range repr
reversed round set slice sorted staticmethod str sum super tuple zip
"""
# The logger of an app belongs to all apps of its name; the rest is for files, for ever, or a way to somebody else's.
_ATTRIBUTES = """
setLevel addHandler removeHandler addFilter removeFilter handlers filters disabled propagate open open_code FileIO save
connect register install_opener f_globals f_locals f_back gi_frame tb_frame cr_frame mro
"""
# The app that an answer is given, and what belongs to one request.
_GIVEN = frozenset(("app", "request", "g"))
_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
_DUNDERS = frozenset(("__init__", "__name__", "__qualname__"))


def keeps_to_itself(source: str, given: str = "") -> bool:
    """Tell whether an answer, behind what its exercise gives, changes nothing but its own names and its own app.

    What is not known to be harmless counts as harmful. This is no protection: those who deceive it harm themselves.
    """
    if len(source) > LENGTH:
        return False
    tree = parse(source)
    if tree is None:
        # Nothing of it will run.
        return True
    nodes = list(nodes_of(tree))
    own = _bound(nodes) | _bound_by(given) | _GIVEN
    theirs = _NAMES_OF_MODULES | _NAMES_OF_PRELUDE - _GIVEN
    known = own | theirs | _NAMES_OF_PYTHON | _imported(nodes)
    return (
        not own & theirs
        and all(_is_plain(node, own, known) for node in nodes)
        and not _renames(nodes, _NAMES_OF_MODULES, theirs | _imported(nodes))
    )


@cache
def _bound_by(given: str) -> set[str]:
    return _bound(list(nodes_of(ast.parse(given))))


def _bound(nodes: list[ast.AST]) -> set[str]:
    """Return the names that are given a meaning, but not by an import."""
    bound: set[str | None] = set()
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, _NAMED):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
    return {name for name in bound if name}


def _imported(nodes: list[ast.AST]) -> set[str]:
    return {alias.asname or alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}


def _is_plain(node: ast.AST, own: set[str], known: set[str]) -> bool:
    if isinstance(node, ast.Import):
        return all(alias.name.partition(".")[0] in _NAMES_OF_MODULES and not alias.asname for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").partition(".")[0] in _NAMES_OF_MODULES and not node.level
    if isinstance(node, ast.Name):
        return node.id in known
    if isinstance(node, ast.Attribute) and (
        node.attr in _LASTING or (node.attr.startswith("__") and node.attr not in _DUNDERS)
    ):
        return False
    if isinstance(node, (ast.Attribute, ast.Subscript)):
        return isinstance(node.ctx, ast.Load) or _root(node) in own
    return True


def _renames(nodes: list[ast.AST], modules: frozenset[str], libraries: set[str]) -> bool:
    """Tell whether something of a library gets a second name: behind that, a change to it would not be seen."""
    used = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    if any(isinstance(node, ast.Name) and node.id in modules and id(node) not in used for node in nodes):
        return True
    used |= {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    values = [node.value for node in nodes if isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr))]
    return any(
        isinstance(name, ast.Name) and name.id in libraries and id(name) not in used
        for value in values
        if value is not None
        for name in nodes_of(value)
    )


def _root(node: ast.expr) -> str:
    """Return the name that a chain of attributes and items starts with; empty when it starts with no name."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


_NAMES_OF_MODULES, _NAMES_OF_PYTHON, _LASTING = (
    frozenset(names.split()) for names in (_MODULES, _BUILTINS, _ATTRIBUTES)
)
_NAMES_OF_PRELUDE = _imported(list(nodes_of(ast.parse(PRELUDE))))
