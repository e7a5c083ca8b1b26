"""The rows of monitor/reference/risk.toml: limits (defaults) and the names and articles of factors."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources

from monitor.review.laws import load_articles


@dataclass(frozen=True)
class Limits:
    """From when on a sign counts. Experience values."""

    change_days: int
    move_days: int
    moves_grave: int
    clauses_grave: int
    cases_grave: int
    burst_days: int
    burst_heed: int
    burst_grave: int
    price_heed: Decimal
    price_grave: Decimal


@dataclass(frozen=True)
class RiskBook:
    """All of risk.toml; `factors` are (name, article ids) by id, in the order of the file."""

    limits: Limits
    factors: Mapping[str, tuple[str, tuple[str, ...]]]


@cache
def load_risk() -> RiskBook:
    """The rows of risk.toml; ValueError names what is wrong."""
    data = tomllib.loads(resources.files("monitor.reference").joinpath("risk.toml").read_text(encoding="utf-8"))
    try:
        raw = dict(data["limits"])
        heed, grave = Decimal(raw.pop("price_heed")), Decimal(raw.pop("price_grave"))
        limits = Limits(**raw, price_heed=heed, price_grave=grave)
        factors = {
            name: (str(row["name"]), tuple(str(one) for one in row["articles"]))
            for name, row in data["factors"].items()
        }
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise ValueError(f"risk.toml: {error!r}; mend that row") from error
    unknown = [one for _, articles in factors.values() for one in articles if one not in load_articles()]
    if unknown:
        raise ValueError(f"risk.toml: there is no article {', '.join(unknown)} in laws.toml")
    return RiskBook(limits, factors)
