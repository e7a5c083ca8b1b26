"""The commands on cases: from the first question to the tombstone, as a person types them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli.main import group
from monitor.complaints.facts.case_file_toml import show_example
from storage.archive import Archive, open_archive
from storage.case import Facts
from storage.cases import keep_case, load_case

ANSWERS = {
    "在哪个平台": "星河卡盟", "买来做什么": "自用", "是否涉及": "0", "订单号": "XH1", "买的是什么": "点卡50元",
    "实际付了": "五十块", "什么时候下的单": "昨天 20:30", "怎么付": "微信商户", "交易单号": "4200", "出了什么": "1",
    "照实写": "兑换时提示无效", "收到了吗": "是", "您自己（或者": "没有", "未满18": "否", "买的人的姓名": "林小明",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text("[archive]\nminimum_free_megabytes = 1\n", "utf-8")
    (tmp_path / "case.toml").write_text(show_example(), "utf-8")
    return tmp_path


def run(*words: str, text: str | None = None) -> Result:
    return CliRunner().invoke(group, ["case", *words], input=text)


def ask(*words: str) -> dict[str, object]:
    answer = run(*words, "--json")
    assert answer.exit_code == 0, answer.output
    made = json.loads(answer.stdout)
    assert isinstance(made, dict)
    return made


def open_case(folder: Path) -> str:
    made = ask("new", "--from", str(folder / "case.toml"))
    case = made["case"]
    assert isinstance(case, dict)
    return str(case["id"])


def open_here(folder: Path) -> Archive:
    return open_archive(folder / "archive", f"sqlite:///{folder}/archive/cardwatch.db", at=datetime.now(UTC))


def facts_of(folder: Path, case: str) -> Facts:
    archive = open_here(folder)
    with archive.database.reading() as session:
        facts = load_case(session, case).facts
    archive.close()
    return facts


def test_a_case_is_opened_by_answering_questions(folder: Path) -> None:
    from monitor.complaints.facts.questions import Dialogue, answer_question, next_question

    dialogue, lines = Dialogue(), list[str]()
    while (question := next_question(dialogue)) is not None:
        typed = next((typed for words, typed in ANSWERS.items() if words in question.ask), "")
        dialogue = answer_question(dialogue, question, typed, datetime.now(UTC))
        lines.append(typed)
    at = lines.index("五十块")
    answer = run("new", text="\n".join([*lines[:at], "5o", "?", *lines[at:], "y", ""]))
    assert answer.exit_code == 0, answer.output
    for told in ("为什么问", "看不懂金额“5o”", "请核对", "实付 50.00元", "换发同面值", "原路退款 50.00元", "已建案：k-",
                 "身份证号现在不用写"):  # fmt: skip
        assert told in answer.output, told
    made = ask("list")["cases"]
    assert isinstance(made, list)
    facts = facts_of(folder, made[0]["id"])
    assert (facts.platform, facts.orders[0].payment_no, facts.buyer.name) == ("星河卡盟", "4200", "林小明")


def test_going_back_asks_the_last_question_again_and_stopping_keeps_nothing(folder: Path) -> None:
    answer = run("new", text="甲\n返回\n乙\n")
    assert answer.output.count("在哪个平台买的") == 2 and answer.exit_code != 0
    assert run("list").exit_code == 6
    refused = run("new", "--from", "case.toml", text="n\n")
    assert refused.exit_code != 0 and run("list").exit_code == 6


def test_an_unlawful_purpose_is_warned_of_at_once_and_the_case_may_be_opened(folder: Path) -> None:
    warned = run("new", text="甲\n\n自用\n刷单\n")
    assert "提交前请先咨询律师" in warned.output and "自证其罪的风险" in warned.output
    (folder / "case.toml").write_text(
        'platform = "甲"\nunlawful = ["刷单"]\nproblem = "没发货"\n[[orders]]\namount = 50\n'
    )
    answer = run("new", "--from", "case.toml", "--yes")
    assert answer.exit_code == 0 and "自证其罪" in answer.output and "先咨询律师" in answer.output
    assert facts_of(folder, "2").demands == ()


def test_a_reseller_is_told_that_he_is_no_consumer(folder: Path) -> None:
    assert "不是消费者" in run("new", text="甲\n\n转卖\n").output


def test_the_example_file_is_printed_and_taken(folder: Path) -> None:
    assert run("new", "--example").stdout == show_example()
    case = open_case(folder)
    assert facts_of(folder, case).buyer.name == "林小明"
    wrong = folder / "wrong.toml"
    wrong.write_text("platfrom = 5", "utf-8")
    answer = run("new", "--from", str(wrong))
    assert answer.exit_code == 2 and "第1行 platfrom" in answer.output
    assert run("new", "--json").exit_code == 2


def test_without_a_configuration_a_case_can_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "case.toml").write_text('platform = "甲"', "utf-8")
    assert run("new", "--from", "case.toml", "--yes").exit_code == 0
    assert (tmp_path / "archive/cardwatch.db").exists()
    asked = [CliRunner().invoke(group, [name, "--json"]) for name in ("check", "history", "changes")]
    assert [one.exit_code for one in asked] == [0, 6, 6], [one.output for one in asked]
    named = CliRunner().invoke(group, ["--config", "mine.toml", "check"])
    assert named.exit_code == 2 and "mine.toml" in named.output  # a file that was named is not passed over


def test_where_there_is_neither_archive_nor_configuration_the_latter_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(group, ["check"])
    assert answer.exit_code == 2 and "config.toml" in answer.output and not list(tmp_path.iterdir())


def test_facts_are_set_by_their_names_and_what_was_there_is_shown_and_kept(folder: Path) -> None:
    case = open_case(folder)
    refused = run("set", case, "orders.1.amount=48元", text="n\n")
    assert refused.exit_code != 0 and "50.00元 → 48.00元" in refused.output
    assert str(facts_of(folder, case).paid) == "50.00"
    made = ask("set", case, "orders.1.amount=48元", "orders.2.number=B2", "orders.2.amount=￥20", "--yes")
    assert str(facts_of(folder, case).paid) == "68.00"
    assert made["changed"] == [
        {"key": "实付（第1项）", "before": "50.00元", "after": "48.00元"},
        {"key": "订单号（第2项）", "before": "", "after": "B2"},
        {"key": "实付（第2项）", "before": "", "after": "20.00元"},
    ]
    assert run("set", case, "demands.2.amount=5", "demands.2.reckoning=路费", "demands.2.kind=赔偿").exit_code == 0
    assert run("set", case, "orders.2=", "--yes").exit_code == 0
    assert len(facts_of(folder, case).orders) == 1
    history = run("show", case, "--history").output
    assert "实付 50.00元" in history and "实付 48.00元" in history and history.count("修改") == 3
    events = ask("show", case, "--history")["events"]
    assert isinstance(events, list) and [one["kind"] for one in events] == ["opened", *["changed"] * 3]


def test_nothing_is_set_where_anything_is_wrong(folder: Path) -> None:
    case = open_case(folder)
    before = facts_of(folder, case)
    for words, told in (
        (("platform=甲", "orders.3.amount=5"), "新增请写 orders.2.amount"),
        (("platform=甲", "orders.1.amuont=5"), "您是要写 orders.1.amount 吗"),
        (("platform",), "KEY=VALUE"),
        (("demands.9=",), "没有 demands.9"),
        (("orders.99999999999999999999.amount=5",), "没有叫"),
        (("received_at=2099-01-01",), "晚于现在"),
        ((), "请写1到200项"),
    ):
        answer = run("set", case, *words, "--yes")
        assert answer.exit_code == 2 and told in answer.output, answer.output
    assert facts_of(folder, case) == before
    assert run("set", case, "platform=星河卡盟").exit_code == 6
    assert run("set", "k-none", "platform=甲").exit_code == 6
    assert "orders.1.amount" in run("set", "--keys").output


def test_doubts_are_told_when_facts_are_set(folder: Path) -> None:
    case = open_case(folder)
    answer = run("set", case, "demands.1.amount=60", "respondent.uscc=91330100MA00000000", "buyer.phone=1", "--yes")
    for told in ("多于订单实付合计50.00元", "校验不符", "不像电话号码"):
        assert told in answer.output


def test_a_case_is_closed_with_its_outcome_and_taken_up_again(folder: Path) -> None:
    case = open_case(folder)
    assert run("close", case).exit_code == 2
    assert run("close", case, "--outcome", "很好").exit_code == 2
    closed = run("close", case, "--outcome", "部分退款", "--returned", "20元")
    assert closed.exit_code == 0 and "收回 20.00元" in closed.output
    assert run("close", case, "--outcome", "退款").exit_code == 2
    assert run("list", "--open").exit_code == 6
    assert "已结案：部分解决，收回20.00元" in run("list").output
    assert run("close", case, "--reopen").exit_code == 0
    assert run("close", case, "--reopen").exit_code == 2
    assert run("list", "--open").exit_code == 0


def test_a_case_closed_longer_than_its_data_is_kept_is_listed_as_due_and_not_erased(folder: Path) -> None:
    from complaints.casefiles import make_case

    from storage.cases import close_case

    open_case(folder)
    old = datetime.now(UTC) - timedelta(days=1096)
    archive = open_here(folder)
    with archive.database.writing() as session:
        keep_case(session, make_case())
        close_case(session, make_case().id, "refunded", None, old)
    archive.close()
    answer = run("list")
    assert "个人信息保存期已满，应清除" in answer.output and "cardwatch case erase" in answer.output
    rows = ask("list")["cases"]
    assert isinstance(rows, list)
    assert {row["id"]: row["erasure_due"] for row in rows}[make_case().id] and not rows[0]["erasure_due"]
    (folder / "config.toml").write_text("[complaints]\nretention_days = 2000\n", "utf-8")
    assert "应清除" not in run("list").output


def test_a_wrong_case_is_said_in_chinese(folder: Path) -> None:
    case = open_case(folder)
    open_case(folder)
    for words in (("show", "k-none"), ("set", "x", "platform=y"), ("close", "x", "--outcome", "退款"), ("show", "k-2")):
        answer = run(*words)
        assert answer.exit_code == 6 and "案件" in answer.output
    assert case[:12] in run("show", "k-2").output


def test_an_advertisement_younger_than_the_order_is_told_and_carries_no_demand(folder: Path) -> None:
    from dataclasses import replace

    from complaints.casefiles import make_item

    from storage.case_items import keep_item
    from storage.evidence import keep_evidence

    case = open_case(folder)
    archive = open_here(folder)
    advert = keep_evidence(archive, b"ad", name="ad.png", media_type="image/png", note="", at=datetime.now(UTC)).id
    with archive.database.writing() as session:
        item = make_item("advert", evidence=advert, case=case, said_at=datetime(2026, 11, 12, tzinfo=UTC))
        keep_item(session, replace(item, id="i-advert"))
    archive.close()
    answer = run("set", case, f"advert_relied_on={advert}")
    assert "晚于下单时间" in answer.output
    assert "晚于下单时间" in run("show", case).output
    assert "不是本机存档" in run("set", case, "fraud_evidence=e-none").output
    (folder / "case.toml").write_text('advert_relied_on = "c-none"\n[[orders]]\namount = 50\n', "utf-8")
    answer = run("new", "--from", "case.toml", "--yes")
    assert "“c-none”不是本机存档" in answer.output and "三倍" not in answer.output
