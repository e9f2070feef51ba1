"""The capstone: a whole Recipe API, judged by its contract."""

from __future__ import annotations

from checks import Contract, Factory, exercise

from .recipe_contract import CONTRACT, Api, Upstream


def _judge(contract: Contract, create_app: Factory) -> None:
    """Judge every row of a contract on an API of its own."""
    upstream = Upstream()
    with upstream.server:
        contract.judge(Api(create_app, upstream, {row.path for row in CONTRACT.rows}))


@exercise(
    contract=CONTRACT,
    points=48,
    hints=[
        "Work from the top of the table: health and errors first, then users and tokens, then recipes.",
        "One handler for HTTPException and one for Exception turn every error into problem details. Keep the headers "
        "that the exception brings along: Allow, WWW-Authenticate, Retry-After.",
        "The order of the checks for writing is the order of the rows: 401, 404 or 410, 403, 415, 400, 422, 428, 412. "
        "Write it once, as functions that abort, and call them in this order.",
    ],
)
def recipe_api(create_app: Factory) -> None:
    """create_app(settings) returns a Recipe API that keeps the 48 rows of its contract."""
    _judge(CONTRACT, create_app)
