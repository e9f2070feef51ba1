"""Make what came over the wire fit to be shown: the same in every run, harmless, and not too long."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LINES_SHOWN = 30
CHARACTERS_SHOWN = 1_500
VALUE_LENGTH = 200
FIELDS_SHOWN = 20
# Bytes of content that are looked at: reading megabytes only to show their first lines takes too long.
BYTES_READ = 100_000
# JSON is broken into lines where it would be wider than this.
JSON_WIDTH = 48

HIDDEN_IN_REQUESTS = {"accept-encoding", "connection", "content-length", "host", "user-agent"}
HIDDEN_IN_RESPONSES = {"connection", "date", "keep-alive", "server"}

_SERVER = re.compile(r"(?:(?<![\w.])|(?<=%2F))(127\.0\.0\.1|localhost|\[::1\])(?::|%3A)(\d{1,5})(?!\d)", re.IGNORECASE)
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+")
_DATE = re.compile(r"\b[A-Z][a-z]{2}, \d{2}[ -][A-Z][a-z]{2}[ -]\d{4} \d{2}:\d{2}:\d{2} GMT")
_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
# Control characters (a terminal and JupyterLab obey some), marks that turn the direction of text, lone surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff0-\uffff]"
)


@dataclass(frozen=True)
class Content:
    """The content of a message as it is shown: its text, and a note on what the text does not say."""

    text: str = ""
    note: str = ""
    # Whether the content names a port or an address of memory, so that its length differs from run to run.
    varies: bool = False


class Tidy:
    """Tidy the texts of one exchange. Servers on this machine are called by their order, never by their port."""

    def __init__(self) -> None:
        self._ports: list[str] = []

    def text(self, text: str) -> str:
        """Return text without ports and addresses of memory, and with every invisible character spelled out."""
        text = _SERVER.sub(self._server, text)
        text = _ADDRESS.sub("at 0x…", text)
        return visible(text)

    def line(self, text: str, length: int = VALUE_LENGTH) -> str:
        """Return tidy text on one line that is not too long."""
        text = self.text(text).replace("\n", "\\n").replace("\t", "\\t")
        return text if len(text) <= length else f"{text[:length]}… ({len(text):,} characters)"

    def request_fields(self, fields: Mapping[str, str | bytes]) -> tuple[tuple[str, str], ...]:
        """Return the header fields of a request that are worth reading."""
        return self._fields(
            (name, text)
            for name, text in _pairs(fields.items())
            if name.lower() not in HIDDEN_IN_REQUESTS and (name.lower(), text) != ("accept", "*/*")
        )

    def response_fields(self, fields: Iterable[tuple[str, str]], content: Content) -> tuple[tuple[str, str], ...]:
        """Return the header fields of a response that are worth reading."""
        hidden = HIDDEN_IN_RESPONSES | ({"content-length"} if content.varies else set())
        return self._fields((name, text) for name, text in _pairs(fields) if name.lower() not in hidden)

    def content(self, data: bytes, media_type: str) -> Content:
        """Describe content: JSON pretty-printed, other text as it is, everything else as a number of bytes."""
        if not data:
            return Content(note="empty: 0 bytes")
        text = _decode(data, media_type)
        if text is None:
            start = " ".join(f"{byte:02x}" for byte in data[:8])
            return Content(note=f"binary: {len(data):,} bytes, the first are {start}")
        boundary = _BOUNDARY.search(media_type)
        if boundary:
            text = text.replace(boundary[1], "<boundary>")
        varies = bool(boundary or _SERVER.search(text) or _ADDRESS.search(text))
        note = ""
        if is_json(media_type) and len(data) <= BYTES_READ:
            try:
                text = pretty(json.loads(text))
            except (ValueError, RecursionError):
                note = "The media type says JSON, but this is not JSON."
        whole = self.text(text.replace("\r\n", "\n")).rstrip("\n")
        shown = "\n".join(whole.split("\n")[:LINES_SHOWN])[:CHARACTERS_SHOWN]
        if shown != whole or len(data) > BYTES_READ:
            note = f"{note} cut here: {len(data):,} bytes in all".strip()
        return Content(shown, note, varies)

    def _fields(self, fields: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        kept = [(self.line(name, 60), self._value(name, text)) for name, text in fields]
        if len(kept) > FIELDS_SHOWN:
            kept = [*kept[:FIELDS_SHOWN], ("…", f"and {len(kept) - FIELDS_SHOWN} more header fields")]
        return tuple(kept)

    def _value(self, name: str, text: str) -> str:
        if name.lower() == "allow":
            # Flask builds it from a set: its order changes from process to process.
            text = ", ".join(sorted(part.strip() for part in text.split(",")))
        text = _DATE.sub("<date>", text)
        boundary = _BOUNDARY.search(text)
        return self.line(text.replace(boundary[1], "<boundary>") if boundary else text)

    def _server(self, match: re.Match[str]) -> str:
        host, port = match.groups()
        if port not in self._ports:
            self._ports.append(port)
        number = self._ports.index(port) + 1
        name = "server" if number == 1 else f"server {number}"
        return f"<{name}>" if host == "127.0.0.1" else f"<{name} as {host}>"


def visible(text: str) -> str:
    r"""Spell out what a reader could not see and a screen might obey, such as ``\x1b``."""
    return _INVISIBLE.sub(_spell, text)


def is_json(media_type: str) -> bool:
    """Tell whether a media type ends in ``json`` or ``+json``."""
    return media_type.partition(";")[0].strip().lower().endswith(("/json", "+json"))


def pretty(value: object, indent: str = "") -> str:
    """Return JSON with line breaks only where a line would get long."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= JSON_WIDTH or not isinstance(value, dict | list):
        return line
    deeper = indent + "  "
    if isinstance(value, dict):
        rows = [f"{json.dumps(key, ensure_ascii=False)}: {pretty(item, deeper)}" for key, item in value.items()]
    else:
        rows = [pretty(item, deeper) for item in value]
    start, end = "{}" if isinstance(value, dict) else "[]"
    return f"{start}\n" + ",\n".join(deeper + row for row in rows) + f"\n{indent}{end}"


def _spell(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def _pairs(fields: Iterable[tuple[str, str | bytes]]) -> Iterable[tuple[str, str]]:
    for name, value in fields:
        yield _text(name), _text(value)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _decode(data: bytes, media_type: str) -> str | None:
    """Return the start of ``data`` as text, or None when it is not text."""
    charset = re.search(r"charset=\"?([\w.:-]+)", media_type)
    try:
        decoder = codecs.getincrementaldecoder(charset[1] if charset else "utf-8")()
        text = decoder.decode(data[:BYTES_READ], final=len(data) <= BYTES_READ)
    except (LookupError, UnicodeError):
        return None
    return None if "\0" in text else text
