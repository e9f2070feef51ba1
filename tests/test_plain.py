"""Only plain data crosses the line, unchanged where it is plain and harmless where it is not."""

from __future__ import annotations

import enum
import json
from http import HTTPStatus
from typing import Any

import pytest

from checks import ErrorOf, ResponseOf, Thing, describe, same
from checks.plain import BLANK, DEPTH_LIMIT, INT_LIMIT, ITEMS_LIMIT, TEXT_LIMIT, decode, encode


def through_json(value: object) -> Any:
    """Send a value to another process and back."""
    return decode(json.loads(json.dumps(encode(value))))


PLAIN = [
    None,
    True,
    False,
    0,
    -1,
    2**53,
    -(2**64),
    0.0,
    -2.5,
    1e300,
    float("inf"),
    "",
    "caf\u00e9 \U0001f642",
    "\ud800",
    "\x00\n\u2028",
    b"",
    b"\x00\xff",
    [],
    [1, [2, [3]]],
    (),
    (1,),
    ((1, 2), [3]),
    {},
    {"a": {"b": [1]}},
    {1: "int", "1": "str", (1, 2): "tuple", None: "none", b"x": "bytes", 2.5: "float"},
    set(),
    {1, "a", (2, 3)},
    {"thing": ["Response"], "text": "a dict like that of a Thing"},
    {"blank": True},
    [{"list": []}, {"int": "0x1"}],
    Thing(("Response", "Base"), "<Response [200]>", {"status_code": 200}),
    ResponseOf("http://127.0.0.1/x", "POST"),
    ErrorOf("http://127.0.0.1/x", timeout=0.5),
    BLANK,
]


@pytest.mark.parametrize("value", PLAIN, ids=describe)
def test_plain_data_comes_through_unchanged(value: object) -> None:
    came = through_json(value)
    assert type(came) is type(value)
    assert same(came, value)


def test_number_that_is_none_comes_through() -> None:
    assert repr(through_json(float("nan"))) == "nan"


@pytest.mark.parametrize("blank", [..., NotImplemented, BLANK], ids=repr)
def test_untouched_starter_is_blank(blank: object) -> None:
    assert through_json(blank) is BLANK


class Number(int):
    def __add__(self, other: object) -> int:
        raise RuntimeError

    __abs__ = __index__ = __eq__ = __hash__ = __repr__ = __add__  # type: ignore[assignment]


class Word(str):
    def __getitem__(self, place: object) -> str:
        raise RuntimeError

    __len__ = __iter__ = __eq__ = __hash__ = __str__ = __repr__ = __getitem__  # type: ignore[assignment]


class Items(list):
    def __iter__(self) -> Any:
        raise RuntimeError

    __len__ = __getitem__ = __eq__ = __repr__ = __iter__  # type: ignore[assignment]


class Table(dict):
    def items(self) -> Any:
        raise RuntimeError

    __iter__ = __len__ = __getitem__ = __eq__ = __repr__ = keys = items  # type: ignore[assignment]


class Colour(enum.StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Number(7), 7),
        (Word("word"), "word"),
        (Items([1, 2]), [1, 2]),
        (Table({"a": 1}), {"a": 1}),
        (HTTPStatus.CREATED, 201),
        (Colour.RED, "red"),
        (bytearray(b"ab"), b"ab"),
        (frozenset({1}), {1}),
        ({frozenset({1}): 2}, {frozenset({1}): 2}),
    ],
    ids=["int", "str", "list", "dict", "HTTPStatus", "enum", "bytearray", "frozenset", "frozenset-as-key"],
)
def test_subclass_counts_as_what_it_inherits_from_and_runs_no_code(value: object, plain: object) -> None:
    came = through_json(value)
    assert type(came) is type(plain)
    assert same(came, plain)


class Liar:
    """Says that it is whatever is asked for."""

    @property
    def __class__(self) -> Any:
        raise RuntimeError

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        raise RuntimeError

    def __repr__(self) -> str:
        return "a" * 10_000


class Pretender:
    __class__ = int  # type: ignore[assignment]

    def __repr__(self) -> str:
        raise ValueError


class Meta(type):
    @property
    def __mro__(cls) -> Any:
        raise RuntimeError

    @property
    def __name__(cls) -> Any:
        raise RuntimeError


class Strange(metaclass=Meta):
    def __repr__(self) -> str:
        return "strange"


class Echo(str):
    def __getitem__(self, place: object) -> Any:
        return 7


class Told:
    def __repr__(self) -> str:
        return Echo("told")


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (object(), "object", "<object object at 0x"),
        (Liar(), "Liar", "a" * 300),
        (Pretender(), "Pretender", "<Pretender whose repr() raises ValueError>"),
        (Strange(), "Strange", "strange"),
        (Told(), "Told", "told"),
        (ValueError("no"), "ValueError", "ValueError('no')"),
        ((number for number in [1]), "generator", "<generator object"),
        (range(3), "range", "range(0, 3)"),
        (len, "builtin_function_or_method", "<built-in function len>"),
        (1 + 2j, "complex", "(1+2j)"),
        (int, "type", "<class 'int'>"),
    ],
    ids=lambda value: "",
)
def test_other_object_becomes_its_name_and_its_text(value: object, kind: str, text: str) -> None:
    came = through_json(value)
    assert type(came) is Thing
    assert came.kind == kind
    assert type(came.kind) is type(came.text) is str
    assert came.text.startswith(text)
    assert len(came.text) <= 300


