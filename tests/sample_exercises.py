"""Small exercises for testing the engine itself."""

from __future__ import annotations

from checks import App, Function, Value, exercise, part, random_word, random_words


@exercise(points=2, hints=["The first hint.", "The second hint."])
def ping(app: App) -> None:
    """GET /ping answers 200 and the JSON object {"ping": "pong"}."""
    for _ in range(2):
        answer = app.get("/ping").expect(200, because="The page is there.", instead={203: "203 is for proxies."})
        answer.expect_json({"ping": "pong"}, because="A program reads the member.").expect_same_head()


@exercise(points=2, hints=["The first hint.", "The second hint."])
def created(app: App, N: Value) -> None:  # noqa: N803
    """POST /notes answers 201, Location /notes/<n>, and stores the note in N."""
    for number, word in enumerate(random_words(2), start=1):
        answer = app.post("/notes", json={"text": word}).expect(
            201, because="A note was created.", rfc="RFC 9110 §15.3.2"
        )
        answer.expect_location(f"/notes/{number}", because="The client wants to find it again.")
        N.expect_that(lambda notes, number=number: number in notes, wanted=f"{number} in N", because="It was promised.")


@exercise(points=3, hints=["The first hint.", "The second hint."])
def double(double: Function) -> None:
    """double(x) returns x twice."""
    double(2).expect(4, because="2 + 2")
    word = random_word()
    double(word).expect(word * 2, because="texts too")


@exercise(points=4, hints=["The first hint.", "The second hint."])
def two_doors(app: App) -> None:
    """GET /one answers 200 and GET /two answers 404."""
    with part():
        app.get("/one").expect(200, because="The first door is open.")
    with part():
        app.get("/two").expect(404, because="The second door is painted.")


@exercise(points=1, hints=["The first hint.", "The second hint."])
def faulty(app: App) -> None:
    """GET / answers 200."""
    app.get("/").expect(200, because="x")
    raise LookupError("the check's own mistake")


@exercise(points=1, hints=["The first hint.", "The second hint."])
def empty(app: App) -> None:
    """This check looks at nothing."""


@exercise(points=1, hints=["The first hint.", "The second hint."])
def crash_is_returned(app: App) -> None:
    """app.test_client().get("/boom") returns 500 while app.testing stays True."""
    answer = app.function("test_client")(then=("get", ("/boom",)))
    answer.expect_that(answer.detail("status_code") == 500, wanted="a response with 500", because="A test looks at it.")
    app.value("testing").expect(True, because="Other tests rely on it.")


@exercise(points=1, hints=["The first hint.", "The second hint."])
def counts(app: App) -> None:
    """GET / answers 1 to the first request and counts on."""
    fresh = app.fresh
    answer = app.get("/").expect(200, because="The page is there.")
    answer.expect_that(answer.text == "1" or not fresh, wanted="1, if nobody asked before", because="It counts.")
