"""Make the text of a cell plain Python that can be judged, and say what it defines. Nothing of it is ever run."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import textwrap
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TypeVar

T = TypeVar("T")
# Characters of a source that are compared with others; characters of one that is remembered.
TEXT_LIMIT = 5_000
_REMEMBER = 4_000
# Characters of a cell whose commands are looked for: IPython reads the whole cell again for each of them.
_COMMAND_LIMIT = 10_000
_COMMANDS = 40
_COMMAND = re.compile(r"^\s*(?:[^#\n]*= *)?[%!?,;/]|\?$", re.MULTILINE)
_PROMPT = re.compile(r"^\s*(?:>>> |In ?\[\d*\]: )", re.MULTILINE)
_WORDS = re.compile(r"[^\W\d_][\w'’-]*(?: +[\w'’,;:()`\"-]+){2,}[.:!?]?")
_MAY_BE_CODE = re.compile(r"^(?:def |class |@|from |import |async |\w+ *= *\S|>>> )", re.MULTILINE)
_FENCE = re.compile(r"^```+ *(?:python|py|\{code-cell\})?[^\n`]*\n(.*?)^```+ *$", re.MULTILINE | re.DOTALL)
# What :func:`literal` returns for what is none.
NOT_LITERAL = object()
_BUILTINS = frozenset(dir(builtins))
_TAKE_PYTHON = ("time", "timeit", "capture", "prun", "python", "python3", "writefile", "file")
_VERBS = ("get", "post", "put", "patch", "delete")


def parse(source: str) -> ast.Module | None:
    """Return the tree of a source; None where it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def normal(source: str) -> str:
    """Return a source as it is compared: without the white space that does not matter."""
    lines = (line.rstrip().expandtabs(4) for line in source.split("\n"))
    return "\n".join(line for line in lines if line)


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


@dataclass(frozen=True)
class Code:
    """A piece of Python, or of what is meant to be Python."""

    text: str
    # The names of the flags that came up in making it plain.
    flags: tuple[str, ...] = ()
    # What it was before that, where it may be the rest of what another cell begins.
    raw: str = ""

    @cached_property
    def _known(self) -> Facts | None:
        return _facts(self.text)

    @property
    def facts(self) -> Facts:
        """Return what it defines and uses."""
        return self._known or Facts()

    @property
    def is_python(self) -> bool:
        """Return whether Python can read it."""
        return self._known is not None

    @cached_property
    def words(self) -> Counter[str]:
        """Return its words and signs, counted."""
        return Counter(re.findall(r"\w+|[^\w\s]", self.text[:TEXT_LIMIT]))

    @cached_property
    def normal(self) -> str:
        """Return it as it is compared."""
        return normal(self.text)


def remembered(function: Callable[..., T]) -> Callable[..., T]:
    """Let a function of a text remember what it returned for short ones: most cells of a class are the same."""
    cached = lru_cache(maxsize=4096)(function)
    return lambda text, *others: (cached if len(text) < _REMEMBER else function)(text, *others)


@remembered
def _facts(text: str) -> Facts | None:
    tree, used = parse(text), _used(text)
    if tree is None or used is None:
        return None
    bound: set[str] = set()
    brought: set[str] = set()
    apps: set[str] = set()
    literals: dict[str, object] = {}
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(statement.name)
            decorators = statement.decorator_list
            apps |= {node.id for one in decorators for node in ast.walk(one) if isinstance(node, ast.Name)}
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                bound.add(node.id)
            elif isinstance(node, ast.alias):
                brought.add((node.asname or node.name).partition(".")[0])
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            value = literal(statement.value)
            literals |= {target.id: value for target in targets if isinstance(target, ast.Name)}
    return Facts(
        frozenset(bound | brought),
        frozenset(bound),
        used,
        frozenset(_routes(tree)),
        frozenset(apps),
        frozenset(_imports(tree)),
        literals,
    )


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


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def _routes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        rule, verb = node.args[0], node.func.attr
        if not (isinstance(rule, ast.Constant) and isinstance(rule.value, str) and rule.value.startswith("/")):
            continue
        path = re.sub(r"<[^>]*>", "<>", rule.value)
        if verb in _VERBS:
            yield f"{verb.upper()} {path}"
        elif verb in ("route", "add_url_rule"):
            yield from (f"{method} {path}" for method in _methods(node))


