"""The pictures of the lessons: both faces, from real traffic, the same in every run."""

import datetime
import functools
import os
import re
import socket
import subprocess
import sys
import threading
from http import HTTPStatus
from pathlib import Path
from xml.etree import ElementTree

import pytest
import requests
from flask import Flask, Response, abort, jsonify, make_response, redirect, request
from werkzeug.exceptions import HTTPException, NotFound

from server import Server
from server.codes import CODES
from server.pictures import funnel, histogram, journey, shelf, traffic_light, trial, wheel

ROOT = Path(__file__).parent.parent
SVG = "{http://www.w3.org/2000/svg}"


def make_app() -> Flask:
    app = Flask(__name__)

    @app.post("/items")
    def create():
        return {"id": 7}, 201, {"Location": request.args.get("where", "/items/7")}

    @app.post("/unlabelled")
    def unlabelled():
        return {"id": 7}, 201

    @app.put("/notes/tea")
    def put():
        return {}, 201

    @app.post("/reports")
    def report():
        return {}, 202, {"Location": "/reports/1"} if "where" in request.args else {}

    @app.get("/old")
    def old():
        return redirect("/new", 301)

    @app.get("/new")
    def new():
        return "", 204

    @app.get("/code/<int:code>")
    def code(code):
        return "", code

    return app


@pytest.fixture
def server():
    with Server(make_app()) as server:
        yield server


def refused() -> requests.RequestException:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/hello"
    with pytest.raises(requests.RequestException) as raised:
        requests.get(url, timeout=5)
    return raised.value


def silence() -> requests.RequestException:
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(requests.Timeout) as raised:
        requests.get(f"http://127.0.0.1:{listener.getsockname()[1]}/slow", timeout=(5, 0.05))
    return raised.value


def words(picture) -> str:
    """Return what the drawn face shows, and prove that it is well-formed."""
    ElementTree.fromstring(picture._repr_html_())
    return " ".join(ElementTree.fromstring(picture.html).itertext())


def folded(text: str) -> str:
    return " ".join(text.split())


def drawings(picture) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(picture._repr_html_()).iter(f"{SVG}svg"))


# Every picture, once.


def draw_all(server: Server) -> list:
    soup = {"name": "soup <b>&amp;</b>"}
    created = requests.post(server.url + "/items", json=soup, timeout=5)
    return [
        journey(created),
        journey(requests.get(server.url + "/old", timeout=5)),
        journey(requests.get(server.url + "/nope", timeout=5)),
        journey(refused()),
        journey(silence()),
        journey(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 0 Created\r\n\r\n"),
        journey(b"<html>"),
        journey(b""),
        wheel(),
        wheel(highlight=[404, 418, 471, 999]),
        traffic_light(),
        histogram([200, 404]),
        shelf(created),
        shelf(requests.post(server.url + "/unlabelled", json=soup, timeout=5)),
        shelf(requests.put(server.url + "/notes/tea", json=soup, timeout=5)),
        shelf(requests.post(server.url + "/reports?where", json=soup, timeout=5)),
        shelf(requests.get(server.url + "/old", timeout=5)),
        funnel(({"id": 1, "tags": "<b>"}, 201, {"Location": "/items/1"})),
        funnel(404),
        funnel({"b", "a", "c"}),
        funnel(object()),
    ]


def test_every_run_draws_the_same(server):
    with Server(make_app()) as other:
        first, second = draw_all(server), draw_all(other)
    assert [repr(picture) for picture in first] == [repr(picture) for picture in second]
    assert [picture._repr_html_() for picture in first] == [picture._repr_html_() for picture in second]
    for picture in first:
        for face in (repr(picture), picture._repr_html_()):
            assert not re.search(r"Date:|Server:|Connection:|Werkzeug|127\.0\.0\.1|0x[0-9a-f]", face)
            assert str(server.port) not in face


def test_every_process_draws_the_same():
    program = (
        "from server.pictures import *\n"
        "for picture in (wheel([404, 200]), funnel({'b', 'a', 'c'}), funnel({'x': {'q', 'p'}}), funnel(len)):\n"
        "    print(picture, picture._repr_html_())"
    )
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", program], env=os.environ | {"PYTHONHASHSEED": seed}, cwd=ROOT, stdout=subprocess.PIPE
        )
        for seed in ("1", "2")
    ]
    faces = {run.communicate()[0] for run in runs}
    assert [run.returncode for run in runs] == [0, 0]
    assert len(faces) == 1


