"""R09 to R19: users."""

from __future__ import annotations

import json
from typing import Any

from checks import Exchange, random_word, shuffled

from .api import Api, succeeded
from .promises import (
    ERRORS,
    PROBLEM,
    expect_errors,
    expect_log_in,
    expect_nothing,
    expect_problem,
)
from .table import CONTRACT


@CONTRACT.row("R09", "POST", "/users", "new name", 201, headers="Location: /users/<name>", body='{"name"}; no password')
def new_user(api: Api) -> None:
    """The body is a JSON object with name and password, both texts. Nobody has to log in for it. The new account can
    log in at once, its role is user, and the password is in no answer."""
    name, password = random_word(), random_word()
    answer = api.post("/users", json={"name": name, "password": password}).expect(
        201,
        because="201 tells the client that its account exists now.",
        instead={200: "200 is Flask's default. It does not say that anything was created.", 401: _NO_LOGIN},
        rfc="RFC 9110 §15.3.2",
    )
    answer.expect_location(f"/users/{name}", because="The client finds there what it created.")
    answer.expect_json(
        where=lambda user: user["name"] == name,
        wanted=f'{{"name": "{name}"}}',
        because="The client sees under which name the account was stored.",
    )
    answer.expect_that(
        password not in answer.text,
        wanted="no password",
        because="The password came back: every log and every cache on the way may keep it now.",
    )
    login = api.post("/tokens", json={"name": name, "password": password})
    refused = login.code in (401, 403, 404) and succeeded(api.log_in("ann"))
    login.expect_that(
        not refused,
        wanted="a token",
        because="You answered 201, and the new account cannot log in: it was not stored, or not with this password.",
    )
    if succeeded(login):
        own = api.get(f"/users/{name}", by=name)
        own.expect_that(
            own.member("role") in ("user", None),
            wanted='role "user"',
            because="Whoever makes an account of one's own may do what an admin may.",
        )


_NO_LOGIN = "Whoever wants an account has none yet and cannot log in."


@CONTRACT.row("R10", "POST", "/users", "name exists", 409, body=PROBLEM)
def name_exists(api: Api) -> None:
    """Nothing is changed: the old password still works, the new one does not."""
    name, password = api.add_user(), random_word()
    answer = api.post("/users", json={"name": name, "password": password})
    expect_problem(
        answer,
        409,
        because="The request is good. It conflicts with what is stored, and the person can choose another name.",
        instead={
            200: "You answered 200 to a name that is taken: whose is it now?",
            201: "201 for a name that is taken: two people share a name, or one has lost the account.",
            400: "400 makes the client look for a mistake in the request, and there is none.",
            422: "The body is fine in itself. Only because of what is stored already it cannot be done: 409.",
            500: "The database refused the name and nobody caught its exception (sqlite3.IntegrityError): that is "
            "the client's conflict, not your bug.",
        },
        rfc="RFC 9110 §15.5.10",
    )
    stolen = succeeded(api.post("/tokens", json={"name": name, "password": password}))
    answer.expect_that(not stolen, wanted="the old password", because="You answered 409 and stored the password.")


@CONTRACT.row("R11", "POST", "/users", "a field missing, empty or not a string", 422, body=ERRORS)
def faulty_user(api: Api) -> None:
    """errors holds an object for every field that is wrong: pointer is "/name" or "/password" ("#/name" will do as
    well), detail is a text for a person."""
    name, password = random_word(), random_word()
    cases: list[tuple[dict[str, Any], tuple[str, ...]]] = [
        ({}, ("name", "password")),
        ({"name": name}, ("password",)),
        ({"password": password}, ("name",)),
        ({"name": "", "password": password}, ("name",)),
        ({"name": name, "password": ""}, ("password",)),
        ({"name": 7, "password": password}, ("name",)),
        ({"name": name, "password": None}, ("password",)),
        ({"name": [], "password": 7}, ("name", "password")),
    ]
    for body, fields in shuffled(cases):
        expect_errors(
            api.spare.post("/users", json=body),
            *fields,
            because=f"{json.dumps(body)} has no usable {' and no usable '.join(fields)}: nothing can be stored.",
            instead={
                500: "The client's mistake raised an exception in your view. Look at each field before you use it.",
                415: "The Content-Type is application/json, and this is JSON.",
                409: "Look at the fields first: this body cannot conflict with anything.",
            },
        )


