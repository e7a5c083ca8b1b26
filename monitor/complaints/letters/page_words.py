"""Tells what pages showed around the order and what changed since: quotations that were shown, with both times.

Only texts that stood to be seen are quoted (no hidden text, none read from pictures). A page is known at its captures
only: every sentence names them, and says that nothing was observed between. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from monitor.changes.fact_judging import fact_of_subject
from monitor.complaints.evidence.exhibits import ROLE_ZH
from monitor.complaints.evidence.partial_captures import PARTIAL
from monitor.complaints.letters.kinds import shown_words
from monitor.complaints.letters.material import Material, day_bounds, say_exact
from monitor.complaints.letters.page_sight import Sight, is_said_of_it, is_shown, is_shown_fact, look_at, make_dense
from monitor.complaints.letters.sentences import fact, one_line
from monitor.complaints.model import CaseFile, PageAround, SeenVersion, Sentence
from monitor.complaints.routing.report_parties import Doer, author_of, doer_of
from monitor.findings.empty_pages import quote_empty
from monitor.review.model import TermFinding
from scrapers.model import Author, Fact, FactKind, Origin, Role
from storage.case import ProblemKind
from storage.model import Change, ChangeClass, ChangeStatus, Effect

_PROMISES = (
    FactKind.PRICE,
    FactKind.FACE_VALUE,
    FactKind.SPEC,
    FactKind.VALIDITY,
    FactKind.DELIVERY,
    FactKind.WARRANTY,
    FactKind.AFTER_SALES,
)
FACT_ZH = {
    FactKind.PRICE: "价格",
    FactKind.FACE_VALUE: "面值",
    FactKind.SPEC: "规格",
    FactKind.VALIDITY: "有效期",
    FactKind.DELIVERY: "发货方式",
    FactKind.WARRANTY: "质保",
    FactKind.AFTER_SALES: "售后",
}
_KIND_WORDS = {
    FactKind.PRICE: re.compile(r"价|¥|￥|元"),
    FactKind.FACE_VALUE: re.compile(r"面值"),
    FactKind.SPEC: re.compile(r"规格|数量|版本|区"),
    FactKind.VALIDITY: re.compile(r"有效|到期|期限"),
    FactKind.DELIVERY: re.compile(r"发货|交付|发卡|到账"),
    FactKind.WARRANTY: re.compile(r"质保|包换|保修"),
    FactKind.AFTER_SALES: re.compile(r"售后|退|换|赔|质保|补"),
}
_LONGEST = 120
_LEAST = 2
_MOST_PROMISES = 6
_MOST_CHANGES = 5
_MOST_CLAUSES = 8
_MOST_FEES = 2
_ASKS = ("付", "收", "缴", "交", "补", "扣")
_AUTHOR_ZH = {
    Author.PLATFORM: "（平台的说明）",
    Author.SOFTWARE: "（网站程序自带的说明）",
    Author.MERCHANT: "（店铺的说明）",
}


@dataclass(frozen=True)
class Clause:
    """An unfair or risky clause as a page showed it: the finding, where and when it was seen, the marks."""

    finding: TermFinding
    sentences: tuple[Sentence, ...]
    quote: str
    doer: Doer = Doer.SITE  # whose page or words it stands in
    own: bool = True  # seen by this tool: what a file of somebody else holds may never have been shown


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
                quote = material.clean(line, most=_LONGEST)
                if len(quote) >= _LEAST and quote not in told and len(told) < most:
                    whose = _AUTHOR_ZH.get(_author_of(seen, line), "")
                    where = f"{name_page(material, page.url, page.role)}{whose}"
                    what = f"{where}{_verb(seen)}{FACT_ZH[one.kind] if whole else '内容'}“{quote}”"
                    told[quote] = _pin(material, page, what, line)
    return tuple(told.values())


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
                quote = material.clean(line, most=_LONGEST)
                if len(quote) >= _LEAST and quote not in found and len(found) < _MOST_FEES:
                    what = f"{name_page(material, page.url, page.role)}{_told(seen)}“{quote}”"
                    found[quote] = _pin(material, page, what, line)
    if found:
        material.note("抓取的页面上有收取该费用的条款，文书已照写：争点是对方是否提示、条款是否有效，不能说“没有约定”")
    return tuple(found.values())


def find_clauses(material: Material, *, most: int = _MOST_CLAUSES) -> tuple[Clause, ...]:
    """Clauses of the page's rules nearest to the order that may be unfair, as they were shown."""
    found: dict[str, Clause] = {}
    for page in material.file.pages:
        seen = page.nearest
        if seen is None:
            continue
        sight = look_at(seen)
        for finding in seen.findings:
            whole = _clause_of(sight, finding)
            quote = material.clean(whole, most=_LONGEST)
            if not finding.quotable or len(quote) < _LEAST or finding.pattern in found or len(found) >= most:
                continue
            if finding.needs_human:
                material.note(f"条款“{finding.name}”须人工核对后再写，未写入文书")
                continue
            told = _pin(material, page, f"{name_page(material, page.url, page.role)}{_told(seen)}“{quote}”", whole)
            own = seen.origin is Origin.OWN
            found[finding.pattern] = Clause(
                finding, (told, *_soften(material, seen, finding)), quote, _doer_of(material, page, seen, finding), own
            )
    return tuple(found.values())


