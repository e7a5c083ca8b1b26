"""A filing that was recorded wrongly, twice, or taken back by the buyer himself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from complaints.casefiles import NOW, make_case, make_file
from complaints.market import Market, make_market

from monitor.complaints.facts.step_outcomes import OUTCOME_ZH
from monitor.complaints.filing.pressure import RESERVED, pressure_sentence
from monitor.complaints.risk.metrics import KnownCase, measure_cases
from monitor.complaints.routing.exclusions import find_conflicts
from monitor.complaints.routing.plan import plan_case
from monitor.config.complaints import ComplaintSettings
from storage.case import CaseStep
from storage.cases import keep_case

CASE = make_case().id
FILED = NOW - timedelta(days=3)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    made = make_market(tmp_path_factory.mktemp("market"))
    archive = made.open()
    try:
        with archive.database.writing() as session:
            keep_case(session, make_case())
    finally:
        archive.close()
    yield made


def test_a_wrong_record_is_taken_out_and_stays_in_the_history(market: Market) -> None:
    step = market.ask("case", "file", CASE, "p12315", "--receipt-no", "A-1")
    twice = market.run("case", "file", CASE, "p12315", "--filed-at", "2026-11-20 10:00", "--receipt-no", "A-1")
    assert twice.exit_code == 2 and "case unfile" in twice.output
    assert "--why" in market.run("case", "unfile", CASE, "p12315").output
    assert "空的" in market.run("case", "unfile", CASE, "p12315", "--why", " ").output
    gone = market.run("case", "unfile", CASE, "p12315", "--why", "填错了渠道")
    assert gone.exit_code == 0 and "已删去误记的提交" in gone.output
    assert market.ask("case", "show", CASE)["steps"] == []
    told = market.run("case", "show", CASE, "--history").output
    assert "删去误记的提交" in told and "A-1" in told and "填错了渠道" in told and "12315" in told
    events = market.ask("case", "show", CASE, "--history")["events"]
    assert events[-1]["kind"] == "unfiled" and events[-1]["changes"][0]["before"]["id"] == step["id"]
    assert market.run("case", "unfile", CASE, "p12315", "--why", "再删一次").exit_code == 6
    assert market.run("case", "file", CASE, "p12315", "--receipt-no", "A-1").exit_code == 0  # free again


def test_the_receipt_of_a_wrong_record_goes_with_it_and_what_others_use_stays(market: Market) -> None:
    def kinds() -> list[str]:
        return sorted(str(one["title"]) for one in market.ask("case", "show", CASE)["items"])

    own, shared = market.folder / "回执一.txt", market.folder / "回执二.txt"
    own.write_text("提交成功 编号 X-1", "utf-8")
    shared.write_text("提交成功 编号 X-2", "utf-8")
    chat = market.folder / "聊天.txt"
    chat.write_text("2026-11-10 16:00 我：卡密无效，请退款", "utf-8")
    market.run("case", "add", CASE, str(chat), "--kind", "chat")
    before = kinds()
    proofs = ("--proof", str(own), "--proof", str(shared), "--proof", str(chat))
    market.run("case", "file", CASE, "xfb", "--receipt-no", "X-1", *proofs)
    market.run("case", "file", CASE, "tszt", "--receipt-no", "X-2", "--proof", str(shared))
    with_all = kinds()
    market.run("case", "answer", CASE, "xfb", "--outcome", "accepted")
    asked = market.run("case", "unfile", CASE, "xfb", "--why", "记错了")
    assert asked.exit_code != 0 and "已受理" in asked.output and kinds() == with_all
    gone = market.run("case", "unfile", CASE, "xfb", "--why", "记错了", "--yes")
    assert gone.exit_code == 0 and "已从案件中移除" in gone.output and "另有用处" in gone.output
    assert len(with_all) == len(before) + 2 and len(kinds()) == len(before) + 1
    market.run("case", "unfile", CASE, "tszt", "--why", "记错了")
    assert kinds() == before  # the chat was evidence before


def test_a_closed_case_keeps_its_filings(market: Market) -> None:
    market.run("case", "file", CASE, "heimao")
    market.run("case", "close", CASE, "--outcome", "放弃")
    refused = market.run("case", "unfile", CASE, "heimao", "--why", "记错")
    assert refused.exit_code == 2 and "--reopen" in refused.output
    market.run("case", "close", CASE, "--reopen")


@pytest.mark.parametrize(
    ("step", "asked", "stands"),
    [
        (CaseStep("p-1", CASE, "p12315", FILED), "consumer_assoc", True),
        (CaseStep("p-1", CASE, "p12315", FILED, outcome="withdrawn"), "consumer_assoc", False),
        (CaseStep("p-1", CASE, "p12315", FILED, outcome="withdrawn"), "p12315", False),
        (CaseStep("p-1", CASE, "p12315", FILED, accepted_at=NOW, outcome="withdrawn"), "consumer_assoc", True),
        (CaseStep("p-1", CASE, "p12315", FILED, accepted_at=NOW, outcome="withdrawn"), "court", False),
        (CaseStep("p-1", CASE, "court", FILED, outcome="withdrawn", accepted_at=NOW), "court", False),
        (CaseStep("p-1", CASE, "court", FILED, outcome="refused", accepted_at=NOW), "court", True),
    ],
)
def test_what_was_withdrawn_stands_in_the_way_where_it_had_been_taken_up(
    step: CaseStep, asked: str, stands: bool
) -> None:
    assert bool(find_conflicts(asked, (step,), NOW.date())) is stands


def test_what_was_withdrawn_is_no_pressure_and_may_be_filed_anew() -> None:
    step = CaseStep("p-1", CASE, "p12315", FILED, proof=("e-1",), outcome="withdrawn", answered_at=NOW)
    file = replace(make_file(), steps=(step,))
    assert pressure_sentence(file, "p12315") == RESERVED
    assert pressure_sentence(replace(file, steps=(replace(step, outcome=""),)), "p12315") != RESERVED
    channels = {one.channel for one in plan_case(file, ComplaintSettings()).steps}
    taken = replace(step, accepted_at=NOW)
    after = {one.channel for one in plan_case(replace(file, steps=(taken,)), ComplaintSettings()).steps}
    assert "p12315" in channels and "p12315" not in after


@pytest.mark.parametrize("outcome", sorted(OUTCOME_ZH))
def test_silence_and_a_withdrawal_are_no_answers_of_the_platform(outcome: str) -> None:
    facts = replace(make_case().facts, contacted_at=FILED, replied_at=None, answer_by=None)
    step = CaseStep("p-1", CASE, "platform", FILED, answered_at=FILED + timedelta(hours=1), outcome=outcome)
    known = [KnownCase(replace(make_case(), facts=facts), (step,)) for _ in range(6)]
    figures = {one.id: one for one in measure_cases(known, NOW + timedelta(days=30), ComplaintSettings())}
    answered = outcome not in ("silent", "withdrawn")
    assert figures["on_time_rate"].value == (1.0 if answered else 0.0)
