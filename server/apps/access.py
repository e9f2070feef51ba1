"""The app of a cookery club: a public page, a page of one's own, a page for admins, and drafts nobody is to know of."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.security import check_password_hash, generate_password_hash

# Cheap, so that a notebook is quick. A real app takes the default.
HASH = "pbkdf2:sha256:1000"
# What anybody can read here is no secret of anybody.
MEMBERS = {"ann": ("tomato", "member"), "bob": ("basil", "member"), "root": ("parsley", "admin")}
ROLES = ["member", "admin"]
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="club"'}


def create_app() -> Flask:
    """Make the app. The token of each member is ``t-`` and the name; ann has one draft, number 1."""
    app = Flask(__name__)
    passwords = {name: generate_password_hash(password, HASH) for name, (password, _) in MEMBERS.items()}
    # Compared when there is no such name: an answer must not come sooner for a name that nobody has.
    nobody = generate_password_hash("", HASH)
    members = {f"t-{name}": {"name": name, "role": role} for name, (_, role) in MEMBERS.items()}
    drafts = {1: {"owner": "ann", "title": "Secret soup"}}

    def caller() -> dict[str, str] | None:
        """Return the member who asks; None when the credentials are missing or not valid."""
        sent = request.authorization
        return members.get(sent.token or "") if sent and sent.type == "bearer" else None

    def log_in_first() -> ResponseReturnValue:
        return {"error": "Log in first."}, 401, CHALLENGE

    @app.get("/recipes/1")
    def show_recipe() -> ResponseReturnValue:
        """200 for everybody."""
        return {"title": "Tomato soup"}

    @app.post("/login")
    def log_in() -> ResponseReturnValue:
        """200 and a token; 401 for a wrong password and for a name that nobody has, without a difference."""
        sent: Any = request.get_json()
        known = isinstance(sent, dict) and isinstance(sent.get("name"), str) and isinstance(sent.get("password"), str)
        name, password = (sent["name"], sent["password"]) if known else ("", "")
        if not check_password_hash(passwords.get(name, nobody), password) or name not in passwords:
            return {"error": "Name or password is wrong."}, 401, CHALLENGE
        return {"token": f"t-{name}"}, 200, {"Cache-Control": "no-store"}

    @app.get("/me")
    def show_me() -> ResponseReturnValue:
        """200 for members, 401 for everybody else."""
        member = caller()
        return {"name": member["name"]} if member else log_in_first()

    @app.get("/members")
    def list_members() -> ResponseReturnValue:
        """200 for admins, 403 for other members, 401 for everybody else."""
        member = caller()
        if member is None:
            return log_in_first()
        if member["role"] != "admin":
            return {"error": "This list is for admins."}, 403
        return sorted(MEMBERS)

    @app.patch("/members/<name>")
    def change_role(name: str) -> ResponseReturnValue:
        """401, 403, 404 or 422, in this order: who is it, may they, is it there, is the content fine? Else 200."""
        member = caller()
        if member is None:
            return log_in_first()
        if member["role"] != "admin":
            return {"error": "Only admins give out roles."}, 403
        if f"t-{name}" not in members:
            return {"error": "There is no such member."}, 404
        sent: Any = request.get_json(silent=True)
        if not isinstance(sent, dict) or sent.get("role") not in ROLES:
            return {"error": 'Send a JSON object with the member "role": "member" or "admin".'}, 422
        members[f"t-{name}"]["role"] = sent["role"]
        return members[f"t-{name}"]

    @app.get("/drafts/<int:id>")
    def show_draft(id: int) -> ResponseReturnValue:
        """200 for the owner, 404 for everybody else, as if the draft was not there."""
        member, draft = caller(), drafts.get(id)
        if member and draft and draft["owner"] == member["name"]:
            return draft
        return {"error": "There is no such draft."}, 404

    return app
