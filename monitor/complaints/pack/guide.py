"""使用说明: for whoever files the pack: where to go, what to paste, what to upload in which order, what to keep after.

Takes what the pack holds; gives the same as HTML and as plain text. It is for the sender and is not handed in. Says
what was masked, and what the pack cannot prove.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.complaints.model import PlannedStep
from monitor.complaints.pack.model import Prepared
from monitor.complaints.pack.office import Office
from monitor.complaints.pack.sheets import make_list, make_page, show
from monitor.complaints.routing.channels import Channel
from monitor.config.complaints import ChannelLimits

_NUMBERS = "一二三四五六七八九十百千"
LIMITS_NOTE = "上限以提交页面为准"
_OWN_CAPTURES = (
    "网页不是由中立第三方抓取，操作人与本案有利害关系的须写明；对方可以质疑抓取过程。"
    "需要更强的证明，另行办理公证或可信时间戳存证。"
)
_CLAIMED_FILES = (
    "他人提供的网页存档文件（{numbers}）由谁、何时、怎样保存未经核实，时间为提供人声称，不能证明页面当时这样显示。"
)
CANNOT_PROVE = (
    "校验值和保管链证明文件自封存之后没有改动，不证明封存之前的真实性；"
    "只有外部时间凭据（proof 内的时间戳）能证明“不晚于某时已存在”。",
    "两次抓取之间没有观察：只能说在某时、某时两次抓取中均显示，或前后不同，不能说其间一直如此。",
    "“据本人陈述”的内容没有证据支持；图片文字识别、隐藏文字不作为页面展示的文字引用。",
    "本材料不证明对方构成欺诈，也不保证退款、冻结或受理；是否受理、如何处理由受理机关决定。",
)


@dataclass(frozen=True)
class Section:
    """A heading with its lines; `paste` is a text to be copied as a whole."""

    title: str
    lines: tuple[str, ...] = ()
    paste: str = ""
    ordered: bool = False


def tell_limits(prepared: Sequence[Prepared]) -> tuple[str, ...]:
    """What this pack cannot prove, by what is in it: own captures, files that somebody else saved."""
    captures = [one for one in prepared if one.exhibit.form == "capture"]
    claimed = [one.exhibit.number for one in captures if one.claimed]
    told = [_OWN_CAPTURES] if len(captures) > len(claimed) else []
    told += [_CLAIMED_FILES.format(numbers=f"证{'、'.join(claimed)}")] if claimed else []
    return (*told, *CANNOT_PROVE)


def list_sections(
    channel: Channel,
    step: PlannedStep,
    office: Office,
    limits: ChannelLimits,
    *,
    case: str,
    uploads: Sequence[str],
    pastes: Sequence[tuple[str, str]],
    paste_in: str,
    masks: Sequence[tuple[str, int]],
    withheld: Sequence[str],
    warnings: Sequence[str],
    limits_told: Sequence[str] = CANNOT_PROVE,
    compact: bool,
) -> tuple[Section, ...]:
    """What the guide says. `pastes` are (title, text), `uploads` names of files in their order."""
    where = [
        f"渠道：{channel.name}",
        f"提交给：{office.name}",
        f"为什么是这里：{office.why}",
        f"入口：{channel.tell_entry()}",
    ]
    if step.forum.startswith("（"):
        where.append(f"注意：{step.forum.strip('（）')}")
    where.append(f"费用与时间：{channel.cost.tell()}")
    bounds = (
        f"按每次最多 {limits.max_files} 个文件、每个不超过 {limits.max_megabytes:g} MB、正文不超过 "
        f"{limits.max_characters} 字准备；{LIMITS_NOTE}，可在配置 [complaints.limits] 中改。"
    )
    sections = [
        Section("到哪里提交", tuple(where)),
        Section(
            "粘贴什么",
            tuple(
                f"“{title}”（{len(text)} 字）：{f'从 {paste_in} 全文复制' if paste_in else '见下面方框'}"
                for title, text in pastes
            )
            or ("本渠道没有要粘贴的正文，提交纸面或 PDF 文书。",),
        ),
        Section("上传什么，按此顺序", (*uploads, bounds), ordered=True),
        Section(
            "提交之后",
            (
                "把提交成功的页面截图、受理编号保存下来；不要删除聊天记录、订单和付款记录，不要换机。",
                f"在本机记录：cardwatch case file {case} {channel.id}（附上截图和编号），"
                "之后用 cardwatch case due 看下一个期限。",
                *([f"下一个期限：{step.due}"] if step.due else []),
            ),
        ),
        Section(
            "遮盖了什么",
            tuple(f"{kind}：{count} 处" for kind, count in masks) or ("没有需要遮盖的内容。",),
        ),
    ]
    if withheld:
        sections.append(Section("没有附上的", tuple(withheld)))
    sections.append(Section("这份材料不能证明什么", tuple(limits_told)))
    if warnings:
        sections.append(Section("提交前请再看一遍", tuple(warnings)))
    if not compact:
        sections.append(
            Section(
                "怎样核对",
                (
                    "在任何浏览器中打开 verify.html（不需要联网），把整个材料包拖进去；或运行 cardwatch verify。",
                    "网页存档（.wacz）可用 ReplayWeb.page 打开回放。",
                ),
            )
        )
    if not paste_in:
        sections += [Section(f"粘贴用：{title}", paste=text) for title, text in pastes]
    return tuple(replace(one, title=f"{number}、{one.title}") for number, one in zip(_NUMBERS, sections, strict=False))


def render_guide(sections: Sequence[Section]) -> str:
    """The guide as a document."""
    parts = ["<h1>使用说明</h1>", '<p class="under">给提交人看，不必提交</p>']
    for section in sections:
        parts.append(f"<h2>{show(section.title)}</h2>")
        parts.append(make_list(section.lines, ordered=section.ordered))
        if section.paste:
            parts.append(f'<div class="paste">{show(section.paste, 20_000)}</div>')
    return make_page("使用说明", parts)


def write_guide(sections: Sequence[Section]) -> str:
    """The guide as plain text."""
    lines = ["使用说明（给提交人看，不必提交）", ""]
    for section in sections:
        lines.append(section.title)
        for number, line in enumerate(section.lines, 1):
            lines.append(f"  {number}. {line}" if section.ordered else f"  - {line}")
        if section.paste:
            lines += ["", section.paste]
        lines.append("")
    return "\n".join(lines)
