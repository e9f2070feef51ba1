"""Make the text of a cell plain Python that can be judged, and say what it defines. Nothing of it is ever run."""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from dataclasses import dataclass, field
from functools import cached_property

# Characters of a cell whose commands are looked for: IPython reads the whole cell again for each of them.
_COMMAND_LIMIT = 20_000
_PROMPT = re.compile(r"^\s*(?:>>> |In ?\[\d*\]: )", re.MULTILINE)
_WORDS = re.compile(r"[^\W\d_][\w'’-]*(?:[,;]? +[\w'’,;:()`\"-]+){2,}[.:!?]?")
_FENCE = re.compile(r"^```+ *(?:python|py|\{code-cell\})?[^\n`]*\n(.*?)^```+ *$", re.MULTILINE | re.DOTALL)
# What :func:`literal` returns for what is none.
NOT_LITERAL = object()
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


@dataclass
class Code:
    """A piece of Python."""

    text: str
    # The names of the flags that came up in making it plain.
    flags: list[str] = field(default_factory=list)

    @cached_property
    def tree(self) -> ast.Module | None:
        """Return its tree; None where it is no Python."""
        return parse(self.text)

    @cached_property
    def normal(self) -> str:
        """Return it as it is compared."""
        return normal(self.text)

    @cached_property
    def bound(self) -> set[str]:
        """Return the names that it defines at its top level."""
        found: set[str] = set()
        for statement in self.tree.body if self.tree else ():
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add(statement.name)
                continue
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    found.add(node.id)
                elif isinstance(node, ast.alias):
                    found.add((node.asname or node.name).partition(".")[0])
        return found

    @cached_property
    def used(self) -> set[str]:
        """Return the names that it uses and Python does not bring along."""
        names = {
            node.id
            for node in ast.walk(self.tree or ast.Module([], []))
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        return names - set(dir(builtins))

    @cached_property
    def views_of(self) -> set[str]:
        """Return the names of the apps that it hangs something onto."""
        found = set()
        for statement in self.tree.body if self.tree else ():
            for decorator in getattr(statement, "decorator_list", ()):
                found |= {node.id for node in ast.walk(decorator) if isinstance(node, ast.Name)}
        return found

    @cached_property
    def routes(self) -> set[str]:
        """Return the routes that it defines, such as ``PUT /notes/<>``."""
        found = set()
        for node in ast.walk(self.tree or ast.Module([], [])):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            rule, verb = node.args[0], node.func.attr
            if not (isinstance(rule, ast.Constant) and isinstance(rule.value, str) and rule.value.startswith("/")):
                continue
            path = re.sub(r"<[^>]*>", "<>", rule.value)
            if verb in _VERBS:
                found.add(f"{verb.upper()} {path}")
            elif verb in ("route", "add_url_rule"):
                found |= {f"{method} {path}" for method in _methods(node)}
        return found


def _methods(call: ast.Call) -> set[str]:
    for keyword in call.keywords:
        if keyword.arg == "methods" and isinstance(keyword.value, ast.List | ast.Tuple | ast.Set):
            values = [item.value for item in keyword.value.elts if isinstance(item, ast.Constant)]
            return {value.upper() for value in values if isinstance(value, str)}
    return {"GET"} if isinstance(call.func, ast.Attribute) and call.func.attr == "route" else {"ANY"}


def plain(text: str) -> Code:
    """Return the Python in a code cell, without commands of IPython, prompts and prose; lines keep their place."""
    flags = []
    if "\0" in text or not text.isascii():
        clean = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8").lstrip("\ufeff").replace("\xa0", " ")
        flags += ["strange characters"] if clean != text else []
        text = clean
    if parse(text) is not None:
        return Code(text, flags)
    for name, mend in (
        ("tabs and spaces mixed", _without_tabs),
        ("commands in code", _without_commands),
        ("prose in code", _without_prose),
    ):
        mended = mend(text)
        if mended == text:
            continue
        if name == "commands in code" and _PROMPT.search(text):
            name = "prompts pasted"
        if parse(mended) is not None:
            return Code(mended, [*flags, name])
        if name != "tabs and spaces mixed":
            # What follows may mend the rest.
            text, flags = mended, [*flags, name]
    return Code(text, flags)


def prose(text: str) -> Code | None:
    """Return the Python in a cell of text: what stands in fences, else all of it. None where there is none."""
    fenced = "\n".join(_FENCE.findall(text))
    code = plain(fenced or text)
    return code if code.tree and (code.bound or code.routes) else None


def _without_tabs(text: str) -> str:
    return text.expandtabs(4)


def _without_prose(text: str) -> str:
    return "\n".join(
        f"# {line}" if _WORDS.fullmatch(line.rstrip()) and parse(line) is None else line for line in text.split("\n")
    )


def _without_commands(text: str) -> str:
    """Leave out what only IPython understands. A line that holds Python as well, such as %time, keeps its Python."""
    if len(text) > _COMMAND_LIMIT:
        return text
    first, _, rest = text.lstrip("\n").partition("\n")
    if first.startswith("%%"):
        # A cell command that takes Python; of any other kind, the cell is no Python.
        keeps = first[2:].split(" ")[0] in ("time", "timeit", "capture", "prun", "python", "python3")
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
    return text if transformed.rstrip("\n") == text.rstrip("\n") else _without_calls(transformed)


def _without_calls(text: str) -> str:
    """Replace what IPython made of its commands: ``get_ipython().run_line_magic('time', 'x = 1')``."""
    tree = parse(text)
    lines = []
    for line in text.rstrip("\n").split("\n"):
        start = line.find("get_ipython().")
        call = parse(line[start:]) if start >= 0 else None
        if call is None or not call.body or not isinstance(call.body[0], ast.Expr):
            lines.append(line)
            continue
        before = line[:start]
        lines.append(before + (_python_of(call.body[0].value) or ("pass" if not before.strip() else "None")))
    return "\n".join(lines) if tree is None or lines else text


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
