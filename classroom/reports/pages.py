"""Make pages of templates: self-contained, readable offline, and harmless whatever a student wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from server.tidy import visible


def short(text: Any, length: int = 80) -> str:
    """Cut a text that is too long to be read, and say so."""
    text = str(text)
    return text if len(text) <= length else f"{text[:length]}… ({len(text):,} characters)"


def _plain(value: Any) -> Any:
    """Spell out what a reader could not see. Mark-up of our own stays as it is."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def breakable(name: str) -> Markup:
    """Return a name of several words that a narrow column breaks between them."""
    return Markup(str(escape(visible(name))).replace("_", "_<wbr>"))


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_plain,
    )
    environment.filters |= {
        "short": short,
        "number": lambda value: f"{round(value, 2):g}" if value < 1000 else f"{value:,.0f}",
        "percent": lambda share: f"{100 * share:.0f} %",
        "breakable": breakable,
        "link": lambda path: quote(path, errors="replace"),
    }
    return environment


_ENVIRONMENT = _environment()


def page(template: str, **content: Any) -> str:
    """Return a page."""
    return _ENVIRONMENT.get_template(template).render(**content)