def test_every_drawing_is_described(server):
    for picture in draw_all(server):
        for drawing in drawings(picture):
            title, description = drawing.find(f"{SVG}title"), drawing.find(f"{SVG}desc")
            assert drawing.get("role") == "img"
            assert drawing.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
            assert title.text
            assert description.text


def test_no_face_is_empty_or_endless(server):
    for picture in draw_all(server):
        assert len(repr(picture).splitlines()) >= 4
        assert max(len(line) for line in repr(picture).splitlines()) <= 100
        assert 500 < len(picture._repr_html_()) < 120_000


def test_ids_do_not_repeat_in_a_picture(server):
    for picture in draw_all(server):
        ids = re.findall(r' id="([^"]+)"', picture._repr_html_())
        assert len(ids) == len(set(ids))


# The journey.


def test_journey_has_five_steps_from_the_real_exchange(server):
    picture = journey(requests.post(server.url + "/items", json={"name": "soup"}, timeout=5))
    assert repr(picture).replace("\n   ", " ").splitlines() == [
        '1  The client builds a request: POST /items HTTP/1.1, with the content {"name": "soup"}',
        "2  The bytes travel to the server: first the request line, then the header fields, then the content",
        "3  The server works: its code for POST /items runs",
        "4  The status line comes back first: HTTP/1.1 [201] CREATED, then the header fields, then the content",
        "5  The client decides by the number: [201] is ✓ 2xx Successful: fine: use the answer",
    ]
    for part in ("POST /items", '{"name": "soup"}', "[201] CREATED", "✓ 201"):
        assert part in words(picture)


@pytest.mark.parametrize(
    ("code", "decision"),
    [
        (200, "fine: use the answer"),
        (202, "accepted, not done yet: ask later how far it is"),
        (302, "look elsewhere: ask again at the Location"),
        (304, "use the copy you have"),
        (404, "your turn: change something before you ask again"),
        (503, "their turn: the request may be right, so try later or report it"),
        (600, "treat it like a 5xx"),
    ],
)
def test_journey_ends_with_a_decision_by_the_number(server, code, decision):
    picture = journey(requests.get(f"{server.url}/code/{code}", timeout=5))
    assert decision in folded(repr(picture))
    assert f"[{code}]" in words(picture)


