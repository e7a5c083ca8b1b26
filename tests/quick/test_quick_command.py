"""The command: five questions and no sixth, a case to go on with, and texts that stand whatever becomes of the page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from complaints.market import Market, make_market
from run.shop import Watcher, serve_shop
from terminal import invoke_apart

from monitor.cli.main import group
from storage.case import PaymentForm, ProblemKind
from storage.cases import load_case

GIVEN = ("--platform", "星河卡盟", "--order", "XH20261110001", "--paid", "50 微信", "--what", "卡密提示已被使用",
         "--when", "昨晚 8 点")  # fmt: skip


@pytest.fixture
def market(tmp_path: Path) -> Market:
    return make_market(tmp_path)


def test_exactly_five_questions_are_asked_and_the_choice_is_part_of_the_next(market: Market) -> None:
    typed = "星河卡盟\nXH20261110001\n50 微信\nA 卡密提示已被使用\n昨晚 8 点\n"
    result = market.run("quick", "--json", "--no-capture", text=typed)
    assert result.exit_code == 0, result.output
    asked = re.findall(r"^\s*(\d)/5 ", result.stderr, re.M)
    assert asked == ["1", "2", "3", "4", "5"]
    assert "C 扫个人收款码" in result.stderr.split("4/5")[0].split("3/5")[1]
    told = json.loads(result.stdout)
    assert told["questions"] == 5
    assert told["understood"]["payment"] == "wechat_merchant"


def test_options_ask_nothing_and_open_a_case(market: Market) -> None:
    told = market.ask("quick", *GIVEN, "--no-capture")
    assert told["questions"] == 0
    archive = market.open()
    with archive.database.reading() as session:
        case = load_case(session, told["case"])
    archive.close()
    assert case.facts.problem is ProblemKind.USED_KEY
    assert case.facts.payment is PaymentForm.UNKNOWN
    assert case.facts.orders[0].number == "XH20261110001"
    assert len(told["next"]) == 3
    assert all(told["case"] in command for command in told["next"])
    assert told["understood"]["choices"][0]["about"] == "payment"
    assert [one["id"] for one in told["deadlines"]] == ["seller", "limitation"]


def test_the_answer_is_printed_with_all_its_parts(market: Market) -> None:
    result = market.run("quick", *GIVEN, "--no-capture")
    assert result.exit_code == 0
    for part in (
        "【一、现在就保存】",
        "【二、可以直接粘贴的文字】",
        "【三、两个期限】",
        "【四、案件和下一步】",
        "【五、页面】",
        "cardwatch import",
    ):
        assert part in result.stdout
    assert "没有网址" in result.stdout


def test_answers_come_from_a_file_and_a_wrong_one_is_named(market: Market, tmp_path: Path) -> None:
    good = tmp_path / "answers.toml"
    good.write_text('platform = "星河卡盟"\npaid = "50 微信商家"\nwhat = "不发货"\n', encoding="utf-8")
    told = market.ask("quick", "--from", str(good), "--no-capture", "--no-case")
    assert told["understood"]["problem"] == "not_delivered"
    assert told["case"] is None
    for text, word in (("price = 5", "price"), ("what = [1]", "文字"), ("what = ", "TOML"), ("x" * 70_000, "65536")):
        bad = tmp_path / "bad.toml"
        bad.write_text(text, encoding="utf-8")
        result = market.run("quick", "--from", str(bad))
        assert result.exit_code == 2
        assert word in result.stderr


def test_who_comes_with_nothing_gets_a_configuration_with_which_all_else_works(tmp_path: Path) -> None:
    fresh = Watcher(tmp_path)
    done = fresh.run("quick", *GIVEN, "--no-capture")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "config.toml").is_file()
    assert "已生成配置文件" in done.stderr
    case = re.findall(r"已立案：(k-\S+)", done.stdout)[0]
    assert fresh.run("case", "show", case).returncode == 0


def test_a_configuration_that_was_named_and_is_not_there_is_no_reason_to_make_one(tmp_path: Path) -> None:
    named = Market(tmp_path / "typo")
    assert named.run("quick", *GIVEN, "--no-capture").exit_code == 2
    assert not (tmp_path / "typo").exists()


def test_the_page_is_captured_as_it_is_now_and_joins_the_case(tmp_path: Path) -> None:
    with serve_shop() as shop:
        watcher = Watcher(tmp_path)
        watcher.configure(shop)
        done = watcher.run(
            "quick", "--platform", "小铺 http://shop.test/terms", "--paid", "50 微信商家", "--what", "不发货", "--json"
        )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["page"]["seen"], told["page"]
    assert "正在抓取页面" in done.stderr
    assert watcher.run("show", told["page"]["capture"]).returncode == 0


def test_a_page_that_cannot_be_captured_is_said_and_all_else_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARDWATCH_CHROMIUM", str(tmp_path / "no-browser"))
    monkeypatch.setenv("PATH", "")  # a machine without a browser
    watcher = Watcher(tmp_path)
    watcher.folder.joinpath("config.toml").write_text('[archive]\npath = "archive"\n', encoding="utf-8")
    done = watcher.run(
        "quick", "--platform", "https://xh88.example/buy/12", "--paid", "50 微信商家", "--what", "不发货"
    )
    assert done.returncode == 0, done.stderr
    assert "没有抓取成功" in done.stdout
    assert "给卖家" in done.stdout
    assert "已立案：k-" in done.stdout


def test_an_archive_that_cannot_be_opened_leaves_the_texts(market: Market) -> None:
    (market.folder / "archive").write_text("in the way", encoding="utf-8")
    result = market.run("quick", *GIVEN, "--no-capture")
    assert result.exit_code == 8
    assert "给卖家" in result.stdout
    assert "案件没有建成" in result.stdout


def test_control_characters_of_an_answer_do_not_reach_the_terminal(market: Market) -> None:
    result = market.run("quick", "--platform", "星\x1b[2J河", "--what", "卡密\x07无效", "--no-capture", "--no-case")
    assert "\x1b" not in result.stdout
    assert "\x07" not in result.stdout


def test_a_configuration_that_cannot_be_written_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CARDWATCH_CONFIG", "file/config.toml")
    result = invoke_apart(group, ["quick", *GIVEN, "--no-capture", "--no-case", "--json"])
    assert result.exit_code == 0, result.output
    assert "按默认设置进行" in result.stderr
    assert json.loads(result.stdout)["understood"]["problem"] == "used_key"
