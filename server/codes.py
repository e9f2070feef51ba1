"""One table of every HTTP status code: what it is called, where it is defined, and what it must carry.

The names are those of the IANA registry of 2025-09-15. To add a code, add an entry in its place: the status app, the
reference page and the table in the README are made from this list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# The five classes of RFC 9110 §15, by the first digit.
CLASSES = {1: "Informational", 2: "Successful", 3: "Redirection", 4: "Client Error", 5: "Server Error"}


@dataclass(frozen=True)
class Code:
    """One status code and what the standards say about it."""

    number: int
    name: str
    reference: str
    meaning: str
    # Who sends it in a Flask app, and on what occasion.
    sender: str
    # Reserved: the registry keeps the number out of use. Temporary: registered for a limited time.
    kind: Literal["registered", "reserved", "temporary"] = "registered"
    # Whether the answer may have content. An answer to HEAD never has (RFC 9110 §6.4.1).
    content: bool = True
    # Whether a cache may reuse the answer although nothing in it says for how long (RFC 9110 §15.1).
    cacheable: bool = False
    # Whether a cache may keep the answer at all.
    storable: bool = True
    # Header fields the answer must carry. 304: each that a 200 would carry; 206: unless it has several parts.
    must: tuple[str, ...] = ()
    # Fields it should carry: the RFC says SHOULD, or the code makes no sense without.
    should: tuple[str, ...] = ()
    # Fields the RFC offers for this code, without asking for them.
    may: tuple[str, ...] = ()

    @property
    def class_name(self) -> str:
        """Return the name of its class, such as ``Client Error``."""
        return class_name(self.number)


# fmt: off
_TABLE = (
    # 1xx: interim answers. They end at the empty line after the header fields, and a final answer follows.
    Code(100, "Continue", "RFC 9110 §15.2.1", content=False,
         meaning="The beginning of the request is fine: go on and send the rest.",
         sender="Werkzeug's development server, before your view runs"),
    Code(101, "Switching Protocols", "RFC 9110 §15.2.2", content=False, must=("Upgrade", "Connection"),
         meaning="From here on the connection speaks the protocol that Upgrade names.",
         sender="nobody: a WSGI view cannot switch protocols"),
    Code(102, "Processing", "RFC 2518 §10.1", content=False,
         meaning="The server has the request and is still working on it.",
         sender="nobody"),
    Code(103, "Early Hints", "RFC 8297 §2", content=False, may=("Link",),
         meaning="Here are header fields that the final answer will probably carry.",
         sender="nobody: a WSGI view cannot send it before its answer"),
    Code(104, "Upload Resumption Supported", "draft-ietf-httpbis-resumable-upload", kind="temporary", content=False,
         meaning="An upload that breaks off can be resumed.",
         sender="nobody"),

    # 2xx: the request was received, understood and accepted.
    Code(200, "OK", "RFC 9110 §15.3.1", cacheable=True, should=("ETag", "Last-Modified"),
         meaning="The request succeeded.",
         sender="Flask, for every view that names no code"),
    Code(201, "Created", "RFC 9110 §15.3.2", should=("Location",),
         meaning="Something was created. Location says where; without it, the requested URL is the place.",
         sender="only you, after creating something"),
    Code(202, "Accepted", "RFC 9110 §15.3.3",
         meaning="The request was accepted, but the work is not done yet and may still fail.",
         sender="only you, when the work goes on after the answer"),
    Code(203, "Non-Authoritative Information", "RFC 9110 §15.3.4", cacheable=True,
         meaning="The request succeeded, but a proxy changed the content on its way.",
         sender="proxies that change the content"),
    Code(204, "No Content", "RFC 9110 §15.3.5", content=False, cacheable=True,
         meaning="The request succeeded, and there is nothing to send back.",
         sender="only you, when there is nothing to say"),
    Code(205, "Reset Content", "RFC 9110 §15.3.6", content=False,
         meaning="The request succeeded: reset the form that it was sent from.",
         sender="only you; Werkzeug lets a body through, so send none"),
    Code(206, "Partial Content", "RFC 9110 §15.3.7", cacheable=True, must=("Content-Range",),
         meaning="This is the part of the content that Range asked for.",
         sender="send_file and make_conditional, for a request with Range"),
    Code(207, "Multi-Status", "RFC 4918 §11.1",
         meaning="Several operations had several outcomes: the content tells each of them.",
         sender="WebDAV servers"),
    Code(208, "Already Reported", "RFC 5842 §7.1",
         meaning="The members of this collection were listed earlier in the same answer.",
         sender="WebDAV servers"),
    Code(226, "IM Used", "RFC 3229 §10.4.1", must=("ETag",),
         meaning="The content is not the current version itself, but made from it, for example a difference.",
         sender="nobody"),

    # 3xx: the client has to do something more.
    Code(300, "Multiple Choices", "RFC 9110 §15.4.1", cacheable=True, may=("Location",),
         meaning="The resource has several forms, each with its own URL: choose one.",
         sender="only you"),
    Code(301, "Moved Permanently", "RFC 9110 §15.4.2", cacheable=True, should=("Location",),
         meaning="The resource has a new URL for good. A client may turn POST into GET on the way.",
         sender="only you, with redirect(..., code=301)"),
    Code(302, "Found", "RFC 9110 §15.4.3", should=("Location",),
         meaning="The resource is at another URL for now. A client may turn POST into GET on the way.",
         sender="redirect(), by default up to Flask 3.1"),
    Code(303, "See Other", "RFC 9110 §15.4.4", should=("Location",),
         meaning="The answer is at another URL: fetch it with GET.",
         sender="only you, with redirect(..., code=303)"),
    Code(304, "Not Modified", "RFC 9110 §15.4.5", content=False,
         must=("Cache-Control", "Content-Location", "Date", "ETag", "Expires", "Vary"),
         meaning="Nothing has changed: use the copy you have.",
         sender="send_file and make_conditional, when the client's copy is current"),
    Code(305, "Use Proxy", "RFC 9110 §15.4.6",
         meaning="Deprecated. The resource had to be reached through a proxy.",
         sender="nobody"),
    Code(306, "(Unused)", "RFC 9110 §15.4.7", kind="reserved",
         meaning="An older version of the standard used this number. Nothing uses it now.",
         sender="nobody"),
    Code(307, "Temporary Redirect", "RFC 9110 §15.4.8", should=("Location",),
         meaning="The resource is at another URL for now. The method must stay the same.",
         sender="only you, with redirect(..., code=307)"),
    Code(308, "Permanent Redirect", "RFC 9110 §15.4.9", cacheable=True, should=("Location",),
         meaning="The resource has a new URL for good. The method must stay the same.",
         sender="Flask, when a slash is missing at the end of the URL or doubled in it"),

    # 4xx: the client seems to have made a mistake.
    Code(400, "Bad Request", "RFC 9110 §15.5.1",
         meaning="The server cannot or will not process the request, because of a mistake of the client.",
         sender="Flask, for broken JSON and for a missing key of request.form or request.args"),
    Code(401, "Unauthorized", "RFC 9110 §15.5.2", must=("WWW-Authenticate",),
         meaning="Valid credentials are missing: say who you are.",
         sender="only you; abort(401) forgets WWW-Authenticate"),
    Code(402, "Payment Required", "RFC 9110 §15.5.3",
         meaning="Reserved for future use: the standard does not say when to send it.",
         sender="only you, with an exception class of your own"),
    Code(403, "Forbidden", "RFC 9110 §15.5.4",
         meaning="The server understood the request and refuses it.",
         sender="only you"),
    Code(404, "Not Found", "RFC 9110 §15.5.5", cacheable=True,
         meaning="The server finds nothing here, or does not want to say that there is something.",
         sender="Flask, when no route fits the URL"),
    Code(405, "Method Not Allowed", "RFC 9110 §15.5.6", cacheable=True, must=("Allow",),
         meaning="The resource exists, but not for this method. Allow lists the methods that work.",
         sender="Flask, when a route fits but not its methods; with Allow"),
    Code(406, "Not Acceptable", "RFC 9110 §15.5.7",
         meaning="The resource has no form that the client accepts.",
         sender="only you: Flask never looks at Accept"),
    Code(407, "Proxy Authentication Required", "RFC 9110 §15.5.8", must=("Proxy-Authenticate",),
         meaning="The proxy wants valid credentials before it passes the request on.",
         sender="proxies"),
    Code(408, "Request Timeout", "RFC 9110 §15.5.9",
         meaning="The request did not arrive as a whole in the time the server was ready to wait.",
         sender="production servers; the development server waits for ever"),
    Code(409, "Conflict", "RFC 9110 §15.5.10",
         meaning="The request does not fit the current state of the resource.",
         sender="only you: a duplicate in a database alone becomes 500"),
    Code(410, "Gone", "RFC 9110 §15.5.11", cacheable=True,
         meaning="The resource was here and is gone, probably for good.",
         sender="only you"),
    Code(411, "Length Required", "RFC 9110 §15.5.12",
         meaning="The server wants a request with Content-Length.",
         sender="only you"),
    Code(412, "Precondition Failed", "RFC 9110 §15.5.13",
         meaning="A condition in the request, such as If-Match, is not true.",
         sender="make_conditional, for GET and HEAD; for other methods only you"),
    Code(413, "Content Too Large", "RFC 9110 §15.5.14", should=("Retry-After",),
         meaning="The content of the request is larger than the server is ready to process.",
         sender="Flask, when MAX_CONTENT_LENGTH is set and the view reads the body"),
    Code(414, "URI Too Long", "RFC 9110 §15.5.15", cacheable=True,
         meaning="The URL is longer than the server is ready to read.",
         sender="the server in front of Flask, each with a limit of its own"),
    Code(415, "Unsupported Media Type", "RFC 9110 §15.5.16", may=("Accept", "Accept-Encoding"),
         meaning="The content of the request has a format that this resource does not take.",
         sender="request.get_json(), when the Content-Type is not JSON"),
    Code(416, "Range Not Satisfiable", "RFC 9110 §15.5.17", should=("Content-Range",),
         meaning="The content has no part that fits what Range asked for.",
         sender="send_file, when Range asks for bytes that are not there"),
    Code(417, "Expectation Failed", "RFC 9110 §15.5.18",
         meaning="The server cannot do what Expect asked for.",
         sender="nobody"),
    Code(418, "(Unused)", "RFC 9110 §15.5.19", kind="reserved",
         meaning="Used as a joke so often that it is kept out of use.",
         sender="nobody who means it; abort(418) works"),
    Code(421, "Misdirected Request", "RFC 9110 §15.5.20",
         meaning="The request reached a server that does not answer for this host.",
         sender="only you, or a proxy that serves several hosts"),
    Code(422, "Unprocessable Content", "RFC 9110 §15.5.21",
         meaning="The server can read the content, but cannot do what it says.",
         sender="only you, when the content makes no sense"),
    Code(423, "Locked", "RFC 4918 §11.3",
         meaning="The resource is locked.",
         sender="WebDAV servers"),
    Code(424, "Failed Dependency", "RFC 4918 §11.4",
         meaning="The action depended on another one, and that one failed.",
         sender="WebDAV servers"),
    Code(425, "Too Early", "RFC 8470 §5.2",
         meaning="The request came in early data and could be a replay: send it again after the handshake.",
         sender="only you, where TLS early data is used"),
    Code(426, "Upgrade Required", "RFC 9110 §15.5.22", must=("Upgrade", "Connection"),
         meaning="The server refuses this protocol, but might accept one that Upgrade names.",
         sender="only you"),
    Code(428, "Precondition Required", "RFC 6585 §3", storable=False,
         meaning="The server wants a conditional request, so that nobody's change is lost.",
         sender="only you, when you insist on If-Match"),
    Code(429, "Too Many Requests", "RFC 6585 §4", storable=False, may=("Retry-After",),
         meaning="The client sent too many requests in a given time.",
         sender="only you, or a rate limiter"),
    Code(431, "Request Header Fields Too Large", "RFC 6585 §5", storable=False,
         meaning="The header fields of the request are too large, one of them or all together.",
         sender="the server in front of Flask, for header fields that are too long or too many"),
    Code(451, "Unavailable For Legal Reasons", "RFC 7725 §3", cacheable=True, should=("Link",),
         meaning="Access is denied because of a legal demand.",
         sender="only you"),

    # 5xx: the server knows that it failed, or that it cannot do it.
    Code(500, "Internal Server Error", "RFC 9110 §15.6.1",
         meaning="Something unexpected stopped the server.",
         sender="Flask, for every exception that nobody catches"),
    Code(501, "Not Implemented", "RFC 9110 §15.6.2", cacheable=True,
         meaning="The server does not support what the request needs, for example its method.",
         sender="nobody: Flask answers an unknown method with 405"),
    Code(502, "Bad Gateway", "RFC 9110 §15.6.3",
         meaning="A gateway got an invalid answer from the server behind it.",
         sender="a proxy in front of you, or you when you are the gateway"),
    Code(503, "Service Unavailable", "RFC 9110 §15.6.4", may=("Retry-After",),
         meaning="The server is overloaded or in maintenance, probably for a short time.",
         sender="a proxy in front of you, or you during maintenance"),
    Code(504, "Gateway Timeout", "RFC 9110 §15.6.5",
         meaning="A gateway got no answer in time from the server behind it.",
         sender="a proxy in front of you, or you when you are the gateway"),
    Code(505, "HTTP Version Not Supported", "RFC 9110 §15.6.6",
         meaning="The server does not support the major version of HTTP in the request.",
         sender="servers that do not speak the version of the request"),
    Code(506, "Variant Also Negotiates", "RFC 2295 §8.1",
         meaning="The server is set up wrongly: the form it chose wants to choose again.",
         sender="nobody"),
    Code(507, "Insufficient Storage", "RFC 4918 §11.5",
         meaning="The server has no room to store what the request needs.",
         sender="WebDAV servers"),
    Code(508, "Loop Detected", "RFC 5842 §7.2",
         meaning="The server ended the operation because it went round in a circle.",
         sender="WebDAV servers"),
    Code(510, "Not Extended (OBSOLETED)", "RFC 2774 §7",
         meaning="Obsolete. The request lacked an extension that the server wanted.",
         sender="nobody: the standard behind it is obsolete"),
    Code(511, "Network Authentication Required", "RFC 6585 §6", storable=False,
         meaning="The network, not the server, wants the client to log in first.",
         sender="the network between client and server, such as a hotel's login page"),
)
# fmt: on

CODES = {code.number: code for code in _TABLE}


def class_name(number: int) -> str:
    """Return the name of a code's class.

    Raises ValueError outside 100..599, where there are no status codes.
    """
    if not 100 <= number <= 599:
        raise ValueError(f"{number} is not a status code: they go from 100 to 599 (RFC 9110 §15)")
    return CLASSES[number // 100]


def reason(number: int) -> str:
    """Return the reason phrase to send with a code. A client should ignore it (RFC 9112 §4)."""
    return CODES[number].name if number in CODES else "Unregistered"


def treat_as(number: int) -> int:
    """Return the code a client acts on: a code that is not registered counts as the x00 of its class.

    Outside 100..599 it counts as 500 (RFC 9110 §15).
    """
    if not 100 <= number <= 599:
        return 500
    code = CODES.get(number)
    return number if code and code.kind == "registered" else number // 100 * 100
