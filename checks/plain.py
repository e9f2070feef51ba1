"""Plain data: the only thing besides HTTP that passes between a check and an answer.

An answer may live in this process or in another one. In both cases what it gives is turned into plain data here, so a
check never holds an object of the answer: nothing an answer overrides (``__eq__`` ...) runs inside a check, and what
crosses to another process is JSON, never pickle.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

DEPTH_LIMIT = 20
ITEMS_LIMIT = 10_000
TEXT_LIMIT = 200_000


class Blank:
    """What an untouched starter gives: ``...`` for a value, ``NotImplemented`` for a result."""

    def __repr__(self) -> str:
        return "not attempted yet"


BLANK = Blank()


@dataclass(frozen=True)
class Thing:
    """An object that is not plain data: all that is known of it is what it is called and how it shows itself.

    ``kinds`` are the names of its class and of the classes that one inherits from.
    """

    kinds: tuple[str, ...]
    text: str
    details: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def kind(self) -> str:
        """Return the name of its class."""
        return self.kinds[0]

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class ResponseOf:
    """An argument that the answer's side makes: the ``requests.Response`` to a request."""

    url: str
    method: str = "GET"


@dataclass(frozen=True)
class ErrorOf:
    """An argument that the answer's side makes: the exception that a request and ``raise_for_status()`` raise."""

    url: str
    method: str = "GET"
    timeout: float = 1.0


def encode(value: object, depth: int = 0) -> Any:
    """Turn any object into JSON. Exact types are kept, subclasses count as what they inherit from."""
    if depth > DEPTH_LIMIT:
        return {"thing": ["nested too deeply"], "text": "data nested too deeply", "details": {}}
    if value is None or value is True or value is False:
        return value
    if isinstance(value, (ResponseOf, ErrorOf)):
        return {"make": type(value).__name__, "arguments": vars(value)}
    if type(value) is Thing:
        details = {name: encode(detail) for name, detail in value.details.items()}
        return {"thing": list(value.kinds), "text": value.text, "details": details}
    if value is Ellipsis or value is NotImplemented or isinstance(value, Blank):
        return {"blank": True}
    for kind, encode_kind in _ENCODERS:
        # type(), not isinstance(): an object can lie about its __class__.
        if issubclass(type(value), kind):
            return encode_kind(value, depth)
    return _encode_thing(value)


def _encode_int(value: int, depth: int) -> Any:
    exact = int.__add__(value, 0)
    return exact if abs(exact) < 2**53 else {"int": hex(exact)}


def _encode_items(name: str, iterate: Any) -> Any:
    def encode_items(value: Any, depth: int) -> Any:
        items = []
        for item in iterate(value):
            if len(items) >= ITEMS_LIMIT:
                items.append({"thing": ["cut"], "text": f"more than {ITEMS_LIMIT:,} items", "details": {}})
                break
            items.append(encode(item, depth + 1))
        return {name: items}

    return encode_items


def _encode_bytes(value: bytes, depth: int) -> Any:
    return {"bytes": base64.b64encode(bytes.__getitem__(value, slice(0, TEXT_LIMIT))).decode("ascii")}


_ENCODERS: list[tuple[type, Any]] = [
    (int, _encode_int),
    (float, lambda value, depth: {"float": float.__repr__(value)}),
    (str, lambda value, depth: str.__getitem__(value, slice(0, TEXT_LIMIT))),
    (bytes, _encode_bytes),
    (bytearray, lambda value, depth: _encode_bytes(bytes(value), depth)),
    (dict, _encode_items("dict", dict.items)),
    (tuple, _encode_items("tuple", tuple.__iter__)),
    (list, _encode_items("list", list.__iter__)),
    (set, _encode_items("set", set.__iter__)),
    (frozenset, _encode_items("set", frozenset.__iter__)),
]


def _encode_thing(value: object) -> Any:
    kinds = [name.__name__ for name in type(value).__mro__ if name is not object] or ["object"]
    details = {}
    if "Response" in kinds:
        details = {name: encode(_safe_getattr(value, name)) for name in ("status_code", "text", "url")}
    return {"thing": kinds, "text": describe_object(value), "details": details}


def describe_object(value: object) -> str:
    """Return ``repr(value)`` as one bounded line, even if ``value`` will not have it."""
    try:
        text = repr(value)
    except Exception as error:
        return f"<{type(value).__name__} whose repr() raises {type(error).__name__}>"
    return " ".join(text[:300].split())


def _safe_getattr(value: object, name: str) -> object:
    try:
        return getattr(value, name, None)
    except Exception:
        return None


def decode(data: Any) -> Any:
    """Turn the JSON of :func:`encode` back into plain data. Raise :exc:`ValueError` for anything else."""
    if data is None or isinstance(data, (bool, int, str)):
        return data
    if not isinstance(data, dict) or not data:
        raise ValueError("not encoded plain data")
    kind = next(iter(data))
    content = data[kind]
    match kind:
        case "int":
            return int(content, 16)
        case "float":
            return float(content)
        case "bytes":
            return base64.b64decode(content)
        case "dict":
            return dict(_decode_pair(pair) for pair in content)
        case "tuple":
            return tuple(decode(item) for item in content)
        case "list":
            return [decode(item) for item in content]
        case "set":
            return {_hashable(decode(item)) for item in content}
        case "blank":
            return BLANK
        case "make":
            return {"ResponseOf": ResponseOf, "ErrorOf": ErrorOf}[content](**data["arguments"])
        case "thing":
            details = {str(name): decode(detail) for name, detail in data["details"].items()}
            return Thing(tuple(map(str, content)) or ("object",), str(data["text"])[:300], details)
    raise ValueError(f"unknown kind of plain data: {kind!r}")


def _decode_pair(pair: Any) -> tuple[Any, Any]:
    key, value = decode(pair)
    return _hashable(key), value


def _hashable(value: Any) -> Any:
    """Return ``value``, or something equal to nothing else when it cannot be a key."""
    try:
        hash(value)
    except TypeError:
        return Thing(("key",), repr(value))
    return value


def same(one: Any, other: Any) -> bool:
    """Compare plain data strictly: ``True`` is not ``1``, ``1.0`` is not ``1``, a list is not a tuple."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        twins = {(type(key), key): value for key, value in other.items()}
        return len(one) == len(other) and all(
            (type(key), key) in twins and same(value, twins[type(key), key]) for key, value in one.items()
        )
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, set):
        return len(one) == len(other) and {(type(item), item) for item in one} == {(type(item), item) for item in other}
    return bool(one == other)
