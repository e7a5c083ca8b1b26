"""The kinds of letters (monitor/reference/letters.toml): who reads each, what it needs, how long it may be."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from monitor.complaints.model import Audience
from monitor.complaints.routing.channels import FormField, load_fields

OWN = "own"


@dataclass(frozen=True)
class LetterKind:
    """One kind. `audience` None is the writer himself; `length` in characters, 0 without a known bound."""

    id: str
    name: str
    reader: str
    audience: Audience | None
    needs: tuple[str, ...]
    length: int = 0
    keep: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bases:
    """Articles by weight: for a consumer, and for any buyer."""

    consumer: tuple[str, ...]
    any: tuple[str, ...]


@cache
def letter_kinds() -> dict[str, LetterKind]:
    """All kinds by id, in the order of the file; a need that no row explains raises ValueError."""
    kinds = {}
    for name, row in _table("letters").items():
        needs = _words(row, "needs")
        unknown = {need for need in needs if need != "respondent" and need not in letter_fields()}
        if unknown:
            raise ValueError(f"letters.toml: letter {name} needs {', '.join(sorted(unknown))}, which no row explains")
        audience = str(row["audience"])
        kinds[name] = LetterKind(
            name,
            str(row["name"]),
            str(row["reader"]),
            None if audience == OWN else Audience(audience),
            needs,
            _number(row, "length"),
            _words(row, "keep"),
        )
    return kinds


@cache
def letter_fields() -> dict[str, FormField]:
    """Every field by id: those of the channels' forms, and those that only letters ask for."""
    own = {
        name: FormField(name, str(row["what"]), str(row["why"]), str(row["mend"]), _words(row, "articles"))
        for name, row in _table("fields").items()
    }
    return {**load_fields(), **own}


@cache
def forbidden_words() -> tuple[str, ...]:
    """What no letter says."""
    words = _data()["words"]
    assert isinstance(words, dict)
    return _words(words, "forbidden")


@cache
def bases_of(problem: str) -> Bases:
    """The articles of a problem or of a ground such as fraud; the usual ones where it has none of its own."""
    rows = _table("bases")
    row = rows.get(problem, rows["usual"])
    return Bases(_words(row, "consumer"), _words(row, "any"))


@cache
def shown_words(problem: str) -> tuple[str, ...]:
    """The words by which a picture or text shows a problem; `fee` and others are ids of letters.toml's [shows]."""
    rows = _data()["shows"]
    assert isinstance(rows, dict)
    return _words(rows, problem)


@cache
def penalties() -> dict[str, str]:
    """The article that punishes, by the article that is touched."""
    rows = _data()["penalties"]
    assert isinstance(rows, dict)
    return {name: str(value) for name, value in rows.items()}


@cache
def platform_duties() -> frozenset[str]:
    """The articles that bind the operator of a platform and no shop on it."""
    rows = _data()["platform_duties"]
    assert isinstance(rows, dict)
    return frozenset(_words(rows, "articles"))


@cache
def _data() -> dict[str, object]:
    text = resources.files("monitor.reference").joinpath("letters.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _table(name: str) -> dict[str, Mapping[str, object]]:
    rows = _data()[name]
    assert isinstance(rows, dict)
    return rows


def _words(row: Mapping[str, object], name: str) -> tuple[str, ...]:
    listed = row.get(name, [])
    assert isinstance(listed, list)
    return tuple(str(word) for word in listed)


def _number(row: Mapping[str, object], name: str) -> int:
    value = row.get(name, 0)
    assert isinstance(value, int)
    return value
