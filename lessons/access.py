"""Who are you, and may you: the checks of the lesson on 401, 403 and the 404 that hides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from werkzeug.security import generate_password_hash

from checks import (
    App,
    Exchange,
    Function,
    Question,
    ResponseOf,
    Result,
    Value,
    claim,
    exercise,
    part,
    random_number,
    random_word,
    random_words,
    shuffled,
)
from server.apps.canned import CannedServer

RFC_401 = "RFC 9110 §15.5.2"
RFC_403 = "RFC 9110 §15.5.4"
RFC_404 = "RFC 9110 §15.5.5"
# Cheap to check, so that a check is quick.
HASH = "pbkdf2:sha256:1000"

known_caller = Question(
    "A user is logged in, but may not see this page. 401 or 403?",
    choices=(401, 403),
    answer=403,
    because="401 asks 'who are you?', and that is known already. 403 says: I know you, and you may not.",
)

abort_helps = Question(
    "Does abort(401) tell the client how to log in?",
    choices=("yes", "no"),
    answer="no",
    because="There is no WWW-Authenticate, and a 401 MUST have one (RFC 9110 §15.5.2). You have to send it yourself.",
)

unknown_page = Question(
    "before_request demands a login. Which code does a stranger get for a URL that does not exist?",
    choices=(401, 404),
    answer=401,
    because="before_request runs before Flask answers that it found no route. So a stranger learns nothing about URLs.",
)

wrong_password = Question(
    "A client logs in with a wrong password. 401 or 403?",
    choices=(401, 403),
    answer=401,
    because="Wrong credentials are no valid credentials. The server still does not know who is there (§15.5.2).",
)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _given(tokens: Value) -> None:
    """Put the given users in their places: an earlier check, or a learner, may have moved them."""
    tokens.put("t-ann", {"name": "ann", "role": "user"})
    tokens.put("t-root", {"name": "root", "role": "admin"})


def _join(tokens: Value, name: str = "", role: str = "user") -> tuple[str, str]:
    """Add a user; return the token and the name."""
    token, name = "-".join(random_words(2)), name or random_word()
    tokens.put(token, {"name": name, "role": role})
    return token, name


def _nobody() -> dict[str, dict[str, str]]:
    """Return header fields that name nobody, by the sentence that says so."""
    unknown = random_word()
    return {
        "There is no Authorization header field": {},
        f"The token {unknown} is not in TOKENS": _bearer(unknown),
    }


def _offers_bearer(value: str) -> bool:
    """Tell whether one of the challenges has the scheme Bearer (RFC 9110 §11.6.1)."""
    items = re.sub(r'"(?:[^"\\]|\\.)*"', '""', value).split(",")
    return any(re.match(r"\s*bearer(\s+[^\s=].*|\s*)$", item, re.IGNORECASE) for item in items)


def _lookup_failed(answer: Exchange) -> dict[int, str]:
    """Explain the exceptions that a missing header field or an unknown token is likely to raise."""
    kind, text = (answer.crash.kinds[0], answer.crash.text) if answer.crash else ("", "")
    if kind in ("KeyError", "BadRequestKeyError"):
        return {500: "Square brackets raise KeyError when there is nothing under the key: .get() gives None instead."}
    if kind in ("IndexError", "ValueError"):
        return {500: "Your code takes the header field apart, and it has fewer parts than your code expects."}
    if "NoneType" in text:
        return {500: "Your code goes on with None: there was nothing under this name. Ask for that before you go on."}
    return {}


def _expect_log_in(answer: Exchange, case: str) -> Exchange:
    """Promise 401 and a challenge for Bearer."""
    instead = {
        200: f"{case}, and your app answered 200: anybody is let in.",
        204: f"{case}, and your app did what was asked: anybody may do it.",
        400: f"{case}. What this request lacks is valid credentials, and the task asks for 401 here.",
        302: f"{case}. A redirect to a login page is for people with a browser: a program needs the number 401.",
        403: f"{case}. 403 says 'I know you, and you may not'. But the server does not know who this is: 401.",
        **_lookup_failed(answer),
    }
    need = "only 401 makes a client log in and ask again."
    because = need.capitalize() if answer.code in instead else f"{case}: {need}"
    answer.expect(401, because=because, instead=instead, rfc=RFC_401)
    because = "A 401 MUST say how to log in: WWW-Authenticate, and here with the scheme Bearer. "
    because += (
        "The client has a token to send, and it reads that something else is wanted."
        if answer.header("WWW-Authenticate")
        else "The bare number tells the client that it must log in, but not how. abort(401) alone sends no such field."
    )
    return answer.expect_header("WWW-Authenticate", where=_offers_bearer, wanted="Bearer", because=because, rfc=RFC_401)


@exercise(
    points=3,
    hints=[
        "Which header field carries the token? What does your code do when it is absent?",
        "Take the field apart at its first space: scheme, token. Both have to be right.",
        "401 needs a header field of its own. It goes third in the tuple.",
        "`scheme, _, token = request.headers.get('Authorization', '').partition(' ')` never raises. Then look up "
        "TOKENS.get(token), and answer 401 with {'WWW-Authenticate': 'Bearer'} where that is None.",
    ],
)
def log_in_first(app: App, TOKENS: Value) -> None:  # noqa: N803
    """GET /me answers 200 and the name to a token in TOKENS, else 401 with WWW-Authenticate: Bearer."""
    _given(TOKENS)
    try:
        _expect_me(app, TOKENS)
    finally:
        _given(TOKENS)


def _expect_me(app: App, tokens: Value) -> None:
    _expect_name(app, "t-ann", "ann").expect_same_head()
    nobody = _nobody()
    for case, headers in nobody.items():
        _expect_log_in(app.get("/me", headers=headers), case).expect_same_head()
    token, name = _join(tokens)
    boss, boss_name = _join(tokens, name=f'{random_word()} "Zoë"', role="admin")
    _expect_name(app, token, name)
    _expect_name(app, "t-root", "root")
    _expect_name(app, boss, boss_name)
    for case, value in shuffled(_other_forms(token, name)):
        _expect_log_in(app.get("/me", headers={"Authorization": value}), case)
    new_name = random_word()
    tokens.put("t-ann", {"name": new_name, "role": "user"})
    _expect_name(app, "t-ann", new_name)
    for gone in ("t-ann", token):
        tokens.remove(gone)
        _expect_log_in(app.get("/me", headers=_bearer(gone)), f"The check took the token {gone} out of TOKENS")
    _expect_name(app, boss, boss_name)
    for case, headers in nobody.items():
        _expect_log_in(app.get("/me", headers=headers), case)


def _expect_name(app: App, token: str, name: str) -> Exchange:
    answer = app.get("/me", headers=_bearer(token))
    because = f"The token {token} is in TOKENS: the server knows who this is, and says so."
    instead = {
        401: "401 for a token that is in TOKENS (the check may have added it): this client is asked to log in again.",
        403: "403 for a token that is in TOKENS: everybody may see the page about oneself.",
        **_lookup_failed(answer),
    }
    answer.expect(200, because=because, instead=instead, rfc="RFC 9110 §11.6.2")
    return answer.expect_json({"name": name}, because="The client reads the name of the user, and no other member.")


def _other_forms(token: str, name: str) -> list[tuple[str, str]]:
    """Return values of Authorization that name nobody, each behind the sentence that says why."""
    forms = [
        ("There is no scheme before the token", token),
        ("There is no token after the scheme", "Bearer"),
        ("The scheme is Basic, with a name and a password", "Basic YW5uOnQtYW5u"),
        (f"Nobody has the token {token}x", f"Bearer {token}x"),
        (f"Nobody has the token {token[:-1]}", f"Bearer {token[:-1]}"),
        (f"Nobody has the token {token.upper()}: small and capital letters differ", f"Bearer {token.upper()}"),
        (f"{name} is a name and no token", f"Bearer {name}"),
    ]
    # Digest is as long as Bearer.
    return forms + [(f"The scheme is {it}, not Bearer", f"{it} {token}") for it in ("Basic", "Digest", "MyBearer")]


@exercise(
    points=3,
    hints=[
        "Two questions, one after the other: who is it, and may they? Each one has its own code.",
        "Ask first whether the token is known: if not, 401. Only then look at the role.",
        "A role is allowed when it is 'admin'. There may be more roles than the two you see.",
    ],
)
def not_allowed(app: App, TOKENS: Value) -> None:  # noqa: N803
    """DELETE /users/1 answers 204 to admins, 403 to other known users, and 401 with WWW-Authenticate to strangers."""
    _given(TOKENS)
    _expect_delete(app, TOKENS)


def _expect_delete(app: App, tokens: Value) -> None:
    def delete(token: str) -> Exchange:
        return app.delete("/users/1", headers=_bearer(token))

    nobody = _nobody()
    users = [
        ("t-ann", "ann", "user"),
        *((*_join(tokens, role=role), role) for role in ("user", "guest", "administrator")),
        (*_join(tokens, name="root"), "user"),
    ]
    for case, headers in nobody.items():
        _expect_log_in(app.delete("/users/1", headers=headers), case)
    for token, name, role in users:
        _expect_refused(delete(token), name, role)
    _expect_deleted(delete("t-root"), "root", 204)
    boss, boss_name = _join(tokens, role="admin")
    _expect_deleted(delete(boss), boss_name, 204, 404)
    _expect_deleted(delete("t-root"), "root", 204, 404)
    for token, name, role in users[:2]:
        _expect_refused(delete(token), name, role)
    for case, headers in nobody.items():
        _expect_log_in(app.delete("/users/1", headers=headers), case)


def _expect_refused(answer: Exchange, name: str, role: str) -> None:
    no_admin = f"{name} is not an admin (the role is {role!r})"
    answer.expect(
        403,
        because="The server knows who asks, it understood, and it refuses.",
        instead={
            200: f"{no_admin}, and was allowed to delete: any user may.",
            204: f"{no_admin}, and deleted a user: any user may.",
            401: f"{name} is logged in, and got 401. The client will ask its user to log in again and again, and "
            "logging in again cannot help.",
            404: f"{no_admin}. 404 hides whether there is a user 1: HTTP allows that, but this task promises 403.",
            **_lookup_failed(answer),
        },
        rfc=RFC_403,
    )


def _expect_deleted(answer: Exchange, name: str, *codes: int) -> None:
    gone = (
        "404 for the first DELETE of an admin: no route of your app takes it, or user 1 is gone already. An earlier "
        "check may have deleted it: then run the cell with your app again. Or your app deletes before it refuses."
    )
    answer.expect(
        *codes,
        because=f"{name} has the role 'admin' and may delete: it is done, and there is nothing to say.",
        instead={
            401: f"{name} is in TOKENS, and got 401: this client is logged in.",
            403: f"{name} has the role 'admin', and got 403. TOKENS says who may, at every request.",
            **({404: gone} if 404 not in codes else {}),
            **_lookup_failed(answer),
        },
        rfc="RFC 9110 §9.3.5",
    )


@exercise(
    points=4,
    hints=[
        "Who is to read a draft? How many of the others have to be told apart?",
        "Every 'no' has to be the same answer. How many lines of your view make it?",
        "Collect what must be true for 'yes' in one condition: a draft, a known user, and this user its owner. "
        "Everything else ends at one line.",
    ],
)
def hidden(app: App, TOKENS: Value, DR: Value) -> None:  # noqa: N803
    """GET /drafts/<number> answers 200 to the owner, and to all others the very 404 of a draft that does not exist."""
    _given(TOKENS)
    first = {"owner": "ann", "t": "secret"}
    DR.put(1, first)
    _expect_draft(app, 1, first, _bearer("t-ann"))
    mine, me = _join(TOKENS)
    other, other_name = _join(TOKENS)
    strangers = [
        ("another user", _bearer(other)),
        ("the admin", _bearer("t-root")),
        *zip(("a caller without a token", "a caller with an unknown token"), _nobody().values(), strict=True),
    ]
    number = random_number(20, 90)
    others, own = {"owner": other_name, "t": random_word()}, {"owner": "root", "t": random_word()}
    DR.put(number + 1, others)
    draft = {"owner": me, "t": f'{random_word()} "ü"', "tags": [random_word()], "pages": random_number(2, 99)}
    _expect_hidden(app, DR, number, draft, _bearer(mine), strangers)
    _expect_draft(app, number + 1, others, _bearer(other))
    callers = [("the owner of another draft", _bearer(mine)), *strangers[1:3]]
    _expect_hidden(app, DR, 1, first, _bearer("t-ann"), callers)
    # The admin owns a draft, too, and it has a number that was somebody else's.
    DR.put(number, own)
    _expect_draft(app, number, own, _bearer("t-root"))
    _expect_hidden_404(app.get(f"/drafts/{number}", headers=_bearer(mine)), "its former owner", number)


Callers = list[tuple[str, dict[str, str]]]


def _expect_hidden(
    app: App, drafts: Value, number: int, draft: dict[str, Any], owner: Mapping[str, str], strangers: Callers
) -> None:
    """Ask for a draft before it is there, while it is there and when it is gone again. Leave it there."""
    path = f"/drafts/{number}"

    def ask(caller: str, headers: dict[str, str], *, there: bool) -> list[Exchange]:
        exchanges = []
        for method in ("GET", "HEAD") if caller == strangers[0][0] else ("GET",):
            exchange = app.request(method, path, headers=headers)
            if there:
                _expect_hidden_404(exchange, caller, number)
            else:
                _expect_absent(exchange, caller)
            exchanges.append(exchange)
        return exchanges

    _take_out(drafts, number)
    absent = [ask(*stranger, there=False) for stranger in strangers]
    _expect_absent(app.get(path, headers=owner), "the one who will own it")
    _put_in(drafts, number, draft)
    _expect_draft(app, number, draft, owner).expect_same_head()
    for (caller, headers), before in zip(strangers, absent, strict=True):
        for there, gone in zip(ask(caller, headers, there=True), before, strict=True):
            _expect_no_difference(there, gone, f"{there.sent.method} {path} by {caller}", f"draft {number} exists")
    _take_out(drafts, number)
    _expect_absent(app.get(path, headers=owner), "the owner, whose draft was deleted")
    _put_in(drafts, number, draft)
    _expect_draft(app, number, draft, owner)


def _take_out(drafts: Value, number: int) -> None:
    drafts.remove(number)
    _expect_in_drafts(drafts, number, there=False)


def _put_in(drafts: Value, number: int, draft: dict[str, Any]) -> None:
    drafts.put(number, draft)
    _expect_in_drafts(drafts, number, there=True)


def _expect_in_drafts(drafts: Value, number: int, *, there: bool) -> None:
    found = drafts.read()
    is_there = isinstance(found, dict) and number in found
    claim(
        isinstance(found, dict) and is_there is there,
        asked=f"the check puts draft {number} into {drafts.name}" if there else f"the check deletes draft {number}",
        got=f"draft {number} is there" if is_there else f"there is no draft {number}",
        wanted=f"draft {number} is there" if there else f"there is no draft {number}",
        because=f"{drafts.name} is given: keep it a dict of drafts by their numbers.",
    )


def _expect_draft(app: App, number: int, draft: dict[str, Any], owner: Mapping[str, str]) -> Exchange:
    answer = app.get(f"/drafts/{number}", headers=owner)
    answer.expect(
        200,
        because="The owner asks for the own draft, and it is there.",
        instead={
            401: "The token is known, and it belongs to the owner of this draft. 401 asks the owner to log in again.",
            403: "403 for the owner: whose name stands under 'owner' may read the draft.",
            404: f"404 for the owner, although draft {number} is there and the owner's name stands in it.",
            **_lookup_failed(answer),
        },
    )
    return answer.expect_json(draft, because="The owner gets the whole draft, as it is stored.")


def _expect_absent(answer: Exchange, caller: str) -> None:
    answer.expect(
        404,
        because=f"There is no such draft: {caller} gets 404.",
        instead={
            200: f"There is no such draft now, and {caller} got 200.",
            401: f"401 for {caller}: it invites to log in. The task promises 404 to everybody but an owner, "
            "also to callers without a token.",
            403: f"403 for {caller}, although there is no such draft: nothing is there to be forbidden.",
            **_lookup_failed(answer),
        },
        rfc=RFC_404,
    )


def _expect_hidden_404(answer: Exchange, caller: str, number: int) -> None:
    tells = f"and the same request got 404 before this draft was there: so it tells that draft {number} exists."
    answer.expect(
        404,
        because=f"For {caller} there must be no draft {number}.",
        instead={
            200: f"A stranger could read the draft: {caller} got 200, and only the owner may.",
            401: f"401 for {caller}, {tells}",
            403: f"403 for {caller}, {tells} HTTP allows 404 instead of 403, to hide what is there.",
            **_lookup_failed(answer),
        },
        rfc=RFC_403,
    )


def _expect_no_difference(there: Exchange, absent: Exchange, asked: str, secret: str) -> None:
    """Promise two answers that nobody can tell apart: status line, header fields without Date, content."""
    found = _differences(there, absent)
    claim(
        not found,
        asked=f"{asked}: the answers with and without, side by side",
        got=f"they differ in {found}" if found else "no difference",
        wanted="no difference but Date",
        because=f"Both are {there.code}, but they differ in {found}: the difference gives the secret away, that "
        f"{secret}. Let both cases end at the same line of your code.",
        rfc=RFC_403 if there.code == 404 else RFC_401,
    )


def _differences(one: Exchange, other: Exchange) -> str:
    if one.reply is None or other.reply is None:
        return "that one of them is missing"
    found = ["the status line"] if one.reply.status_line != other.reply.status_line else []
    if one.reply.surplus != other.reply.surplus:
        found.append("the content")
    first, second = _fields(one), _fields(other)
    found += sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
    return " and ".join(found[:3])


def _fields(answer: Exchange) -> dict[str, list[str]]:
    """Return the header fields without Date, each with its lines in their order."""
    found: dict[str, list[str]] = {}
    for name, value in answer.reply.headers.items() if answer.reply else ():
        if name.lower() != "date":
            found.setdefault(name, []).append(value)
    return found


LOG_IN, ASK, GO_ON, GIVE_UP = "log in", "ask for access", "go on", "give up"
_REASONS = {401: "UNAUTHORIZED", 403: "FORBIDDEN", 200: "OK", 204: "NO CONTENT", 404: "NOT FOUND"}


@exercise(
    points=2,
    hints=[
        "Four answers, and only one of them belongs to a whole class. Which question do you ask first?",
        "response.ok is True for 302 and even for 600. Compare numbers.",
        "200 <= response.status_code < 300 is the class. 401 and 403 are two single numbers. The rest is one line.",
    ],
)
def next_step(next_step: Function) -> None:
    """next_step(response) gives 'log in', 'ask for access', 'go on' or 'give up', from the status code alone."""
    cases = [(code, _REASONS.get(code, ""), "") for code in (401, 403, 200)]
    cases += [(code, "", "") for code in (401, 403, 200, 204, 404, 302, 500, 201, 299, 304, 300, 399, 400)]
    cases += [(code, "", "") for code in shuffled([202, 206, 301, 303, 307, 308, 402, 405, 407, 409, 422, 429, 499])]
    cases += [(code, "", "") for code in (501, 503, 511, 599, 600, 999, 199, 103)]
    # The words say one thing, and the number another.
    lies = [(401, "OK", "go on"), (403, "UNAUTHORIZED", "log in"), (200, "FORBIDDEN", "give up"), (404, "OK", "go on")]
    cases += lies
    pages = {f"/{place}/{code}": _page(code, reason, text) for place, (code, reason, text) in enumerate(cases)}
    with CannedServer(pages) as server:
        for path, (code, reason, text) in zip(pages, cases, strict=True):
            result = next_step(ResponseOf(server.url + path))
            wanted = {401: LOG_IN, 403: ASK}.get(code, GO_ON if code // 100 == 2 else GIVE_UP)
            result.expect(wanted, because=_why_step(code, reason, text, result), rfc="RFC 9110 §15")


def _page(code: int, reason: str, text: str) -> bytes:
    if code < 200:
        # A client that passes over interim responses gets the 404 behind it, and the next step is the same.
        return f"HTTP/1.1 {code} {reason}\r\n\r\n".encode() + _page(404, "", text)
    lines = [f"HTTP/1.1 {code} {reason}"]
    if code in (401, 403) and not text:
        # On both, or it would tell them apart.
        lines.append('WWW-Authenticate: Bearer realm="club"')
    if code not in (204, 304):
        lines.append(f"Content-Length: {len(text)}")
    return "\r\n".join([*lines, "Content-Type: text/plain", "Connection: close", "", text]).encode()


def _why_step(code: int, reason: str, text: str, result: Result) -> str:
    got = result.value
    if result.raised:
        return f"A client must know its next step for every code, also for {code}. No exception comes from the server."
    if got is None:
        return f"Nothing was returned for {code}. Return the text; printing it does not hand it on."
    if text or (code in (401, 403, 200) and not reason):
        phrase = f"the reason phrase {reason}" if reason else "an empty reason phrase"
        with_text = f", the content {text!r} and no WWW-Authenticate" if text else ""
        return f"A {code} with {phrase}{with_text} was not recognised: never read the words, read the number."
    if code == 403 and got == LOG_IN:
        return "403 gave 'log in': logging in again does not help somebody who is already known."
    if 200 < code < 300:
        return f"{code} is a success too: ask for the class, not for one number."
    if 300 <= code < 400 and got == GO_ON:
        return f"{code} is no success: what the client wanted is not there. response.ok only says 'no error'."
    if code < 200 and got == GO_ON:
        return f"{code} is an interim response: nothing has succeeded yet. Success begins at 200."
    if code >= 600 and got == GO_ON:
        return f"{code} is no status code at all. response.ok is True for it, because it is not from 400 to 599."
    return {
        401: "401 says that the server does not know who asks: that is what logging in is for.",
        403: "403 says that the caller is known and may not: somebody else has to open this door.",
        200: "200 is a success: the program goes on.",
    }.get(code, f"{code} is none of the three that this client has a plan for: it gives up.")


@exercise(
    points=3,
    hints=[
        "Part one is about who asks, part two about what they may. Each part is mended in its own place.",
        "What does request.headers['Authorization'] do when there is no such field?",
        "One condition in delete_user() mixes two questions: 'who?' and 'may you?'. Give each one its own answer.",
    ],
)
def repair_eternal_login(app: App, TOKENS: Value) -> None:  # noqa: N803
    """GET /me and DELETE /users/1 send strangers to the login, known users not: they get 200, 204 or 403."""
    _given(TOKENS)
    with part():
        try:
            _expect_me(app, TOKENS)
        finally:
            _given(TOKENS)
    with part():
        _expect_delete(app, TOKENS)


@exercise(
    points=4,
    challenge=True,
    hints=[
        "In each of the two views, write the one condition for 'yes' first. Everything else is one answer.",
        "PASSWORDS.get(name) is None for a name that nobody has, and check_password_hash() does not take None.",
        "WWWAuthenticate writes a realm of one word without quotation marks. Write this header field by hand.",
    ],
)
def same_for_strangers(app: App, PASSWORDS: Value, DR: Value) -> None:  # noqa: N803
    """POST /login and GET /drafts/<number> tell a stranger nothing: every 'no' is the same, byte for byte."""
    names, words = random_words(3), random_words(4)
    hashes = {name: generate_password_hash(word, HASH) for name, word in zip(names, words, strict=False)}
    for name in names:
        PASSWORDS.put(name, hashes[name])
    mine, other, third = names
    with part():
        for name, word in zip(names, words, strict=False):
            _expect_token(app, name, word)
        attempts = [(mine, words[3]), (mine, words[1]), (third, "")]
        there = [_log_in(app, *attempt) for attempt in attempts]
        for name in names:
            PASSWORDS.remove(name)
        for (name, word), one in zip(attempts, there, strict=True):
            absent = _expect_no_entry(_log_in(app, name, word), f"Nobody is called {name}")
            _expect_no_entry(one, f"This is not the password of {name}")
            _expect_no_difference(one, absent, f"POST /login as {name}", f"somebody is called {name}")
        _expect_no_entry(_log_in(app, mine, words[0]), f"The check took {mine} out of PASSWORDS")
    for name in names:
        PASSWORDS.put(name, hashes[name])
    with part():
        owner, stranger = (_bearer(_expect_token(app, *pair)) for pair in ((mine, words[0]), (other, words[1])))
        strangers = [("another user", stranger), ("a caller without a token", {})]
        number = random_number(2, 900)
        _expect_hidden(app, DR, number, {"owner": mine, "t": random_word()}, owner, strangers)
    with part():
        answer = _expect_no_entry(_log_in(app, random_word(), random_word()), "Nobody has this name")
        answer.expect_header(
            "WWW-Authenticate",
            where=lambda value: re.search(r'^\s*bearer\s(.*[\s,])?realm\s*=\s*"', value, re.IGNORECASE),
            wanted='Bearer with realm="..."',
            because="A realm MUST be written in quotation marks, also when it is one word: a client may know "
            "no other form.",
            rfc="RFC 9110 §11.5",
        )


def _log_in(app: App, name: str, password: str) -> Exchange:
    return app.post("/login", json={"name": name, "password": password})


def _expect_token(app: App, name: str, password: str) -> str:
    answer = _log_in(app, name, password)
    answer.expect(
        200, because=f"This is the password of {name}: the caller is let in.", instead=_lookup_failed(answer)
    ).expect_json(
        where=lambda body: isinstance(body, dict) and _is_token(body.get("token")),
        wanted='at least "token"',
        because="The client sends this token with every later request: one word that fits into a header field.",
        rfc="RFC 6750 §2.1",
    )
    return str(answer.member("token"))


def _is_token(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[\w.~+/-]+=*", value, re.ASCII) is not None


def _expect_no_entry(answer: Exchange, case: str) -> Exchange:
    answer.expect(
        401,
        because=f"{case}: these are no valid credentials.",
        instead={
            200: f"{case}, and your app answered 200: anybody is let in.",
            403: f"{case}. 403 says 'I know you, and you may not', and the server does not know who this is: 401.",
            404: f"{case}. 404 for a name gives away which names exist.",
            **_lookup_failed(answer),
        },
        rfc=RFC_401,
    )
    return answer.expect_header(
        "WWW-Authenticate",
        because="A 401 MUST say how to log in, also the one that answers a login.",
        rfc=RFC_401,
    )
