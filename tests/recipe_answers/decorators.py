"""A right answer in another style: decorators, abort, closures; ids and tags are random, the store is a text file."""

import functools
import hashlib
import hmac
import json
import pathlib
import secrets
import threading
import time
import urllib.error
import urllib.request

from flask import Flask, abort, jsonify, make_response, redirect, request
from werkzeug.exceptions import HTTPException


def digest(password):
    return hashlib.sha256(b"salt" + password.encode()).hexdigest()


def create_app(settings):
    app = Flask("recipes")
    lock = threading.Lock()
    users = {"ann": ("user", digest("a")), "bob": ("user", digest("b")), "root": ("admin", digest("r"))}
    tokens, recipes, exports, logins, keys = {}, {}, {}, {}, {}
    path = pathlib.Path(settings["STORE"])
    path.write_text("recipes\n")

    def save(line):
        with path.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def problem(status, title, headers=(), **more):
        response = jsonify({"type": "about:blank", "title": title, "status": status, **more})
        response.status_code = status
        response.content_type = "application/problem+json"
        response.headers.extend(dict(headers))
        abort(response)

    def caller():
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        return tokens.get(token) if kind == "Bearer" else None

    def logged_in(view):
        @functools.wraps(view)
        def guarded(*arguments, **more):
            if caller() not in users:
                problem(401, "Who are you?", {"WWW-Authenticate": "Bearer"})
            return view(*arguments, **more)

        return guarded

    def admin():
        return caller() in users and users[caller()][0] == "admin"

    def body(*names):
        if not request.is_json:
            problem(415, "JSON, please", {"Accept": "application/json"})
        data = request.get_json()
        if not isinstance(data, dict):
            problem(400, "An object, please")
        wrong = [name for name in names if not isinstance(data.get(name), str) or data[name] == ""]
        if wrong:
            errors = [{"pointer": f"#/{name}", "detail": "a text that is not empty"} for name in wrong]
            problem(422, "Look at the fields", errors=errors)
        return data

    def visible(key, writing=False):
        recipe = recipes.get(key)
        if recipe is None or (recipe["draft"] and recipe["owner"] != caller() and not recipe.get("gone")):
            problem(404, "No such recipe")
        if recipe.get("gone"):
            problem(410, "Gone")
        if recipe.get("by"):
            problem(451, "Blocked", {"Link": f'<{recipe["by"]}>; rel="blocked-by"'})
        if writing and recipe["owner"] != caller() and not admin():
            problem(403, "Not yours")
        return recipe

    def represent(recipe, status=200, headers=()):
        response = make_response({key: recipe[key] for key in ("id", "title", "draft", "owner")}, status)
        response.set_etag(recipe["tag"])
        response.cache_control.no_cache = True
        response.vary.add("Authorization")
        response.headers.extend(dict(headers))
        return response

    @app.get("/boom")
    def boom():
        raise ValueError(f"no such table in {path}")

    @app.get("/health")
    def health():
        try:
            assert path.read_text().startswith("recipes")
        except (OSError, ValueError, AssertionError):
            return jsonify(status="down"), 503, {"Retry-After": 5}
        return jsonify(status="ok")

    @app.post("/users")
    def add_user():
        data = body("name", "password")
        with lock:
            if data["name"] in users:
                problem(409, "Taken")
            users[data["name"]] = ("user", digest(data["password"]))
        save(["user", data["name"]])
        return jsonify(name=data["name"]), 201, {"Location": f"/users/{data['name']}"}

    @app.get("/users/<name>")
    @logged_in
    def see_user(name):
        if name != caller() and not admin():
            problem(403, "Somebody else")
        if name not in users:
            problem(404, "Nobody")
        return jsonify(name=name, role=users[name][0])

    @app.delete("/users/<name>")
    @logged_in
    def delete_user(name):
        if not admin():
            problem(403, "Admins only")
        if users.pop(name, None) is None:
            abort(404)
        return "", 204

    @app.post("/tokens")
    def log_in():
        now = time.monotonic()
        with lock:
            start, count = logins.get(request.remote_addr, (now, 0))
            if now - start >= 1:
                start, count = now, 0
            logins[request.remote_addr] = (start, count + 1)
        if count >= settings["LOGIN_LIMIT"]:
            problem(429, "Slow down", {"Retry-After": 1})
        data = body("name", "password")
        role, known = users.get(data["name"], ("", ""))
        if not hmac.compare_digest(known, digest(data["password"])):
            problem(401, "Wrong name or password", {"WWW-Authenticate": "Bearer"})
        token = secrets.token_urlsafe()
        tokens[token] = data["name"]
        return jsonify(token=token), {"Cache-Control": "no-store"}

    @app.get("/recipes")
    def list_recipes():
        if not request.accept_mimetypes.quality("application/json") and request.accept_mimetypes:
            problem(406, "Only JSON")
        limit = request.args.get("limit", "20")
        if not limit.isdecimal() or not 0 < int(limit) < 101:
            abort(400, "limit is from 1 to 100")
        text = request.args.get("q", "").casefold()
        found = [one for one in recipes.values() if not one.get("gone") and not one["draft"]]
        found = [one for one in found if text in one["title"].casefold()][: int(limit)]
        return jsonify([{key: one[key] for key in ("id", "title", "draft", "owner")} for one in found])

    @app.post("/recipes")
    @logged_in
    def add_recipe():
        data = body("title")
        key = (caller(), request.headers.get("Idempotency-Key"))
        if key in keys and keys[key][0] != request.get_data():
            problem(422, "Another body under the same key")
        if key in keys:
            return represent(keys[key][1], 201, keys[key][2])
        recipe = {"id": secrets.token_hex(8), "tag": secrets.token_hex(8), "owner": caller(), "title": data["title"]}
        recipe["draft"] = bool(data.get("draft", False))
        recipes[recipe["id"]] = recipe
        save(recipe)
        where = {"Location": f"{request.host_url}recipes/{recipe['id']}"}
        if key[1]:
            keys[key] = request.get_data(), recipe, where
        return represent(recipe, 201, where)

    @app.put("/recipes/<key>/block")
    @logged_in
    def block(key):
        if not admin():
            problem(403, "Admins only")
        recipes[key]["by"] = body("by")["by"]
        return "", 204

    @app.get("/recipes/<key>")
    def see_recipe(key):
        return represent(visible(key)).make_conditional(request)

    @app.put("/recipes/<key>")
    @logged_in
    def change_recipe(key):
        recipe = visible(key, writing=True)
        data = body("title")
        if "If-Match" not in request.headers:
            problem(428, "If-Match, please")
        with lock:
            if not request.if_match.contains(recipe["tag"]):
                problem(412, "Not the version you know")
            recipe["title"], recipe["draft"] = data["title"], bool(data.get("draft", recipe["draft"]))
            recipe["tag"] = secrets.token_hex(8)
        save(recipe)
        return represent(recipe)

    @app.delete("/recipes/<key>")
    @logged_in
    def delete_recipe(key):
        visible(key, writing=True)["gone"] = True
        return "", 204

    @app.get("/recipes/latest")
    def latest():
        public = [one for one in recipes.values() if not one.get("gone") and not one["draft"]]
        if not public:
            abort(404)
        return redirect(f"/recipes/{public[-1]['id']}", 302)

    @app.route("/r/<key>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def short(key):
        return redirect(f"/recipes/{key}", 308)

    @app.post("/exports")
    @logged_in
    def start():
        key = secrets.token_hex(4)
        exports[key] = {"owner": caller(), "looks": 0}
        return jsonify(state="pending"), 202, {"Location": f"/exports/{key}", "Retry-After": 1}

    @app.get("/exports/<key>")
    @logged_in
    def look(key):
        export = exports.get(key)
        if export is None or export["owner"] != caller():
            abort(404)
        export["looks"] += 1
        if export["looks"] < 3:
            return jsonify(state="pending"), {"Retry-After": 1}
        return redirect(f"/exports/{key}/file", 303)

    @app.get("/exports/<key>/file")
    @logged_in
    def file(key):
        if key not in exports:
            abort(404)
        return "id,title\n", {"Content-Type": "text/csv"}

    @app.get("/recipes/<key>/nutrition")
    def nutrition(key):
        visible(key)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{settings['UPSTREAM']}/{key}", timeout=settings["UPSTREAM_TIMEOUT"]) as answer:
                return jsonify(json.load(answer))
        except urllib.error.HTTPError as error:
            error.close()
            problem(502, "Upstream trouble")
        except TimeoutError:
            problem(504, "Upstream too slow")
        except urllib.error.URLError as error:
            problem(504 if isinstance(error.reason, TimeoutError) else 502, "Upstream trouble")
        except ValueError:
            problem(502, "Upstream sent no JSON")

    @app.before_request
    def size():
        if (request.content_length or 0) > 10_000:
            abort(413)

    @app.after_request
    def write_log(response):
        with open(settings["ACCESS_LOG"], "a") as log:
            print(request.method, request.path, response.status_code, file=log)
        return response

    @app.errorhandler(Exception)
    def error(error):
        if isinstance(error, HTTPException) and error.response is not None:
            return error.response
        if not isinstance(error, HTTPException):
            app.logger.exception("a bug")
            return jsonify(status=500, title="Bug"), 500, {"Content-Type": "application/problem+json"}
        response = error.get_response()
        response.data = json.dumps({"title": error.name, "status": error.code, "detail": error.description})
        response.content_type = "application/problem+json"
        return response

    return app
