"""Success, precisely: the checks of the lesson on 200, 201, 202 and 204."""

from __future__ import annotations

import http.client
import io
import re
import time
from typing import Any

from checks import (
    App,
    Exchange,
    Function,
    Question,
    Scripted,
    ScriptedServer,
    Value,
    claim,
    exercise,
    part,
    random_number,
    random_word,
    random_words,
    same,
    same_json,
    shuffled,
)
from checks.recorder import hide_made_up
from checks.report import preview

created_same_as_ok = Question(
    "Does 201 Created mean the same as 200 OK?",
    choices=("yes", "no"),
    answer="no",
    because="Both are 2xx, so both are a success. But 201 says that something new exists now, and Location says where.",
)

always_ok = Question(
    "Should an API always use 200 for success?",
    choices=("yes", "no"),
    answer="no",
    because="Four things happened, and four codes told them apart. With 200 for all of them a client must read prose.",
)

message_with_204 = Question(
    "A view returns `{'message': 'deleted'}, 204`. What does the client read?",
    choices=("the message", "an empty object", "nothing"),
    answer="nothing",
    because="204 means that there is no content (RFC 9110 §15.3.5). The message was dropped, and nobody was told.",
)

put_creates = Question(
    "PUT creates a new note. Which code MUST the server send?",
    choices=(200, 201, 204),
    answer=201,
    because="RFC 9110 §9.3.4: a PUT that creates MUST be answered with 201. What happened decides, not the method.",
)

only_delete = Question(
    "Is 204 only for DELETE?",
    choices=("yes", "no"),
    answer="no",
    because="This 204 answered a PUT. 204 fits every method: it is done, and there is nothing to say about it.",
)

next_request = Question(
    "A server sends 204, and its content 0.15 s later. What does the next request on the same connection get?",
    choices=("200", "204", "an exception"),
    answer="an exception",
    because="The 204 ended at its empty line. So the late bytes stood where the next status line belongs.",
)


def _put(app: App, name: str, note: dict[str, Any]) -> Exchange:
    return app.put(f"/notes/{name}", json=note)


@exercise(
    points=3,
    hints=[
        "What do you know before you store the note, and no longer afterwards?",
        "`name in N` tells whether there is a note, also when the note is the empty object {}.",
        "Keep `new = name not in N` first, then store, then choose the code: 201 if it was new, else 200 or 204.",
    ],
)
def create_or_replace(app: App, N: Value) -> None:  # noqa: N803
    """PUT /notes/<name> stores the note and answers 201 when it created, 200 or 204 when it replaced."""
    second = random_word()
    one, two, empty, given = names = [*random_words(2), f"{random_word().title()}-{random_number(2, 9)}", random_word()]
    for name in names:
        N.remove(name)
    stored = N.read()
    stored = dict(stored) if isinstance(stored, dict) else {}

    def create(name: str, note: dict[str, Any]) -> None:
        _put(app, name, note).expect(
            201,
            because="Nothing lay under this name before, so this PUT created it: the server MUST answer 201. "
            "Only then does a client know that it was the first.",
            instead={
                404: "404 for a PUT under a new name: no route of your app takes it, or your view wants the note to be "
                "there. PUT may create: the client chose the URL. 404 is for GET, PATCH or DELETE of what is absent."
            },
            rfc="RFC 9110 §9.3.4",
        )
        kept(name, note)

    def replace(name: str, note: dict[str, Any], why: str = "") -> None:
        _put(app, name, note).expect(
            200,
            204,
            because=why
            or "There was a note under this name already. This PUT replaced it and created nothing: "
            "200 or 204. A client that reads 201 believes that nobody was there before.",
            instead={409: "409 for a second PUT: to replace what is there is what PUT is for."},
            rfc="RFC 9110 §9.3.4",
        )
        kept(name, note)

    def kept(name: str, note: dict[str, Any]) -> None:
        stored[name] = note
        N.expect_that(
            lambda notes: isinstance(notes, dict) and same_json(notes.get(name), note),
            wanted=f"N[{name!r}] is {note}",
            because="The code says that it was done. A client that asks later must find exactly the note it sent.",
            asked=f"N[{name!r}], after this PUT",
        )

    create(one, {"text": random_word()})
    create(two, {"title": random_word(), "tags": ["quick", random_word()], "done": False, "rating": None})
    replace(one, {"title": random_word(), "minutes": random_number(5, 90)})
    for _ in range(2):
        replace(one, {"text": second})
    create(empty, {})
    replace(
        empty, {"text": random_word()}, "The note under this name was {}, and that is a note too: nothing was created."
    )
    replace(two, {})
    N.put(given, {"text": random_word()})
    replace(given, {"text": random_word()}, "This name was in N already (the check put it there): nothing was created.")
    N.expect_that(
        lambda notes: same_json(notes, stored),
        wanted="these notes and no others",
        because="A PUT changes the one note that its URL names, and no other.",
        asked="N, after all of this",
    )


