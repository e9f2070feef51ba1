"""A lesson's text is read as jupytext reads it, and a mistake in it is named with file and line."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import jupytext
import pytest
from sample_exercises import double, ping

from checks import Question
from lessons import LESSONS, lesson
from lessons.lesson import Lesson
from lessons.text import FOLDER, TAGS, Cell, TextError, parse_text, read_text

TRICKY = '''# A *tricky* sample

A paragraph with `code`, a [link](success.md), ``` three ticks, and <b>HTML</b>.
- a list

  ```python
  indented = "no cell"
  ```

> ```python
> quoted = "no cell"
> ```

    indented = "no cell"

More text.

```python
import math
```
```python
directly = "behind"
```

```python tags=["given"] exercise="one"
text = """
# no heading

```text
no fence
"""
```

````text
```python
nested = "no cell"
```
````

```http
GET / HTTP/1.1
```

```mermaid
flowchart LR
    a --> b
```

```python .noeval
shown = "no cell"
```

## Section

```python tags=["mistake", "raises-exception"] exercise="one" feedback="say \\"why\\" [here], 100 % = all: \\u00e9 {x}"

first = "behind an empty line"


last = "before an empty line"

```
text right behind
```python tags=[]
```

| a | b |
|---|---|
| 1 | 2 |

