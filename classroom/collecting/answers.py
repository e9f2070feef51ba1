"""Make sources of the candidates for one exercise."""

from __future__ import annotations

from itertools import combinations

from ..submission import Source
from .matched import Candidate

SOURCE_LIMIT = 8
COMPARE_LIMIT = 50
TEXT_LIMIT = 200_000


def sources_of(found: list[tuple[str, Candidate]]) -> tuple[tuple[Source, ...], list[str]]:
    """Return the sources to judge, each once, and the names of flags. ``found`` gives the file of each candidate."""
    flags = [name for _, candidate in found for name in candidate.flags]
    kept: dict[tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]], tuple[str, Candidate]] = {}
    for where, candidate in found:
        if len(candidate.text) > TEXT_LIMIT:
            flags.append("answer too long")
        else:
            kept.setdefault((candidate.text, candidate.before, tuple(candidate.modules.items())), (where, candidate))
    if _is_twice(found, list(kept.values())):
        flags.append("answer twice")
    if len(kept) > SOURCE_LIMIT:
        flags.append("too many answers")
    sources = [
        Source(candidate.text, _place(where, candidate.cells), candidate.before, candidate.modules)
        for where, candidate in list(kept.values())[:SOURCE_LIMIT]
    ]
    return tuple(sources), list(dict.fromkeys(flags))


def _is_twice(found: list[tuple[str, Candidate]], kept: list[tuple[str, Candidate]]) -> bool:
    """Return whether there are two answers: in different cells of one file, or different ones in two files."""
    apart = (
        here == there and not set(one.cells) & set(other.cells)
        for (here, one), (there, other) in combinations(found[:COMPARE_LIMIT], 2)
    )
    return any(apart) or len({where for where, _ in kept}) > 1


def _place(where: str, cells: tuple[int, ...]) -> str:
    if not cells:
        return where
    return f"{where}, cell{'s' if len(cells) > 1 else ''} {', '.join(map(str, cells))}"
