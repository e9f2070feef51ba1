"""Run the source of an answer, with the names that the lessons import at their top already there."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Sequence
from typing import Any

# A file handed to `course check` may be one cell of a notebook: these are the names the notebook has at that point.
_NAMES = """
import base64, collections, datetime, email.utils, functools, hashlib, hmac, io, itertools, json, logging, math
import os, random, re, secrets, socket, sqlite3, string, sys, threading, time, urllib.error, urllib.parse
import urllib.request, uuid
from collections import Counter, defaultdict, deque
from http import HTTPStatus
from urllib.parse import urljoin

import requests, werkzeug
from flask import (
    Blueprint, Flask, Response, abort, current_app, g, jsonify, make_response, redirect, request, send_file,
    stream_with_context, url_for,
)
from flask.views import MethodView
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.security import check_password_hash, generate_password_hash
from werkzeug.exceptions import (
    BadRequest, Conflict, Forbidden, Gone, HTTPException, InternalServerError, MethodNotAllowed, NotFound,
    PreconditionFailed, PreconditionRequired, ServiceUnavailable, TooManyRequests, Unauthorized, UnprocessableEntity,
    UnsupportedMediaType,
)
"""
_START = "\napp = Flask(__name__)\n"
PRELUDE = _NAMES + _START
# How a view is registered.
_ROUTES = {f"app.{name}" for name in ("route", "get", "post", "put", "patch", "delete")}
_NAMES_CODE, _START_CODE = (compile(text, "<prelude>", "exec") for text in (_NAMES, _START))


def prepare() -> dict[str, Any]:
    """Return the globals of one answer, with the names that the lessons import. What runs in there is up to others."""
    namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
    exec(_NAMES_CODE, namespace)
    return namespace


def run_source(
    source: str | ast.Module,
    filename: str,
    given: str = "",
    before: Sequence[str] = (),
    prepared: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Run an answer behind what its exercise gives; return its globals. Whatever the source raises is raised.

    ``before`` holds other cells to run first. A notebook runs on behind a cell that fails, and so does this.
    """
    namespace = prepare() if prepared is None else prepared
    parsed = ast.parse(source, filename) if isinstance(source, str) else source
    tree = ast.parse(given, "<given>")
    if before or not _starts_with_app(tree.body or parsed.body):
        exec(_START_CODE, namespace)
    for cell in before:
        with contextlib.suppress(BaseException):
            exec(compile(cell, "<cell before>", "exec"), namespace)
    if given:
        views = _views(parsed)
        # An answer may bring what is given itself, and no app takes a view of the same name twice.
        tree.body = [statement for statement in tree.body if getattr(statement, "name", None) not in views]
        exec(compile(tree, "<given>", "exec"), namespace)
    exec(compile(parsed, filename, "exec"), namespace)
    return namespace


def _starts_with_app(statements: list[ast.stmt]) -> bool:
    """Tell whether the first thing that is done is to make ``app`` anew: to make one before would be for nothing."""
    first = statements[0] if statements else None
    return isinstance(first, ast.Assign) and [ast.unparse(target) for target in first.targets] == ["app"]


def _views(tree: ast.Module) -> set[str]:
    """Return the names of the functions that are routes of ``app``."""
    return {
        statement.name
        for statement in tree.body
        if isinstance(statement, ast.FunctionDef)
        for decorator in statement.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) in _ROUTES
    }
