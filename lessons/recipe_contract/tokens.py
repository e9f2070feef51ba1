"""R20 to R22: tokens."""

from __future__ import annotations

import time

from checks import random_word

from .api import LOGIN_LIMIT, PATIENCE, Api
from .promises import CHALLENGE, PROBLEM, directives, expect_log_in, expect_problem, expect_retry_after
from .table import CONTRACT

# So many at the same moment that a slow machine cannot stretch them over several seconds.
BURST = 16


@CONTRACT.row("R20", "POST", "/tokens", "right password", 200, headers="Cache-Control: no-store", body='{"token"}')
def right_password(api: Api) -> None:
    """The body is a JSON object with name and password. The token is a text, and logs in as Authorization: Bearer."""
    answer = api.log_in("ann").expect(
        200,
        because="A token to read, and nothing that the client could find again: 200.",
        instead={
            201: "201 says that something was created that has a URL. A token has none.",
            401: "ann's password is a: the account is there from the start.",
            429: "The setting LOGIN_LIMIT is 1,000 here, and the client was asked to slow down.",
        },
        rfc="RFC 9110 §15.3.1",
    )
    answer.expect_header(
        "Cache-Control",
        where=lambda value: "no-store" in directives(value),
        wanted="no-store",
        because="A cache on the way may keep the answer and hand the token to somebody else.",
        rfc="RFC 9111 §5.2.2.5",
    )
    answer.expect_json(
        where=lambda body: isinstance(body["token"], str) and body["token"],
        wanted='{"token": "..."}',
        because="The client sends this text with every request from now on.",
    )
    known = api.get("/users/ann", headers={"Authorization": f"Bearer {answer.member('token')}"})
    known.expect_that(known.code != 401, wanted="a known user", because="The token that was just given is not known.")


@CONTRACT.row(
    "R21",
    "POST",
    "/tokens",
    "wrong password or unknown name (same answer)",
    401,
    headers=CHALLENGE,
    body=PROBLEM,
)
def wrong_password(api: Api) -> None:
    """Both answers are the same, byte by byte, so that nobody can find out which names exist."""
    wrong = api.post("/tokens", json={"name": "ann", "password": random_word()})
    unknown = api.post("/tokens", json={"name": random_word(), "password": "a"})
    for answer, case in ((wrong, "The password is wrong"), (unknown, "Nobody has this name")):
        expect_log_in(
            answer,
            case,
            {
                400: f"{case}. The request is well made: what it lacks is a valid login.",
                403: f"{case}. 403 says: I know you, and you may not. But nobody is known yet.",
                404: f"{case}. 404 tells a stranger which names exist.",
                422: f"{case}. The fields are well made: what they lack is to be true.",
                500: f"{case}, and your view raised an exception.",
            },
        )
    unknown.expect_that(
        unknown.body == wrong.body and unknown.header("WWW-Authenticate") == wrong.header("WWW-Authenticate"),
        wanted="the same bytes as for a wrong password",
        because="A wrong password and an unknown name are told apart: whoever tries out names learns which of them "
        "exist, and then tries passwords for those only.",
        rfc="RFC 9110 §17.5",
    )


@CONTRACT.row(
    "R22",
    "POST",
    "/tokens",
    "more than 5 in a second from one address",
    429,
    headers="Retry-After: digits; after waiting that long: 200",
    body=PROBLEM,
)
def too_many(api: Api) -> None:
    """The setting LOGIN_LIMIT (5 here) is how many are answered in a second, right passwords and wrong ones alike.
    Retry-After is the number of seconds to wait, at most 3; whoever waits that long is answered again."""
    ann, nobody = {"name": "ann", "password": "a"}, {"name": random_word(), "password": "a"}
    # Without a password most of them are answered at once: to look at one takes its time.
    for count, account in enumerate([ann, *[{"name": "ann"}] * (LOGIN_LIMIT - 1)], start=1):
        early = api.strict.post("/tokens", json=account)
        early.expect_that(
            early.code != 429,
            wanted="no 429 yet",
            because=f"{LOGIN_LIMIT} in a second are allowed, and number {count} was refused: nobody did wrong.",
        )
    burst = api.strict.at_once(BURST, lambda: api.strict.post("/tokens", json=nobody))
    answer = next((answer for answer in burst if answer.code == 429), burst[-1])
    expect_problem(
        answer,
        429,
        because="Whoever tries out passwords can try thousands in a minute.",
        instead={
            401: f"{LOGIN_LIMIT + BURST} were sent as fast as possible, and all were looked at. Count those of the "
            "last second for each address, and refuse before you look at the password.",
            403: "403 is for ever. 429 says: later.",
            503: "503 says that the server is in trouble. This client asks too often: 429.",
        },
        rfc="RFC 6585 §4",
    )
    expect_retry_after(answer, "Without it a client does not know how long to wait, and asks again at once.")
    wait = int(answer.header("Retry-After") or 0)
    answer.expect_that(
        wait <= PATIENCE,
        wanted=f"at most {PATIENCE} s",
        because="The limit is for one second: that long and no longer.",
    )
    time.sleep(wait + 0.05)
    again = api.strict.at_once(BURST, lambda: api.strict.post("/tokens", json=ann))
    answered = [answer for answer in again if answer.code != 429]
    again[0].expect_that(
        answered,
        wanted=f"an answer after {wait} s",
        because="The client waited as long as it was told, and was refused again: it will never get in.",
        rfc="RFC 9110 §10.2.3",
    )
    answered[-1].expect_that(
        len(answered) < BURST,
        wanted="429 for right passwords, too",
        because=f"{BURST} right passwords were sent at once, and all were taken. Who knows one password can try "
        "others in between: count every request, whatever comes out.",
        rfc="RFC 6585 §4",
    )
