"""`links A B`: why two sites are thought to be under one control, or not: every row in bits, as a waterfall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.cli.asking import open_asked_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, show_time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.operators.model import Link, LinkRow
    from storage.session import Session

_WIDTH = 24
_LEAST = 0.005  # bits; what adds nothing has no line
_BAR_BITS = 16.0  # so many bits fill a bar


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--unmask", is_flag=True, help="Show the names, accounts and contacts of natural persons.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def links_command(context: click.Context, a: str, b: str, unmask: bool, as_json: bool) -> ExitCode:
    """Explain the link between two sites: each row with its places, dates, rarity, bits and reason.

    Also what speaks against it, and what the verdict would be without each row. What is below 确认 is a lead for
    you alone: it stays on this machine. Names and contacts of persons are masked. Status 6 where one of the two
    states nothing.
    """
    from monitor.operators.link_answer import answer_link, mask_link
    from storage.decisions import list_decisions

    with open_asked_archive(context) as archive, archive.database.reading() as session:
        first, second = require_site(session, a), require_site(session, b)
        if first == second:
            fail(f"{a} and {b} are one site, {first}", ExitCode.WRONG_USE)
        link = answer_link(session, first, second)
        decisions = [one for one in list_decisions(session, [first], revoked=True) if {one.a, one.b} == {first, second}]
    if link is None:
        fail(f"{first} and {second}: one of them states nothing that could link it", ExitCode.NOTHING_FOUND)
    link = link if unmask else mask_link(link)
    if as_json:
        print_json(
            {
                "a": link.a, "b": link.b, "bits": link.bits, "band": link.band, "decided": link.decided,
                "rows": link.rows, "contrary": link.contrary, "decisions": decisions,
            }
        )  # fmt: skip
    else:
        for line in draw_link(link):
            click.echo(plain_text(line))
        for one in decisions:
            gone = f"，{show_time(one.revoked_at)[:10]} 撤回" if one.revoked_at else ""
            word = {"same": "同一运营者", "different": "不是同一运营者", "unsure": "不能确定"}[one.verdict]
            click.echo(
                plain_text(
                    f"人工判定 {one.id}：{one.made_by} {show_time(one.made_at)[:10]} {word}{gone}（{one.reason}）"
                )
            )
    return ExitCode.DONE


def require_site(session: Session, asked: str) -> str:
    """The known site that is meant; none ends the command."""
    from monitor.operators.asked_sites import find_site

    site = find_site(session, asked)
    if not site:
        fail(
            f"no site '{plain_text(asked[:200])}' is known; `cardwatch sites` lists those that are",
            ExitCode.NOTHING_FOUND,
        )
    return site


def draw_link(link: Link) -> list[str]:
    """The waterfall as lines: from the start downwards, each row with the sum so far."""
    word = {"same": "（人工判定：同一运营者）", "different": "（人工判定：不是同一运营者）"}.get(link.decided, "")
    lines = [f"{link.a} 与 {link.b}：{link.band.value}，合计 {link.bits:+.1f} 比特{word}", ""]
    start = [row for row in link.rows if row.kind == "prior"]
    agreeing = [row for row in link.rows if row.kind != "prior"]
    total = 0.0
    for title, rows in (("", start), ("支持", agreeing), ("反证", link.contrary)):
        if title:
            lines.append(f"{title}：" + ("" if rows else "无"))
        for row in rows:
            total += row.bits
            lines += _draw_row(row, total) if abs(row.bits) >= _LEAST else ()
        nothing = sum(abs(row.bits) < _LEAST for row in rows)
        lines += [f"  另有 {nothing} 项不计分，见 --json"] if nothing else []
    lines += ["", _say_without(link, agreeing)]
    if link.band.value != "确认":
        lines.append("低于“确认”的关联只供本机参考，不会随导出、取证说明或投诉材料带出。")
    return lines


def _draw_row(row: LinkRow, total: float) -> list[str]:
    from monitor.operators.kind_words import KIND_WORDS

    name = "起点" if row.kind == "prior" else KIND_WORDS.get(row.kind, row.kind)
    value = f"{_cut(row.value)} ≠ {_cut(row.other_value)}" if row.other_value else _cut(row.value)
    lines = [f"  {row.bits:+7.2f} {_bar(row.bits)} {total:+7.2f}  {name} {value}".rstrip()]
    sights = [_sight("甲", row.place_a, row.first_a, row.last_a), _sight("乙", row.place_b, row.first_b, row.last_b)]
    told = "；".join([part for part in sights if part] + ([f"另有 {row.sites} 个网站"] if row.sites else []))
    indent = " " * (20 + _WIDTH)
    if told:
        lines.append(indent + told)
    lines.append(indent + row.reason)
    if row.without is not None and row.kind != "prior":
        lines.append(f"{indent}去掉本条：{row.without.value}")
    return lines


def _say_without(link: Link, rows: Sequence[LinkRow]) -> str:
    needed = [row for row in rows if row.without is not None and row.without is not link.band]
    if not needed:
        return "去掉任何一条，结论都不变。" if rows else "没有共同点。"
    return f"有 {len(needed)} 条一旦去掉，结论就会改变。"


def _sight(who: str, place: str, first: datetime | None, last: datetime | None) -> str:
    from monitor.operators.place_words import PLACE_WORDS

    if not place or first is None or last is None:
        return ""
    return f"{who} {PLACE_WORDS.get(place, place)} {show_time(first)[:10]}—{show_time(last)[:10]}"


def _bar(bits: float) -> str:
    half = _WIDTH // 2
    length = min(half, round(abs(bits) / _BAR_BITS * half))
    return f"{'░' * length:>{half}}|{'':{half}}" if bits < 0 else f"{'':{half}}|{'█' * length:<{half}}"


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
