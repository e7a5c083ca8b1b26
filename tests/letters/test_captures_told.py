"""What letters say of captures themselves: that one ended half done, met an error page, and by whom it was made."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from complaints.casefiles import NOW, ORDERED, make_facts
from complaints.market import Market, capture_of, make_market

from letters.lettercase import BUYER, FIRM
from monitor.selectors import Selectors
from monitor.watch import record_capture
from scrapers.model import Capture, Missing, Outcome, Reason, Role
from storage.archive import Archive
from storage.case import Case
from storage.cases import keep_case
from storage.pages import ensure_page
from storage.sites import link_platform

CASE = "k-20261123T040000-aaaaaaaa"
PRODUCT = "<h1>某游戏点卡 50元</h1><p>价格：¥50.00</p><p>面值50元，卡密无效包换。</p>"
TERMS = "<h1>售后规则</h1><p>一、卡密无效的，7天内包换或者全额退款。</p><p>二、客服在24小时内答复。</p>"
GONE = "<h1>商品已下架</h1>"
ERROR = "<h1>404 页面不存在</h1>"


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Market:
    """A blocked visit and two error pages of the terms; of the goods half a capture, then goods taken down."""
    made = make_market(tmp_path_factory.mktemp("told") / "market")
    with closing(made.open()) as archive:
        _visit(archive, TERMS, "help", Role.TERMS, days=-5)
        _visit(
            archive, "<p>请完成验证</p>", "help", Role.TERMS, days=-2, outcome=Outcome.BLOCKED, reason=Reason.CAPTCHA
        )
        _visit(archive, ERROR, "help", Role.TERMS, days=2)
        _visit(archive, ERROR, "help", Role.TERMS, days=3)
        half = (Missing("pdf", "late"),)
        _visit(archive, PRODUCT, "buy/12", Role.PRODUCT, days=-1, outcome=Outcome.PARTIAL, missing=half)
        _visit(archive, GONE, "buy/12", Role.PRODUCT, days=2)
        _visit(archive, GONE, "buy/12", Role.PRODUCT, days=3)
        with archive.database.writing() as session:
            facts = make_facts(respondent=FIRM, buyer=BUYER, url="https://xh88.test/buy/12")
            keep_case(session, Case(CASE, NOW, NOW, facts))
    return made


def _visit(archive: Archive, body: str, path: str, role: Role, *, days: int, **ended: object) -> None:
    url, at = f"https://xh88.test/{path}", ORDERED + timedelta(days=days)
    with archive.database.writing() as session:
        page = ensure_page(session, "星河卡盟", url, role, "desktop", at)
        link_platform(session, "星河卡盟", "xh88.test", at)
    capture: Capture = replace(capture_of(url, body, at), **ended)  # type: ignore[arg-type]
    record_capture(archive, capture, page, Selectors())


def letter(market: Market, kind: str) -> str:
    result = market.run("case", "letter", CASE, kind)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("kind", ["evidence_list", "capture_note"])
def test_an_error_page_is_no_page_that_could_be_opened(market: Market, kind: str) -> None:
    told = letter(market, kind)
    assert "可以正常打开" not in told
    assert "可以打开的一次访问" not in told
    assert "售后条款页面（没有读到内容的一次访问）" in told
    if kind == "evidence_list":
        assert "该售后条款页面在该次访问时：只显示“404 页面不存在”；没有读到页面内容" in told


def test_a_capture_that_ended_half_done_is_told_in_list_note_and_check(market: Market) -> None:
    assert "；抓取部分完成 | " in letter(market, "evidence_list")
    note = letter(market, "capture_note")
    assert "抓取部分完成：缺打印件，只有所附的内容" in note[note.index("未尽事项") :]
    checked = market.run("case", "check", CASE, "--channel", "p12315").output
    assert "有的抓取只完成了一部分" in checked


def test_nobody_is_said_to_have_run_the_tool_where_nobody_was_named(market: Market) -> None:
    for kind in ("evidence_list", "capture_note", "data_note"):
        told = letter(market, kind)
        assert "本人使用" not in told
        assert "本人查询时" not in told
    assert "自动抓取工具打开网页时保存（操作人见取证说明" in letter(market, "evidence_list")


def test_goods_taken_down_are_no_promise_taken_back(market: Market) -> None:
    told = letter(market, "demand")
    assert "所示价格“价格：¥50.00”" in told
    assert "抓取中该页面只显示“商品已下架”" in told
    assert "没有找到" not in told
    assert "已不见该内容" not in told
