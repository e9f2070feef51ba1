"""The reference page: the decision path and the table of all codes, put into the text of `lessons/reference.md`."""

from __future__ import annotations

from lessons import LESSONS
from lessons.codes import lesson_of
from lessons.decision import charts
from lessons.text import FOLDER, Text, parse_text, read_text
from server.codes import CLASSES, CODES, Code

NAME = "reference"


def reference_text() -> Text:
    """Return the text of the page with chart and table in it."""
    markdown = (FOLDER / f"{NAME}.md").read_text("utf-8")
    for mark, content in (("chart", path()), ("table", tables())):
        if markdown.count(f"<!-- {mark} -->") != 1:
            raise ValueError(f"lessons/{NAME}.md needs one <!-- {mark} -->")
        markdown = markdown.replace(f"<!-- {mark} -->", content)
    return parse_text(NAME, markdown)


def path() -> str:
    """Return the decision path as Markdown: a title and a chart for each stage."""
    return "\n\n".join(f"**{title.capitalize()}**\n\n```mermaid\n{chart}\n```" for title, chart in charts())


def tables() -> str:
    """Return one Markdown table for each class of codes."""
    titles = {name: read_text(name).title for name in LESSONS}
    found = []
    for digit, name in CLASSES.items():
        found += [f"#### {digit}xx: {name}", "", "| code | name | when | must carry | who sends it | lesson |"]
        found.append("|---|---|---|---|---|---|")
        found += [_row(code, titles) for code in CODES.values() if code.number // 100 == digit]
        found.append("")
    return "\n".join(found).rstrip()


def _row(code: Code, titles: dict[str, str]) -> str:
    kind = "" if code.kind == "registered" else f" ({code.kind})"
    fields = [*code.must, *(f"({name})" for name in code.should)]
    lesson = lesson_of(code)
    where = f"[{titles[lesson]}]({lesson}.md)"
    return (
        f"| {code.number} | {code.name}{kind}, {code.reference} | {code.meaning} | {', '.join(fields) or 'nothing'} "
        f"| {code.sender} | {where} |"
    )
