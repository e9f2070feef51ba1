"""A fault loses its own rows of the contract and no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from recipe_faults import ANSWERS, NUMBERS, Fault, judged, lost, read_faults, told

from checks.source import judge_source
from lessons.capstone import recipe_api

REFERENCE = Path(__file__).parent.parent / "solutions" / "recipe_api"
FAULTS = read_faults()


def test_there_are_faults_for_every_row() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) > 100
    assert {row for fault in FAULTS for row in fault.rows} == set(NUMBERS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_a_fault_loses_its_rows_and_no_others(fault: Fault) -> None:
    # An export need not take long here.
    source = (ANSWERS / "method_views.py").read_text("utf-8").replace(") < 0.5:", ") < 0.05:")
    report = judged(fault.put_into(source), fault.rows)
    assert lost(report) == list(fault.rows), told(report)


# Put before the reference: what it answers, and what a client gets.
WRAPPED = """
from recipe_api import create_app as create_right_app


def create_app(settings):
    app = create_right_app(settings)
    right = app.wsgi_app

    def wrong(environ, start_response):
        def start(status, headers, error=None):
            path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
            code, fields = int(status[:3]), dict(headers)
            {change}
            return start_response(f"{{code}} changed", [*fields.items()], error)

        return right(environ, start)

    app.wsgi_app = wrong
    return app
"""
CHANGES = [
    ("fields.pop('WWW-Authenticate', None)", "R16 R21 R26 R39"),
    ("code = 401 if code == 403 else code", "R15 R19 R36"),
    ("fields.pop('Retry-After', None)", "R02 R22 R43 R44"),
]


@pytest.mark.parametrize(("change", "rows"), CHANGES)
def test_a_fault_in_front_of_the_reference_loses_its_rows_and_no_others(change: str, rows: str) -> None:
    report = judge_source(recipe_api, WRAPPED.format(change=change), REFERENCE.parent)
    assert set(lost(report)) - {"R08"} == set(rows.split()), told(report)
