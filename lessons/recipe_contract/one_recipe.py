"""R29 to R32: one recipe, as it is read."""

from __future__ import annotations

import re
from typing import Any

from checks import Exchange, random_word

from .api import Api, Recipe, need, succeeded
from .promises import PROBLEM, directives, expect_problem, expect_recipe, expect_tag
from .table import CONTRACT

# These may differ between two answers that are the same.
VARYING = {"date", "server", "content-length", "connection"}


@CONTRACT.row(
    "R29",
    "GET",
    "/recipes/<id>",
    "public, or your own draft",
    200,
    headers="ETag, Cache-Control: no-cache, Vary: Authorization",
    body="the recipe",
)
def see_recipe(api: Api) -> None:
    """Nobody has to log in to see a public recipe."""
    public, draft = api.add_recipe(), api.add_recipe(draft=True)
    for by, recipe in (("", public), ("bob", public), ("ann", draft)):
        who = by or "A stranger"
        what = "the own draft" if recipe is draft else "a public recipe"
        answer = api.get(recipe.path, by=by).expect(
            200,
            because="A public recipe is for everybody, and a draft for its owner.",
            instead={
                401: f"{who} may see {what}: it must be looked up before anybody is asked to log in.",
                403: f"{who} may see {what}.",
                404: f"{who} may see {what}, and it was just created.",
            },
            rfc="RFC 9110 §15.3.1",
        )
        expect_tag(answer)
        answer.expect_header(
            "Cache-Control",
            where=lambda value: "no-cache" in directives(value),
            wanted="no-cache",
            because="Without it a client may show an old copy for hours. no-cache: keep it, but ask before you use it.",
            rfc="RFC 9111 §5.2.2.4",
        )
        answer.expect_header(
            "Vary",
            where=lambda value: bool(directives(value) & {"authorization", "*"}),
            wanted="Authorization",
            because="What is answered depends on who asks. A cache that is not told gives ann's draft to the next one.",
            rfc="RFC 9110 §12.5.5",
        )
        expect_recipe(answer, recipe.title, recipe is draft, "ann", recipe.id)


@CONTRACT.row("R30", "GET", "/recipes/<id>", "If-None-Match has its ETag", 304, headers="ETag", body="none")
def unchanged_recipe(api: Api) -> None:
    """Alone, in a list, or with W/ before it (If-None-Match compares weakly). With another tag the answer is 200."""
    recipe = api.add_recipe()
    tag = api.tag_of(recipe, by="")
    weak = tag if tag.startswith("W/") else f"W/{tag}"
    for value in (tag, f'"{random_word()}", {tag}', weak):
        answer = api.get(recipe.path, headers={"If-None-Match": value}).expect(
            304,
            because="The client has this very version: 304 saves the whole content.",
            instead={
                200: "The same tag gave 200: an ETag alone does nothing. Compare it with If-None-Match; "
                "response.make_conditional(request) does.",
                412: "412 is for methods that change something. To GET the answer is 304: use your copy.",
                204: "204 says that there is nothing. 304 says: use your copy.",
            },
            rfc="RFC 9110 §13.1.2",
        )
        answer.expect_header(
            "ETag",
            where=lambda value: value.removeprefix("W/") == tag.removeprefix("W/"),
            wanted=tag,
            because="A 304 MUST carry the ETag that 200 would: the client learns which of its copies is meant.",
            rfc="RFC 9110 §15.4.5",
        )
        answer.expect_no_content(because="A 304 ends after its header section: the client reads its own copy.")
    other = api.get(recipe.path, headers={"If-None-Match": f'"{random_word()}"'})
    other.expect_that(other.code != 304, wanted="no 304", because="The client has another version, and keeps it now.")


