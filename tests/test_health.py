"""Health pictures: both faces, every class, and what a contract does not know."""

from xml.etree import ElementTree

from server.pictures.health import coverage, traffic

CONTRACT = {("GET", "/r/<id>"): {200, 404}, ("POST", "/r"): {201, 400}}


def shown(picture):
    """Return the words of the HTML face, and prove that it is well-formed."""
    return " ".join(ElementTree.fromstring(picture._repr_html_()).itertext())


def test_traffic_stacks_the_classes_of_each_interval():
    picture = traffic({"0 s": [200, 404, 201], "5 s": [503, 200], "10 s": []}, "One minute")
    assert repr(picture).splitlines() == [
        "One minute",
        "",
        " 0 s  ✓✓✗",
        " 5 s  ✓!",
        "10 s  (no answer)",
        "",
        "✓ 2xx Successful",
        "✗ 4xx Client Error",
        "! 5xx Server Error",
    ]
    for words in ("One minute", "✓ 2", "✗ 1", "! 1", "5xx Server Error", "10 s"):
        assert words in shown(picture)


def test_much_traffic_is_scaled_and_nothing_disappears():
    picture = traffic({"all": [200] * 999 + [500, 999]})
    line = repr(picture).splitlines()[2]
    assert line.startswith("all  ✓")
    assert line.endswith("!?")
    assert len(line) <= 80
    assert "One symbol stands for up to 17 answers." in repr(picture)
    assert "not a status code" in shown(picture)


def test_traffic_without_an_interval():
    assert "Answers over time" in shown(traffic({}))


def test_coverage_tells_seen_from_unseen_and_undocumented():
    seen = [("GET", "/r/<id>", 200), ("POST", "/r", 500), ("POST", "/r", 500), ("PATCH", "/r", 405)]
    picture = coverage(CONTRACT, seen, "Our contract")
    assert repr(picture).splitlines() == [
        "Our contract",
        "",
        "GET /r/<id>  ✓ 200 seen   ? 404 not seen yet",
        "POST /r      ? 201 not seen yet   ? 400 not seen yet   ! 500 undocumented",
        "PATCH /r     ! 405 undocumented",
    ]
    for words in ("GET /r/<id>", "✓ 200 seen", "? 404 not seen yet", "! 405 undocumented"):
        assert words in shown(picture)


def test_an_empty_contract_documents_nothing():
    assert "! 200 undocumented" in repr(coverage({}, [("GET", "/", 200)]))
    assert "The contract" in shown(coverage({}, []))
