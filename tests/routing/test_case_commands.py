"""The commands of a case's way on a real archive: plan, check, file with proof, answer, due, the calendar file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import icalendar
import pytest
from complaints.casefiles import make_case
from complaints.market import FIRM, Market, make_market
from PIL import Image

from monitor.complaints.filing.pressure import pressure_sentence
from monitor.complaints.gather import gather_case
from monitor.config.complaints import ComplaintSettings
from scrapers.model import Role
from storage.case_items import list_items
from storage.cases import keep_case

CASE = make_case().id
ORDERED = datetime(2026, 11, 10, 6, 30, tzinfo=UTC)
RULES = f"<h1>售后规则</h1><p>虚拟商品一经售出概不退换。</p><p>最终解释权归本站所有。</p><p>{FIRM}</p>"


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    made = make_market(tmp_path_factory.mktemp("market"))
    archive = made.open()
    try:
        made.visit(archive, "星河卡盟", "https://xh88.test/rules", Role.TERMS, RULES, ORDERED - timedelta(days=1))
        with archive.database.writing() as session:
            keep_case(session, make_case())
    finally:
        archive.close()
    yield made


@pytest.fixture(scope="module")
def receipt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("proof") / "回执.png"
    Image.new("RGB", (80, 60), "white").save(path)
    return path


def test_the_plan_fits_on_a_screen_and_says_what_is_now_and_what_comes_then(market: Market) -> None:
    result = market.run("case", "plan", CASE)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert "现在" in lines and "然后" in lines and "不适合" in lines
    assert len(lines) <= 90
    assert "不是法律意见" in lines[0]
    assert "market_report" in result.output  # clauses of the rules page, and no respondent
    full = market.run("case", "plan", CASE, "--full")
    assert len(full.output.splitlines()) > len(lines)


def test_the_plan_as_data(market: Market) -> None:
    data = market.ask("case", "plan", CASE[:22])
    assert data["case"] == CASE and data["refused"] == ""
    first = data["steps"][0]
    assert (first["channel"], first["place"]) == ("platform", 1)
    assert {"field", "what", "why", "mend", "articles", "read"} == set(data["steps"][2]["blocked"][0])
    assert first["limits"]["max_files"] > 0
    assert "经验值" in data["basis"]["escalation_yuan"]


def test_the_check_of_a_channel(market: Market) -> None:
    data = market.ask("case", "check", CASE, "--channel", "p12315")
    check = data["checks"][0]
    assert not check["ready"]
    assert {"purchase_proof", "respondent.address"} <= {one["field"] for one in check["blocks"]}
    assert "operator_is_party" in {one["id"] for one in check["attacks"]}
    shown = market.run("case", "check", CASE, "--channel", "p12315")
    assert "会被退回或不予受理" in shown.output and "怎么补" in shown.output and "补强" in shown.output
    assert "平台或卖家客服" in market.run("case", "check", CASE).output


def test_unknown_cases_and_channels_are_told_in_chinese(market: Market) -> None:
    assert "没有渠道" in market.run("case", "check", CASE, "--channel", "nobody").output
    missing = market.run("case", "plan", "k-19990101")
    assert missing.exit_code == 6 and "没有编号" in missing.output


def test_from_a_filing_with_proof_to_its_answer(market: Market, receipt: Path) -> None:
    filed = datetime.now(UTC) - timedelta(days=5)
    when = f"{filed:%Y-%m-%dT%H:%M:%SZ}"
    step = market.ask(
        "case", "file", CASE, "p12315", "--filed-at", when, "--proof", str(receipt), "--receipt-no", "20261118"
    )
    assert step["due_at"] and step["article"] == "tsjb-15" and step["proof"][0].startswith("e-")
    archive = market.open()
    try:
        with archive.database.reading() as session:
            kinds = {item.evidence: item.kind for item in list_items(session, CASE)}
        file = gather_case(archive, CASE, at=datetime.now(UTC), settings=ComplaintSettings())
    finally:
        archive.close()
    assert kinds[step["proof"][0]] == "receipt"
    assert "向全国12315平台提交投诉（编号20261118）" in pressure_sentence(file, "p12315")
    assert "已于" in market.run("case", "plan", CASE, "--full").output
    again = market.run("case", "file", CASE, "p12315", "--filed-at", when)
    assert again.exit_code == 2 and "已经记录过" in again.output
    accepted = market.ask("case", "answer", CASE, "p12315", "--outcome", "accepted", "--proof", str(receipt))
    assert "60日" in accepted["due_what"] and accepted["outcome"] == ""
    assert accepted["proof"] == step["proof"]  # the same file is not kept twice
    ended = market.run("case", "answer", CASE, step["id"], "--outcome", "ended", "--note", "未达成协议")
    assert "诉前调解" in ended.output
    data = market.ask("case", "plan", CASE)
    assert "p12315" not in {one["channel"] for one in data["steps"]}


def test_what_is_filed_without_proof_is_said_and_a_conflict_is_warned_of(market: Market) -> None:
    alone = market.run("case", "file", CASE, "consumer_assoc")
    assert alone.exit_code == 0
    assert "没有凭证" in alone.output and "不能再由" in alone.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("file", CASE, "platform", "--filed-at", "2099-01-01"), "在将来"),
        (("answer", CASE, "police", "--outcome", "refused"), "没有步骤"),
        (("answer", CASE, "p12315", "--outcome", "refused", "--at", "2020-01-01"), "早于提交时间"),
        (("answer", CASE, "p12315", "--outcome", "partly", "--returned", "许多"), "不是金额"),
    ],
)
def test_wrong_words_end_the_command_and_say_what_to_do(market: Market, words: tuple[str, ...], told: str) -> None:
    result = market.run("case", *words)
    assert result.exit_code != 0 and told in result.output


def test_what_is_due_and_the_calendar_file(market: Market, tmp_path: Path) -> None:
    filed = market.ask("case", "file", CASE, "platform", "--filed-at", "3 days ago")
    calendar = tmp_path / "期限.ics"
    shown = market.run("case", "due", "--ics", str(calendar))
    assert shown.exit_code == 0, shown.output
    assert "[已过]" in shown.output and "下一步" in shown.output and "诉讼时效" in shown.output
    events = icalendar.Calendar.from_ical(calendar.read_bytes()).walk("VEVENT")
    data = market.ask("case", "due", CASE)
    assert len(events) == len(data["due"])
    row = next(one for one in data["due"] if one["step"] == filed["id"])
    assert row["passed"] and "wechat_pay" in row["next"]
    assert market.run("case", "due", "--ics", str(calendar)).exit_code == 0  # its own file is replaced
    other = tmp_path / "别的.txt"
    other.write_text("重要", encoding="utf-8")
    refused = market.run("case", "due", "--ics", str(other))
    assert refused.exit_code == 2 and other.read_text(encoding="utf-8") == "重要"


def test_a_refused_purpose_gives_no_plan(market: Market) -> None:
    from storage.case import UnlawfulPurpose

    other = replace(make_case(unlawful=(UnlawfulPurpose.CHEATS,)), id="k-20261123T050000-bbbbbbbb")
    archive = market.open()
    try:
        with archive.database.writing() as session:
            keep_case(session, other)
    finally:
        archive.close()
    shown = market.run("case", "plan", other.id)
    assert shown.exit_code == 0 and "不能办理" in shown.output and "律师" in shown.output
    assert market.ask("case", "plan", other.id)["steps"] == []
