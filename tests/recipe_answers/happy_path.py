"""An app that works as long as everybody does everything right: nothing is checked, and no error is thought of."""

import secrets
import time

import requests
from flask import Flask, jsonify, make_response, redirect, request


def create_app(settings):
    app = Flask(__name__)
    users = {"ann": ("a", "user"), "bob": ("b", "user"), "root": ("r", "admin")}
    tokens, recipes, exports = {}, [], []

    def caller():
        return tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))

    def shown(recipe, status=200, **headers):
        response = make_response({name: recipe[name] for name in ("id", "title", "draft", "owner")}, status)
        response.set_etag(str(recipe["version"]))
        response.headers.update({"Cache-Control": "no-cache", "Vary": "Authorization", **headers})
        return response

    @app.get("/boom")
    def boom():
        raise RuntimeError(settings["STORE"])

    @app.get("/health")
    def health():
        return {"status": "ok"}

    @app.post("/users")
    def add_user():
        name = request.json["name"]
        users[name] = (request.json["password"], "user")
        return {"name": name}, 201, {"Location": f"/users/{name}"}

    @app.get("/users/<name>")
    def see_user(name):
        return {"name": name, "role": users[name][1]}

    @app.delete("/users/<name>")
    def delete_user(name):
        del users[name]
        return "", 204

    @app.post("/tokens")
    def log_in():
        if users[request.json["name"]][0] != request.json["password"]:
            return {"error": "no"}
        token = secrets.token_hex()
        tokens[token] = request.json["name"]
        return {"token": token}, 200, {"Cache-Control": "no-store"}

    @app.get("/recipes")
    def list_recipes():
        found = [one for one in recipes if one and not one["draft"]]
        found = [one for one in found if request.args.get("q", "").lower() in one["title"].lower()]
        return jsonify(found[: int(request.args.get("limit", 100))])

    @app.post("/recipes")
    def add_recipe():
        recipe = {"id": len(recipes), "title": request.json["title"], "draft": request.json.get("draft", False)}
        recipe |= {"owner": caller(), "version": 1}
        recipes.append(recipe)
        return shown(recipe, 201, Location=f"/recipes/{recipe['id']}")

    @app.get("/recipes/<int:number>")
    def see_recipe(number):
        return shown(recipes[number]).make_conditional(request)

    @app.put("/recipes/<int:number>")
    def change_recipe(number):
        recipe = recipes[number]
        recipe.update(request.json, version=recipe["version"] + 1)
        return shown(recipe)

    @app.delete("/recipes/<int:number>")
    def delete_recipe(number):
        recipes[number] = None
        return "", 204

    @app.get("/recipes/latest")
    def latest():
        return redirect(f"/recipes/{[one for one in recipes if one and not one['draft']][-1]['id']}", 302)

    @app.route("/r/<int:number>", methods=["GET", "POST", "PUT", "DELETE"])
    def short(number):
        return redirect(f"/recipes/{number}", 308)

    @app.post("/exports")
    def start():
        exports.append(time.monotonic())
        return {"state": "pending"}, 202, {"Location": f"/exports/{len(exports)}", "Retry-After": "1"}

    @app.get("/exports/<int:number>")
    def look(number):
        if time.monotonic() - exports[number - 1] < 0.3:
            return {"state": "pending"}, 200, {"Retry-After": "1"}
        return redirect("/recipes", 303)

    @app.get("/recipes/<int:number>/nutrition")
    def nutrition(number):
        return requests.get(settings["UPSTREAM"], timeout=5).json()

    @app.after_request
    def log(response):
        with open(settings["ACCESS_LOG"], "a") as file:
            file.write(f"{request.method} {request.path} {response.status_code}\n")
        return response

    return app
