"""Answers the seller's excuses of a case from what he wrote and what the pages showed. Pure.

Takes a case file, gives an answer for each excuse that was said, or that the terms seen hold ready. It says which rule
speaks against a clause and where it may bind after all; what holds in this case is for others to decide.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from monitor.complaints.evidence.against_claim import find_offer
from monitor.complaints.evidence.said_lines import (
    BUYER,
    ROBOT,
    SELLER,
    UNKNOWN,
    SaidLine,
    Speakers,
    find_speakers,
    is_question,
    read_chat,
)
from monitor.complaints.excuses.book import ExcuseRow, ReasonRow, load_excuses, load_said, load_wordings
from monitor.complaints.excuses.clauses import find_clauses, find_related
from monitor.complaints.excuses.conditions import is_of_matter, list_conditions, names_fault
from monitor.complaints.excuses.model import AnsweredExcuse, ClauseSeen, Raised, Reason, Standing
from monitor.complaints.excuses.sights import Histories, span_of
from monitor.complaints.facts.fact_paths import show_moment
from monitor.complaints.facts.purposes import is_not_living, say_purpose
from monitor.complaints.model import CaseFile
from monitor.review.laws import find_articles
from monitor.times import SHANGHAI, show_time
from storage.case import Answer, Facts, ProblemKind, Purpose

PASTE_MOST = 200
_CIVIL = ("mfd", "zj", "msf", "msfjs")
_MOST_TEXT = 20_000  # characters of one item
_MOST_ITEMS = 200
_MOST_RAISED = 4
_ENDS = "。！？!?；;\n"
_PAUSES = "，,、 "
_LONGEST_QUOTE = 120
_WINDOW = 400  # characters before and after the words that are looked at: a longer sentence is quoted in part
_NARROWER = {"no_refund": ("balance",)}
"""Excuses of which another one is the plainer: what is said of the balance alone is no word on the goods."""

_BALANCE = re.compile(r"余额|提现|充值款|预存|本金")
_TALKS = ("chat", "demand_chat", "reply", "refusal", "first_complaint", "recording", "other", "failure")
_BEFORE = 14
# 不用交手续费, 不会拒绝退款, 没有说过只换不退: what is denied right before is no excuse; 没有质量问题不退款 is one
_DENIED = re.compile(
    r"(?:(?:(?<!是)不是|并非|并不|不会|不用|不必|无需|不需要?|不收|免收?|没有?|从未|未曾)"
    r"(?:一经售出|说过?|要求?|再|另|收取?|交|付|支付|让|您|你|我们|过|的|自己)*"
    r"|(?:没有?说过?|从没说过?|从未说过?|不是说)[^，。,;；！!？?\n]{0,8})$"
)
_ADDED = (Standing.ADDED_AFTER, Standing.ADDED_BETWEEN, Standing.ON_AND_OFF)


def answer_excuses(file: CaseFile, histories: Histories | None = None) -> tuple[AnsweredExcuse, ...]:
    """The answers: excuses that a person of the seller said first, in the order of the table; those of the terms last.

    `histories` are all captures of the pages (`sights.gather_histories`); without them only the versions of the file
    are looked at, and nothing is said of what was there before.
    """
    talks = tuple(_list_talks(file))
    answered = [one for row in load_excuses() if (one := _answer(row, file, talks, histories or {})) is not None]
    return tuple(sorted(answered, key=lambda one: not any(raised.speaker != ROBOT for raised in one.raised)))


def list_cautions(file: CaseFile) -> tuple[str, ...]:
    """What must be said of the case before any excuse is answered: what no answer can promise here."""
    facts = file.case.facts
    cautions = []
    if facts.unlawful:
        cautions.append("购买目的可能违法：不适合按消费争议主张，先咨询律师，以免自证其罪")
    if is_not_living(facts):
        cautions.append(f"{say_purpose(facts)}不是消费者：以下只按民法典的合同规则回答，消费者权益保护法和12315用不上")
    elif facts.purpose is Purpose.UNKNOWN:
        cautions.append("以下以“为生活消费购买”为前提；如果是为转卖，消费者权益保护法的内容用不上")
    if (offer := find_offer(file)) is not None:
        cautions.append(
            f"聊天记录中对方另说“{offer.words}”（材料 {offer.item}）：先请对方照这句办，下面的话等他不认时再用"
        )
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
    first, span = min(seen), span_of(ordered_at)
    if span.is_after(first):
        return (
            f"你所依据的广告，存证的时间是{show_time(first)[:16]}，晚于下单（{show_moment(ordered_at)}）："
            "不能主张因看到它才下单，不要把它写成购买的原因；需要找到下单以前的广告"
        )
    if not span.is_before(first):
        return (
            f"你所依据的广告和下单是同一天（{show_moment(ordered_at)}，下单时刻不详）："
            "不能断定下单前就有，先查清下单的时刻"
        )
    return ""


@dataclass(frozen=True)
class _Talk:
    """What was said in one place: as it stands, in plain characters, and who speaks where."""

    source: str
    id: str
    text: str
    plain: str
    speakers: Speakers | None
    read: str = ""
    words: Mapping[int, int] = field(default_factory=dict)  # where its words begin, by where a line begins
    unsure: bool = True  # whether lines of nobody known may be the seller's

    def words_at(self, place: int) -> int:
        """Where the words begin on the line of a place, behind time and name."""
        line = self.text.rfind("\n", 0, place) + 1
        return min(self.words.get(line, line), place)


def _list_talks(file: CaseFile) -> Iterator[_Talk]:
    reply = file.case.facts.seller_reply[:_MOST_TEXT]
    yield _Talk("reply", "", reply, _plain(reply), None)
    items = (one for one in file.items if one.removed_at is None and not one.duplicate_of and one.kind in _TALKS)
    for item in list(items)[:_MOST_ITEMS]:
        text = item.text[:_MOST_TEXT]
        plain = _plain(text)
        read = "ocr" if item.text_source == "ocr" else ""
        speakers = find_speakers(plain, file.case.facts)
        # the lines are read from the same number of characters: what stands behind the head is the end of the line
        lines = read_chat(plain, file.case.facts)
        words = {one.start: _end_of_line(plain, one.start) - len(one.words) for one in lines}
        yield _Talk("item", item.id, text, plain, speakers, read, words, _may_be_sellers(lines))


def _may_be_sellers(lines: Sequence[SaidLine]) -> bool:
    """Whether a line of nobody known may be the seller's: not where he has a name, nor among strangers."""
    strangers = {one.name for one in lines if one.who == UNKNOWN and one.name}
    return len(strangers) <= 1 and not any(one.who in (SELLER, ROBOT) for one in lines)


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return end if end >= 0 else len(text)


