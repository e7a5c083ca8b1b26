"""证据目录 with the pages of the booklet, and 遮盖说明: what was masked, by kind and place.

Takes prepared exhibits and their pages; gives HTML. Columns are those that a court asks for: number, name, source, what
it shows, pages, grouped. Nothing that was masked is told by more than its kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.complaints.evidence.exhibits import GROUP_ZH
from monitor.complaints.model import ExhibitGroup
from monitor.complaints.pack.audience import AUDIENCE_ZH
from monitor.complaints.pack.masks import Masker, name_kind
from monitor.complaints.pack.model import NOT_ATTACHED, Prepared
from monitor.complaints.pack.sheets import make_list, make_page, make_table, show

PAGE_COLUMN = "页码"


def render_evidence_list(
    prepared: Sequence[Prepared], pages: Mapping[str, str], day: str, submitter: str, holdings: str
) -> str:
    """The list of evidence, grouped. `holdings` says how much there is and how much of it goes along."""
    parts = [
        "<h1>证据目录</h1>",
        f'<p class="under">{show(holdings)}。页码为“证据材料.pdf”每页下方所印页码</p>',
    ]
    titles = (("number", "编号"), ("", "证据名称"), ("", "证据来源"), ("", "证明对象和内容"), ("pages", PAGE_COLUMN))
    for group in ExhibitGroup:
        rows = [
            (
                show(one.exhibit.number),
                show(one.name, 200),
                show(one.source, 200),
                show(one.shows, 300),
                show(pages.get(one.exhibit.number, NOT_ATTACHED)),
            )
            for one in prepared
            if one.exhibit.group is group
        ]
        if rows:
            parts += [f"<h2>第{group.value}组　{GROUP_ZH[group]}</h2>", make_table(titles, rows, "evidence")]
    withheld = [f"证{one.exhibit.number}：{one.withheld}" for one in prepared if one.withheld]
    if withheld:
        parts += ["<h2>未附的证据及原因</h2>", make_list(withheld)]
    if submitter:
        parts.append(f"<p>提交人（签名）：{show(submitter)}　　　　　　日期：{show(day)}</p>")
    return make_page("证据目录", parts)


def render_mask_report(prepared: Sequence[Prepared], masker: Masker) -> str:
    """What was masked for this reader: where, which kind, how often."""
    audience = masker.masking.audience
    parts = [
        "<h1>遮盖说明</h1>",
        f"<p>本材料按“{AUDIENCE_ZH[audience]}”这一读者遮盖。卡密、兑换码在任何情况下都不完整出示，只留首尾几位供核对；"
        "未遮盖的原件封存在本人处，可应受理机关要求提交。遮盖件是另存的副本，原件未作任何改动。</p>",
    ]
    rows = [(show(where), show(name_kind(kind)), str(count)) for where, kind, count in masker.counts]
    if rows:
        parts.append(make_table((("", "位置"), ("", "类别"), ("pages", "处数")), rows))
    else:
        parts.append("<p>没有需要遮盖的内容。</p>")
    raw = [f"证{one.exhibit.number}（{one.name}）：{one.notes[-1]}" for one in prepared if one.raw]
    if raw:
        parts += ["<h2>未经遮盖而附上的</h2>", make_list(raw)]
    withheld = [f"证{one.exhibit.number}（{one.name}）：{one.withheld}" for one in prepared if one.withheld]
    if withheld:
        parts += ["<h2>没有附上的</h2>", make_list(withheld)]
    return make_page("遮盖说明", parts)
