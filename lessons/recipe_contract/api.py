"""The Recipe API that is judged, with what stands around it: its files, its users, its recipes, its upstream.

What a row only needs in order to be tried is taken from here, and taken in any form that works: so a row judges its
own line of the contract and no other one.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from checks import App, Exchange, Factory, Scripted, ScriptedServer, Seen, closed_url, random_word
from checks.recorder import current
from checks.report import Row

# Accounts that every new store has.
PASSWORDS = {"ann": "a", "bob": "b", "root": "r"}
# Seconds: the limit that the app is given for its upstream, and what the upstream takes when it is slow.
UPSTREAM_TIMEOUT, SLOW = 0.3, 0.8
# What the limits are where no row is about them, so that a busy machine loses no row.
NO_HURRY, NO_LIMIT = 3.0, 1_000
LOGIN_LIMIT = 5
# Seconds that a client waits at most when it is asked to slow down.
PATIENCE = 3


@dataclass
class Recipe:
    """A recipe that a row made for itself. ``etag`` is what POST said; None when it said nothing."""

    id: Any
    title: str
    etag: str | None

    @property
    def path(self) -> str:
        """Return where it is."""
        return f"/recipes/{quote(str(self.id), safe='')}"

    @property
    def link(self) -> str:
        """Return its short link."""
        return f"/r/{quote(str(self.id), safe='')}"


class Upstream:
    """The nutrition service: it gives the same answer to every request until it is told another one."""

    def __init__(self) -> None:
        self.answer = Scripted(200, {"kcal": 0})
        self.server = ScriptedServer({"*": self._next})

    def _next(self, seen: Seen) -> Scripted:
        return self.answer


class Api:
    """One running Recipe API."""

    def __init__(self, create_app: Factory, upstream: Upstream, paths: Iterable[str] = (), **settings: Any) -> None:
        self._create_app = create_app
        self.upstream = upstream
        # The paths of the contract, those without a variable first.
        self._paths = sorted({path.partition("?")[0] for path in paths}, key=lambda path: path.count("<"))
        self._settings = settings
        self._app: App | None = None
        self._passwords = dict(PASSWORDS)
        self._tokens: dict[str, str] = {}
        # Method and path of what did not answer in time: it is not asked again.
        self._hanging: set[str] = set()
        # The status monitor of an export that was begun before the first row.
        self.begun_export = ""

    def another(self, **settings: Any) -> Api:
        """Return another instance with a store of its own."""
        return Api(self._create_app, self.upstream, self._paths, **settings)

    @cached_property
    def spare(self) -> Api:
        """Return the instance for what an app must refuse: if it does not, that stands in no other row's way.

        Nobody listens at its upstream.
        """
        return self.another(UPSTREAM=closed_url())

    @cached_property
    def strict(self) -> Api:
        """Return the instance with the limits of the contract."""
        return self.another(UPSTREAM_TIMEOUT=UPSTREAM_TIMEOUT, LOGIN_LIMIT=LOGIN_LIMIT)

    @property
    def app(self) -> App:
        """Return the running app; it is made when the first row needs it."""
        if self._app is None:
            folder = self.folder = self._create_app.folder()
            current().hide(folder, "<folder>")
            self.store, self.access_log = f"{folder}/recipes.sqlite", f"{folder}/access.log"
            settings = {
                "STORE": self.store,
                "ACCESS_LOG": self.access_log,
                "UPSTREAM": self.upstream.server.url,
                "UPSTREAM_TIMEOUT": NO_HURRY,
                "LOGIN_LIMIT": NO_LIMIT,
            }
            self._app = self._create_app({**settings, **self._settings})
        return self._app

    def ruin_store(self) -> None:
        """Make the file STORE unusable."""
        self._create_app.ruin(self.store)
        current().add(Row("the check makes the file STORE unusable", "done"))

    def log_lines(self) -> list[str]:
        """Return the lines of the access log."""
        return self._create_app.read(self.access_log).splitlines()

    # Requests. ``by`` is the name of who is logged in.

    def get(self, path: str, **request: Any) -> Exchange:
        """Send GET; see :meth:`request`."""
        return self.request("GET", path, **request)

    def post(self, path: str, **request: Any) -> Exchange:
        """Send POST; see :meth:`request`."""
        return self.request("POST", path, **request)

    def put(self, path: str, **request: Any) -> Exchange:
        """Send PUT; see :meth:`request`."""
        return self.request("PUT", path, **request)

    def delete(self, path: str, **request: Any) -> Exchange:
        """Send DELETE; see :meth:`request`."""
        return self.request("DELETE", path, **request)

    def request(self, method: str, path: str, by: str = "", **request: Any) -> Exchange:
        """Send a request as :meth:`checks.App.request` does, logged in as ``by``."""
        route = self._route(method, path)
        if self.hangs(method, path):
            row = current().add(Row(f"{method} {path}", "not sent"))
            current().fail(row, "an answer in time", f"{route} did not end in time before: it was not asked again.")
        if by:
            request["headers"] = {"Authorization": f"Bearer {self.token(by)}", **request.get("headers", {})}
        answer = self.app.request(method, path, **request)
        self._hide_what_varies(route, answer)
        if route == "POST /tokens" and isinstance(token := answer.member("token"), str):
            name = request["json"]["name"]
            self.hide(token, f"<token of {name}>")
            if succeeded(answer) and token:
                self._tokens[name] = token
        if answer.problem is not None and answer.problem.kind in ("late", "endless"):
            self._hanging.add(route)
        return answer

    def hangs(self, method: str, path: str) -> bool:
        """Tell whether an earlier request of this kind was not answered in time."""
        return self._route(method, path) in self._hanging

    def _route(self, method: str, path: str) -> str:
        plain = str(path).partition("?")[0]
        patterns = ((template, re.sub("<[^>]+>", "[^/]+", template)) for template in self._paths)
        return f"{method} {next((template for template, pattern in patterns if re.fullmatch(pattern, plain)), plain)}"

    def at_once(self, count: int, send: Callable[[], Exchange]) -> list[Exchange]:
        """Send the same request ``count`` times at the same moment."""
        with ThreadPoolExecutor(count) as pool:
            return [sent.result() for sent in [pool.submit(copy_context().run, send) for _ in range(count)]]

    # What rows need in order to be tried, in any form that works.

    def token(self, name: str) -> str:
        """Log in once, and return the token."""
        if name not in self._tokens:
            answer = self.log_in(name)
            need(answer, name in self._tokens, "a token", f"a token of {name}", "R20")
        return self._tokens[name]

    def log_in(self, name: str) -> Exchange:
        """Send the right password, again if the client is asked to slow down."""
        account = {"name": name, "password": self._passwords[name]}
        answer = self.post("/tokens", json=account)
        if answer.code == 429:
            wait = answer.header("Retry-After") or ""
            time.sleep(min(int(wait) if re.fullmatch(r"[0-9]{1,9}", wait) else 1, PATIENCE))
            answer = self.post("/tokens", json=account)
        return answer

    def add_user(self) -> str:
        """Add an account and return its name."""
        name, password = random_word(), random_word()
        answer = self.post("/users", json={"name": name, "password": password})
        need(answer, succeeded(answer), "a new account", "a new account", "R09")
        self._passwords[name] = password
        return name

    def add_recipe(self, by: str = "ann", title: str = "", **more: Any) -> Recipe:
        """Add a recipe, a public one if nothing else is said."""
        title = title or f"{random_word()} soup"
        answer = self.post("/recipes", by=by, json={"title": title, **more})
        found = self._id_of(answer)
        need(answer, succeeded(answer) and found not in (None, ""), "a new recipe", "a recipe", "R25")
        return Recipe(found, title, answer.header("ETag"))

    def _id_of(self, answer: Exchange) -> Any:
        found = answer.member("id")
        if isinstance(found, (int, str)):
            return found
        return (answer.location or "").rstrip("/").rpartition("/")[2]

    def _hide_what_varies(self, route: str, answer: Exchange) -> None:
        """Show something else in the report for what an app may make of a date or of random data."""
        self.hide(answer.header("ETag"), "<ETag>")
        if route in ("POST /recipes", "POST /exports"):
            self.hide(self._id_of(answer), "<id>")

    def hide(self, text: Any, shown: str) -> None:
        """Show something else in the report for a text that an answer made up."""
        # Short ones are numbers that count, and would be found everywhere.
        if len(str(text or "")) >= 8:
            current().hide(str(text).removeprefix("W/").strip('"'), shown)

    def tag_of(self, recipe: Recipe, by: str = "ann", otherwise: str = "") -> str:
        """Return the current ETag of a recipe, or what will do otherwise."""
        answer = self.get(recipe.path, by=by)
        tag = answer.header("ETag") or recipe.etag or otherwise
        need(answer, tag, "an ETag", "the ETag of a recipe", "R29")
        return tag

    @contextmanager
    def answering(self, answer: Scripted) -> Iterator[None]:
        """Let the nutrition service give this answer."""
        before, self.upstream.answer = self.upstream.answer, answer
        try:
            yield
        finally:
            self.upstream.answer = before


def succeeded(answer: Exchange) -> bool:
    """Tell whether the status code is of the class 2xx."""
    return 200 <= answer.code <= 299


def need(answer: Exchange, true: Any, wanted: str, what: str, row: str) -> None:
    """End a row that cannot be tried, because a step before it does not work in any form."""
    answer.expect_that(true, wanted=wanted, because=f"This row cannot be tried without {what}. See {row}.")
