"""Whom a bill names and where his address is from: each source apart, and who else signs the page left unnamed."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader
from stories.story import ADDRESS, FIRM, OLD_TERMS, Story, make_story, on, shift

from scrapers.model import Role

BILL = f"账单详情 商户全称：{FIRM}\n金额：50.00元\n交易单号：4200002211202611101234567890\n支付时间：2026-11-10 14:31"
SIGNED = f"{OLD_TERMS}<p>版权所有 上海明月网络有限公司 沪ICP备2024000001号</p>"
CASE = f"""platform = "星河卡盟"
url = "https://xh88.test/buy/12"
payment = "微信商户"
payee = "{FIRM}"
problem = "dead_key"
what_happened = "卡密兑换提示无效。"
noticed_at = "2026-11-10 15:30"
delivered = "是"
received_at = "2026-11-10 14:32"
used = "否"
contacted_at = "2026-11-10 16:00"
purpose = "自用"
home = "浙江省杭州市西湖区"
own_trade = "是"
still_open = "还在"
money_back = "没有"
elsewhere = "没有"

[[orders]]
number = "XH20261110001"
product = "某游戏点卡 50元"
amount = "50"
quantity = 1
ordered_at = "2026-11-10 14:30"
paid_at = "2026-11-10 14:31"
payment_no = "4200002211202611101234567890"

[buyer]
name = "林小明"
phone = "13800138000"
address = "浙江省杭州市西湖区文一路2号3幢401室"
born_on = "1999-05-01"
"""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A home page that another firm signs, a bill that somebody typed, and an address that was looked up."""
    told = make_story(tmp_path_factory.mktemp("sources"), "payee")
    archive = told.market.open()
    told.market.visit(archive, "星河卡盟", "https://xh88.test/", Role.HOME, SIGNED, on("2026-11-09"))
    archive.close()
    place: Path = told.market.folder / "payee.toml"
    place.write_text(shift(CASE), "utf-8")
    told.case = str(told.ask("case", "new", "--from", str(place))["case"]["id"])
    told.add("wallet_bill", "账单.txt", BILL)
    return told


def test_a_typed_bill_is_told_as_typed(story: Story) -> None:
    shown = story.market.run("case", "show", story.case).output
    assert "账单是文字材料，以原始账单为准" in shown


def test_name_and_address_each_have_their_own_source(story: Story) -> None:
    story.look_up("xh88.test")
    for kind in ("p12315", "lawsuit"):
        told = story.letter(kind)
        assert f"地址：{ADDRESS}" in told
        assert "名称：账单所示收款方；地址：查询登记、核验所得的结果；收款方是否即为卖家尚待查明（证3-1、1-1" in told


def test_another_firm_that_signs_the_page_is_told_of_without_its_name(story: Story) -> None:
    story.look_up("xh88.test")
    told = story.letter("p12315")
    assert "网站的页面署有另一公司的名称，它与收款方、实际卖家的关系尚未查明（证2-1）" in told
    assert "上海明月" not in told


def test_the_first_page_says_of_an_address_that_no_bill_shows_it(story: Story) -> None:
    story.look_up("xh88.test")
    page = PdfReader(story.pack("p12315") / "01-首页.pdf").pages[0]
    told = "".join(page.extract_text().split())
    assert f"{FIRM}（账单所示收款方）（证3-1），{ADDRESS}（地址据查询登记、核验所得的结果）" in told


def test_a_payee_is_accused_of_no_page_that_another_firm_signs(story: Story) -> None:
    told = story.market.run("case", "letter", story.case, "market_report").output
    accused = told.partition("【被举报人】")[2].partition("【")[0]
    assert FIRM not in told and "所附页面署有名称，未经核实" in accused
    assert "上海明月" not in accused
    open_name = story.market.run("case", "letter", story.case, "market_report", "--disclose").output
    assert f"名称：{FIRM}" not in open_name and "收款方" in open_name
