"""What a page's JSON-LD says of the organisation that runs it: its name, its code, how to reach it.

Takes the text of a script of type application/ld+json; gives (kind, value, shown). Organisations that stand there as
somebody else (brand, maker, author of a review, member) are passed over. Pure, bounded in length, depth and count.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from scrapers.identifiers.checks import problem_of

_LONGEST = 100_000
_DEEPEST = 6
_MOST = 300
_KINDS = re.compile(
    r"Organi[sz]ation|Corporation|LocalBusiness|(?:Online|Computer|Electronics|Department|Mobile\w{0,8})?Store|"
    r"OnlineBusiness|ContactPoint|ProfessionalService|Company"
)
_OTHER_KEYS = (
    "brand manufacturer author review reviews reviewedby member memberof sponsor funder parentorganization partner "
    "affiliation worksfor paymentaccepted itemlistelement comment potentialaction provider"
)
_OTHERS = frozenset(_OTHER_KEYS.split())
_COMPANY = re.compile(
    r"[\u3400-\u9fffA-Za-z0-9·()（）]{2,40}(?:公司|工作室|商行|经营部|合伙企业|事务所)(?:[(（]个体工商户[)）])?"
)
_CODES = ("taxid", "vatid", "leicode", "uscc", "identifier", "creditcode", "registrationnumber")


def find_organisations(script: str) -> Iterator[tuple[str, str, str]]:
    """The names, codes and contacts of the organisations in one JSON-LD script; none where it is no JSON."""
    text = script.strip()
    if not text or len(text) > _LONGEST or text.count("[") + text.count("{") > 4 * _MOST:
        return
    try:
        told: object = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return  # not to be read by anybody: browsers and search engines pass over it as well
    left: list[tuple[object, int]] = [(told, 0)]
    for _ in range(_MOST):
        if not left:
            return
        part, depth = left.pop(0)
        if depth > _DEEPEST:
            continue
        if isinstance(part, list):
            left += [(one, depth + 1) for one in part[:_MOST]]
        elif isinstance(part, dict):
            if _is_organisation(part):
                yield from _of_organisation(part)
            left += [(value, depth + 1) for key, value in part.items() if key.lower() not in _OTHERS]


def _is_organisation(part: dict[str, object]) -> bool:
    kinds = part.get("@type")
    named = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and _KINDS.fullmatch(kind.rpartition("/")[2]) for kind in named[:5])


def _of_organisation(part: dict[str, object]) -> Iterator[tuple[str, str, str]]:
    for key, value in part.items():
        name = key.lower()
        for text in _texts(value):
            shown = f"{key}: {text}"[:300]
            if name in ("name", "legalname") and _COMPANY.fullmatch(text):
                yield "company", text, shown
            elif name == "email" and "@" in text:
                yield "email", text.removeprefix("mailto:"), shown
            elif name in ("telephone", "phone"):
                yield from ((kind, number, shown) for kind, number in _telephone(text))
            elif name in _CODES and len(text) == 18 and not problem_of("uscc", text.upper()):
                yield "uscc", text.upper(), shown


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):  # {"@type": "PropertyValue", "value": "..."}
        value = value.get("value")
    values = value if isinstance(value, list) else [value]
    return [text.strip()[:200] for text in values[:20] if isinstance(text, str)]


def _telephone(text: str) -> Iterator[tuple[str, str]]:
    digits = re.sub(r"[^0-9]", "", text)
    digits = re.sub(r"\A(?:00)?86(?=1[3-9][0-9]{9}\Z|400[0-9]{7}\Z)", "", digits)
    if re.fullmatch(r"1[3-9][0-9]{9}", digits):
        yield "mobile", digits
    elif re.fullmatch(r"400[0-9]{7}", digits):
        yield "tel400", digits
