"""What show() draws: both faces, for everything that can come back."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree import ElementTree

import pytest
import requests
from flask import Flask, Response, redirect, request
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from server import Server, show
from server.drawing import INVALID, LOOKS, NO_ANSWER
from server.pictures import journey
from server.tidy import CHARACTERS_SHOWN, FIELDS_SHOWN, Tidy, pretty

# JupyterLab's backgrounds: light, dark, and dark with high contrast.
LIGHT, DARK, BLACK = "#ffffff", "#212121", "#111111"


def make_app() -> Flask:
    app = Flask(__name__)

    @app.post("/items")
    def create():
        return {"id": 7}, 201, {"Location": "/items/7"}

    @app.get("/teapot")
    def teapot():
        return {"title": "no coffee"}, 418, {"Content-Type": "application/problem+json"}

    @app.delete("/items/7")
    def delete():
        return "", 204

    @app.get("/me")
    def me():
        return {"url": request.url, "host": request.host, "app": repr(app.app_context())}

    @app.route("/old", methods=["GET", "POST"])
    def old():
        return redirect("/new", 301)

    @app.get("/new")
    def new():
        return redirect(request.host_url + "me", 302)

    @app.get("/loop")
    def loop():
        return redirect("/loop", 302)

    @app.get("/slash/")
    def slash():
        return "here"

    @app.get("/hostile")
    def hostile():
        text = "<script>alert(1)</script> \x1b[31mred\x1b[0m \u202eevil \0 &amp;"
        return Response(text.replace("\0", ""), headers={"X-Hostile": '"><img src=x onerror=alert(1)>'})

    @app.get("/long")
    def long():
        return "word " * 200_000, 200, {"X-Long": "v" * 5_000}

    @app.get("/code/<int:code>")
    def code(code):
        return {"code": code}, code

    @app.get("/slow")
    def slow():
        hang.wait(10)
        return ""

    hang = threading.Event()
    app.extensions["hang"] = hang
    return app


@pytest.fixture
def server():
    app = make_app()
    with Server(app) as server:
        yield server
        app.extensions["hang"].set()


@contextmanager
def scripted(answer: bytes | None) -> Iterator[str]:
    """Answer one request with bytes, whatever it asks; None holds the connection open until the end."""
    done = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65_536)
            if answer is None:
                done.wait(10)
            else:
                connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            done.set()
            thread.join()


def refused_url() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def exception_of(url: str, **options) -> requests.RequestException:
    with pytest.raises(requests.RequestException) as raised:
        requests.get(url, **{"timeout": 5} | options)
    return raised.value


def words(picture) -> str:
    """Return what the drawn face shows, and prove that it is well-formed."""
    ElementTree.fromstring(picture._repr_html_())
    return " ".join(ElementTree.fromstring(picture.html).itertext())


def test_the_text_is_the_whole_exchange(server):
    picture = show(requests.post(f"{server.url}/items?draft=1", json={"name": "soup"}, timeout=5))
    assert repr(picture) == "\n".join(
        [
            "request    POST /items?draft=1 HTTP/1.1",
            "           Content-Type: application/json",
            "",
            '           {"name": "soup"}',
            "",
            "response   HTTP/1.1 [201] CREATED   ✓ 2xx Successful: fine",
            "           Content-Type: application/json",
            "           Content-Length: 9",
            "           Location: /items/7",
            "",
            '           {"id": 7}',
        ]
    )


def test_both_faces_say_the_same(server):
    picture = show(requests.post(f"{server.url}/items", json={"name": "soup"}, timeout=5))
    for part in (
        "POST /items",
        '{"name": "soup"}',
        "201",
        "CREATED",
        "✓ 2xx Successful",
        "Location: /items/7",
        '{"id": 7}',
    ):
        assert part in words(picture)
        assert part in repr(picture)


def test_the_request_shows_what_is_worth_reading(server):
    headers = {"Authorization": "Bearer t-ann", "Accept": "text/csv", "If-Match": '"v1"'}
    text = repr(show(requests.get(server.url + "/me", headers=headers, timeout=5)))
    for field in ("Authorization: Bearer t-ann", "Accept: text/csv", 'If-Match: "v1"'):
        assert field in text
    for field in ("User-Agent", "Accept-Encoding", "Connection", "Host:"):
        assert field not in text


def test_accepting_everything_is_not_worth_reading(server):
    assert "Accept" not in repr(show(requests.get(server.url + "/me", timeout=5)))


def draw_everything() -> list[str]:
    """Draw the same exchanges with a new server on a new port, and return all faces."""
    with Server(make_app()) as server:
        url, options = server.url, {"timeout": 5}
        things = [
            requests.get(url + "/me", **options),
            requests.post(url + "/old", json={"url": url}, **options),
            requests.get(url + "/slash", **options),
            requests.put(url + "/items", **options),
            requests.get(url + f"/nope?next={url}/me&port=http%3A%2F%2F127.0.0.1%3A{server.port}%2F", **options),
            requests.post(url + "/items", files={"file": b"content"}, **options),
            requests.get(url + "/hostile", headers={"Referer": url}, **options),
            exception_of(url + "/slow", timeout=(5, 0.05)),
            exception_of(refused_url()),
        ]
        with scripted(f"{url} says hello".encode()) as scripted_url:
            things.append(exception_of(scripted_url + "/hello"))
        server.app.extensions["hang"].set()
        pictures = [draw(thing) for draw in (show, journey) for thing in things]
        faces = [face for picture in pictures for face in (picture._repr_html_(), repr(picture))]
        assert not any(str(server.port) in face for face in faces)
    return faces


def test_every_run_draws_the_same():
    first, second = draw_everything(), draw_everything()
    assert first == second
    for face in first:
        for varying in ("Date:", "Server:", "Connection:", "Werkzeug", "127.0.0.1", "at 0x7", "at 0x5"):
            assert varying not in face


def test_addresses_of_servers_and_of_memory_get_names(server):
    text = repr(show(requests.get(server.url + "/me", timeout=5)))
    assert '"url": "http://<server>/me"' in text
    assert '"host": "<server>"' in text
    assert "at 0x…" in text


def test_a_second_server_gets_another_name():
    tidy = Tidy()
    assert tidy.text("http://127.0.0.1:5000/a http://127.0.0.1:5001/b http://127.0.0.1:5000") == (
        "http://<server>/a http://<server 2>/b http://<server>"
    )
    assert tidy.text("http://localhost:5000/") == "http://<server as localhost>/"


def test_a_length_that_depends_on_the_port_is_left_out(server):
    assert "Content-Length" not in repr(show(requests.get(server.url + "/me", timeout=5)))
    assert "Content-Length: 4" in repr(show(requests.get(server.url + "/slash/", timeout=5)))


@pytest.mark.parametrize("order", ["POST, OPTIONS, GET", "OPTIONS, GET, POST"])
def test_allow_is_sorted(order):
    picture = show(f"HTTP/1.1 405 METHOD NOT ALLOWED\r\nAllow: {order}\r\n\r\n".encode())
    assert "Allow: GET, OPTIONS, POST" in repr(picture)
    assert "Allow: GET, OPTIONS, POST" in words(picture)


def test_dates_and_boundaries_get_names():
    picture = show(
        b"HTTP/1.1 503 X\r\nDate: Sat, 21 Nov 2026 21:00:00 GMT\r\nRetry-After: Sat, 21 Nov 2026 21:00:30 GMT\r\n"
        b'Content-Type: multipart/mixed; boundary="a1b2"\r\n\r\n--a1b2\r\none\r\n--a1b2--\r\n'
    )
    assert "Retry-After: <date>" in repr(picture)
    assert "--<boundary>--" in repr(picture)
    assert "2026" not in repr(picture)
    assert "a1b2" not in repr(picture)


def test_hostile_answers_stay_text(server):
    picture = show(requests.get(server.url + "/hostile", timeout=5))
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(picture._repr_html_()).iter()}
    assert tags <= {"div", "span", "b", "pre"}
    assert "<script>alert(1)</script>" in words(picture)
    assert 'X-Hostile: "><img src=x onerror=alert(1)>' in words(picture)
    for face in (picture._repr_html_(), repr(picture)):
        assert "\x1b" not in face
        assert "\u202e" not in face
        assert r"\x1b[31mred" in face


def test_hostile_bytes_stay_text():
    hostile = b"HTTP/1.1 200 <b>\x1b[1mOK\r\n<i>: </div>\r\nX\0: \x07\r\n\r\n</div></svg>\x9b"
    picture = show(hostile, sent=b"GET /<script> HTTP/1.1\r\n\r\n")
    assert "<script>" in words(picture)
    assert "\x1b" not in repr(picture)
    assert "\0" not in picture._repr_html_()


def test_lone_surrogates_in_json_can_be_stored():
    picture = show(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"a": "\\ud800"}')
    assert r"\ud800" in repr(picture)
    assert picture._repr_html_().encode()


def test_long_answers_are_cut_with_a_note(server):
    picture = show(requests.get(server.url + "/long?" + "q" * 3_000, timeout=5))
    assert "cut here: 1,000,000 bytes in all" in repr(picture)
    assert "(5,000 characters)" in repr(picture)
    assert len(picture._repr_html_()) < 6 * CHARACTERS_SHOWN


def test_many_header_fields_are_cut_with_a_note():
    fields = "".join(f"X-{number}: 1\r\n" for number in range(90))
    text = repr(show(f"HTTP/1.1 200 OK\r\n{fields}\r\n".encode()))
    assert f"and {90 - FIELDS_SHOWN} more header fields" in text
    assert text.count("X-") == FIELDS_SHOWN


def test_many_lines_are_cut_with_a_note():
    text = repr(show(b"HTTP/1.1 200 OK\r\n\r\n" + b"line\n" * 1_000))
    assert "cut here: 5,000 bytes in all" in text
    assert text.count("line") == 30


@pytest.mark.parametrize(
    ("body", "media_type", "shown"),
    [
        (b'{"b":[1,2],"a":"\xc3\xa9"}', "application/json", '{"b": [1, 2], "a": "é"}'),
        (b'{"title":"x"}', "application/problem+json; charset=utf-8", '{"title": "x"}'),
        (b'{"title":"x"}', "text/plain", '{"title":"x"}'),
        (b'{"title":', "application/json", "The media type says JSON, but this is not JSON."),
        (b"[" * 50_000, "application/json", "cut here: 50,000 bytes in all"),
        (b"9" * 5_000, "application/json", "cut here: 5,000 bytes in all"),
        (b"\x89PNG\r\n\x1a\n\0\0", "image/png", "binary: 10 bytes, the first are 89 50 4e 47 0d 0a 1a 0a"),
        (b"caf\xe9", "text/plain; charset=latin-1", "café"),
        (b"caf\xc3\xa9", "text/plain; charset=unheard-of", "binary: 5 bytes"),
        (b"", "text/plain", "empty: 0 bytes"),
    ],
)
def test_content_is_shown_by_its_media_type(body, media_type, shown):
    raw = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\n\r\n".encode() + body
    picture = show(raw)
    assert shown in repr(picture)
    assert shown in words(picture)


def test_json_is_broken_only_where_a_line_gets_long():
    assert pretty({"id": 1}) == '{"id": 1}'
    assert pretty({"items": [{"name": "a" * 30}, {"name": "b" * 30}], "n": [1, 2]}) == "\n".join(
        [
            "{",
            '  "items": [',
            '    {"name": "' + "a" * 30 + '"},',
            '    {"name": "' + "b" * 30 + '"}',
            "  ],",
            '  "n": [1, 2]',
            "}",
        ]
    )


def test_a_response_that_cannot_have_content_says_so(server):
    gone = repr(show(requests.delete(server.url + "/items/7", timeout=5)))
    assert "no content: 204 never has any" in gone
    assert "Content-Length" not in gone
    assert "the answer to HEAD never has any" in repr(show(requests.head(server.url + "/slash/", timeout=5)))


def test_a_stream_is_left_to_its_reader(server):
    with requests.get(server.url + "/slash/", stream=True, timeout=5) as response:
        assert "not read yet" in repr(show(response))
        assert response.text == "here"


def test_redirects_are_a_chain(server):
    text = repr(show(requests.post(server.url + "/old", json={"name": "soup"}, timeout=5)))
    assert "1  POST /old -> [301] MOVED PERMANENTLY   Location: /new" in text
    assert "2  GET /new -> [302] FOUND   Location: http://<server>/me" in text
    assert "3  GET /me -> [200] OK" in text
    assert "Request 2: the method changed, POST became GET." in text
    assert "Request 2: the content was dropped." in text


def test_every_hop_is_drawn(server):
    shown = words(show(requests.post(server.url + "/old", json={"name": "soup"}, timeout=5)))
    for part in ("POST", "/old", "➜ 301", "Location: /new", "➜ 302", "✓ 200", "POST became GET"):
        assert part in shown


def test_an_endless_chain_is_cut(server):
    picture = show(exception_of(server.url + "/loop"))
    for face in (repr(picture), words(picture)):
        assert "and 23 more" in face
        assert "TooManyRedirects" in face
        assert face.count("/loop") < 30


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (200, "✓ 2xx Successful: fine"),
        (202, "✓ 2xx Successful: accepted, not done yet"),
        (302, "➜ 3xx Redirection: look elsewhere"),
        (304, "➜ 3xx Redirection: use your stored copy"),
        (404, "✗ 4xx Client Error: your turn"),
        (471, "✗ 4xx Client Error: your turn"),
        (503, "! 5xx Server Error: their turn"),
        (999, "? not a status code: treat it like a 5xx"),
    ],
)
def test_the_class_is_told_in_words_and_by_a_symbol(server, code, verdict):
    picture = show(requests.get(f"{server.url}/code/{code}", allow_redirects=False, timeout=5))
    assert f"[{code}]" in repr(picture)
    assert verdict in repr(picture)
    assert verdict in words(picture)


def test_nobody_listens():
    picture = show(exception_of(refused_url() + "/hello"))
    for face in (repr(picture), words(picture)):
        assert "GET /hello" in face
        assert "no status code: nobody listens" in face
        assert "requests raised ConnectionError" in face
    assert "client -----x   x----- server" in repr(picture)
    assert "A cut cable: nobody listens" in words(picture)


def test_no_answer_in_time(server):
    assert "no status code: no answer in time" in repr(show(exception_of(server.url + "/slow", timeout=(5, 0.05))))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"", "no status code: closed without an answer"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "no status code: closed without an answer"),
        (b"<h1>Hello</h1>", "no status code: the answer is not HTTP"),
        (b"HTTP/1.1 0 Created\r\n\r\n", "no status code: the answer is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "not in this exception: the answer broke off"),
        (
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf",
            "not in this exception: the answer broke off",
        ),
    ],
)
def test_broken_answers_have_a_name(answer, kind):
    with scripted(answer) as url:
        picture = show(exception_of(url))
    assert kind in repr(picture)
    assert kind in words(picture)


def test_bytes_that_came_instead_of_an_answer_are_shown():
    with scripted(b"HTTP/1.1 0 Created\r\n\r\n") as url:
        assert "Instead of a status line came: HTTP/1.1 0 Created" in repr(show(exception_of(url)))


def test_a_refused_request_was_never_sent():
    text = repr(show(exception_of("/items")))
    assert "no status code: never sent" in text
    assert "client -----x" not in text


def test_a_name_without_an_address(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "no such server" in repr(show(exception_of("http://no-such-server.invalid/")))


def test_other_exceptions_have_a_name():
    assert "the proxy does not connect" in repr(
        show(exception_of("http://no-such-server.invalid/", proxies={"http": refused_url()}))
    )
    assert "no status code: no answer" in repr(show(requests.RequestException("?")))


def test_no_secure_connection():
    with scripted(b"HTTP/1.1 400 BAD REQUEST\r\n\r\n") as url:
        assert "no secure connection" in repr(show(exception_of(url.replace("http:", "https:"))))


@pytest.mark.parametrize(
    ("retry_after", "kind"), [("0", "every attempt failed"), ("soon", "a header field cannot be read")]
)
def test_retries_that_end_in_an_exception(retry_after, kind):
    app = Flask(__name__)
    app.add_url_rule("/", "busy", lambda: ("", 503, {"Retry-After": retry_after}))
    with Server(app) as server, requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=Retry(total=1, status_forcelist=[503])))
        with pytest.raises(requests.RequestException) as raised:
            session.get(server.url, timeout=5)
    text = repr(show(raised.value))
    assert kind in text
    assert "the status code is not in this exception" in text


def test_an_exception_that_carries_an_answer_shows_it(server):
    response = requests.get(server.url + "/teapot", timeout=5)
    with pytest.raises(requests.HTTPError) as raised:
        response.raise_for_status()
    picture = show(raised.value)
    assert "[418]" in repr(picture)
    assert "requests raised HTTPError" in words(picture)


def test_content_that_is_no_json_is_not_a_missing_answer(server):
    with pytest.raises(requests.exceptions.JSONDecodeError) as raised:
        requests.get(server.url + "/slash/", timeout=5).json()
    assert "the status code is not in this exception: the content is not JSON" in repr(show(raised.value))


def test_raw_bytes_with_interim_responses():
    raw = (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    )
    picture = show(raw, sent=b"PUT /a HTTP/1.1\r\nHost: 127.0.0.1:5000\r\nExpect: 100-continue\r\n\r\nsoup")
    for face in (repr(picture), words(picture)):
        assert face.index("100") < face.index("103") < face.index("200") < face.index("hello")
        for part in ("PUT /a HTTP/1.1", "Expect: 100-continue", "soup", "Link: </a.css>", "wait, more comes"):
            assert part in face


def test_raw_bytes_alone_have_no_request():
    assert "request    (not part of what was passed)" in repr(show(b"HTTP/1.1 200 OK\r\n\r\n"))


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"HTTP/1.0 404\r\n\r\n", "HTTP/1.0 [404]   ✗"),
        (b"HTTP/1.1 200 \r\n\r\n", "HTTP/1.1 [200]   ✓"),
        (b"HTTP/1.1 200 OK\n\nhello", "hello"),
        (b"HTTP/1.1 0 Created\r\n\r\n", "HTTP/1.1 [0] Created   ? not a status code"),
        (b"HTTP/1.1 1000 UNKNOWN\r\n\r\n", "from 100 to 599 (RFC 9110 §15)"),
        (b"HTTP/1.1 0404 X\r\n\r\n", "? not a status code"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "1xx Informational: go on in another"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "abcde"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "broke off before its last chunk"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "promised 10 bytes; 4 came"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "(That is right for the answer to"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc", "2 bytes more than Content-Length says follow"),
        (b"HTTP/1.1 204 NO CONTENT\r\n\r\nhello", "5 bytes follow where no content is allowed"),
        (b"HTTP/1.1 200 OK\r\nX: 1", "The empty line that ends the header fields never came."),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "Only interim responses came. The final one is missing."),
        (b"HTTP/1.1 100 Continue\r\n\r\noops", "Instead of a status line came: oops"),
        (b"<html>", "Instead of a status line came: <html>"),
        (b"HTTP/1.1 OK 200\r\n\r\n", "Instead of a status line came: HTTP/1.1 OK 200"),
        (b"", "no status code: closed without an answer"),
    ],
)
def test_raw_bytes_of_every_kind(raw, shown):
    picture = show(raw)
    assert shown in repr(picture)
    words(picture)


def test_bytes_of_head_and_its_answer():
    text = repr(show(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", sent=b"HEAD / HTTP/1.1\r\n\r\n"))
    assert "the answer to HEAD never has any" in text
    assert "promised" not in text


@pytest.mark.parametrize(
    ("thing", "named"),
    [
        (404, "an int"),
        ("HTTP/1.1 200 OK", "a str"),
        (None, "a NoneType"),
        (requests.get, "the function get: call it, and pass what it returns"),
        (requests.Response(), "an empty requests.Response() that no server has sent"),
        (ValueError("x"), "a ValueError"),
    ],
)
@pytest.mark.parametrize("draw", [show, journey])
def test_other_things_are_refused_with_a_way_out(draw, thing, named):
    with pytest.raises(TypeError) as raised:
        draw(thing)
    assert str(raised.value) == (
        f"{draw.__name__}() draws an answer. Pass it a response such as requests.get(url), an exception of requests, "
        f"or the raw bytes of an answer. You passed {named}."
    )


def test_jupyter_shows_both_faces(server):
    formatters = pytest.importorskip("IPython.core.formatters")
    picture = show(requests.get(server.url + "/teapot", timeout=5))
    faces, _ = formatters.DisplayFormatter().format(picture)
    assert faces == {"text/html": picture._repr_html_(), "text/plain": repr(picture)}


def test_an_untrusted_notebook_shows_the_text(server):
    """JupyterLab then drops SVG, and these declarations: without them the drawing is hidden and the text is not."""
    for thing in (requests.get(server.url + "/teapot", timeout=5), exception_of(refused_url())):
        picture = show(thing)
        drawn, spelled = ElementTree.fromstring(picture._repr_html_())
        assert drawn.attrib == {"hidden": "hidden", "style": "display:flow-root"}
        assert spelled.attrib == {
            "aria-hidden": "true",
            "style": "content-visibility:hidden;block-size:0;overflow:hidden",
        }
        assert "".join(spelled.itertext()) == repr(picture)


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("look", [*LOOKS.values(), INVALID, NO_ANSWER], ids=str)
def test_classes_can_be_read_in_every_theme(look):
    assert contrast(look.ink, look.paper) >= 4.5
    # A shape needs 3:1 (WCAG 1.4.11). Amber on white has less: its shapes always carry dark text or a number beside.
    backgrounds = (DARK, BLACK) if look is LOOKS[3] else (LIGHT, DARK, BLACK)
    assert min(contrast(look.paper, background) for background in backgrounds) >= 3


def test_classes_differ_without_colour():
    looks = [*LOOKS.values(), INVALID, NO_ANSWER]
    assert len({look.symbol for look in looks}) == len(looks)
    assert len({look.label for look in looks}) == len(looks)