@exercise(
    points=2,
    hints=[
        "What does your view do when 'x' is no longer there?",
        "`N.pop('x', None)` removes a key and does not mind when it is missing.",
        "The empty content of a 204 is the empty text: return '', 204.",
    ],
)
def delete_twice(app: App, N: Value) -> None:  # noqa: N803
    """DELETE /notes/x removes 'x' from N and answers 204 without content; the second time 404, 410 or 204."""
    others = {"xx": 2, random_word(): random_word()}
    for name, value in others.items():
        N.put(name, value)
    for turn in range(2):
        N.put("x", 1 + turn)
        there = "although 'x' was in N when this request came (the check put it there)."
        _delete_note(app).expect(
            204,
            because="The task asks for 204: it is done, and there is nothing to say. A client that expects no content "
            "will not look for any.",
            instead={
                200: "200 with a message is legal for DELETE (RFC 9110 §9.3.5), but 204 was asked: it promises that "
                "there is no content.",
                404: f"404, {there}"
                if turn
                else "404 for the first DELETE: no route of your app takes it, or your view did not find 'x' in N.",
                410: f"410, {there}",
            },
        ).expect_no_content(
            because="A 204 ends with its empty line, and the next answer follows.", rfc="RFC 9110 §15.3.5"
        )
        _expect_without_x(
            N, "You said 204, but the note is still there: a status code is a promise about what happened."
        )
        _expect_others(N, others)
        for _ in range(2 - turn):
            again = _delete_note(app).expect(
                404,
                410,
                204,
                because="Repeating a DELETE is normal: a client does it when the first answer got lost. "
                "404, 410 and 204 all tell it that the note is gone.",
                instead={200: "You answered 200, and the task allows 404, 410 or 204 here."},
                rfc="RFC 9110 §9.2.2",
            )
            if again.code == 204:
                again.expect_no_content(
                    because="A 204 ends with its empty line. Bytes behind it spoil the next answer."
                )
            _expect_without_x(N, "After a DELETE of 'x' there must be no 'x' in N.")
            _expect_others(N, others)


def _delete_note(app: App) -> Exchange:
    return app.delete("/notes/x")


def _expect_without_x(notes: Value, because: str) -> None:
    notes.expect_that(
        lambda found: isinstance(found, dict) and "x" not in found, wanted="no 'x'", because=because, asked="N"
    )


def _expect_others(notes: Value, others: dict[str, Any]) -> None:
    notes.expect_that(
        lambda found: isinstance(found, dict) and all(same(found.get(name), value) for name, value in others.items()),
        wanted=f"still {others}",
        because="The client asked for one note to be deleted. The others must stay.",
        asked="N",
    )


@exercise(
    points=3,
    hints=[
        "HTTP cannot call the client back. What does the client need to find out later?",
        "Two views: one for POST /reports, and one for GET of the address that the first one names.",
        "Third in the tuple stand the headers: return {'state': 'pending'}, 202, {'Location': '/reports/1'}.",
    ],
)
def accepted(app: App) -> None:
    """POST /reports answers 202 at once and names a status page, and GET of that page answers 200."""
    bodies: list[dict[str, Any]] = [
        {},
        {"json": {"year": random_number(2020, 2030)}},
        {"data": b"{not json", "headers": {"Content-Type": "application/json"}},
    ]
    named: list[str] = []
    seconds: list[float] = []
    for place, body in enumerate(bodies):
        started = time.monotonic()
        answer = app.post("/reports", **body)
        seconds.append(time.monotonic() - started)
        answer.expect(
            202,
            because="The report is ordered, but it is not there yet: 202 Accepted. The body of the request is ignored."
            if place
            else "The report is ordered, but it is not there yet: 202 Accepted says exactly that.",
            instead={201: "201 says that the report exists. A client will fetch it at once, and it is not finished."},
            rfc="RFC 9110 §15.3.3",
        )
        pointers = _pointers(answer)
        answer.expect_that(
            pointers,
            wanted="Location or status_url",
            because=_no_pointer(answer),
            rfc="RFC 9110 §15.3.3",
        )
        for where, reference in pointers:
            address = answer.resolve(reference) if isinstance(reference, str) else None
            answer.expect_that(
                address is not None and address.startswith("/"),
                wanted=f"{where} on this server",
                because=f"{where} is {reference!r}, and that is no address on this server: a client that follows it "
                "ends up elsewhere, or nowhere.",
                rfc="RFC 9110 §10.2.2",
            )
            _expect_status_page(app, str(address), where)
            named.append(str(address))
    for address in shuffled(sorted(set(named))):
        for _ in range(3):
            page = _expect_status_page(app, address, "An earlier answer")
        page.expect_same_head()
    quick = min(seconds) < 1
    claim(
        quick,
        asked="the time until each 202 came",
        got="not long" if quick else "a second or more",
        wanted="at once",
        because="202 is there so that nobody waits. Your view does the work before it answers.",
    )


