"""The words of a digest: what a consumer reads when a page he watches was changed.

Takes changes and what happened in a run, gives a title and a bounded Chinese text. What comes from a page is hostile:
control characters go, and signs that a chat service would act on (@all) are written full-width.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.change_words import SEVERITY_WORDS
from monitor.times import show_time
from scrapers.model import Role
from storage.model import Change, ChangeClass, ChangeStatus, Severity

MOST_CHARACTERS = 3500  # WeCom, Telegram and Discord cut or refuse longer messages
_MOST_QUOTED = 120
_MOST_NAMED = 60

_ROLE_WORDS = {
    Role.PRODUCT: "商品页",
    Role.TERMS: "售后条款页",
    Role.NOTICE: "公告页",
    Role.HOME: "首页",
    Role.CONTACT: "联系页",
    Role.ORDER: "订单页",
    Role.RELEASE: "发布页",
}
_STATUS_WORDS = {
    ChangeStatus.CONFIRMED: "已由后一次抓取确认",
    ChangeStatus.PENDING: "尚待后一次抓取确认",
}
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_ACTIVE = str.maketrans({"@": "＠", "<": "＜", ">": "＞", "`": "'", "*": "＊"})


@dataclass(frozen=True)
class Notice:
    """Something about the watching itself that a person must know. `key` tells it apart, so that it is told once."""

    key: str
    text: str
    grave: bool = False


@dataclass(frozen=True)
class RunSummary:
    """How a run went, for the last lines of its digest."""

    run_id: str
    started_at: datetime
    ended_at: datetime
    planned: int
    captured: int
    failed: int
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class DigestText:
    """A digest as it goes out. `left_out` counts changes that are only told as a number."""

    title: str
    body: str
    left_out: int


def notice_disk_full(*, free_megabytes: int, minimum_free_megabytes: int, day: str) -> Notice:
    """That captures stopped for want of room; told once a day while it lasts."""
    text = (
        f"磁盘快满了：只剩 {free_megabytes} MB，低于设定的 {minimum_free_megabytes} MB，已停止抓取，"
        "期间的变更不会被记录。请清出空间，或把 archive.path 移到更大的磁盘。"
    )
    return Notice(f"disk_full:{day}", text, grave=True)


def notice_missed_runs(*, pages: int, missed: int, since: datetime) -> Notice:
    """That due captures did not happen: the machine was off, or no cron ran."""
    text = (
        f"自 {show_time(since)} 起有 {missed} 次应做的抓取没有做，涉及 {pages} 个页面（电脑关机或定时任务未运行）；"
        "这段时间内页面有无变更不得而知。请运行 cardwatch doctor 检查。"
    )
    return Notice(f"missed:{since.isoformat()}:{missed}", text)


def write_digest(changes: Sequence[Change], summary: RunSummary, notices: Sequence[Notice]) -> DigestText:
    """One text for all that is told, the gravest first; at most 3,500 characters."""
    ordered = sorted(changes, key=lambda change: (-change.difference.severity.rank, change.after_at, change.id))
    first = [f"【{'重要' if notice.grave else '提示'}】{plain(notice.text, 400)}" for notice in notices[:10]]
    last = (
        f"本次运行 {show_time(summary.started_at)}：计划 {summary.planned} 页，抓取 {summary.captured} 页，"
        f"失败 {summary.failed} 页。以上时间均为北京时间；本工具只记录所见，不代表对经营者的认定。"
    )
    room = MOST_CHARACTERS - len(last) - 80 - sum(len(text) + 2 for text in first)
    told: list[str] = []
    for change in ordered:
        text = write_change(change)
        if len(text) + 2 > room:
            break
        room -= len(text) + 2
        told.append(text)
    left_out = len(ordered) - len(told)
    if left_out:
        told.append(f"另有 {left_out} 项变更未列出，请运行 cardwatch changes 查看。")
    return DigestText(_write_title(ordered, notices), "\n\n".join([*first, *told, last]), left_out)


def write_change(change: Change) -> str:
    """One change: platform and page, what changed, since when, how sure, and the command that shows it."""
    difference = change.difference
    lines = [
        f"【{SEVERITY_WORDS[difference.severity]}】{plain(change.page.platform, _MOST_NAMED)} · "
        f"{_ROLE_WORDS[change.page.role]}",
        plain(change.page.url, 200),
        plain(difference.reason, 2 * _MOST_QUOTED),
    ]
    if difference.change_class is not ChangeClass.OUTCOME:
        lines.append(f"变更前：{plain(difference.before, _MOST_QUOTED) or '（无）'}")
        lines.append(f"变更后：{plain(difference.after, _MOST_QUOTED) or '（无）'}")
    if change.before_at is None:
        lines.append(f"时间：{show_time(change.after_at)} 首次抓取时所见")
    else:
        lines.append(f"时间：{show_time(change.before_at)} 与 {show_time(change.after_at)} 两次抓取之间，期间未观察")
    lines.append(f"状态：{_STATUS_WORDS.get(change.status, '未经本工具核实')}")
    if not difference.quotable:
        lines.append("注意：该文字为隐藏内容或由图片识别，不宜直接引用。")
    if change.before_capture:
        lines.append(f"查看：cardwatch diff {change.before_capture} {change.after_capture}")
    else:
        lines.append(f"查看：cardwatch show {change.after_capture}")
    return "\n".join(lines)


def plain(text: str, most: int) -> str:
    """One line of at most `most` characters that no chat service or terminal acts on."""
    line = " ".join(_UNSAFE.sub(" ", text[: most * 4]).split()).translate(_ACTIVE)
    return line if len(line) <= most else line[: most - 1] + "…"


def _write_title(changes: Sequence[Change], notices: Sequence[Notice]) -> str:
    if not changes:
        return "cardwatch：监测本身有情况需要处理"
    grave = sum(1 for change in changes if change.difference.severity.rank >= Severity.HIGH.rank)
    platforms = list(dict.fromkeys(change.page.platform for change in changes))
    where = plain(platforms[0], 30) + (f"等 {len(platforms)} 个平台" if len(platforms) > 1 else "")
    count = f"{grave} 项严重变更，共 {len(changes)} 项" if grave else f"{len(changes)} 项变更"
    return f"cardwatch：{where} {count}" + ("；另有重要提示" if any(notice.grave for notice in notices) else "")
