"""Tells what pages showed around the order and what changed since: quotations that were shown, with both times.

Only texts that stood to be seen are quoted (no hidden text, none read from pictures). A page is known at its captures
only: every sentence names them, and says that nothing was observed between. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.complaints.evidence.exhibits import ROLE_ZH
from monitor.complaints.letters.material import Material, say_exact
from monitor.complaints.letters.sentences import fact, one_line
from monitor.complaints.model import PageAround, SeenVersion, Sentence
from monitor.review.model import TermFinding
from scrapers.model import Fact, FactKind, Origin, Role, Source
from storage.model import Change, ChangeClass, ChangeStatus, Effect

_SHOWN = (Source.TEXT, Source.POPUP)
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
_LONGEST = 120
_LEAST = 2
_MOST_PROMISES = 6
_MOST_CHANGES = 5
_MOST_CLAUSES = 8


@dataclass(frozen=True)
class Clause:
    """An unfair or risky clause as a page showed it: the finding, where and when it was seen, the marks."""

    finding: TermFinding
    sentences: tuple[Sentence, ...]
    quote: str


def tell_promises(material: Material, *, most: int = _MOST_PROMISES) -> tuple[Sentence, ...]:
    """What the product's page promised around the order."""
    told: dict[str, Sentence] = {}
    for page in material.file.pages:
        seen = page.nearest
        if seen is None or page.role not in (Role.PRODUCT, Role.ORDER, Role.TERMS):
            continue
        for one in seen.reading.facts:
            quote = _quote_of(material, one)
            if quote and quote not in told and len(told) < most:
                what = f"{ROLE_ZH[page.role]}所示{FACT_ZH[one.kind]}“{quote}”"
                told[quote] = _pin(material, page, what, one.shown or one.value)
    return tuple(told.values())


def find_clauses(material: Material, *, most: int = _MOST_CLAUSES) -> tuple[Clause, ...]:
    """Clauses of the page's rules nearest to the order that may be unfair, as they were shown."""
    found: dict[str, Clause] = {}
    for page in material.file.pages:
        seen = page.nearest
        if seen is None:
            continue
        for finding in seen.findings:
            quote = material.clean(finding.text, most=_LONGEST)
            if not finding.quotable or len(quote) < _LEAST or finding.pattern in found or len(found) >= most:
                continue
            if not _shows(seen, finding.text):
                continue
            if finding.needs_human:
                material.note(f"条款“{finding.name}”须人工核对后再写，未写入文书")
                continue
            told = _pin(material, page, f"{ROLE_ZH[page.role]}写明“{quote}”", finding.text)
            found[finding.pattern] = Clause(finding, (told, *_soften(material, seen, finding)), quote)
    return tuple(found.values())


def find_clauses_now(material: Material, *, most: int = _MOST_CLAUSES) -> tuple[Clause, ...]:
    """Clauses that may be unfair on the pages as they were seen last: what an office can still look at."""
    found: dict[str, Clause] = {}
    for page in material.file.pages:
        seen = page.newest
        if seen is None or seen.capture == (page.nearest.capture if page.nearest else ""):
            continue
        for finding in seen.findings:
            quote = material.clean(finding.text, most=_LONGEST)
            if not finding.quotable or finding.needs_human or len(quote) < _LEAST or finding.pattern in found:
                continue
            if len(found) < most and _shows(seen, finding.text):
                told = fact(
                    f"该{ROLE_ZH[page.role]}在{_when(seen)}的抓取中显示“{quote}”", material.marks_of((seen.capture,))
                )
                found[finding.pattern] = Clause(finding, (told, *_soften(material, seen, finding)), quote)
    return tuple(found.values())