@CONTRACT.row("R12", "POST", "/users", "body is not JSON text", 400, body=PROBLEM)
def no_json_text(api: Api) -> None:
    """The Content-Type says application/json, and the body is broken, empty or not UTF-8."""
    for body in shuffled([b'{"name": "', b"", b"name=ann&password=a", b'{"name": "\xff"}', b"{'name': 'ann'}"]):
        expect_problem(
            api.post("/users", data=body, headers={"Content-Type": "application/json"}),
            400,
            because="The client must learn that its text cannot be read as JSON.",
            instead={
                422: "422 says: I have read it, and the values are wrong. This text cannot be read at all: 400.",
                415: "The Content-Type is right, it says application/json. What stands in the body is no JSON: 400.",
                500: "The client's broken text raised an exception. request.get_json() answers 400 by itself; with "
                "silent=True or json.loads() you have to.",
            },
            rfc="RFC 9110 §15.5.1",
        )


@CONTRACT.row(
    "R13", "POST", "/users", "Content-Type is not JSON", 415, headers="Accept: application/json", body=PROBLEM
)
def no_json_type(api: Api) -> None:
    """Whatever the body: a form, plain text, or no Content-Type at all. Accept says what would be taken."""
    good = json.dumps({"name": random_word(), "password": random_word()})
    for media_type, body in shuffled(
        [("text/plain", good), ("application/x-www-form-urlencoded", "name=ann"), ("", good), ("text/plain", "")]
    ):
        answer = expect_problem(
            api.post("/users", data=body, headers={"Content-Type": media_type} if media_type else {}),
            415,
            because="The client sent a format that you do not take, and 415 says just that.",
            instead={
                201: "You guessed that it is JSON. force=True takes what a form on any foreign page sends.",
                400: "400 makes the client look for a mistake in its text. The text may be fine: its label is not.",
                422: "Before the fields comes the format: this is not even labelled as JSON.",
                500: "request.json is None, or raises, when the Content-Type is not JSON.",
            },
            rfc="RFC 9110 §15.5.16",
        )
        answer.expect_header(
            "Accept",
            where=lambda value: "application/json" in value.lower(),
            wanted="application/json",
            because="415 alone says 'not this'. Accept in the answer says what would be taken.",
            rfc="RFC 9110 §12.5.1",
        )


@CONTRACT.row("R14", "GET", "/users/<name>", "yourself, or you are admin", 200, body='{"name", "role"}')
def see_user(api: Api) -> None:
    """role is user or admin. No password, and no hash of one."""
    for by, name, role in (("ann", "ann", "user"), ("root", "bob", "user"), ("root", "root", "admin")):
        answer = api.get(f"/users/{name}", by=by).expect(
            200,
            because="Everybody may see oneself, and an admin everybody.",
            instead={
                401: f"{by} is logged in with a token from POST /tokens, and got 401: the client logs in for ever.",
                403: f"{by} may see {name}.",
                404: f"There is an account {name}.",
            },
            rfc="RFC 9110 §15.3.1",
        )
        answer.expect_json(
            where=lambda user, name=name, role=role: user["name"] == name and user["role"] == role,
            wanted=f"name {name!r} and role {role!r}",
            because="The client shows who is logged in, and what that person may do.",
        )
        answer.expect_that(
            not any("pass" in key.lower() or "hash" in key.lower() for key in answer.json),
            wanted="no password",
            because="Not even a hash of the password leaves the server: it can be tried out elsewhere.",
        )


@CONTRACT.row("R15", "GET", "/users/<name>", "somebody else", 403, body=PROBLEM)
def see_somebody_else(api: Api) -> None:
    """A user who is logged in, and no admin, looks at another account."""
    for by, name in (("ann", "bob"), ("bob", "root")):
        _expect_forbidden(api.get(f"/users/{name}", by=by), by, {200: f"{by} can read what belongs to {name}."})


def _expect_forbidden(answer: Exchange, by: str, instead: dict[int, str]) -> None:
    expect_problem(
        answer,
        403,
        because="The server knows who asks, it understood, and it refuses.",
        instead={
            401: f"{by} is logged in. 401 makes the client ask for the password again and again, and it cannot help.",
            404: "404 would hide the account. This contract says openly: you may not.",
            **instead,
        },
        rfc="RFC 9110 §15.5.4",
    )


