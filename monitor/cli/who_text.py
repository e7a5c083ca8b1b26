"""The answer of `who` as text on one screen, in Chinese: who, as what, how sure, why, where, and what next."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from monitor.cli.who_json import list_laws
from monitor.operators.jurisdiction import PROCEDURE_ZH, Forum
from monitor.operators.next_steps import Step
from monitor.operators.proofs import KIND_ZH as IDENTIFIER_ZH
from monitor.operators.proofs import STRENGTH_ZH
from monitor.operators.respondents import ROLE_ZH, Respondent
from monitor.operators.subject_names import KIND_ZH
from monitor.operators.who import WhoAnswer
from monitor.times import show_time

_MOST_ROWS = 6


def list_lines(answer: WhoAnswer) -> Iterable[str]:
    """The answer as lines of Chinese text."""
    day = answer.filed_on
    name = "、".join(answer.platforms) or answer.asked
    yield f"{name}　订单日 {show_time(answer.at)[:10]}　按 {day.isoformat()} 提出时有效的规定"
    yield f"结论：{answer.conclusion}"
    yield f"卖家性质：{answer.answer.seller.sentence}"
    yield ""
    yield "站点"
    for site in answer.sites:
        yield f"  {site.site}　{site.sentence}"
    for placed in answer.placed:
        yield ""
        yield from _respondent_lines(placed.respondent)
        if placed.locality.step or placed.locality.problem:
            where = placed.locality.division.name if placed.locality.division else "不明"
            told = "；".join(filter(None, (placed.locality.step, placed.locality.problem)))
            yield f"  所在地：{where}（{told}）"
        for forum in placed.forums:
            yield from _forum_lines(forum, day)
    if answer.answer.leads:
        yield ""
        yield "线索（不足以指名，不要写进投诉）"
        for lead in answer.answer.leads[:_MOST_ROWS]:
            yield from (f"  {line}" for line in _lead_lines(lead))
        if len(answer.answer.leads) > _MOST_ROWS:
            yield f"  另有{len(answer.answer.leads) - _MOST_ROWS}条，见 --json"
    for victim in answer.answer.victims:
        yield ""
        yield f"疑被冒用：{victim.name or victim.uscc}　{'；'.join(victim.doubts)}"
    if answer.answer.contacts:
        told = "、".join(f"{IDENTIFIER_ZH.get(one.kind, one.kind)} {one.value}" for one in answer.answer.contacts[:8])
        yield ""
        yield f"联系方式（线索）：{told}"
    for forum in answer.forums:
        yield from _forum_lines(forum, day)
    if answer.steps:
        yield ""
        yield "下一步"
        for number, step in enumerate(answer.steps, 1):
            yield from _step_lines(number, step, day)
    for objection in answer.objections:
        yield ""
        yield f"对方的异议（{show_time(objection.received_at)[:10]}，{objection.by}）：{objection.text}"
    for note in answer.notes:
        yield f"注意：{note}"


def _respondent_lines(one: Respondent) -> Iterable[str]:
    subject = one.subject
    number = f"　{subject.uscc}" if subject.uscc else ""
    name = subject.name or _unnamed(subject.key)
    yield f"【{one.band.value}】{ROLE_ZH[one.role]}：{name}{number}（{KIND_ZH[subject.kind]}）"
    yield f"  依据：{one.why}"
    for row in one.rows[:_MOST_ROWS]:
        proof = f"　{'、'.join(row.proof)}" if row.proof else ""
        yield f"   · {STRENGTH_ZH[row.strength]}　{row.value}　{row.sentence}{proof}"
    if len(one.rows) > _MOST_ROWS:
        yield f"   · 另有{len(one.rows) - _MOST_ROWS}条，见 --json"
    for doubt in subject.doubts:
        yield f"  疑点：{doubt}"
    if one.missing:
        yield f"  还缺：{'；'.join(one.missing)}"
    for address in subject.addresses[:2]:
        yield f"  地址：{address.text}（{'核验' if address.source == 'verified' else '页面公示'}）"


def _lead_lines(one: Respondent) -> Iterable[str]:
    number = f" {one.subject.uscc}" if one.subject.uscc else ""
    yield f"{ROLE_ZH[one.role]}：{one.subject.name or _unnamed(one.subject.key)}{number}　{one.why}"
    for row in one.rows[:1]:
        yield f"  · {row.sentence}"
    for doubt in one.subject.doubts:
        yield f"  疑点：{doubt}"


def _unnamed(key: str) -> str:
    return re.sub(r"^(?:account:[a-z_]+:|icp:|uscc:)", "", key) + "（名称不明）"


def _forum_lines(forum: Forum, day: date) -> Iterable[str]:
    laws = "、".join(f"《{row['title']}》{row['article']}" for row in list_laws(forum.articles, day))
    yield f"  {PROCEDURE_ZH[forum.procedure]}：{forum.authority or '尚不能确定'}" + (f"　依据{laws}" if laws else "")
    if forum.reason:
        yield f"      {forum.reason}"
    if forum.problem:
        yield f"      待查：{forum.problem}"
    for note in forum.notes:
        yield f"      {note}"


def _step_lines(number: int, step: Step, day: date) -> Iterable[str]:
    laws = "、".join(f"《{row['title']}》{row['article']}" for row in list_laws(step.articles, day))
    yield f"  {number}. {step.service}{'　' + step.url if step.url else ''}"
    yield f"     输入：{step.words}"
    yield f"     截图：{step.screenshot}"
    yield f"     为何：{step.why}" + (f"（{laws}）" if laws else "")
    yield f"     记录：{step.record}"