def find_clauses_now(material: Material, *, most: int = _MOST_CLAUSES) -> tuple[Clause, ...]:
    """Clauses that may be unfair on the pages as they were seen last: what an office can still look at."""
    found: dict[str, Clause] = {}
    for page in material.file.pages:
        seen = page.newest
        if seen is None or seen.capture == (page.nearest.capture if page.nearest else ""):
            continue
        sight = look_at(seen)
        for finding in seen.findings:
            quote = material.clean(_clause_of(sight, finding), most=_LONGEST)
            if not finding.quotable or finding.needs_human or len(quote) < _LEAST or finding.pattern in found:
                continue
            if len(found) < most:
                shown = "的抓取中显示" if seen.origin is Origin.OWN else "的文件中载有"
                what = name_page(material, page.url, page.role)
                told = fact(f"该{what}在{_when(seen)}{shown}“{quote}”", material.marks_of((seen.capture,)))
                own = seen.origin is Origin.OWN
                found[finding.pattern] = Clause(
                    finding,
                    (told, *_soften(material, seen, finding)),
                    quote,
                    _doer_of(material, page, seen, finding),
                    own,
                )
    return tuple(found.values())


def _doer_of(material: Material, page: PageAround, seen: SeenVersion, finding: TermFinding) -> Doer:
    return doer_of(material.file, page.url, page.role, author_of(seen, finding.text))


def claimed_captures(file: CaseFile) -> frozenset[str]:
    """Captures that somebody else made: what their files hold need never have been shown."""
    sides = [seen for page in file.pages for seen in (page.before, page.after, page.newest) if seen]
    return frozenset(seen.capture for seen in sides if seen.origin is not Origin.OWN)


def tell_changes(material: Material, *, most: int = _MOST_CHANGES) -> tuple[Sentence, ...]:
    """What was changed to the buyer's harm since the order, each with both captures."""
    return tuple(told for _, told in list_changes(material, most=most))


def list_changes(material: Material, *, most: int = _MOST_CHANGES) -> tuple[tuple[Change, Sentence], ...]:
    """The same, each sentence with its change."""
    told = [(change, one) for change in material.file.changes if (one := _tell_change(material, change)) is not None]
    pending = sum(1 for change in material.file.changes if change.status is ChangeStatus.PENDING)
    if pending:
        material.note(f"另有{pending}处变更只见于一次抓取，尚待再次抓取确认，没有写入文书")
    if len(told) > most:
        kept = "最近的" if material.facts.ordered_at is None else "与下单最有关的"
        material.note(f"抓取所见的变更共{len(told)}处，正文只写{kept}{most}处，其余见投诉包")
    first = sorted(range(len(told)), key=lambda place: (not _spans_order(material, told[place][0]), -place))[:most]
    return tuple(told[place] for place in sorted(first))


def _spans_order(material: Material, change: Change) -> bool:
    """Whether the order lies between the two captures of a change: what was agreed then is the dispute itself."""
    ordered = None if material.hides_order else material.facts.ordered_at
    if ordered is None or change.before_at is None:
        return False
    first, last = day_bounds(ordered)
    return change.before_at <= last and change.after_at >= first