def _answer(row: ExcuseRow, file: CaseFile, talks: Sequence[_Talk], histories: Histories) -> AnsweredExcuse | None:
    raised = tuple(_find_raised(row, talks, file.case.facts))[:_MOST_RAISED]
    facts = file.case.facts
    raised = tuple(one for one in raised if is_of_matter(row, one.words, facts))
    if not raised and not is_of_matter(row, "", facts):
        return None
    fee = re.compile(re.escape(facts.extra_name.strip())) if facts.extra_name.strip() else row.page_words
    clauses = find_clauses(file, row, words=fee if row.page_words else None, histories=histories)
    clauses = tuple(_drop_beside(one, facts) for one in clauses)
    if not raised and not any(one.pattern and one.pattern not in row.only_raised for one in clauses):
        return None
    civil = is_not_living(facts)
    holds = list_conditions(facts, clauses)
    return AnsweredExcuse(
        row.id,
        row.name,
        raised,
        clauses,
        tuple(_reasons(row.why, file, holds, civil=civil)),
        tuple(_reasons(row.may_bind, file, holds, civil=civil)),
        row.ask,
        _write_paste(row, clauses, facts, holds),
        row.not_promised,
        tuple(_notes(raised, clauses, file)),
    )


def _find_raised(row: ExcuseRow, talks: Sequence[_Talk], facts: Facts) -> Iterator[Raised]:
    narrower = [one for one in load_excuses() if one.id in _NARROWER.get(row.id, ())]
    for talk in talks:
        found: dict[str, Raised] = {}
        taken = [
            match.span()
            for one in narrower
            for match in one.words.finditer(talk.plain)
            if is_of_matter(one, match[0], facts)
        ]
        for match in row.words.finditer(talk.plain):
            if _DENIED.search(talk.plain, max(0, match.start() - _BEFORE), match.start()) or _is_asked_back(
                talk, match
            ):
                continue
            if any(begin <= match.start() and match.end() <= end for begin, end in taken):
                continue  # 余额不退 is said of the balance, and not of what was sold
            speaker = talk.speakers.at(match.start()) if talk.speakers else SELLER
            quote = _cut(talk.text, match, talk.words_at(match.start()))
            if speaker == BUYER or speaker in found or (speaker == UNKNOWN and not _may_be_said(talk, quote)):
                continue
            found[speaker] = Raised(talk.source, talk.id, quote, talk.read, speaker)
        if found:
            yield found.get(SELLER) or found.get(UNKNOWN) or found[ROBOT]


