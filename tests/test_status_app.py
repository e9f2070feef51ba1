"""Every code goes over a real socket with what the standards demand of it.

What is expected is written down here once more, independently of the app's own table.
"""

import json
import re
import socket
from dataclasses import dataclass, field
from urllib.parse import urljoin

import pytest
import requests

from server import Server
from server.apps.status import create_app
from server.codes import CODES

PATH = r"/[a-z/]+"
SECONDS = r"[0-9]+"
TAG = r'"[!#-~]+"'

# Code: name, and the header fields (as patterns) that must be there.
INTERIM = {
    100: ("Continue", {}),
    102: ("Processing", {}),
    103: ("Early Hints", {"link": rf'<{PATH}>; rel="preload"; as="fetch"'}),
    104: ("Upload Resumption Supported", {}),
}
FINAL = {
    200: ("OK", {"etag": TAG, "last-modified": ".+ GMT", "cache-control": ".+", "vary": ".+"}),
    201: ("Created", {"location": PATH}),
    202: ("Accepted", {"location": PATH}),
    203: ("Non-Authoritative Information", {}),
    204: ("No Content", {}),
    205: ("Reset Content", {"content-length": "0"}),
    206: ("Partial Content", {"content-range": "bytes 0-9/36", "content-length": "10"}),
    207: ("Multi-Status", {}),
    208: ("Already Reported", {}),
    226: ("IM Used", {"etag": TAG}),
    300: ("Multiple Choices", {"location": PATH}),
    301: ("Moved Permanently", {"location": PATH}),
    302: ("Found", {"location": PATH}),
    303: ("See Other", {"location": PATH}),
    304: ("Not Modified", {"etag": TAG, "date": ".+ GMT", "cache-control": ".+", "vary": ".+"}),
    305: ("Use Proxy", {}),
    306: ("(Unused)", {}),
    307: ("Temporary Redirect", {"location": PATH}),
    308: ("Permanent Redirect", {"location": PATH}),
    400: ("Bad Request", {}),
    401: ("Unauthorized", {"www-authenticate": r'Bearer realm="[^"]+"'}),
    402: ("Payment Required", {}),
    403: ("Forbidden", {}),
    404: ("Not Found", {}),
    405: ("Method Not Allowed", {"allow": "[A-Z]+(, [A-Z]+)*"}),
    406: ("Not Acceptable", {}),
    407: ("Proxy Authentication Required", {"proxy-authenticate": r'Basic realm="[^"]+"'}),
    408: ("Request Timeout", {}),
    409: ("Conflict", {}),
    410: ("Gone", {}),
    411: ("Length Required", {}),
    412: ("Precondition Failed", {}),
    413: ("Content Too Large", {"retry-after": SECONDS}),
    414: ("URI Too Long", {}),
    415: ("Unsupported Media Type", {"accept": "application/json"}),
    416: ("Range Not Satisfiable", {"content-range": r"bytes \*/36"}),
    417: ("Expectation Failed", {}),
    418: ("(Unused)", {}),
    421: ("Misdirected Request", {}),
    422: ("Unprocessable Content", {}),
    423: ("Locked", {}),
    424: ("Failed Dependency", {}),
    425: ("Too Early", {}),
    426: ("Upgrade Required", {"upgrade": ".+", "connection": ".*Upgrade.*"}),
    428: ("Precondition Required", {"cache-control": "no-store"}),
    429: ("Too Many Requests", {"cache-control": "no-store", "retry-after": SECONDS}),
    431: ("Request Header Fields Too Large", {"cache-control": "no-store"}),
    451: ("Unavailable For Legal Reasons", {"link": rf'<{PATH}>; rel="blocked-by"'}),
    500: ("Internal Server Error", {}),
    501: ("Not Implemented", {}),
    502: ("Bad Gateway", {}),
    503: ("Service Unavailable", {"retry-after": SECONDS}),
    504: ("Gateway Timeout", {}),
    505: ("HTTP Version Not Supported", {}),
    506: ("Variant Also Negotiates", {}),
    507: ("Insufficient Storage", {}),
    508: ("Loop Detected", {}),
    510: ("Not Extended (OBSOLETED)", {}),
    511: ("Network Authentication Required", {"cache-control": "no-store"}),
}
NO_CONTENT = (204, 205, 304)
NOT_REGISTERED = (104, 306, 418)
UNKNOWN = (299, 399, 471, 599)


@dataclass
class Answer:
    """One answer as it went over the wire. Field names are in lower case; repeated fields are joined."""

    status_line: str
    fields: dict[str, str] = field(default_factory=dict)
    content: bytes = b""

    def json(self):
        return json.loads(self.content)


