"""Make sources of the candidates for one exercise."""

from __future__ import annotations

from ..submission import Source
from .matching import Candidate

SOURCE_LIMIT = 8
TEXT_LIMIT = 200_000


def sources_of(found: list[tuple[str, Candidate]]) -> tuple[tuple[Source, ...], list[str]]:
    """Return the sources to judge, each once, and the names of flags. ``found`` gives the file of each candidate."""
    flags = [name for _, candidate in found for name in candidate.flags]
    sources: dict[tuple[str, tuple[str, ...]], Source] = {}
    for where, candidate in found:
        if len(candidate.text) > TEXT_LIMIT:
            flags.append("answer too long")
            continue
        key = (candidate.text, candidate.before)
        if key in sources:
            flags.append("same answer twice")
            continue
        cells = candidate.cells
        place = f"cell {cells[0]}" if len(cells) == 1 else f"cells {', '.join(map(str, cells))}"
        sources[key] = Source(candidate.text, f"{where}, {place}", candidate.before)
    whole = {frozenset(candidate.cells) | {where} for where, candidate in found}
    if len(sources) > 1 and any(not (one & other) - {w for w, _ in found} for one in whole for other in whole):
        flags.append("answer twice")
    if len(sources) > SOURCE_LIMIT:
        flags.append("too many answers")
    return tuple(sources.values())[:SOURCE_LIMIT], list(dict.fromkeys(flags))
