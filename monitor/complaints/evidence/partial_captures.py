"""Captures that ended half done: what of them is lacking, in the words that letters, checks and packs share. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from scrapers.model import Origin, Outcome, ViewKind
from storage.model import StoredCapture

PARTIAL = "抓取部分完成"
"""The mark of such a capture wherever it is named."""

_PART_ZH = {
    ViewKind.SCREENSHOT.value: "整页截图", ViewKind.PDF.value: "打印件", ViewKind.MHTML.value: "单文件存档",
    ViewKind.DOM.value: "页面结构", ViewKind.TEXT.value: "页面文字", "load": "完整的加载", "traffic": "部分网络应答",
    "bodies": "部分网络应答", "views": "部分视图",
}  # fmt: skip


def say_partial(stored: StoredCapture) -> str:
    """What a capture of ours that ended half done lacks; "" for any other.

    What a file of somebody else lacks is his: that it is his is said with its name.
    """
    if stored.origin is not Origin.OWN or stored.outcome is not Outcome.PARTIAL:
        return ""
    lacking = "、".join(dict.fromkeys(_PART_ZH[what] for what, _ in stored.missing if what in _PART_ZH))
    return f"{PARTIAL}：{f'缺{lacking}，' if lacking else ''}只有所附的内容"


def mark_partial(source: str, told: str) -> str:
    """The source of an exhibit, marked where its capture ended half done. `told` is what `say_partial` says of it."""
    return source if not told or PARTIAL in source else f"{source}；{PARTIAL}"


def list_partial(captures: Iterable[StoredCapture]) -> dict[str, str]:
    """What each of these captures lacks that ended half done, by its id."""
    return {one.id: told for one in captures if (told := say_partial(one))}
