"""Tells what pages showed around the order and what changed since: quotations that were shown, with both times.

Only texts that stood to be seen are quoted (no hidden text, none read from pictures). A page is known at its captures
only: every sentence names them, and says that nothing was observed between. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.complaints.evidence.exhibits import ROLE_ZH
from monitor.complaints.letters.kinds import shown_words
from monitor.complaints.letters.material import Material, day_bounds, say_exact
from monitor.complaints.letters.sentences import fact, one_line
from monitor.complaints.model import CaseFile, PageAround, SeenVersion, Sentence
from monitor.complaints.routing.report_parties import Doer, author_of, doer_of
from monitor.review.model import TermFinding
from scrapers.model import Author, Block, Fact, FactKind, Origin, Role, Source
from storage.case import ProblemKind
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
        visible = tuple(_visible_lines(seen))
        for one in seen.reading.facts:
            for line in _lines_of(seen, one, visible):
                quote = material.clean(line, most=_LONGEST)
                if len(quote) >= _LEAST and quote not in told and len(told) < most:
                    whose = _AUTHOR_ZH.get(_author_of(seen, line), "")
                    what = f"{ROLE_ZH[page.role]}{whose}{_verb(seen)}{FACT_ZH[one.kind]}“{quote}”"
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
            for line in _visible_lines(seen):
                if not (any(word in line for word in words) and any(sign in line for sign in _ASKS)):
                    continue
                quote = material.clean(line, most=_LONGEST)
                if len(quote) >= _LEAST and quote not in found and len(found) < _MOST_FEES:
                    found[quote] = _pin(material, page, f"{ROLE_ZH[page.role]}{_told(seen)}“{quote}”", line)
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
        for finding in seen.findings:
            quote = material.clean(finding.text, most=_LONGEST)
            if not finding.quotable or len(quote) < _LEAST or finding.pattern in found or len(found) >= most:
                continue
            if not _shows(seen, finding.text):
                continue
            if finding.needs_human:
                material.note(f"条款“{finding.name}”须人工核对后再写，未写入文书")
                continue
            told = _pin(material, page, f"{ROLE_ZH[page.role]}{_told(seen)}“{quote}”", finding.text)
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
        for finding in seen.findings:
            quote = material.clean(finding.text, most=_LONGEST)
            if not finding.quotable or finding.needs_human or len(quote) < _LEAST or finding.pattern in found:
                continue
            if len(found) < most and _shows(seen, finding.text):
                shown = "的抓取中显示" if seen.origin is Origin.OWN else "的文件中载有"
                told = fact(
                    f"该{ROLE_ZH[page.role]}在{_when(seen)}{shown}“{quote}”", material.marks_of((seen.capture,))
                )
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
    whose = "店铺" if doer_of(material.file, change.page.url, change.page.role) is Doer.SHOP else "平台"
    seen = f"该{whose}{what}在{say_exact(change.before_at)}的抓取中{then}，在{say_exact(change.after_at)}的抓取中{now}"
    ordered = None if material.hides_order else material.facts.ordered_at
    first, last = day_bounds(ordered) if ordered is not None else (None, None)
    unsure = first is not None and last is not None and change.before_at <= last and change.after_at >= first
    tail = "，变更在下单之前还是之后不能断定" if unsure else ""
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
        if after and not _shows(newest, difference.after):
            told.append("已不见变更后的内容")
        if before and _shows(newest, difference.before):
            told.append("又显示变更前的内容")
        marks = material.marks_of((newest.capture,))
        if told and marks:
            return f"；其后在{say_exact(newest.seen_at)}的抓取中{'，'.join(told)}", marks
    return "", ()


def _soften(material: Material, seen: SeenVersion, finding: TermFinding) -> Iterator[Sentence]:
    """What the same page says that softens the clause: left out, it would be held against the writer."""
    for text in (*finding.exceptions, *finding.counter_evidence)[:2]:
        quote = material.clean(text, most=_LONGEST)
        if quote and _shows(seen, text):
            yield fact(f"同一页面另有“{quote}”的表述", material.marks_of((seen.capture,)))


def _lines_of(seen: SeenVersion, one: Fact, visible: Sequence[str]) -> Iterator[str]:
    """The lines of a promise that stood to be seen, each by itself: a reader may join what the page sets apart."""
    if one.kind not in _PROMISES or one.source not in _SHOWN:
        return
    whole = one.shown or one.value
    pieces = [line for line in visible if len(_dense(line)) >= _LEAST and _dense(line) in _dense(whole)]
    if len(pieces) > 1 and not any(_dense(whole) in _dense(line) for line in visible):
        yield from pieces
    else:
        yield from (line for line in whole.splitlines() if _shows(seen, line))


def _author_of(seen: SeenVersion, line: str) -> Author:
    """Whose words a line is: by its block, or as it says itself (平台承诺：……)."""
    if _dense(line).startswith("平台"):
        return Author.PLATFORM
    return next(
        (one.author for one in seen.reading.blocks if _is_shown(one) and _dense(line) in _dense(one.text)),
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
        seen = [one for one in sides if _shows(one, quote)] or sides[:1]
        times, marks = "、".join(_when(one) for one in seen), material.marks_of(one.capture for one in sides)
        gone = "".join(f"，在{_when(one)}{_held(one)}没有找到" for one in sides if one not in seen)
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
    if _shows(after, quote) and before.origin is after.origin is Origin.OWN:
        return fact(f"{told}，在{_when(before)}、{_when(after)}两次抓取中均显示，间隔期间未观察", marks)
    first = f"{told}，在{_when(before)}{_held(before)}{_appears(before)}，在{_when(after)}{_held(after)}"
    if _shows(after, quote):
        return fact(f"{first}{_appears(after)}，间隔期间未观察", marks)
    tail = f"间隔期间未观察，{'下单时' if ordered else '其间'}显示的是哪一种不能断定"
    return fact(f"{first}没有找到，{tail}", marks)


def _may_be_either(ordered: datetime, seen: SeenVersion) -> bool:
    """Whether nobody can say on which side of an order that is known by its day a capture lies."""
    first, last = day_bounds(ordered)
    return first < last and first <= seen.seen_at <= last


def _held(seen: SeenVersion) -> str:
    return "抓取中" if seen.origin is Origin.OWN else "的文件中"


def _appears(seen: SeenVersion) -> str:
    return "显示" if seen.origin is Origin.OWN else "载有"


def _shows(seen: SeenVersion, quote: str) -> bool:
    """Whether a version shows these words where they could be seen: every line in one visible run of text."""
    return _look_at(seen).shows(quote)


@dataclass(frozen=True)
class _Sight:
    """The texts of a version without spaces: its visible runs, those that were concealed, and the page as a whole."""

    shown: tuple[str, ...]
    unseen: tuple[str, ...]
    whole: str

    def shows(self, quote: str) -> bool:
        """Every line stands in a visible run, or in the whole text and in none that was concealed."""
        lines = [dense for line in quote.splitlines() if (dense := _dense(line))]
        return bool(lines) and all(self._has(line) for line in lines)

    def _has(self, line: str) -> bool:
        if any(line in text for text in self.shown):
            return True
        return line in self.whole and not any(line in text for text in self.unseen)


def _look_at(seen: SeenVersion) -> _Sight:
    unseen = (_dense(f"{one.heading}\n{one.text}") for one in seen.reading.blocks if not _is_shown(one))
    shown = (_dense(text) for text in _shown_texts(seen))
    return _Sight(tuple(shown), tuple(text for text in unseen if text), _dense(seen.reading.text))


def _is_shown(block: Block) -> bool:
    return block.source in _SHOWN and not block.concealed


def _shown_texts(seen: SeenVersion) -> Iterator[str]:
    for block in seen.reading.blocks:
        if _is_shown(block):
            yield f"{block.heading}\n{block.text}"


def _visible_lines(seen: SeenVersion) -> Iterator[str]:
    """Every line that stood to be seen."""
    sight, told = _look_at(seen), set[str]()
    for text in (*_shown_texts(seen), seen.reading.text):
        for line in text.splitlines():
            if line.strip() and line not in told and sight.shows(line):
                told.add(line)
                yield line


def _dense(text: str) -> str:
    return "".join(one_line(text).split())


def _when(seen: SeenVersion) -> str:
    told = say_exact(seen.seen_at)
    return told if seen.origin is Origin.OWN else f"{told}（他人提供的存档，时间为其声称）"
