"""The Recipe API: your answer to the capstone. Edit, save, and run the exam in the notebook again."""

from flask import Flask

# What is not built yet answers 501. Your own views come first, and you may shorten this list as they grow.
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
    """Make the app. The settings are STORE, ACCESS_LOG, UPSTREAM, UPSTREAM_TIMEOUT and LOGIN_LIMIT."""
    app = Flask(__name__)

    # Your views and error handlers go here.

    @app.get("/boom")
    def boom():
        """Break: what does a client read when something happens that nobody thought of? (R07)"""
        raise RuntimeError(f"The store is in {settings['STORE']}.")

    for rule, methods in NOT_BUILT.items():
        app.add_url_rule(rule, f"not built: {rule}", not_built, methods=methods)
    return app


def not_built(**parts):
    return "", 501
