"""Contacts and licences that a page gives: QQ, 微信, groups, mail, telephone; ICP, 公安备案, company.

Takes text and elements; gives facts about the shop itself. What is found is a copyable text, never a proof of who
runs the shop. Several values of one kind are sorted and joined by ", ", so that their order never is a change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

from bs4 import Tag

from scrapers.dom import ParsedPage, attribute, line_of, place_of
from scrapers.model import Fact, FactKind, Source

_PROVINCE = "京津沪渝冀豫云滇辽黑湘皖鲁新苏浙赣鄂桂甘陇晋蒙陕吉闽贵黔粤川蜀青藏琼宁"
_SEPARATOR = r"\s{0,3}(?:号码|号|客服|群号)?\s{0,3}[:：]?\s{0,3}"
_WORD = "A-Za-z0-9_-"  # not \w, which holds Chinese: a mail address and the next label often touch
_CONTACTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("group", re.compile(rf"(?:[Qq]{{2}}|扣扣|交流|售后|官方|客户|用户|通知)\s?群{_SEPARATOR}([1-9]\d{{5,10}})(?!\d)")),
    ("qq", re.compile(rf"(?:[Qq]\s?[Qq]|扣扣|企鹅){_SEPARATOR}([1-9]\d{{4,10}})(?!\d)")),
    (
        "wechat",
        re.compile(
            rf"(?:微信|WeChat|VX|V信|wx)(?:号|客服)?\s{{0,3}}[:：]\s{{0,3}}([A-Za-z][{_WORD}]{{5,19}}|1[3-9]\d{{9}})(?![{_WORD}])",
            re.I,
        ),
    ),
    (
        "telegram",
        re.compile(
            r"(?:(?:https?://)?t\.me/|(?:TG|Telegram|电报|飞机)(?:群|频道|客服|号)?\s{0,3}[:：]\s{0,3}@?|(?:TG|Telegram|电报)\s{0,3}@)"
            rf"(\+?[A-Za-z][+{_WORD}]{{3,40}})",
            re.I,
        ),
    ),
    (
        "email",
        re.compile(
            rf"(?<![.+{_WORD}])([A-Za-z0-9][.+{_WORD}]{{0,62}}@[A-Za-z0-9-]{{1,62}}(?:\.[A-Za-z0-9-]{{1,62}}){{1,4}})"
        ),
    ),
    (
        "phone",
        re.compile(
            r"(?:电话|手机|热线|致电|Tel)(?:号码|号)?\s{0,3}[:：]?\s{0,3}"
            r"(\+?(?:86[- ]?)?1[3-9]\d{9}|400[- ]?\d{3}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8})(?!\d)",
            re.I,
        ),
    ),
)
_LICENCES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("police", re.compile(rf"([{_PROVINCE}]?)\s?公网安备\s{{0,3}}(\d{{11,14}})\s{{0,3}}号?")),
    (
        "icp",
        re.compile(
            rf"([{_PROVINCE}])\s?ICP\s?([备证])\s{{0,3}}(?:字)?第?\s{{0,3}}(\d{{6,12}})\s{{0,3}}号?\s{{0,3}}(-\s?\d{{1,4}})?",
            re.I,
        ),
    ),
    ("telecom", re.compile(rf"([{_PROVINCE}]?\s?B[12]\s?-\s?\d{{8}})(?!\d)")),
    ("uscc", re.compile(r"信用代码\s{0,3}[:：]?\s{0,3}([0-9A-HJ-NPQRTUWXY]{18})(?![0-9A-Z])")),
    (
        "company",
        re.compile(
            r"([\u4e00-\u9fa5（）()]{4,30}?(?:有限责任公司|股份有限公司|有限公司|工作室|经营部|商行|科技中心))(?![\u4e00-\u9fa5])"
        ),
    ),
)
_COMPANY_LEAD = re.compile(r"^.*?(?:版权所有|公司名称|主体|运营方|运营|主办单位|经营者|本站由|由|归|属于|所有)")
_MAIL_END = re.compile(r"[.\-]+$")
_FOOTERS = ("footer", "hyper-footer", "shop-footer", "site-footer", "copyright", "beoan_box", "bottom")


def find_contacts(text: str) -> dict[str, tuple[str, ...]]:
    """Contacts in a text by kind, each kind sorted; at most 20 of a kind."""
    found: dict[str, set[str]] = {}
    for kind, pattern in _CONTACTS:
        for match in pattern.finditer(text[:200_000]):
            found.setdefault(kind, set()).add(_MAIL_END.sub("", match.group(1)))
    return {kind: tuple(sorted(values)[:20]) for kind, values in found.items()}


def find_licences(text: str) -> dict[str, tuple[str, ...]]:
    """Licence numbers and company names in a text by kind, in one spelling, each kind sorted."""
    found: dict[str, set[str]] = {}
    for kind, pattern in _LICENCES:
        for match in pattern.finditer(text[:200_000]):
            found.setdefault(kind, set()).add(_spell_licence(kind, match))
    return {kind: tuple(sorted(value for value in values if value)[:20]) for kind, values in found.items()}


def shop_facts(page: ParsedPage, texts: Iterable[tuple[str, str, Source]]) -> tuple[Fact, ...]:
    """Contacts and licences of the shop from texts (text, place, source), the page's footer and its contact links."""
    contacts: dict[str, dict[str, tuple[str, Source]]] = {}
    licences: dict[str, dict[str, tuple[str, Source]]] = {}
    footers = [(line_of(element), place_of(element), Source.TEXT) for element in find_footers(page)]
    for text, place, source in (*texts, *footers):
        for kind, values in find_contacts(text).items():
            for value in values:
                contacts.setdefault(kind, {}).setdefault(value, (place, source))
    for text, place, source in footers:
        for kind, values in find_licences(text).items():
            for value in values:
                licences.setdefault(kind, {}).setdefault(value, (place, source))
    for kind, value, place in _linked_contacts(page):
        contacts.setdefault(kind, {}).setdefault(value, (place, Source.ATTRIBUTE))
    return (
        *(_joined(FactKind.CONTACT, kind, values) for kind, values in sorted(contacts.items())),
        *(_joined(FactKind.LICENCE, kind, values) for kind, values in sorted(licences.items()) if values),
    )


