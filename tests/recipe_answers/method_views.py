"""A right answer in another style: classes of views, the store a dict in memory that is saved as JSON."""

import json
import os
import threading
import time
import uuid

import requests
from flask import Flask, Response, current_app, g, request, url_for
from flask.views import MethodView
from werkzeug.exceptions import HTTPException
from werkzeug.security import check_password_hash, generate_password_hash

METHOD = "pbkdf2:sha256:1000"


class Refused(Exception):
    def __init__(self, status, title, headers=None, **more):
        super().__init__(title)
        self.status, self.title, self.headers, self.more = status, title, headers or {}, more


class Store:
    def __init__(self, path):
        self.path = path
        self.lock = threading.RLock()
        self.data = {"users": {}, "recipes": [], "exports": []}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.data = json.load(file)
        else:
            for name, password, role in (("ann", "a", "user"), ("bob", "b", "user"), ("root", "r", "admin")):
                self.add_user(name, password, role)

    def add_user(self, name, password, role="user"):
        with self.lock:
            if name in self.data["users"]:
                raise Refused(409, "This name is taken.")
            self.data["users"][name] = {"role": role, "hash": generate_password_hash(password, METHOD)}
            self.save()

    def save(self):
        with open(self.path, "w", encoding="utf-8") as file:
            json.dump(self.data, file)

    def check(self):
        with open(self.path, encoding="utf-8") as file:
            json.load(file)


def store() -> Store:
    return current_app.extensions["store"]


def user():
    if g.get("user") is None:
        raise Refused(401, "Log in first.", {"WWW-Authenticate": 'Bearer realm="recipes"'})
    return g.user


def is_admin():
    return g.user is not None and store().data["users"][g.user]["role"] == "admin"


def json_object(*fields):
    """Return the body, in which these fields must be texts."""
    if request.mimetype != "application/json":
        raise Refused(415, "JSON is wanted.", {"Accept": "application/json"})
    try:
        body = json.loads(request.get_data())
    except ValueError:
        raise Refused(400, "This is no JSON.") from None
    if not isinstance(body, dict):
        raise Refused(422, "An object is wanted.", errors=[{"pointer": "", "detail": "no object"}])
    errors = [
        {"pointer": f"/{name}", "detail": f"{name} must be a text."}
        for name in fields
        if not isinstance(body.get(name), str) or not body[name]
    ]
    if errors:
        raise Refused(422, "Some fields are wrong.", errors=errors)
    return body


class Health(MethodView):
    def get(self):
        try:
            store().check()
        except (OSError, ValueError):
            return {"status": "down"}, 503, {"Retry-After": "10"}
        return {"status": "ok"}


class Users(MethodView):
    def post(self):
        body = json_object("name", "password")
        store().add_user(body["name"], body["password"])
        return {"name": body["name"]}, 201, {"Location": url_for("user", name=body["name"])}


class User(MethodView):
    def get(self, name):
        if user() != name and not is_admin():
            raise Refused(403, "Only yourself.")
        if name not in store().data["users"]:
            raise Refused(404, "There is no such user.")
        return {"name": name, "role": store().data["users"][name]["role"]}

    def delete(self, name):
        user()
        if not is_admin():
            raise Refused(403, "Only an admin may.")
        with store().lock:
            if store().data["users"].pop(name, None) is None:
                raise Refused(404, "There is no such user.")
            store().save()
        return "", 204


class Tokens(MethodView):
    def post(self):
        now = time.monotonic()
        with store().lock:
            times = current_app.extensions["times"].setdefault(request.remote_addr, [])
            times[:] = [when for when in times if when > now - 1]
            if len(times) >= current_app.config["SETTINGS"]["LOGIN_LIMIT"]:
                raise Refused(429, "Too many logins.", {"Retry-After": "1"})
            times.append(now)
        body = json_object("name", "password")
        known = store().data["users"].get(body["name"])
        if not check_password_hash(known["hash"] if known else current_app.extensions["decoy"], body["password"]):
            raise Refused(401, "Wrong name or password.", {"WWW-Authenticate": "Bearer"})
        token = uuid.uuid4().hex
        current_app.extensions["tokens"][token] = body["name"]
        return {"token": token}, 200, {"Cache-Control": "no-store"}


def find(number):
    recipes = store().data["recipes"]
    recipe = recipes[number - 1] if 0 < number <= len(recipes) else None
    if recipe is None:
        raise Refused(404, "There is no such recipe.")
    if recipe["draft"] and not recipe["gone"] and recipe["owner"] != g.user and not is_admin():
        raise Refused(404, "There is no such recipe.")
    if recipe["gone"]:
        raise Refused(410, "This recipe was deleted.")
    return recipe


def shown(recipe):
    return {name: recipe[name] for name in ("id", "title", "draft", "owner")}


def tag(recipe):
    return f'"{recipe["id"]}-{recipe["version"]}"'


def cached(recipe, status=200, **headers):
    response = Response(json.dumps(shown(recipe)), status, mimetype="application/json")
    response.headers.update(
        {"ETag": tag(recipe), "Cache-Control": "private, no-cache", "Vary": "Authorization", **headers}
    )
    return response


class Recipes(MethodView):
    def get(self):
        limit = request.args.get("limit", "100")
        if not (limit.isascii() and limit.isdigit() and 1 <= int(limit) <= 100):
            raise Refused(400, "limit is a number from 1 to 100.")
        text = request.args.get("q", "").lower()
        found = [
            shown(recipe)
            for recipe in reversed(store().data["recipes"])
            if not recipe["gone"] and not recipe["draft"] and text in recipe["title"].lower()
        ]
        return found[: int(limit)]

    def post(self):
        name = user()
        body = json_object("title")
        with store().lock:
            recipes = store().data["recipes"]
            recipe = {
                "id": len(recipes) + 1,
                "title": body["title"],
                "draft": body.get("draft") is True,
                "owner": name,
                "version": 1,
                "gone": False,
            }
            recipes.append(recipe)
            store().save()
        return cached(recipe, 201, Location=url_for("recipe", number=recipe["id"]))


