"""The matrix of redirects: both faces say what became of every request."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from server.pictures.treatments import treatments

TABLE = {
    "POST": {301: "method changed", 308: "intact"},
    "DELETE": {301: "body lost", 308: "not followed"},
}


def words(picture) -> str:
    return " ".join(ElementTree.fromstring(picture.html).itertext())


def test_the_plain_face_is_a_table():
    assert repr(treatments(TABLE, "a <client>")).splitlines()[:4] == [
        "a <client>",
        "        301              308",
        "POST    ≠ method changed ✓ intact",
        "DELETE  − body lost      ∅ not followed",
    ]


def test_the_drawn_face_says_the_same():
    drawn = words(treatments(TABLE, "a <client>"))
    for word in ("a <client>", "POST", "DELETE", "301", "308", "✓ intact", "− body lost", "∅ not followed"):
        assert word in drawn


@pytest.mark.parametrize("word", ["intact", "body lost", "method changed", "not followed"])
def test_only_what_occurs_is_explained(word):
    picture = treatments({"PUT": {302: word}}, "client")
    assert len(re.findall(r"^\S (?:intact|body lost|method changed|not followed): ", repr(picture), re.MULTILINE)) == 1
    assert f"{word}: " in repr(picture)


def test_a_missing_cell_stays_empty():
    picture = treatments({"PUT": {301: "intact"}, "POST": {302: "intact"}}, "client")
    assert repr(picture).splitlines()[2:4] == ["PUT   ✓ intact", f"POST  {'':17}✓ intact"]


def test_an_unknown_word_is_named():
    with pytest.raises(ValueError, match="'lost' is none of the words 'intact'"):
        treatments({"PUT": {302: "lost"}}, "client")


def test_nothing_to_draw():
    assert repr(treatments({}, "client")).splitlines()[0] == "client"
