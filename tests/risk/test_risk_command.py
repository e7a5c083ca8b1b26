"""`risk` on a platform with a past: signs with proof, own cases, figures that others published."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from complaints.market import Market, make_market
from terminal import invoke_apart

from monitor.cli.main import group
from scrapers.model import Role
from storage.case import Case, Demand, DemandKind, Facts, ProblemKind
from storage.cases import keep_case
from storage.evidence import keep_evidence
from storage.ids import new_id

DAY = timedelta(days=1)
SHOP = "https://xh88-shop.com"


@pytest.fixture
def market(tmp_path: Path) -> Market:
    made, now = make_market(tmp_path), datetime.now(UTC)
    archive = made.open()
    for days in (20, 12, 6, 5):
        made.visit(archive, "星河卡盟", f"{SHOP}/", Role.HOME, "<h1>星河卡盟</h1>", now - days * DAY)
    for days in (20, 12):
        made.visit(
            archive, "星河卡盟", f"{SHOP}/terms", Role.TERMS, "<p>卡密无效可在7天内申请退款。</p>", now - days * DAY
        )
    for days in (6, 5):
        made.visit(archive, "星河卡盟", f"{SHOP}/terms", Role.TERMS, "<p>卡密一经售出概不退换。</p>", now - days * DAY)
    facts = Facts(platform="星河卡盟", problem=ProblemKind.BALANCE_FROZEN, demands=(Demand(DemandKind.RELEASE),))
    with archive.database.writing() as session:
        keep_case(session, Case(new_id("case", now), now, now, facts))
        keep_case(session, Case(new_id("case", now), now, now, Facts(platform="别的平台")))
    archive.close()
    return made


def test_signs_carry_captures_and_only_cases_of_that_platform_count(market: Market) -> None:
    told = market.ask("risk", f"{SHOP}/buy/1")
    found = {one["id"]: one for one in told["factors"]}
    assert told["platforms"] == ["星河卡盟"]
    assert told["cases"] == 1
    assert found["changes"]["weight"] == "grave"
    assert found["changes"]["captures"]
    assert found["clauses"]["quote"] == "卡密一经售出概不退换"
    assert found["withdrawals"]["local"] is True
    assert len(found["withdrawals"]["cases"]) == 1
    assert all(one["value"] is None for one in told["metrics"])
    printed = market.run("risk", "星河卡盟")
    assert printed.exit_code == 0
    assert "不是评分" in printed.stdout
    assert "样本不足5个" in printed.stdout


def test_a_published_figure_is_kept_with_its_capture_and_told_as_others(market: Market) -> None:
    capture = market.ask("history", "星河卡盟")["captures"][0]["id"]
    told = market.ask("risk", "星河卡盟", "--record", "投诉量=123", "--record", "调解成功率=40%", "--capture", capture)
    assert {(one["name"], one["value"], one["capture"]) for one in told["published"]} == {
        ("投诉量", "123", capture), ("调解成功率", "40%", capture),
    }  # fmt: skip
    printed = market.run("risk", "星河卡盟").stdout
    assert "他人公布的数字" in printed
    assert "未核实" in printed
    assert market.run("check").exit_code == 0


def test_a_wrong_record_says_what_to_write(market: Market) -> None:
    capture = market.ask("history", "星河卡盟")["captures"][0]["id"]
    assert market.run("risk", "星河卡盟", "--record", "投诉量=1").exit_code == 2
    wrong = market.run("risk", "星河卡盟", "--record", "投诉量", "--capture", capture)
    assert wrong.exit_code == 2
    assert "投诉量=123" in wrong.stderr
    assert market.run("risk", "星河卡盟", "--record", "a=1", "--capture", "c-none").exit_code == 6


def test_hostile_items_of_that_type_are_left_out(market: Market) -> None:
    from monitor.complaints.risk.figures import MEDIA_TYPE

    archive, now = market.open(), datetime.now(UTC)
    for data in (b"{", b"[" * 9000, json.dumps({"format": "cardwatch-public-figure-1"}).encode(), b"x" * 20_000):
        keep_evidence(archive, data, name="f.json", media_type=MEDIA_TYPE, note="", at=now)
    archive.close()
    assert market.ask("risk", "星河卡盟")["published"] == []


def test_an_empty_question_takes_in_no_case(market: Market) -> None:
    result = market.run("risk", "  ")
    assert result.exit_code == 2
    assert "星河卡盟" in result.stderr


def test_a_platform_that_is_not_known_is_status_6_and_says_how_to_begin(market: Market) -> None:
    result = market.run("risk", "无名卡盟")
    assert result.exit_code == 6
    assert "cardwatch add" in result.stdout
    assert "[未知]" in result.stdout


def test_without_a_configuration_file_the_archive_here_is_asked(
    market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (market.folder / "config.toml").unlink()
    monkeypatch.chdir(market.folder)
    monkeypatch.delenv("CARDWATCH_CONFIG", raising=False)
    result = invoke_apart(group, ["risk", "星河卡盟", "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["platforms"] == ["星河卡盟"]
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    result = invoke_apart(group, ["risk", "星河卡盟"])
    assert result.exit_code == 6
    assert "还没有档案" in result.stderr
    assert list(empty.iterdir()) == []