class Recipe(MethodView):
    def get(self, number):
        recipe = find(number)
        if request.if_none_match.contains_weak(tag(recipe).strip('"')):
            response = cached(recipe, 304)
            response.set_data(b"")
            return response
        return cached(recipe)

    def put(self, number):
        recipe = self.mine(number)
        body = json_object("title")
        wanted = request.headers.get("If-Match")
        if wanted is None:
            raise Refused(428, "Say which version you have read: If-Match.")
        with store().lock:
            if wanted != "*" and tag(recipe) not in [one.strip() for one in wanted.split(",")]:
                raise Refused(412, "Somebody was faster.")
            recipe.update(title=body["title"], draft=body.get("draft") is True, version=recipe["version"] + 1)
            store().save()
        return cached(recipe)

    def delete(self, number):
        recipe = self.mine(number)
        with store().lock:
            recipe["gone"] = True
            store().save()
        return "", 204

    def mine(self, number):
        user()
        recipe = find(number)
        if recipe["owner"] != g.user and not is_admin():
            raise Refused(403, "This is not yours.")
        return recipe


class Latest(MethodView):
    def get(self):
        for recipe in reversed(store().data["recipes"]):
            if not recipe["gone"] and not recipe["draft"]:
                return "", 302, {"Location": url_for("recipe", number=recipe["id"])}
        raise Refused(404, "There is no recipe yet.")


class Short(MethodView):
    def get(self, number):
        return "", 308, {"Location": f"/recipes/{number}"}

    post = put = patch = delete = get


class Exports(MethodView):
    def post(self):
        exports = current_app.extensions["exports"]
        exports.append((user(), time.monotonic()))
        return {"state": "pending"}, 202, {"Location": url_for("export", number=len(exports)), "Retry-After": "1"}


class Export(MethodView):
    def get(self, number):
        self.own(number)
        if time.monotonic() - current_app.extensions["exports"][number - 1][1] < 0.5:
            return {"state": "pending"}, 200, {"Retry-After": "1"}
        return "", 303, {"Location": url_for("result", number=number)}

    def own(self, number):
        exports = current_app.extensions["exports"]
        if not 0 < number <= len(exports) or exports[number - 1][0] != user():
            raise Refused(404, "There is no such export.")


class Result(Export):
    def get(self, number):
        self.own(number)
        return [shown(recipe) for recipe in store().data["recipes"] if recipe["owner"] == g.user]


class Nutrition(MethodView):
    def get(self, number):
        recipe, settings = find(number), current_app.config["SETTINGS"]
        try:
            answer = requests.get(
                f"{settings['UPSTREAM']}/dishes",
                params={"title": recipe["title"]},
                timeout=settings["UPSTREAM_TIMEOUT"],
            )
            answer.raise_for_status()
            return Response(json.dumps(answer.json()), mimetype="application/json")
        except requests.Timeout:
            raise Refused(504, "The nutrition service is slow.") from None
        except requests.RequestException:
            raise Refused(502, "The nutrition service is broken.") from None


class Boom(MethodView):
    def get(self):
        raise RuntimeError(f"cannot read {store().path}")


URLS = {
    "/health": ("health", Health),
    "/users": ("users", Users),
    "/users/<name>": ("user", User),
    "/tokens": ("tokens", Tokens),
    "/recipes": ("recipes", Recipes),
    "/recipes/<int:number>": ("recipe", Recipe),
    "/recipes/<int:number>/nutrition": ("nutrition", Nutrition),
    "/recipes/latest": ("latest", Latest),
    "/r/<int:number>": ("short", Short),
    "/exports": ("exports", Exports),
    "/exports/<int:number>": ("export", Export),
    "/exports/<int:number>/result": ("result", Result),
    "/boom": ("boom", Boom),
}


def create_app(settings):
    app = Flask(__name__)
    app.config["SETTINGS"] = settings
    app.config["MAX_CONTENT_LENGTH"] = 10_240
    app.extensions.update(store=Store(settings["STORE"]), tokens={}, times={}, exports=[])
    app.extensions["decoy"] = generate_password_hash("nobody", METHOD)
    for rule, (endpoint, view) in URLS.items():
        app.add_url_rule(rule, view_func=view.as_view(endpoint))

    @app.before_request
    def who():
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        name = app.extensions["tokens"].get(token.strip()) if scheme.lower() == "bearer" else None
        g.user = name if name in app.extensions["store"].data["users"] else None

    @app.after_request
    def log(response):
        with open(settings["ACCESS_LOG"], "a", encoding="utf-8") as file:
            file.write(f"{request.method} {request.path} {response.status_code}\n")
        return response

    @app.errorhandler(Refused)
    def refuse(error):
        body = {"type": "about:blank", "status": error.status, "title": error.title, **error.more}
        return Response(json.dumps(body), error.status, error.headers, content_type="application/problem+json")

    @app.errorhandler(HTTPException)
    def http_error(error):
        response = error.get_response()
        response.data = json.dumps({"status": error.code, "title": error.name})
        response.content_type = "application/problem+json"
        return response

    @app.errorhandler(Exception)
    def bug(error):
        return refuse(Refused(500, "Something broke. It is not your fault."))

    return app
