"""Requests on an axis of time, and the bucket: both faces say when each request went out and what came back."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from server.pictures.pace import bucket, pace

LOOP = [(0.0, 200), (0.5, 429), (1.0, 503), (9.0, 200)]
POLITE = [(0.0, 200), (1.5, 200)]


def words(picture) -> str:
    return " ".join(ElementTree.fromstring(picture._repr_html_()).itertext())


def drawn(picture) -> list[ElementTree.Element]:
    return [element for element in ElementTree.fromstring(picture.html).iter() if element.tag.endswith("rect")]


def test_the_plain_face_shows_every_request_at_its_time():
    lines = repr(pace({"loop": LOOP, "polite": POLITE}, 2)).splitlines()
    assert lines[0] == " " * 8 + "0" + " " * 31 + "1" + " " * 31 + "2 s"
    assert lines[1] == "loop    ✓" + "·" * 15 + "✗" + "·" * 15 + "!" + "·" * 32
    assert lines[2] == "polite  ✓" + "·" * 47 + "✓" + "·" * 16
    assert lines[-2:] == ["loop: 4 requests (2 x 200, 1 x 429, 1 x 503)", "polite: 2 requests (2 x 200)"]


def test_requests_at_the_same_moment_stand_side_by_side():
    assert repr(pace({"a": [(0.0, 200), (0.0, 429), (0.0, 503)]}, 4)).splitlines()[1].startswith("a  ✓✗!·")


def test_the_drawn_face_says_the_same():
    picture = pace({"<loop>": LOOP, "polite": POLITE}, 2)
    for word in ("<loop>", "polite", "4: 2 ✓ 1 ✗ 1 !", "0 s", "2 s", "✓ 2xx: tall", "! 5xx: hollow"):
        assert word in words(picture)
    # Three of the first run and two of the second: what was sent after the end of the axis is only counted.
    assert len(drawn(picture)) == 5


def test_marks_of_the_classes_differ_by_more_than_their_colour():
    heights = {code: drawn(pace({"one": [(0.0, code)]}, 1))[0].attrib for code in (200, 429, 503)}
    assert heights[200]["height"] != heights[429]["height"]
    assert heights[429]["style"].split(";")[0] != heights[503]["style"].split(";")[0]


def test_a_client_that_never_asked():
    picture = pace({"nobody": []}, 1)
    assert repr(picture).splitlines()[-1] == "nobody: 0 requests"
    assert "none" in words(picture)


def test_long_axes_do_not_number_every_second():
    ruler = repr(pace({"slow": [(120.0, 200)]}, 120)).splitlines()[0]
    assert ruler.split() == ["0", "10", "20", "30", "40", "50", "60", "70", "80", "90", "100", "110", "120", "s"]


@pytest.mark.parametrize(("runs", "seconds"), [({}, 1), ({"one": []}, 0)])
def test_nothing_to_draw(runs, seconds):
    with pytest.raises(ValueError, match="at least one run"):
        pace(runs, seconds)


def test_the_bucket_counts_its_tokens():
    run = [(0.0, 200), (0.0, 200), (0.5, 429), (1.0, 200), (9.0, 200)]
    assert repr(bucket(run, capacity=2, rate=1, seconds=10)).splitlines() == [
        "second   tokens  answer",
        "0        ●●      ✓ 200",
        "0        ●○      ✓ 200",
        "0.5      ○○      ✗ 429",
        "1        ●○      ✓ 200",
        "9        ●●      ✓ 200",
    ]


def test_the_water_in_the_bucket_rises_and_falls():
    picture = bucket([(1.0, 200), (1.0, 200)], capacity=2, rate=1, seconds=4)
    path = next(
        element for element in ElementTree.fromstring(picture.html).iter() if "fill-opacity" in str(element.attrib)
    )
    heights = [float(point.split(" ")[1]) for point in path.attrib["d"].removesuffix(" Z").split(" L")]
    full, empty = min(heights), max(heights)
    # From the bottom to a full bucket, which overflows, to an empty one, to a full one again, and to the bottom.
    assert [round((empty - height) / (empty - full) * 2, 1) for height in heights] == [0, 2, 2, 1, 1, 0, 2, 2, 0]
    assert "1 a second drips in" in words(picture)


@pytest.mark.parametrize("wrong", [{"capacity": 0}, {"rate": 0}, {"seconds": 0}])
def test_a_bucket_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError, match="needs room"):
        bucket([], **{"capacity": 1, "rate": 1, "seconds": 1, **wrong})
