"""A plan and a pre-filing check as Chinese lines for a person: now, side by side, then; what blocks and how to mend it.

Takes the values, gives lines without colour or control characters of their own. Pure.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from monitor.complaints.filing.prefiling import PreFiling
from monitor.complaints.model import Missing, Plan, PlannedStep
from monitor.complaints.routing.channels import cite, load_channels

_PUBLIC = ("heimao", "xfb", "tszt")
_IN_FULL = 2  # places that are told in full; later ones in short
DISCLAIMER = "这是办事的顺序建议，不是法律意见；提交前请核对现行规定和实际页面"


def tell_plan(plan: Plan, case_id: str, today: date, *, full: bool = False) -> tuple[str, ...]:
    """The plan on about one screen; with `full` every step at length."""
    lines = [f"案件 {case_id} 的办理计划（{today.isoformat()}）。{DISCLAIMER}。"]
    if plan.refused:
        return (*lines, "", f"不能办理：{plan.refused}", *(f"  · {note}" for note in plan.notes))
    lines += [f"金额：{plan.basis.get('amount', '未填写')}"]
    if plan.flags:
        lines += ["", "涉诈迹象"]
        lines += [f"  ! {sentence}" for _, sentence in plan.flags]
    shown, told = "", dict[str, int]()
    for step in plan.steps if full else _merge(plan.steps):
        beside = step.place > 1 and any(one.place == step.place and one is not step for one in plan.steps)
        heading = "现在" if step.place == 1 else "然后"
        if heading != shown:
            lines += ["", f"{heading}{'（下列可以同时进行）' if step.place == 1 and _together(plan, 1) else ''}"]
            shown = heading
        at_length = full or step.place <= _IN_FULL
        lines += _tell_step(step, today, at_length=at_length, beside=beside)
        if not at_length and step.blocked:
            lines.append(f"      还缺：{_tell_gaps(step, told)}")
        for gap in step.blocked:
            told.setdefault(gap.what, step.place)
    if plan.unsuited:
        lines += ["", "不适合"]
        for reason, names in _by_reason(plan).items():
            lines.append(f"  × {'、'.join(names)}：{reason}")
    if plan.notes:
        lines += ["", "先说清楚"]
        lines += [f"  · {note}" for note in plan.notes]
    lines += [
        "",
        f"文书：cardwatch case letter {case_id} 文书名；提交以后：cardwatch case file {case_id} 渠道 --proof 回执截图",
    ]
    return tuple(lines)


def tell_check(check: PreFiling, case_id: str, today: date) -> tuple[str, ...]:
    """The pre-filing check of one channel."""
    name = load_channels()[check.channel].name
    lines = [f"案件 {case_id} 提交前检查：{name}（{check.channel}）"]
    if check.blocks:
        lines += ["", "会被退回或不予受理"]
        lines += [line for one in check.blocks for line in _tell_missing(one, today, "  ")]
    else:
        lines += ["", "没有发现会被退回的问题（按已填写的内容）"]
    if check.warnings:
        lines += ["", "要注意"]
        lines += [f"  · {one}" for one in check.warnings]
    if check.attacks:
        lines += ["", "对方会怎样质疑证据"]
        for point in check.attacks:
            law = cite(point.articles, today)
            lines += [f"  ? {point.what}{law}", f"      补强：{point.mend}"]
    return (*lines, "", DISCLAIMER + "。")


def tell_missing(blocked: Iterable[Missing], today: date) -> tuple[str, ...]:
    """What is missing, each with its reason and the way to mend it."""
    return tuple(line for one in blocked for line in _tell_missing(one, today, ""))


def _tell_step(step: PlannedStep, today: date, *, at_length: bool, beside: bool) -> list[str]:
    state = "（还不能提交）" if step.blocked else ""
    lines = [f"  {step.place} {step.name} [{step.channel}]{'（可与同号的并行）' if beside else ''}{state}"]
    if step.place > 1 or not step.start.startswith("现在"):
        lines.append(f"      何时：{step.start}")
    lines.append(f"      为什么：{step.reason}")
    if not at_length:
        return lines
    lines += [line for one in step.blocked for line in _tell_missing(one, today, "      ")]
    if step.entry:
        lines.append(f"      去哪里：{step.entry}" + (f"；受理：{step.forum}" if step.forum else ""))
    lines.append(f"      花费：{step.cost}")
    lines.append(f"      能得到：{step.gives}。不能：{step.gives_not}")
    if step.due:
        lines.append(f"      期限：{step.due}")
    if step.letters:
        lines.append(f"      文书：{'、'.join(step.letters)}")
    lines += [f"      注意：{one}" for one in step.warnings]
    return lines


def _merge(steps: tuple[PlannedStep, ...]) -> list[PlannedStep]:
    """Later public platforms of one place are one entry: they do the same."""
    merged: list[PlannedStep] = []
    for step in steps:
        last = merged[-1] if merged else None
        alike = last is not None and step.channel in _PUBLIC and last.channel.split(", ")[0] in _PUBLIC
        if last is not None and alike and step.place == last.place > _IN_FULL and step.blocked == last.blocked:
            merged[-1] = replace(last, name=f"{last.name}、{step.name}", channel=f"{last.channel}, {step.channel}")
        else:
            merged.append(step)
    return merged


def _tell_gaps(step: PlannedStep, told: dict[str, int]) -> str:
    """What is missing; what an earlier step of the plan lacks too is told once."""
    new = [one.what for one in step.blocked if one.what not in told]
    same = sorted({told[one.what] for one in step.blocked if one.what in told})
    old = [f"第{'、'.join(map(str, same))}步所缺的"] if same else []
    return "；".join([*old, *new])


def _tell_missing(one: Missing, today: date, indent: str) -> list[str]:
    lines = [f"{indent}缺 {one.what}：{one.why}{cite(one.articles, today)}", f"{indent}   怎么补：{one.mend}"]
    if one.read:
        lines.append(f"{indent}   {tell_clarify(one)}")
    return lines


def tell_clarify(one: Missing, case: str = "案件") -> str:
    """The way out of a stop that rests on words of the case: the buyer says what they mean."""
    return f"不是这个意思的，不用改写，说明一句：case clarify {case} {shlex.quote(one.read)} '您的意思'"


def _together(plan: Plan, place: int) -> bool:
    return sum(1 for one in plan.steps if one.place == place) > 1


def _by_reason(plan: Plan) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in plan.unsuited:
        found.setdefault(one.reason, []).append(one.name)
    return found
