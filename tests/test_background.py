"""The background server starts, stops and swaps without a trace, says nothing, and remembers what went wrong."""

from __future__ import annotations

import gc
import os
import socket
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path

import pytest
import requests
from flask import Flask, Response, request
from leaks import open_sockets, threads_of_ours

from server import Server, background, launch
from server.log import LINE_LENGTH, LINES_KEPT, LastResort, Log

ROOT = Path(__file__).parent.parent


def make_app(answer: str = "hello") -> Flask:
    app = Flask("sample")
    app.add_url_rule("/", view_func=lambda: answer, endpoint="root")
    return app


def listens(port: int, host: str = "127.0.0.1") -> bool:
    try:
        socket.create_connection((host, port), timeout=2).close()
    except OSError:
        return False
    return True


def get(server: Server, path: str = "/", timeout: float = 5) -> requests.Response:
    return requests.get(server.url + path, timeout=timeout)


# Starting, stopping, swapping.


def test_server_answers_until_it_is_stopped() -> None:
    with Server(make_app()) as server:
        assert server.running
        assert get(server).text == "hello"
    assert not server.running
    assert not listens(server.port)
    server.stop()


def test_running_the_cell_again_swaps_the_server() -> None:
    old = launch(make_app("old"))
    new = launch(make_app("new"))
    try:
        assert not old.running
        assert not listens(old.port)
        assert get(new).text == "new"
    finally:
        new.stop()


def test_servers_with_names_run_side_by_side() -> None:
    shop, bank = launch(make_app("shop"), "shop"), launch(make_app("bank"), "bank")
    with shop, bank:
        assert [get(shop).text, get(bank).text] == ["shop", "bank"]


def test_failed_launch_leaves_the_old_server_alone() -> None:
    with launch(make_app()) as server:
        with pytest.raises(TypeError):
            launch(None)  # type: ignore[arg-type]
        assert get(server).text == "hello"


def test_two_hundred_relaunches_leave_nothing_behind() -> None:
    app = make_app()
    launch(app).stop()
    threads, sockets = threads_of_ours(), open_sockets()
    ports = []
    for _ in range(200):
        ports.append(launch(app).port)
    with launch(app) as server:
        assert get(server).text == "hello"
    assert threads_of_ours() == threads
    assert open_sockets() == sockets
    assert not any(map(listens, ports[-20:]))


def test_stop_is_quick_beside_a_start() -> None:
    starts, stops = [], []
    for _ in range(7):
        before = time.perf_counter()
        server = Server(make_app())
        get(server)
        between = time.perf_counter()
        server.stop()
        starts.append(between - before)
        stops.append(time.perf_counter() - between)
    # A server that polls for its end, as serve_forever does, needs a hundred times as long.
    assert min(stops) < 10 * min(starts)


def test_start_asks_no_name_service(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(name: str = "") -> str:
        raise AssertionError("this takes seconds on some machines")

    monkeypatch.setattr(socket, "getfqdn", slow)
    with Server(make_app()) as server:
        assert get(server).text == "hello"


@pytest.mark.parametrize(
    "body",
    ["while True: pass", "try:\n        while True: sum([])\n    except: pass\n    while True: sum([])"],
    ids=["plain", "that-swallows-the-first-interruption"],
)
def test_endless_view_is_interrupted_by_stop(body: str) -> None:
    app = Flask("endless")
    namespace = {"app": app}
    exec(f"@app.get('/')\ndef endless():\n    {body}", namespace)
    with Server(app) as server, pytest.raises(requests.Timeout):
        get(server, timeout=0.2)
    assert not any(thread.name == f"server-{server.port}-answer" for thread in threading.enumerate())


def test_view_may_finish_while_the_server_stops() -> None:
    app, inside, go = Flask("slow"), threading.Event(), threading.Event()
    answers = []

    @app.get("/")
    def slow() -> str:
        inside.set()
        go.wait(5)
        return "finished"

    server = Server(app)
    client = threading.Thread(target=lambda: answers.append(get(server).text))
    client.start()
    assert inside.wait(5)
    threading.Timer(0.02, go.set).start()
    server.stop()
    client.join(5)
    assert answers == ["finished"]


def test_connection_that_asks_nothing_ends_with_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "PATIENCE", 5.0)
    server = Server(make_app())
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as idle:
        get(server)
        before = time.perf_counter()
        server.stop()
        assert time.perf_counter() - before < background.PATIENCE / 2, "nobody is busy: there is nothing to wait for"
        assert not any(thread.name == f"server-{server.port}-answer" for thread in threading.enumerate())
        assert idle.recv(1) == b""


def test_view_may_stop_its_own_server() -> None:
    app = Flask("suicidal")

    @app.get("/")
    def last() -> str:
        server.stop()
        return "goodbye"

    server = Server(app)
    assert get(server).text == "goodbye"
    assert not listens(server.port)


