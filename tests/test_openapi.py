"""The OpenAPI description of the Recipe API says what is so: held against its routes, and by schemathesis."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from documented import Description
from flask import Flask
from recipe_api import create_app
from recipe_service import serving

from server import Server

CONFIG = Path(__file__).with_name("schemathesis.toml")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("described")
    return create_app({"STORE": str(folder / "recipes.sqlite"), "ACCESS_LOG": str(folder / "log"), "LOGIN_LIMIT": 5})


def test_every_route_is_described(app: Flask) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS") or not rule.provide_automatic_options
    }
    paths = app.test_client().get("/openapi.json").get_json()["paths"]
    assert {(path, method) for path in paths for method in paths[path] if method != "parameters"} == routes


def test_every_reference_leads_somewhere(app: Flask) -> None:
    answer = app.test_client().get("/openapi.json")
    for reference in re.findall(r'"\$ref": ?"#/([^"]+)"', answer.get_data(as_text=True)):
        found = answer.get_json()
        for name in reference.split("/"):
            found = found[name]
    for schema in answer.get_json()["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_paths_without_parameters_come_first(app: Flask) -> None:
    description = Description(app.test_client().get("/openapi.json").get_json())
    paths = ["/recipes/latest?q", "/recipes/7", "/recipes/07", "/users/a%2Fb", "/users/%E2%82%AC"]
    assert [description.path_of(path) for path in paths] == [
        "/recipes/latest",
        "/recipes/{id}",
        "",
        "",
        "/users/{name}",
    ]


def nutrition() -> Flask:
    upstream = Flask("nutrition")
    upstream.add_url_rule("/nutrition", view_func=lambda: {"kcal": 100})
    return upstream


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    with Server(nutrition()) as upstream, serving(tmp_path, UPSTREAM=upstream.url, UPSTREAM_TIMEOUT=5.0) as service:
        command = [sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", str(CONFIG), "run"]
        login = service.login("root")["Authorization"]
        arguments = [f"{service.url}/openapi.json", "--header", f"Authorization: {login}"]
        run = subprocess.run([*command, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout[-5000:]
    assert "No issues found" in run.stdout
