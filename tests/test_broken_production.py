"""The broken app of the lesson on production is broken in the way its docstring says."""

import requests

from server import Server
from server.apps import broken_production as broken


def test_reasons_are_invented_codes_and_a_closed_kitchen_is_a_success():
    app = broken.invented_codes()
    with Server(app) as server:

        def order(dish):
            return requests.post(server.url + "/orders", json={"dish": dish}, timeout=5)

        assert order("soup").status_code == 201
        assert order("stone").status_code == 461
        assert order("bread").status_code == 462
        assert [order("soup").json()["left"] for _ in range(2)] == [1, 0]
        assert order("soup").status_code == 462
        app.extensions["kitchen"]["open"] = False
        closed = order("soup")
        assert closed.status_code == 200
        assert "error" in closed.json()