def _pointers(answer: Exchange) -> list[tuple[str, Any]]:
    """Return the addresses that an answer names, each with the place where it stands."""
    found: list[tuple[str, Any]] = []
    if (location := answer.header("Location")) is not None:
        found.append(("Location", location))
    if answer.is_json() and answer.member("status_url") is not None:
        found.append(("status_url", answer.member("status_url")))
    return found


def _no_pointer(answer: Exchange) -> str:
    need = (
        "202 is noncommittal, and HTTP cannot call back later: the client knows nowhere to look. Put the address of a "
        "status page in Location, or in a member status_url."
    )
    if answer.member("status_url") is not None:
        return f"The content has a status_url, but its Content-Type does not say that it is JSON. {need}"
    if answer.member("Location") is not None:
        return f"Location is in the body. It is a header field: it goes third in the tuple. {need}"
    return need


def _expect_status_page(app: App, address: str, where: str) -> Exchange:
    return app.get(address).expect(
        200,
        because=f"{where} names {address}, and a client asks there again and again until the report is done: "
        "200 every time.",
        instead={
            404: "404: you promised a page that does not exist.",
            405: "405: this address cannot be asked with GET, and that is how a client looks for news.",
        },
        rfc="RFC 9110 §15.3.3",
    )


@exercise(
    points=2,
    hints=[
        "Does /recipes exist, even when nothing in it matches?",
        "A list comprehension gives [] by itself when nothing matches. Which code does Flask send with it?",
        "`word in name` looks for plain text. A regular expression takes ( for a command.",
    ],
)
def empty_search(app: App, R: Value) -> None:  # noqa: N803
    """GET /recipes?q=word answers 200 and the JSON list of the strings of R that contain the word, [] if none does."""
    before = R.read()
    if not (isinstance(before, list) and len(before) >= 2 and all(isinstance(name, str) for name in before)):
        because = "R is given: keep its name, and keep it a list of strings."
        R.expect_that(lambda found: False, wanted="a list of two strings", because=because)
    try:
        _search(app, R)
    finally:
        for place in (0, 1):
            R.put(place, before[place])


def _search(app: App, recipes: Value) -> None:
    _expect_found(app, recipes, recipes.read()[0])
    _expect_nothing(app, recipes, random_word())
    _expect_nothing(app, recipes, "(")
    common, other = random_words(2)
    names = [f"zz{common}{other}(x)", f"a{common}y"]
    # Both orders: no sorting gives that of R twice.
    for first, second in (names, names[::-1]):
        recipes.put(0, first)
        recipes.put(1, second)
        _expect_found(app, recipes, common)
    _expect_found(app, recipes, other)
    _expect_found(app, recipes, other[2:6])
    _expect_found(app, recipes, "(")
    for wanted in (random_word(), f"{common}{common}", ".", "%", "[a-z]"):
        _expect_nothing(app, recipes, wanted)


def _matches(recipes: Value, word: str) -> list[str]:
    found = recipes.read()
    return [name for name in found if isinstance(name, str) and word in name] if isinstance(found, list) else []


def _find(app: App, word: str) -> Exchange:
    return app.get("/recipes", query={"q": word})


