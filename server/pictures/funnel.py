"""The funnel: what a view returned, what Flask built from it, and what went over the wire."""

from __future__ import annotations

from html import escape
from typing import Any

from ..drawing import NO_ANSWER, Picture, banner, boxed, code_lines, column, frame, note, panel, sentence
from ..exchange import Response
from ..tidy import Tidy
from .trial import Trial, try_out


def funnel(value: Any, method: str = "GET") -> Picture:
    """Give ``value`` to Flask as the return value of a view, ask for it over a socket, and draw what became of it.

    A function is called inside the request, so ``jsonify``, ``make_response`` and ``abort`` work in it:
    ``funnel(lambda: (jsonify(id=1), 201))``.
    """
    trial = try_out(value, method.upper())
    return Picture(_html(trial), _text(trial))


def _remarks(trial: Trial) -> list[str]:
    response = trial.wire.response if trial.wire else None
    found = list(trial.wire.remarks) if trial.wire else []
    if trial.built and response and trial.built.content.text and not response.content.text:
        found.append("Flask built content, but it was dropped on the way: none of it went over the wire.")
    return found


def _refusal(trial: Trial) -> list[str]:
    """Say why Flask built an error page instead of what the view meant."""
    crash = trial.crash
    if crash is None:
        return []
    reason = Tidy().line(f"{crash.kind}: {crash.text}" if crash.text else crash.kind, 400)
    start = "Nobody caught the exception" if trial.raised else "Flask could not use what was returned"
    return [f"{start}. Its log says:", reason, "So Flask built its own error page:"]


def _message(fields: tuple[tuple[str, str], ...], response: Response) -> str:
    lines = [f"{name}: {value}" for name, value in fields]
    lines += ["", response.content.text] if response.content.text else []
    return "\n".join(lines)


def _text(trial: Trial) -> str:
    first = f"raised {trial.raised}" if trial.raised else f"return {trial.returned}\n({trial.reading})"
    blocks = [column("1 view", first if trial.raised or trial.returned else "(did not finish in time)")]
    blocks.append(column("2 Flask", "\n".join(_built_lines(trial))))
    blocks.append(column("3 wire", "\n".join(_wire_lines(trial))))
    blocks.append(column("4 client", f"reads {trial.client}"))
    return "\n\n".join(blocks)


def _built_lines(trial: Trial) -> list[str]:
    lines = [sentence(line) for line in _refusal(trial)]
    if trial.built is None:
        return [*lines, "(built nothing)"]
    return [*lines, trial.built.short, *([] if lines else _rest_lines(trial.built))]


def _rest_lines(response: Response) -> list[str]:
    message = _message(response.fields, response)
    lines = [message] if message else []
    return [*lines, f"({response.content.note})"] if response.content.note else lines


def _wire_lines(trial: Trial) -> list[str]:
    wire = trial.wire
    assert wire is not None
    lines = [f"{one.line}   {one.verdict}" for one in wire.interim]
    if wire.response:
        lines += [f"{wire.response.line}   {wire.response.verdict}", *_rest_lines(wire.response)]
    elif wire.failure:
        lines += [f"{NO_ANSWER}: {wire.failure.kind}", sentence(wire.failure.meaning)]
    return [*lines, *(sentence(f"Note: {remark}") for remark in _remarks(trial))]


def _html(trial: Trial) -> str:
    stages = [
        ("1  your view", _view_html(trial)),
        ("2  Flask built", _built_html(trial)),
        ("3  over the wire", _wire_html(trial)),
        ("4  a client reads", code_lines(trial.client, "font-weight:700;")),
    ]
    drawn = [
        panel(caption, content, style=f"width:{100 - 9 * row}%;margin:0 auto;box-sizing:border-box;")
        for row, (caption, content) in enumerate(stages)
    ]
    arrow = '<div aria-hidden="true" style="text-align:center;line-height:1.3;">▼</div>'
    return frame("What became of a return value", arrow.join(drawn))


def _view_html(trial: Trial) -> str:
    if trial.raised:
        return code_lines(f"raised {trial.raised}", "font-weight:700;")
    if not trial.returned:
        return note("did not finish in time")
    return code_lines(f"return {trial.returned}", "font-weight:700;") + note(trial.reading)


def _built_html(trial: Trial) -> str:
    parts = []
    if trial.crash:
        start, reason, end = _refusal(trial)
        parts = [note(start), code_lines(reason), note(end)]
    if trial.built is None:
        return "".join([*parts, note("built nothing")])
    return "".join([*parts, _status_html(trial.built) if trial.crash else _response_html(trial.built)])


def _status_html(response: Response) -> str:
    start = f"{escape(response.version)} {boxed(response.digits)} {escape(response.reason)}".strip()
    return banner(response.look, start, response.verdict)


def _response_html(response: Response) -> str:
    parts = [_status_html(response)]
    message = _message(response.fields, response)
    parts += [code_lines(message)] if message else []
    parts += [note(response.content.note)] if response.content.note else []
    return "".join(parts)


def _wire_html(trial: Trial) -> str:
    wire = trial.wire
    assert wire is not None
    parts = [_response_html(one) for one in wire.interim]
    if wire.response:
        parts.append(_response_html(wire.response))
    elif wire.failure:
        parts += [banner(NO_ANSWER, boxed(NO_ANSWER.symbol), f"{NO_ANSWER.label}: {wire.failure.kind}")]
        parts.append(note(wire.failure.meaning))
    return "".join([*parts, *(note(remark) for remark in _remarks(trial))])
