"""Where the times of a file contradict each other, the bringer's word, or the case; and signs of editing. Pure.

Says what differs and by how much, never which is right. The bounds are settings of ours, not rules of law.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from monitor.complaints.evidence.evidence_kinds import load_editors, load_kinds
from monitor.times import SHANGHAI
from storage.case import Facts, FoundTime, Stage

BOUND = timedelta(minutes=15)
"""Times of one file that lie further apart are told."""

_ZONE_DOUBT = timedelta(hours=14)  # the furthest that a time without a zone may be from Beijing's reading of it
_EIGHT = timedelta(hours=8)
WEAK = ("name", "zip")
_SOURCE_ZH = {
    "exif": "照片信息",
    "pdf": "PDF文档信息",
    "container": "录音录像文件信息",
    "mail": "邮件头",
    "page": "网页存档",
    "chat": "聊天记录",
    "zip": "压缩包",
    "name": "文件名",
    "certificate": "证书",
}
_AFTER_ORDER = ("failure", "demand_chat", "refusal", "reply", "balance_record", "use_trace", "first_complaint")
_BEFORE_ORDER = ("product_page", "spec", "after_sales_promise", "validity", "advert")


def find_conflicts(
    times: Sequence[FoundTime],
    *,
    kind: str,
    facts: Facts,
    said_at: datetime | None,
    said_day_only: bool = False,
    software: str = "",
    added_at: datetime,
) -> tuple[str, ...]:
    """Every contradiction as a Chinese sentence, the gravest first."""
    strong = [time for time in times if time.source not in WEAK]
    weak = [time for time in times if time.source in WEAK]
    return tuple(
        dict.fromkeys(
            (
                *_against_case(strong, weak, said_at, kind, facts),
                *_against_word(strong, said_at, said_day_only),
                *_among(strong),
                *_weak_ones(strong, weak),
                *_in_future((*strong, *weak), said_at, added_at),
                *_edited(software),
            )
        )
    )


def tell_time(time: FoundTime) -> str:
    """A found time in Chinese, with its place and what is unsure of it."""
    zone = "" if time.zone_known else "，时区未记载，按北京时间读"
    weak = "，文件名可随意更改，仅供参考" if time.source == "name" else ""
    return f"{_place(time)}：{_show(time.at)}{zone}{weak}"


def _against_case(
    strong: Sequence[FoundTime], weak: Sequence[FoundTime], said_at: datetime | None, kind: str, facts: Facts
) -> Iterator[str]:
    ordered = facts.ordered_at
    best = max(strong or (), key=lambda one: one.at, default=None)
    made = best.at if best else said_at
    if ordered is None or made is None:
        if ordered is not None and weak and kind in _AFTER_ORDER and weak[0].at < ordered - BOUND:
            yield f"{_place(weak[0])}所示时间{_show(weak[0].at)}早于下单时间{_show(ordered)}（仅供参考）"
        return
    doubt = "（时区未记载，按北京时间推算）" if best is not None and not best.zone_known else ""
    where = f"{_place(best)}记载的时间" if best is not None else "所称的时间"
    if kind in _AFTER_ORDER and made < ordered - BOUND:
        yield f"{where}{_show(made)}早于下单时间{_show(ordered)}，不能证明下单之后的情况{doubt}"
    if load_kinds()[kind].stage is Stage.BEFORE and kind in _BEFORE_ORDER:
        first = min((time.at for time in strong), default=made)
        if first > ordered + BOUND:
            yield f"{where}{_show(first)}晚于下单时间{_show(ordered)}，不能单独证明下单时的内容{doubt}"


def _against_word(strong: Sequence[FoundTime], said_at: datetime | None, day_only: bool) -> Iterator[str]:
    if said_at is None or not strong:
        return
    nearest = min(strong, key=lambda one: abs(one.at - said_at))
    apart = abs(nearest.at - said_at)
    if day_only:
        if nearest.at.astimezone(SHANGHAI).date() == said_at.astimezone(SHANGHAI).date():
            return
    elif apart <= BOUND:
        return
    said = f"{said_at.astimezone(SHANGHAI):%Y-%m-%d}" if day_only else _show(said_at)
    yield f"自称形成于{said}，而{_place(nearest)}记载为{_show(nearest.at)}，相差{_span(apart)}{_eight(apart)}"


def _among(strong: Sequence[FoundTime]) -> Iterator[str]:
    """Times that a file states of its making, apart from each other; the span of a chat is none."""
    made = [time for time in strong if time.source not in ("chat", "certificate")]
    if len(made) < 2:
        return
    first, last = min(made, key=lambda one: one.at), max(made, key=lambda one: one.at)
    apart = last.at - first.at
    if apart <= BOUND:
        return
    told = f"{_place(first)}为{_show(first.at)}，{_place(last)}为{_show(last.at)}，相差{_span(apart)}{_eight(apart)}"
    if first.zone_known != last.zone_known and apart <= _ZONE_DOUBT:
        told += "（其中一个未记载时区）"
    if last.field in ("DateTime", "ModDate"):
        told += "：形成之后又被保存过"
    yield told


def _weak_ones(strong: Sequence[FoundTime], weak: Sequence[FoundTime]) -> Iterator[str]:
    for one in weak:
        if one.source != "name" or not strong:
            continue
        nearest = min(strong, key=lambda other: abs(other.at - one.at))
        apart = abs(nearest.at - one.at)
        if apart > BOUND and nearest.source != "chat":
            yield (
                f"文件名所示{_show(one.at)}与{_place(nearest)}{_show(nearest.at)}相差{_span(apart)}{_eight(apart)}"
                "（文件名可随意更改，仅供参考）"
            )


def _in_future(times: Sequence[FoundTime], said_at: datetime | None, added_at: datetime) -> Iterator[str]:
    for time in times:
        late = BOUND if time.zone_known else _ZONE_DOUBT
        if time.at > added_at + late:
            yield f"{_place(time)}{_show(time.at)}晚于加入本案的时间{_show(added_at)}：设备的时钟可能不准"
            return
    if said_at is not None and said_at > added_at + BOUND:
        yield f"自称的时间{_show(said_at)}晚于加入本案的时间{_show(added_at)}"


def _edited(software: str) -> Iterator[str]:
    low = software.lower()
    if any(word in low for word in load_editors()):
        shown = " ".join(software.split())[:60]
        yield f"文件记载经过图像编辑软件（{shown}）处理，对方可能质疑；请把未经编辑的原图也加入"


def _place(time: FoundTime) -> str:
    if time.source == "name":
        return "文件名"
    return f"{_SOURCE_ZH.get(time.source, time.source)}（{time.field}）"


def _show(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _span(apart: timedelta) -> str:
    minutes = int(apart.total_seconds() // 60)
    if minutes >= 2 * 24 * 60:
        return f"{minutes // (24 * 60)}天"
    if minutes >= 120:
        return f"{minutes // 60}小时" + (f"{minutes % 60}分" if minutes % 60 else "")
    return f"{minutes}分钟"


def _eight(apart: timedelta) -> str:
    """A gap of eight hours is what a phone makes that writes Beijing's time as if it were universal time."""
    return "（正好相差8小时，可能是设备把北京时间记成了世界时）" if abs(apart - _EIGHT) <= timedelta(minutes=2) else ""
