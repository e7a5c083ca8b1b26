"""What a page says to machines: JSON-LD products and the price metas of Open Graph.

Takes a ParsedPage; gives facts with source `meta` and less confidence than what the page shows to people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapers.dom import ParsedPage, attribute, line_of, place_of
from scrapers.families.findings import Json, fact, parse_json, text_in
from scrapers.model import Fact, FactKind, Source
from scrapers.money import yuan
from scrapers.text import one_line

_METAS = {
    "og:title": FactKind.NAME,
    "product:price:amount": FactKind.PRICE,
    "og:price:amount": FactKind.PRICE,
    "og:product:price": FactKind.PRICE,
    "product:original_price:amount": FactKind.ORIGINAL_PRICE,
    "product:availability": FactKind.AVAILABLE,
    "og:availability": FactKind.AVAILABLE,
}
_ITEMPROPS = {
    "price": FactKind.PRICE,
    "lowPrice": FactKind.PRICE,
    "availability": FactKind.AVAILABLE,
}
_REVIEW = re.compile(r"Review|Rating|Organization", re.I)
_CONFIDENCE = 0.85


def structured_facts(page: ParsedPage, subject: str) -> tuple[Fact, ...]:
    """Facts of the page's one product from JSON-LD and metas; none when JSON-LD lists several products."""
    products = list(json_ld_products(page))
    found: list[Fact] = []
    if len(products) == 1:
        found += _product_facts(products[0], subject)
    for meta in page.document.with_tag("meta")[:300]:
        name = attribute(meta, "property") or attribute(meta, "name")
        kind = _METAS.get(name.lower())
        if kind is None:
            continue
        value = _value(kind, attribute(meta, "content"))
        found += fact(
            subject,
            kind,
            value,
            shown=attribute(meta, "content"),
            place=f"meta[{name}]",
            source=Source.META,
            confidence=0.5 if kind is FactKind.NAME else _CONFIDENCE,
        )
    return tuple(found)


def microdata_facts(page: ParsedPage, subject: str) -> Iterator[Fact]:
    """Facts of the page's product from microdata (itemprop); what a person sees of it counts as shown."""
    for element in page.document.elements[:20_000]:
        kind = _ITEMPROPS.get(attribute(element, "itemprop"))
        if kind is None or element.find_parent(attrs={"itemtype": _REVIEW}) is not None:
            continue
        told = attribute(element, "content") or attribute(element, "href")
        shown = told or line_of(element, 60)
        value = _value(kind, shown.rsplit("/", 1)[-1] if kind is FactKind.AVAILABLE else shown)
        visible = kind is FactKind.PRICE and element.name != "meta" and line_of(element, 60) != ""
        source, sure = (Source.TEXT, 0.9) if visible else (Source.META, _CONFIDENCE)
        yield from fact(subject, kind, value, shown=shown, place=place_of(element), source=source, confidence=sure)


def says_product(page: ParsedPage) -> bool:
    """Whether the page tells machines that it is about one product."""
    metas = page.document.with_tag("meta")
    kinds = [attribute(meta, "content").lower() for meta in metas if attribute(meta, "property") == "og:type"]
    if any(kind.startswith("product") for kind in kinds) or len(list(json_ld_products(page))) == 1:
        return True
    marked = [e for e in page.document.elements if attribute(e, "itemtype").rstrip("/").endswith("schema.org/Product")]
    return len(marked) == 1


def json_ld_products(page: ParsedPage) -> Iterator[dict[str, Json]]:
    """Products of the page's JSON-LD, at most 50."""
    count = 0
    scripts = [s for s in page.document.with_tag("script") if attribute(s, "type").lower() == "application/ld+json"]
    for script in scripts[:20]:
        for thing in _things(parse_json(script.get_text())):
            kinds = thing.get("@type")
            if "Product" in (kinds if isinstance(kinds, list) else [kinds]):
                yield thing
                count += 1
                if count == 50:
                    return


def _things(data: Json) -> Iterator[dict[str, Json]]:
    queue, seen = [data], 0
    while queue and seen < 500:
        item = queue.pop(0)
        seen += 1
        if isinstance(item, list):
            queue.extend(item[:100])
        elif isinstance(item, dict):
            yield item
            queue.extend(item.get(key) for key in ("@graph", "mainEntity", "itemListElement", "item"))


def _product_facts(product: dict[str, Json], subject: str) -> Iterator[Fact]:
    place = "JSON-LD Product"
    name = one_line(text_in(product, "name"))
    yield from fact(subject, FactKind.NAME, name, place=f"{place}/name", source=Source.META, confidence=_CONFIDENCE)
    offers = product.get("offers")
    offer = offers[0] if isinstance(offers, list) and offers else offers
    if not isinstance(offer, dict):
        return
    for key, kind in (("price", FactKind.PRICE), ("lowPrice", FactKind.PRICE), ("availability", FactKind.AVAILABLE)):
        value = _value(kind, text_in(offer, key))
        yield from fact(
            subject,
            kind,
            value,
            shown=text_in(offer, key),
            place=f"{place}/offers/{key}",
            source=Source.META,
            confidence=_CONFIDENCE,
        )
    level = offer.get("inventoryLevel")
    stock = text_in(level, "value") if isinstance(level, dict) else ""
    yield from fact(
        subject,
        FactKind.STOCK,
        stock,
        place=f"{place}/offers/inventoryLevel",
        source=Source.META,
        confidence=_CONFIDENCE,
    )


def _value(kind: FactKind, shown: str) -> str:
    if kind in (FactKind.PRICE, FactKind.ORIGINAL_PRICE):
        return yuan(shown)
    if kind is FactKind.AVAILABLE:
        word = shown.lower().replace(" ", "").replace("_", "")
        return (
            "yes"
            if word.endswith(("instock", "limitedavailability"))
            else "no"
            if word.endswith(("outofstock", "soldout", "oos", "discontinued"))
            else ""
        )
    return one_line(shown)
