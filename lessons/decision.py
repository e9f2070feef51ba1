"""Which status code do I return? A path of questions, as a function to call and as a chart to look at.

The order is the order in which a server finds out: first where the request goes, then who asks, then what was sent,
then what happened.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from itertools import pairwise

from server.codes import reason


@dataclass(frozen=True)
class Fork:
    """One question of the path. The answer ``leaves_on`` leads out of it, to ``code``."""

    name: str
    question: str
    leaves_on: bool
    code: int
    because: str
    rfc: str


PATH = (
    Fork("too_many", "Does this client ask too often?", True, 429, "It must slow down; say when to come back.", "RFC 6585 §4"),
    Fork("overloaded", "Is the server overloaded or closed for now?", True, 503, "Later it will work; say when.", "RFC 9110 §15.6.4"),
    Fork("gone", "Was it here once, and is it gone for good?", True, 410, "The client can forget this URL.", "RFC 9110 §15.5.11"),
    Fork("moved", "Has it moved to another URL for good?", True, 308, "The client repeats the request there.", "RFC 9110 §15.4.9"),
    Fork("found", "Is there something at this URL?", False, 404, "There is nothing that the client may see.", "RFC 9110 §15.5.5"),
    Fork("method_allowed", "Does it take this method?", False, 405, "Allow lists the methods it takes.", "RFC 9110 §15.5.6"),
    Fork("known_caller", "Do you know who asks, or need you not know?", False, 401, "WWW-Authenticate says how to log in.", "RFC 9110 §15.5.2"),
    Fork("permitted", "May they do this?", False, 403, "Logging in again as the same person would not help.", "RFC 9110 §15.5.4"),
    Fork("media_type_taken", "Do you take the format of the content?", False, 415, "The client must send another format.", "RFC 9110 §15.5.16"),
    Fork("readable", "Can you read the content?", False, 400, "It breaks the rules of its format.", "RFC 9110 §15.5.1"),
    Fork("valid", "Does it make sense?", False, 422, "It can be read, but not be processed. 400 is right as well.", "RFC 9110 §15.5.21"),
    Fork("condition_missing", "Do you insist on If-Match, and is it missing?", True, 428, "Without it an update could get lost.", "RFC 6585 §3"),
    Fork("condition_failed", "Did the client set a condition for a change, and is it not true?", True, 412, "Nothing was changed. The client can look again.", "RFC 9110 §15.5.13"),
    Fork("conflict", "Does it clash with the state of things now?", True, 409, "The same request may work at another time.", "RFC 9110 §15.5.10"),
    Fork("upstream_late", "Did a server behind you not answer in time?", True, 504, "You are a gateway, and the other one is late.", "RFC 9110 §15.6.5"),
    Fork("upstream_wrong", "Did a server behind you answer nonsense, or not at all?", True, 502, "You are a gateway, and the other one failed.", "RFC 9110 §15.6.3"),
    Fork("crashed", "Did something happen that you did not expect?", True, 500, "The client can do nothing about it.", "RFC 9110 §15.6.1"),
    Fork("not_modified", "Does the client have the current version already?", True, 304, "It uses its copy; nothing is sent.", "RFC 9110 §15.4.5"),
    Fork("look_elsewhere", "Is the result to be fetched at another URL?", True, 303, "The client fetches it there with GET.", "RFC 9110 §15.4.4"),
    Fork("not_done_yet", "Is the work still to be done?", True, 202, "Name a page that tells how far it is.", "RFC 9110 §15.3.3"),
    Fork("created", "Was something new created?", True, 201, "Location says where it is.", "RFC 9110 §15.3.2"),
    Fork("nothing_to_send", "Is there nothing to send back?", True, 204, "Then send no content at all.", "RFC 9110 §15.3.5"),
)  # fmt: skip
OTHERWISE = 200

# The first question of each stage, and what the stage is about.
STAGES = (
    ("too_many", "where the request goes"),
    ("known_caller", "who asks, and what was sent"),
    ("condition_missing", "what stands against it"),
    ("not_modified", "what came of it"),
)


class Decision:
    """A status code with its reason, or the next question to answer."""

    def __init__(self, code: int | None, text: str) -> None:
        self.code = code
        self._text = text

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return f"<strong>{self._text}</strong>" if self.code else self._text


def which_code(**answers: bool) -> Decision:
    """Follow the path with the answers given, each True or False.

    Without an answer that is needed, the decision is the next question. Raise :exc:`TypeError` for an unknown name.
    """
    names = [fork.name for fork in PATH]
    for name, answer in answers.items():
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            raise TypeError(f"There is no question {name!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
        if not isinstance(answer, bool):
            raise TypeError(f"Answer {name} with True or False, not {answer!r}.")
    for fork in PATH:
        if fork.name not in answers:
            return Decision(None, f"{fork.question} Answer with which_code(..., {fork.name}=True) or False.")
        if answers[fork.name] is fork.leaves_on:
            return Decision(fork.code, f"{fork.code} {reason(fork.code)}: {fork.because} ({fork.rfc})")
    return Decision(OTHERWISE, f"{OTHERWISE} {reason(OTHERWISE)}: It worked, and here it is. (RFC 9110 §15.3.1)")


def charts() -> list[tuple[str, str]]:
    """Return the path as Mermaid flow charts, one for each stage: its title and the chart."""
    places = [[fork.name for fork in PATH].index(name) for name, _ in STAGES]
    titles = [title for _, title in STAGES]
    found = []
    for number, (start, end) in enumerate(pairwise([*places, len(PATH)])):
        after = (
            f'go(["go on: {titles[number + 1]}"])' if end < len(PATH) else f'go(["{OTHERWISE} {reason(OTHERWISE)}"])'
        )
        found.append((titles[number], _chart(PATH[start:end], after)))
    return found


def _chart(forks: tuple[Fork, ...], after: str) -> str:
    lines = ["flowchart TD"]
    for place, fork in enumerate(forks):
        following = f"q{place + 1}" if place + 1 < len(forks) else "go"
        leave, stay = ("yes", "no") if fork.leaves_on else ("no", "yes")
        lines.append(f'    q{place}["{fork.question}"] -->|{leave}| c{fork.code}(["{fork.code} {reason(fork.code)}"])')
        lines.append(f"    q{place} -->|{stay}| {following}")
    lines.append(f"    {after}")
    return "\n".join(lines)
