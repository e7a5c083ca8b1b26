"""A change explained to somebody who has never seen the platform: from whom, since when, lawful or not, how known."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from rows.scribe import Scribe

from monitor.changes.assess import judge_texts
from monitor.cli.exit_codes import ExitCode
from monitor.cli.main import group
from monitor.explanation import Proof, explain_change, find_new_clauses
from monitor.findings.model import FindingKind, SiteFinding
from storage.changes import insert_changes
from storage.ids import new_id
from storage.model import Change, ChangeClass, ChangeStatus, Difference, Effect, Severity
from storage.session import Database

OLD, NEW = "售出后7天内有质量问题可以退款。", "虚拟商品，一经售出，概不退换。"


@pytest.fixture
def scribe(tmp_path: Path) -> Scribe:
    (tmp_path / "archive").mkdir()
    opened = Database(f"sqlite:///{tmp_path}/archive/cardwatch.db")
    opened.migrate()
    return Scribe(opened)


def difference_of(before: str, after: str) -> Difference:
    judged = judge_texts(before, after)
    return Difference(
        ChangeClass.RULE, judged.severity, judged.effect, judged.kinds, "售后", before, after, judged.reason
    )


def change_of(scribe: Scribe, before: str, after: str) -> tuple[Change, Proof, Proof]:
    first, second = scribe.capture(0), scribe.capture(30)
    change = Change(
        "d-1", first.page, first.id, second.id, first.seen_at, second.seen_at, ChangeStatus.CONFIRMED, "",
        difference_of(before, after),
    )  # fmt: skip
    return change, Proof(first), Proof(second)


def test_it_says_what_since_when_and_what_earlier_buyers_saw(scribe: Scribe) -> None:
    change, before, after = change_of(scribe, OLD, NEW)
    told = explain_change(change, before=before, after=after, alongside=[change])
    assert "2026-03-01 12:00" in told.sentence and "2026-03-02 18:00" in told.sentence
    assert change.difference.reason in told.sentence
    assert "7天内有质量问题可以退款" in told.earlier_buyers and before.capture.id in told.earlier_buyers
    assert told.whom == "买家" and told.alongside == ()


def test_a_clause_is_told_with_the_law_of_that_day_only_where_it_is_new(scribe: Scribe) -> None:
    change, _before, _after = change_of(scribe, OLD, NEW)
    assert {one.pattern for one in find_new_clauses(change)} >= {"R01"}
    assert all(law.is_in_force(change.after_at.date()) for one in find_new_clauses(change) for law in one.laws)
    same = replace(change, difference=replace(change.difference, before=NEW))
    assert find_new_clauses(same) == ()
    kinder = replace(change, difference=replace(change.difference, effect=Effect.BETTER))
    assert find_new_clauses(kinder) == ()


def test_of_earlier_days_only_the_look_is_told_and_not_every_order_before_it(scribe: Scribe) -> None:
    change, before, after = change_of(scribe, OLD, NEW)
    told = explain_change(change, before=before, after=after).earlier_buyers
    assert "抓取时" in told and "cardwatch at" in told and "及以前" not in told


def test_what_was_not_shown_as_text_is_not_told_as_what_the_page_showed(scribe: Scribe) -> None:
    change, before, after = change_of(scribe, OLD, NEW)
    hidden = replace(change, difference=replace(change.difference, quotable=False))
    told = explain_change(hidden, before=before, after=after)
    assert "页面写的是" not in told.earlier_buyers and "须人工核对" in told.earlier_buyers
    assert told.lawfulness and not any(one.quotable for one in told.lawfulness)
    assert all(one.needs_human for one in told.lawfulness)


def test_how_a_visit_ended_is_no_clause_and_no_words_of_the_page(scribe: Scribe) -> None:
    change, before, after = change_of(scribe, "可以正常打开", "跳转到另一个网站 pay.example，请加微信付款，概不退换")
    moved = replace(change, difference=replace(change.difference, change_class=ChangeClass.OUTCOME))
    told = explain_change(moved, before=before, after=after)
    assert told.lawfulness == () and told.earlier_buyers == ""


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("供货商提现手续费调整为5%，退款由供货商承担。", "供货商、商户或代理（不是直接针对买家）"),
        ("会员用户售后期缩短为1天，逾期不退款。", "会员买家"),
        ("视频会员月卡，售出不退款。", "买家"),
    ],
)
def test_it_says_whom_a_rule_is_addressed_to(scribe: Scribe, text: str, whom: str) -> None:
    change, before, after = change_of(scribe, "", text)
    assert explain_change(change, before=before, after=after).whom == whom


def test_findings_about_this_change_are_told_and_others_are_not(scribe: Scribe) -> None:
    change, before, after = change_of(scribe, OLD, NEW)
    at = datetime(2026, 3, 2, tzinfo=UTC)
    silent, dated = (
        SiteFinding(kind, Severity.HIGH, "示例卡盟", (), at, kind.value, changes=("d-1",))
        for kind in (FindingKind.CHANGED_SILENTLY, FindingKind.BACKDATED)
    )
    other = replace(silent, changes=("d-9",))
    told = explain_change(change, before=before, after=after, findings=[silent, dated, other])
    assert (told.notices, told.backwards) == ((silent,), (dated,))


def test_the_command_shows_one_screen_and_the_same_as_data(scribe: Scribe, tmp_path: Path) -> None:
    first, second = scribe.capture(0), scribe.capture(30)
    for capture, text in ((first, OLD), (second, NEW)):
        scribe.read(capture, text)
    change = Change(
        new_id("change", second.seen_at), first.page, first.id, second.id, first.seen_at, second.seen_at,
        ChangeStatus.CONFIRMED, "", difference_of(OLD, NEW),
    )  # fmt: skip
    with scribe.database.writing() as session:
        insert_changes(session, [change])
    config = tmp_path / "config.toml"
    config.write_text(f'[archive]\npath = "{(tmp_path / "archive").as_posix()}"\n', encoding="utf-8")
    shown = CliRunner().invoke(group, ["explain", change.id, "--config", str(config)])
    assert shown.exit_code == 0, shown.output
    for words in ("对买家不利", OLD, NEW, "可能涉及《", first.id, second.id, "保管链", "公示"):
        assert words in shown.output
    assert "构成" not in shown.output
    data = json.loads(CliRunner().invoke(group, ["explain", change.id, "--config", str(config), "--json"]).stdout)
    assert data["change"]["id"] == change.id and data["before"]["capture"]["id"] == first.id
    assert any(one["pattern"] == "R01" for one in data["clauses"])
    absent = CliRunner().invoke(group, ["explain", "d-none", "--config", str(config)])
    assert getattr(absent.exception, "exit_code", absent.exit_code) == ExitCode.NOTHING_FOUND
