"""The learner's app as a check sees it: requests, and promises about what comes back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from .answer import Answer, Raised, Unreachable
from .diagnosis import explain_failure, explain_status
from .function import Function, Value
from .lines import NO_JSON, Sent, describe_reply, quoted
from .plain import decode_json, same_json
from .recorder import current, holds
from .report import Row, preview
from .wire import NoReply, Reply, exchange


class App:
    """The app of an answer. Every request becomes a row of the report.

    Redirects are not followed: following would hide the status code that a check is about.
    """

    def __init__(self, answer: Answer, name: str = "app") -> None:
        self._answer = answer
        self._name = name

    def get(self, path: str, **request: Any) -> Exchange:
        """Send GET; see :meth:`request`."""
        return self.request("GET", path, **request)

    def head(self, path: str, **request: Any) -> Exchange:
        """Send HEAD; see :meth:`request`."""
        return self.request("HEAD", path, **request)

    def post(self, path: str, **request: Any) -> Exchange:
        """Send POST; see :meth:`request`."""
        return self.request("POST", path, **request)

    def put(self, path: str, **request: Any) -> Exchange:
        """Send PUT; see :meth:`request`."""
        return self.request("PUT", path, **request)

    def patch(self, path: str, **request: Any) -> Exchange:
        """Send PATCH; see :meth:`request`."""
        return self.request("PATCH", path, **request)

    def delete(self, path: str, **request: Any) -> Exchange:
        """Send DELETE; see :meth:`request`."""
        return self.request("DELETE", path, **request)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = NO_JSON,
        data: bytes | str = b"",
    ) -> Exchange:
        """Send one request. ``json`` is sent as application/json, ``data`` as it is and without a Content-Type."""
        recorder = current()
        recorder.give_up_when_late()
        if not isinstance(path, str):
            # A check follows addresses that an answer gave it.
            row = recorder.add(Row(f"{method} {preview(repr(path))}", "nothing was sent"))
            recorder.fail(row, "a path on this server", "Your app gave this as an address, and nobody can ask it.")
        target = path + (f"?{urlencode(query, errors='surrogatepass')}" if query else "")
        sent = Sent(method, target, dict(headers or {}), data, json)
        row = recorder.add(Row(asked=str(sent), paste=sent.paste()))
        try:
            reply = exchange(self._answer.address(self._name), method, quoted(target), sent.fields(), sent.body())
        except Unreachable as problem:
            row.asked, row.got, row.paste, row.blank = problem.asked, problem.got, (), problem.blank
            recorder.fail(row, "an app that can be asked", problem.why)
        except NoReply as problem:
            row.got = problem.got
            if problem.kind in ("late", "endless"):
                recorder.late.append(row)
            return Exchange(self, sent, row, None, problem)
        row.got = describe_reply(reply, method)
        row.blank = reply.code == 501
        return Exchange(self, sent, row, reply, None)

    def crash(self, port: int) -> Raised | None:
        """Return the exception that escaped from the view that answered the request which came from a port."""
        try:
            return self._answer.crash(self._name, port)
        except Unreachable:
            return None

    @property
    def fresh(self) -> bool:
        """Tell whether nobody sent a request to the app before this check.

        In a notebook a check is often run again, and the app remembers what the earlier run sent.
        """
        try:
            return self._answer.fresh(self._name)
        except Unreachable:
            return True

    def function(self, name: str) -> Function:
        """Return a method of the app as something to call, such as ``test_client``."""
        return Function(self._answer, f"{self._name}.{name}")

    def value(self, name: str) -> Value:
        """Return an attribute of the app as something to read, such as ``testing``."""
        return Value(self._answer, f"{self._name}.{name}")

    def prepare(self, name: str, *arguments: Any) -> bool:
        """Call a method of the app that is no part of the judgement, such as ``add_url_rule``.

        It makes no row. Tell whether it worked: an app that has answered already takes no more routes.
        """
        try:
            return self._answer.call(f"{self._name}.{name}", arguments).raised is None
        except Unreachable:
            return False

    def log_messages(self) -> list[str]:
        """Return the messages of level WARNING or higher that the app logged so far."""
        return self._answer.messages()


class Exchange:
    """One request to the app and what came back, with the promises made about it.

    A promise that is kept returns the exchange, so that promises can be chained; a broken one ends the check.
    """

    def __init__(self, app: App, sent: Sent, row: Row, reply: Reply | None, problem: NoReply | None) -> None:
        self._app = app
        self.sent = sent
        self._row = row
        self.reply = reply
        self.problem = problem
        self._promised_headers = ["Content-Type"]
        # The promise that is being judged.
        self._promise = ""

    # What came back.

    @cached_property
    def crash(self) -> Raised | None:
        """Return the exception that the app let escape over this request; None when its answer blames no server."""
        if self.problem is not None:
            return self._app.crash(self.problem.port)
        return self._app.crash(self.reply.port) if self.reply and self.code >= 500 else None

    @property
    def code(self) -> int:
        """Return the status code; 0 when there was no response."""
        return self.reply.code if self.reply else 0

    def header(self, name: str) -> str | None:
        """Return the value of a header field; None when it is absent."""
        return self.reply.field(name) if self.reply else None

    @property
    def body(self) -> bytes:
        """Return the content."""
        return self.reply.body if self.reply else b""

    @property
    def text(self) -> str:
        """Return the content as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """Return the decoded JSON of the content; None when it is no JSON."""
        try:
            return decode_json(self.body)
        except (ValueError, RecursionError):
            return None

    def member(self, name: str) -> Any:
        """Return a member of the JSON object; None when there is no such object or member."""
        value = self.json
        return value.get(name) if isinstance(value, dict) else None

    @property
    def location(self) -> str | None:
        """Return Location resolved against the request's URL (RFC 9110 §10.2.2): a path on this server, else a URL."""
        value = self.header("Location")
        return None if value is None else self.resolve(value)

    def resolve(self, reference: str) -> str | None:
        """Resolve a reference: a path (with query) on this server, else a whole URL; None when it is no reference."""
        if not isinstance(reference, str):
            return None
        host = "{}:{}".format(*self._app._answer.address(self._app._name))
        try:
            url = urlsplit(urljoin(f"http://{host}{self.sent.target}", reference.strip()))
            if url.netloc.replace("localhost", "127.0.0.1") != host or url.scheme != "http":
                return url.geturl()
        except ValueError:
            return None
        return (url.path or "/") + (f"?{url.query}" if url.query else "")

    def hide(self, text: str) -> None:
        """Leave a text out of the report: it differs from run to run, and a report does not."""
        self._row.got = self._row.got.replace(text, "...")

    # What was promised.

    def expect(
        self, *codes: int, because: str, instead: Mapping[int, str] | None = None, rfc: str = "", wanted: str = ""
    ) -> Exchange:
        """Promise one of these status codes.

        ``because`` says why a client needs that. ``instead`` holds a sentence of its own for a code that people are
        likely to send by mistake.
        """
        self._want(wanted or " or ".join(map(str, codes)))
        if self.code in codes:
            return self
        special = (instead or {}).get(self.code, "")
        return self._break(explain_status(self, codes, special), because, rfc)

    def expect_that(self, true: Any, *, wanted: str, because: str, rfc: str = "") -> Exchange:
        """Promise anything else about this exchange."""
        self._want(wanted)
        if self.problem is not None:
            return self._break(explain_failure(self), because, rfc)
        return self if true else self._break("", because, rfc)

    def expect_json(
        self,
        value: Any = NO_JSON,
        *,
        because: str,
        where: Callable[[Any], bool] | None = None,
        wanted: str = "",
        error: bool = False,
        rfc: str = "",
    ) -> Exchange:
        """Promise JSON: a Content-Type that says so and exactly this value, or one for which ``where`` is true.

        For an ``error``, ``application/...+json`` will do as well.
        """
        self._want("application/json")
        if self.problem is not None:
            return self._break(explain_failure(self), because, rfc)
        if not self.is_json(error):
            return self._break(self._explain_media_type(), because, rfc)
        if value is not NO_JSON:
            self._want(preview(json.dumps(value)))
            kept = same_json(self.json, value)
        else:
            self._want(wanted)
            kept = where is None or holds(where, self.json)
        return self if kept else self._break("", because, rfc)

    def is_json(self, error: bool = False) -> bool:
        """Tell whether the Content-Type announces JSON and the content is JSON."""
        media_type = self.reply.media_type if self.reply else ""
        announced = media_type == "application/json" or (
            error and media_type.startswith("application/") and media_type.endswith("+json")
        )
        try:
            decode_json(self.body)
        except (ValueError, RecursionError):
            return False
        return announced

    def expect_header(
        self, name: str, *, because: str, where: Callable[[str], bool] | None = None, wanted: str = "", rfc: str = ""
    ) -> Exchange:
        """Promise a header field, and if ``where`` is given a value for which it is true."""
        self._want(f"{name}: {wanted}" if wanted else name)
        self._promised_headers.append(name)
        if self.problem is not None:
            return self._break(explain_failure(self), because, rfc)
        value = self.header(name)
        if value is not None and (where is None or holds(where, value)):
            return self
        explanation = f"{name} is {value!r}." if value is not None else f"There is no {name} header field."
        if value is None and self.member(name) is not None:
            explanation = (
                f"{name} is in the body. It is a header field: put it third in the tuple (body, status, headers)."
            )
        return self._break(explanation, because, rfc)

    def expect_location(self, path: str, *, because: str, rfc: str = "RFC 9110 §10.2.2") -> Exchange:
        """Promise a Location that resolves to ``path`` on this server."""
        return self.expect_header(
            "Location",
            because=because,
            where=lambda value: quoted(self.resolve(value) or "") == quoted(path),
            wanted=path,
            rfc=rfc,
        )

    def expect_no_content(self, *, because: str, rfc: str = "RFC 9110 §6.4.1") -> Exchange:
        """Promise that no byte follows the header section."""
        self._want("no content")
        if self.problem is not None:
            return self._break(explain_failure(self), because, rfc)
        surplus = self.reply.surplus if self.reply else b""
        return self if not surplus else self._break(f"{len(surplus)} bytes came after the headers.", because, rfc)

    def expect_same_head(self) -> Exchange:
        """Promise that HEAD answers like this GET: same status, same promised header fields, no content."""
        because = "A client uses HEAD to learn what GET would say, without the content."
        head = self._app.request("HEAD", self.sent.target, headers=self.sent.headers)
        head.expect(self.code, because=because, rfc="RFC 9110 §9.3.2")
        for name in self._promised_headers:
            if (value := self.header(name)) is not None:
                head.expect_header(
                    name,
                    because=because,
                    where=lambda got, value=value: got == value,
                    wanted=value,
                    rfc="RFC 9110 §9.3.2",
                )
        head.expect_no_content(because=because, rfc="RFC 9110 §9.3.2")
        return self

    def _want(self, text: str) -> None:
        self._promise = text or self._promise
        if text and text not in self._row.wanted:
            self._row.wanted.append(text)

    def _break(self, explanation: str, because: str, rfc: str) -> Exchange:
        current().fail(self._row, self._promise, f"{explanation} {because}".strip(), rfc)
        raise AssertionError("fail() always raises")

    def _explain_media_type(self) -> str:
        media_type = self.reply.media_type if self.reply else ""
        if media_type == "text/html" and self.code < 400:
            return (
                "The body is text/html: a str becomes text/html. Return a dict or a list, and Flask turns it into JSON."
            )
        if media_type == "text/html":
            return "The body is an HTML page: r.json() fails in the client exactly when something went wrong."
        if media_type == "application/json":
            return "The Content-Type is application/json, but the content is no JSON."
        return f"The Content-Type is {media_type or 'missing'}: a client cannot know that it is JSON."