def _is_asked_back(talk: _Talk, match: re.Match[str]) -> bool:
    """Whether the words are asked back or told after the other one: 我们什么时候说过…, 您说我们…, …没有这回事."""
    said, text = load_said(), talk.plain
    since = max([talk.words_at(match.start()), *(text.rfind(mark, 0, match.start()) + 1 for mark in _ENDS)])
    before = text[max(since, match.start() - _WINDOW) : match.start()]
    after = text[match.end() : match.end() + _LONGEST_QUOTE]
    return said.denied.search(before) is not None or said.denied_after.search(after) is not None


def _may_be_said(talk: _Talk, quote: str) -> bool:
    """Whether a sentence of nobody known may be the seller's: it asks nothing, and no buyer speaks so."""
    return talk.unsure and not is_question(quote) and load_said().buyer.search(_plain(quote)) is None


def _cut(text: str, match: re.Match[str], since: int) -> str:
    """The sentence in which the words stand, as it was said: never a part of a word, nothing of the speaker's name."""
    since, until = max(since, match.start() - _WINDOW), match.end() + _WINDOW
    begin = max([since, *(text.rfind(mark, since, match.start()) + 1 for mark in _ENDS)])
    ends = [end + (mark != "\n") for mark in _ENDS if (end := text.find(mark, match.end(), until)) >= 0]
    sentence = text[begin : min(ends, default=until)].strip()
    if len(sentence) <= _LONGEST_QUOTE:
        return sentence
    first = max((text.rfind(mark, begin, match.start()) + 1 for mark in _PAUSES), default=begin)
    rest = text[max(first, begin) : begin + len(sentence) + 1]
    last = next((place for place in range(match.end() - max(first, begin), len(rest)) if rest[place] in _PAUSES), None)
    return f"……{rest[:last] if last is not None else rest[:_LONGEST_QUOTE]}……".replace("…………", "……")


def _plain(text: str) -> str:
    """A text in half width and lower case, character for character: what is found is quoted as it stands."""
    return "".join(map(_plain_character, text))


def _plain_character(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char).lower()
    return plain if len(plain) == 1 else char


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


def _write_paste(row: ExcuseRow, clauses: tuple[ClauseSeen, ...], facts: Facts, holds: Collection[str]) -> str:
    """The text for the seller; with what the captures say of the clause first, where that speaks for the buyer.

    Words of consumer law only where he said that he bought it to use it.
    """
    chosen = next((one for one in row.pastes if one.when in holds), None)
    consumer, civil = (chosen.paste, chosen.paste_civil) if chosen else (row.paste, row.paste_civil)
    text = _word_for(consumer if facts.purpose is Purpose.LIVING else civil, facts.problem)
    order = f"订单{facts.orders[0].number}：" if facts.orders and facts.orders[0].number else ""
    told = next((one.told for one in clauses if one.told), "")
    but = next((one for one in clauses if one.but and one.but_seen and one.standing.when == "before"), None)
    beside = ""
    if but is not None and but.but_seen is not None:
        beside = f"贵方页面（{show_time(but.but_seen)[:16]}存证）同时写明“{but.but.rstrip('。')}”。"
    now = next((one for one in clauses if one.better), None)
    if now is not None and now.better_seen is not None:
        beside = f"贵方页面（{show_time(now.better_seen)[:16]}存证）现写明{_in_quotes(now.better.rstrip('。'))}。"
    heads = (beside, told)
    for candidate in (
        f"{order}{''.join(heads)}{text}",
        *(f"{order}{head}{text}" for head in heads if head),
        *(f"{head}{text}" for head in heads if head),
        f"{order}{text}",
        text,
    ):
        if len(candidate) <= PASTE_MOST:
            return candidate
    return text[: PASTE_MOST - 1] + "…"