def test_server_listens_on_loopback_only() -> None:
    with Server(make_app()) as server:
        assert listens(server.port)
        # Who listens on every address listens on this one too.
        assert not listens(server.port, "127.0.0.2")
        assert server._server.socket.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("thing", [None, ..., "app", 3, {}, Flask("x").config])
def test_thing_that_is_no_app_is_named(thing: object) -> None:
    before = open_sockets()
    with pytest.raises(TypeError, match=f"not {type(thing).__name__}"):
        Server(thing)  # type: ignore[arg-type]
    assert open_sockets() == before


def test_any_wsgi_app_is_served() -> None:
    def app(environ: dict, start_response: object) -> list[bytes]:
        start_response("299 Odd", [("Content-Length", "2")])  # type: ignore[operator]
        return [b"ok"]

    with Server(app) as server:
        answer = get(server)
    assert (answer.status_code, answer.text) == (299, "ok")


def test_content_is_closed_behind_the_answer() -> None:
    closed = threading.Event()

    class Content(list):
        def close(self) -> None:
            closed.set()

    def app(environ: dict, start_response: object) -> Content:
        start_response("200 OK", [])  # type: ignore[operator]
        return Content([b"ok"])

    with Server(app) as server:
        assert get(server).text == "ok"
        assert closed.wait(5)


# Crashes.


@pytest.fixture
def broken() -> Flask:
    app = Flask("broken")

    @app.get("/key/<name>")
    def key(name: str) -> str:
        return {}[name]  # the line that crashes

    @app.get("/stream")
    def stream() -> Response:
        def content():  # noqa: ANN202
            yield "start"
            raise ValueError("in the middle")

        return Response(content())

    @app.get("/interrupt")
    def interrupt() -> str:
        raise KeyboardInterrupt

    @app.get("/speechless")
    def speechless() -> str:
        class Speechless(Exception):
            def __str__(self) -> str:
                raise RuntimeError

        raise Speechless

    return app


def test_crash_is_recorded_without_the_exception(broken: Flask) -> None:
    with Server(broken) as server:
        assert get(server, "/key/title").status_code == 500
        crash = server.crashes[-1]
    assert (crash.method, crash.path, crash.kind, crash.text) == ("GET", "/key/title", "KeyError", "'title'")
    file, line = crash.frames[-1]
    assert file == __file__
    assert "the line that crashes" in Path(file).read_text("utf-8").splitlines()[line - 1]


def test_crash_in_the_middle_of_the_content_is_recorded(broken: Flask) -> None:
    with Server(broken) as server:
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            get(server, "/stream")
        assert [crash.kind for crash in server.crashes] == ["ValueError"]


def test_crash_without_a_text_is_recorded(broken: Flask) -> None:
    with Server(broken) as server:
        assert get(server, "/speechless").status_code == 500
        assert [(crash.kind, crash.text) for crash in server.crashes] == [("Speechless", "")]


def test_crashes_are_bounded(broken: Flask) -> None:
    with Server(broken) as server:
        for number in range(background.CRASHES_KEPT + 2):
            get(server, f"/key/{number}")
        assert len(server.crashes) == background.CRASHES_KEPT
        assert server.crashes[-1].path == f"/key/{background.CRASHES_KEPT + 1}"


def test_crash_keeps_no_variable_of_the_view_alive() -> None:
    class Big:
        pass

    seen = []

    # Not a Flask app: Flask logs the exception, and pytest keeps what is logged.
    def app(environ: dict, start_response: object) -> list[bytes]:
        big = Big()
        seen.append(weakref.ref(big))
        raise LookupError

    with Server(app) as server:
        get(server)
        assert server.crashes
    gc.collect()
    assert seen[0]() is None


def test_client_that_goes_away_is_no_crash() -> None:
    app, sent = Flask("long"), threading.Event()

    @app.get("/")
    def long() -> Response:
        def content():  # noqa: ANN202
            try:
                while True:
                    yield b"x" * 100_000
            finally:
                sent.set()

        return Response(content())

    with Server(app) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            connection.recv(100)
        assert sent.wait(5)
        assert not server.crashes


# The log.