@CONTRACT.row(
    "R16",
    "GET",
    "/users/<name>",
    "not logged in, or a token nobody has",
    401,
    headers="WWW-Authenticate: Bearer ...",
    body=PROBLEM,
)
def see_user_as_stranger(api: Api) -> None:
    """The same for another scheme than Bearer, and for a name that nobody has: who asks is looked at first."""
    unknown = random_word()
    token = api.log_in("ann").member("token") or unknown
    cases = [
        ("Nobody is logged in", "/users/ann", {}),
        (f"Nobody has the token {unknown}", "/users/ann", {"Authorization": f"Bearer {unknown}"}),
        ("The scheme is Basic, and no token", "/users/ann", {"Authorization": "Basic YW5uOmE="}),
        (
            "The scheme is Basic, even if ann's token stands behind it",
            "/users/ann",
            {"Authorization": f"Basic {token}"},
        ),
        ("There is no token behind Bearer", "/users/ann", {"Authorization": "Bearer"}),
        ("Nobody is logged in", f"/users/{unknown}", {}),
    ]
    for case, path, headers in cases:
        answer = expect_log_in(api.get(path, headers=headers), case)
        answer.expect_header(
            "WWW-Authenticate",
            where=lambda value: value.lower().split(" ")[0].rstrip(",") == "bearer",
            wanted="Bearer",
            because="The client has a token to send: the scheme says that this is what is wanted.",
            rfc="RFC 9110 §11.6.1",
        )


@CONTRACT.row("R17", "DELETE", "/users/<name>", "admin, user exists", 204, headers="no Content-Length", body="none")
def delete_user(api: Api) -> None:
    """The account is gone afterwards."""
    name = api.add_user()
    answer = api.delete(f"/users/{name}", by="root").expect(
        204,
        because="It is done, and there is nothing to say.",
        instead={
            200: "200 announces content to read. There is nothing to say about an account that is gone: 204.",
            202: "202 says 'later'. The account is gone now.",
            403: "root is an admin and may.",
            404: f"There is an account {name}: POST /users has just made it.",
        },
        rfc="RFC 9110 §15.3.5",
    )
    expect_nothing(answer, "A 204 ends with its header section: r.json() has nothing to read.")
    there = api.get(f"/users/{name}", by="root").code == 200
    answer.expect_that(not there, wanted=f"{name} is gone", because="You answered 204, and the account is still there.")


@CONTRACT.row("R18", "DELETE", "/users/<name>", "admin, user absent", 404, body=PROBLEM)
def delete_absent_user(api: Api) -> None:
    """A name that nobody has or had."""
    expect_problem(
        api.delete(f"/users/{random_word()}", by="root"),
        404,
        because="The admin mistyped the name, and must learn that nobody was deleted.",
        instead={
            204: "You answered 204, and nothing was there to delete: the admin goes home, the account stays.",
            403: "root is an admin and may. There is only nobody of that name.",
            410: "410 is for what was there once. Nobody ever had this name.",
            500: "Looking up a name that nobody has raised an exception.",
        },
        rfc="RFC 9110 §15.5.5",
    )


@CONTRACT.row("R19", "DELETE", "/users/<name>", "logged in, not admin", 403, body=PROBLEM)
def delete_user_as_user(api: Api) -> None:
    """Not even oneself, and a name that nobody has makes no difference. Nobody is deleted."""
    name = api.add_user()
    tries = [("bob", name), ("bob", random_word())]
    if succeeded(api.log_in(name)):
        tries.append((name, name))
    for by, victim in tries:
        answer = api.delete(f"/users/{victim}", by=by)
        deleted = {code: f"{by} is no admin, and deleted {victim}." for code in (200, 204)}
        absent = {404: "404 before 403: whoever is no admin finds out which names exist."} if victim != name else {}
        _expect_forbidden(answer, by, {**deleted, **absent})
    gone = api.get(f"/users/{name}", by="root").code in (404, 410)
    answer.expect_that(not gone, wanted="nobody is deleted", because="You answered 403 and deleted the account first.")
