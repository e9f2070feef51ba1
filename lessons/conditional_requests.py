"""Only if changed: the checks of the lesson on 304, 412, 428, 206 and 416."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from checks import (
    App,
    Exchange,
    Function,
    Question,
    Result,
    Scripted,
    ScriptedServer,
    Seen,
    Value,
    claim,
    exercise,
    random_number,
    random_word,
    random_words,
    same,
    shuffled,
)

etag_enough = Question(
    "A view calls add_etag() and returns the response. Is that enough for a 304?",
    choices=("yes", "no"),
    answer="no",
    because="add_etag() only writes the tag. Nobody compared it with If-None-Match: make_conditional(request) does.",
)

reading_304 = Question(
    "The answer is 304. What do r.ok and r.json() give?",
    choices=("True, and the menu", "True, and an exception", "False, and an exception"),
    answer="True, and an exception",
    because="304 is no error, so ok is True. But there is no content: the menu is where the client kept it.",
)

stale_put = Question(
    "A PUT view ends with make_conditional(request), and If-Match holds an old tag. Which code?",
    choices=(200, 409, 412),
    answer=200,
    because="make_conditional() compares for GET and HEAD only. For a write you compare, before you write.",
)

plain_range = Question(
    "A usual view returns ten letters. A client sends Range: bytes=0-3. Which code?",
    choices=(200, 206, 416),
    answer=200,
    because="Ranges are optional. A server that does not know them ignores the field and sends everything.",
)

unknown_unit = Question(
    "send_file() gets Range: items=0-3, a unit that it does not know. Which code?",
    choices=(200, 206, 416),
    answer=416,
    because="RFC 9110 §14.2 says: ignore it, so 200. Flask's helper refuses whatever it cannot serve.",
)

RFC_304 = "RFC 9110 §15.4.5"
RFC_412 = "RFC 9110 §15.5.13"
RFC_428 = "RFC 6585 §3"
_ENTITY_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"')


@exercise(
    points=2,
    hints=[
        "Three steps: make the response, give it a tag that depends on DATA, compare the tag with the request.",
        "Which method of the response compares? You saw it after the first prediction.",
        "`response = jsonify(DATA)`, then `response.add_etag()`, and return `response.make_conditional(request)`.",
    ],
)
def not_modified(app: App, DATA: Value) -> None:  # noqa: N803
    """GET /menu answers 200 with an ETag, 304 to the same tag in If-None-Match, and a new tag when DATA changes."""
    if not isinstance(DATA.read(), dict):
        DATA.assign({"soup": 5})
    before = dict(DATA.read())
    one, other = random_words(2)
    low, high = random_number(2, 40), random_number(50, 90)
    # The second change keeps the number of dishes and the sum of the prices.
    changes = [{one: low, other: high}, {one: high, other: low}, {one: high, other: low + 1}]
    try:
        tag = _expect_menu(app, DATA, "")
        for change in changes:
            for dish, price in change.items():
                DATA.put(dish, price)
            tag = _expect_menu(app, DATA, tag)
        DATA.remove(other)
        _expect_menu(app, DATA, tag)
    finally:
        for dish in (one, other):
            DATA.remove(dish)
        for dish, price in before.items():
            DATA.put(dish, price)


def _expect_menu(app: App, data: Value, old: str) -> str:
    """Promise 200 to no tag and to the wrong ones, 304 to the right one; return the right one."""
    if old:
        changed = app.get("/menu", headers={"If-None-Match": old})
        stale = (
            "DATA changed but you said 304: the client keeps old data, and shows it as new. "
            "The tag must change with the data, with every part of it."
        )
        _expect_data(changed, data, {304: stale})
    fresh = app.get("/menu")
    _expect_data(fresh, data, {304: "This request has no If-None-Match: a client without a copy has nothing to use."})
    fresh.expect_header(
        "ETag",
        where=_ENTITY_TAG.fullmatch,
        wanted='a tag in double quotes, such as "abc"',
        because="A client sends the tag back to ask whether its copy is still good. A tag without its quotes, or with "
        "spaces or quotes inside, is none.",
        rfc="RFC 9110 §8.8.3",
    )
    tag = fresh.header("ETag") or ""
    fresh.expect_that(
        tag != old,
        wanted="another ETag than before",
        because="DATA changed, and the tag is the one of the old data. Who has the old copy is told to keep it.",
        rfc="RFC 9110 §8.8.1",
    )
    fresh.expect_same_head()
    for method in ("GET", "HEAD"):
        _expect_304(app.request(method, "/menu", headers={"If-None-Match": tag}), tag)
    inner = tag.removeprefix("W/").strip('"')
    others = {f'"{random_word()}"', f'"{inner}x"', f'"x{inner}"', f'"{inner.swapcase()}"', old} - {tag, ""}
    for other in sorted(others - {f'"{inner}"'}):
        answer = app.get("/menu", headers={"If-None-Match": other})
        unsent = f"You answered 304 to any tag, or to one that only looks alike, even one you never sent: {other}."
        _expect_data(answer, data, {304: unsent})
    because = "The client has another version, so nothing but 200 is true. HEAD compares as GET does."
    app.head("/menu", headers={"If-None-Match": f'"{random_word()}"'}).expect(200, because=because)
    return tag


def _expect_data(answer: Exchange, data: Value, instead: dict[int, str]) -> None:
    because = "This client does not have the menu as it is now: it needs 200 and the menu."
    answer.expect(200, because=because, instead=instead, rfc="RFC 9110 §13.1.2")
    answer.expect_json(data.read(), because="A client shows what DATA holds at the moment of the request.")


def _expect_304(answer: Exchange, tag: str) -> None:
    ignored = "The same tag gave 200: an ETag alone does nothing. Compare it with the request."
    refused = "412 is for methods that change something. To GET and HEAD the answer is 304: use your copy."
    answer.expect(
        304,
        because="The client has this very version. 304 saves the whole content.",
        instead={200: ignored, 204: "204 says that there is nothing. 304 says: use your copy.", 412: refused},
        rfc=RFC_304,
    )
    answer.expect_header(
        "ETag",
        where=lambda value: value == tag,
        wanted=tag,
        because="A 304 MUST carry the ETag that 200 would carry: the client learns which of its copies is meant.",
        rfc=RFC_304,
    )
    answer.expect_no_content(because="A 304 ends after the header fields: the client reads its own copy.")


@exercise(
    points=3,
    hints=[
        "Three questions in this order: is there an If-Match, is it the current tag, and only then: write.",
        'The current tag has quotes around it: `"v1"` with them, not v1. request.if_match takes them off for you.',
        "`if not request.if_match: abort(428)`, then `if not request.if_match.contains(...): abort(412)`.",
    ],
)
def no_lost_update(app: App, DOC: Value) -> None:  # noqa: N803
    """PUT /doc writes only when If-Match is the current tag; else it answers 412, and 428 without If-Match."""
    doc = DOC.read()
    if not isinstance(doc, dict) or type(doc.get("n")) is not int or "t" not in doc:
        DOC.assign({"n": 1, "t": "a"})

    def state() -> tuple[int, Any]:
        doc = DOC.read()
        return (doc.get("n"), doc.get("t")) if isinstance(doc, dict) else (0, None)

    def expect_state(number: int, text: str, why: str) -> None:
        DOC.expect_that(
            lambda doc: same(doc["n"], number) and same(doc["t"], text),
            wanted=f"n is {number} and t is {text!r}",
            because=why,
        )

    _expect_guarded(app, state, expect_state)


def _expect_guarded(
    app: App, state: Callable[[], tuple[int, Any]], expect_state: Callable[[int, str, str], None]
) -> None:
    """Promise that nothing is written without the current tag, and that it is written with it."""
    for turn, text in enumerate([random_word(), f'{random_word()} "ü"', "", ""]):
        number, old = state()
        _expect_refused(app.put("/doc", json={"t": random_word()}), 428)
        expect_state(number, old, "You answered 428 but wrote the document first: check before you act.")
        for tag in shuffled(_wrong_tags(number))[: 9 if turn == 1 else 4]:
            _expect_refused(app.put("/doc", json={"t": random_word()}, headers={"If-Match": tag}), 412)
            expect_state(number, old, "You answered 412 but wrote the document first: check before you act.")
        _expect_written(app.put("/doc", json={"t": text}, headers={"If-Match": f'"v{number}"'}), number)
        expect_state(
            number + 1,
            text,
            "The condition held and you answered 200: so the text must be stored, and n must grow by 1.",
        )
        # The second editor has read the version that is now old.
        late = app.put("/doc", json={"t": random_word()}, headers={"If-Match": f'"v{number}"'})
        _expect_refused(late, 412)
        expect_state(number + 1, text, "You answered 412 but wrote the document first: check before you act.")


def _wrong_tags(number: int) -> list[str]:
    opaque = [f"v{number}2", f"v{number - 1}", f"v{number + 1}", f"V{number}", f"v{number}x", "v", f"{number}"]
    return [f'W/"v{number}"', f'"{random_word()}"', *(f'"{tag}"' for tag in opaque)]


def _expect_refused(answer: Exchange, code: int) -> None:
    if code == 428:
        because = "Without If-Match nobody knows which version this client has read. It must be asked for it."
        done = "Without If-Match you answered {}: somebody's text can be lost. Ask for it with 428. "
        instead = {
            200: done.format(200) + "(make_conditional() checks nothing on PUT.)",
            204: done.format(204),
            400: "400 does not tell the client what is missing. 428 says: send it again, with a condition.",
            412: "412 says that a condition failed, and this client sent none. Ask for one with 428.",
        }
        answer.expect(428, because=because, instead=instead, rfc=RFC_428)
        return
    tag = answer.sent.headers["If-Match"]
    done = f"{tag} is not the current tag, and you answered 200: what somebody else stored in between can be lost."
    if tag.startswith("W/"):
        done = "A weak tag never matches in If-Match: it says 'about the same', too little for a write."
    because = "The tag is not the current one: this client has not seen what it would overwrite."
    instead = {200: done, 409: _CONFLICT, 428: "428 asks for If-Match, and this client sent it. It failed: 412."}
    answer.expect(412, because=because, instead=instead, rfc=RFC_412)


_CONFLICT = "The client sent a precondition and it failed: that is exactly 412. 409 is for conflicts found without one."


def _expect_written(answer: Exchange, number: int) -> None:
    refused = (
        "The tag is the current one, quotes and all, and you answered 412: nobody can write. "
        "(If an earlier answer wrote although it was refused, look there first.)"
    )
    answer.expect(
        200,
        because=f"The current version is {number}, and the client has seen it: write.",
        instead={204: "204 is fine for many APIs. This task promises 200.", 412: refused},
        rfc="RFC 9110 §13.1.1",
    )


@exercise(
    points=3,
    hints=[
        "Is k there already? Find out before you store, and keep the answer in a name.",
        "Only one condition matters here: If-None-Match is exactly `*`. request.if_none_match.star_tag tells it.",
        "With `*` and an old k: abort(412), before anything is stored. In all other cases store, and say 201 or 200.",
    ],
)
def create_only(app: App, K: Value) -> None:  # noqa: N803
    """PUT /keys/<k> answers 201 or 200/204, and with If-None-Match: * it creates but never overwrites."""
    new, plain, empty, given = random_words(4)
    one, two, three = {"a": random_number(1, 99)}, {"b": [random_word(), None]}, {"c": {"ü": True}}
    kept: dict[str, Any] = {given: one}

    def put(key: str, value: dict[str, Any], condition: str, *codes: int) -> None:
        answer = app.put(f"/keys/{key}", json=value, headers={"If-None-Match": condition} if condition else {})
        _expect_put(answer, key, condition, codes)
        why = "412 says that nothing was done, and the stored value has changed: check before you store."
        if codes != (412,):
            kept[key] = value
            why = "The body of the last PUT is the whole new value, as it came. A client relies on finding just that."
        K.expect_that(lambda keys: same(keys[key], kept[key]), wanted=f"{key!r} is {kept[key]}", because=why)

    def fill(key: str, condition: str, value: dict[str, Any]) -> None:
        """Create, fail to create again, replace, and fail once more."""
        put(key, value, condition, 201)
        put(key, two, "*", 412)
        put(key, three, "", 200, 204)
        put(key, value, f'"{random_word()}"', 200, 204)
        put(key, two, "*", 412)
        put(key, value, "", 200, 204)

    for key in (new, plain, empty, f"{plain} é"):
        K.remove(key)
    K.put(given, one)
    fill(new, "*", one)
    fill(plain, "", two)
    # An empty object is there, too.
    fill(empty, f'"{random_word()}"', {})
    put(given, {}, "*", 412)
    put(given, three, "", 200, 204)
    K.remove(new)
    fill(new, "*", three)
    put(f"{plain} é", one, "*", 201)
    put(f"{plain} é", two, "*", 412)


def _expect_put(answer: Exchange, key: str, condition: str, codes: tuple[int, ...]) -> None:
    if codes == (412,):
        because = f"{key!r} exists, and the client wanted to create it, not to overwrite what is there."
        overwritten = "This PUT overwrote the value although it said 'only if absent' (If-None-Match: *)."
        instead = {
            **dict.fromkeys((200, 201, 204), overwritten),
            304: "304 is only for GET and HEAD; for other methods a failed If-None-Match is 412.",
            409: _CONFLICT,
        }
    elif codes == (201,):
        because = f"{key!r} was not in K: it is created, and 201 says so. No condition forbids it."
        instead = {412: "You refused to create what was not there."}
    else:
        because = f"{key!r} was there already: it is replaced, nothing is created, and 200 or 204 says so."
        plain = "A plain PUT (no condition) must still replace, and so must one with another tag."
        instead = dict.fromkeys((304, 409, 412, 428), plain)
    rfc = "RFC 9110 §13.1.2" if condition else "RFC 9110 §9.3.4"
    answer.expect(*codes, because=because, instead=instead, rfc=rfc)


FILE = b"0123456789"


@exercise(
    points=3,
    hints=[
        "Flask has a helper for files that knows ranges. It takes an open file: io.BytesIO(B) is one.",
        "By hand: both ends are included, b is at most 9, and Content-Range names what you really send.",
        "Or let make_conditional() do it: it also takes accept_ranges=True and complete_length=len(B).",
    ],
)
def byte_range(app: App) -> None:
    """GET /file answers 200 and all bytes, 206 and a piece for bytes=a-b, and 416 behind the end."""
    whole = app.get("/file")
    because = "A client that asks for no range wants everything."
    whole.expect(200, because=because, instead={206: "Without Range there is no part: 200 and everything."})
    whole.expect_that(whole.body == FILE, wanted="0123456789", because=because)
    whole.expect_same_head()
    first, last = random_number(1, 4), random_number(5, 8)
    good = [(first, last), (0, 9), (0, 0), (9, 9), (last, 9), (7, 10), (first, 12345), (9, 10**12)]
    for a, b in [(2, 4), *shuffled(good)]:
        _expect_piece(app.get("/file", headers={"Range": f"bytes={a}-{b}"}), a, b)
    for a, b in shuffled([(10, 10), (10, 20), (12, 14), (100, 200), (random_number(20, 90), 10**12)]):
        _expect_behind_the_end(app.get("/file", headers={"Range": f"bytes={a}-{b}"}), a)
    others = ["7-", "-3", "12-", "-0", "-20", "5-2", "0-1,4-5", "2-4,20-30", "", "x-y", "1-2-3"]
    for value in shuffled([f"bytes={other}" for other in others]) + ["items=0-3", "pages=1-2"]:
        _expect_free(app.get("/file", headers={"Range": value}))
    app.get("/file").expect_that(whole.body == FILE, wanted="0123456789", because=because)


def _expect_piece(answer: Exchange, a: int, b: int) -> None:
    cut = " The client asks for more than there is, and gets what there is." if b > 9 else ""
    b = min(b, 9)
    instead = {
        200: "200 and everything: you ignored Range (legal, but the task is to serve it)."
        if answer.body == FILE
        else "200 says that this is everything. A client tells a part from the whole by 206 alone.",
        416: f"416, but byte {a} exists: there is something to send.{cut}",
    }
    answer.expect(
        206, because="206 tells the client that it got the part it asked for.", instead=instead, rfc="RFC 9110 §15.3.7"
    )
    wanted = f"bytes {a}-{b}/10"
    answer.expect_header(
        "Content-Range",
        where=lambda value: value.strip() == wanted,
        wanted=wanted,
        because=f"A single-part 206 MUST have Content-Range; yours is {answer.header('Content-Range')!r}, expected "
        f"{wanted!r}. The client writes the bytes to the place that it names.",
        rfc="RFC 9110 §15.3.7.1",
    )
    piece = FILE[a : b + 1]
    answer.expect_that(
        answer.body == piece,
        wanted=piece.decode(),
        because=f"bytes={a}-{b} is inclusive: {piece.decode()!r}, you sent {answer.body[:40]!r}. The client's file "
        "would be damaged.",
        rfc="RFC 9110 §14.1.2",
    )


def _expect_behind_the_end(answer: Exchange, a: int) -> None:
    answer.expect(
        416,
        because=f"There is no byte {a}: the file ends at 9. The client must learn that its idea of the size is wrong.",
        instead={
            200: "200 says 'here is everything', and the task promises 416 for a range behind the end.",
            206: f"206 says 'here is your part', and there is no byte {a}.",
            404: "404 says that there is no file. It is there; only this part of it is not: 416.",
        },
        rfc="RFC 9110 §15.5.17",
    )


def _expect_free(answer: Exchange) -> None:
    because = "This form of Range may be served (206), ignored (200) or refused (416), and nothing else."
    answer.expect(200, 206, 416, because=because, rfc="RFC 9110 §14.2")
    if answer.code == 200:
        answer.expect_that(
            answer.body == FILE, wanted="0123456789", because="To ignore Range means: everything, as without it."
        )
    if answer.code == 206 and not (answer.header("Content-Type") or "").startswith("multipart/byteranges"):
        place = re.fullmatch(r"bytes (\d+)-(\d+)/(10|\*)", answer.header("Content-Range") or "")
        answer.expect_that(
            place and answer.body == FILE[int(place[1]) : int(place[2]) + 1],
            wanted="a Content-Range that fits the content",
            because="206 with one part MUST say which part it is, and send just that one.",
            rfc="RFC 9110 §15.3.7.1",
        )


@exercise(
    points=2,
    hints=[
        "Where does the view change the document, and where does it compare?",
        "make_conditional() never refuses a PUT. Which two lines of *No lost update* do?",
        "Move the write to the end of the view. Before it come 428 (no If-Match) and 412 (another tag).",
    ],
)
def repair_lost_update(app: App) -> None:
    """PUT /doc writes with the current tag only (else 428 or 412), and GET /doc goes on as before."""

    def read() -> Exchange:
        answer = app.get("/doc").expect(200, because="Editors read the document before they change it.")
        return answer.expect_json(
            where=lambda doc: sorted(doc) == ["n", "t"] and type(doc["n"]) is int,
            wanted='an object with "n" and "t"',
            because="Both editors read the number of the version and the text.",
        )

    def state() -> tuple[int, Any]:
        answer = read()
        return answer.member("n"), answer.member("t")

    def expect_state(number: int, text: str, why: str) -> None:
        answer = read()
        doc = {"n": number, "t": text}
        answer.expect_that(same(answer.json, doc), wanted=json.dumps(doc, ensure_ascii=False), because=why)
        tag = f'"v{number}"'
        answer.expect_header(
            "ETag",
            where=lambda value: value == tag,
            wanted=tag,
            because="Without the current tag no editor can write.",
            rfc="RFC 9110 §8.8.3",
        )
        _expect_304(app.get("/doc", headers={"If-None-Match": tag}), tag)

    read().expect_same_head()
    _expect_guarded(app, state, expect_state)


class _Shared:
    """A document that somebody else edits, too. ``plan`` says when: after a GET, or when a PUT arrives."""

    def __init__(self, doc: dict[str, Any], mine: list[str], plan: list[str], others: list[str]) -> None:
        self.doc, self.mine, self.plan, self.others = doc, list(mine), list(plan), list(others)
        self.name = doc["title"]
        self.version = 1
        self.refused = 0
        self.fault = ""

    @property
    def tag(self) -> str:
        return f'"{self.name}-{self.version}"'

    def _interfere(self, moment: str) -> None:
        if self.plan and self.plan[0] == moment:
            self.plan.pop(0)
            self._store({**self.doc, "words": [*self.doc["words"], self.others.pop(0)]})

    def _store(self, doc: dict[str, Any]) -> None:
        self.doc, self.version = doc, self.version + 1

    def answer(self, seen: Seen) -> Scripted:
        """Answer GET, HEAD and PUT as the task promises."""
        if seen.method in ("GET", "HEAD"):
            answer = Scripted(200, self.doc, {"ETag": self.tag})
            if seen.method == "GET":
                self._interfere("GET")
            return answer
        if seen.method != "PUT":
            self.fault = self.fault or f"A {seen.method} arrived. The document is read with GET, written with PUT."
            return Scripted(405)
        match = next((value for name, value in seen.headers.items() if name.lower() == "if-match"), None)
        if match is None:
            self.fault = self.fault or "A PUT came without If-Match: the server cannot see which version was read."
            return Scripted(428)
        self._interfere("PUT")
        if match.strip() not in ("*", self.tag):
            self.refused += 1
            if not re.fullmatch(rf'"{self.name}-\d+"', match.strip()):
                self.fault = self.fault or f"A PUT came with If-Match: {match}. The server never sent this tag."
            # A client that never sends a right tag would ask for ever.
            return Scripted(412) if self.refused < 60 else Scripted(503, wait=1)
        return self._write(seen)

    def _write(self, seen: Seen) -> Scripted:
        try:
            doc = json.loads(seen.body)
        except (ValueError, RecursionError):
            doc = None
        wanted = {**self.doc, "words": [*self.doc["words"], *self.mine[:1]]}
        if not isinstance(doc, dict) or not isinstance(doc.get("words"), list):
            self.fault = self.fault or "A PUT came without a JSON object that has the list words."
            return Scripted(400)
        if not self.fault and not (self.mine and same(doc, wanted)):
            self.fault = self._fault(doc, wanted)
        self.mine = self.mine[1:]
        self._store(doc)
        return Scripted(204)

    def _fault(self, doc: dict[str, Any], wanted: dict[str, Any]) -> str:
        lost = [word for word in self.doc["words"] if word not in doc["words"]]
        if lost:
            return f"A PUT passed, and the word {lost[0]!r} of somebody else is lost: its text was older than its tag."
        if not self.mine:
            return "A PUT came after all words were stored: a word is stored twice."
        if {**doc, "words": None} != {**wanted, "words": None}:
            return "A PUT changed more than the words: the other members of the document must stay as they were read."
        return f"A PUT should have added one word, {self.mine[0]!r}, at the end of the words that were read."


@exercise(
    points=4,
    challenge=True,
    hints=[
        "One word is one loop: read, change, write. Which status code ends the loop, and which one starts it anew?",
        "Tag and text belong together: take both from the same response, and after a 412 take both anew.",
        'Send `headers={"If-Match": r.headers["ETag"]}`. On 412 count and go on; else raise_for_status() and stop.',
    ],
)
def two_editors(add_words: Function) -> None:
    """add_words(url, words) adds every word to a shared document, loses no word, and returns how many 412 it met."""
    bob = random_words(40)
    path = f"/{random_word()}"
    cases: list[tuple[int, list[str]]] = [
        (2, []),
        (1, ["PUT"]),
        (1, ["GET"]),
        (3, ["PUT", "GET", "GET", "PUT"]),
        (0, []),
        (2, ["PUT"] * 12),
    ]
    for count, plan in cases:
        words = random_words(count)
        if count == 3:
            words[1] = words[0]
        doc = {"title": random_word(), "words": random_words(random_number(0, 2)), "pages": random_number(1, 9)}
        shared = _Shared(doc, words, plan, bob)
        with ScriptedServer({path: shared.answer}) as server:
            _expect_all_stored(add_words(server.url + path, words), shared, words)
    for method, code in (("GET", 404), ("PUT", 403), ("PUT", 500)):
        shared = _Shared({"title": random_word(), "words": []}, [], [], [])
        _expect_given_up(add_words, path, shared, method, code)


def _expect_all_stored(result: Result, shared: _Shared, words: list[str]) -> None:
    retry = "412 means: not done, try again." if shared.refused else "Each word is one PUT."
    result.expect_that(
        not shared.fault and not shared.mine,
        wanted="every word stored once, and no other word lost",
        because=shared.fault or f"These words were never stored: {', '.join(shared.mine)}. {retry}",
        rfc="RFC 9110 §13.1.1",
    )
    result.expect(
        shared.refused, because=f"The server answered 412 to {shared.refused} PUTs of this call: return that number."
    )
    result.expect_arguments_unchanged(*result.arguments[:1], words, because="The list of words belongs to the caller.")


def _expect_given_up(add_words: Function, path: str, shared: _Shared, method: str, code: int) -> None:
    def answer(seen: Seen) -> Scripted:
        # A client that goes on is stopped at its next GET.
        return Scripted(code) if seen.method == method or len(server.seen) > 6 else shared.answer(seen)

    with ScriptedServer({path: answer}) as server:
        result = add_words(server.url + path, random_words(2))
        methods = [seen.method for seen in server.seen]
        result.expect_raises(
            "Exception",
            because=f"{method} was answered {code}: the word is not stored, and asking again does not help. "
            "The caller must hear it.",
        )
        claim(
            methods.count(method) == 1 and methods[-1] == method,
            asked="what arrived at the server",
            got=", ".join(methods[:8]),
            wanted=f"nothing after the {method} that was answered {code}",
            because="Only 412 says: read again, try again. Any other refusal is for the caller to handle.",
        )
