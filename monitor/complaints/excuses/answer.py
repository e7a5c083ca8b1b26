"""Answers the seller's excuses of a case from what he wrote and what the pages showed. Pure.

Takes a case file, gives an answer for each excuse that was said, or that the terms seen hold ready. It says which rule
speaks against a clause and where it may bind after all; what holds in this case is for others to decide.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from monitor.complaints.excuses.book import ExcuseRow, ReasonRow, load_excuses
from monitor.complaints.excuses.clauses import find_clauses
from monitor.complaints.excuses.model import AnsweredExcuse, ClauseSeen, Raised, Reason, Standing
from monitor.complaints.model import CaseFile
from monitor.review.laws import find_articles
from monitor.times import SHANGHAI, show_time
from storage.case import Answer, CaseItem, Facts, ProblemKind, Purpose

PASTE_MOST = 200
_CIVIL = ("mfd", "zj", "msf", "msfjs")
_MOST_TEXT = 20_000  # characters of one item
_MOST_ITEMS = 200
_MOST_RAISED = 4
_AROUND = 24
_TALKS = ("chat", "demand_chat", "reply", "refusal", "first_complaint", "recording", "other", "failure")
_OWN_LINE = re.compile(r"^[ \t]*(?:我|本人|买家|买方)[ \t]*[:：].*$", re.M)  # what the buyer wrote himself in a chat
_ADDED = (Standing.ADDED_AFTER, Standing.ADDED_BETWEEN)


def answer_excuses(file: CaseFile) -> tuple[AnsweredExcuse, ...]:
    """The answers: excuses that were said first, in the order of the table; then those that only the terms hold."""
    answered = [one for row in load_excuses() if (one := _answer(row, file)) is not None]
    return tuple(sorted(answered, key=lambda one: not one.raised))


def list_cautions(file: CaseFile) -> tuple[str, ...]:
    """What must be said of the case before any excuse is answered: what no answer can promise here."""
    facts = file.case.facts
    cautions = []
    if facts.unlawful:
        cautions.append("购买目的可能违法：不适合按消费争议主张，先咨询律师，以免自证其罪")
    if facts.purpose is Purpose.RESALE:
        cautions.append("为转卖而买的不是消费者：以下只按民法典的合同规则回答，消费者权益保护法和12315用不上")
    elif facts.purpose is Purpose.UNKNOWN:
        cautions.append("以下以“为生活消费购买”为前提；如果是为转卖，消费者权益保护法的内容用不上")
    advert = _judge_advert(file)
    return (*cautions, advert) if advert else tuple(cautions)


def _judge_advert(file: CaseFile) -> str:
    """Whether the advertisement that the buyer relies on was there before he ordered."""
    facts = file.case.facts
    wanted, ordered_at = facts.advert_relied_on.strip(), facts.ordered_at
    if not wanted or ordered_at is None:
        return ""
    versions = (one for page in file.pages for one in (page.before, page.after, page.newest) if one is not None)
    seen = [one.seen_at for one in versions if one.capture == wanted]
    for item in file.items:
        if wanted in (item.evidence, item.id):
            seen += [item.said_at] if item.said_at else [found.at for found in item.times]
    if not seen:
        return "你所依据的广告没有可核对的时间：不能证明下单前就有，不能据此主张因它而购买"
    first = min(seen)
    if first > ordered_at:
        return (
            f"你所依据的广告最早见于{show_time(first)[:16]}，晚于下单（{show_time(ordered_at)[:16]}）："
            "不能主张因看到它才下单，不要把它写成购买的原因；需要找到下单以前的广告"
        )
    return ""


def _answer(row: ExcuseRow, file: CaseFile) -> AnsweredExcuse | None:
    raised = tuple(_find_raised(row, file))[:_MOST_RAISED]
    clauses = find_clauses(file, row.patterns)
    if not raised and not clauses:
        return None
    facts, civil = file.case.facts, file.case.facts.purpose is Purpose.RESALE
    holds = _conditions(facts, clauses)
    why = tuple(_reasons(row.why, file, holds, civil=civil))
    return AnsweredExcuse(
        row.id,
        row.name,
        raised,
        clauses,
        why,
        tuple(_reasons(row.may_bind, file, holds, civil=civil)),
        row.ask,
        _write_paste(row, clauses, facts, civil=civil),
        row.not_promised,
        tuple(_notes(raised, clauses, facts)),
    )


def _find_raised(row: ExcuseRow, file: CaseFile) -> Iterator[Raised]:
    reply = file.case.facts.seller_reply
    if match := _search(row.words, reply):
        yield Raised("reply", "", match)
    items = (one for one in file.items if one.removed_at is None and not one.duplicate_of and one.kind in _TALKS)
    for item in list(items)[:_MOST_ITEMS]:
        if match := _search(row.words, _OWN_LINE.sub(lambda line: " " * len(line[0]), item.text[:_MOST_TEXT])):
            yield Raised("item", item.id, match, _read_how(item))


def _read_how(item: CaseItem) -> str:
    return "ocr" if item.text_source == "ocr" else ""


def _search(words: re.Pattern[str], text: str) -> str:
    """The words found, with a little around them on their line; "" for none."""
    text = text[:_MOST_TEXT]
    match = words.search("".join(map(_plain_character, text)))
    if match is None:
        return ""
    begin = max(text.rfind("\n", 0, match.start()) + 1, match.start() - _AROUND)
    end = text.find("\n", match.end())
    return text[begin : min(end if end >= 0 else len(text), match.end() + _AROUND)].strip()


def _plain_character(char: str) -> str:
    """A character in half width and lower case, one for one: what is found is quoted as it stands."""
    plain = unicodedata.normalize("NFKC", char).lower()
    return plain if len(plain) == 1 else char


def _conditions(facts: Facts, clauses: tuple[ClauseSeen, ...]) -> frozenset[str]:
    """Which conditions of reasons hold in this case."""
    holds = {"", {Answer.NO: "used_no", Answer.YES: "used_yes"}.get(facts.used, "used_unknown")}
    noticed = facts.used_at or facts.noticed_at
    if facts.valid_until is None:
        holds.add("no_validity")
    elif noticed is not None:
        holds.add("in_time" if noticed <= facts.valid_until else "late")
    if any(one.standing is Standing.ADDED_AFTER for one in clauses):
        holds.add("clause_later")
    return frozenset(holds)


def _reasons(rows: tuple[ReasonRow, ...], file: CaseFile, holds: frozenset[str], *, civil: bool) -> Iterator[Reason]:
    for row in rows:
        if row.when not in holds:
            continue
        laws = tuple(one for one in row.laws if not civil or one.rpartition("-")[0] in _CIVIL)
        if row.laws and not laws:
            continue
        articles = find_articles(laws, at=_order_day(file))
        in_force = tuple(one for one in articles if one.is_in_force(file.today))
        if laws and not in_force:
            continue
        yield Reason(row.says, in_force)


def _order_day(file: CaseFile) -> date:
    ordered_at = file.case.facts.ordered_at
    return ordered_at.astimezone(SHANGHAI).date() if ordered_at else file.today


def _write_paste(row: ExcuseRow, clauses: tuple[ClauseSeen, ...], facts: Facts, *, civil: bool) -> str:
    """The text for the seller; with what the captures say of the clause first, where that speaks for the buyer."""
    text = row.paste_civil if civil else row.paste
    order = f"订单{facts.orders[0].number}：" if facts.orders and facts.orders[0].number else ""
    added = next((one for one in clauses if one.standing is Standing.ADDED_AFTER), None)
    head = (
        f"该规则是我下单以后才出现在页面上的（最早见于{show_time(added.first_seen)[:16]}的页面存证）。" if added else ""
    )
    for candidate in (f"{order}{head}{text}", f"{head}{text}", text):
        if len(candidate) <= PASTE_MOST:
            return candidate
    return text[: PASTE_MOST - 1] + "…"


def _notes(raised: tuple[Raised, ...], clauses: tuple[ClauseSeen, ...], facts: Facts) -> Iterator[str]:
    if facts.problem is ProblemKind.UNKNOWN:
        yield "案件里还没有写商品有什么问题：先写明问题再发，没有问题的商品不要照抄"
    if not raised:
        yield "卖家还没有这样说；页面规则里有，先备好"
    if any(one.read == "ocr" for one in raised):
        yield "聊天文字由图片识别所得，引用前请对照原图"
    if any(one.source == "item" for one in raised):
        yield "材料里出现了这些话，是谁说的请对照原件确认"
    if raised and not clauses:
        yield "已抓取的页面里没有找到对应的条款（没有抓取不等于没有）：请对方指出原文"
    if any(one.standing in _ADDED for one in clauses):
        yield "条款加上的时间只能说到两次抓取之间"
