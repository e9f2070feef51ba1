"""Generated requests against the Recipe API: nothing but what its description says, no crash, no hang.

Run as a script, with a number and a seed, it sends as many as you like and says what came back:
``PYTHONPATH=solutions python tests/test_generated_requests.py 10000 7``.
"""

from __future__ import annotations

import logging
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pytest
from documented import OF_THE_SERVER, Answer, Description, talk
from generated_requests import Generated, Generator, Known
from recipe_service import Service, serving

# Statuses of 5xx that the API is right to answer here: GET /boom, and an upstream that isn't there.
EXPECTED = {500: "/boom", 502: "/recipes/{id}/nutrition"}


def attack(service: Service, count: int, seed: int) -> tuple[Counter[int], list[str]]:
    """Send generated requests. Return how often each status came, and what was wrong."""
    known = Known([service.login(name)["Authorization"].split()[1] for name in ("ann", "bob", "root")])
    for draft in (True, False):
        path, tag = service.recipe(draft=draft)
        known.tags[path.rpartition("/")[2]] = tag
    description = Description(service.ask("GET", "/openapi.json").json())
    generator = Generator(seed, known)
    statuses: Counter[int] = Counter()
    wrong = []
    for number in range(count):
        request = generator.next()
        answer = talk(("127.0.0.1", service.port), request.sent, request.method)
        statuses[answer.status] += 1
        wrong += [
            f"request {number} of seed {seed}: {request.sent[:300]!r}: {objection}"
            for objection in objections(service, description, request, answer)
        ]
        learn(known, request, answer)
    return statuses, wrong


def objections(service: Service, description: Description, request: Generated, answer: Answer) -> list[str]:
    """Return what is wrong with an answer."""
    if service.settings["STORE"].encode() in answer.body or b"Traceback" in answer.body:
        return ["tells what happened inside"]
    if request.broken and (answer.status in OF_THE_SERVER or not answer.status):
        return []
    if answer.status >= 500 and EXPECTED.get(answer.status) != description.path_of(request.target):
        return [f"{answer.status} {answer.body[:200]!r}"]
    return description.objections(request.method, request.target, answer)


def learn(known: Known, request: Generated, answer: Answer) -> None:
    """Remember what was made or changed, so that later requests meet it."""
    made = answer.fields["location"] if answer.status in (201, 202) else request.target if answer.status < 300 else ""
    if found := re.fullmatch("/(recipes|exports)/([1-9][0-9]*)", made):
        known.tags[found[2]] = answer.fields.get("etag", known.tags.get(found[2], ""))


def test_generated_requests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger("recipe_api"), "disabled", True)
    with serving(tmp_path) as service:
        statuses, wrong = attack(service, count=1000, seed=2)
    assert not wrong, "\n".join(wrong[:20])
    # They reach all of the API, not only its edges.
    successes, refusals = (
        {200, 201, 202, 204, 302, 304, 308},
        {400, 401, 403, 404, 405, 409, 410, 412, 415, 422, 428, 451},
    )
    assert set(statuses) >= successes | refusals | {500, 502}


if __name__ == "__main__":
    logging.disable()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as attacked:
        start = time.monotonic()
        counted, found = attack(attacked, int(sys.argv[1]), int(sys.argv[2]))
    for line in found:
        print(line)
    print(f"{sum(counted.values())} requests in {time.monotonic() - start:.0f} s, {len(found)} of them wrong:", counted)