def tell_changes(material: Material, *, most: int = _MOST_CHANGES) -> tuple[Sentence, ...]:
    """What was changed to the buyer's harm since the order, each with both captures."""
    told = [one for change in material.file.changes if (one := _tell_change(material, change)) is not None]
    pending = sum(1 for change in material.file.changes if change.status is ChangeStatus.PENDING)
    if pending:
        material.note(f"另有{pending}处变更只见于一次抓取，尚待再次抓取确认，没有写入文书")
    if len(told) > most:
        material.note(f"抓取所见的变更共{len(told)}处，正文只写最近的{most}处，其余见投诉包")
    return tuple(told[-most:])


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
    what = ROLE_ZH[change.page.role]
    then = f"显示“{before}”" if before else "没有下述内容"
    now = f"显示“{after}”" if after else "已不见该内容"
    seen = f"该平台{what}在{say_exact(change.before_at)}的抓取中{then}，在{say_exact(change.after_at)}的抓取中{now}"
    ordered = None if material.hides_order else material.facts.ordered_at
    unsure = ordered is not None and change.before_at < ordered < change.after_at
    tail = "，变更在下单之前还是之后不能断定" if unsure else ""
    return fact(f"{seen}，间隔期间未观察{tail}", marks)


def _soften(material: Material, seen: SeenVersion, finding: TermFinding) -> Iterator[Sentence]:
    """What the same page says that softens the clause: left out, it would be held against the writer."""
    for text in (*finding.exceptions, *finding.counter_evidence)[:2]:
        quote = material.clean(text, most=_LONGEST)
        if quote and _shows(seen, text):
            yield fact(f"同一页面另有“{quote}”的表述", material.marks_of((seen.capture,)))


def _quote_of(material: Material, one: Fact) -> str:
    if one.kind not in _PROMISES or one.source not in _SHOWN:
        return ""
    quote = material.clean(one.shown or one.value, most=_LONGEST)
    return quote if len(quote) >= _LEAST else ""


def _pin(material: Material, page: PageAround, what: str, quote: str) -> Sentence:
    """One quotation with the captures that showed it, and nothing said of the time between them."""
    before, after = page.before, page.after
    ordered = None if material.hides_order else material.facts.ordered_at
    told = f"该{what}" if not what.startswith("该") else what
    if before is None:
        assert after is not None
        tail = "下单时的内容未观察" if ordered else "此前的内容未观察"
        return fact(f"{told}，最早在{_when(after)}抓取中显示，{tail}", material.marks_of((after.capture,)))
    if ordered is not None and before.seen_at == ordered:
        return fact(f"{told}，在{_when(before)}抓取中显示", material.marks_of((before.capture,)))
    if after is None:
        tail = "下单时的内容未观察" if ordered else "此后的内容未观察"
        last = f"最后在{_when(before)}抓取中显示，其后没有读到内容的抓取，{tail}"
        return fact(f"{told}，{last}", material.marks_of((before.capture,)))
    marks = material.marks_of((before.capture, after.capture))
    if _shows(after, quote):
        return fact(f"{told}，在{_when(before)}、{_when(after)}两次抓取中均显示，间隔期间未观察", marks)
    tail = f"间隔期间未观察，{'下单时' if ordered else '其间'}显示的是哪一种不能断定"
    return fact(f"{told}，在{_when(before)}抓取中显示，在{_when(after)}抓取中没有找到，{tail}", marks)


def _shows(seen: SeenVersion, quote: str) -> bool:
    """Whether a version shows these words where they could be seen."""
    wanted = _dense(quote)
    return bool(wanted) and any(wanted in _dense(text) for text in _shown_texts(seen))


def _shown_texts(seen: SeenVersion) -> Iterator[str]:
    for one in seen.reading.facts:
        if one.source in _SHOWN:
            yield one.shown or one.value
    for block in seen.reading.blocks:
        if block.source in _SHOWN and not block.concealed:
            yield f"{block.heading}\n{block.text}"
    if not seen.reading.blocks:
        yield seen.reading.text


def _dense(text: str) -> str:
    return "".join(one_line(text).split())


def _when(seen: SeenVersion) -> str:
    told = say_exact(seen.seen_at)
    return told if seen.origin is Origin.OWN else f"{told}（他人提供的存档，时间为其声称）"
