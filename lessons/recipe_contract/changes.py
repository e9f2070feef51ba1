"""R33 to R39: recipes, as they are changed and deleted."""

from __future__ import annotations

from typing import Any

from checks import Exchange, random_word

from .api import Api, Recipe, need, succeeded
from .promises import (
    CHALLENGE,
    PROBLEM,
    expect_log_in,
    expect_nothing,
    expect_problem,
    expect_recipe,
    expect_tag,
)
from .table import CONTRACT


def _seen(api: Api, recipe: Recipe) -> Any:
    """Return what its owner sees of a recipe; None when there is nothing to see."""
    answer = api.get(recipe.path, by="ann")
    return answer.json if answer.code == 200 else None


def _expect_unwritten(api: Api, recipe: Recipe, before: Any, answer: Exchange) -> None:
    """Promise that a recipe is as it was before a change that was refused."""
    written = _seen(api, recipe) not in (before, None)
    answer.expect_that(
        not written,
        wanted="nothing is written",
        because=f"You answered {answer.code} but wrote the recipe first: check before you act.",
    )


@CONTRACT.row(
    "R33", "PUT", "/recipes/<id>", "owner or admin, If-Match current", 200, headers="new ETag", body="the recipe"
)
def change_recipe(api: Api) -> None:
    """The body is {title, draft?}, as for POST. The recipe keeps its id and its owner. ETag is the new one, that GET
    sends from now on."""
    recipe = api.add_recipe()
    for by in ("ann", "root"):
        before, title = api.tag_of(recipe), f"{random_word()} stew"
        answer = api.put(
            recipe.path, by=by, json={"title": title, "draft": False}, headers={"If-Match": before}
        ).expect(
            200,
            because=f"{by} may change it, and the condition holds: it is changed.",
            instead={
                201: "Nothing was created: the recipe existed already, it was changed.",
                204: "HTTP allows 204. This contract promises 200 and the recipe: the client need not ask again.",
                403: f"{by} may change it: its owner may, and an admin.",
                412: f"If-Match is {before}, which is the current ETag. Compare it with its quotes, as it was sent.",
                428: "There is an If-Match.",
            },
            rfc="RFC 9110 §15.3.1",
        )
        expect_recipe(answer, title, False, "ann", recipe.id)
        expect_tag(answer)
        recipe.etag = answer.header("ETag")
        answer.expect_that(
            answer.header("ETag") != before,
            wanted="a new ETag",
            because="The recipe has changed and its ETag has not: every cache goes on showing the old one, and a "
            "second editor overwrites this change without knowing.",
            rfc="RFC 9110 §8.8.3",
        )
        now = api.get(recipe.path, by="ann")
        stored = now.code != 200 or now.member("title") == title
        now.expect_that(stored, wanted=f"title {title!r}", because="You answered 200, and nothing was stored.")
        now.expect_that(
            now.header("ETag") in (answer.header("ETag"), None),
            wanted=f"ETag: {answer.header('ETag')}",
            because="GET has another ETag than PUT has just said: the client's next change is refused.",
        )


@CONTRACT.row("R34", "PUT", "/recipes/<id>", "no If-Match", 428, body=PROBLEM)
def change_without_condition(api: Api) -> None:
    """The owner, and a good body. Nothing is written."""
    recipe = api.add_recipe()
    before = _seen(api, recipe)
    answer = expect_problem(
        api.put(recipe.path, by="ann", json={"title": random_word()}),
        428,
        because="Without If-Match nobody knows which version this client has read: it could overwrite a change that it "
        "has never seen.",
        instead={
            200: "Without If-Match you wrote: somebody's change can be lost, and nobody will notice.",
            400: "400 does not tell the client what is missing. 428 says: send it again, with a condition.",
            412: "412 says that a condition failed. There was none: 428.",
        },
        rfc="RFC 6585 §3",
    )
    _expect_unwritten(api, recipe, before, answer)


@CONTRACT.row("R35", "PUT", "/recipes/<id>", "If-Match is stale (nothing is written)", 412, body=PROBLEM)
def change_with_stale_tag(api: Api) -> None:
    """The owner, and a good body. Stale is every tag but the current one."""
    recipe = api.add_recipe()
    unknown = f'"{random_word()}"'
    old = api.tag_of(recipe, otherwise=unknown)
    api.put(recipe.path, by="ann", json={"title": f"{random_word()} stew"}, headers={"If-Match": old})
    before = _seen(api, recipe)
    # An app whose ETag does not change loses another row for that.
    stale = {unknown, old} - ({api.tag_of(recipe)} if old != unknown else set())
    for tag in sorted(stale):
        answer = api.put(recipe.path, by="ann", json={"title": random_word()}, headers={"If-Match": tag})
        expect_problem(
            answer,
            412,
            because="Somebody else changed the recipe since this client has read it: it must read it again.",
            instead={
                200: "A stale tag was taken: the change of somebody else is lost, and nobody will notice. "
                "(make_conditional() checks nothing on PUT.)",
                304: "304 is for GET. A change whose condition fails is refused with 412.",
                409: "HTTP allows 409 where no condition was sent. Here one was sent, and it failed: 412.",
                428: "There is an If-Match, and it does not hold: 412.",
            },
            rfc="RFC 9110 §13.1.1",
        )
        _expect_unwritten(api, recipe, before, answer)