def _expect_found(app: App, recipes: Value, word: str) -> None:
    wanted = _matches(recipes, word)
    answer = _find(app, word).expect(
        200,
        because="There are recipes with this word in their name: 200 and the list.",
        instead={404: "404, although R has recipes with this word in their name."},
        rfc="RFC 9110 §15.3.1",
    )
    answer.expect_json(
        wanted,
        because="The client wants all names in R that contain the word, and no others, in the order of R. "
        f"At the moment R is {preview(repr(recipes.read()))}.",
    ).expect_same_head()


def _expect_nothing(app: App, recipes: Value, word: str) -> None:
    wanted = _matches(recipes, word)
    answer = _find(app, word).expect(
        200,
        because="The search worked and found nothing, and that is a success: 200 and [].",
        instead={
            404: "404 says that the collection /recipes does not exist. It does, it only has no match.",
            204: "204 has no content, so r.json() raises in the client. An empty list is content.",
        },
        rfc="RFC 9110 §15.3.1",
    )
    answer.expect_json(
        wanted,
        because="No name in R contains this text: the answer is the empty list. A client loops over a list of nothing "
        "without a special case.",
    ).expect_same_head()


@exercise(
    points=4,
    hints=[
        "Two views: POST stores and hands out an address, GET of that address answers what was stored.",
        "The name cannot be the address: the same name may come twice. Count, and let the number be the address.",
        "`url_for('one', i=i)` builds the address of the view `one`. Location goes third in the tuple, or into "
        "`response.location`.",
    ],
)
def followable_location(app: App) -> None:
    """POST /recipes answers 201 and a Location of its own, and GET of that answers the recipe."""
    first, second = random_words(2)
    names = [first, second, first, f"{second.title()} & ½ {first}/{first}?"]
    shelf: list[tuple[str, str]] = []
    for name in names:
        created = app.post("/recipes", json={"name": name}).expect(
            201,
            because="A new recipe was created. 201 tells the client that, and that it may look for a Location.",
            rfc="RFC 9110 §9.3.3",
        )
        address = _address_of_new(created)
        known = [earlier for earlier, _ in shelf]
        _expect_recipe(app, address, {"name": name}, repeated=address in known)
        created.expect_that(
            address not in known,
            wanted="a Location of its own",
            because=f"{address} was handed out before. Two recipes under one address cannot be told apart, "
            "even when they have the same name.",
        )
        shelf.append((address, name))
    for address, name in shuffled(shelf):
        _expect_recipe(app, address, {"name": name}).expect_same_head()


def _address_of_new(created: Exchange) -> str:
    """Promise a Location on this server and return it as a path."""
    value = created.header("Location")
    created.expect_header(
        "Location",
        because="Without it the requested URL itself (/recipes) counts as the new resource, so the client cannot "
        "find what it created.",
        rfc="RFC 9110 §15.3.2",
    )
    address = created.location
    hide_made_up(address)
    created.expect_that(
        address is not None and address.startswith("/"),
        wanted="a Location on this server",
        because=f"Location is {value!r}, and that leads away from this server: the recipe is not there.",
        rfc="RFC 9110 §10.2.2",
    )
    return str(address)


def _expect_recipe(app: App, address: str, recipe: dict[str, Any], repeated: bool = False) -> Exchange:
    because = "Location promised the recipe that was created, and here it must be, now and later."
    if repeated:
        because = (
            f"{address} was handed out before, for another recipe: your Location always points at the same recipe."
        )
    collection = address.partition("?")[0].rstrip("/") == "/recipes"
    answer = app.get(address).expect(
        200,
        because="A Location is there to be followed.",
        instead={
            404: "404: your Location names a page that does not exist.",
            405: "405: Location points at the collection, which cannot be GET here. Point at the one new recipe."
            if collection
            else "405: the address in Location cannot be asked with GET.",
        },
        rfc="RFC 9110 §10.2.2",
    )
    return answer.expect_json(
        where=lambda found: (
            isinstance(found, dict)
            and all(name in found and same_json(found[name], value) for name, value in recipe.items())
        ),
        wanted=f"at least {recipe}",
        because=because,
    )


