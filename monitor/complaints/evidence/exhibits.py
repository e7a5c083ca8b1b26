"""Numbers the evidence of a case: what the pages showed, what the buyer kept, who it is. Pure.

Groups are those of a court's list of evidence (主体, 合同与规则, 支付, 交付与问题, 沟通与拒绝, 损失计算); a number is
group and place, such as 2-1. Captures come first, in the order of their pages, then items by their time: the same file
has the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, time

from monitor.complaints.evidence.against_claim import find_contrary, find_undone
from monitor.complaints.evidence.contradictions import contradicting_items
from monitor.complaints.evidence.evidence_kinds import EvidenceKind, load_kinds
from monitor.complaints.evidence.partial_captures import mark_partial
from monitor.complaints.model import CaseFile, Exhibit, ExhibitGroup, PageAround, SeenVersion
from monitor.operators.proofs import ProofRow
from monitor.times import SHANGHAI
from scrapers.model import Origin, Role
from storage.case import CaseItem, Facts
from storage.model import Change, ChangeClass

GROUP_ZH = {
    ExhibitGroup.SUBJECT: "主体",
    ExhibitGroup.RULES: "合同与规则",
    ExhibitGroup.PAYMENT: "支付",
    ExhibitGroup.DELIVERY: "交付与问题",
    ExhibitGroup.DEALINGS: "沟通与拒绝",
    ExhibitGroup.LOSS: "损失计算",
}
ROLE_ZH = {
    Role.PRODUCT: "商品页面",
    Role.TERMS: "售后条款页面",
    Role.NOTICE: "公告页面",
    Role.HOME: "网站首页",
    Role.CONTACT: "联系方式页面",
    Role.ORDER: "订单页面",
    Role.RELEASE: "发布页",
}
_ROLE_ORDER = (Role.PRODUCT, Role.ORDER, Role.TERMS, Role.NOTICE, Role.HOME, Role.CONTACT, Role.RELEASE)
_OWN = "自动抓取工具打开网页时保存（操作人见取证说明，原件在保管链中）"
_LOOKED_UP = "查询时保存（操作人见取证说明，原件在保管链中）"
"""Who ran the tool the archive does not know: the note on captures has his name or its blank."""
_CLAIMED = "他人提供的网页存档文件（抓取时间为其声称）"
CLAIMED_SHOWS = "该文件所载的页面内容（时间为提供人声称）"
"""What a file that somebody else saved shows."""

_MOST_SUBJECT = 6
_UNQUOTABLE = ("ocr", "html", "")  # a saved page is not rendered: what its style hides cannot be told
_OPENS = ("可以正常打开", "可以打开")  # as monitor.outcomes tells it
_ONLY = "只显示“"  # as gather tells what an error page showed
_FORMS = {"c": "capture", "q": "lookup", "e": "item"}


def list_exhibits(file: CaseFile) -> tuple[Exhibit, ...]:
    """All exhibits of a case, numbered, in the order of the list of evidence."""
    found: dict[str, Exhibit] = {}
    for made in (
        *_of_pages(file),
        *_of_changes(file),
        *_of_blinks(file),
        *_of_items(file),
        *_of_steps(file),
        *_of_subjects(file),
    ):
        found.setdefault(made.id, made)
    marked = (replace(one, source=mark_partial(one.source, file.partial.get(one.id, ""))) for one in found.values())
    return number_again(marked)


def number_again(exhibits: Iterable[Exhibit]) -> tuple[Exhibit, ...]:
    """The exhibits by groups, numbered without gaps in the order in which they come: of a choice, for one pack."""
    given = tuple(exhibits)
    numbered: list[Exhibit] = []
    for group in ExhibitGroup:
        members = [one for one in given if one.group is group]
        numbered += [_number(one, place) for place, one in enumerate(members, 1)]
    return tuple(numbered)


def find_exhibit(exhibits: tuple[Exhibit, ...], item_id: str) -> Exhibit | None:
    """The exhibit that is a capture, an evidence item or a lookup of this id, None where it is no exhibit."""
    return next((one for one in exhibits if one.id == item_id), None) if item_id else None


def _number(exhibit: Exhibit, place: int) -> Exhibit:
    return Exhibit(
        f"{exhibit.group}-{place}",
        exhibit.group,
        exhibit.id,
        exhibit.form,
        exhibit.kind,
        exhibit.name,
        exhibit.source,
        exhibit.shows,
        exhibit.at,
        exhibit.media_type,
        exhibit.quotable,
    )


def _of_pages(file: CaseFile) -> Iterator[Exhibit]:
    ordered = file.case.facts.ordered_at
    for page in sorted(file.pages, key=lambda one: (_ROLE_ORDER.index(one.role), one.url, one.vantage)):
        yield from _of_page(page, ordered)


def _of_page(page: PageAround, ordered: datetime | None) -> Iterator[Exhibit]:
    what = ROLE_ZH[page.role]
    if ordered is not None and names_day(ordered):
        yield from _of_page_by_day(page, what, ordered)
        return
    if page.before is not None:
        told = "下单前最近一次读到内容的抓取" if ordered else "最近一次读到内容的抓取"
        yield _capture(
            page.before, f"{what}（{told}）", f"下单前该{what}显示的内容" if ordered else f"该{what}显示的内容"
        )
    if page.after is not None:
        told = "下单后最近一次读到内容的抓取" if ordered else "其后一次读到内容的抓取"
        yield _capture(page.after, f"{what}（{told}）", f"下单后该{what}显示的内容")
    if page.newest is not None:
        yield _capture(page.newest, f"{what}（最新一次读到内容的抓取）", f"该{what}在该次抓取时显示的内容")


def names_day(moment: datetime) -> bool:
    """Whether a moment stands for its day: a day without a clock time is kept as its first moment in China."""
    return moment.astimezone(SHANGHAI).time() == time.min


def _of_page_by_day(page: PageAround, what: str, ordered: datetime) -> Iterator[Exhibit]:
    """The captures of a page around an order of which only the day is known: each by its own day."""
    day = ordered.astimezone(SHANGHAI).date()
    for seen in (page.before, page.after, page.newest):
        if seen is not None:
            own = seen.seen_at.astimezone(SHANGHAI).date()
            side = "下单当日" if own == day else "下单日前" if own < day else "下单日后"
            yield _capture(seen, f"{what}（{own:%Y-%m-%d}抓取，{side}）", f"该{what}在该次抓取时显示的内容")


def _capture(seen: SeenVersion, name: str, shows: str) -> Exhibit:
    source = _OWN
    if seen.origin is not Origin.OWN:
        # nobody of us saw it: neither that it was the last one before the order nor that the page showed it
        name = f"{ROLE_ZH[seen.role]}（他人提供的存档文件，所称时间{seen.seen_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}）"
        source, shows = _CLAIMED, CLAIMED_SHOWS
    return Exhibit("", ExhibitGroup.RULES, seen.capture, "capture", seen.role.value, name, source, shows, seen.seen_at)


def _of_changes(file: CaseFile) -> Iterator[Exhibit]:
    """The two captures of every change: without both nothing is shown to have changed.

    Changes of content come first: a capture that is in both tells what it shows, not merely that the page opened.
    """
    for change in sorted(file.changes, key=lambda one: one.difference.change_class is ChangeClass.OUTCOME):
        sides = (
            (change.before_capture, change.before_at, "变更前", change.difference.before),
            (change.after_capture, change.after_at, "变更后", change.difference.after),
        )
        for capture, moment, side, told in sides:
            if capture and moment is not None:
                yield _of_side(change, capture, moment, side, told)


def _of_side(change: Change, capture: str, moment: datetime, side: str, told: str) -> Exhibit:
    """One capture of a change. Of how a page opened nothing is said but that: a blocked visit read no content."""
    what = ROLE_ZH[change.page.role]
    name, shows = f"{what}（{side}的抓取）", f"该{what}{side}显示的内容"
    if change.difference.change_class is ChangeClass.OUTCOME:
        opened = told.startswith(_OPENS)
        met = told or "没有读到内容"
        how = "可以打开" if opened else "没有读到内容" if told.startswith(_ONLY) else "打开受阻"
        name = f"{what}（{how}的一次访问）"
        shows = f"该{what}在该次访问时：{met}" + ("" if opened else "；没有读到页面内容")
    return Exhibit("", ExhibitGroup.RULES, capture, "capture", change.page.role.value, name, _OWN, shows, moment)


def _of_blinks(file: CaseFile) -> Iterator[Exhibit]:
    """The three captures of what was otherwise in one of them; each shows itself, none a change."""
    for blink in file.blinks:
        change, what = blink.change, ROLE_ZH[blink.change.page.role]
        sights = (
            (change.before_capture, change.before_at, "其前的抓取"),
            (change.after_capture, change.after_at, "两次所见之间的一次抓取"),
            (blink.back.capture, blink.back.seen_at, "其后的抓取"),
        )
        for capture, moment, told in sights:
            if capture and moment is not None:
                shows, kind = f"该{what}在该次抓取时显示的内容", change.page.role.value
                yield Exhibit(
                    "", ExhibitGroup.RULES, capture, "capture", kind, f"{what}（{told}）", _OWN, shows, moment
                )


def _of_items(file: CaseFile) -> Iterator[Exhibit]:
    kinds, doubted = load_kinds(), find_undone(file) | contradicting_items(file) | find_contrary(file)
    kept = [item for item in file.items if item.removed_at is None and not item.duplicate_of]
    for item in sorted(kept, key=lambda one: (time_of_item(one) or one.added_at, one.added_at, one.id)):
        kind = kinds.get(item.kind) or kinds["other"]
        yield Exhibit(
            "",
            kind.group,
            item.evidence,
            "item",
            item.kind,
            _name_item(item, kind, file.case.facts),
            item.source or "本人保存",
            _say_shown(item, kind, doubted, file.case.facts) if item.shows in ("", kind.shows) else item.shows,
            time_of_item(item),
            item.media_type,
            item.text_source not in _UNQUOTABLE,
        )


def _name_item(item: CaseItem, kind: EvidenceKind, facts: Facts) -> str:
    """How the list calls it: by the buyer's own title, else by its kind; a paper of identity by whose it is."""
    if item.title and item.title != kind.name:
        return item.title
    return kind.name.replace("投诉人", _whose_identity(item, facts))


