"""A clause of a site seen later is charged to nobody until it is known whose it is; what the own site says is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from complaints.casefiles import ORDERED

from letters.lettercase import make_page, make_version, make_whole, write
from monitor.complaints.letters.text import render_text
from monitor.complaints.model import CaseFile

DAY = timedelta(days=1)
CLAUSE = "最终解释权归本站所有。"


def moved(own: str, other: str, host: str = "xh99.test") -> CaseFile:
    first = make_page(make_version("c-1", ORDERED - DAY, own), None)
    there = replace(make_version("c-2", ORDERED + DAY, other), url=f"https://{host}/help")
    return replace(make_whole(), pages=(first, replace(make_page(None, there), url=there.url)))


@pytest.mark.parametrize("kind", ["p12315", "lawsuit"])
def test_a_clause_of_another_site_is_not_charged(kind: str) -> None:
    assert CLAUSE.rstrip("。") not in render_text(write(kind, moved("卡密无效包换。", CLAUSE)))
    assert CLAUSE.rstrip("。") in render_text(write(kind, moved(CLAUSE, "卡密无效包换。")))
    assert CLAUSE.rstrip("。") in render_text(write(kind, moved("卡密无效包换。", CLAUSE, "www.xh88.test")))


@pytest.mark.parametrize(
    "notice",
    [
        "本站已迁移至 xh99.test，旧站停止访问。",
        "公告：更换域名为 xh99.test。",
        "新网址：xh99.test。",
        "本网站即将停用，请到新站。",
        "启用新域名 xh99.test。",
    ],
)
@pytest.mark.parametrize("kind", ["demand", "p12315", "lawsuit"])
def test_what_the_told_site_says_of_a_move_is_told(notice: str, kind: str) -> None:
    assert notice.rstrip("。") in render_text(write(kind, moved(notice, "卡密无效包换。")))


@pytest.mark.parametrize(
    "notice", ["新用户注册送券。", "更换手机请联系客服。", "收货地址变更请提前说明。", "网站维护中。"]
)
def test_what_is_no_move_is_not(notice: str) -> None:
    assert notice.rstrip("。") not in render_text(write("demand", moved(notice, "卡密无效包换。")))


def test_of_one_site_alone_no_move_is_told() -> None:
    page = make_page(make_version("c-1", ORDERED - DAY, "本站已迁移至 xh99.test。"), None)
    assert "已迁移" not in render_text(write("demand", replace(make_whole(), pages=(page,))))
