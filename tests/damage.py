"""Damage notebooks as students and their tools do. Every function changes a notebook that is handed to it."""

from __future__ import annotations

import random
from typing import Any

from classes import make_class

Notebook = dict[str, Any]


def solved(lesson: str, seed: int = 0, tags: tuple[str, ...] = ("solution", "variant")) -> Notebook:
    """Return a notebook with an answer to every exercise."""
    return make_class(1, [lesson], seed, tags)[0].notebooks[lesson]


def cell(notebook: Notebook, identifier: str) -> dict[str, Any]:
    """Return the cell of an id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == identifier)


def place(notebook: Notebook, identifier: str) -> int:
    """Return the place of the cell of an id."""
    return next(place for place, cell in enumerate(notebook["cells"]) if cell.get("id") == identifier)


def code(source: str, identifier: str = "") -> dict[str, Any]:
    """Return a code cell."""
    made = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
    return {**made, "id": identifier} if identifier else made


def lose_ids(notebook: Notebook) -> None:
    """Take away what tells where the cells came from."""
    notebook["metadata"] = {}
    notebook["nbformat_minor"] = 4
    for one in notebook["cells"]:
        one.pop("id", None)
        one["metadata"] = {}


def new_ids(notebook: Notebook) -> None:
    """Give every cell an id of its own, as some editors do."""
    for number, one in enumerate(notebook["cells"]):
        one["id"] = f"{number:08x}"


def lose_prose(notebook: Notebook) -> None:
    """Delete every cell of text."""
    notebook["cells"] = [one for one in notebook["cells"] if one["cell_type"] == "code"]


def shuffle(notebook: Notebook) -> None:
    """Put the cells into another order; the import stays where it is, and so does every check behind its answer."""
    first, rest = notebook["cells"][:2], notebook["cells"][2:]
    groups: list[list[dict[str, Any]]] = []
    for one in rest:
        follows = groups and groups[-1][-1]["cell_type"] == "code" and "".join(one["source"]).startswith("check.")
        if follows:
            groups[-1].append(one)
        else:
            groups.append([one])
    random.Random(7).shuffle(groups)
    notebook["cells"] = first + [one for group in groups for one in group]


def lose_checks(notebook: Notebook) -> None:
    """Delete every cell that is nothing but the call of a check."""
    notebook["cells"] = [one for one in notebook["cells"] if not "".join(one["source"]).startswith("check.")]


def carriage_returns(notebook: Notebook) -> None:
    """Write every line as Windows does."""
    for one in notebook["cells"]:
        one["source"] = "".join(one["source"]).replace("\n", "\r\n")


def other_kernel(notebook: Notebook) -> None:
    """Say that the notebook was made with another kernel."""
    notebook["metadata"] = {"kernelspec": {"name": "conda-env-web-py", "display_name": "web", "language": "python"}}


def old_format(notebook: Notebook) -> None:
    """Write the notebook as IPython 3 did."""
    for one in notebook["cells"]:
        one.pop("id", None)
        if one["cell_type"] == "code":
            one["input"], one["language"], one["prompt_number"] = one.pop("source"), "python", None
            one.pop("execution_count")
    sheet = {"cells": notebook.pop("cells"), "metadata": {}}
    notebook |= {"worksheets": [sheet], "nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}}


def other_prose(notebook: Notebook) -> None:
    """Change every text, as another release would."""
    for one in notebook["cells"]:
        if one["cell_type"] == "markdown":
            one["source"] = "".join(one["source"]).replace("the", "this").replace("e", "ë")


def as_script(notebook: Notebook) -> str:
    """Return the notebook as jupytext exports it."""
    parts = []
    for one in notebook["cells"]:
        source = "".join(one["source"])
        if one["cell_type"] == "code":
            parts.append(f"# %%\n{source}\n")
        else:
            commented = "\n".join(f"# {line}".rstrip() for line in source.split("\n"))
            parts.append(f"# %% [markdown]\n{commented}\n")
    return "\n".join(parts)


def as_nbconvert(notebook: Notebook) -> str:
    """Return the notebook as `jupyter nbconvert --to script` does."""
    parts = ["#!/usr/bin/env python\n# coding: utf-8\n"]
    for one in notebook["cells"]:
        source = "".join(one["source"])
        if one["cell_type"] == "code":
            parts.append(f"# In[ ]:\n\n\n{source}\n\n")
        else:
            parts.append("\n".join(f"# {line}" for line in source.split("\n")) + "\n")
    return "\n".join(parts)
