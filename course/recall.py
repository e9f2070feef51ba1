"""The recall questions of all lessons as one file of cards that Anki imports."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from lessons import LESSONS
from lessons.text import Text, read_text

_CARD = re.compile(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", re.DOTALL)
_HEAD = ("#separator:tab", "#html:true", "#columns:Question\tAnswer\tTags", "#tags column:3")


def cards(text: Text) -> list[tuple[str, str]]:
    """Return the questions and answers of one lesson, both as HTML on one line."""
    markdown = "\n\n".join(cell.source for cell in text.cells if cell.kind == "markdown")
    recall = markdown.partition("\n## Recall")[2]
    return [(_html(question), _html(answer)) for question, answer in _CARD.findall(recall)]


def _html(markdown: str) -> str:
    html = MarkdownIt("commonmark").render(re.sub(r"<!--.*?-->", "", markdown, flags=re.DOTALL).strip())
    return " ".join(html.replace("<p>", "").replace("</p>", " ").split())


def recall_file() -> str:
    """Return all cards, one a line: question, answer, lesson."""
    lines = [f"{question}\t{answer}\t{name}" for name in LESSONS for question, answer in cards(read_text(name))]
    return "\n".join([*_HEAD, *lines]) + "\n"