def _tell_change(material: Material, change: Change) -> Sentence | None:
    difference = change.difference
    if change.status is not ChangeStatus.CONFIRMED or change.before_at is None or not difference.quotable:
        return None
    if difference.change_class not in (ChangeClass.RULE, ChangeClass.PRICE):
        return None
    if difference.effect not in (Effect.WORSE, Effect.MIXED):
        return None
    before = material.clean(difference.before, most=_LONGEST)
    after = material.clean(difference.after, most=_LONGEST)
    marks = material.marks_of((change.before_capture, change.after_capture))
    if not (before or after) or len(marks) < 2:
        return None
    what = name_page(material, change.page.url, change.page.role, short=True)
    shown_fact = fact_of_subject(difference.subject)
    if shown_fact is not None and shown_fact[0] in FACT_ZH:
        what += f"所列的{FACT_ZH[shown_fact[0]]}"
    then = f"显示“{before}”" if before else f"没有下述内容{_half(material, change.before_capture)}"
    now = f"显示“{after}”" if after else f"已不见该内容{_half(material, change.after_capture)}"
    whose = "店铺" if doer_of(material.file, change.page.url, change.page.role) is Doer.SHOP else "平台"
    seen = f"该{whose}{what}在{say_exact(change.before_at)}的抓取中{then}，在{say_exact(change.after_at)}的抓取中{now}"
    tail = "，变更在下单之前还是之后不能断定" if _spans_order(material, change) else ""
    since, also = _tell_since(material, change, before, after)
    return fact(f"{seen}，间隔期间未观察{tail}{since}", (*marks, *also))


def _tell_since(material: Material, change: Change, before: str, after: str) -> tuple[str, tuple[str, ...]]:
    """What the newest capture shows of a change that did not last: added and gone again, or taken away and back."""
    difference = change.difference
    for page in material.file.pages:
        newest = page.newest
        same = newest is not None and (page.url, page.vantage) == (change.page.url, change.page.vantage)
        if newest is None or not same or newest.seen_at <= change.after_at or newest.origin is not Origin.OWN:
            continue
        told = []
        empty = material.clean(quote_empty(newest.reading), most=_LONGEST)
        if empty:  # an error, or goods taken down: what was changed is neither kept by it nor taken back
            told.append(f"该页面只显示“{empty}”")
        elif after and stands(newest, change, difference.after) is False:
            told.append("已不见变更后的内容")
        if not empty and before and stands(newest, change, difference.before) is True:
            told.append("又显示变更前的内容")
        marks = material.marks_of((newest.capture,))
        if told and marks:
            return f"；其后在{say_exact(newest.seen_at)}的抓取中{'，'.join(told)}", marks
    return "", ()


def stands(seen: SeenVersion, change: Change, text: str) -> bool | None:
    """Whether a version shows one side of a change: a value as the same fact, words as whole sentences.

    None where it cannot be told: words that stand in it, but in another sentence.
    """
    named = fact_of_subject(change.difference.subject)
    if named is not None:
        same = [one for one in seen.reading.facts if (one.kind, one.qualifier) == named and is_shown_fact(one)]
        values = {make_dense(value) for one in same for value in (one.value, one.shown)}
        return make_dense(text) in values if same else None
    sight = look_at(seen)
    return True if sight.holds(text) else None if sight.shows(text) else False


def name_page(material: Material, url: str, role: Role, *, short: bool = False) -> str:
    """A page as a sentence calls it: with its host where the pages of the case lie on several, or not on the told one.

    `short` leaves out 该, where the sentence has a word of its own before it.
    """
    hosts = {_host(page.url) for page in material.file.pages} | {_host(one.page.url) for one in material.file.changes}
    told = _host(material.facts.url)
    host = _host(url)
    if not host or (len(hosts) < 2 and told in ("", host)):
        return ROLE_ZH[role]
    return f"（{host}）{ROLE_ZH[role]}" if short else f"网站{host}的{ROLE_ZH[role]}"


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "") if "//" in url else ""


def list_hosts(material: Material) -> tuple[str, ...]:
    """The hosts of the pages that a letter may tell of, that of the case first."""
    told = [_host(material.facts.url), *(_host(page.url) for page in material.file.pages)]
    return tuple(dict.fromkeys(one for one in told if one))


def _soften(material: Material, seen: SeenVersion, finding: TermFinding) -> Iterator[Sentence]:
    """What the same page says that softens the clause: left out, it would be held against the writer."""
    for text in (*finding.exceptions, *finding.counter_evidence)[:2]:
        quote = material.clean(look_at(seen).whole(text), most=_LONGEST)
        if quote:
            yield fact(f"同一页面另有“{quote}”的表述", material.marks_of((seen.capture,)))


def _clause_of(sight: Sight, finding: TermFinding) -> str:
    """A clause as the whole sentence that holds it; "" where it was not to be seen, or is only quoted or taken back."""
    whole = sight.whole(finding.text)
    lines = [line for line in finding.text.splitlines() if line.strip()]
    return whole.rstrip("。") if whole and all(is_said_of_it(line, whole) or len(lines) > 1 for line in lines) else ""