@exercise(
    points=2,
    hints=[
        "Look at the symptom again: two things are missing, one in the status line and one in the header section.",
        "The view knows the new id when it stores the recipe: keep it in a variable.",
        "Return content, code and headers: jsonify(recipe), 201, {'Location': ...}.",
    ],
)
def repair_quiet_creation(app: App) -> None:
    """POST /recipes says that it created a recipe and where it is, and GET of that address answers the recipe."""
    first, second = random_words(2)
    soup = {"title": first, "minutes": random_number(5, 90)}
    bread = {"title": second, "tags": [random_word(), random_word()]}
    shelf: list[tuple[str, dict[str, Any]]] = []
    for recipe in (soup, bread, soup):
        created = app.post("/recipes", json=recipe).expect(
            201,
            because="The recipe was stored, and the code does not say so: a client counts this as a success without "
            "anything new.",
            rfc="RFC 9110 §15.3.2",
        )
        _expect_members(created, recipe, "The client still wants to read back what was stored.")
        address = _address_of_new(created)
        known = [earlier for earlier, _ in shelf]
        _expect_recipe(app, address, recipe, repeated=address in known)
        created.expect_that(
            address not in known,
            wanted="a Location of its own",
            because=f"{address} was handed out before: two recipes under one address cannot be told apart.",
        )
        shelf.append((address, recipe))
    for address, recipe in shuffled(shelf):
        _expect_recipe(app, address, recipe).expect_same_head()
    app.get(f"/recipes/{random_word()}").expect(
        404, because="Nobody was ever given this address. What worked before the repair must still work."
    )


def _expect_members(answer: Exchange, members: dict[str, Any], because: str) -> None:
    answer.expect_json(
        where=lambda found: (
            isinstance(found, dict)
            and all(name in found and same_json(found[name], value) for name, value in members.items())
        ),
        wanted=f"at least {members}",
        because=because,
    )


def _has_text(content: Any, name: str) -> bool:
    return isinstance(content, dict) and isinstance(content.get(name), str) and bool(content[name].strip())


@exercise(
    points=3,
    hints=[
        "There is something to say. Which code fits an answer that says something?",
        "The view: the message needs a code that may have content.",
        "The client: look at r.status_code before you read r.json(). On 204 there is nothing to read.",
    ],
)
def repair_talkative_204(app: App, recipes: Value, ask_to_delete: Function) -> None:
    """The message of DELETE arrives, and the client takes an answer without a message, too."""
    with part():
        _expect_message_arrives(app, recipes)
    with part():
        _expect_client_survives(ask_to_delete)


def _expect_message_arrives(app: App, recipes: Value) -> None:
    stays, *gone = random_number(10, 30), random_number(31, 60), random_number(61, 90)
    for id in (stays, *gone):
        recipes.put(id, {"title": random_word()})
    for id in gone:
        answer = app.delete(f"/recipes/{id}").expect(
            200,
            because="This view has something to say to the client, so its code must allow content: 200.",
            instead={
                204: "204 never has content: whatever your view says, the client reads 0 bytes.",
            },
            rfc="RFC 9110 §9.3.5",
        )
        answer.expect_json(
            where=lambda content: _has_text(content, "message"),
            wanted='an object with "message"',
            because="The client shows the message to its user.",
        )
        recipes.expect_that(
            lambda found, id=id: isinstance(found, dict) and id not in found and stays in found,
            wanted=f"{id} gone, {stays} still there",
            because="The message says that this one recipe was deleted, so it must be gone, and no other.",
            asked="recipes",
        )
        app.delete(f"/recipes/{id}").expect(
            404, because="There is no such recipe any more. What worked before the repair must still work."
        ).expect_json(
            where=lambda content: _has_text(content, "error"),
            wanted='an object with "error"',
            because="The client still wants to read what went wrong.",
            error=True,
        )


def _expect_client_survives(ask_to_delete: Function) -> None:
    message = f"{random_word()} was deleted."
    script = {
        "/talks": Scripted(200, {"message": message, "id": random_number(1, 9)}),
        "/silent": 204,
        "/silent-json": Scripted(204, headers={"Content-Type": "application/json"}),
    }
    with ScriptedServer(script) as server:
        for path in shuffled(list(script)):
            server.forget()
            result = ask_to_delete(server.url + path)
            if path == "/talks":
                result.expect(message, because="The server answered 200 and a message. The client wants to show it.")
            else:
                result.expect(
                    None,
                    because="The server answered 204: it is done, and there is no content, so there is no JSON to read "
                    "either. The client returns None, and goes on.",
                    rfc="RFC 9110 §15.3.5",
                )
            requests = [f"{seen.method} {seen.path}" for seen in server.seen]
            claim(
                requests == [f"DELETE {path}"],
                asked="what arrived at the server",
                got=", ".join(requests) or "nothing",
                wanted=f"DELETE {path}, once",
                because="The client asks once, and asks for what the user wanted.",
            )


