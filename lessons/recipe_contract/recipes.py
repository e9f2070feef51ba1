"""R23 to R28: recipes, as they are listed and added."""

from __future__ import annotations

from typing import Any

from checks import Exchange, random_number, random_word, shuffled

from .api import Api
from .promises import (
    CHALLENGE,
    PROBLEM,
    expect_errors,
    expect_log_in,
    expect_own_location,
    expect_problem,
    expect_recipe,
    expect_tag,
)
from .table import CONTRACT


@CONTRACT.row("R23", "GET", "/recipes?q=&limit=", "-", 200, body="JSON list, [] when nothing matches, no drafts")
def list_of_recipes(api: Api) -> None:
    """The list holds the public recipes, each as its own page shows it. q keeps those whose title contains the text,
    whatever the case of its letters ("%" is a text like any other). limit is the most that are sent, from 1 to 100.
    Drafts are in no list."""
    word = random_word()
    public = [api.add_recipe(title=f"{word} soup"), api.add_recipe("bob", title=f"Cold {word.upper()}")]
    draft = api.add_recipe(title=f"{word} secret", draft=True)
    found = _expect_list(api.get(f"/recipes?q={word[1:]}"), f"q={word[1:]}")
    titles = [recipe.get("title") for recipe in found.json]
    found.expect_that(
        draft.title not in titles,
        wanted="no drafts",
        because="A draft is in the list: everybody reads what its owner did not want to show yet.",
    )
    found.expect_that(
        sorted(titles, key=str) == sorted(recipe.title for recipe in public),
        wanted=f"{' and '.join(recipe.title for recipe in public)}",
        because="These are the public recipes whose title contains the text, whatever the case of its letters.",
    )
    seen = _expect_list(api.get("/recipes", by="bob"), "no q")
    seen.expect_that(
        draft.title not in [recipe.get("title") for recipe in seen.json],
        wanted="no drafts",
        because="A draft is in the list of everybody.",
    )
    for nothing in (random_word(), "%"):
        empty = _expect_list(api.get("/recipes", query={"q": nothing}), f"q={nothing}")
        empty.expect_that(
            empty.json == [],
            wanted="[]",
            because="No title contains this text. In LIKE, % stands for any text: escape it, or use instr()."
            if nothing == "%"
            else "No title contains this text: an empty list is the answer, and no error.",
        )
    few = _expect_list(api.get(f"/recipes?q={word}&limit=1"), "limit=1")
    few.expect_that(len(few.json) == 1, wanted="1 recipe", because="The client asked for one at most.")


def _expect_list(answer: Exchange, case: str) -> Exchange:
    answer.expect(
        200,
        because=f"With {case} there is a list to send, and be it an empty one.",
        instead={
            404: "There is a list, it is only empty: a client shows 'nothing found' and no error.",
            204: "204 has no content, and the client's r.json() fails. An empty list is [].",
            401: "Nobody has to log in to see the public recipes.",
        },
        rfc="RFC 9110 §15.3.1",
    )
    return answer.expect_json(
        where=lambda found: isinstance(found, list) and all(isinstance(recipe, dict) for recipe in found),
        wanted="a list of recipes",
        because="The client goes through a list of objects.",
    )


@CONTRACT.row("R24", "GET", "/recipes?limit=", "not a number, < 1 or > 100", 400, body=PROBLEM)
def faulty_limit(api: Api) -> None:
    """limit is a whole number from 1 to 100. Nothing is rounded or cut to fit."""
    for limit in shuffled(["0", "-1", "101", str(random_number(102, 9999)), random_word(), "1.5", "1e1"]):
        expect_problem(
            api.get("/recipes", query={"limit": limit}),
            400,
            because=f"limit={limit} has a mistake, and the client must see it.",
            instead={
                200: f"limit={limit} was taken: the client believes that it got what it asked for. "
                "(request.args.get(..., type=int) makes the default of what is no number.)",
                404: "The URL is right. What stands behind the question mark is not: 400.",
                422: "HTTP allows 422 here. This contract promises 400 for what is wrong in a URL.",
                500: f"int({limit!r}) raises, or the database did: what a client sends can be anything.",
            },
            rfc="RFC 9110 §15.5.1",
        )
    for limit in (1, 100):
        answer = api.get(f"/recipes?limit={limit}")
        answer.expect_that(answer.code != 400, wanted="no 400", because=f"limit={limit} is within 1 to 100.")