def find_footers(page: ParsedPage) -> list[Tag]:
    """The outermost footers of the page, at most five."""
    document = page.document
    by_id = [document.by_id[name] for name in ("footer", "bottom") if name in document.by_id]
    found = [*document.with_tag("footer"), *document.with_class(*_FOOTERS), *by_id][:20]
    found = list({id(element): element for element in found}.values())
    inner = {id(element) for element in found}
    return [e for e in found if not any(id(p) in inner or p.name == "article" for p in e.parents)][:5]


def _spell_licence(kind: str, match: re.Match[str]) -> str:
    if kind == "police":
        return f"{match.group(1)}公网安备{match.group(2)}号"
    if kind == "icp":
        return f"{match.group(1)}ICP{match.group(2)}{match.group(3)}号{(match.group(4) or '').replace(' ', '')}"
    text = match.group(1).replace(" ", "")
    if kind != "company":
        return text
    name = _COMPANY_LEAD.sub("", text)
    return "" if "的" in name or len(name) < 6 else name


def _linked_contacts(page: ParsedPage) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    for link in page.document.with_tag("a")[:3000]:
        target = attribute(link, "href").strip()
        lowered = target.lower()
        if lowered.startswith("mailto:"):
            found.append(("email", target[7:].split("?")[0], place_of(link)))
        elif lowered.startswith("tel:"):
            found.append(("phone", target[4:], place_of(link)))
        elif "wpa.qq.com" in lowered or lowered.startswith("tencent:") or "uin=" in lowered:
            numbers = _query(target, "uin")
            found += [("qq", number, place_of(link)) for number in numbers if number.isdigit()]
        elif "//t.me/" in lowered:
            name = urlsplit(target).path.strip("/").split("/")[0]
            if name and name.lower() != "share":
                found.append(("telegram", name, place_of(link)))
    return [item for item in found[:50] if item[1]]


def _query(target: str, name: str) -> list[str]:
    try:
        return [value.strip() for value in parse_qs(urlsplit(target).query, max_num_fields=50).get(name, [])]
    except ValueError:
        return []


def _joined(fact_kind: FactKind, kind: str, values: dict[str, tuple[str, Source]]) -> Fact:
    ordered = sorted(values)
    place, source = values[ordered[0]]
    text = ", ".join(ordered)
    return Fact("", fact_kind, text, text, qualifier=kind, place=place, source=source, confidence=0.9)
