"""Each broken app of the lesson on the server's mistakes is broken in the way its docstring says."""

import gzip

import pytest
import requests
from flask import Flask, Response

from checks import closed_url
from server import Server
from server.apps import broken_server_errors as broken

DISH = {"dish": "soup", "table": "7"}


def service():
    app = Flask("service")
    app.add_url_rule("/price", view_func=lambda: {"price": 3}, endpoint="price")
    app.add_url_rule("/page", view_func=lambda: "<h1>price</h1>", endpoint="page")
    packed = gzip.compress(b'{"price": 3}')
    app.add_url_rule(
        "/packed",
        view_func=lambda: Response(packed, headers={"Content-Encoding": "gzip"}, mimetype="application/json"),
        endpoint="packed",
    )
    return app


@pytest.mark.parametrize(("path", "code"), [("/price", 200), ("/page", 500), ("/absent", 500)])
def test_the_naive_gateway_takes_the_blame(path, code):
    with Server(service()) as upstream, Server(broken.naive_gateway(upstream.url + path)) as gateway:
        assert requests.get(gateway.url + "/price", timeout=5).status_code == code


def test_the_naive_gateway_takes_the_blame_for_a_service_that_is_off():
    with Server(broken.naive_gateway(closed_url())) as gateway:
        assert requests.get(gateway.url + "/price", timeout=5).status_code == 500


def test_the_copying_gateway_spoils_the_content():
    with Server(service()) as upstream, Server(broken.copying_gateway(upstream.url + "/packed")) as gateway:
        assert requests.get(upstream.url + "/packed", timeout=5).json() == {"price": 3}
        with pytest.raises(requests.exceptions.ContentDecodingError):
            requests.get(gateway.url + "/price", timeout=5)


@pytest.mark.parametrize(("debug", "code"), [(True, 500), (False, 400)])
def test_debug_decides_what_a_missing_field_is(debug, code):
    with Server(broken.debug_in_class(debug)) as server:
        assert requests.post(server.url + "/orders", data=DISH, timeout=5).status_code == 201
        assert requests.post(server.url + "/orders", data={"table": "7"}, timeout=5).status_code == code


@pytest.mark.parametrize("factory", [broken.naive_gateway, broken.copying_gateway, broken.debug_in_class])
def test_every_broken_app_tells_its_symptom_cause_and_repair(factory):
    for word in ("Symptom: ", "Cause: ", "Repair: "):
        assert word in factory.__doc__