@CONTRACT.row("R36", "PUT", "/recipes/<id>", "logged in, public, not yours", 403, body=PROBLEM)
def change_of_somebody_else(api: Api) -> None:
    """Whatever the body and the condition: who asks is looked at before what is asked. Somebody else's draft is not
    there at all: 404. Nothing is written, and DELETE deletes nothing."""
    recipe = api.add_recipe()
    tag, before = api.tag_of(recipe, otherwise="*"), _seen(api, recipe)
    requests: list[dict[str, Any]] = [
        {"json": {"title": random_word()}, "headers": {"If-Match": tag}},
        {"json": {"title": random_word()}, "headers": {"If-Match": f'"{random_word()}"'}},
        {"json": {"title": random_word()}},
        {"json": {}},
        {"data": b'{"title": ', "headers": {"Content-Type": "application/json"}},
        {"data": b"title=soup", "headers": {"Content-Type": "text/plain"}},
    ]
    early = "You looked at the {} first. bob may not change this recipe, whatever is sent: 403 comes before it."
    for request in requests:
        answer = api.put(recipe.path, by="bob", **request)
        expect_problem(
            answer,
            403,
            because="It is ann's recipe, bob knows that, and only ann or an admin may change it.",
            instead={
                200: "bob could change ann's recipe: anybody may.",
                401: "bob is logged in. 401 makes the client log in again and again, and it cannot help.",
                404: "Everybody can read this recipe. 404 for its PUT confuses the client and hides nothing.",
                **dict.fromkeys((400, 415, 422), early.format("body")),
                **dict.fromkeys((412, 428), early.format("condition")),
            },
            rfc="RFC 9110 §15.5.4",
        )
        _expect_unwritten(api, recipe, before, answer)
    draft = api.add_recipe(draft=True)
    expect_problem(
        api.put(draft.path, by="bob", json={"title": random_word()}),
        404,
        because="This is ann's draft. For bob there is nothing, with PUT as with GET.",
        instead={403: "403 admits that there is a draft. It must be hidden from PUT as from GET: 404."},
        rfc="RFC 9110 §15.5.4",
    )
    answer = api.delete(recipe.path, by="bob")
    deleted = succeeded(answer) or api.get(recipe.path, by="ann").code in (404, 410)
    answer.expect_that(
        not deleted,
        wanted="403, and nothing is deleted",
        because="bob could delete ann's recipe: anybody may. The same check belongs before PUT and DELETE.",
        rfc="RFC 9110 §15.5.4",
    )


@CONTRACT.row("R37", "DELETE", "/recipes/<id>", "owner or admin", 204, headers="no Content-Length", body="none")
def delete_recipe(api: Api) -> None:
    """No condition is asked for. The recipe is in no list afterwards."""
    for by in ("ann", "root"):
        recipe = api.add_recipe()
        answer = api.delete(recipe.path, by=by).expect(
            204,
            because=f"{by} may delete it, it is done, and there is nothing to say.",
            instead={
                200: "200 announces content to read. There is nothing to say about a recipe that is gone: 204.",
                202: "202 says 'later'. The recipe is gone now.",
                403: f"{by} may delete it: its owner may, and an admin.",
                428: "For DELETE no condition is asked for.",
            },
            rfc="RFC 9110 §15.3.5",
        )
        expect_nothing(answer, "A 204 ends with its header section: r.json() has nothing to read.")
        there = api.get(recipe.path, by="ann").code == 200 or recipe.title in api.get(f"/recipes?q={recipe.title}").text
        answer.expect_that(not there, wanted="it is gone", because="You answered 204, and the recipe is still shown.")


@CONTRACT.row("R38", "DELETE", "/recipes/<id>", "again", 410, body=PROBLEM)
def delete_again(api: Api) -> None:
    """Whoever is logged in: that it is gone is looked at before whose it was."""
    recipe = api.add_recipe()
    first = api.delete(recipe.path, by="ann")
    need(first, succeeded(first), "a deleted recipe", "a deleted recipe", "R37")
    for by in ("ann", "root", "bob"):
        expect_problem(
            api.delete(recipe.path, by=by),
            410,
            because="It is gone already. DELETE is idempotent all the same: what counts is that it stays deleted.",
            instead={
                204: "HTTP allows 204 again. This contract promises 410: the client sees that somebody was faster.",
                404: "HTTP allows 404. This contract promises 410, which says that the address was right.",
                403: "There is nothing left that anybody may or may not do: 410 comes before 403.",
                500: "Your view raised an exception on what was deleted already.",
            },
            rfc="RFC 9110 §15.5.11",
        )


@CONTRACT.row("R39", "DELETE", "/recipes/<id>", "not logged in", 401, headers=CHALLENGE, body=PROBLEM)
def delete_by_stranger(api: Api) -> None:
    """The same for a token that nobody has, and for an id that no recipe has. Nothing is deleted."""
    recipe = api.add_recipe()
    unknown = {"Authorization": f"Bearer {random_word()}"}
    for case, path, headers in (
        ("Nobody is logged in", recipe.path, {}),
        ("Nobody has this token", recipe.path, unknown),
        ("Nobody is logged in", "/recipes/999999", {}),
    ):
        answer = api.delete(path, headers=headers)
        expect_log_in(
            answer,
            case,
            {
                404: "Who asks comes first: whoever may not delete anything need not learn what there is.",
                410: "Who asks comes first: whoever may not delete anything need not learn what there was.",
            },
        )
    gone = api.get(recipe.path, by="ann").code in (404, 410)
    answer.expect_that(not gone, wanted="nothing is deleted", because="You answered 401 and deleted the recipe first.")