def _whose_identity(item: CaseItem, facts: Facts) -> str:
    """Whose paper of identity it is: the helper's or the guardian's where it names him and not the buyer."""
    text = "".join(item.text.split())
    buyer, guardian, helper = (one.name.strip() for one in (facts.buyer, facts.guardian, facts.helper))
    if item.kind == "identity" and not (buyer and buyer in text):
        if helper and helper in text:
            return "受托人"
        if guardian and guardian in text:
            return "监护人"
    return "投诉人"


def _say_shown(item: CaseItem, kind: EvidenceKind, doubted: frozenset[str], facts: Facts) -> str:
    """What an item shows: what its kind shows, where nothing that was read in it speaks against that.

    A kind is what somebody called the file. Of one in which nothing was read it is only what it is brought for.
    """
    if item.evidence in doubted:
        return "本人提供的材料，内容以原件所载为准"
    if not item.text.strip() and item.media_type.startswith("image/"):
        return f"拟证明{kind.shows}（图中文字没有读出，以原件为准）"
    return kind.shows.replace("投诉人", _whose_identity(item, facts)) if item.kind == "identity" else kind.shows


def time_of_item(item: CaseItem) -> datetime | None:
    """When an item was made: as the buyer says, else as the file itself states; None where neither is known."""
    if item.said_at is not None:
        return item.said_at
    strong = [found.at for found in item.times if found.source not in ("name", "zip")]
    return min(strong) if strong else None