def test_response_tells_its_details() -> None:
    class Response:
        status_code, text = 404, "no"

        @property
        def url(self) -> str:
            raise RuntimeError

    assert through_json(Response()).details == {"status_code": 404, "text": "no", "url": None}


# Data without an end.


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def test_cycle_ends() -> None:
    value: dict[str, Any] = {}
    value["me"] = value
    came = through_json(value)
    for _ in range(DEPTH_LIMIT + 1):
        came = came["me"]
    assert came == Thing(("nested too deeply",), "data nested too deeply")


def test_list_that_holds_itself_many_times_ends() -> None:
    value: list[Any] = []
    value += [value] * 100
    assert isinstance(through_json(value), list)


def test_few_lists_that_hold_each_other_many_times_end() -> None:
    value: Any = "x" * 100
    for _ in range(10):
        value = [value] * 1_000
    assert len(json.dumps(encode(value))) < 20_000_000


@pytest.mark.parametrize("kind", [list, tuple, set, dict.fromkeys], ids=["list", "tuple", "set", "dict"])
def test_many_items_are_cut_and_say_so(kind: Any) -> None:
    whole = kind(range(ITEMS_LIMIT))
    assert same(through_json(whole), whole)
    came = through_json(kind(range(ITEMS_LIMIT + 5)))
    assert type(came) is type(whole)
    assert len(came) == ITEMS_LIMIT + 1
    assert any(isinstance(item, Thing) and item.text == "more than a check looks at" for item in came)


def test_depth_is_kept_up_to_the_limit() -> None:
    assert same(through_json(nested(DEPTH_LIMIT)), nested(DEPTH_LIMIT))
    assert not same(through_json(nested(DEPTH_LIMIT + 1)), nested(DEPTH_LIMIT + 1))


@pytest.mark.parametrize("kind", [str, bytes])
def test_long_text_is_cut(kind: type) -> None:
    text = "x" * 2 * TEXT_LIMIT
    assert len(through_json(text if kind is str else text.encode())) == TEXT_LIMIT


def test_number_that_python_would_not_write_becomes_a_thing() -> None:
    assert through_json(2**INT_LIMIT - 1) == 2**INT_LIMIT - 1
    assert through_json(10**5000).text == "an int of 16,610 bits"


# What another process may send.


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        1.5,
        {"other": 1},
        {"int": 5},
        {"int": "x"},
        {"float": "x"},
        {"float": None},
        {"bytes": 1},
        {"bytes": "\u20ac"},
        {"list": 1},
        {"list": [[]]},
        {"dict": [1]},
        {"dict": [[1]]},
        {"dict": {"a": 1}},
        {"make": "object", "arguments": {}},
        {"make": "ResponseOf", "arguments": {"other": 1}},
        {"make": "ResponseOf"},
        {"thing": 5, "text": "", "details": {}},
        {"thing": ["x"], "text": ""},
        {"thing": ["x"], "text": "", "details": {"a": {}}},
        {"int": "f" * INT_LIMIT},
    ],
    ids=json.dumps,
)
def test_nonsense_is_refused(data: object) -> None:
    with pytest.raises((ValueError, LookupError, TypeError, AttributeError)):
        decode(data)


@pytest.mark.parametrize("kind", ["set", "dict"])
def test_items_that_are_made_to_be_slow_are_refused(kind: str) -> None:
    """Python's hash of an int is its remainder: a set of these would compare each with each."""
    items: list[Any] = [number * (2**61 - 1) for number in range(1, 30_000)]
    with pytest.raises(ValueError, match="slow"):
        decode({kind: [[item, 1] for item in items] if kind == "dict" else items})


def test_data_nested_more_deeply_than_is_ever_sent_is_refused() -> None:
    data: Any = 1
    for _ in range(DEPTH_LIMIT + 5):
        data = {"list": [data]}
    with pytest.raises(ValueError, match="not encoded"):
        decode(data)


def test_key_that_cannot_be_one_becomes_a_thing() -> None:
    assert decode({"dict": [[{"list": []}, 1]]}) == {Thing(("key",), "[]"): 1}


# Comparing.


@pytest.mark.parametrize("value", PLAIN, ids=describe)
def test_equal_data_is_the_same(value: object) -> None:
    assert same(value, through_json(value))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (True, 1),
        (False, 0),
        (1, 1.0),
        (1, "1"),
        (b"a", "a"),
        ([1], (1,)),
        ([1], [True]),
        ([1], [1, 1]),
        ((1, (True,)), (1, (1,))),
        ({"a": 1}, {"a": True}),
        ({1: "x"}, {True: "x"}),
        ({1: "x"}, {1.0: "x"}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({1}, {True}),
        ({1, 2}, {1}),
        (None, False),
        (BLANK, None),
        (Thing(("A",), "x"), Thing(("B",), "x")),
        ({"a"}, ["a"]),
    ],
)
def test_other_type_or_value_is_not_the_same(one: object, other: object) -> None:
    assert not same(one, other)
    assert not same(other, one)
