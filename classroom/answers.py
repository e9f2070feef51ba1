"""Keep the answers of the lessons out of what a class gets, and prove that they are not in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from lessons.text import Text, parse_text

# The cells of a lesson's text that are for teachers and tests only.
ANSWERS = ("solution", "variant", "mistake")
# Characters that a line must have, besides blanks, to tell an answer from any other code.
DISTINCTIVE = 12


def without_answers(name: str, markdown: str) -> str:
    """Return the text of a lesson without the cells that hold answers."""
    lines = markdown.split("\n")
    answers = [cell for cell in parse_text(name, markdown).cells if cell.tag in ANSWERS]
    for cell in reversed(answers):
        start, end = cell.line - 1, cell.line + len(cell.source.split("\n")) + 1
        # With the blank line below it.
        del lines[start : end + (lines[end : end + 1] == [""])]
    return "\n".join(lines)


class Search:
    """Find answers in files: each line that only answers have, and answers of common lines as a whole.

    ``modules`` are files that are answers themselves, such as a reference solution; ``public`` is what everybody sees
    besides the texts: code that stands there is common, not an answer.
    """

    def __init__(self, texts: Iterable[Text], modules: Mapping[str, str], public: Iterable[str]) -> None:
        hidden = list(modules.items())
        shown = [_joined(source) for source in public]
        for text in texts:
            for cell in text.cells:
                if cell.tag in ANSWERS:
                    where = f"the {cell.tag} of {text.name}.{cell.exercise} (lessons/{text.name}.md, line {cell.line})"
                    hidden.append((where, cell.source))
                else:
                    shown.append(_joined(cell.source))
        common = {line for source in shown for line in source.split("\n")}
        # What to look for, and the answer that it stands in.
        self.lines: dict[str, str] = {}
        self.wholes: dict[str, str] = {}
        for where, source in hidden:
            whole = _joined(source)
            own = [line for line in whole.split("\n") if len(line) >= DISTINCTIVE and line not in common]
            self.lines.update(dict.fromkeys(own, where))
            if not own and not any(whole in each for each in shown):
                self.wholes[whole] = where

    def findings(self, files: Mapping[str, bytes]) -> Iterator[str]:
        """Say which file holds a part of which answer."""
        for name, content in files.items():
            text = _joined(_readable(name, content))
            for line in text.split("\n"):
                if line in self.lines:
                    yield f"{name} holds a line of {self.lines[line]}: {line}"
            for whole, where in self.wholes.items():
                if f"\n{whole}\n" in f"\n{text}\n":
                    yield f"{name} holds {where}"


def _joined(source: str) -> str:
    """Return the lines of a text that are not empty, with single blanks between words and no comment signs around."""
    # Code inside of a string, in JSON or in Python, is code too.
    source = source.replace("\\n", "\n").replace('\\"', '"')
    lines = (" ".join(line.split()).strip("#> ") for line in source.splitlines())
    return "\n".join(line for line in lines if line)


def _readable(name: str, content: bytes) -> str:
    """Return the text of a file; of a notebook, the text of its cells and outputs."""
    text = content.decode("utf-8", "replace")
    return "\n".join(_strings(json.loads(text))) if name.endswith(".ipynb") else text


def _strings(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        yield from ["".join(data)] if all(isinstance(each, str) for each in data) else _all_strings(data)
    elif isinstance(data, dict):
        yield from _all_strings(data.values())


def _all_strings(values: Iterable[object]) -> Iterator[str]:
    for each in values:
        yield from _strings(each)
