"""Each broken app is broken in the way its docstring says, and in no other."""

import pytest
import requests

from server import Server
from server.apps import broken


@pytest.fixture
def send(request):
    """Serve the app named by ``@pytest.mark.parametrize`` and return a function that sends it a request."""
    with Server(request.param()) as server:

        def send(method, path, **kwargs):
            return requests.request(method, server.url + path, timeout=5, **kwargs)

        send.server = server
        yield send


def serving(factory):
    return pytest.mark.parametrize("send", [factory], indirect=True, ids=[factory.__name__])


@serving(broken.hello)
def test_a_view_that_prints_answers_500_and_the_text_is_elsewhere(send, capsys):
    response = send("GET", "/")
    assert response.status_code == 500
    assert "hello" not in response.text
    assert "hello" in capsys.readouterr().out
    assert [crash.kind for crash in send.server.crashes] == ["TypeError"]


@serving(broken.returns)
@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("GET", "/today", "did not return a valid response"),
        ("GET", "/absent", "it was a int"),
        ("GET", "/tags", "it was a set"),
        ("GET", "/motto", "tuple"),
        ("POST", "/recipes", ""),
    ],
)
def test_five_wrong_returns_answer_500(send, method, path, said):
    assert send(method, path).status_code == 500
    [crash] = send.server.crashes
    assert said in crash.text


@serving(broken.returns)
def test_jsonify_makes_the_code_a_part_of_the_content(send):
    response = send("POST", "/ratings")
    assert response.status_code == 200
    assert response.json() == [{"stars": 5}, 201]


@serving(broken.quiet_creation)
def test_a_quiet_creation_creates_and_does_not_say_where(send):
    recipe = {"title": "Bread"}
    response = send("POST", "/recipes", json=recipe)
    assert response.status_code == 200
    assert "Location" not in response.headers
    assert response.json() == recipe
    # The recipe is there, for those who can guess.
    assert send("GET", "/recipes/1").status_code == 404
    assert send("GET", "/recipes/r1").json() == recipe


@serving(broken.talkative_no_content)
def test_a_message_with_204_never_arrives(send):
    response = send("DELETE", "/recipes/1")
    assert response.status_code == 204
    assert response.content == b""
    with pytest.raises(requests.exceptions.JSONDecodeError):
        response.json()
    assert send("DELETE", "/recipes/1").status_code == 404


@pytest.mark.parametrize("factory", [broken.hello, broken.returns, broken.quiet_creation, broken.talkative_no_content])
def test_every_broken_app_tells_its_symptom_cause_and_repair(factory):
    for word in ("Symptom: ", "Cause", "epair"):
        assert word in factory.__doc__
