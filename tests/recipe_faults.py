"""Judge a right answer with a fault in it. The faults are in ``recipe_answers/faults.txt``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from checks import Contract, Factory
from checks.answer import LocalAnswer
from checks.judge import judge
from checks.prelude import run_source
from checks.recorder import current
from checks.report import Report
from lessons.capstone import recipe_api
from lessons.recipe_contract import CONTRACT

ANSWERS = Path(__file__).parent / "recipe_answers"
NUMBERS = [f"R{number:02}" for number in range(1, 49)]
# These rows wait, for a second and for an upstream: they are judged where a fault concerns them.
SLOW = frozenset({"R22", "R47"})


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


def lost(report: Report, contract: Contract = CONTRACT) -> list[str]:
    """Return the numbers of the rows that were lost. No row is missing, and no check is broken."""
    assert report.fault == ""
    return [number for number, row in contract.verdicts(report).items() if not row.passed]


def told(report: Report) -> str:
    """Return the rows that were lost, for the message of a test that fails."""
    return "\n".join(f"{row.asked} | {row.got} | {row.why}" for row in report.rows if not row.passed)


def judged(source: str, rows: tuple[str, ...]) -> Report:
    """Judge a source in this process, without the slow rows that are not among these."""

    def check(create_app: Factory) -> None:
        current().only = frozenset(NUMBERS) - (SLOW - set(rows))
        recipe_api.check(create_app)

    answer = LocalAnswer(run_source(source, "<answer>"))
    some = type(recipe_api)(check, 48, [], challenge=False, contract=CONTRACT)
    some.subjects = recipe_api.subjects
    try:
        return judge(some, answer)
    finally:
        answer.close()
