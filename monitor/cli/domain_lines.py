"""How `domains` prints a platform's line on one screen: the picture, a line a site, the moves with what says so.

With `details` every state and every signal gets its own line, with the captures and lookups that prove it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.output import plain_text, show_time

if TYPE_CHECKING:
    from monitor.operators.move_signals import MoveSignal
    from monitor.operators.release_pages import ReleasePage
    from monitor.sites.answers import SiteRow
    from monitor.sites.follow import Proposal
    from monitor.sites.moves import PlatformLine
    from storage.identity import Move

_MOST = 50
_MOST_CANDIDATES = 3
_MOST_STATES = 6


def print_line(
    line: PlatformLine,
    rows: Sequence[SiteRow],
    moves: Sequence[Move],
    proposals: Sequence[Proposal],
    at: datetime,
    *,
    details: bool,
) -> None:
    """Print all of it. Candidates are few unless details are asked for."""
    from monitor.sites.answers import current_sites, last_look
    from monitor.sites.picture import LEGEND, draw_sites
    from storage.identity import MoveKind

    now = current_sites(rows, moves)
    looked = last_look(rows)
    when = f"；最近一次查看：{show_time(looked)[:16]}" if looked else "；尚未查看"
    click.echo(f"{plain_text(line.platform)}：{len(line.sites)} 个域名；现用：{'、'.join(now) or '不明'}{when}")
    picture = draw_sites([(row.site, row.periods) for row in rows], at)
    if picture:
        click.echo("")
        for drawn in (*picture, LEGEND):
            click.echo(drawn)
    click.echo("")
    width = max((len(row.site) for row in rows), default=0)
    for row in rows:
        _print_states(row, width, details=details)
    for title, kind in (
        ("搬迁", MoveKind.SUCCESSOR),
        ("镜像（不算搬迁）", MoveKind.MIRROR),
        ("分站与合作站（不算搬迁）", MoveKind.BRANCH),
        ("候选（不能认定）", MoveKind.CANDIDATE),
    ):
        of_kind = [move for move in moves if move.kind is kind]
        if kind is not MoveKind.CANDIDATE:
            of_kind.sort(key=lambda move: move.since)
        elif not details:
            of_kind = _telling(of_kind, now)
        _print_moves(title, of_kind, line.signals.signals, details=details)
    _print_moves("已由人工否定", line.succession.rejected, line.signals.signals, details=details)
    _print_release_pages(line.release_pages, details=details)
    if proposals:
        click.echo(f"\n建议加入监测（cardwatch domains {plain_text(line.platform)} --follow 一次加入）：")
        for one in proposals[:20]:
            continues = f"，接续 {one.continues}" if one.continues else ""
            click.echo(f"  {one.url}（{one.role}{continues}）")
    if not details:
        click.echo("\n逐项依据与证据编号：加 --details；全部数据：加 --json")


def _telling(candidates: Iterable[Move], now: Sequence[str]) -> list[Move]:
    """One candidate for each new site, the strongest, without those that are of the line anyway."""
    best: dict[str, Move] = {}
    for move in candidates:
        if move.after not in now and (move.after not in best or move.bits > best[move.after].bits):
            best[move.after] = move
    return sorted(best.values(), key=lambda move: -move.bits)[:_MOST_CANDIDATES]


def _print_states(row: SiteRow, width: int, *, details: bool) -> None:
    from monitor.operators.kind_words import STATE_WORDS

    if not row.periods:
        click.echo(f"{row.site:<{width}}  尚未查看")
        return
    if not details:
        shown = row.periods[-_MOST_STATES:]
        states = [f"{show_time(period.since)[:10]} {STATE_WORDS[period.state]}" for period in shown]
        more = "… " if len(row.periods) > len(shown) else ""
        looked = show_time(row.periods[-1].checked_at)[:10]
        click.echo(f"{row.site:<{width}}  {more}{' → '.join(states)}（查看至 {looked}）{_say_pending(row)}")
        return
    click.echo(row.site)
    for period in row.periods:
        until = show_time(period.ended_at)[:16] if period.ended_at else f"查看至 {show_time(period.checked_at)[:16]}"
        click.echo(
            f"  {show_time(period.since)[:16]} – {until}  {STATE_WORDS[period.state]}  {plain_text(period.reason)}"
        )
        click.echo(f"      证据：{' '.join(period.proof) or '（无）'}")
    if row.pending is not None:
        click.echo(f"  {_say_pending(row).removeprefix('；')}（{row.pending.checks} 次，未满两次间隔的检查）")


def _say_pending(row: SiteRow) -> str:
    """What was met since the last sight of the present state, and is no state yet."""
    pending = row.pending
    if pending is None:
        return ""
    return f"；{show_time(pending.first_at)[:10]} 起待确认：{plain_text(pending.sign.reason)}"


def _print_moves(title: str, moves: Sequence[Move], said: Sequence[MoveSignal], *, details: bool) -> None:
    from monitor.operators.move_days import find_days, say_days
    from monitor.operators.move_words import say_briefly, say_signal, telling_signals
    from storage.identity import MoveKind

    if not moves:
        return
    click.echo(f"\n{title}：")
    for move in moves[:_MOST]:
        # a candidate's signs may all be copied: their sum beside that of a true move would mislead
        total = "" if move.kind is MoveKind.CANDIDATE else f"  线索合计 {move.bits:+.1f}"
        click.echo(f"  {move.before} → {move.after}  {say_days(move, find_days(said, move))}{total}")
        if not details:
            click.echo(f"    {plain_text(say_briefly(move))}")
            continue
        click.echo(f"    {plain_text(move.reason)}")
        for name, bits, proof in telling_signals(move):
            click.echo(f"      {bits:+5.1f}  {say_signal(name, bits)}" + (f"  [{proof}]" if proof else ""))
    if len(moves) > _MOST:
        click.echo(f"  另有 {len(moves) - _MOST} 项，见 --json")


def _print_release_pages(pages: Sequence[ReleasePage], *, details: bool) -> None:
    words = {"current": "现列", "mirror": "备用", "dropped": "已撤下"}
    if pages:
        click.echo("\n地址发布页（只列地址，不算平台的站点）：")
    for page in pages:
        named = f"（{'、'.join(page.named_by)} 所称）" if page.named_by else ""
        click.echo(f"  {page.url}{named}")
        for one in page.listed[:10] if details else page.listed[:3]:
            span = f"{show_time(one.first_at)[:10]} – {show_time(one.last_at)[:10]}"
            proof = f"  [{one.proof}]" if one.proof and details else ""
            click.echo(f"    {words[one.part]} {one.site}  {span}{proof}")
