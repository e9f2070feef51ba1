"""The tables in README.md, made from the lessons and from the table of codes."""

from __future__ import annotations

import re
from pathlib import Path

from lessons import LESSONS, lesson
from lessons.codes import TAUGHT, lesson_of
from server.codes import CODES

from .names import file_name


def lessons_table() -> str:
    """Return the list of lessons as a Markdown table."""
    rows = ["| | lesson | exercises |", "|---|---|---|"]
    for place, name in enumerate(LESSONS, start=1):
        exercises = ", ".join(f"`{exercise}`" for exercise in lesson(name).exercises)
        rows.append(f"| {place} | {_link(name)} | {exercises} |")
    return "\n".join(rows)


def codes_table() -> str:
    """Return every status code with the lesson that teaches it as a Markdown table."""
    rows = ["| code | name | defined in | taught in |", "|---|---|---|---|"]
    for code in CODES.values():
        name = lesson_of(code)
        by_class = "" if code.number in TAUGHT.get(name, ()) else " (by its class)"
        kind = "" if code.kind == "registered" else f" ({code.kind})"
        rows.append(f"| {code.number} | {code.name}{kind} | {code.reference} | {_link(name)}{by_class} |")
    return "\n".join(rows)


def _link(name: str) -> str:
    return f"[{lesson(name).text.title}](notebooks/{file_name(name)})"


def rendered(readme: str) -> str:
    """Return the README with its tables made anew."""
    for mark, table in (("lessons", lessons_table()), ("codes", codes_table())):
        pattern = rf"(<!-- {mark} -->\n).*?(<!-- end of {mark} -->)"
        readme, count = re.subn(
            pattern, lambda match, table=table: f"{match[1]}{table}\n{match[2]}", readme, flags=re.DOTALL
        )
        if count != 1:
            raise ValueError(f"README.md needs one <!-- {mark} --> and one <!-- end of {mark} --> after it")
    return readme


def update(path: Path) -> None:
    """Write the tables into the README."""
    path.write_text(rendered(path.read_text("utf-8")), "utf-8", newline="\n")


def difference(path: Path) -> str:
    """Say how the README differs from what it should be; empty when it does not."""
    try:
        text = path.read_text("utf-8")
        return "" if rendered(text) == text else "README.md has tables that are not what lessons and codes say"
    except (OSError, ValueError) as error:
        return str(error)