def _word_for(text: str, problem: ProblemKind) -> str:
    """The text in the words of this trouble: nobody asks for the records of a key that he never got."""
    for wording in load_wordings():
        if problem in wording.problems:
            for old, new in wording.words:
                text = text.replace(old, new)
    return text


def _in_quotes(sentence: str) -> str:
    """A sentence in quotation marks; in the other kind where it holds such marks itself."""
    return f"「{sentence}」" if any(mark in sentence for mark in "“”") else f"“{sentence}”"


def _drop_beside(clause: ClauseSeen, facts: Facts) -> ClauseSeen:
    """The clause without sentences of its page that speak of something else than this trouble."""
    if clause.but and _is_beside_the_point(clause.but, facts):
        clause = replace(clause, but="", but_seen=None)
    if clause.better and _is_beside_the_point(clause.better, facts):
        clause = replace(clause, better="", better_seen=None)
    return clause


def _is_beside_the_point(sentence: str, facts: Facts) -> bool:
    """Whether a promise speaks of something else: one on keys says nothing of a balance, and the other way round."""
    of_balance = _BALANCE.search(sentence) is not None
    return of_balance is not (facts.problem is ProblemKind.BALANCE_FROZEN)


def _notes(raised: tuple[Raised, ...], clauses: tuple[ClauseSeen, ...], file: CaseFile) -> Iterator[str]:
    facts = file.case.facts
    if facts.problem is ProblemKind.UNKNOWN:
        yield "案件里还没有写商品有什么问题：先写明问题再发，没有问题的商品不要照抄"
    elif not names_fault(facts):
        yield "案件里没有写商品本身有毛病，或者写了是自己看错、填错：不要说成质量问题，能争的是页面另外的承诺"
    if not raised:
        yield "卖家还没有这样说；页面规则里有，先备好"
    if any(one.read == "ocr" for one in raised):
        yield "聊天文字由图片识别所得，引用前请对照原图"
    if any(one.speaker == UNKNOWN for one in raised):
        yield "材料里出现了这些话，是谁说的没有写明，请对照原件确认"
    elif any(one.source == "item" for one in raised):
        yield "材料里的话，引用前请对照原件"
    if raised and all(one.speaker == ROBOT for one in raised):
        yield "只有自动回复这样说，不等于商家已经拒绝：先要求人工答复"
    if any(one.better for one in clauses):
        yield "最近一次抓取的页面已不这样写，写的是对你有利的话：订单适用哪一版可以争，但先用这一句"
    if any(one.but for one in clauses):
        yield "同一页面另有对你有利的话，引用条款时要一起引用"
    if any(not one.pattern and one.standing.when in ("before", "unsure") for one in clauses):
        yield "页面写有这笔费用：不要说下单时没有约定，只能争有没有提示说明、是否公平"
    if facts.used is Answer.YES and facts.problem is not ProblemKind.UNKNOWN:
        yield "据你陈述已经使用过：先说清是哪一步出的问题再发"
    related = find_related(file, [one.words for one in raised]) if raised and not clauses else None
    if related is not None:
        yield (
            f"页面（{show_time(related[1])[:16]}存证）有一句说到同一件事：{_in_quotes(related[0].rstrip('。'))}。"
            "先看它是怎么写的、您做到了没有，再问对方依据的是哪一条"
        )
    elif raised and not clauses:
        yield "已抓取的页面里没有找到对应的条款（没有抓取不等于没有）：请对方指出原文"
    if any(one.standing in _ADDED for one in clauses):
        yield "条款加上的时间只能说到两次抓取之间"
