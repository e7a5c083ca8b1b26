"""A case on one screen: facts, evidence, steps, what the archive knows, what is missing, the next step. Pure.

Takes the case file, what is missing and the plan; gives Chinese lines. Every list is cut, and says what was left out.
For the one who owns the case: nothing is masked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from monitor.complaints.facts.case_text import describe_facts, show_demands
from monitor.complaints.facts.fact_check import find_doubts, warn_of
from monitor.complaints.facts.fact_paths import show_fact, show_moment
from monitor.complaints.facts.fact_words import names_of
from monitor.complaints.facts.named_proofs import NamedProofs
from monitor.complaints.facts.platform_contacts import find_contacts
from monitor.complaints.facts.step_outcomes import OUTCOME_ZH
from monitor.complaints.model import CaseFile, Missing, PageAround, Plan
from monitor.operators.proofs import Strength
from scrapers.model import Role
from storage.case import Case, CaseStep, Stage

MOST_PAGES = 4
MOST_LINES = 3
_ROLES = {
    Role.PRODUCT: "商品页", Role.TERMS: "售后规则页", Role.NOTICE: "公告页", Role.HOME: "首页", Role.CONTACT: "联系页",
    Role.ORDER: "订单页", Role.RELEASE: "发布页",
}  # fmt: skip
_STAGES = {Stage.BEFORE: "交易前", Stage.DURING: "交易中", Stage.AFTER: "交易后"}


def show_case(
    file: CaseFile, missing: Sequence[Missing], plan: Plan, channels: Mapping[str, str], proofs: NamedProofs
) -> tuple[str, ...]:
    """The screen. `channels` gives the Chinese names of channels by their ids, `proofs` what the buyer named."""
    case = file.case
    lines = [f"案件 {case.id}（{say_state(case)}，{show_moment(case.opened_at)} 建案）"]
    lines += describe_facts(case.facts)
    lines += ["诉求：" + "；".join(show_demands(case.facts.demands))] if case.facts.demands else ["诉求：还没有"]
    lines += _evidence_lines(file)
    lines += _step_lines(file.steps, channels, file.at)
    lines += _archive_lines(file)
    if missing:
        more = f"（共{len(missing)}项，全部见 case missing）" if len(missing) > MOST_LINES else ""
        lines.append(f"还缺{more}：")
        lines += [f"  {number} {one.what}：{one.why}" for number, one in enumerate(missing[:MOST_LINES], start=1)]
    lines += _plan_lines(plan)
    doubts = (*warn_of(case.facts), *proofs.doubts, *find_doubts(case.facts, file.at, seen=proofs.seen))
    lines += [f"注意：{line}" for line in doubts[:5]]
    if len(doubts) > 5:
        lines.append(f"注意：还有{len(doubts) - 5}条（--json 里有全部）")
    return tuple(lines)


def say_state(case: Case) -> str:
    """The state of a case in a few words."""
    if case.erased_at is not None:
        return f"{show_moment(case.erased_at)[:10]} 已清除"
    if case.closed_at is not None:
        returned = f"，收回{show_fact('', case.returned)}" if case.returned is not None else ""
        outcome = names_of("outcome", case.outcome) if case.outcome else "未写结果"
        return f"{show_moment(case.closed_at)[:10]} 已结案：{outcome}{returned}"
    return "办理中"


def _evidence_lines(file: CaseFile) -> list[str]:
    items = file.items
    if not items:
        return [f"证据：还没有（cardwatch case add {file.case.id} 文件…）"]
    counts = Counter(item.stage for item in items)
    told = "、".join(f"{_STAGES[stage]}{counts[stage]}件" for stage in Stage if counts[stage])
    names = "、".join(dict.fromkeys(item.title or item.kind for item in items[:6]))
    lines = [f"证据{len(items)}件（{told}）：{names}{'……' if len(items) > 6 else ''}"]
    conflicts = [f"{item.title or item.id}：{one}" for item in items for one in item.conflicts]
    return lines + [f"  时间不一致 {one}" for one in conflicts[:2]]


def _step_lines(steps: Sequence[CaseStep], channels: Mapping[str, str], at: datetime) -> list[str]:
    lines = []
    for step in steps[-5:]:
        told = f"  {show_moment(step.filed_at)} {channels.get(step.channel, step.channel)}"
        if step.receipt_no:
            told += f"，编号 {step.receipt_no}"
        if step.answered_at is not None or step.outcome:
            told += f"，结果：{OUTCOME_ZH.get(step.outcome, step.outcome) or '已答复'}"
        elif step.due_at is not None:
            until = f"{show_moment(step.due_at)}{'（暂定）' if step.provisional else ''}"
            told += f"，{step.due_what or '等待答复'}：{until}{'，已过' if step.due_at < at else ''}"
        if not step.proof:
            told += "，没有提交证明"
        lines.append(told)
    head = f"步骤{len(steps)}个" + ("（列出最近5个）" if len(steps) > 5 else "")
    return [head + "：", *lines] if steps else []


def _doubt_typed(file: CaseFile) -> str:
    """That who got the money is known from a bill that somebody typed, where nothing else shows it."""
    first = file.who.first if file.who is not None else None
    if first is None or any(row.strength is Strength.LINKED for row in first.rows):
        return ""
    proofs = {one for row in first.rows if row.strength is Strength.VOUCHER for one in row.proof}
    bills = [item for item in file.items if item.evidence in proofs and item.removed_at is None]
    typed = bool(bills) and all(item.media_type.startswith("text/") for item in bills)
    return "；账单是文字材料，以原始账单为准" if typed else ""


def _archive_lines(file: CaseFile) -> list[str]:
    lines = [_page_line(page) for page in file.pages[:MOST_PAGES]]
    if len(file.pages) > MOST_PAGES:
        lines.append(f"  还有{len(file.pages) - MOST_PAGES}个页面")
    if file.changes:
        lines.append(f"  下单以后的变更{len(file.changes)}处：")
        lines += [
            f"    {show_moment(one.after_at)} 见到：{one.difference.reason} {one.page.url}"
            for one in file.changes[:MOST_LINES]
        ]
    if file.blinks:
        lines.append(f"  两次所见之间、只有一次抓取不同的{len(file.blinks)}处（不是确认的变更）")
    if file.who is not None:
        lines.append(f"  被投诉人：{file.who.conclusion}{_doubt_typed(file)}")
        placed = next((one for one in file.who.placed if one.respondent == file.who.first), None)
        forums = (placed.forums if placed else ()) or file.who.forums
        if forums:
            first = forums[0]
            place = f"投诉到：{first.authority}" if first.authority else f"管辖：{first.problem}"
            lines.append(f"  {place}（{first.reason}）")
    contacts = find_contacts(file)
    if contacts:
        told = "、".join(
            f"{one.kind} {one.value}{'（图中文字，请核对）' if one.read_in_picture else ''}" for one in contacts
        )
        lines.append(f"  投诉发到这里（平台页面所列，{show_moment(contacts[0].seen_at)[:10]} 见到）：{told}")
    lines += [f"  {note}" for note in file.notes]
    return ["档案里有：", *lines] if lines else []


def _page_line(page: PageAround) -> str:
    parts = []
    if page.before is not None:
        parts.append(f"下单前最近 {show_moment(page.before.seen_at)}（{page.before.capture}）")
    if page.after is not None:
        parts.append(f"下单后最近 {show_moment(page.after.seen_at)}（{page.after.capture}）")
    if page.gap_seconds is not None:
        alike = {True: "规则相同", False: "规则不同", None: ""}[page.rules_alike]
        parts.append(f"相隔{say_gap(page.gap_seconds)}，间隔期间未观察" + (f"，两次{alike}" if alike else ""))
    if page.visits_now:
        parts.append(f"最近一次访问：{page.visits_now}")
    return f"  {_ROLES.get(page.role, '页面')} {page.url}：{'；'.join(parts) or '没有可用的存档'}"


def say_gap(seconds: float) -> str:
    """A length of time in Chinese: 3天4小时, 25分钟."""
    minutes = int(seconds // 60)
    days, rest = divmod(minutes, 1440)
    if days:
        return f"{days}天{rest // 60}小时" if rest >= 60 else f"{days}天"
    return f"{rest // 60}小时{rest % 60}分钟" if rest >= 60 else f"{rest}分钟"


def _plan_lines(plan: Plan) -> list[str]:
    if plan.refused:
        return [f"下一步：{plan.refused}"]
    first = [step for step in plan.steps if step.place == 1]
    lines = [f"先留意：{sentence}" for _, sentence in plan.flags[:2]]
    for step in first[:MOST_LINES]:
        where = f"，入口：{step.entry}" if step.entry else ""
        lines.append(f"下一步：{step.name}（{step.start}）：{step.reason}{where}")
        lines += [f"  先补：{gap.what}（{gap.mend}）" for gap in step.blocked[:2]]
    return lines
