"""Single faults to put into a right answer, read from ``recipe_answers/faults.txt``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ANSWERS = Path(__file__).parent / "recipe_answers"


@dataclass(frozen=True)
class Fault:
    """A fault as changes of ``recipe_answers/method_views.py``, and the rows that it must lose."""

    name: str
    rows: tuple[str, ...]
    # Lines that stand in the source, and what replaces them.
    changes: tuple[tuple[str, str], ...]

    def put_into(self, source: str) -> str:
        """Return the source with the fault."""
        for old, new in self.changes:
            assert f"\n{source}".count(f"\n{old}") == 1, f"{self.name}: these lines must stand there once:\n{old}"
            source = f"\n{source}".replace(f"\n{old}", f"\n{new}")[1:]
        return source


def read_faults() -> list[Fault]:
    """Return the faults in the order of the file."""
    _, *blocks = (ANSWERS / "faults.txt").read_text("utf-8").split("\n## ")
    return list(map(_read_fault, blocks))


def _read_fault(block: str) -> Fault:
    name, rows, changes = block.split("\n", 2)
    found = re.findall(r"((?:^-.*\n)+)((?:^\+.*\n)*)", f"{changes.rstrip()}\n", re.MULTILINE)
    plain = [tuple(re.sub("^[-+]", "", lines, flags=re.MULTILINE) for lines in change) for change in found]
    return Fault(name, tuple(rows.split()[1:]), tuple(plain))
