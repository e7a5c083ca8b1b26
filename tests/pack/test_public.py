"""Packs that must not lead to the buyer: for the public, and a report by one who does not give his name."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.complaints.pack.build import build_pack
from monitor.config.complaints import ComplaintSettings
from pack.house import AT, House, make_house
from pack.unpacking import find_texts
from scrapers.process import FoundBrowser

PERSONAL = ("林小明", "13800138000", "某路1号", "XH20261110001", "4200002211202611101234567890")
PAGE = "<h1>某游戏点卡 50元</h1><p>价格：50.00元</p>"
TALK = "买家林小明（13800138000）：订单XH20261110001的卡密无效，请退款。\n客服：不退不换。\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = make_house(
        tmp_path_factory.mktemp("public") / "market", product="<h1>某游戏点卡 50元</h1><p>价格：50.00元</p>"
    )
    archive = house.open()
    for kind in ("order", "wallet_bill", "failure", "demand_chat"):
        house.bring(archive, kind, f"{kind}\n{TALK}".encode(), media_type="text/plain", text=TALK, text_source="chat")
    archive.close()
    return house


def test_nothing_personal_of_the_buyer_goes_to_a_public_platform(
    house: House, tmp_path: Path, browser: FoundBrowser
) -> None:
    archive = house.open()
    out = tmp_path / "public.zip"
    report = build_pack(
        archive, house.gather(archive), "heimao", compact=False, at=AT, settings=ComplaintSettings(), out=out,
        browser=browser,
    )  # fmt: skip
    archive.close()
    assert find_texts(out, PERSONAL) == []
    assert dict(report.masks)["person"] > 0
    assert all(one.masked for one in report.exhibits if one.form == "item")


def test_a_report_does_not_lead_to_who_makes_it(house: House, tmp_path: Path, browser: FoundBrowser) -> None:
    archive = house.open()
    out = tmp_path / "report.zip"
    report = build_pack(
        archive, house.gather(archive), "market_report", compact=False, at=AT, settings=ComplaintSettings(), out=out,
        browser=browser,
    )  # fmt: skip
    archive.close()
    assert find_texts(out, PERSONAL) == []
    assert {one.form for one in report.exhibits} == {"capture"}
    assert not any("下单" in one.name for one in report.exhibits)
