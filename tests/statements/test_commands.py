"""`statements`, `links`, `judge` and `operators`: right answers, promised fields, clear words to wrong input."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from terminal import invoke_apart

from monitor.cli.main import group
from monitor.operators.operator_store import settle_operators
from monitor.selectors import Selectors
from monitor.watch import record_capture
from statements.conftest import START
from statements.shop import visit, watch
from statements.test_operator_store import owned
from storage.archive import Archive
from storage.check import check_archive
from storage.identity import LookupKind, Statement
from storage.lookups import keep_lookup
from storage.statements import note_statements

DAY = timedelta(days=1)


@dataclass
class Desk:
    """An archive with a configuration, and the command line on it."""

    folder: Path
    archive: Archive

    def ask(self, *arguments: str) -> tuple[int, str, str]:
        answer = invoke_apart(group, [arguments[0], "--config", str(self.folder / "config.toml"), *arguments[1:]])
        return answer.exit_code, answer.stdout, answer.stderr

    def ask_json(self, *arguments: str) -> dict[str, list[dict[str, object]]]:
        code, out, err = self.ask(*arguments, "--json")
        assert code == 0, err
        data = json.loads(out)
        assert isinstance(data, dict)
        return data

    def note(self, *statements: Statement) -> None:
        with self.archive.database.writing() as session:
            note_statements(session, statements)


@pytest.fixture
def desk(tmp_path: Path, archive: Archive) -> Desk:
    (tmp_path / "config.toml").write_text(f'[archive]\npath = "{archive.root}"\n', encoding="utf-8")
    return Desk(tmp_path, archive)


def lines_of(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_statements_of_a_platform_are_those_of_its_sites_with_their_proof(desk: Desk) -> None:
    capture = visit("https://www.xinglan-ka.com/", START)
    record_capture(desk.archive, capture, watch(desk.archive, capture.url, START), Selectors())
    told = desk.ask_json("statements", "星岚卡盟", "--kind", "qq")
    (one,) = told["statements"]
    assert (one["site"], one["value"], one["last_capture"]) == ("xinglan-ka.com", "2846109375", capture.id)
    for asked in ("xinglan-ka.com", "https://www.xinglan-ka.com/goods/1", "WWW.xinglan-ka.com"):
        assert desk.ask_json("statements", asked, "--kind", "qq")["statements"] == told["statements"]
    code, out, _ = desk.ask("statements", "xinglan-ka.com")
    assert code == 0 and "QQ号" in out and capture.id in out


def test_the_lines_are_what_link_reads(desk: Desk) -> None:
    desk.note(*owned("a1.com", 0), *owned("a2.com", 0))
    lines = "".join(desk.ask("statements", site, "--jsonl")[1] for site in ("a1.com", "a2.com"))
    assert set(lines_of(lines)[0]) == {"site", "kind", "value", "place", "first_seen", "last_seen"}
    (desk.folder / "all.jsonl").write_text(lines, encoding="utf-8")
    told = desk.ask_json("link", str(desk.folder / "all.jsonl"))
    assert ["a1.com", "a2.com"] in [one["sites"] for one in told["operators"]]


def test_a_persons_name_is_masked_unless_asked_for(desk: Desk) -> None:
    desk.note(Statement("a1.com", "registrant", "欧阳明远", "registry", START, START, shown="Registrant: 欧阳明远"))
    assert "欧阳明远" not in desk.ask("statements", "a1.com", "--json")[1]
    assert "欧阳明远" not in desk.ask("statements", "a1.com")[1]
    assert "欧阳明远" in desk.ask("statements", "a1.com", "--json", "--personal")[1]


def test_a_saved_file_states_without_an_archive(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html><body><p>客服QQ：2846109375</p></body></html>", encoding="utf-8")
    runner = invoke_apart(group, ["statements", str(page), "--url", "https://xinglan-ka.com/", "--json"])
    assert runner.exit_code == 0, runner.stderr
    told = [one for one in json.loads(runner.stdout)["statements"] if one["kind"] == "qq"]
    assert [(one["site"], one["value"], one["claimed"]) for one in told] == [("xinglan-ka.com", "2846109375", True)]


def test_links_adds_up_and_says_what_each_row_changes(desk: Desk) -> None:
    desk.note(*owned("a1.com", 0), *owned("a2.com", 0), *owned("b1.com", 1))
    told = desk.ask_json("links", "a1.com", "a2.com")
    rows, contrary = told["rows"], told["contrary"]
    assert told["band"] == "确认"
    assert sum(float(str(row["bits"])) for row in (*rows, *contrary)) == pytest.approx(told["bits"], abs=0.1)
    assert {"registrant", "alipay_static", "qq"} <= {row["kind"] for row in rows}
    code, out, _ = desk.ask("links", "a1.com", "a2.com")
    assert code == 0
    for word in ("起点", "支付宝收款码", "页面正文", "注册局", "去掉本条", "反证"):
        assert word in out


def test_links_of_strangers_says_so_and_that_it_stays_here(desk: Desk) -> None:
    desk.note(*owned("a1.com", 0), *owned("b1.com", 1))
    code, out, _ = desk.ask("links", "a1.com", "b1.com")
    assert code == 0
    assert "线索" in out and "只供本机参考" in out and "没有共同点" in out


def test_a_judgement_changes_the_operators_and_is_taken_back(desk: Desk) -> None:
    desk.note(*owned("a1.com", 0), *owned("a2.com", 0))
    assert [one["sites"] for one in desk.ask_json("operators")["operators"]] == [["a1.com", "a2.com"]]
    told = desk.ask_json("judge", "a1.com", "a2.com", "different", "--reason", "收款人不同", "--by", "小林")
    assert told["events"][0]["kind"] == "ended"
    assert "小林" in str(told["events"][0]["cause"])
    assert desk.ask("operators")[0] == 6
    assert desk.ask_json("links", "a1.com", "a2.com")["decided"] == "different"
    desk.ask_json("judge", "a2.com", "a1.com", "--undo")
    assert len(desk.ask_json("operators", "a1.com")["operators"]) == 1
    assert desk.ask_json("links", "a1.com", "a2.com")["decisions"][0]["revoked_at"]


def test_operators_are_told_as_known_on_a_day_with_what_happened(desk: Desk) -> None:
    desk.note(*owned("a1.com", 0), *owned("a2.com", 0))
    settle_operators(desk.archive, at=START + DAY)
    desk.note(*owned("a3.com", 0))
    settle_operators(desk.archive, at=START + 5 * DAY)
    before = desk.ask_json("operators", "a1.com", "--at", f"{START + 2 * DAY:%Y-%m-%d}")
    assert before["operators"][0]["sites"] == ["a1.com", "a2.com"]
    now = desk.ask_json("operators", "a1.com")
    assert now["operators"][0]["sites"] == ["a1.com", "a2.com", "a3.com"]
    assert [event["kind"] for event in now["events"]] == ["born", "gained"]
    code, out, _ = desk.ask("operators", "a3.com", "--events")
    assert code == 0 and "新增站点" in out and "a3.com" in out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("statements", "nowhere.com"), 6, "nothing is known"),
        (("links", "a1.com", "nowhere.com"), 6, "no site"),
        (("links", "a1.com", "www.a1.com"), 2, "one site"),
        (("judge", "a1.com", "a2.com", "same"), 2, "say why"),
        (("judge", "a1.com", "a2.com"), 2, "same, different"),
        (("judge", "a1.com", "a2.com", "--undo"), 6, "nobody decided"),
        (("operators", "nowhere.com"), 6, "is known"),
        (("operators", "o-none"), 6, "no operator"),
    ],
)
def test_what_cannot_be_answered_is_said_clearly(desk: Desk, arguments: tuple[str, ...], code: int, said: str) -> None:
    desk.note(*owned("a1.com", 0), *owned("a2.com", 0))
    told = desk.ask(*arguments)
    assert told[0] == code, told
    assert said in told[2]


def test_an_export_holds_no_statement_link_or_operator(desk: Desk) -> None:
    capture = visit("https://www.xinglan-ka.com/", START)
    record_capture(desk.archive, capture, watch(desk.archive, capture.url, START), Selectors())
    desk.note(*owned("xinglan-ka.com", 0), *owned("hidden-partner.com", 0))
    (operator,) = desk.ask_json("operators")["operators"]
    code, _, err = desk.ask("export", capture.id, "--wacz", str(desk.folder / "one.wacz"))
    assert code == 0, err
    with zipfile.ZipFile(desk.folder / "one.wacz") as file:
        parts = {name: file.read(name) for name in file.namelist()}
    assert parts
    for name, data in parts.items():
        assert b"hidden-partner" not in data, name
        assert str(operator["id"]).encode() not in data, name


def test_check_names_a_statement_whose_proof_is_gone(desk: Desk) -> None:
    lookup = keep_lookup(desk.archive, domain="a1.com", kind=LookupKind.DNS, server="", asked_at=START, outcome="ok")
    desk.note(Statement("a1.com", "ns", "ns.test", "dns", START, START, lookup.id, lookup.id))
    assert check_archive(desk.archive).whole
    with sqlite3.connect(desk.archive.root / "cardwatch.db") as database:
        database.execute("DELETE FROM lookup")
    told = [problem.what for problem in check_archive(desk.archive).problems]
    assert any("statement" in what and "lookup" in what for what in told)


def test_links_masks_persons_and_keeps_the_order_asked(desk: Desk) -> None:
    for site, place in (("a1.com", "visible"), ("b1.com", "script")):
        desk.note(
            *(Statement(site, kind, value, place, START, START) for kind, value in (
                ("registrant", "欧阳明远"), ("qq", "2846109375"), ("company", "杭州星岚网络有限公司"),
            ))
        )  # fmt: skip
    for arguments in ((), ("--json",)):
        _, out, _ = desk.ask("links", "b1.com", "a1.com", *arguments)
        assert "欧阳明远" not in out and "2846109375" not in out
        assert "杭州星岚网络有限公司" in out, "firms are public"
        shown = desk.ask("links", "b1.com", "a1.com", "--unmask", *arguments)[1]
        assert "欧阳明远" in shown and "2846109375" in shown
    data = json.loads(desk.ask("links", "b1.com", "a1.com", "--json")[1])
    assert (data["a"], data["b"]) == ("b1.com", "a1.com")
    (row,) = [row for row in data["rows"] if row["kind"] == "qq"]
    assert (row["place_a"], row["place_b"]) == ("script", "visible")
    assert " ≠ " not in desk.ask("links", "b1.com", "a1.com")[1]


def test_a_name_on_a_certificate_is_dated_by_the_sights_of_each_site(desk: Desk) -> None:
    own = Statement("a1.com", "tls_san", "a1.com", "tls", START, START + 20 * DAY)
    other = Statement("b1.com", "tls_san", "a1.com", "tls", START + 5 * DAY, START + 80 * DAY)
    desk.note(
        own, other, *(Statement(site, "qq", "2846109375", "visible", START, START) for site in ("a1.com", "b1.com"))
    )
    (row,) = [row for row in desk.ask_json("links", "a1.com", "b1.com")["rows"] if row["kind"] == "tls_san"]
    assert str(row["last_a"])[:10] == (START + 20 * DAY).date().isoformat()
    assert str(row["last_b"])[:10] == (START + 80 * DAY).date().isoformat()


def test_statements_are_told_in_the_words_of_their_readers(desk: Desk) -> None:
    desk.note(
        Statement("a1.com", "ip", "127.0.0.1", "dns", START, START, problem="loopback address"),
        Statement("a1.com", "registrant", "杭州星岚网络有限公司", "registry", START, START, role="organization"),
    )
    _, out, _ = desk.ask("statements", "a1.com")
    for word in ("域名解析", "本机地址", "注册局", "机构"):
        assert word in out
    for word in ("loopback", "registry", "organization"):
        assert word not in out


def test_causes_of_events_are_short_and_whole_in_the_json(desk: Desk) -> None:
    desk.note(*(one for site in ("a1.com", "a2.com", "a3.com") for one in owned(site, 0)))
    told = desk.ask_json("operators")
    cause = max((str(event["cause"]) for event in told["events"]), key=len)
    printed = desk.ask("operators", "--events")[1]
    assert "；" in cause and cause not in printed
    assert cause.partition("；")[0] in printed and "见 --json" in printed


def test_a_row_is_worded_by_where_its_value_stood(desk: Desk) -> None:
    for site in ("a1.com", "b1.com"):
        desk.note(
            Statement(site, "email", "kf@xinglan-card.com", "registry", START, START, role="registrant"),
            Statement(site, "qq", "2846109375", "visible", START, START),
        )
    desk.note(Statement("a1.com", "release_page", "www.b1.com", "visible", START, START))
    rows = {row["kind"]: str(row["reason"]) for row in desk.ask_json("links", "a1.com", "b1.com")["rows"]}
    assert "来自登记信息" in rows["email"] and "页面文字" not in rows["email"]
    assert "页面文字" in rows["qq"]
    assert "甲站把乙站列为" in rows["release_page"] and "相同" not in rows["release_page"]
    turned = {row["kind"]: str(row["reason"]) for row in desk.ask_json("links", "b1.com", "a1.com")["rows"]}
    assert "乙站把甲站列为" in turned["release_page"]