def read(data: bytes) -> list[Answer]:
    """Take the bytes of a connection apart: interim answers, and one final answer with its content."""
    answers = []
    while True:
        head, end, data = data.partition(b"\r\n\r\n")
        assert end, "The head of an answer did not end."
        status_line, *lines = head.decode("ascii").split("\r\n")
        answer = Answer(status_line)
        for line in lines:
            name, _, value = line.partition(": ")
            earlier = answer.fields.get(name.lower())
            answer.fields[name.lower()] = f"{earlier}, {value}" if earlier else value
        answers.append(answer)
        if not re.match("HTTP/1.1 1", status_line):
            answer.content = data
            return answers


@pytest.fixture(scope="module")
def server():
    with Server(create_app()) as server:
        yield server
        assert not server.crashes


@pytest.fixture(scope="module")
def session():
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def send(server):
    """Return a function that sends one request over a socket of its own and returns the answers."""

    def send(method, path, *lines, content=b"", version="HTTP/1.1") -> list[Answer]:
        head = [f"{method} {path} {version}", "Host: localhost", f"Content-Length: {len(content)}", *lines, "", ""]
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
            connection.sendall("\r\n".join(head).encode("latin-1") + content)
            with connection.makefile("rb") as stream:
                return read(stream.read())

    return send


@pytest.fixture
def final(send):
    """Return a function that sends one request and returns the only answer."""

    def final(*args, **kwargs) -> Answer:
        [answer] = send(*args, **kwargs)
        return answer

    return final


def each(*numbers):
    return pytest.mark.parametrize("number", numbers)


def assert_problem(answer, status):
    assert answer.status_line.startswith(f"HTTP/1.1 {status} ")
    assert answer.fields["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"]) == ("about:blank", status)
    assert problem["title"] == answer.status_line.split(" ", 2)[2]
    assert problem["detail"].endswith(".")
    return problem


def test_every_code_of_the_table_is_expected_here():
    assert {101, *INTERIM, *FINAL} == set(CODES)


@each(*FINAL)
def test_the_code_goes_out_with_its_name_and_its_fields(final, number):
    name, fields = FINAL[number]
    answer = final("GET", f"/status/{number}")
    assert answer.status_line == f"HTTP/1.1 {number} {name}"
    for field_name, pattern in fields.items():
        assert re.fullmatch(pattern, answer.fields[field_name]), field_name


