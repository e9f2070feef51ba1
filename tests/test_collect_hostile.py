"""What is handed in to hurt the collector does not: it never raises, and it never takes long."""

from __future__ import annotations

import copy
import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from damage import cell, code, place, solved

from classroom.collect import collect
from classroom.collecting.files import Handed

ODD: list[Any] = [
    *(None, True, 0, -1, 1e308, "", "\0", "\ud800", "x" * 1000, [], {}, [[]], [None, 1, "x = 1\n", {}], {"a": []}),
    *("code", "markdown", "success-accepted", "status_line-", "-", "success-x" * 50, ["check.accepted(app)"]),
]
HOSTILE = {
    "brackets": "(" * 50_000,
    "closed brackets": "x = " + "(" * 5_000 + ")" * 5_000,
    "minus": "x = " + "-" * 50_000 + "1",
    "not": "x = " + "not " * 20_000 + "1",
    "attributes": "x" + ".x" * 20_000,
    "calls": "x" + "()" * 20_000,
    "sum": "x = " + "1 + " * 20_000 + "1",
    "comparison": "x = " + "1 < " * 20_000 + "1",
    "power": "x = 9 ** 9 ** 9 ** 9",
    "repetition": "x = 'a' * 10 ** 12",
    "number": "x = " + "9" * 60_000,
    "indentation": "\n".join(" " * depth + "if x:" for depth in range(150)) + "\n" + " " * 150 + "x",
    "functions": "\n".join(" " * depth + f"def f{depth}():" for depth in range(95)) + "\n" + " " * 95 + "return 1",
    "check": "check.accepted(" + "-" * 3_000 + "1)",
    "checks": "check.accepted(app)\n" * 5_000,
    "check in check": "check.accepted(" * 80 + ")" * 80,
    "chain": "check" + ".a" * 20_000 + "()",
    "imports": "\n".join(f"from lessons import success as c{number}" for number in range(3_000)),
    "magics": "%time x\n" * 2_000,
    "commands": "!ls \\\n" * 2_000,
    "questions": "x?\n" * 2_000,
    "cell magic": "%%" * 40_000,
    "prompts": ">>> x = 1\n... \n" * 5_000,
    "words": "word, " * 15_000 + "=",
    "words in lines": "This is prose = not code\n" * 3_000,
    "fences": "```python\n" * 8_000,
    "writes": "%%writefile " + "a" * 90_000,
    "strings": "f'" + "{x!r:{x}}" * 5_000 + "'",
    "nested strings": "x = " + "f'{" * 40 + "1" + "}'" * 40,
    "escapes": "x = '\\d\\w\\N{BELL}'\nx is 1",
    "lambda": "x = " + "lambda: " * 20_000 + "1",
    "await": "await x\nasync for y in z: pass",
    "surrogate": "x = '\ud800'",
    "routes": "\n".join(f"@app.get('/{number}')\ndef f{number}(): pass" for number in range(2_000)),
    "decorators": "@app.get('/reports')\n" * 4_000 + "def f(): pass",
    "walrus": "print(check := 1)\ncheck.accepted(check)",
}


def collected(folder: Path, notebook: dict[str, Any]) -> float:
    """Collect one notebook, and return the seconds that it took."""
    (folder / "ada.ipynb").write_text(json.dumps(notebook), "utf-8")
    started = time.perf_counter()
    found = collect(folder)
    assert [one.student for one in found.submissions][:1] == ["ada"]
    for one in found.submissions:
        # Whatever comes out can be sent on as plain data.
        texts = [source.text for sources in one.answers.values() for source in sources]
        json.dumps([texts, dict(one.predictions), one.files, one.digest], allow_nan=False).encode("utf-8")
        "".join(texts).encode("utf-8")
    return time.perf_counter() - started


@pytest.mark.parametrize("kind", ["code", "markdown"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_cell(name: str, kind: str, tmp_path: Path) -> None:
    notebook = solved("success")
    for identifier in ("success-accepted", "success-why-2", "success-always_ok"):
        one = cell(notebook, identifier)
        one["source"], one["cell_type"] = HOSTILE[name], kind
    at = place(notebook, "success-delete_twice")
    notebook["cells"][at:at] = [code(HOSTILE[name], "mine"), code(HOSTILE[name] + "\n")]
    assert collected(tmp_path, notebook) < 20


@pytest.mark.parametrize("seed", range(60))
def test_notebook_of_odd_values(seed: int, tmp_path: Path) -> None:
    source = random.Random(seed)
    notebook: Any = solved("success", seed)
    for _ in range(source.randint(1, 40)):
        where, key = notebook, source.choice(list(notebook))
        while isinstance(where[key], dict | list) and where[key] and source.random() < 0.85:
            where = where[key]
            key = source.choice(list(where)) if isinstance(where, dict) else source.randrange(len(where))
        where[key] = copy.deepcopy(source.choice(ODD))
    collected(tmp_path, notebook)


@pytest.mark.parametrize("seed", range(40))
def test_notebook_with_odd_bytes(seed: int, tmp_path: Path) -> None:
    source = random.Random(seed)
    data = bytearray(json.dumps(solved("status_line", seed)).encode("utf-8"))
    for _ in range(source.randint(1, 5)):
        at = source.randrange(len(data))
        data[at : at + source.choice([0, 1, 1, 1, 500])] = source.randbytes(source.choice([0, 1, 3]))
    (tmp_path / "ada.ipynb").write_bytes(data)
    (found,) = collect(tmp_path).submissions
    assert found.student == "ada"


def test_many_files_of_one_student_are_not_compared_with_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One archive holds 50,000 of them: each with each would be hours."""

    def compare(self: Handed, other: object) -> bool:
        pytest.fail("two files were compared")

    monkeypatch.setattr(Handed, "__eq__", compare)
    (tmp_path / "ada").mkdir()
    for name in ("ada/a.ipynb", "ada/b.ipynb", "ada/c.txt"):
        (tmp_path / name).write_bytes(b"")
    assert "not a notebook" in [one.name for one in collect(tmp_path).submissions[0].flags]
