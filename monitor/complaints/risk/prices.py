"""Whether goods are sold far under their face value: what the pages themselves write, in yuan. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from monitor.complaints.risk.book import Limits
from monitor.complaints.risk.model import Factor, RiskInput, Weight
from monitor.findings.model import Sight
from scrapers.model import Fact, FactKind, Source

_SHOWN = (Source.TEXT, Source.POPUP, Source.JSON, Source.ATTRIBUTE, Source.META)
_YUAN = ("CNY", "RMB", "元")
_MOST_NAMED = 3


@dataclass(frozen=True)
class _Offer:
    name: str
    price: Decimal
    face: Decimal
    capture: str

    @property
    def share(self) -> Decimal:
        return self.price / self.face


def judge_prices(known: RiskInput, limits: Limits) -> Factor:
    """The factor of prices: unknown where no page gives both a price and a face value."""
    offers = [offer for sight in known.sights for offer in _read_offers(sight)]
    if not offers:
        return Factor("", "", Weight.UNKNOWN, "页面没有同时写明面值和售价（或不是人民币），无法比较")
    low = sorted((one for one in offers if one.share <= limits.price_heed), key=lambda one: one.share)
    if not low:
        return Factor("", "", Weight.UNSEEN, f"可比较的{len(offers)}件商品没有低到面值的{limits.price_heed:.0%}以下")
    told = "；".join(
        f"{one.name[:30]}：面值{one.face:f}元、售价{one.price:f}元（{one.share:.0%}）" for one in low[:_MOST_NAMED]
    )
    grave = any(one.share <= limits.price_grave for one in low)
    return Factor(
        "",
        "",
        Weight.GRAVE if grave else Weight.HEED,
        f"{len(offers)}件可比较的商品中有{len(low)}件远低于面值：{told}（界线{limits.price_heed:.0%}、{limits.price_grave:.0%}是经验值）",
        tuple(one.capture for one in low),
    )


def _read_offers(sight: Sight) -> Iterator[_Offer]:
    facts = sight.version.reading.facts
    if any(fact.kind is FactKind.CURRENCY and fact.value.upper() not in _YUAN for fact in facts):
        return
    by_subject: dict[str, dict[FactKind, Fact]] = defaultdict(dict)
    for fact in facts:
        if fact.kind in (FactKind.PRICE, FactKind.FACE_VALUE, FactKind.NAME) and fact.source in _SHOWN:
            by_subject[fact.subject].setdefault(fact.kind, fact)
    for told in by_subject.values():
        priced, faced = told.get(FactKind.PRICE), told.get(FactKind.FACE_VALUE)
        if priced is not None and faced is not None and priced.shown and priced.shown == faced.shown:
            continue  # one text read as both: nothing is known of the price
        price, face = _money(priced), _money(faced)
        if price is not None and face is not None:
            name = told[FactKind.NAME].value if FactKind.NAME in told else "商品"
            yield _Offer(" ".join(name.split()), price, face, sight.version.capture_id)


def _money(fact: Fact | None) -> Decimal | None:
    if fact is None:
        return None
    try:
        value = Decimal(fact.value)
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 < value < 10**8 else None