@CONTRACT.row(
    "R31",
    "GET",
    "/recipes/<id>",
    "never existed, or somebody else's draft (identical answers)",
    404,
    body=PROBLEM,
)
def hidden_recipe(api: Api) -> None:
    """Status, header fields and content are the same in both cases, so that nobody learns whether there is a draft.
    Only the id in them may differ. The same with If-None-Match."""
    draft = api.add_recipe(draft=True)
    tag = draft.etag or api.tag_of(draft, otherwise="*")
    absent = Recipe(_another_id(draft.id), "", None)
    api.hide(absent.id, "<another id>")
    for by in ("", "bob"):
        never = api.get(absent.path, by=by)
        hidden = api.get(draft.path, by=by)
        for answer, case in ((never, "There never was such a recipe"), (hidden, "This is somebody else's draft")):
            expect_problem(
                answer,
                404,
                because=f"{case}: for this client there is nothing.",
                instead={
                    200: "A draft is shown to somebody else: its owner did not want to show it yet.",
                    401: "401 tells a stranger that there is something behind the login.",
                    403: "403 admits that there is something: whoever tries all numbers counts the drafts.",
                    410: "410 is for what was deleted.",
                    500: "Your view raised an exception: look whether you found anything.",
                },
                rfc="RFC 9110 §15.5.4",
            )
        hidden.expect_that(
            _told(hidden, draft) == _told(never, absent),
            wanted="the same answer as for a recipe that never existed",
            because=f"The two answers differ in {_difference(hidden, draft, never, absent)}: "
            "a stranger tells a draft from nothing by it.",
            rfc="RFC 9110 §15.5.4",
        )
    answer = api.get(draft.path, by="bob", headers={"If-None-Match": tag})
    answer.expect_that(answer.code != 304, wanted="no 304", because="304 admits that there is a draft with this tag.")


def _another_id(known: Any) -> Any:
    """Return an id of the same form that no recipe has."""
    if isinstance(known, int):
        return known + 100_000
    if counted := re.fullmatch(r"([^0-9]*)([0-9]+)", str(known)):
        return f"{counted[1]}{int(counted[2]) + 100_000}"
    another = re.sub(r"[0-9a-f]", lambda digit: "0123456789abcdef"[15 - int(digit[0], 16)], str(known))
    return another if another != str(known) else f"{known}x"


def _told(answer: Exchange, recipe: Recipe) -> dict[str, str]:
    """Return what an answer tells, by the place where it does."""
    told = {} if answer.reply is None else {name.lower(): value for name, value in answer.reply.headers.items()}
    told = {f"the header field {name}": value for name, value in told.items() if name not in VARYING}
    told["the content"] = answer.text.replace(str(recipe.id), "<id>")
    return told


def _difference(one: Exchange, first: Recipe, other: Exchange, second: Recipe) -> str:
    left, right = _told(one, first), _told(other, second)
    return " and ".join(sorted(place for place in {**left, **right} if left.get(place) != right.get(place)))


@CONTRACT.row("R32", "GET", "/recipes/<id>", "was deleted", 410, body=PROBLEM)
def deleted_recipe(api: Api) -> None:
    """For everybody, and for what was a draft, too."""
    for draft, readers in ((False, ("", "ann")), (True, ("ann", "bob"))):
        recipe = api.add_recipe(**({"draft": True} if draft else {}))
        gone = api.delete(recipe.path, by="ann")
        need(gone, succeeded(gone), "a deleted recipe", "a deleted recipe", "R37")
        for by in readers:
            expect_problem(
                api.get(recipe.path, by=by),
                410,
                because="It was here and will not come back: a client can forget its bookmark.",
                instead={
                    200: "It was deleted, and it is still shown.",
                    404: "A deleted draft is 410 for everybody: whether it was deleted comes before whose it was."
                    if draft
                    else "404 leaves open whether the client mistyped the address. You know that it was here: keep a "
                    "mark of what was deleted, and say 410.",
                    500: "Your view raised an exception on what was deleted.",
                },
                rfc="RFC 9110 §15.5.11",
            )
