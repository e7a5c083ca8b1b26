"""The answer of `who` as text on one screen, in Chinese: who, as what, how sure, why, where, and what next.

One paragraph a subject with all its roles, one set of places for the one to complain against first. What is left out
stands in --json.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from monitor.operators.jurisdiction import PROCEDURE_ZH, Forum
from monitor.operators.next_steps import Step
from monitor.operators.proofs import KIND_ZH as IDENTIFIER_ZH
from monitor.operators.proofs import STRENGTH_ZH, ProofRow
from monitor.operators.respondents import ROLE_ZH, Respondent
from monitor.operators.subject_names import KIND_ZH
from monitor.operators.subjects import Subject
from monitor.operators.who import Placed, WhoAnswer
from monitor.review.laws import find_articles
from monitor.times import show_time

_MOST_ROWS = 5
_MOST_LEADS = 6
_MOST_STEPS = 6
_MOST_CONTACTS = 8


def list_lines(answer: WhoAnswer) -> Iterable[str]:
    """The answer as lines of Chinese text."""
    day = answer.filed_on
    name = "、".join(answer.platforms) or answer.asked
    yield f"{name}　订单日 {show_time(answer.at)[:10]}　按 {day.isoformat()} 有效的规定"
    yield f"结论　{answer.conclusion}"
    yield f"性质　{answer.answer.seller.sentence}"
    for number, site in enumerate(answer.sites):
        yield f"{'站点' if number == 0 else '　　'}　{site.site}　{site.sentence}"
    for together in _by_subject(answer.placed):
        yield ""
        yield from _subject_lines(together)
    yield from _place_lines(answer, day)
    yield from _lead_lines(answer)
    for victim in answer.answer.victims:
        yield f"疑被冒用　{victim.name or victim.uscc}　{'；'.join(victim.doubts)}"
    if answer.steps:
        yield ""
        yield "下一步"
        for number, step in enumerate(answer.steps[:_MOST_STEPS], 1):
            yield from _step_lines(number, step, day)
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


def _subject_lines(placed: Sequence[Placed]) -> Iterable[str]:
    subject, where = placed[0].respondent.subject, placed[0].locality
    yield f"{_name(subject)}（{KIND_ZH[subject.kind]}）"
    for one in placed:
        told = one.respondent
        missing = f"；还缺{'、'.join(told.missing)}" if told.missing else ""
        yield f"  【{told.band.value}】{ROLE_ZH[told.role]}：{told.why}{missing}"
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
    return f"{STRENGTH_ZH[row.strength]}{value}　{row.sentence}{proof}"


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
    leads = answer.answer.leads
    if leads:
        yield ""
        yield "线索（不足以指名，不要写进投诉）"
    for lead in leads[:_MOST_LEADS]:
        yield f"  {ROLE_ZH[lead.role]}：{_name(lead.subject)}　{lead.why}"
        for doubt in lead.subject.doubts:
            yield f"    疑点：{doubt}"
    if len(leads) > _MOST_LEADS:
        yield f"  另有{len(leads) - _MOST_LEADS}条，见 --json"
    contacts = answer.answer.contacts
    if contacts:
        told = "、".join(f"{IDENTIFIER_ZH.get(one.kind, one.kind)} {one.value}" for one in contacts[:_MOST_CONTACTS])
        yield f"  联系方式：{told}"


def _step_lines(number: int, step: Step, day: date) -> Iterable[str]:
    yield f"  {number}. {step.service}{'　' + step.url if step.url else ''}"
    yield f"     输入：{step.words}"
    yield f"     为何：{step.why}{_cite(step.articles, day)}"
    yield f"     截图：{step.screenshot}"
    yield f"     记录：{step.record}"


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