# What follows on the connection: whatever a reply leaves over, or takes too much, shows here.
_NEXT = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext"


@exercise(
    points=3,
    challenge=True,
    hints=[
        "For which codes is the empty line the end of the answer, whatever the header fields say?",
        "RFC 9110 §8.6 names the codes that must not carry Content-Length.",
        "For 204 and 304 return the head alone. Build Content-Length into the head for all other codes only.",
    ],
)
def poisoned_connection(reply: Function) -> None:
    """reply(code, body) returns the bytes of a whole answer, behind which the next one can follow."""
    text = random_word().encode()
    cases = [
        (204, text),
        (204, b""),
        (200, text),
        (404, b"No \xc2\xbd " + text),
        (200, b""),
        (304, text),
        (304, b""),
        (500, b"\r\n\r\n\x00\xff" + text),
        (201, text * random_number(50, 99)),
    ]
    for code, body in cases:
        result = reply(code, body)
        result.expect_that(
            isinstance(result.value, bytes),
            wanted="bytes",
            because="A connection carries bytes.",
        )
        fault, rfc = _fault(result.value, code, body)
        result.expect_that(not fault, wanted=_promise(code), because=fault, rfc=rfc)


def _promise(code: int) -> str:
    return "a head and nothing behind it" if code in (204, 304) else "a head and exactly this content"


def _fault(answer: bytes, code: int, body: bytes) -> tuple[str, str]:
    """Return what is wrong with an answer on a connection that stays open, and where the standard says so."""
    head, end, content = answer.partition(b"\r\n\r\n")
    if not end:
        return (
            "The header section never ends: each line ends with \\r\\n, the last one is empty.",
            "RFC 9112 §2.1",
        )
    status_line, *lines = head.split(b"\r\n")
    if not re.fullmatch(rb"HTTP/1\.1 %d [^\r\n]*" % code, status_line):
        return f"The first line must be HTTP/1.1, a space, {code}, a space, and then any words or none.", "RFC 9112 §4"
    if not all(re.fullmatch(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\x00]*", line) for line in lines):
        return "A line of the header section is no header field (name, colon, value).", "RFC 9112 §5"
    fields = [(name.lower(), value.strip().lower()) for name, _, value in (line.partition(b":") for line in lines)]
    names = [name for name, _ in fields]
    if (b"connection", b"close") in fields:
        return "Connection: close ends the connection. The task is to keep it usable.", "RFC 9112 §9.6"
    if code == 204 and (b"content-length" in names or b"transfer-encoding" in names):
        return (
            "A 204 MUST NOT carry Content-Length or Transfer-Encoding: some clients believe the header field and wait "
            "for content that they take from the next answer.",
            "RFC 9110 §8.6",
        )
    if code in (204, 304):
        if content:
            return (
                f"A {code} ends with its empty line, and {len(content)} bytes came after it. The next request on this "
                "connection gets them instead of a status line.",
                "RFC 9112 §6.3",
            )
        return "", ""
    if names.count(b"content-length") + names.count(b"transfer-encoding") > 1:
        return "Two header fields say how long the content is: clients disagree which one counts.", "RFC 9112 §6.2"
    return _fault_of_content(answer, body)


class _Stream(io.BytesIO):
    """Bytes of a connection: an answer that was read does not close it."""

    def makefile(self, *_: Any) -> _Stream:
        return self

    def close(self) -> None:
        """Stay open for the next answer."""


def _fault_of_content(answer: bytes, body: bytes) -> tuple[str, str]:
    """Read an answer as a client does, with another one behind it."""
    stream = _Stream(answer + _NEXT)
    response = http.client.HTTPResponse(stream, method="GET")  # type: ignore[arg-type]
    try:
        response.begin()
        content = response.read()
    except (http.client.HTTPException, ValueError) as error:
        return f"Python's own client cannot read this answer: {type(error).__name__}.", "RFC 9112 §6.3"
    if content == body and stream.read() == _NEXT:
        return "", ""
    if content == body:
        return "After the content come more bytes, and they belong to no answer.", "RFC 9112 §6.3"
    if content == body + _NEXT:
        return (
            "The answer does not say how long its content is, so the client takes all that follows for content, "
            "and waits for more.",
            "RFC 9112 §6.3",
        )
    return (
        f"The client reads {len(content)} bytes of content, and {len(body)} were to be sent. Compare Content-Length "
        "with the number of bytes.",
        "RFC 9112 §6.3",
    )
