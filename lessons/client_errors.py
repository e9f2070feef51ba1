"""The client's mistakes: the checks of the lesson on 400, 404, 405, 409, 410, 413, 415 and 422."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from checks import (
    App,
    Exchange,
    Question,
    Value,
    exercise,
    part,
    random_number,
    random_word,
    random_words,
    same_json,
    shuffled,
)
from checks.recorder import hide_made_up

same_mistake = Question(
    "Does 400 mean the same as 404?",
    choices=("yes", "no"),
    answer="no",
    because="Both are 4xx: look at the request. 400 says that it could not be read, 404 that nothing was found there.",
)

broken_server = Question(
    "Does 404 mean that the server is broken?",
    choices=("yes", "no"),
    answer="no",
    because="A server that answers 404 works: it read the request, looked and found nothing. Trouble is 5xx.",
)

missing_twice = Question(
    "A form without name, and JSON without name: does Flask answer both with the same code?",
    choices=("yes", "no"),
    answer="no",
    because="request.form raises what Flask turns into 400. get_json() returns a plain dict: KeyError, so 500.",
)

unread_content = Question(
    "MAX_CONTENT_LENGTH is 10, the content has 100 bytes, and the view never reads it. Which code?",
    choices=(200, 413),
    answer=200,
    because="Flask compares the length when somebody reads the content. This view never did.",
)

same_name = Question(
    "Names are unique in the database. A second user takes the same name: which code does Flask send by itself?",
    choices=(201, 400, 409, 500),
    answer=500,
    because="The database raises IntegrityError. For Flask that is an exception like any other: 500.",
)

_JSON = {"Content-Type": "application/json"}
# An app remembers the names of an earlier run: the next run takes names of its own.
_runs = itertools.count(2)


def _says(content: Any, member: str = "error") -> bool:
    """Tell whether content is an object with this member, and the member is not empty."""
    value = content.get(member) if isinstance(content, dict) else None
    return bool(value.strip() if isinstance(value, str) else value)


def _at_least(content: Any, members: dict[str, Any]) -> bool:
    return isinstance(content, dict) and all(
        name in content and same_json(content[name], value) for name, value in members.items()
    )


def _expect_error(answer: Exchange, because: str) -> None:
    """Promise a JSON object that says what is wrong."""
    answer.expect_json(
        where=_says, wanted='an object with "error", not empty', error=True, because=because, rfc="RFC 9110 §15.5"
    )


@exercise(
    points=2,
    hints=[
        "What does R[i] do when there is no i in R? And R.get(i)?",
        "Look before you answer: `if i not in R`. A dict and a code in one tuple make JSON with that code.",
        "abort(404) sends Flask's page. Return {'error': ...}, 404, or abort with a response of your own.",
    ],
)
def absent(app: App, R: Value) -> None:  # noqa: N803
    """GET /recipes/<id> answers 200 and the recipe of R, or 404 and a JSON object with error."""
    _expect_found_or_not(app, R, "/recipes", "name")
    for word in ("abc", random_word()):
        app.get(f"/recipes/{word}").expect(
            404,
            400,
            because="No recipe can have letters for an id. The client asked for something that is not there.",
            rfc="RFC 9110 §15.5.5",
        ).expect_same_head()


def _expect_found_or_not(app: App, things: Value, path: str, member: str) -> None:
    """Promise 200 and the thing for an id that is there, 404 and JSON for others, also when that changes."""
    one, two, three = random_number(3, 99), random_number(1_000, 9_999), random_number(100_000, 999_999)
    new = {
        2: {member: random_word()},
        one: {member: random_word(), "minutes": random_number(5, 90), "tags": [random_word()]},
        two: {member: random_word()},
        three: {member: f"{random_word()} & {random_word()}"},
    }
    for id in new:
        things.remove(id)
    known = things.read()
    if not isinstance(known, dict):
        because = f"{things.name} is given: keep it a dict."
        things.expect_that(lambda found: False, wanted="a dict", because=because)
    for id in sorted(id for id in known if type(id) is int)[:2]:
        _expect_found(app, f"{path}/{id}", known[id], things.name)
    for id in (2, *shuffled([one, three])):
        _expect_not_found(app, f"{path}/{id}")
    for id in shuffled(list(new)):
        things.put(id, new[id])
        _expect_found(app, f"{path}/{id}", new[id], things.name)
    absent_now = next(id for id in (777, 778, 779, 780, 781) if id not in (*known, *new))
    _expect_not_found(app, f"{path}/{absent_now}")
    _expect_found(app, f"{path}/{two}", new[two], things.name)


def _expect_found(app: App, path: str, thing: Any, name: str) -> None:
    id = path.rpartition("/")[2]
    answer = app.get(path).expect(
        200, because=f"{name}[{id}] is there when this request comes. (The check may add to {name} at any time.)"
    )
    answer.expect_json(thing, because="The client asked for this one, and wants all of it.").expect_same_head()


def _expect_not_found(app: App, path: str) -> None:
    answer = app.get(path)
    believed = "a client that reads only the status believes that it got what it asked for."
    answer.expect(
        404,
        because="What is missing is not the server's failure. 404 says it: you asked for something that is not there.",
        instead={
            200: f"200 with null: {believed} (jsonify(None) is null.)"
            if answer.body.strip() == b"null"
            else f"200, and nothing is there: {believed}",
            204: f"204 says that it worked, and that there is nothing to say about it: {believed}",
            410: "410 says that it was here once and is gone for good. This one was never here.",
            400: "400 says that the request is faulty. This one is well formed, and tomorrow it may find something.",
        },
        rfc="RFC 9110 §15.5.5",
    )
    _expect_error(answer, "404 is right. The body is read by a program too, and it finds no `error` in JSON here.")
    answer.expect_same_head()


@exercise(
    points=4,
    hints=[
        "Three questions, one after the other: is it called JSON, can it be parsed, is there a name in it?",
        "What does request.get_json() do by itself when the answer to one of the first two questions is no?",
        'Is every JSON value a dict? Try `[]`, `5`, `null` and `"name"`: isinstance(data, dict) knows.',
        "get_json() alone answers 415 and 400. After it: not a dict, or no name in it, then 422 (or 400).",
    ],
)
def bad_bodies(app: App) -> None:
    """POST /recipes answers 415, 400, 400 or 422, or 201: the code says what is wrong with the body."""
    _expect_bodies_judged(app, "/recipes", "name")


def _expect_bodies_judged(
    app: App,
    path: str,
    member: str,
    accepted: Callable[[Exchange, dict[str, Any]], Any] | None = None,
    told: bool = False,
) -> None:
    """Promise the code that names what is wrong with a body; if ``told``, also a JSON object with error."""
    sound: list[dict[str, Any]] = [
        {member: random_word()},
        {"minutes": random_number(5, 90), member: f"{random_word()} ½", "tags": [random_word()]},
    ]

    def refused(answer: Exchange) -> None:
        if told:
            _expect_error(answer, "The program that sent it shows this text to a person, who can then mend it.")

    def sent(content: dict[str, Any], **request: Any) -> None:
        request = request or {"json": content}
        answer = app.post(path, **request).expect(
            201,
            because=f"This is JSON with a {member}: it is created.",
            instead={
                415: "415: this is application/json. Parameters such as charset are allowed behind it.",
                409: "409: the task says nothing of names that are taken.",
            },
        )
        hide_made_up(answer.location)
        if accepted:
            accepted(answer, content)

    sent(sound[0])
    for kind, body in _wrong_types(member):
        refused(_expect_wrong_type(app, path, kind, body))
    for body in (b"{", *shuffled(_broken_texts(member)), b""):
        refused(_expect_unreadable(app, path, body))
    for value in ({}, *shuffled(_without(member))):
        refused(_expect_invalid(app, path, member, value))
    text = f'{{"{member}": "{random_word()}"}}'
    for kind in ("application/json; charset=utf-8", "application/json;charset=UTF-8"):
        sent({}, data=text, headers={"Content-Type": kind})
        refused(_expect_unreadable(app, path, b"[1, 2", kind))
    for content in (sound[1], sound[0]):
        sent(content)


def _wrong_types(member: str) -> list[tuple[str | None, str]]:
    good = f'{{"{member}": "{random_word()}"}}'
    others = [
        (None, good),
        (None, ""),
        ("text/plain", ""),
        ("text/plain; charset=utf-8", "{"),
        ("application/x-www-form-urlencoded", f"{member}={random_word()}"),
        ("application/xml", f"<{member}>{random_word()}</{member}>"),
        ("text/json", good),
    ]
    return [("text/plain", good), *shuffled(others)]


def _broken_texts(member: str) -> list[bytes]:
    word = random_word()
    return [
        f'{{"{member}": "{word}"'.encode(),
        f"{{'{member}': '{word}'}}".encode(),
        f'{{"{member}": {word}}}'.encode(),
        f'{{"{member}": "{word}"}} and more'.encode(),
        f"{member}={word}".encode(),
    ]


def _without(member: str) -> list[Any]:
    """Return JSON values without the member. Some of them hold its name all the same."""
    word = random_word()
    return [
        {"other": word},
        {member.upper(): word},
        {"recipe": {member: word}},
        [],
        [member],
        [{member: word}],
        random_number(1, 99),
        0,
        None,
        True,
        False,
        "",
        f"a {member}",
    ]


def _expect_wrong_type(app: App, path: str, kind: str | None, body: str) -> Exchange:
    named = f"with the Content-Type {kind}" if kind else "without a Content-Type"
    accepted = (
        f"This came {named}, and was accepted. (force=True ignores the Content-Type, for example.) "
        "Say 415, so that the client learns what to send."
    )
    return app.post(path, data=body, headers={"Content-Type": kind} if kind else {}).expect(
        415,
        because="415 tells a client to send application/json, whatever is in the body.",
        instead={
            200: accepted if body else f"This came {named}, and you answered 200: clients count that as a success.",
            201: accepted,
            400: f"For a body {named} you said 400. It hides the reason, as get_json(silent=True) does. 415 names it: "
            "wrong media type.",
            422: f"For a body {named} you said 422. 422 says that this media type is fine, and it is not.",
        },
        rfc="RFC 9110 §15.5.16",
        # The line of the request shows the same as for JSON.
        wanted="" if kind else "415, as there is no Content-Type",
    )


def _expect_unreadable(app: App, path: str, body: bytes, kind: str = "application/json") -> Exchange:
    because = (
        "This is no JSON text, so nobody can say what it means. 400 sends the client to the code that writes its JSON."
        if body
        else "No text at all is no JSON text either: 400."
    )
    return app.post(path, data=body, headers={"Content-Type": kind}).expect(
        400,
        because=because,
        instead={
            422: "422 says that the syntax is right and the content is not. Here the syntax is broken.",
            415: "415 says that JSON is not taken here. It is: only this text is none.",
            201: "You answered 201: you said that something was created out of this.",
        },
        rfc="RFC 9110 §15.5.1",
    )


def _expect_invalid(app: App, path: str, member: str, value: Any) -> Exchange:
    answer = app.post(path, json=value)
    kind = answer.crash.kinds[0] if answer.crash else ""
    crash = {
        "KeyError": f"A missing {member} gave 500: get_json() returns a plain dict, and d['{member}'] of a dict raises "
        "KeyError. (Only request.form and request.args turn that into 400.) The mistake is the client's.",
        "TypeError": "JSON is not always an object. The mistake is the client's.",
        "AttributeError": "JSON is not always an object. The mistake is the client's.",
    }.get(kind)
    error = "The error went out with 200" if _says(answer.json) else "You answered 200"
    return answer.expect(
        400,
        422,
        because=f"This can be read, but it is no object with a member {member}: 400, or 422 to be more precise.",
        instead={
            200: f"{error}: clients count it as a success. Add 400 or 422.",
            201: f"You said that a thing without {member} was created.",
            415: "415 says that the media type is wrong. It is application/json: what is missing stands inside.",
            **({500: crash} if crash else {}),
        },
        rfc="RFC 9110 §15.5.21",
    )


@exercise(
    points=3,
    hints=[
        "What does int('abc') raise? And int('1.5')? Who made that mistake, the client or you?",
        "A query parameter is a text. Convert it inside try, and answer 400 in `except ValueError`.",
        "0 and -3 can be converted. Compare as well.",
        "request.args.get('limit', 10, type=int) gives 10 for abc and nobody learns of it. Leave type=int away.",
    ],
)
def bad_number(app: App) -> None:
    """GET /recipes?limit=N answers {"limit": N}, 10 when there is no limit, and 400 when N is no number from 1."""
    _expect_number(app, "/recipes", "limit", 10)


def _expect_number(app: App, path: str, name: str, default: int) -> None:
    wrong = ["-1", "1e3", "²", "1.5", "5a", "a5", "0x1f", "1,5", "ten", "5.0", "-2.5", "true", "½", random_word()]
    right = [1, 5, 10, 1000, random_number(2, 99), random_number(100, 999)]
    _expect_limit(app, path, {}, name, default).expect_same_head()
    _expect_limit(app, path, {"q": random_word()}, name, default)
    for number in shuffled(right):
        _expect_limit(app, path, {name: str(number)}, name, number)
    _expect_limit(app, path, {name: "7", "q": random_word()}, name, 7).expect_same_head()
    for text in ("abc", "0", "-3", *shuffled(wrong)):
        answer = app.get(path, query={name: text})
        got = answer.member(name)
        as_default = got == default and isinstance(got, int)
        answer.expect(
            400,
            because=f"{text!r} is no whole number from 1. The mistake is the client's: 400.",
            instead={
                200: f"{name}={text} was silently replaced by the default. (args.get(type=int) swallows the error.) "
                "The client never learns of its typo."
                if as_default
                else f"{name}={text} was answered with 200. The client never learns of its typo.",
                404: "404 says that there is nothing at this URL. There is: only the number is wrong.",
                422: "The task asks for 400 here: this mistake is in the URL, and 422 is about the content.",
            },
            rfc="RFC 9110 §15.5.1",
        )
        if text in ("abc", "0"):
            answer.expect_same_head()
    _expect_limit(app, path, {}, name, default)


def _expect_limit(app: App, path: str, query: dict[str, str], name: str, number: int) -> Exchange:
    given = name in query
    default = (
        f"Without {name} the default is {number}; you answered 400. (request.args[{name!r}] makes a missing optional "
        "parameter a 400.)"
    )
    answer = app.get(path, query=query).expect(
        200,
        because=f"{number} is a whole number from 1 to 1000." if given else f"Without {name} it is {number}.",
        instead={400: f"{number} is allowed, and you answered 400." if given else default},
    )
    return answer.expect_json(
        {name: number}, because="The client asked for this number, and reads a JSON number, not a text."
    )


@exercise(
    points=2,
    hints=[
        "What do you have to know before you store a name?",
        "Nothing is wrong with the request itself. Which code says that it clashes with what is there now?",
        "A database with a unique column raises IntegrityError: catch that one, and answer 409.",
    ],
)
def taken(app: App) -> None:
    """POST /users answers 201 for a new name and 409 for a name that was created before."""
    end = "" if app.fresh else f"-{next(_runs)}"
    one, two, three = (word + end for word in random_words(3))
    # Each of them is a new name, however close it is to another one.
    close = [f"{one}s", one, one.upper(), one.title(), one[1:], f"{one}é", f"{one} {two}", f"O'{one.title()}"]
    names = [*close, two, three, f"{one} "]
    for place, name in enumerate(names):
        _expect_new(app, name)
        for again in (name, names[place // 2], name):
            _expect_taken(app, again)
    for name in shuffled(names):
        _expect_taken(app, name)


def _expect_new(app: App, name: str) -> None:
    app.post("/users", json={"name": name}).expect(
        201,
        because="Nobody has exactly this name yet: it is created.",
        instead={
            409: "409 for a new name: it only looks like one that is taken. Compare whole names, letter by letter."
        },
        rfc="RFC 9110 §15.3.2",
    )


def _expect_taken(app: App, name: str) -> None:
    answer = app.post("/users", json={"name": name})
    unique = answer.crash is not None and "IntegrityError" in answer.crash.kinds[0]
    fine = "but there is nothing wrong with the request itself; yesterday it would have worked."
    answer.expect(
        409,
        because="It conflicts with the current state: 409. The client can send the same again with another name.",
        instead={
            201: f"{name} was created twice. Who is meant when somebody writes to {name}?",
            200: f"200 says that it worked, and {name} was there already.",
            400: f"400: {fine}",
            422: f"422: {fine}",
            403: "403 says that this client may not do it. It may: only this name is gone.",
            404: "404 says that there is nothing at this URL.",
            **({500: "The database did its work, and its IntegrityError escaped. Catch it."} if unique else {}),
        },
        rfc="RFC 9110 §15.5.10",
    )


@exercise(
    points=2,
    hints=[
        "Which code does Flask send for a method that you did not register?",
        "You need no view for DELETE. Register GET and POST, and look at the answer to DELETE.",
    ],
)
def wrong_method(app: App) -> None:
    """GET /items answers 200, POST /items 200 or 201, and DELETE /items 405 with an Allow that helps."""
    for _ in range(2):
        app.get("/items").expect(
            200, because="GET is one of the two methods that /items takes.", rfc="RFC 9110 §9.3.1"
        ).expect_same_head()
        app.post("/items", json={"name": random_word()}).expect(
            200, 201, because="POST is the other method that /items takes: register POST too."
        )
        _expect_not_allowed(app, "DELETE", "/items", {"GET", "POST"})


def _expect_not_allowed(app: App, method: str, path: str, allowed: set[str]) -> Exchange:
    """Promise 405 with an Allow that names these methods, and not the one that was sent."""
    done = f"a client believes that {method} worked, and the task says that this method is not allowed here."
    answer = app.request(method, path).expect(
        405,
        because="The place is known, only this method is not allowed there: 405.",
        instead={
            404: f"404 says that {path} does not exist; it does. 405 says: it exists, but not with this method. "
            "Flask answers so for you, if you do not register the method.",
            **dict.fromkeys((200, 202, 204), f"You answered with a 2xx: {done}"),
            400: "400 says that the request cannot be read. It can: it is the method that does not fit.",
            403: "403 says that this client may not. Here nobody may: the method does not exist for this place.",
            501: f"501 says that this server knows {method} nowhere. 405 is about this one place.",
        },
        rfc="RFC 9110 §15.5.6",
    )
    answer.expect_header(
        "Allow",
        because="A 405 MUST carry Allow with the methods that work here, or the client can only guess. Flask writes it "
        "for a method that you do not register; an answer of your own has to bring it along.",
        rfc="RFC 9110 §15.5.6",
    )
    named = {name.strip() for name in (answer.header("Allow") or "").split(",")}
    return answer.expect_that(
        allowed <= named and method not in named,
        wanted=f"Allow: {', '.join(sorted(allowed))}, and not {method}",
        because=f"Allow names {', '.join(sorted(filter(None, named))) or 'nothing'}. A client tries next what Allow "
        "names: all methods that work here, and no other.",
        rfc="RFC 9110 §10.2.1",
    )


@exercise(
    points=2,
    hints=[
        "Read the four places where the view returns. Which of them are refusals?",
        "The content is fine. The second part of the tuple is not, or is missing.",
        "Not called JSON: 415. Cannot be parsed: 400. No object, or no name: 422. get_json() tells 400 by itself.",
    ],
)
def repair_always_fine(app: App) -> None:
    """POST /recipes refuses with 415, 400 or 422, says why, and keeps only what it accepted."""
    saved: list[dict[str, Any]] = []
    before = _shown(app)

    def accepted(answer: Exchange, recipe: dict[str, Any]) -> None:
        recipe = recipe or {"name": answer.member("name")}
        answer.expect_json(
            where=lambda content: _at_least(content, recipe) and _says(content, "name"),
            wanted="at least what was sent",
            because="What worked before the repair must still work: the client reads back what was saved.",
        )
        saved.append(recipe)

    _expect_bodies_judged(app, "/recipes", "name", accepted, told=True)
    _expect_invalid(app, "/recipes", "name", {"name": ""})
    after = _shown(app)
    # What was there before an earlier check is there still, in front.
    after.expect_that(
        len(after.json) == len(before.json) + len(saved) and all(map(_at_least, after.json[len(before.json) :], saved)),
        wanted=f"{len(saved)} more recipes, those that were accepted",
        because="A code is a promise about what happened: 201 means that the recipe is here, and 4xx that it is not.",
    )


def _shown(app: App) -> Exchange:
    return (
        app.get("/recipes")
        .expect(200, because="The list of recipes worked before the repair.")
        .expect_json(
            where=lambda found: isinstance(found, list), wanted="a list", because="A client loops over the recipes."
        )
    )


@exercise(
    points=3,
    hints=[
        "server.log.lines of the broken app holds the three tracebacks: which line of which view raised?",
        "Three views, three exceptions. In each case the client sent something that the view did not expect.",
        "You have written all three in this lesson: a number, a body, and something that is absent.",
    ],
)
def repair_blames_itself(app: App, books: Value) -> None:
    """What a client gets wrong is answered with 4xx, in all three views."""
    with part():
        _expect_number(app, "/books", "page", 1)
    with part():
        _expect_bodies_judged(app, "/books", "title")
    with part():
        _expect_found_or_not(app, books, "/books", "title")


@exercise(
    points=3,
    hints=[
        "abort(404) raises an exception. Which line catches it?",
        "Look for the recipe before the try, or let HTTPException pass: `except HTTPException: raise`.",
        "The handler of 405 gets the exception as `error`. error.get_headers() and error.valid_methods know Allow.",
    ],
)
def repair_swallowed_abort(app: App, recipes: Value) -> None:
    """A missing recipe is 404, broken data stay 500, and a 405 keeps its Allow."""
    with part():
        _expect_net(app, recipes)
    with part():
        for method in ("DELETE", "POST", "DELETE"):
            answer = _expect_not_allowed(app, method, "/recipes/1", {"GET"})
            _expect_error(answer, "This is an API: what it says about a wrong method was JSON before the repair, too.")


def _expect_net(app: App, recipes: Value) -> None:
    good, also, zero, holes, never = random_number(10, 19), *(random_number(n, n + 9) for n in (20, 30, 40, 50))
    eaters = random_number(2, 9)
    new: dict[int, dict[str, Any]] = {
        good: {"name": random_word(), "minutes": 15 * eaters, "eaters": eaters},
        also: {"name": random_word(), "minutes": 6, "eaters": 4},
        zero: {"name": random_word(), "minutes": 30, "eaters": 0},
        holes: {"name": random_word(), "eaters": 2},
    }
    for id in new:
        recipes.remove(id)
    for id in shuffled(list(new)):
        _expect_missing(app, id)
        recipes.put(id, new[id])
    for id, each in ((good, 15), (also, 1.5)):
        app.get(f"/recipes/{id}").expect(200, because="This recipe is there, and it is whole.").expect_json(
            {"name": new[id]["name"], "each": each}, because="What worked before the repair must still work."
        ).expect_same_head()
    for id in shuffled([zero, holes]):
        answer = app.get(f"/recipes/{id}").expect(
            500,
            because="This recipe is there, but its data are broken, and that is the server's matter: 500. The client "
            "can do nothing about it.",
            instead={
                404: "404 for a recipe that is there: its data are broken. The client believes that nobody has it.",
                400: "400 blames the client for data that the server keeps.",
                422: "422 blames the client for data that the server keeps.",
            },
            rfc="RFC 9110 §15.6.1",
        )
        _expect_error(answer, "The net was put up for this case: the client reads JSON, not an HTML page.")
        answer.expect_same_head()
    _expect_missing(app, never)


def _expect_missing(app: App, id: int) -> None:
    answer = app.get(f"/recipes/{id}").expect(
        404,
        because="There is no such recipe: 404, and the client can mend its request. 500 alarms people in vain.",
        instead={500: "500: abort(404) raises an exception. A net for every Exception catches that one, too."},
        rfc="RFC 9110 §15.5.5",
    )
    _expect_error(answer, "A program reads this answer, and wants JSON with `error`.")
    answer.expect_same_head()


@exercise(
    points=4,
    challenge=True,
    hints=[
        "When a recipe is deleted, what must you still know about it?",
        "Put up a tombstone only where something was. DELETE of an id that never was deletes nothing.",
        "len(R) + 1 comes down again after a DELETE: the new recipe rises from an old grave. Count upwards only.",
        "app.config['MAX_CONTENT_LENGTH'] makes Flask answer 413, as soon as the view reads the content.",
    ],
)
def tombstones(app: App, R: Value) -> None:  # noqa: N803
    """A recipe that was deleted is 410, one that never was 404, and no address is given out twice."""
    known = R.read()
    old = sorted(id for id in known if type(id) is int) if isinstance(known, dict) else []
    used = {f"/recipes/{id}" for id in old}
    homes = {f"/recipes/{id}": known[id] for id in old[:2]}
    for home, recipe in homes.items():
        _expect_there(app, home, recipe)
    for _ in range(3):
        _give_home(app, used, homes)
    never, graves = f"/recipes/{random_number(100_000, 999_999)}", []
    _expect_never(app, never)
    # The newest goes first: whoever counts what is left gives its address out again.
    for home in list(reversed(homes))[:4]:
        _delete(app, home, 204)
        del homes[home]
        graves.append(home)
        _expect_grave(app, home)
        _give_home(app, used, homes)
        _delete(app, home, 404, 410, 204)
        _expect_grave(app, home)
    _delete(app, never, 404, 410, 204)
    _expect_never(app, never)
    _expect_content_limit(app, R)
    _give_home(app, used, homes, random_word() * 30)
    for home in shuffled(graves):
        _expect_grave(app, home)
    for home, recipe in shuffled(list(homes.items())):
        _expect_there(app, home, recipe)
    ids = {home.rpartition("/")[2] for home in homes}
    R.expect_that(
        lambda found: (
            isinstance(found, dict)
            and ids <= {str(id) for id in found}
            and not {f"/recipes/{id}" for id in found} & set(graves)
        ),
        wanted="the recipes that are there, and no deleted one",
        because="R holds what is there: POST puts a recipe in, and DELETE takes it out.",
    )


def _give_home(app: App, used: set[str], homes: dict[str, Any], name: str = "") -> None:
    """Create a recipe, and promise an address that was never given out."""
    recipe = {"name": name or random_word()}
    created = app.post("/recipes", json=recipe).expect(201, because="A new recipe was created.", rfc="RFC 9110 §9.3.3")
    created.expect_header("Location", because="The client wants to know where its recipe is.", rfc="RFC 9110 §15.3.2")
    home = str(created.location)
    number = home.removeprefix("/recipes/")
    created.expect_that(
        number.isdecimal() and home not in used,
        wanted="a Location /recipes/<id> that is new",
        because=f"{home} was given out before. Who kept the old address finds a stranger's recipe there."
        if home in used
        else f"Location leads to {home}, and that is not /recipes/ and a number.",
        rfc="RFC 9110 §10.2.2",
    )
    used.add(home)
    homes[home] = recipe
    _expect_there(app, home, recipe)


def _expect_there(app: App, home: str, recipe: dict[str, Any]) -> None:
    answer = app.get(home).expect(
        200,
        because="This recipe was created and never deleted.",
        instead={410: "410 for a recipe that is there: a client forgets its address for good."},
    )
    answer.expect_json(
        where=lambda found: _at_least(found, recipe), wanted=f"at least {recipe}", because="The client asked for it."
    ).expect_same_head()


def _delete(app: App, home: str, *codes: int) -> None:
    because = "The recipe was there, and now it is not: 204." if codes == (204,) else "There is nothing here to delete."
    app.delete(home).expect(*codes, because=because, rfc="RFC 9110 §9.3.5")


def _expect_grave(app: App, home: str) -> None:
    app.get(home).expect(
        410,
        because="A recipe was here, and it was deleted: 410 tells a client to stop asking and to forget the address.",
        instead={404: "404 says nothing about whether it comes back. You know more: it was here, and it is gone."},
        rfc="RFC 9110 §15.5.11",
    ).expect_same_head()


def _expect_never(app: App, path: str) -> None:
    app.get(path).expect(
        404,
        because="There never was a recipe here, and one day there may be: 404.",
        instead={410: "410 says that a recipe was here. None ever was: a tombstone stands where nobody lies."},
        rfc="RFC 9110 §15.5.5",
    ).expect_same_head()


def _expect_content_limit(app: App, recipes: Value) -> None:
    before = recipes.read()
    for length in (1_100, 40_000):
        app.post("/recipes", json={"name": "x" * length}).expect(
            413,
            because="The content is larger than 1,000 bytes. 413 tells the client to send less.",
            instead={
                400: "400 does not say what to change. 413 does.",
                414: "414 is about a URL that is too long. This URL is short, the content is not.",
            },
            rfc="RFC 9110 §15.5.14",
        )
    recipes.expect_that(
        lambda found: isinstance(found, dict) and isinstance(before, dict) and found.keys() == before.keys(),
        wanted="the same recipes as before",
        because="413 says that the recipe was refused, so it must not be there.",
    )
