"""Tells what the product's pages promised around the order, and what they say of a fee beyond the price.

Only what stood to be seen is quoted, each sentence by itself; words of a review are no promise of the page's own. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from monitor.complaints.letters.kinds import shown_words
from monitor.complaints.letters.material import Material
from monitor.complaints.letters.page_clauses import Clause
from monitor.complaints.letters.page_names import FACT_ZH, name_page
from monitor.complaints.letters.page_sight import Sight, is_said_of_it, is_shown, is_shown_fact, look_at, make_dense
from monitor.complaints.letters.page_sightings import LEAST, LONGEST, pin_quote, say_told
from monitor.complaints.letters.sentences import one_line
from monitor.complaints.model import SeenVersion, Sentence
from monitor.complaints.routing.filing_words import denied_rows
from scrapers.model import Author, Fact, FactKind, Origin, Role
from storage.case import ProblemKind

_PROMISES = (
    FactKind.PRICE,
    FactKind.FACE_VALUE,
    FactKind.SPEC,
    FactKind.VALIDITY,
    FactKind.DELIVERY,
    FactKind.WARRANTY,
    FactKind.AFTER_SALES,
)
_KIND_WORDS = {
    FactKind.PRICE: re.compile(r"价|¥|￥|元"),
    FactKind.FACE_VALUE: re.compile(r"面值"),
    FactKind.SPEC: re.compile(r"规格|数量|版本|区"),
    FactKind.VALIDITY: re.compile(r"有效|到期|期限"),
    FactKind.DELIVERY: re.compile(r"发货|交付|发卡|到账"),
    FactKind.WARRANTY: re.compile(r"质保|包换|保修"),
    FactKind.AFTER_SALES: re.compile(r"售后|退|换|赔|质保|补"),
}
_MOST_PROMISES = 6
_MOST_FEES = 2
_MOST_LIMITS = 3
_LIMITS = re.compile(
    r"共享|多人|合租|拼车|非独享|仅限|只限|限[^，。；]{0,6}(?:区|地区|账号|使用)|区(?:使用|专用|账号)|勿(?!忧)|不支持|不含|不包|不可|不退|不换"
    r"|以[^，。；]{1,10}为准|慎拍|概不|恕不|顺延|质保[^，。；]{0,4}(?:不|无)"
)
_ASKED = re.compile(r"^\s*(?:问|Q)\s*[：:]|[？?]\s*$")
_ASKS = ("付", "收", "缴", "交", "补", "扣")
_AUTHOR_ZH = {
    Author.PLATFORM: "（平台的说明）",
    Author.SOFTWARE: "（网站程序自带的说明）",
    Author.MERCHANT: "（店铺的说明）",
}


def tell_promises(material: Material, *, most: int = _MOST_PROMISES) -> tuple[Sentence, ...]:
    """What the product's page promised around the order."""
    told: dict[str, Sentence] = {}
    for page in material.file.pages:
        seen = page.nearest
        if seen is None or page.role not in (Role.PRODUCT, Role.ORDER, Role.TERMS):
            continue
        sight = look_at(seen)
        for one in seen.reading.facts:
            for line, whole in _promises_of(sight, one):
                quote = material.clean(line, most=LONGEST)
                if len(quote) >= LEAST and quote not in told and len(told) < most:
                    whose = _AUTHOR_ZH.get(_author_of(seen, line), "")
                    where = f"{name_page(material, page.url, page.role)}{whose}"
                    what = f"{where}{_verb(seen)}{FACT_ZH[one.kind] if whole else '内容'}“{quote}”"
                    told[quote] = pin_quote(material, page, what, line)
    return tuple(told.values())


def tell_shown(
    material: Material, *, most: int = _MOST_PROMISES, beside: Iterable[Clause] = ()
) -> tuple[Sentence, ...]:
    """What the pages promised, and beside it what limits that: a promise without its limit would mislead.

    `beside` are the clauses that the same letter quotes elsewhere.
    """
    promises = tell_promises(material, most=most)
    quoted = "\n".join(make_dense(one.text) for one in promises)
    clauses = [make_dense(one.quote) for one in beside]
    limits = _find_limits(material)
    return (
        *promises,
        *(
            one
            for quote, one in limits.items()
            if make_dense(quote).rstrip("。；") not in quoted and not _is_in(quote, clauses)
        ),
    )