@each(*FINAL)
def test_content_is_there_or_not_as_the_code_wants(final, number):
    answer = final("GET", f"/status/{number}")
    if number in NO_CONTENT:
        assert answer.content == b""
        assert "content-type" not in answer.fields
        assert "transfer-encoding" not in answer.fields
        assert answer.fields.get("content-length") == ("0" if number == 205 else None)
        return
    assert answer.fields["content-length"] == str(len(answer.content))
    if number == 206:
        assert answer.content == b"0123456789"
    elif number >= 400:
        assert_problem(answer, number)
    else:
        assert answer.fields["content-type"] == "application/json"
        assert (answer.json()["status"], answer.json()["name"]) == (number, FINAL[number][0])
    if number != 206:
        classes = {2: "Successful", 3: "Redirection", 4: "Client Error", 5: "Server Error"}
        assert answer.json()["class"] == classes[number // 100]
        assert answer.json()["registered"] == (number not in NOT_REGISTERED)


@each(*FINAL, *UNKNOWN)
def test_head_is_get_without_content(final, number):
    get, head = final("GET", f"/status/{number}"), final("HEAD", f"/status/{number}")
    get.fields.pop("date")
    head.fields.pop("date")
    assert (head.status_line, head.fields, head.content) == (get.status_line, get.fields, b"")


@each(*FINAL)
@pytest.mark.parametrize("method", ["POST", "OPTIONS", "BREW"])
def test_every_method_is_welcome(final, number, method):
    answer = final(method, f"/status/{number}", content=b"some content")
    name, fields = FINAL[number]
    assert answer.status_line == f"HTTP/1.1 {number} {name}"
    # A 200 describes a version of the resource for GET only.
    for field_name, pattern in fields.items() if number != 200 else ():
        assert re.fullmatch(pattern, answer.fields[field_name]), field_name
    if number in NO_CONTENT:
        assert answer.content == b""


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT"])
def test_allow_does_not_list_the_method_it_refuses(final, method):
    assert method not in final(method, "/status/405").fields["allow"].split(", ")


def test_a_304_repeats_what_the_200_says_about_its_version(final):
    full, short = final("GET", "/status/200"), final("GET", "/status/304")
    for name in ("cache-control", "content-location", "etag", "expires", "vary"):
        assert short.fields.get(name) == full.fields.get(name)


@each(*(number for number in FINAL if number not in (428, 429, 431, 511)))
def test_no_other_code_forbids_to_store(final, number):
    assert "no-store" not in final("GET", f"/status/{number}").fields.get("cache-control", "")


@each(304, 305, 306)
def test_some_redirections_lead_nowhere(final, number):
    assert "location" not in final("GET", f"/status/{number}").fields


@each(201, 202, 300, 301, 302, 303, 307, 308)
def test_location_can_be_followed(server, session, number):
    answer = session.get(f"{server.url}/status/{number}", timeout=5, allow_redirects=False)
    there = session.get(urljoin(answer.url, answer.headers["Location"]), timeout=5, allow_redirects=False)
    assert there.status_code == 200
    assert there.json()["method"] == "GET"


@pytest.mark.parametrize(("number", "method"), [(303, "GET"), (307, "POST"), (308, "POST")])
def test_a_client_that_follows_arrives_with_the_right_method(server, session, number, method):
    answer = session.post(f"{server.url}/status/{number}", data="content", timeout=5)
    assert [earlier.status_code for earlier in answer.history] == [number]
    assert (answer.status_code, answer.json()["method"]) == (200, method)


def test_the_addresses_in_contents_and_links_can_be_followed(server, session):
    def get(path):
        return session.get(urljoin(server.url, path), timeout=5, allow_redirects=False)

    choices = get("/status/300").json()["choices"]
    assert len(choices) > 1
    assert get("/status/300").headers["Location"] in choices
    paths = [
        *choices,
        get("/status/202").json()["status_url"],
        *(choice["url"] for choice in get("/status/406").json()["available"]),
        get("/status/451").links["blocked-by"]["url"],
        get("/status/511").json()["login"],
        *(code["url"] for code in get("/").json()["codes"] if code["status"] == 200),
    ]
    assert [get(path).status_code for path in paths] == [200] * len(paths)


def test_explanations_that_the_standards_ask_for(final):
    assert "If-Match" in final("GET", "/status/428").json()["detail"]
    assert "Retry-After" in final("GET", "/status/429").json()["detail"]
    assert "legal" in final("GET", "/status/451").json()["detail"]
    assert "read it again" in final("GET", "/status/409").json()["detail"]
    assert final("GET", "/status/505").json()["supported"] == ["HTTP/1.1"]


def test_a_415_to_patch_names_the_patch_format(final):
    assert final("PATCH", "/status/415").fields["accept-patch"] == "application/json"
    assert "accept-patch" not in final("PUT", "/status/415").fields


def test_a_request_for_a_websocket_gets_the_code_of_the_address(final):
    answer = final("GET", "/status/404", "Connection: Upgrade", "Upgrade: websocket")
    assert_problem(answer, 404)


@each(*INTERIM)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_an_interim_answer_is_followed_by_a_final_one(send, number, method):
    interim, final = send(method, f"/status/{number}")
    name, fields = INTERIM[number]
    assert interim.status_line == f"HTTP/1.1 {number} {name}"
    assert interim.fields.keys() == fields.keys()
    for field_name, pattern in fields.items():
        assert re.fullmatch(pattern, interim.fields[field_name])
    assert final.status_line == "HTTP/1.1 200 OK"
    if method == "HEAD":
        assert final.content == b""
    else:
        assert final.fields["content-length"] == str(len(final.content))
        assert final.json()["interim"]["status"] == number
        assert final.json()["interim"]["sent"] is True
        assert final.json()["interim"]["registered"] == (number not in NOT_REGISTERED)


def test_a_hint_can_be_followed_and_comes_again_with_the_final_answer(send):
    interim, final = send("GET", "/status/103")
    assert final.fields["link"] == interim.fields["link"]
    path = re.match("<(.+?)>", interim.fields["link"])[1]
    assert send("GET", path)[0].status_line == "HTTP/1.1 200 OK"


def test_a_client_that_expects_100_gets_it_and_the_final_answer(send):
    *interim, final = send("POST", "/status/201", "Expect: 100-continue", content=b"x")
    assert {answer.status_line for answer in interim} == {"HTTP/1.1 100 Continue"}
    assert final.status_line == "HTTP/1.1 201 Created"


@each(*INTERIM, 150)
def test_an_old_client_gets_no_interim_answer(final, number):
    answer = final("GET", f"/status/{number}", version="HTTP/1.0")
    assert answer.status_line == "HTTP/1.1 200 OK"
    assert answer.json()["interim"]["sent"] is False


@each(*INTERIM, 150)
def test_a_server_that_keeps_the_socket_to_itself_says_501(number):
    answer = create_app().test_client().get(f"/status/{number}")
    assert (answer.status_code, answer.mimetype) == (501, "application/problem+json")
    assert answer.json["status"] == 501


def test_101_goes_to_a_client_that_asks_for_it(send):
    switched, final = send("GET", "/status/101", "Connection: close, upgrade", "Upgrade: h2c, http/1.1")
    assert switched.status_line == "HTTP/1.1 101 Switching Protocols"
    assert switched.fields == {"upgrade": "HTTP/1.1", "connection": "Upgrade"}
    assert final.status_line == "HTTP/1.1 200 OK"
    assert final.json()["interim"]["status"] == 101


@pytest.mark.parametrize(
    ("lines", "version"),
    [
        ((), "HTTP/1.1"),
        (("Upgrade: HTTP/1.1",), "HTTP/1.1"),
        (("Connection: Upgrade",), "HTTP/1.1"),
        (("Connection: Upgrade", "Upgrade: websocket"), "HTTP/1.1"),
        (("Connection: Upgrade", "Upgrade: HTTP/2.0"), "HTTP/1.1"),
        (("Connection: Upgrade", "Upgrade: HTTP/1.1"), "HTTP/1.0"),
    ],
)
def test_101_goes_to_nobody_else(final, lines, version):
    answer = final("GET", "/status/101", *lines, version=version)
    assert_problem(answer, 426)
    assert answer.fields["upgrade"] == "HTTP/1.1"
    assert "Upgrade" in answer.fields["connection"].split(", ")


@each(*UNKNOWN)
def test_a_code_that_nobody_registered_is_sent_and_marked(final, number):
    answer = final("POST", f"/status/{number}")
    assert answer.status_line.startswith(f"HTTP/1.1 {number} ")
    assert answer.json()["status"] == number
    assert answer.json()["registered"] is False
    if number >= 400:
        assert_problem(answer, number)


def test_an_interim_code_that_nobody_registered_is_still_interim(send):
    interim, final = send("GET", "/status/150")
    assert interim.status_line.startswith("HTTP/1.1 150 ")
    assert final.json()["interim"]["registered"] is False


@pytest.mark.parametrize(
    "path", ["0", "99", "600", "999", "1000", "0404", "-1", "abc", "4.4", "%C2%B2", "404%0A", "%FF", "%00", "9" * 5000]
)
def test_outside_100_to_599_it_is_a_400_that_says_why(final, path):
    assert "100 to 599" in assert_problem(final("GET", f"/status/{path}"), 400)["detail"]


@pytest.mark.parametrize("path", ["/nope", "/status", "/status/", "/status/404/", "/pages/nope", "/status/4%2F4"])
def test_what_is_not_there_is_404(final, path):
    assert_problem(final("GET", path), 404)


def test_the_list_of_codes_is_read_only(final):
    assert "GET" in final("POST", "/").fields["allow"]
    assert_problem(final("POST", "/"), 405)
    assert [code["status"] for code in final("GET", "/").json()["codes"]] == sorted({101, *INTERIM, *FINAL})


@pytest.mark.parametrize(
    "request_head",
    [
        b"GET /status/404 HTTP/1.1\r\n\r\n",
        b"GET /status/404 HTTP/1.1\r\nHost: ///:::@\r\n\r\n",
        b"GET /status/404 HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
        b"GET http://other.example/status/404 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /status/404?\xff=%ff&[=1 HTTP/1.1\r\nHost: a\r\n\r\n",
        b'GET /status/404 HTTP/1.1\r\nHost: a\r\nCookie: \xff=;=;;\r\nRange: x\r\nIf-Match: "\r\n\r\n',
        b"GET /status/404 HTTP/1.1\r\nHost: a\r\nConnection: ,,\r\nUpgrade: ,\xff\r\n\r\n",
        b"POST /status/404 HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\nx",
        b"POST /status/404 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnot chunked",
        b"POST /status/404 HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{",
        b"\xc3\xa4 /status/404 HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_nonsense_gets_the_code_it_asked_for(server, request_head):
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(request_head)
        with connection.makefile("rb") as stream:
            [answer] = read(stream.read())
    assert_problem(answer, 404)


def test_a_client_that_hangs_up_hurts_nobody(server, final):
    for number in (100, 103, 404):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
            connection.sendall(f"GET /status/{number} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    assert final("GET", "/status/200").status_line == "HTTP/1.1 200 OK"