def test_log_holds_requests_and_tracebacks_and_stderr_holds_nothing(
    broken: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    with Server(broken) as server:
        get(server, "/nowhere")
        get(server, "/key/title")
        with pytest.raises(requests.ConnectionError):
            get(server, "/interrupt")
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
            connection.sendall(b"NONSENSE\r\n\r\n")
            connection.recv(1000)
    assert [str(line) for line in server.log.requests[:2]] == ["GET /nowhere -> 404", "GET /key/title -> 500"]
    assert "KeyboardInterrupt" in str(server.log)
    assert capfd.readouterr() == ("", "")


SCRIPT = """
import logging, sys, warnings
from flask import Flask
import requests
from server import launch

app = Flask(__name__)
@app.get("/")
def view():
    app.logger.warning("of the app")
    logging.getLogger("library").warning("of a library")
    logging.getLogger("library").warning("%d", "wrong")
    return {}["missing"]
app.run()
server = launch(app)
assert requests.get(server.url, timeout=5).status_code == 500
server = launch(app)
assert requests.get(server.url, timeout=5).status_code == 500
log = str(server.log)
assert "of the app" in log and "of a library" in log and "KeyError: 'missing'" in log, log
assert "TypeError: %d format" in log, log
print("done")
"""


def test_fresh_process_says_nothing_on_stderr_and_ends_by_itself() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "FLASK_RUN_FROM_CLI"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "done"
    assert done.returncode == 0


def test_log_is_bounded() -> None:
    log = Log()
    log.write("x" * 10 * LINE_LENGTH)
    log.write("line\n" * 5 * LINES_KEPT)
    for number in range(LINES_KEPT + 5):
        log.add_request("GET", f"/{number}" + "x" * LINE_LENGTH, 200)
    assert len(log.lines) == LINES_KEPT
    assert len(log.requests) == LINES_KEPT
    assert max(map(len, log.lines)) <= LINE_LENGTH
    assert max(len(kept.path) for kept in log.requests) <= LINE_LENGTH
    log.clear()
    assert (log.lines, log.requests, repr(log)) == ([], [], "(nothing yet)")


def test_log_spells_out_what_a_terminal_would_obey() -> None:
    log = Log()
    log.add_request("GET", "/\x1b[31m", 200)
    assert str(log) == "GET /\\x1b[31m -> 200"


def test_log_can_be_read_while_requests_arrive() -> None:
    log, stop = Log(), threading.Event()

    def write() -> None:
        while not stop.is_set():
            log.add_request("GET", "/", 200)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(300):
            assert all(kept.status == 200 for kept in log.requests)
            assert all(line == "GET / -> 200" for line in log.lines)
    finally:
        stop.set()
        for writer in writers:
            writer.join()


def test_last_resort_sends_each_record_where_it_belongs() -> None:
    import logging

    elsewhere = []

    class Elsewhere(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            elsewhere.append(record.getMessage())

    handler, log = LastResort(Elsewhere(logging.WARNING)), Log()
    record = logging.makeLogRecord({"msg": "hello", "levelno": logging.WARNING})
    handler.handle(record)
    handler.claim(log)
    handler.handle(record)
    handler.handle(logging.makeLogRecord({"msg": "%d", "args": ("x",), "levelno": logging.WARNING}))
    other = threading.Thread(target=handler.handle, args=(record,))
    other.start()
    other.join()
    assert elsewhere == ["hello", "hello"]
    assert log.lines[0] == "hello"
    assert "TypeError" in str(log)


# The address.


def test_link_under_a_hub_is_the_proxied_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
    with Server(make_app()) as server:
        monkeypatch.setattr(background, "find_spec", lambda name: None)
        assert server.link == server.url
        monkeypatch.setattr(background, "find_spec", lambda name: name == "jupyter_server_proxy" or None)
        assert server.link == f"/user/ada/proxy/{server.port}/"
        assert f'href="/user/ada/proxy/{server.port}/"' in server._repr_html_()
        monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX")
        assert server.link == server.url


def test_handle_shows_where_it_serves() -> None:
    with Server(make_app()) as server:
        assert repr(server) == f"<Server at http://127.0.0.1:{server.port}>"
        assert f'<a href="{server.url}"' in server._repr_html_()
    assert repr(server) == "<Server, stopped>"
    assert server._repr_html_() == "&lt;Server, stopped&gt;"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "127.0.0.1,localhost"),
        ("", "127.0.0.1,localhost"),
        ("school.example, 127.0.0.1", "school.example,127.0.0.1,localhost"),
        ("localhost,127.0.0.1", "localhost,127.0.0.1"),
        ("*", "*"),
    ],
)
def test_loopback_bypasses_proxies(before: str | None, after: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        if before is not None:
            monkeypatch.setenv(name, before)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        # Nobody listens there.
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with Server(make_app()) as server:
        assert get(server).text == "hello"
    assert os.environ["NO_PROXY"] == os.environ["no_proxy"] == after


def test_proxies_of_the_system_stay_known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    # setenv first, so that what the server sets is taken back after the test.
    for name in ("NO_PROXY", "no_proxy", "http_proxy"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setattr(background, "getproxies", lambda: {"http": "http://proxy.school.example:3128"})
    with Server(make_app()) as server:
        assert os.environ["http_proxy"] == "http://proxy.school.example:3128"
        assert get(server).text == "hello"


def test_view_sees_a_whole_upload() -> None:
    app = Flask("upload")

    @app.post("/")
    def length() -> str:
        return str(len(request.get_data()))

    with Server(app) as server:
        assert requests.post(server.url, data=b"x" * 3_000_000, timeout=5).text == "3000000"
