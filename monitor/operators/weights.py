"""What each kind of identifier can prove, from monitor/reference/identifiers.toml: family, forge class, bits.

Also what else than one operator explains that two sites agree (`Explanation`). docs/operators.md says why each is so.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from monitor.operators.model import ForgeClass


@dataclass(frozen=True)
class KindWeight:
    """One kind. `agree` is m, the chance that two sites of one operator agree; bits are log2 of likelihood ratios."""

    kind: str
    zh: str
    family: str
    forge: ForgeClass
    proof: bool
    agree: float
    cap: float
    half_life: int
    differ: float
    traps: str
    source: str


@dataclass(frozen=True)
class Explanation:
    """A relation between two sites other than one operator: how rare it is against that, and what it makes agree."""

    name: str
    zh: str
    ratio: float
    rates: dict[str, float]

    def rate(self, kind: KindWeight) -> float:
        """How often sites in this relation agree in a kind; 0 where the relation does not explain it."""
        return self.rates.get(kind.kind, self.rates.get(kind.family, 0.0))


@dataclass(frozen=True)
class Model:
    """The figures that are not of one kind."""

    field: int
    companions: float
    confirmed: float
    probable: float
    bridge: float


@dataclass(frozen=True)
class Weights:
    """All of identifiers.toml."""

    model: Model
    kinds: dict[str, KindWeight]
    places: dict[str, float]
    explanations: tuple[Explanation, ...]


@cache
def load_weights() -> Weights:
    """The weights as the file gives them."""
    text = resources.files("monitor.reference").joinpath("identifiers.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    kinds = {
        name: KindWeight(
            name, row["zh"], row["family"], ForgeClass(row["forge"]), row.get("proof", False), row["m"], row["cap"],
            row["half_life"], row["differ"], row["traps"], row["source"],
        )
        for name, row in data["kinds"].items()
    }  # fmt: skip
    explanations = tuple(
        Explanation(name, row["zh"], row["ratio"], row["rates"]) for name, row in data["explanations"].items()
    )
    return Weights(Model(**data["model"]), kinds, data["places"], explanations)
