"""The answer of `who` as text on one screen, in Chinese: who, as what, how sure, why, where, and what next.

One paragraph a subject with all its roles, one set of places for the one to complain against first. What is left out
stands in --json.
"""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from monitor.operators.jurisdiction import PROCEDURE_ZH, Forum
from monitor.operators.next_steps import Step
from monitor.operators.proofs import KIND_ZH as IDENTIFIER_ZH
from monitor.operators.proofs import ProofRow, name_strength
from monitor.operators.respondents import ROLE_ZH, Respondent
from monitor.operators.subject_names import KIND_ZH
from monitor.operators.subjects import Subject
from monitor.operators.who import Placed, WhoAnswer
from monitor.review.laws import find_articles
from monitor.times import show_time

_MOST_ROWS = 5
_MOST_LEADS = 6
_MOST_STEPS = 4
_MOST_CONTACTS = 8
_WIDTH = 98  # columns; two more for a sign that may not begin a line
_WORD = re.compile(r"[!-~]+|.", re.S)
_NO_START = frozenset("，。；：、）”》〉】？！")


def list_lines(
    answer: WhoAnswer, *, dated: bool = True, config: str = "", mask: Callable[[str], str] = str
) -> Iterable[str]:
    """The answer as lines of Chinese text, none wider than the screen but for commands, which are to be copied.

    `dated` says whether a day of the order was given; `config` is the configuration file that commands must name;
    `mask` goes over whole lines, before they are broken.
    """
    for line in map(mask, _whole_lines(answer, dated=dated, config=config)):
        if "cardwatch verified add" in line:
            yield line
        else:
            yield from wrap_line(line)


