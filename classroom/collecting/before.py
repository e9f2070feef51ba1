"""Find the code that an answer needs from before it."""

from __future__ import annotations

from checks.prelude import PRELUDE

from .matched import Key
from .released import released
from .sorting import Sorted
from .source import Code

# Cells of the student's own that run before an answer, and characters of them.
BEFORE_CELLS = 100
BEFORE_LIMIT = 100_000
# What runs before every answer anyway; an app of the student's own may stand in the place of its.
_KNOWN = Code(PRELUDE).facts.bound - {"app"}


def code_before(found: Sorted, place: int, code: Code, key: Key) -> tuple[str, ...]:
    """Return the code that a step needs from before it: definitions of the lesson, and the student's own."""
    needed = set(code.facts.used - code.facts.bound)
    own = [found.steps[one].code for one in range(place) if found.own[one] and found.steps[one].code.is_python]
    if not any(needed & (one.facts.bound | one.facts.apps) for one in own):
        own = []
    needed = needed.union(*(one.facts.used for one in own)) - _KNOWN
    definitions = released(key[0]).definitions
    for _ in range(3):
        needed |= {name for one in needed & set(definitions) for name in Code(definitions[one]).facts.used} - _KNOWN
    quiet = dict.fromkeys(text for name, text in definitions.items() if name in needed)
    return (*quiet, *_nearest([one.text for one in own]))


def _nearest(texts: list[str]) -> list[str]:
    """Return the last of some texts, within limits."""
    left, kept = BEFORE_LIMIT, texts[-BEFORE_CELLS:]
    for place in range(len(kept) - 1, -1, -1):
        left -= len(kept[place])
        if left < 0:
            return kept[place + 1 :]
    return kept
