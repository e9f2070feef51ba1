"""Make the text of a cell plain Python that can be judged. Nothing of it is ever run."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from .facts import Facts, facts_of, parse

# Characters of a source that are compared with others.
TEXT_LIMIT = 5_000
# Characters of a cell whose commands are looked for: IPython reads the whole cell again for each of them.
_COMMAND_LIMIT = 10_000
_COMMANDS = 40
_COMMAND = re.compile(r"^\s*(?:[^#\n]*= *)?[%!?,;/]|\?$", re.MULTILINE)
_PROMPT = re.compile(r"^\s*(?:>>> |In ?\[\d*\]: )", re.MULTILINE)
_WORDS = re.compile(r"[^\W\d_][\w'’-]*(?: +[\w'’,;:()`\"-]+){2,}[.:!?]?")
_MAY_BE_CODE = re.compile(r"^(?:def |class |@|from |import |async |\w+ *= *\S|>>> )", re.MULTILINE)
_FENCE = re.compile(r"^```+ *(?:python|py|\{code-cell\})?[^\n`]*\n(.*?)^```+ *$", re.MULTILINE | re.DOTALL)
_TAKE_PYTHON = ("time", "timeit", "capture", "prun", "python", "python3", "writefile", "file")


def normal(source: str) -> str:
    """Return a source as it is compared: without the white space that does not matter."""
    lines = (line.rstrip().expandtabs(4) for line in source.split("\n"))
    return "\n".join(line for line in lines if line)


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
        return facts_of(self.text)

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
    def size(self) -> int:
        """Return how many words and signs are counted."""
        return self.words.total()

    @cached_property
    def normal(self) -> str:
        """Return it as it is compared."""
        return normal(self.text)


def plain(text: str) -> Code:
    """Return the Python in a code cell, without commands of IPython, prompts and prose; lines keep their place."""
    flags: tuple[str, ...] = ()
    if "\0" in text or not text.isascii():
        clean = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8").lstrip("\ufeff").replace("\xa0", " ")
        flags = ("strange characters",) if clean != text else ()
        text = clean
    code = Code(text, flags)
    if code.is_python or parse(text) is not None:
        return code
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
    return code


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