def wrap_line(line: str) -> Iterable[str]:
    """A line in parts that fit the screen; those that follow stand two columns further in."""
    inset = len(line) - len(line.lstrip(" 　"))
    lead = " " * (min(sum(_width(letter) for letter in line[:inset]), _WIDTH // 2) + 2)
    part, width, start = "", 0, ""
    for word in _WORD.findall(line):
        broad = sum(map(_width, word))
        while broad > _WIDTH - len(lead) and width + broad > _WIDTH:  # no word may be wider than a line
            head, word = _split_word(word, _WIDTH - width)
            yield part + head
            part, width, start = lead, len(lead), lead
            broad = sum(map(_width, word))
        if width + broad > _WIDTH and part.strip() and word not in _NO_START:
            yield part.rstrip(" 　")
            part, width, start = lead, len(lead), lead
            if not word.strip():
                continue
        part, width = part + word, width + broad
    if part.strip() or not start:
        yield part


def _split_word(word: str, room: int) -> tuple[str, str]:
    taken = 0
    for place, letter in enumerate(word):
        taken += _width(letter)
        if taken > room:
            return word[:place], word[place:]
    return word, ""


def _width(letter: str) -> int:
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _whole_lines(answer: WhoAnswer, *, dated: bool, config: str) -> Iterable[str]:
    day = answer.filed_on
    platforms = "、".join(answer.platforms)
    asked = [one.site for one in answer.sites if one.why == "asked"]
    name = f"{asked[0]}（{platforms}）" if asked and platforms else (asked[0] if asked else platforms or answer.asked)
    ordered = show_time(answer.at)[:10]
    order = f"订单日 {ordered}" if dated else f"未给订单日，按今天（{ordered}）"
    yield f"{name}　{order}　按 {day.isoformat()} 有效的规定"
    yield f"结论　{answer.conclusion}"
    yield f"性质　{answer.answer.seller.sentence}"
    for number, site in enumerate(answer.sites):
        yield f"{'站点' if number == 0 else '　　'}　{site.site}　{site.sentence}"
    for together in _by_subject(answer.placed):
        yield ""
        key = together[0].respondent.subject.key
        yield from _subject_lines(together, [one for one in answer.answer.leads if one.subject.key == key])
    yield from _place_lines(answer, day)
    yield from _lead_lines(answer)
    for victim in answer.answer.victims:
        yield f"疑被冒用　{victim.name or victim.uscc}　{'；'.join(victim.doubts)}"
    if answer.steps:
        yield ""
        yield "下一步"
        for number, step in enumerate(answer.steps[:_MOST_STEPS], 1):
            yield from _step_lines(number, step, day, config)
        if len(answer.steps) > _MOST_STEPS:
            yield f"  另有{len(answer.steps) - _MOST_STEPS}步，见 --json"
    for objection in answer.objections:
        yield f"对方的异议（{show_time(objection.received_at)[:10]}，{objection.by}）：{objection.text}"
    for note in answer.notes:
        yield f"注意　{note}"


def _by_subject(placed: Iterable[Placed]) -> list[list[Placed]]:
    found: dict[str, list[Placed]] = {}
    for one in placed:
        found.setdefault(one.respondent.subject.key, []).append(one)
    return list(found.values())


def _subject_lines(placed: Sequence[Placed], leads: Sequence[Respondent]) -> Iterable[str]:
    subject, where = placed[0].respondent.subject, placed[0].locality
    yield f"{_name(subject)}（{KIND_ZH[subject.kind]}）"
    for one in placed:
        told = one.respondent
        missing = f"；还缺{'、'.join(told.missing)}" if told.missing else ""
        yield f"  【{told.band.value}】{ROLE_ZH[told.role]}：{told.why}{missing}"
    for lead in leads:  # what else the same subject may be
        yield f"  【{lead.band.value}】{ROLE_ZH[lead.role]}：{lead.why}"
    rows = list(dict.fromkeys(row for one in placed for row in one.respondent.rows))
    for row in rows[:_MOST_ROWS]:
        yield f"  · {_row_text(row)}"
    if len(rows) > _MOST_ROWS:
        yield f"  · 另有{len(rows) - _MOST_ROWS}条，见 --json"
    for doubt in subject.doubts:
        yield f"  疑点：{doubt}"
    if where.division is not None:
        yield f"  所在地：{where.division.name}（{'；'.join(filter(None, (where.step, where.problem)))}）"
    elif subject.name:
        yield f"  {where.problem}"


def _row_text(row: ProofRow) -> str:
    proof = f"　{'、'.join(row.proof)}" if row.proof else ""
    value = "" if row.source else f"　{row.value}"
    return f"{name_strength(row)}{value}　{row.sentence}{proof}"


def _place_lines(answer: WhoAnswer, day: date) -> Iterable[str]:
    """Where to go against the first who can be named; the others' places stand in --json."""
    first = next((one for one in answer.placed if one.respondent is answer.first and not answer.forums), None)
    forums = first.forums if first is not None else answer.forums
    if not forums:
        return
    yield ""
    yield f"到哪里（针对{_name(first.respondent.subject)}，{ROLE_ZH[first.respondent.role]}）" if first else "到哪里"
    for forum in forums:
        yield from _forum_lines(forum, day)


def _forum_lines(forum: Forum, day: date) -> Iterable[str]:
    yield f"  {PROCEDURE_ZH[forum.procedure]}　{forum.authority or '尚不能确定'}"
    yield f"      {forum.reason}{_cite(forum.articles, day)}"
    if forum.problem:
        yield f"      待查：{forum.problem}"
    for note in forum.notes:
        yield f"      {note}"


def _lead_lines(answer: WhoAnswer) -> Iterable[str]:
    named = {one.respondent.subject.key for one in answer.placed}
    found: dict[str, list[Respondent]] = {}
    for one in answer.answer.leads:
        if one.subject.key not in named:  # those stand above, with the subject
            found.setdefault(one.subject.key, []).append(one)
    leads = list(found.values())
    if leads:
        yield ""
        yield "线索（不足以指名，不要写进投诉）"
    for together in leads[:_MOST_LEADS]:
        subject = together[0].subject
        told = "；".join(f"{ROLE_ZH[one.role]}：{one.why}" for one in together)
        yield f"  {_name(subject)}　{told}"
        for doubt in subject.doubts:
            yield f"    疑点：{doubt}"
    if len(leads) > _MOST_LEADS:
        yield f"  另有{len(leads) - _MOST_LEADS}条，见 --json"
    contacts = answer.answer.contacts
    if contacts:
        told = "、".join(f"{IDENTIFIER_ZH.get(one.kind, one.kind)} {one.value}" for one in contacts[:_MOST_CONTACTS])
        yield f"  联系方式：{told}"


def _step_lines(number: int, step: Step, day: date, config: str) -> Iterable[str]:
    yield f"  {number}. {step.service}{'　' + step.url if step.url else ''}"
    yield f"     输入：{step.words}"
    yield f"     为何：{step.why}{_cite(step.articles, day)}"
    yield f"     截图：{step.screenshot}"
    place = f" --config {shlex.quote(config)}" if config else ""
    yield f"     记录：{step.record}{place}"


def _cite(ids: Iterable[str], day: date) -> str:
    """（《民事诉讼法》第二十四条、第三十五条）: the articles of one title together."""
    titles: dict[str, list[str]] = {}
    for one in find_articles(ids, at=day):
        titles.setdefault(one.title, []).append(one.article)
    told = "，".join(f"《{_inner(title)}》{'、'.join(articles)}" for title, articles in titles.items())
    return f"（{told}）" if told else ""


def _inner(title: str) -> str:
    return title.replace("《", "〈").replace("》", "〉")


def _name(subject: Subject) -> str:
    number = f" {subject.uscc}" if subject.uscc else ""
    unnamed = re.sub(r"^(?:account:[a-z_]+:|icp:|uscc:)", "", subject.key)
    return f"{subject.name}{number}" if subject.name else f"{unnamed}（名称不明）"


def describe_respondent(one: Respondent) -> str:
    """A respondent in one line: 自建网站经营者 某某有限公司（确认）."""
    return f"{ROLE_ZH[one.role]} {_name(one.subject)}（{one.band.value}）"
