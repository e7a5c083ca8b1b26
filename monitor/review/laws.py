"""Articles of law with the days on which they were in force, from monitor/reference/laws.toml.

Takes article ids and a date, gives the articles valid on it: a rule that was repealed, or is not yet in force, is never
given. Summaries are our own words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Article:
    """One article. `valid_to` is its last day in force, None while it is; `confirmed` that its wording was seen."""

    id: str
    title: str
    article: str
    summary: str
    valid_from: date
    valid_to: date | None
    source: str
    checked: date
    confirmed: bool
    note: str

    def is_in_force(self, at: date) -> bool:
        """Whether it was in force on a day."""
        return self.valid_from <= at and (self.valid_to is None or at <= self.valid_to)


@cache
def load_articles() -> dict[str, Article]:
    """All articles by id; a wrong row is named."""
    data = tomllib.loads(resources.files("monitor.reference").joinpath("laws.toml").read_text(encoding="utf-8"))
    articles = {}
    for name, row in data["articles"].items():
        try:
            articles[name] = _read_article(name, {**data["titles"][row["of"]], **row})
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"laws.toml: article {name}: {error!r}; mend that row") from error
    return articles


def find_articles(ids: Iterable[str], *, at: date) -> tuple[Article, ...]:
    """The articles of these ids that were in force on a day, in the order given."""
    known = load_articles()
    return tuple(known[name] for name in ids if known[name].is_in_force(at))


def _read_article(name: str, row: Mapping[str, object]) -> Article:
    first, last, checked = row["valid_from"], row.get("valid_to"), row["checked"]
    if not isinstance(first, date) or not isinstance(checked, date) or not (last is None or isinstance(last, date)):
        raise TypeError("valid_from, valid_to and checked are dates")
    return Article(
        id=name,
        title=str(row["title"]),
        article=str(row["article"]),
        summary=str(row["says"]),
        valid_from=first,
        valid_to=last,
        source=str(row["source"]),
        checked=checked,
        confirmed=bool(row.get("confirmed", True)),
        note=str(row.get("note", "")),
    )
