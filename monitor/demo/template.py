"""Fills the page templates of the practice shops.

`{{name}}` is replaced by the escaped value, `{{&name}}` by the value as it is, and `{{#name}} ... {{/name}}` stays
only when the value is not empty (`{{^name}} ... {{/name}}` only when it is). A name without a value is an error.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_SECTION = re.compile(r"\{\{([#^])([\w.-]+)\}\}(.*?)\{\{/\2\}\}", re.DOTALL)
_FIELD = re.compile(r"\{\{(&?)([\w.-]+)\}\}")


@cache
def read_template(name: str) -> str:
    """The text of `templates/<name>`."""
    return (_FOLDER / "templates" / name).read_text(encoding="utf-8")


@cache
def read_asset(name: str) -> bytes:
    """The bytes of `assets/<name>`; KeyError when there is no such file."""
    path = _FOLDER / "assets" / name
    if "/" in name or "\\" in name or name.startswith(".") or not path.is_file():
        raise KeyError(name)
    return path.read_bytes()


def fill_template(name: str, values: Mapping[str, str]) -> str:
    """One template with its values."""
    return fill_text(read_template(name), values)


def fill_text(text: str, values: Mapping[str, str]) -> str:
    """Fill a template given as text."""
    kept = _SECTION.sub(lambda m: m[3] if bool(values[m[2]]) == (m[1] == "#") else "", text)
    return _FIELD.sub(lambda m: values[m[2]] if m[1] else html.escape(values[m[2]]), kept)
