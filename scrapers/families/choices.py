"""The choices of a product's form, each with a price: options, radio buttons and buttons.

Takes elements; gives variant prices. What stands in an attribute (data-price) carries that source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from bs4 import Tag

from scrapers.document import Document
from scrapers.dom import attribute, line_of, place_of
from scrapers.families.findings import fact
from scrapers.model import Fact, FactKind, Source
from scrapers.money import find_prices, yuan
from scrapers.text import one_line

_VARIANT = re.compile(r"sku|spec|variant|race|option|tag|radio|choice|plan|package", re.I)
_PRICE_ATTRIBUTES = ("data-price", "price", "data-money", "data-amount", "data-sku-price")
_CHOICE_TAGS = frozenset({"option", "button", "label", "input", "li", "a", "span", "div"})
_NO_CHOICE = re.compile(r"^(?:-+|请?(?:先)?选择|全部|不限|无|none|select)", re.I)
_STOCK = re.compile(r"\s*[（(【\[]\s*(?:库存|剩余|stock|缺货|售罄|有货)[^）)】\]]{0,20}[）)】\]]\s*$", re.I)
_MOST = 500


def choice_facts(document: Document, subject: str, without: frozenset[int]) -> Iterator[Fact]:
    """Prices of the choices that carry one in an attribute or, as an option, in their text; the first is the price."""
    first = ""
    covered = document.covered(without)
    for element in islice(document.named_inside(document.body, _CHOICE_TAGS), 6000):
        key = next((name for name in _PRICE_ATTRIBUTES if name in element.attrs), "") if element.attrs else ""
        if (not key and element.name != "option") or id(element) in covered:
            continue
        text = one_line(document.words_of(element))[:120]
        prices = find_prices(text)
        price = yuan(attribute(element, key)) if key else prices[0].value if prices else ""
        name = _name_in(element, text)
        if not price or not name or price == "0":
            continue
        where = f"{place_of(element)}[{key}]" if key else place_of(element)
        source = Source.ATTRIBUTE if key else Source.TEXT
        yield from fact(
            subject,
            FactKind.VARIANT_PRICE,
            price,
            shown=attribute(element, key) or text,
            qualifier=name,
            place=where,
            source=source,
            confidence=0.75,
        )
        if not first:
            first = price
            yield from fact(
                subject, FactKind.PRICE, price, shown=f"{name} {price}", place=where, source=source, confidence=0.45
            )


def name_of_choice(element: Tag, shown: str) -> str:
    """The name of the choice that a price stands in: a button of a form with a name and a price."""
    for node in (element, *list(element.parents)[:2]):
        if node.name in ("button", "label", "li", "a", "span", "div") and _VARIANT.search(attribute(node, "class")):
            text = line_of(node)
            name = text.replace(shown, "").strip(" ：:-") if text != shown else ""
            for price in find_prices(text):
                name = name.replace(price.shown, "").strip(" ：:-")
            if 1 <= len(name) <= 40:
                return name
    return ""


def _name_in(element: Tag, text: str) -> str:
    """The name of a choice: its text without price and stock; of a field, the text of its label."""
    if element.name == "input":
        label = element.find_parent("label")
        text = one_line(label.get_text())[:120] if label is not None else attribute(element, "title")
    for price in find_prices(text):
        text = text.replace(price.shown, " ")
    name = _STOCK.sub("", one_line(text)).strip(" ：:-—|（()）,，")
    return "" if not name or len(name) > 60 or _NO_CHOICE.match(name) else name