def _is_in(quote: str, clauses: list[str]) -> bool:
    """Whether a sentence is quoted among the clauses already."""
    dense = make_dense(quote).rstrip("。；")
    return any(dense in one or one in dense for one in clauses)


def _find_limits(material: Material, *, most: int = _MOST_LIMITS) -> dict[str, Sentence]:
    """Limits of the goods on their page, and rules of the matter that the seller's answer names, by their words.

    Whoever answers the letter shows the page anyway.
    """
    told: dict[str, Sentence] = {}
    for page in material.file.pages:
        seen = page.nearest
        if seen is None or page.role not in (Role.PRODUCT, Role.ORDER, Role.TERMS):
            continue
        for line in look_at(seen).units.values():
            if not (_limits(line, page.role) or _is_answered_by(material, line)):
                continue
            quote = material.clean(line, most=LONGEST)
            if len(quote) >= LEAST and quote not in told and len(told) < most:
                what = f"{name_page(material, page.url, page.role)}{say_told(seen)}“{quote}”"
                told[quote] = pin_quote(material, page, what, line)
    return told


def _limits(line: str, role: Role) -> bool:
    """Whether a line of the goods' own page limits them."""
    return role in (Role.PRODUCT, Role.ORDER) and _LIMITS.search(line) is not None and _ASKED.search(line) is None


def _is_answered_by(material: Material, line: str) -> bool:
    """Whether a line is of the matter that the seller's answer names: 没录屏不售后 and a rule on recording."""
    reply = material.facts.seller_reply
    return any(said.search(reply) and shown.search(line) for said, shown in denied_rows())


def find_fee_terms(material: Material) -> tuple[Sentence, ...]:
    """What captured pages say of the fee that the seller asks beyond the price: left out, he would show it."""
    facts, found = material.facts, dict[str, Sentence]()
    name = one_line(facts.extra_name)
    if facts.extra_asked is None and not name and facts.problem is not ProblemKind.EXTRA_FEE:
        return ()
    words = tuple(word for word in (name, *shown_words("fee")) if word)
    for page in material.file.pages:
        for seen in (page.before, page.after):
            if seen is None:
                continue
            for line in look_at(seen).units.values():
                if not (any(word in line for word in words) and any(sign in line for sign in _ASKS)):
                    continue
                quote = material.clean(line, most=LONGEST)
                if len(quote) >= LEAST and quote not in found and len(found) < _MOST_FEES:
                    what = f"{name_page(material, page.url, page.role)}{say_told(seen)}“{quote}”"
                    found[quote] = pin_quote(material, page, what, line)
    if found:
        material.note("抓取的页面上有收取该费用的条款，文书已照写：争点是对方是否提示、条款是否有效，不能说“没有约定”")
    return tuple(found.values())


def _promises_of(sight: Sight, one: Fact) -> Iterator[tuple[str, bool]]:
    """The sentences of a promise that stood to be seen, each by itself, and whether it is the promise as it was read.

    A reader may join what the page sets apart: then nobody knows which of the sentences is of its kind.

    Words of a review or in quotation marks are no promise of the page's own.
    """
    if one.kind not in _PROMISES or not is_shown_fact(one):
        return
    whole = one.shown or one.value
    dense = make_dense(whole)
    pieces = [told for unit, told in sight.units.items() if len(unit) >= LEAST and unit in dense]
    if any(dense in unit for unit in sight.units) or len(pieces) < 2:
        pieces = [told for line in whole.splitlines() if (told := sight.whole(line))]
    for told in pieces:
        if _ASKED.search(told):
            continue  # a question promises nothing
        if is_said_of_it(whole if make_dense(whole) in make_dense(told) else told, told):
            yield told, len(pieces) == 1 or bool(_KIND_WORDS[one.kind].search(told))


def _author_of(seen: SeenVersion, line: str) -> Author:
    """Whose words a line is: by its block, or as it says itself (平台承诺：……)."""
    if make_dense(line).startswith("平台"):
        return Author.PLATFORM
    return next(
        (one.author for one in seen.reading.blocks if is_shown(one) and make_dense(line) in make_dense(one.text)),
        Author.UNKNOWN,
    )


def _verb(seen: SeenVersion) -> str:
    return "所示" if seen.origin is Origin.OWN else "的存档文件（他人提供）中载有的"