def _promises_of(sight: Sight, one: Fact) -> Iterator[tuple[str, bool]]:
    """The sentences of a promise that stood to be seen, each by itself, and whether it is the promise as it was read.

    A reader may join what the page sets apart: then nobody knows which of the sentences is of its kind.

    Words of a review or in quotation marks are no promise of the page's own.
    """
    if one.kind not in _PROMISES or not is_shown_fact(one):
        return
    whole = one.shown or one.value
    dense = make_dense(whole)
    pieces = [told for unit, told in sight.units.items() if len(unit) >= _LEAST and unit in dense]
    if any(dense in unit for unit in sight.units) or len(pieces) < 2:
        pieces = [told for line in whole.splitlines() if (told := sight.whole(line))]
    for told in pieces:
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


def _told(seen: SeenVersion) -> str:
    return "写明" if seen.origin is Origin.OWN else "的存档文件（他人提供）中载有"


def _pin(material: Material, page: PageAround, what: str, quote: str) -> Sentence:
    """One quotation with the captures that showed it, and nothing said of the time between them."""
    before, after = page.before, page.after
    ordered = None if material.hides_order else material.facts.ordered_at
    told = f"该{what}" if not what.startswith("该") else what
    sides = [one for one in (before, after) if one is not None]
    if ordered is not None and any(_may_be_either(ordered, one) for one in sides):
        seen = [one for one in sides if look_at(one).holds(quote)] or sides[:1]
        times, marks = "、".join(_when(one) for one in seen), material.marks_of(one.capture for one in sides)
        gone = "".join(
            f"，在{_when(one)}{_held(one)}{_otherwise(material, one, quote)}" for one in sides if one not in seen
        )
        tail = "下单只知日期、时刻不详，各次抓取在下单之前还是之后不能断定，间隔期间未观察"
        return fact(f"{told}，在{times}{_held(seen[0])}{_appears(seen[0])}{gone}，{tail}", marks)
    if before is None:
        assert after is not None
        tail = "下单时的内容未观察" if ordered else "此前的内容未观察"
        last = f"最早在{_when(after)}{_held(after)}{_appears(after)}"
        return fact(f"{told}，{last}，{tail}", material.marks_of((after.capture,)))
    if ordered is not None and before.seen_at == ordered:
        return fact(f"{told}，在{_when(before)}{_held(before)}{_appears(before)}", material.marks_of((before.capture,)))
    if after is None:
        tail = "下单时的内容未观察" if ordered else "此后的内容未观察"
        last = f"最后在{_when(before)}{_held(before)}{_appears(before)}，其后没有读到内容的抓取，{tail}"
        return fact(f"{told}，{last}", material.marks_of((before.capture,)))
    marks = material.marks_of((before.capture, after.capture))
    same = look_at(after).holds(quote)
    if same and before.origin is after.origin is Origin.OWN:
        inside = {before.capture, after.capture} & material.extra.logged_in
        login = "（其中一次为登录状态）" if len(inside) == 1 else ""
        return fact(f"{told}，在{_when(before)}、{_when(after)}两次抓取中均显示{login}，间隔期间未观察", marks)
    first = f"{told}，在{_when(before)}{_held(before)}{_appears(before)}，在{_when(after)}{_held(after)}"
    if same:
        return fact(f"{first}{_appears(after)}，间隔期间未观察", marks)
    tail = f"间隔期间未观察，{'下单时' if ordered else '其间'}显示的是哪一种不能断定"
    return fact(f"{first}{_otherwise(material, after, quote)}，{tail}", marks)


def _otherwise(material: Material, seen: SeenVersion, quote: str) -> str:
    """What a version shows that does not show a sentence: another one with the same words, or none of it."""
    empty = material.clean(quote_empty(seen.reading), most=_LONGEST)
    if empty:  # an error, or goods taken down: it takes no promise back
        return f"该页面只显示“{empty}”"
    now = material.clean(look_at(seen).instead(quote), most=_LONGEST)
    return f"该句为“{now}”" if now else f"没有找到{_half(material, seen.capture)}"


def _half(material: Material, capture: str) -> str:
    """That what a capture does not show may stand on the page all the same, where it ended half done."""
    return f"（该次{PARTIAL}）" if capture in material.file.partial else ""


def _may_be_either(ordered: datetime, seen: SeenVersion) -> bool:
    """Whether nobody can say on which side of an order that is known by its day a capture lies."""
    first, last = day_bounds(ordered)
    return first < last and first <= seen.seen_at <= last


def _held(seen: SeenVersion) -> str:
    return "抓取中" if seen.origin is Origin.OWN else "的文件中"


def _appears(seen: SeenVersion) -> str:
    return "显示" if seen.origin is Origin.OWN else "载有"


def _when(seen: SeenVersion) -> str:
    told = say_exact(seen.seen_at)
    return told if seen.origin is Origin.OWN else f"{told}（他人提供的存档，时间为其声称）"
