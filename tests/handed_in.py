"""Submissions as collecting finds them, made of the cells of a lesson."""

from __future__ import annotations

from classroom.submission import Source, Submission
from lessons import lesson


def handed_in(name: str, tag: str = "solution", student: str = "ann", **answers: str | Source) -> Submission:
    """Return a submission made of the cells of one tag; ``answers`` replace some of them, by exercise."""
    found = {}
    for exercise in lesson(name).exercises:
        cells = [cell for cell in lesson(name).text.cells if cell.exercise == exercise and cell.tag == tag]
        if cells:
            found[exercise] = (Source(cells[0].source, f"{name}.ipynb"),)
    for exercise, answer in answers.items():
        found[exercise] = (Source(answer, "own.ipynb") if isinstance(answer, str) else answer,)
    predictions = {question: asked.answer for question, asked in lesson(name).questions.items()}
    return Submission(student, name, found, predictions)