def _of_steps(file: CaseFile) -> Iterator[Exhibit]:
    """What proves that something was filed, where it is no item of the case by itself."""
    for step in file.steps:
        for proof in step.proof:
            day = f"{step.filed_at.astimezone(SHANGHAI):%Y-%m-%d}"
            yield Exhibit(
                "",
                ExhibitGroup.DEALINGS,
                proof,
                "item",
                "receipt",
                f"递交凭证（{day}）",
                "本人递交时保存",
                "已于该日提出投诉或请求",
                step.filed_at,
            )


def _of_subjects(file: CaseFile) -> Iterator[Exhibit]:
    """What shows who the respondent is: the strongest rows of the first one in all its roles, nothing of mere leads."""
    first = file.who.first if file.who is not None else None
    if file.who is None or first is None:
        return
    told = 0
    for placed in file.who.placed:
        if placed.respondent.subject.key != first.subject.key:
            continue
        for row in placed.respondent.rows:
            proof = next((one for one in row.proof if one[:1] in _FORMS), "")
            if proof and told < _MOST_SUBJECT:
                told += 1
                yield _subject(proof, row)


def _subject(proof: str, row: ProofRow) -> Exhibit:
    day = f"{row.first_seen.astimezone(SHANGHAI):%Y-%m-%d}"
    form = _FORMS[proof[:1]]
    name = f"被投诉人主体材料（{day}{'网页抓取' if form == 'capture' else '查询'}）"
    source = _OWN if form == "capture" else _LOOKED_UP
    return Exhibit("", ExhibitGroup.SUBJECT, proof, form, "subject", name, source, row.sentence, row.first_seen)
