"""A report charges one sentence once, and calls it by a name only where the words of that name stand in it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from importlib import resources

import pytest
from complaints.casefiles import ORDERED

from letters.lettercase import make_page, make_version, make_whole, write
from monitor.complaints.letters.charges import name_charge
from monitor.complaints.letters.text import render_text
from monitor.complaints.model import BlockKind
from monitor.review.laws import find_articles
from monitor.review.model import TermFinding
from monitor.review.patterns import load_patterns
from scrapers.model import Role

DAY = date(2026, 11, 20)
ORDERS = (
    "话费三网通用，0-15天到账，充值期间不支持退款",
    "充值成功后不退不换，到账时间以运营商为准",
    "直充商品充值后概不退款",
    "点券充值完成后无法退款，请核对账号",
    "流量包充值到账后恕不退还",
)
BALANCES = (
    "账户余额不支持提现",
    "充值金额仅限站内消费，不予退还",
    "预存款一律不退",
    "钱包余额不能转出，也不能退款",
    "充进去的钱只能消费，不退",
)
TERMS_OF_WARRANTY = (
    "成品账号自交付之日起包售后30天，超过30天找回、封禁概不负责",
    "质保7天，超过7天封号一律不管",
    "售后期15天，逾期不再受理",
    "超过48小时不予售后",
    "包赔三个月，过期不赔",
)


def found(kind: str, text: str) -> TermFinding:
    """A reader took this sentence for that kind."""
    row = load_patterns().kinds[kind]
    laws = find_articles(row.laws, at=DAY)
    return TermFinding(kind, row.name, 0, len(text), text, row.severity, row.reason, laws)


def charge(text: str, *kinds: str) -> str:
    return name_charge([found(kind, text) for kind in kinds], text).name


@pytest.mark.parametrize("text", ORDERS)
def test_a_top_up_of_a_number_is_no_balance(text: str) -> None:
    told = name_charge([found("F01", text)], text)
    assert told.name == "格式条款（已付款项不予退还）"
    assert not [one for one in told.articles if one.startswith(("yfk", "xbf-53", "xbftl-22"))]


@pytest.mark.parametrize("text", BALANCES)
def test_a_balance_is_called_one(text: str) -> None:
    assert charge(text, "F01") == "格式条款：余额不予退还"


@pytest.mark.parametrize("text", TERMS_OF_WARRANTY)
def test_a_term_of_warranty_is_no_waiver(text: str) -> None:
    assert charge(text, "T01", "L04") == "格式条款（售后期限届满后免责）"


@pytest.mark.parametrize(
    ("kind", "text", "name"),
    [
        ("T01", "超过24小时未反馈视为放弃售后", "逾期视为放弃"),
        ("L04", "账号被封本店不负责", "封号不负责"),
        ("R01", "一经售出概不退换", "一经售出概不退换"),
        ("I01", "最终解释权归本站所有", "最终解释权"),
        ("P03", "所有争议由本店所在地法院管辖", "单方管辖"),
        ("P04", "未全程录屏的不予售后", "录屏举证门槛"),
    ],
)
def test_a_name_whose_words_stand_there_is_kept(kind: str, text: str, name: str) -> None:
    assert charge(text, kind) == f"格式条款：{name}"


def test_every_kind_of_clause_has_its_words() -> None:
    text = resources.files("monitor.reference").joinpath("charges.toml").read_text(encoding="utf-8")
    assert set(tomllib.loads(text)["charges"]) == set(load_patterns().kinds)


def test_one_sentence_is_one_row_and_no_text_is_punished_as_a_refusal() -> None:
    both = "账号自交付起包售后30天，超过30天找回、封禁概不负责。"
    seen = [make_version(f"c-{n}", ORDERED + timedelta(days=n), both, "账号被封本店不负责。") for n in (-1, 1)]
    whole = tuple(found(kind, both) for kind in ("T01", "L04"))
    seen = [replace(one, findings=(*whole, found("L04", "账号被封本店不负责。"))) for one in seen]
    page = make_page(seen[0], seen[1], role=Role.TERMS)
    file = replace(make_whole(), pages=(page,))
    letter = write("market_report", file)
    rows = [row for block in letter.blocks if block.kind is BlockKind.TABLE for row in block.rows]
    assert [sum(both.strip("。") in one.text for one in row) for row in rows].count(1) == 1
    assert "第五十六条" not in render_text(letter)
    suit = render_text(write("lawsuit", file))
    assert suit.count(both.strip("。")) <= 1


GRANTED = (
    "未使用支持7天无理由退款",
    "会员开通后7天内支持无理由退款",
    "封号由我们处理，本店提供一次补号",
    "卡密一经查看视同已使用，无效的仍可退换",
    "余额随时可以提现，全额退还",
    "质保期内掉卡免费补发",
)
WARNED = (
    "不要添加私人微信交易，本站客服不会要求转账",
    "脱离平台交易的，平台不提供保障",
    "本店不接受平台外付款",
    "私下交易造成的损失本站不负责",
    "谨防骗子冒充客服要求转账",
)
OPEN = (
    "如因不可抗力导致延迟，本站不承担责任",
    "人为原因造成封号的不予补号",
    "用户违法使用的，本站有权暂停服务",
    "代充过程中请勿登录账号，否则造成的封号由买家承担",
)
REFUSED = (
    "一经售出概不退换",
    "账号被封本店不负责",
    "质保期内可补，超过24小时视为放弃售后",
    "无效可换，查看卡密后一律不退款",
    "七天内包换，超过七天视为放弃",
    "余额不支持提现",
)


def charged(*sentences: str, kinds: tuple[str, ...]) -> str:
    """What a report charges of a page of rules that was seen on both sides of the order."""
    whole = (*sentences, "最终解释权归本站所有")
    read = [found(kind, one) for one, kind in zip(whole, (*kinds, "I01"), strict=True)]
    seen = [make_version(f"c-{n}", ORDERED + timedelta(days=n), "。".join(whole)) for n in (-1, 1)]
    seen = [replace(one, findings=tuple(read)) for one in seen]
    letter = write("market_report", replace(make_whole(), pages=(make_page(seen[0], seen[1]),)))
    rows = [row for block in letter.blocks if block.kind is BlockKind.TABLE for row in block.rows]
    return "\n".join(one.text for row in rows for one in row)


@pytest.mark.parametrize(
    ("text", "kind"),
    [*((one, "R01") for one in GRANTED), *((one, "F06") for one in WARNED), *((one, "L04") for one in OPEN)],
)
def test_what_grants_warns_or_may_be_fair_is_not_charged(text: str, kind: str) -> None:
    told = charged(text, kinds=(kind,))
    assert text not in told and "最终解释权" in told


@pytest.mark.parametrize("text", REFUSED)
def test_what_refuses_is_charged_also_beside_a_grant(text: str) -> None:
    assert text in charged(text, kinds=("R01",))
