"""Plain data: the only thing besides HTTP that passes between a check and an answer.

An answer may live in this process or in another one. In both cases what it gives is turned into plain data here, so a
check never holds an object of the answer: nothing an answer overrides (``__eq__`` ...) runs inside a check, and what
crosses to another process is JSON, never pickle.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

DEPTH_LIMIT = 20
ITEMS_LIMIT = 10_000
TEXT_LIMIT = 200_000
# Bits of an int: Python itself writes no number of more than 4300 digits.
INT_LIMIT = 10_000
# Items of a set, keys of a dict that may all have the same hash.
COLLISIONS_LIMIT = 1_000
# Characters of everything together, an item counting as ten: few lists that hold each other many times are endless.
SIZE_LIMIT = 1_500_000


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


@dataclass(frozen=True)
class ViewOf:
    """An argument that the answer's side makes: a view that returns what a function of the answer returns.

    It takes POST with the JSON ``{"arguments": [...], "more": {...}}``, calls the function with them, and raises an
    exception that comes back.
    """

    name: str


def encode(value: object) -> Any:
    """Turn any object into JSON. Exact types are kept, subclasses count as what they inherit from.

    What is too much of it is left out, and a :class:`Thing` says so in its place.
    """
    return _Encoder().encode(value, 0)


class _Encoder:
    """Encode one value. ``left`` is how much more of it is looked at.

    Of an answer's objects only the built-in methods are used: a subclass may have replaced its own.
    """

    def __init__(self) -> None:
        self.left = SIZE_LIMIT

    def encode(self, value: object, depth: int) -> Any:
        self.left -= 10
        if value is None or value is True or value is False:
            return value
        if value is Ellipsis or value is NotImplemented or type(value) is Blank:
            return {"blank": True}
        if depth > DEPTH_LIMIT:
            # Most likely data that holds itself: the more of it there is, the less of it is worth a look.
            self.left -= 200
            return _thing("nested too deeply", "data nested too deeply")
        if type(value) in _MADE.values():
            return {"make": type(value).__name__, "arguments": vars(value)}
        if type(value) is Thing:
            details = {name: self.encode(detail, depth + 1) for name, detail in value.details.items()}
            return {"thing": list(value.kinds), "text": value.text, "details": details}
        for kind, encode_kind in _KINDS:
            # type(), not isinstance(): an object can lie about its __class__.
            if issubclass(type(value), kind):
                return encode_kind(self, value, kind, depth)
        return self._object(value, depth)

    def _int(self, value: int, kind: type, depth: int) -> Any:
        exact = int.__add__(value, 0)
        if exact.bit_length() > INT_LIMIT:
            return _thing("int", f"an int of {exact.bit_length():,} bits")
        return exact if abs(exact) < 2**53 else {"int": hex(exact)}

    def _float(self, value: float, kind: type, depth: int) -> Any:
        return {"float": float.__repr__(value)}

    def _str(self, value: str, kind: type, depth: int) -> Any:
        text = str.__getitem__(value, slice(0, TEXT_LIMIT))
        self.left -= len(text)
        return text

    def _bytes(self, value: bytes | bytearray, kind: Any, depth: int) -> Any:
        content = kind.__getitem__(value, slice(0, TEXT_LIMIT))
        self.left -= len(content)
        return {"bytes": base64.b64encode(content).decode("ascii")}

    def _dict(self, value: dict[Any, Any], kind: type, depth: int) -> Any:
        # A list of its own: the answer's threads may change the dict meanwhile.
        pairs = self._first(list(dict.items(value)), (_CUT, _CUT))
        return {"dict": [[self.encode(key, depth), self.encode(item, depth + 1)] for key, item in pairs]}

    def _items(self, value: Any, kind: Any, depth: int) -> Any:
        items = self._first(list(kind.__iter__(value)), _CUT)
        return {kind.__name__.removeprefix("frozen"): [self.encode(item, depth + 1) for item in items]}

    def _first(self, items: list[Any], cut: Any) -> Iterator[Any]:
        """Give the items that are looked at, and ``cut`` for all the others."""
        for place, item in enumerate(items):
            if place >= ITEMS_LIMIT or self.left < 0:
                yield cut
                return
            yield item

    def _object(self, value: object, depth: int) -> Any:
        kinds = kind_names(type(value))
        details = {}
        if "Response" in kinds:
            details = {
                name: self.encode(_safe_getattr(value, name), depth + 1) for name in ("status_code", "text", "url")
            }
        text = describe_object(value)
        self.left -= len(text)
        return {"thing": list(kinds), "text": text, "details": details}


_MADE = {kind.__name__: kind for kind in (ResponseOf, ErrorOf, ViewOf)}

_KINDS: list[tuple[type, Callable[[_Encoder, Any, type, int], Any]]] = [
    (int, _Encoder._int),
    (float, _Encoder._float),
    (str, _Encoder._str),
    (bytes, _Encoder._bytes),
    (bytearray, _Encoder._bytes),
    (dict, _Encoder._dict),
    (tuple, _Encoder._items),
    (list, _Encoder._items),
    (set, _Encoder._items),
    (frozenset, _Encoder._items),
]
_CUT = Thing(("cut",), "more than a check looks at")


def _thing(kind: str, text: str) -> Any:
    return {"thing": [kind], "text": text, "details": {}}


def kind_names(kind: type) -> tuple[str, ...]:
    """Return the names of a class and of those it inherits from, ``object`` only when there is no other."""
    # Straight from `type`: a metaclass may have its own idea of both attributes.
    order = type.__dict__["__mro__"].__get__(kind)
    names = (exact_text(type.__dict__["__name__"].__get__(base), 100) for base in order if base is not object)
    return tuple(names) or ("object",)


def exact_text(text: str, limit: int) -> str:
    """Return the start of a text as a plain str, whatever subclass of str it is."""
    return str.__getitem__(text, slice(0, limit))


def describe_object(value: object) -> str:
    """Return ``repr(value)`` as one bounded line, even if ``value`` will not have it."""
    try:
        text = exact_text(repr(value), 300)
    except Exception as error:
        return f"<{kind_names(type(value))[0]} whose repr() raises {kind_names(type(error))[0]}>"
    return " ".join(text.split())


def _safe_getattr(value: object, name: str) -> object:
    try:
        return getattr(value, name, None)
    except Exception:
        return None


def decode(data: Any, depth: int = 0) -> Any:
    """Turn the JSON of :func:`encode` back into plain data. Raise :exc:`ValueError` for anything else.

    What :func:`encode` would have left out is refused: the JSON may come from elsewhere.
    """
    if data is None or isinstance(data, (bool, int, str)):
        return data
    # A thing at the deepest place brings details.
    if not isinstance(data, dict) or not data or depth > DEPTH_LIMIT + 2:
        raise ValueError("not encoded plain data")
    kind = next(iter(data))
    content = data[kind]
    match kind:
        case "int":
            return _bounded(int(content, 16))
        case "float":
            return float(content)
        case "bytes":
            return base64.b64decode(content)
        case "dict":
            return {
                key: decode(value, depth + 1) for key, (_, value) in zip(_keys(content, depth), content, strict=True)
            }
        case "tuple":
            return tuple(decode(item, depth + 1) for item in content)
        case "list":
            return [decode(item, depth + 1) for item in content]
        case "set":
            return set(_hashed([_hashable(decode(item, depth + 1)) for item in content]))
        case "blank":
            return BLANK
        case "make":
            return _MADE[content](**data["arguments"])
        case "thing":
            details = {str(name): decode(detail, depth + 1) for name, detail in data["details"].items()}
            return Thing(tuple(map(str, content)) or ("object",), str(data["text"])[:300], details)
    raise ValueError(f"unknown kind of plain data: {kind!r}")


def _bounded(number: int) -> int:
    if number.bit_length() > INT_LIMIT:
        raise ValueError("an int that Python would not write")
    return number


def _keys(pairs: Any, depth: int) -> list[Any]:
    return _hashed([_hashable(decode(key, depth + 1)) for key, _ in pairs])


def _hashed(items: list[Any]) -> list[Any]:
    """Return the items. Raise :exc:`ValueError` where a set of them would take hours: most have the same hash."""
    if len(items) > COLLISIONS_LIMIT and len(set(map(hash, items))) < len(items) / 2:
        raise ValueError("data made to be slow")
    return items


def _hashable(value: Any) -> Any:
    """Return ``value``, or something equal to nothing else when it cannot be a key."""
    if isinstance(value, set):
        return frozenset(value)
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


def same_json(one: Any, other: Any) -> bool:
    """Compare decoded JSON: numbers by value, but true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_json(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    return bool(one == other)


def decode_json(content: bytes) -> Any:
    """Decode JSON. Raise :exc:`ValueError` for anything else: Python would let NaN pass (RFC 8259 §6)."""
    return json.loads(content, parse_constant=_refuse)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