def test_journey_tells_of_redirects_and_interim_responses(server):
    assert "GET /new HTTP/1.1 (after 1 redirect)" in repr(journey(requests.get(server.url + "/old", timeout=5)))
    picture = journey(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 NO CONTENT\r\n\r\n", sent=b"GET /a HTTP/1.1\r\n\r\n")
    assert "HTTP/1.1 [100] Continue (not the answer yet), then HTTP/1.1 [204] NO CONTENT" in folded(repr(picture))
    assert "[100] Continue: not the answer yet" in words(picture)


@pytest.mark.parametrize(
    ("fail", "kind", "cut_after"), [(refused, "nobody listens", 2), (silence, "no answer in time", 3)]
)
def test_journey_without_an_answer_has_a_cut_cable(fail, kind, cut_after):
    error = fail()
    picture = journey(error)
    before, after = repr(picture).split("client -----x   x----- server   the cable is cut here")
    assert re.findall(r"^\d", before, re.MULTILINE)[-1] == str(cut_after)
    assert re.findall(r"^\d", after, re.MULTILINE)[0] == str(cut_after + 1)
    assert kind in words(picture)
    assert "no number to decide by" in words(picture)
    assert type(error).__name__ in words(picture)


def test_journey_stands_still_for_who_wants_it(server):
    picture = journey(requests.get(server.url + "/new", timeout=5))
    drawing = drawings(picture)[0]
    moving = [group for group in drawing.iter(f"{SVG}g") if group.find(f"{SVG}animate") is not None]
    assert len(moving) >= 6
    style = drawing.find(f"{SVG}style").text
    assert "prefers-reduced-motion:reduce" in style
    for group in moving:
        # Without its animation each part stands at its place and can be seen.
        assert set(group.attrib) == {"class"}
        assert f".{group.get('class')}{{opacity:1!important;transform:none!important}}" in style
    for animation in [*drawing.iter(f"{SVG}animate"), *drawing.iter(f"{SVG}animateTransform")]:
        assert animation.get("dur") == "5s"
        assert "repeatCount" not in animation.attrib
        times = [float(time) for time in animation.get("keyTimes").split(";")]
        assert times == sorted(times)
        assert len(times) == len(animation.get("values").split(";")) == len(animation.get("keySplines").split(";")) + 1


def test_an_animation_belongs_to_its_own_picture(server):
    one = journey(requests.get(server.url + "/new", timeout=5))._repr_html_()
    other = journey(requests.get(server.url + "/nope", timeout=5))._repr_html_()
    assert set(re.findall(r' id="([^"]+)"', one)).isdisjoint(re.findall(r' id="([^"]+)"', other))


# The wheel.


def test_wheel_counts_the_registry():
    text = folded(repr(wheel()))
    assert "61 are registered, 2 are reserved (306, 418) and 1 is temporary (104)" in text
    for part in ("61 registered", "2 reserved: 306, 418", "1 temporary: 104"):
        assert part in words(wheel())


def test_wheel_holds_every_code_once():
    dots = [text.text for text in drawings(wheel())[0].iter(f"{SVG}text") if re.fullmatch(r"\d{3}", text.text)]
    assert sorted(dots) == sorted(str(number) for number in CODES)
    assert set(re.findall(r"\b\d{3}\b", repr(wheel()))) >= {str(number) for number in CODES}


def test_dots_of_the_wheel_do_not_cover_each_other():
    circles = [circle for circle in drawings(wheel())[0].iter(f"{SVG}circle") if float(circle.get("r")) > 9]
    places = [(float(circle.get("cx")), float(circle.get("cy"))) for circle in circles]
    assert len(places) == len(CODES)
    for number, (x, y) in enumerate(places):
        for other_x, other_y in places[:number]:
            assert (x - other_x) ** 2 + (y - other_y) ** 2 > 24**2


def test_wheel_marks_codes_in_words_too():
    picture = wheel(highlight=[404, 418, 471, 999, HTTPStatus.OK])
    for line in (
        "[200] OK: ",
        "[404] Not Found: ",
        "[418] (Unused) is reserved: a client treats it like 400.",
        "[471] is not registered: a client treats it like 400.",
        "[999] is not on the wheel: codes go from 100 to 599. A client treats it like 500.",
    ):
        assert line in repr(picture)
        assert line in words(picture)
    assert "highlighted" in words(picture)
    assert "highlighted" not in words(wheel())


# The traffic light.


def test_traffic_light_has_two_reds_and_a_hand():
    text = repr(traffic_light())
    assert [line.split()[0] for line in text.splitlines() if line[:1].strip()][:5] == [
        "red",
        "red",
        "amber",
        "green",
        "hand",
    ]
    for part in ("5xx Server Error: their turn", "4xx Client Error: your turn", "look elsewhere", "wait, more comes"):
        assert part in text
        assert part in words(traffic_light())
    assert "no class for warnings" in text


# The histogram.


def test_histogram_has_every_class():
    assert repr(histogram([200, 201, 204, 404])) == "\n".join(
        [
            "4 answers by class",
            "… 1xx Informational   0",
            "✓ 2xx Successful      3 ████████████████████████████████████████",
            "➜ 3xx Redirection     0",
            "✗ 4xx Client Error    1 █████████████",
            "! 5xx Server Error    0",
        ]
    )


def test_histogram_of_a_live_log(server):
    for path in ("/new", "/old", "/nope", "/nope", "/code/503"):
        requests.get(server.url + path, allow_redirects=False, timeout=5)
    picture = histogram(logged.status for logged in server.log.requests)
    description = drawings(picture)[0].find(f"{SVG}desc").text
    assert description == "5 answers: 1xx 0, 2xx 1, 3xx 1, 4xx 2, 5xx 1"


def test_histogram_of_nothing_and_of_odd_numbers():
    assert "0 answers by class" in repr(histogram([]))
    assert "█" not in repr(histogram([]))
    assert "? not a status code   2" in repr(histogram([0, 999, 200]))
    assert repr(histogram([200] * 10_000 + [404])).count("█") == 41


@pytest.mark.parametrize("code", ["404", None, True, 404.0])
def test_histogram_refuses_what_is_no_code(code):
    with pytest.raises(TypeError, match="histogram\\(\\) counts status codes such as 404"):
        histogram([200, code])


# The shelf.


def test_location_is_the_label_on_the_box(server):
    picture = shelf(requests.post(server.url + "/items", json={"name": "soup"}, timeout=5))
    assert '[ {"name": "soup"} ]   label: /items/7' in repr(picture)
    assert "/items/7" in words(picture)
    assert "GET /items/7 asks for it." in repr(picture)


@pytest.mark.parametrize(
    ("location", "address"),
    [
        ("/items/7", "/items/7"),
        ("items/7", "/items/7"),
        ("?page=2", "/items?page=2"),
        ("{url}/items/7", "/items/7"),
        ("http://example.org/7", "http://example.org/7"),
    ],
)
def test_location_is_resolved(server, location, address):
    where = location.format(url=server.url)
    picture = shelf(requests.post(server.url + "/items", params={"where": where}, timeout=5))
    assert f"GET {address} asks for it." in folded(repr(picture))


def test_a_box_without_a_label(server):
    picture = shelf(requests.post(server.url + "/unlabelled", json={"name": "soup"}, timeout=5))
    assert "label: none" in repr(picture)
    assert "no label" in words(picture)
    assert "RFC 9110 §15.3.2" in repr(picture)


def test_put_writes_its_own_label(server):
    picture = shelf(requests.put(server.url + "/notes/tea", json={}, timeout=5))
    assert "label: /notes/tea" in repr(picture)
    assert "PUT names the place itself" in words(picture)


def test_nothing_else_puts_a_box_on_the_shelf(server):
    picture = shelf(requests.get(server.url + "/new", timeout=5))
    assert "(nothing new)" in repr(picture)
    assert "204 does not say that anything was created: no box." in words(picture)


def test_accepted_is_not_there_yet(server):
    later = shelf(requests.post(server.url + "/reports?where", timeout=5))
    assert "not here yet" in words(later)
    assert "GET /reports/1" in folded(repr(later))
    assert "There is no Location" in repr(shelf(requests.post(server.url + "/reports", timeout=5)))


@pytest.mark.parametrize("thing", [None, 201, b"HTTP/1.1 201 CREATED\r\n\r\n", requests.Response()])
def test_shelf_needs_a_response(thing):
    with pytest.raises(TypeError, match="shelf\\(\\) draws what a request created. Pass it a response"):
        shelf(thing)


# The funnel: the rows of what a view can return, as measured.

JSON = "Content-Type: application/json"
HTML = "Content-Type: text/html; charset=utf-8"
FUNNEL = [
    ("hi", "200", [HTML, "Content-Length: 2"]),
    (404, "500", ["TypeError: The view function did not return a valid response.", "int: nothing that Flask can send"]),
    (("", 404), "404", ["empty: 0 bytes"]),
    (("x", {"X-A": "1"}), "200", ["X-A: 1", "content, header fields"]),
    (({"a": 1}, {"b": "2"}), "200", ["b: 2", '{"a": 1}', "content, header fields"]),
    (({"id": 1}, 201, {"Location": "/1"}), "201", ["Location: /1", JSON]),
    (({"id": 1}, {"Location": "/1"}, 201), "500", ["AttributeError: 'dict' object has no attribute 'strip'"]),
    (("x", "201 Created"), "201", ["[201] Created"]),
    (("x", "201"), "201", ["[201] CREATED"]),
    (("x", "Created"), None, ["HTTP/1.1 [0] Created", "requests raises ConnectionError (BadStatusLine)"]),
    (("x", HTTPStatus.CREATED), "201", ["<HTTPStatus.CREATED: 201>"]),
    (("x", "201 All done boss"), "201", ["HTTP/1.1 [201] All done boss"]),
    (({"a": 1}, 201), "201", [JSON, "content, status"]),
    (lambda: jsonify({"a": 1}, 201), "200", ['[{"a": 1}, 201]', "a finished response"]),
    (lambda: jsonify(error="no", status=404), "200", ['{"error": "no", "status": 404}']),
    ([1, 2], "200", [JSON, "list: the content, written as JSON"]),
    (lambda: None, "500", ["TypeError: The view function for 'your_view' did not return a valid response."]),
    ((None, 204), "500", ["returned None or ended without a return statement"]),
    (("x", None), "200", [HTML]),
    (("x",), "500", ["a tuple of 1 part: Flask takes 2 or 3"]),
    (True, "500", ["but it was a bool"]),
    ((Response("x", status=500), 201), "201", ["<Response 1 bytes [500 INTERNAL SERVER ERROR]>"]),
    (lambda: make_response({"id": 1}, 201), "201", [JSON, '{"id": 1}']),
    ({1, 2}, "500", ["return {1, 2}", "but it was a set"]),
    ({"when": datetime.datetime(2026, 1, 2), "tags": {1}}, "500", ["Object of type set is not JSON serializable"]),
    ({"when": datetime.datetime(2026, 1, 2)}, "200", ["Fri, 02 Jan 2026 00:00:00 GMT"]),
    (("x", 999), "999", ["HTTP/1.1 [999] UNKNOWN", "not a status code"]),
    (("x", 600), "600", ["HTTP/1.1 [600] UNKNOWN", "from 100 to 599"]),
    (("x", 99), None, ["HTTP/1.1 [99] UNKNOWN", "BadStatusLine"]),
    (("x", 1000), None, ["HTTP/1.1 [1000] UNKNOWN", "BadStatusLine"]),
    (("x", 471), "471", ["HTTP/1.1 [471] UNKNOWN", "4xx Client Error"]),
    (("x", 200.0), "500", ["AttributeError: 'float' object has no attribute 'strip'"]),
    (("x", True), None, ["HTTP/1.1 [1] UNKNOWN", "BadStatusLine"]),
    (lambda: abort(404), "404", ["raised NotFound: 404 Not Found", HTML]),
    (("x", "200 "), "200", ["HTTP/1.1 [200] OK"]),
    # Beyond the return values themselves.
    (({"message": "deleted"}, 204), "204", ["no content: 204 never has any", "dropped on the way"]),
    (("x", 304), "304", ["no content: 304 never has any", "dropped on the way"]),
    (("x", 100), None, ["HTTP/1.1 [100] CONTINUE", "The final one is missing.", "RemoteDisconnected"]),
    (("x", 103), "103", ["HTTP/1.1 [103] EARLY HINTS", "The final one is missing."]),
    (lambda: {}["title"], "500", ["raised KeyError: 'title'", "Nobody caught the exception."]),
    (lambda: abort(204), "500", ["raised LookupError: no exception for 204"]),
    (NotFound(), "404", ["returned, not raised: no error handler sees it"]),
    (lambda: redirect("/new", 303), "303", ["Location: /new"]),
    (lambda: (part for part in ("a", "b")), "200", ["piece by piece", "Transfer-Encoding: chunked", "ab"]),
    (lambda: (part for part in (1,)), "200", ["broke off before its last chunk"]),
    (("x", {"b": "€"}), None, ["closed without an answer"]),
    (b"\x89PNG\0", "200", ["binary: 5 bytes"]),
    (functools.partial(make_response, "x", 202), "202", ["accepted, not done yet"]),
    (lambda one: one, "500", ["raised TypeError:"]),
    (Flask("another"), "404", ["which Flask takes for a WSGI app"]),
]


@pytest.mark.parametrize(("value", "number", "parts"), FUNNEL)
def test_funnel_shows_what_becomes_of_a_return_value(value, number, parts):
    picture = funnel(value)
    read = f"the number {number}" if number else "no number"
    for face in (folded(repr(picture)), folded(words(picture))):
        assert read in face
        for part in parts:
            # In the HTML face the digits stand in a box of their own.
            assert part in face or re.sub(r"\[(\d+)\]", r"\1", part) in face


def test_funnel_agrees_with_what_requests_reads():
    app = Flask(__name__)
    value = ({"id": 1}, 201, {"Location": "/items/1"})
    app.add_url_rule("/", "view", lambda: value)
    with Server(app) as server:
        response = requests.get(server.url, timeout=5)
    text = repr(funnel(value))
    assert f"reads the number {response.status_code}" in text
    for name in ("Content-Type", "Content-Length", "Location"):
        assert f"{name}: {response.headers[name]}" in text


def test_funnel_is_the_whole_way():
    assert repr(funnel(({"message": "deleted"}, 204))) == "\n".join(
        [
            "1 view     return ({'message': 'deleted'}, 204)",
            "           (a tuple of 2 parts: content, status)",
            "",
            "2 Flask    [204] NO CONTENT",
            "           Content-Type: application/json",
            "           Content-Length: 22",
            "",
            '           {"message": "deleted"}',
            "",
            "3 wire     HTTP/1.1 [204] NO CONTENT   ✓ 2xx Successful: fine",
            "           Content-Type: application/json",
            "           (no content: 204 never has any)",
            "           Note: Flask built content, but it was dropped on the way: none of it went over",
            "           the wire.",
            "",
            "4 client   reads the number 204",
        ]
    )


def test_flask_chooses_the_same_number_for_every_method():
    for method in ("GET", "post", "PUT", "PATCH", "DELETE"):
        assert "reads the number 200" in repr(funnel({"id": 1}, method=method))


def test_the_answer_to_head_has_no_content():
    assert "the answer to HEAD never has any" in repr(funnel({"id": 1}, method="HEAD"))


def test_a_function_is_called_inside_the_request_once():
    calls = []

    def view():
        calls.append(request.method)
        return jsonify(calls=len(calls))

    assert '{"calls": 1}' in repr(funnel(view, "POST"))
    assert calls == ["POST"]


def test_an_exception_without_a_code():
    def view():
        raise HTTPException("no code")

    assert "raised HTTPException" in repr(funnel(view))


def test_hostile_values_stay_text():
    class Hostile:
        def __repr__(self):
            return "<script>\x1b[31m</div>"

    class Broken:
        def __repr__(self):
            raise ValueError

    for value in (Hostile(), Broken(), ("<script>", 200, {"X": "</div>"})):
        picture = funnel(value)
        assert "\x1b" not in repr(picture)
        words(picture)
    assert "repr() of it raised ValueError" in repr(funnel(Broken()))


def test_a_view_that_never_ends_is_given_up(monkeypatch):
    given_up = threading.Event()
    read_wire = trial._wire

    def give_up(*arguments):
        given_up.set()
        return read_wire(*arguments)

    def view():
        given_up.wait(10)
        return "late"

    monkeypatch.setattr(trial, "PATIENCE", 0.05)
    monkeypatch.setattr(trial, "_wire", give_up)
    text = repr(funnel(view))
    assert "(did not finish in time)" in text
    assert "no status code: no answer in time" in text
    assert "reads nothing in time" in text


def test_a_view_that_sends_for_ever_is_cut():
    def for_ever():
        while True:
            yield "word " * 1_000

    for value in (for_ever, "x" * 3_000_000):
        text = repr(funnel(value))
        assert "cut here: more than 1,000,000 bytes came" in text
        assert "promised" not in text
        assert len(text) < 10_000


def test_funnel_is_quiet(capfd):
    for value in (404, lambda: 1 / 0, ("x", {"b": "€"})):
        funnel(value)
    assert capfd.readouterr() == ("", "")