The end
'''


def of_jupytext(markdown: str) -> list[tuple]:
    """Return the cells that jupytext reads."""
    cells = []
    for cell in jupytext.reads(markdown, fmt="md").cells:
        data = dict(cell.metadata)
        # How many empty lines stood between two cells is no part of them.
        data.pop("lines_to_next_cell", None)
        tags = data.pop("tags", [])
        cells.append((cell.cell_type, cell.source, tags, data))
    return cells


def of_ours(cells: list[Cell]) -> list[tuple]:
    """Return our cells as jupytext would have them."""
    found = []
    for cell in cells:
        data = {name: getattr(cell, name) for name in ("exercise", "feedback", "file") if getattr(cell, name)}
        found.append((cell.kind, cell.source, [cell.tag, *cell.tags] if cell.tag else list(cell.tags), data))
    return found


@pytest.mark.parametrize("name", LESSONS)
def test_lesson_is_read_as_jupytext_reads_it(name: str) -> None:
    markdown = (FOLDER / f"{name}.md").read_text("utf-8")
    for ours, theirs in zip(of_ours(parse_text(name, markdown).cells), of_jupytext(markdown), strict=True):
        assert ours == theirs


def test_tricky_sample_is_read_as_jupytext_reads_it() -> None:
    ours = of_ours(parse_text("sample", TRICKY).cells)
    assert ours == of_jupytext(TRICKY)
    assert [kind for kind, *_ in ours].count("code") == 5


def test_cells_know_their_lines() -> None:
    lines = TRICKY.split("\n")
    for cell in parse_text("sample", TRICKY).cells:
        if cell.kind == "code":
            assert lines[cell.line - 1].startswith("```python")
        else:
            assert lines[cell.line - 1 :][: 1 + cell.source.count("\n")][-1] in cell.source


def test_line_ends_of_another_system_make_no_difference(tmp_path: Path) -> None:
    (tmp_path / "sample.md").write_bytes(TRICKY.replace("\n", "\r\n").encode())
    assert read_text("sample", tmp_path) == parse_text("sample", TRICKY)


def test_title_is_the_first_heading() -> None:
    assert parse_text("sample", TRICKY).title == "A *tricky* sample"
    assert parse_text("sample", "").title == ""


def test_answer_is_what_is_given_and_the_cell() -> None:
    markdown = (
        '```python tags=["given"] exercise="one"\nN = {}\n```\n'
        '```python tags=["solution"] exercise="one"\nN[1] = 2\n```\n'
        '```python tags=["variant"] exercise="one"\ndef f():\n    return N\n```\n'
        '```python tags=["variant"] exercise="other"\nx = 1\n```\n'
    )
    text = parse_text("sample", markdown)
    assert [cell.source for cell in text.answers("one", "solution")] == ["N = {}\nN[1] = 2"]
    assert [cell.source for cell in text.answers("one", "variant")] == ["N = {}\n\n\ndef f():\n    return N"]
    assert [cell.source for cell in text.answers("other", "variant")] == ["x = 1"]
    assert (text.answers("one", "mistake"), text.given("other")) == ([], "")


def cell(options: str, source: str = "x = 1") -> str:
    return f"# Title\n\n```python {options}\n{source}\n```\n"


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        (cell('tags=["solution", "starter"] exercise="x"'), "the tags solution, starter exclude each other"),
        (cell('tags=["given"]'), "a cell tagged given must say exercise"),
        (cell('tags=["variant"]'), "a cell tagged variant must say exercise"),
        (cell('tags=["mistake"] feedback="f"'), "a cell tagged mistake must say exercise"),
        (cell('tags=["mistake"] exercise="x"'), "a mistake, and only a mistake, says feedback"),
        (cell('tags=["mistake"] exercise="x" feedback=""'), "a mistake, and only a mistake, says feedback"),
        (cell('tags=["variant"] exercise="x" feedback="f"'), "a mistake, and only a mistake, says feedback"),
        (cell('tags=["solution"] exercise="x" file="x.py"'), "a starter of an exercise, and only that, may say file"),
        (cell('tags=["starter"] file="x.py"'), "a starter of an exercise, and only that, may say file"),
        (cell('tags=["starter"] exercise="x" file="../x.py"'), 'may say file="name.py"'),
        (cell('exercise="x"'), "a cell of the exercise x must have one of the tags"),
        (cell('tags=["solutoin"]'), "there is no tag solutoin; the tags are given, starter"),
        (cell('tags=["Solution"] exercise="x"'), "there is no tag Solution"),
        (cell('colour="red"'), "unknown option colour"),
        (cell('tags="starter" exercise="x"'), 'write tags=["…"]'),
        (cell('tags=["starter"] exercise=["x"]'), 'write tags=["…"]'),
        (cell('tags=["starter"] tags=["starter"] exercise="x"'), "once"),
        (cell('tags=["starter] exercise="x"'), "is no JSON text or list"),
        (cell("tags=['starter']"), "is no JSON text or list"),
        (cell('tags=["starter"], exercise="x"'), "cannot read"),
        (cell("tags=starter"), "cannot read 'tags=starter'"),
        (cell("{.cell}"), "cannot read '{.cell}'"),
        ("# Title\n\n```python\nx = 1\n", "has no end"),
        ("# Title\n\n```python", "has no end"),
        ("# Title\n\n ```python\n x = 1\n ```\n", "at the beginning of its line"),
        ("# Title\n\n~~~python\nx = 1\n~~~\n", "at the beginning of its line"),
    ],
)  # fmt: skip
def test_mistake_in_the_format_is_named_with_file_and_line(markdown: str, words: str) -> None:
    with pytest.raises(TextError) as problem:
        parse_text("sample", markdown)
    assert str(problem.value).startswith("lessons/sample.md, line 3: ")
    assert words in str(problem.value)


@pytest.mark.parametrize("tag", TAGS)
def test_every_tag_is_read(tag: str) -> None:
    feedback = ' feedback="f"' if tag == "mistake" else ""
    (_, found) = parse_text("sample", cell(f'tags=["{tag}"] exercise="x"{feedback}')).cells
    assert (found.tag, found.exercise, found.tags) == (tag, "x", ())


def test_starter_may_be_a_file() -> None:
    text = parse_text("sample", cell('tags=["starter"] exercise="x" file="x_app.py"', "a = 1\n\nb = 2"))
    assert text.files == {"x_app.py": "a = 1\n\nb = 2\n"}
    assert text.answers("x", "starter")[0].source == "a = 1\n\nb = 2"


def test_tags_of_jupyter_are_kept() -> None:
    (_, found) = parse_text("sample", cell('tags=["nbval-skip", "starter"] exercise="x"')).cells
    assert (found.tag, found.tags) == ("starter", ("nbval-skip",))


def test_missing_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(TextError, match=r"nothing\.md is missing: a lesson is two files"):
        read_text("nothing", tmp_path)


# The lesson around the text.


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> Lesson:
    module = ModuleType("lessons.sample")
    module.ping, module.double, module.other = ping, double, 3  # type: ignore[attr-defined]
    module.which = Question("Which?", choices=(1, 2), answer=1, because="b")  # type: ignore[attr-defined]
    for known in (ping, double):
        monkeypatch.setattr(known, "find_solution", known.find_solution)
    return Lesson("sample", module)


def test_lesson_lists_its_exercises_and_questions(sample: Lesson) -> None:
    assert dir(sample) == ["double", "ping", "progress", "which"]
    assert sample.ping is ping
    assert sample.which.id == "sample.which"
    assert repr(sample) == "<lesson sample: 2 exercises, 1 questions>"
    assert "Lesson sample: 0 of 5 points" in repr(sample.progress())


def test_misspelled_exercise_gets_a_suggestion(sample: Lesson) -> None:
    with pytest.raises(AttributeError, match="has no exercise or question 'duble'. Did you mean double?"):
        _ = sample.duble


def test_lesson_without_its_text_has_no_solutions(sample: Lesson) -> None:
    assert "without solutions" in repr(sample.double.solution())


@pytest.mark.parametrize("name", LESSONS)
def test_lesson_shows_its_model_answers(name: str) -> None:
    found = lesson(name)
    for key, exercise in found.exercises.items():
        if exercise.is_file:
            continue
        assert [exercise.find_solution()] == [cell.source for cell in found.text.answers(key, "solution")]


def test_misspelled_lesson_gets_a_suggestion() -> None:
    with pytest.raises(LookupError, match="There is no lesson 'sucess'. Did you mean 'success'?"):
        lesson("sucess")
