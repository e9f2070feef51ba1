"""The Recipe API, your answer to the capstone. Edit, save, run the exam."""

from flask import Flask

# What is not built yet answers 501. Views of your own come first, so you
# need not keep this list up to date.
NOT_BUILT = {
    "/health": ["GET"],
    "/users": ["POST"],
    "/users/<name>": ["GET", "DELETE"],
    "/tokens": ["POST"],
    "/recipes": ["GET", "POST"],
    "/recipes/<id>": ["GET", "PUT", "DELETE"],
    "/r/<id>": ["GET", "PUT"],
    "/recipes/latest": ["GET"],
    "/exports": ["POST"],
    "/exports/<number>": ["GET"],
    "/recipes/<id>/nutrition": ["GET"],
}


def create_app(settings):
    """Make the app. `settings` is a dict with STORE, ACCESS_LOG, UPSTREAM,
    UPSTREAM_TIMEOUT and LOGIN_LIMIT."""
    app = Flask(__name__)

    # Your views and error handlers go here.

    @app.get("/boom")
    def boom():
        """Break: what does a client read of this? (R07)"""
        raise RuntimeError(f"The store is in {settings['STORE']}.")

    for rule, methods in NOT_BUILT.items():
        name = f"not built: {rule}"
        app.add_url_rule(rule, name, not_built, methods=methods)
    return app


def not_built(**parts):
    return "", 501
