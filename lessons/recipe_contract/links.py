"""R40 to R42: links that lead elsewhere."""

from __future__ import annotations

from checks import Exchange, random_word

from .api import Api, succeeded
from .table import CONTRACT


def _expect_308(answer: Exchange, path: str) -> None:
    answer.expect(
        308,
        because="The recipe has its address for good, and the method must stay what it is.",
        instead={
            301: "After 301 a client MAY turn POST into GET, and browsers do. 308 is as final, and keeps the method.",
            302: "redirect() says 302 when nothing else is said: only for now, and requests turns PUT into GET.",
            303: "303 turns every method into GET: the change of a client never arrives.",
            307: "307 keeps the method, but says 'only for now': the client goes on asking here for ever.",
            200: "You answered 200 here: then the recipe has two addresses, and two copies in every cache.",
            405: "/r/<id> redirects every method: each one must be registered.",
        },
        rfc="RFC 9110 §15.4.9",
    )
    answer.expect_location(path, because="The client goes on there.")


@CONTRACT.row("R40", "GET", "/r/<id>", "short link", 308, headers="Location: /recipes/<id>")
def short_link(api: Api) -> None:
    """Nobody has to log in. The same for every method."""
    recipe = api.add_recipe()
    for method in ("GET", "DELETE"):
        _expect_308(api.request(method, recipe.link), recipe.path)


@CONTRACT.row(
    "R41",
    "PUT",
    "/r/<id>",
    "followed by requests: method, body and If-Match survive",
    200,
    headers="history [308]",
    body="the recipe",
)
def put_to_short_link(api: Api) -> None:
    """The check sends PUT /r/<id>, then the same request to Location, as requests does after 308. The recipe is
    changed."""
    recipe = api.add_recipe()
    title = f"{random_word()} stew"
    request = {"by": "ann", "json": {"title": title}, "headers": {"If-Match": api.tag_of(recipe, otherwise="*")}}
    answer = api.put(recipe.link, **request)
    _expect_308(answer, recipe.path)
    there = api.put(answer.location or "", **request)
    there.expect_that(
        succeeded(there),
        wanted="200",
        because="The request was followed as it was sent, and refused at the place that Location names.",
        rfc="RFC 9110 §15.4.9",
    )
    now = api.get(recipe.path, by="ann")
    stored = now.code != 200 or now.member("title") == title
    now.expect_that(stored, wanted=f"title {title!r}", because="The client read a success, and nothing was changed.")


@CONTRACT.row("R42", "GET", "/recipes/latest", "there is a public recipe", 302, headers="Location")
def latest_recipe(api: Api) -> None:
    """Location is the /recipes/<id> of the public recipe that was added last and not deleted. Nobody has to log
    in."""
    recipes = []
    for _ in range(2):
        recipe = api.add_recipe()
        recipes.append(recipe)
        api.add_recipe(draft=True)
        answer = api.get("/recipes/latest").expect(
            302,
            because="Tomorrow another recipe is the latest: the client must ask here again.",
            instead={
                200: "You answered 200 here: then a client that keeps the address has another recipe tomorrow.",
                301: "301 is for good: a client that has asked once never asks again, and shows this recipe for ever.",
                308: "308 is for good: a client that has asked once never asks again, and shows this recipe for ever.",
                303: "303 is for the answer to a POST. This contract promises 302.",
                307: "HTTP allows 307. This contract promises 302.",
                404: "'latest' was taken for an id. A route without a variable wins: give it one of its own.",
                401: "Nobody has to log in to see what is new.",
            },
            rfc="RFC 9110 §15.4.3",
        )
        answer.expect_location(recipe.path, because="This public recipe was added last. A draft does not count.")
    deleted = api.delete(recipes[1].path, by="ann")
    if succeeded(deleted) and api.get(recipes[1].path, by="ann").code in (404, 410):
        answer = api.get("/recipes/latest")
        answer.expect_location(recipes[0].path, because="The latest one was deleted: Location leads to what is gone.")