def _methods(call: ast.Call) -> set[str]:
    for keyword in call.keywords:
        if keyword.arg == "methods" and isinstance(keyword.value, ast.List | ast.Tuple | ast.Set):
            values = [item.value for item in keyword.value.elts if isinstance(item, ast.Constant)]
            return {value.upper() for value in values if isinstance(value, str)}
    return {"GET"} if isinstance(call.func, ast.Attribute) and call.func.attr == "route" else {"ANY"}


def plain(text: str) -> Code:
    """Return the Python in a code cell, without commands of IPython, prompts and prose; lines keep their place."""
    flags: tuple[str, ...] = ()
    if "\0" in text or not text.isascii():
        clean = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8").lstrip("\ufeff").replace("\xa0", " ")
        flags = ("strange characters",) if clean != text else ()
        text = clean
    if parse(text) is not None:
        return Code(text, flags)
    if Code(dedented := textwrap.dedent(text)).is_python:
        return Code(dedented, flags, raw=text)
    mended, noted = text, flags
    for name, mend in (
        ("commands in code", _without_commands),
        ("prose in code", _without_prose),
        ("tabs and spaces mixed", _without_tabs),
    ):
        before, mended = mended, mend(mended)
        if mended != before:
            noted = (*noted, "prompts pasted" if name[0] == "c" and _PROMPT.search(text) else name)
            if parse(mended) is not None:
                return Code(mended, noted)
    # Nothing helped: it is judged as it was handed in.
    return Code(text, flags)


def prose(text: str) -> Code | None:
    """Return the Python in a cell of text: what stands in fences, else all of it. None where there is none."""
    if not _MAY_BE_CODE.search(text):
        return None
    code = plain("\n".join(_FENCE.findall(text)) or text)
    return code if code.facts.bound or code.facts.routes else None


def _without_tabs(text: str) -> str:
    return text.expandtabs(4)


def _without_prose(text: str) -> str:
    return "\n".join(
        f"# {line}" if _WORDS.fullmatch(line.rstrip()) and parse(line) is None else line for line in text.split("\n")
    )


def _without_commands(text: str) -> str:
    """Leave out what only IPython understands. A line that holds Python as well, such as %time, keeps its Python."""
    if len(text) > _COMMAND_LIMIT or len(_COMMAND.findall(text)) > _COMMANDS:
        return text
    first, _, rest = text.lstrip("\n").partition("\n")
    if first.startswith("%%"):
        # A cell command that takes Python; of any other kind, the cell is no Python.
        keeps = first[2:].split(" ")[0] in _TAKE_PYTHON
        text = f"# {first}\n" + (rest if keeps else "\n".join(f"# {line}" for line in rest.split("\n")))
        if not keeps or parse(text) is not None:
            return text
    # It reads and rewrites text; the commands themselves are not even looked up.
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            transformed = TransformerManager().transform_cell(text)
    except Exception:
        return text
    # It also takes away what all lines are indented by, which may be the rest of what another cell begins.
    return _without_calls(transformed) if "get_ipython()" in transformed or _PROMPT.search(text) else text


def _without_calls(text: str) -> str:
    """Replace what IPython made of its commands: ``get_ipython().run_line_magic('time', 'x = 1')``."""
    lines = []
    for line in text.rstrip("\n").split("\n"):
        start = line.find("get_ipython().")
        call = parse(line[start:]) if start >= 0 else None
        if call is None or not call.body or not isinstance(call.body[0], ast.Expr):
            lines.append(line)
            continue
        before = line[:start]
        lines.append(before + (_python_of(call.body[0].value) or ("pass" if not before.strip() else "None")))
    return "\n".join(lines)


def _python_of(call: ast.expr) -> str:
    arguments = [item.value for item in getattr(call, "args", ()) if isinstance(item, ast.Constant)]
    if len(arguments) == 2 and arguments[0] in ("time", "prun") and parse(str(arguments[1])) is not None:
        return str(arguments[1])
    return ""


def replace_nodes(text: str, nodes: list[tuple[ast.expr | ast.stmt, str]]) -> str:
    """Return a source in which some nodes are written differently; every other line keeps its place."""
    data = [line.encode("utf-8") for line in text.split("\n")]
    for node, new in sorted(nodes, key=lambda pair: (pair[0].lineno, pair[0].col_offset), reverse=True):
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        tail = data[last][node.end_col_offset :]
        data[first] = data[first][: node.col_offset] + new.encode("utf-8") + (tail if first == last else b"")
        for line in range(first + 1, last + 1):
            data[line] = tail if line == last else b""
    return "\n".join(line.decode("utf-8") for line in data)


def literal(node: ast.expr) -> object:
    """Return the value of a literal; :data:`NOT_LITERAL` for anything else."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return NOT_LITERAL
