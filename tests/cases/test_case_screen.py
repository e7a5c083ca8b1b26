"""One screen tells a case: what the archive saw around the order, who it is, where to send it, what comes next."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from complaints.casefiles import NOW, ORDERED, make_case, make_facts, make_item, make_step
from complaints.market import Market, make_market

from monitor.complaints.evidence.checklist import list_missing
from monitor.complaints.facts.case_screen import say_gap, show_case
from monitor.complaints.facts.named_proofs import NamedProofs
from monitor.complaints.facts.platform_contacts import find_contacts
from monitor.complaints.gather import gather_case
from monitor.complaints.routing.channels import load_channels
from monitor.complaints.routing.plan import plan_case
from monitor.config.complaints import ComplaintSettings
from scrapers.model import Role
from storage.case_items import keep_item
from storage.case_steps import keep_step
from storage.cases import keep_case
from storage.evidence import keep_evidence

SHOP = "https://xh88.test"
PRODUCT = "<h1>某游戏点卡 50元</h1><p>价格：50.00元</p><p>{}</p>"
RULES = "<h1>售后规则</h1><p>{}</p><p>客服QQ：123456789</p><p>投诉邮箱：help@xh88.test</p>"


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Market:
    made = make_market(tmp_path_factory.mktemp("market"))
    with_archive = made.open()
    day = timedelta(days=1)
    for at, words in ((ORDERED - day, "卡密无效包换，质保7天。"), (ORDERED + 2 * day, "卡密一经售出概不退换。"),
                      (ORDERED + 3 * day, "卡密一经售出概不退换。")):  # fmt: skip
        made.visit(with_archive, "星河卡盟", f"{SHOP}/buy/12", Role.PRODUCT, PRODUCT.format("自动发货"), at)
        made.visit(with_archive, "星河卡盟", f"{SHOP}/help", Role.TERMS, RULES.format(words), at)
    evidence = keep_evidence(with_archive, b"x", name="bill.png", media_type="image/png", note="", at=NOW)
    with with_archive.database.writing() as session:
        keep_case(session, make_case())
        keep_item(session, make_item("wallet_bill", evidence=evidence.id, title="微信账单", conflicts=("差3小时",)))
        keep_step(session, make_step("platform", due_at=NOW - timedelta(days=5), due_what="卖家答复"))
    with_archive.close()
    return made


def screen(market: Market) -> str:
    archive, settings = market.open(), ComplaintSettings()
    file = gather_case(archive, make_case().id, at=NOW, settings=settings)
    archive.close()
    names = {name: one.name for name, one in load_channels().items()}
    return "\n".join(show_case(file, list_missing(file), plan_case(file, settings), names, NamedProofs({})))


def test_one_screen_holds_all_that_matters(market: Market) -> None:
    told = screen(market)
    for part in (
        f"案件 {make_case().id}（办理中", "订单号 XH20261110001", "诉求：1 原路退款 50.00元", "微信账单", "时间不一致",
        "差3小时", "卖家答复：2026-11-18 12:00，已过", "没有提交证明", "下单前最近 2026-11-09 14:30（c-",
        "下单后最近 2026-11-12 14:30（c-", "相隔3天，间隔期间未观察，两次规则不同", "下单以后的变更", "被投诉人：",
        "投诉发到这里", "123456789", "help@xh88.test", "还缺（共", "下一步：",
    ):  # fmt: skip
        assert part in told, (part, told)
    assert len(told.splitlines()) <= 45, "one screen"


def test_the_command_prints_it_and_gives_the_same_as_data(market: Market) -> None:
    shown = market.run("case", "show", make_case().id, "--at", "2026-11-23 12:00")
    assert shown.exit_code == 0, shown.output
    assert "下单前最近 2026-11-09 14:30" in shown.output
    data = market.ask("case", "show", make_case().id, "--at", "2026-11-23 12:00")
    terms = next(page for page in data["pages"] if page["role"] == "terms")
    assert (
        terms["gap_seconds"] == 3 * 86400 and terms["rules_alike"] is False and "间隔期间未观察" in terms["statement"]
    )
    assert {one["value"] for one in data["contacts"]} >= {"123456789", "help@xh88.test"}
    assert data["changes"] and data["missing"] and data["next"][0]["channel"]
    assert data["items"][0]["evidence"].startswith("e-") and "text" not in data["items"][0]
    assert data["case"]["facts"]["paid"] == "50.00"


def test_without_anything_in_the_archive_the_screen_says_so(tmp_path: Path) -> None:
    market = make_market(tmp_path)
    archive = market.open()
    with archive.database.writing() as session:
        keep_case(session, make_case(platform="未存平台", url=""))
    archive.close()
    told = screen(market)
    assert "档案中没有“未存平台”的抓取" in told and "证据：还没有" in told


def test_contacts_are_those_of_the_newest_versions(market: Market) -> None:
    archive = market.open()
    file = gather_case(archive, make_case().id, at=NOW, settings=ComplaintSettings())
    archive.close()
    contacts = find_contacts(file)
    assert {one.seen_at for one in contacts if one.capture} == {ORDERED + timedelta(days=3)}
    assert make_facts() == file.case.facts


@pytest.mark.parametrize(
    ("seconds", "told"), [(59, "0分钟"), (1500, "25分钟"), (7500, "2小时5分钟"), (86400, "1天"), (100_000, "1天3小时")]
)
def test_a_gap_is_named_in_words(seconds: float, told: str) -> None:
    assert say_gap(seconds) == told
