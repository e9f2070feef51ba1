"""C01 to C07: three more codes, and a request that is sent twice."""

from __future__ import annotations

import re

from checks import Exchange, random_word

from .api import Api, need, succeeded
from .promises import PROBLEM, expect_problem
from .table import CHALLENGES

RFC_451 = "RFC 7725 §3"
# draft-ietf-httpapi-idempotency-key-header: no RFC yet.
DRAFT = "Idempotency-Key, Internet-Draft"


@CHALLENGES.row("C01", "GET", "/recipes", "Accept excludes JSON", 406, body=PROBLEM)
def not_acceptable(api: Api) -> None:
    """Accept names other types only, or JSON with q=0. The problem details are sent all the same."""
    for accept in ("text/html", "image/*, text/plain;q=0.5", "text/html, application/json;q=0"):
        expect_problem(
            api.get("/recipes", headers={"Accept": accept}),
            406,
            because=f"With Accept: {accept} this client cannot use JSON, and you have nothing else.",
            instead={
                200: f"You sent JSON to a client that says Accept: {accept}. HTTP allows that; this row promises 406.",
                415: "415 is about what the client sends. This is about what it can read: 406.",
            },
            rfc="RFC 9110 §15.5.7",
        )


@CHALLENGES.row("C02", "GET", "/recipes", "Accept includes JSON", 200, body="JSON list")
def acceptable(api: Api) -> None:
    """One of the ranges in Accept includes application/json, however low its q above 0."""
    for accept in ("*/*", "application/*", "text/html, application/json;q=0.1", "text/html, */*;q=0.1"):
        api.get("/recipes", headers={"Accept": accept}).expect(
            200,
            because=f"With Accept: {accept} JSON will do.",
            instead={
                406: f"Accept: {accept} includes JSON. Let request.accept_mimetypes read it: it knows ranges and q."
            },
            rfc="RFC 9110 §12.5.1",
        )


@CHALLENGES.row("C03", "PUT", "/recipes/<id>/block", "admin, {by}", 204, headers="no Content-Length", body="none")
def block(api: Api) -> None:
    """by is the URL of who blocks the recipe, such as the host of the API. Only an admin may: other users get 403."""
    recipe = api.add_recipe()
    path, body = f"{recipe.path}/block", {"by": "https://host.example/7"}
    api.put(path, by="root", json=body).expect(204, because="It is done, and there is nothing to say.")
    answer = api.put(f"{api.add_recipe().path}/block", by="bob", json=body)
    expect_problem(answer, 403, because="bob is no admin: else anybody could make any recipe vanish.")


@CHALLENGES.row(
    "C04", "GET", "/recipes/<id>", "was blocked", 451, headers='Link: <...>; rel="blocked-by"', body=PROBLEM
)
def blocked(api: Api) -> None:
    """For everybody, its owner too. The link is the URL that the admin gave."""
    recipe, url = api.add_recipe(), f"https://host.example/{random_word()}"
    done = api.put(f"{recipe.path}/block", by="root", json={"by": url})
    need(done, succeeded(done), "a blocked recipe", "a blocked recipe", "C03")
    for by in ("", "ann"):
        answer = expect_problem(
            api.get(recipe.path, by=by),
            451,
            because="The server may not show it, and says why: it is the law, and not the client.",
            instead={
                200: "The recipe is blocked, and it is shown.",
                403: "403 leaves the client to believe that a login would help.",
                404: "404 hides that something was taken away. 451 makes it public.",
                410: "410 says that the owner took it away. It was the law: 451.",
            },
            rfc=RFC_451,
        )
        answer.expect_header(
            "Link",
            where=lambda value: re.search(rf'<{re.escape(url)}>\s*;\s*rel="?blocked-by"?', value),
            wanted=f'<{url}>; rel="blocked-by"',
            because="The reader learns who blocks it, and can ask there. Who demands it belongs in the content.",
            rfc="RFC 7725 §4",
        )


def _add(api: Api, title: str, key: str, by: str = "ann") -> Exchange:
    return api.post("/recipes", by=by, json={"title": title}, headers={"Idempotency-Key": f'"{key}"'})


def _count(api: Api, title: str) -> int:
    found = api.get("/recipes", query={"q": title}).json
    return len(found) if isinstance(found, list) else 0


@CHALLENGES.row(
    "C05",
    "POST",
    "/recipes",
    "Idempotency-Key again, same body",
    201,
    headers="Location, ETag as before",
    body="as before",
)
def same_again(api: Api) -> None:
    """The first answer is repeated, and nothing is created. Without a key each POST creates a recipe."""
    title, key = f"{random_word()} soup", random_word()
    first, again = _add(api, title, key), _add(api, title, key)
    again.expect(
        201,
        because="The client never got the first answer. It needs that answer, and no second recipe.",
        instead={409: "The client did nothing wrong: it sent the same request again, as the key says."},
        rfc=DRAFT,
    )
    same = first.body == again.body and all(first.header(name) == again.header(name) for name in ("Location", "ETag"))
    again.expect_that(same, wanted="the first answer", because="The answer is another one: the client has two recipes.")
    again.expect_that(
        _count(api, title) == 1, wanted="1 recipe", because="One click, two recipes: that is what the key is for."
    )
    for _ in range(2):
        plain = api.add_recipe(title=f"{title} plain")
    api.get(plain.path).expect_that(
        _count(api, plain.title) == 2, wanted="2 recipes", because="Without a key two requests are two requests."
    )


@CHALLENGES.row("C06", "POST", "/recipes", "Idempotency-Key again, another body", 422, body=PROBLEM)
def key_for_another_body(api: Api) -> None:
    """422, or 409. Nothing is created."""
    key, title = random_word(), f"{random_word()} soup"
    _add(api, f"{random_word()} stew", key)
    answer = _add(api, title, key)
    expect_problem(
        answer,
        409 if answer.code == 409 else 422,
        because="The key was used for something else: the client has a bug, and must hear of it.",
        instead={201: "The key was used for another recipe. Repeated or created, the client believes the wrong thing."},
        rfc=DRAFT,
    )
    answer.expect_that(
        _count(api, title) == 0, wanted="no recipe", because="You refused it and stored it all the same."
    )


@CHALLENGES.row("C07", "POST", "/recipes", "Idempotency-Key of somebody else", 201, body="a recipe of one's own")
def key_of_somebody_else(api: Api) -> None:
    """Each user has keys of their own."""
    title, key = f"{random_word()} soup", random_word()
    _add(api, title, key)
    answer = _add(api, title, key, by="bob").expect(201, because="bob's key has nothing to do with ann's.", rfc=DRAFT)
    answer.expect_that(
        answer.member("owner") == "bob",
        wanted="owner 'bob'",
        because="bob was given ann's answer: with a guessed key he reads what is hers.",
    )