@CONTRACT.row(
    "R25",
    "POST",
    "/recipes",
    "logged in, {title, draft?}",
    201,
    headers="Location (GETs the recipe), ETag",
    body="the recipe",
)
def new_recipe(api: Api) -> None:
    """The recipe is a JSON object with id, title, draft (false if nothing is said) and owner (the name of who is
    logged in). ETag is the one that GET sends for it."""
    for by, more, draft in (("ann", {}, False), ("bob", {"draft": True}, True)):
        title = f'{random_word()} "à la carte"'
        answer = api.post("/recipes", by=by, json={"title": title, **more}).expect(
            201,
            because="201 tells the client that its recipe is stored.",
            instead={
                200: "200 is Flask's default. It does not say that anything was created.",
                401: f"{by} is logged in with a token that POST /tokens gave.",
            },
            rfc="RFC 9110 §15.3.2",
        )
        expect_own_location(answer, "Without it the client does not know where its recipe is.")
        expect_tag(answer)
        expect_recipe(answer, title, draft, by)
        there = api.get(answer.location or "", by=by)
        there.expect_that(
            there.code == 200 and there.member("title") == title,
            wanted="the new recipe",
            because="Location leads nowhere: the client follows it and does not find what it has just created.",
            rfc="RFC 9110 §10.2.2",
        )
        tags = answer.header("ETag"), there.header("ETag")
        there.expect_that(
            tags[1] in (tags[0], None),
            wanted=f"ETag: {tags[0]}",
            because="Nothing has changed since, and the ETag is another one: the client's first change is refused.",
            rfc="RFC 9110 §8.8.3",
        )


@CONTRACT.row("R26", "POST", "/recipes", "not logged in (even with a bad body)", 401, headers=CHALLENGE, body=PROBLEM)
def new_recipe_by_stranger(api: Api) -> None:
    """The same for a token that nobody has. Who asks is looked at before the body."""
    json_type = {"Content-Type": "application/json"}
    requests: list[tuple[str, dict[str, Any]]] = [
        ("Nobody is logged in", {"json": {"title": random_word()}}),
        ("Nobody is logged in", {"json": {}}),
        ("Nobody is logged in", {"data": b'{"title": ', "headers": json_type}),
        ("Nobody is logged in", {"data": b"title=soup", "headers": {"Content-Type": "text/plain"}}),
        ("Nobody has this token", {"json": {}, "headers": {"Authorization": f"Bearer {random_word()}"}}),
    ]
    for case, request in requests:
        early = {400: "Who asks comes first: a stranger learns nothing about what the body should be."}
        expect_log_in(api.spare.post("/recipes", **request), case, early)


@CONTRACT.row("R27", "POST", "/recipes", "title missing", 422, body="problem+json errors")
def recipe_without_title(api: Api) -> None:
    """Missing, empty or not a string. errors holds {pointer, detail} with the pointer "/title" (or "#/title")."""
    for body in shuffled([{}, {"draft": True}, {"title": ""}, {"title": 7}, {"title": None}, {"titel": "soup"}]):
        expect_errors(
            api.spare.post("/recipes", by="ann", json=body),
            "title",
            because="There is no usable title: nothing can be stored.",
            instead={500: "The client's mistake raised an exception in your view: look before you use it."},
        )


@CONTRACT.row("R28", "POST", "/recipes", "body over 10 kB", 413, body=PROBLEM)
def recipe_too_large(api: Api) -> None:
    """Logged in. Up to 9 kB are taken for certain, and 12 kB are refused."""
    for size in (12_000, 60_000):
        expect_problem(
            api.spare.post("/recipes", by="ann", json={"title": "x" * size}),
            413,
            because="A body without a limit fills the memory, and one client stops the server for all.",
            instead={
                201: f"{size:,} bytes were stored. MAX_CONTENT_LENGTH lets Flask stop reading in time.",
                400: "400 does not tell the client that its recipe would be taken if it were shorter.",
                422: "Nobody need look into a body that is too large: its length is enough.",
                500: "The view raised: Flask's 413 is an HTTPException. Let it through.",
            },
            rfc="RFC 9110 §15.5.14",
        )
    answer = api.spare.post("/recipes", by="ann", json={"title": "x" * 8_900})
    answer.expect_that(answer.code != 413, wanted="no 413", because="These 9 kB are below the limit.")
