"""The tables that the rows stand in."""

from __future__ import annotations

from checks import Contract

# R01 to R48.
CONTRACT = Contract()
# The challenges beyond it.
CHALLENGES = Contract()
