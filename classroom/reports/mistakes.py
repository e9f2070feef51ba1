"""Give the broken promises of a class names, so that they can be counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from checks.report import preview, tidy
from lessons import LESSONS, lesson

# What differs between two students who made the same mistake: quoted texts, random words, numbers of a check's data.
_WORD = r"\b(?:[bdfgklmnprstv][aeiou]){4}\b"
_VARIED = re.compile(rf"'[^']*'|\"[^\"]*\"|{_WORD}|\b\d{{1,2}}\b|(?<!RFC )\b\d{{4,}}\b|\[[^\]]*\]|\{{[^}}]*\}}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9'\"])")
LENGTH = 220


@dataclass(frozen=True)
class Mistake:
    """A mistake: what makes two of them the same, and how a teacher reads it."""

    key: str
    text: str
    # The lesson's text shows this very mistake.
    named: bool


@dataclass(frozen=True)
class WrongStatus:
    """A status code that came back, and what was promised instead."""

    got: str
    wanted: str


def mistake(exercise: str, row: dict[str, Any]) -> Mistake:
    """Name the mistake that broke the promise of a row."""
    why = " ".join(tidy(str(row.get("why", ""))).split()) or f"Promised: {_wanted(row)}"
    found = [(why.find(feedback), -len(feedback), feedback) for feedback in _feedback(exercise) if feedback in why]
    sentences = _SENTENCE.split(why)
    if found:
        place, _, feedback = min(found)
        told = re.sub(_WORD, "…", _around(why, sentences, place, len(feedback)), flags=re.IGNORECASE)
        code = _code(told, row)
        return Mistake(code + feedback, preview(code + told, LENGTH), True)
    # What a crash says is what its exception says; else the first sentence tells the mistake, the others its cause.
    first = next((sentence for sentence in sentences if not sentence.startswith("You answered")), sentences[0])
    told = _VARIED.sub("…", first)
    code = _code(told, row)
    return Mistake(code + told, preview(code + told, LENGTH), False)


def _code(told: str, row: dict[str, Any]) -> str:
    """Say which code came back, where the words alone do not: two codes are two mistakes."""
    code = wrong_status(row)
    return f"{code.got} where {code.wanted} was promised: " if code is not None and code.got not in told else ""


def wrong_status(row: dict[str, Any]) -> WrongStatus | None:
    """Return which status came back where which was promised; None where the row is about something else."""
    got = re.match(r"(\d{3})\b(?!\.)", str(row.get("got", "")))
    wanted = _wanted(row)
    if not got or got[1] in wanted or not re.fullmatch(r"\d{3}(?:(?:, | or )\d{3})*", wanted):
        return None
    return WrongStatus(got[1], wanted)


def _wanted(row: dict[str, Any]) -> str:
    wanted = row.get("wanted", "")
    return ", ".join(map(str, wanted)) if isinstance(wanted, list | tuple) else str(wanted)


@cache
def _feedback(exercise: str) -> tuple[str, ...]:
    """Return what the text of the lesson says about the usual mistakes of an exercise."""
    name, _, word = exercise.partition(".")
    if name not in LESSONS:
        return ()
    cells = [cell for cell in lesson(name).text.cells if cell.exercise == word and cell.tag == "mistake"]
    return tuple(dict.fromkeys(cell.feedback for cell in cells))


def _around(text: str, sentences: list[str], place: int, length: int) -> str:
    """Return the sentences of a text that a passage stands in."""
    kept, start = [], 0
    for sentence in sentences:
        start = text.index(sentence, start)
        if start < place + length and place < start + len(sentence):
            kept.append(sentence)
        start += len(sentence)
    return " ".join(kept)
