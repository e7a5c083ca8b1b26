"""The commands that ask the archive: right answers, promised JSON fields, and clear words to wrong input."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from terminal import run_on_terminal

from monitor.cli.main import group
from rows.scribe import NOON, Scribe
from scrapers.model import NO_TIME_OF_DAY, Capture, Missing, Origin, Outcome, Reading, Role, Vantage, View, ViewKind
from storage.archive import Archive, open_archive
from storage.ids import new_id
from storage.model import Severity, StoredCapture, Version
from storage.pages import ensure_page
from storage.versions import insert_version

URL = "https://shop.test/terms"
BEFORE, AFTER = "一、质保7天。\n二、支持退款。", "一、质保3天。\n二、不予退款。"


@dataclass
class Desk:
    """An archive with a configuration, and the command line on it."""

    folder: Path
    archive: Archive
    scribe: Scribe

    def ask(self, *arguments: str) -> tuple[int, str, str]:
        answer = CliRunner().invoke(group, [arguments[0], "--config", str(self.folder / "config.toml"), *arguments[1:]])
        return answer.exit_code, answer.stdout, answer.stderr

    def ask_json(self, *arguments: str) -> dict[str, object]:
        code, out, err = self.ask(*arguments, "--json")
        assert code in (0, 6), err
        data = json.loads(out)
        assert isinstance(data, dict)
        return data

    def keep(
        self,
        hours: float,
        text: str,
        *,
        claimed_hours: float | None = None,
        brought: bool = False,
        day_only: bool = False,
        family: str = "generic",
        release: str = "1",
    ) -> StoredCapture:
        at = NOON + timedelta(hours=hours)
        body = text.encode()
        capture = Capture(
            id=new_id("capture", at),
            url=URL,
            final_url=URL,
            vantage=Vantage(),
            started_at=at,
            ended_at=at + timedelta(seconds=3),
            outcome=Outcome.COMPLETE if text else Outcome.BLOCKED,
            reason="" if text else "maintenance",
            status=200,
            title="条款\x1b[2J",
            missing=(Missing(NO_TIME_OF_DAY, "a day"),) if day_only else (),
            views=(View(ViewKind.TEXT, "text/plain", body, hashlib.sha256(body).hexdigest()),),
            browser="Chromium 156",
            origin=Origin.IMPORTED if brought or claimed_hours is not None else Origin.OWN,
            claimed_at=None if claimed_hours is None else NOON + timedelta(hours=claimed_hours),
        )
        with self.archive.database.writing() as session:
            page = ensure_page(session, "示例卡盟", URL, Role.TERMS, "desktop", NOON)
        stored = self.archive.keep_capture(capture, page)
        if text:
            reading = Reading(family, 0.5, release, "条款", text)
            version = Version(new_id("version", at), capture.id, page.id, stored.seen_at, capture.origin, reading)
            with self.archive.database.writing() as session:
                insert_version(session, version)
        return stored


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "config.toml").write_text('[archive]\npath = "archive"\n', encoding="utf-8")
    folder = tmp_path / "archive"
    archive = open_archive(folder, f"sqlite:///{folder}/cardwatch.db", at=NOON)
    yield Desk(tmp_path, archive, Scribe(archive.database))
    archive.close()


def test_history_lists_newest_first_and_pages_by_the_last_id(desk: Desk) -> None:
    captures = [desk.keep(hour, BEFORE) for hour in range(3)]
    first = desk.ask_json("history", URL, "--limit", "2")
    listed = first["captures"]
    assert isinstance(listed, list)
    assert [item["id"] for item in listed] == [captures[2].id, captures[1].id]
    assert first["next"] == captures[1].id
    assert listed[0]["seen_at"] == "2026-03-01T14:00:00+08:00"
    second = desk.ask_json("history", URL, "--limit", "2", "--after", str(first["next"]))
    assert [item["id"] for item in second["captures"]] == [captures[0].id]  # type: ignore[attr-defined]
    assert second["next"] is None


def test_history_breaks_no_address_on_a_narrow_terminal(desk: Desk) -> None:
    long = "https://shop.test/" + "terms/" * 30
    for hour, url in enumerate((URL, long, URL)):
        capture = desk.scribe.capture(hour, desk.scribe.page(url))
        desk.scribe.read(capture, BEFORE)
    shown = run_on_terminal(desk.folder, "history", columns=100)
    (line,) = [line for line in shown.splitlines() if long in line]
    assert line.startswith("[2] ") and shown.count(long) == 1 and shown.count(f"{URL} ") == 1
    rows = [line for line in shown.splitlines() if line.startswith("c-2026")]
    assert [row.split("[")[1][0] for row in rows] == ["1", "2", "1"]
    assert "https://" not in "".join(rows)
    alone = run_on_terminal(desk.folder, "history", long, columns=100)
    assert alone.count(long) == 1 and "[1]" not in alone


def test_history_is_narrowed_by_outcome_and_by_days_in_shanghai(desk: Desk) -> None:
    desk.keep(0, BEFORE)
    blocked = desk.keep(11.5, "")  # 23:30 in Shanghai
    desk.keep(13, BEFORE)
    code, out, _ = desk.ask("history", "示例卡盟", "--outcome", "blocked", "--outcome", "failed")
    assert code == 0 and blocked.id in out and "maintenance" in out and out.count("c-2026") == 1
    until = desk.ask_json("history", "--since", "2026-03-01", "--until", "2026年3月1日")["captures"]
    assert len(until) == 2  # type: ignore[arg-type]


def test_control_characters_of_a_page_do_not_reach_the_terminal(desk: Desk) -> None:
    desk.keep(0, BEFORE + "\x1b]0;x\x07")
    for arguments in (("history", URL), ("show", "c-2026"), ("at", URL, "--at", "2026-03-02"), ("search", "质保")):
        code, out, _ = desk.ask(*arguments)
        assert code == 0
        assert "\x1b" not in out.replace("\x1b[1m", "").replace("\x1b[0m", "") and "\x07" not in out


def test_at_says_shown_at_both_captures_and_not_observed_between(desk: Desk) -> None:
    first, _, second = desk.keep(0, BEFORE), desk.keep(1, ""), desk.keep(24, BEFORE)
    (page,) = desk.ask_json("at", "shop.test/terms", "--at", "2026-03-01 18:00")["pages"]  # type: ignore[misc]
    assert page["statement"] == (
        "在 2026-03-01 12:00:00 +08:00、2026-03-02 12:00:00 +08:00 两次抓取中均显示，间隔期间未观察。"
    )
    assert (page["before"]["capture"], page["after"]["capture"]) == (first.id, second.id)
    assert page["alike"] is True and page["gap_seconds"] == 86400
    assert [item["outcome"] for item in page["not_read_between"]] == ["blocked"]


def test_at_calls_nothing_alike_that_was_read_in_two_ways(desk: Desk) -> None:
    desk.keep(0, BEFORE)
    desk.keep(24, AFTER, release="2")
    _code, out, _ = desk.ask("at", URL, "--at", "2026-03-01 18:00")
    assert "均显示" not in out and "须对照两份原文" in out
    (page,) = desk.ask_json("at", URL, "--at", "2026-03-01 18:00")["pages"]  # type: ignore[misc]
    assert page["alike"] is None and page["rules_alike"] is None


def test_at_tells_a_rule_that_changed_with_the_software_of_the_shop(desk: Desk) -> None:
    desk.keep(0, BEFORE)
    desk.keep(24, AFTER, family="dujiaoka")
    _code, out, _ = desk.ask("at", URL, "--at", "2026-03-01 18:00")
    assert "均显示" not in out and "换了建站程序" in out
    (page,) = desk.ask_json("at", URL, "--at", "2026-03-01 18:00")["pages"]  # type: ignore[misc]
    assert page["alike"] is False and page["rules_alike"] is False


def test_at_does_not_decide_between_two_texts(desk: Desk) -> None:
    desk.keep(0, BEFORE)
    desk.keep(24, AFTER)
    code, out, _ = desk.ask("at", URL, "--at", "2026-03-01 18:00")
    assert code == 0
    assert "两次抓取显示的内容不同，间隔期间未观察" in out and "不能断定" in out
    assert "均显示" not in out
    assert "7天" in out and "3天" in out
    (page,) = desk.ask_json("at", URL, "--at", "2026-03-01 18:00")["pages"]  # type: ignore[misc]
    assert page["alike"] is False and page["rules_alike"] is False and page["differences"]


@pytest.mark.parametrize(("moment", "said"), [("2026-02-01", "此前没有读到内容"), ("2026-04-01", "此后没有读到内容")])
def test_at_outside_of_what_was_seen_claims_nothing(desk: Desk, moment: str, said: str) -> None:
    desk.keep(0, BEFORE)
    code, out, _ = desk.ask("at", URL, "--at", moment)
    assert code == 0 and said in out and "均显示" not in out
    assert "in force" not in out and "生效" not in out


def test_at_marks_what_was_brought_in_and_gives_our_own_beside_it(desk: Desk) -> None:
    own = desk.keep(0, BEFORE)
    brought = desk.keep(48, AFTER, claimed_hours=3)
    desk.keep(50, AFTER, brought=True)  # without any time: it stands nowhere
    (page,) = desk.ask_json("at", URL, "--at", "2026-03-01 18:00")["pages"]  # type: ignore[misc]
    assert page["before"]["capture"] == brought.id and page["before"]["third_party"] is True
    assert page["own_before"]["capture"] == own.id
    assert page["after"] is None
    assert "第三方提供，时间为其声称" in page["statement"]
    assert "from a third party: the time is only claimed" in page["statement_en"]
    _, out, _ = desk.ask("history", URL)
    assert "third party" in out and "no time claimed" in out


@pytest.mark.parametrize("moment", ["2026-03-01 00:00", "2026-03-01 18:00"])
def test_at_orders_nothing_within_a_day_that_is_claimed_without_a_time(desk: Desk, moment: str) -> None:
    brought = desk.keep(48, BEFORE, claimed_hours=-12, day_only=True)
    desk.keep(49, BEFORE)
    (page,) = desk.ask_json("at", URL, "--at", moment)["pages"]  # type: ignore[misc]
    assert "2026-03-01 当日（第三方提供，日期为其声称，未给钟点）" in page["statement"]
    assert "之前还是之后" in page["statement"] and "before or after" in page["statement_en"]
    assert "2026-03-01 (from a third party: that day is claimed, no time given)" in page["statement_en"]
    assert page["claims_day_only"] == [brought.id] and page["gap_seconds"] is None
    _, out, _ = desk.ask("at", URL, "--at", moment)
    assert f"{brought.id} seen 2026-03-01, no time given" in out
    (later,) = desk.ask_json("at", URL, "--at", "2026-03-02 00:00")["pages"]  # type: ignore[misc]
    assert "before or after" not in later["statement_en"]
    for words in (("history", URL), ("show", brought.id), ("search", "质保7天")):
        assert "2026-03-01, no time given" in desk.ask(*words)[1]


def test_changes_leave_out_what_harms_nobody_unless_asked(desk: Desk) -> None:
    capture = desk.keep(0, BEFORE)
    high = desk.scribe.change(capture)
    none = desk.scribe.change(capture, severity=Severity.NONE)
    answer = desk.ask_json("changes", "--page", URL)
    (listed,) = answer["changes"]  # type: ignore[misc]
    assert listed["id"] == high.id
    assert {"class", "severity", "reason", "before", "after", "status", "before_capture", "after_at"} <= set(listed)
    _, out, _ = desk.ask("changes", "--severity", "none", "--platform", "示例卡盟", "--since", "2026-03-01")
    assert none.id in out and "补发期由7天缩短为3天" in out
    assert desk.ask("changes", "--class", "stock")[0] == 6


def test_show_gives_the_capture_its_evidence_and_what_was_read(desk: Desk) -> None:
    capture = desk.keep(0, BEFORE)
    change = desk.scribe.change(capture)
    shown = desk.ask_json("show", capture.id[:-1])
    assert shown["capture"]["id"] == capture.id  # type: ignore[index]
    assert shown["provenance"]["browser"] == "Chromium 156"  # type: ignore[index]
    assert shown["views"][0]["kind"] == "text"  # type: ignore[index]
    assert shown["version"]["text"] == BEFORE  # type: ignore[index]
    assert [item["id"] for item in shown["changes"]] == [change.id]  # type: ignore[attr-defined]
    _, out, _ = desk.ask("show", capture.id)
    assert capture.warc in out and "Chromium 156" in out


def test_show_tells_of_damage_and_still_shows_the_rest(desk: Desk) -> None:
    capture = desk.keep(0, BEFORE)
    for path in (desk.folder / "archive" / "objects").rglob("*"):
        if path.is_file() and capture.warc in str(path).replace("/", ""):
            path.unlink()
    code, out, err = desk.ask("show", capture.id)
    assert code == 7, err
    assert capture.id in out and "质保" not in err


def test_search_finds_two_characters_in_all_versions(desk: Desk) -> None:
    desk.keep(0, BEFORE)
    last = desk.keep(24, AFTER)
    answer = desk.ask_json("search", "退款")
    texts = answer["texts"]
    assert isinstance(texts, list) and len(texts) == 2
    assert texts[0]["seen"][0]["last_capture"] == last.id
    start, end = texts[0]["marks"][0]
    assert texts[0]["snippet"][start:end] == "退款"
    _, out, _ = desk.ask("search", "不予退款")
    assert "【不予退款】" in out and out.count("t-") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("history", "https://shop.test/term"), 6, "nearest known: https://shop.test/terms"),
        (("history", "x" * 50_000), 6, "no page"),
        (("history", "--since", "sometime"), 2, "is not a time"),
        (("history", "--since", "2026-03-05", "--until", "2026-03-01"), 2, "exchange them"),
        (("history", "--after", "c-nothing"), 6, "continue after"),
        (("history", "--limit", "0"), 2, "limit"),
        (("history", "--outcome", "strange"), 2, "strange"),
        (("at", URL), 2, "--at"),
        (("at", URL, "--at", "03/01/2026"), 2, "is not a time"),
        (("at", "https://nowhere.test/", "--at", "2026-03-01"), 6, "no page"),
        (("changes", "--severity", "bad"), 2, "bad"),
        (("changes", "--platform", "没有"), 6, "没有"),
        (("changes", "--after", "' OR 1=1"), 6, "continue after"),
        (("show", "%"), 6, "no capture"),
        (("show", "c-20260301T0"), 6, "several captures"),
        (("show", "c-"), 6, "several captures begin with 'c-'"),
        (("search", '"'), 2, "give a word"),
        (("search", "退" * 5000), 2, "at most 200"),
        (("search", "没有的话"), 6, "no text"),
        (("search", "退款", "--after", "t-x"), 6, "continue after"),
        (("search", "退款", "--after", "t-99999"), 6, "continue after"),
    ],
)
def test_wrong_input_is_answered_with_what_to_do(desk: Desk, arguments: tuple[str, ...], code: int, said: str) -> None:
    desk.keep(0, BEFORE)
    desk.keep(0.001, BEFORE)
    answer, out, err = desk.ask(*arguments)
    assert answer == code, err
    assert said in err and out == "" and "Traceback" not in err


def test_asking_makes_no_archive(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[archive]\npath = "archive"\n', encoding="utf-8")
    answer = CliRunner().invoke(group, ["history", "--config", str(tmp_path / "config.toml")])
    assert answer.exit_code == 6 and "no archive" in answer.stderr
    assert not (tmp_path / "archive").exists()


def test_asking_makes_no_archive_in_a_folder_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "config.toml").write_text('[archive]\npath = "papers"\n', encoding="utf-8")
    done = CliRunner().invoke(group, ["history", "--config", str(tmp_path / "config.toml")])
    assert done.exit_code == 6
    assert list((tmp_path / "papers").iterdir()) == []


def test_help_of_a_question_is_quick() -> None:
    code = "from monitor.cli.main import main; main()"
    times = []
    for _ in range(3):
        before = os.times()
        subprocess.run([sys.executable, "-c", code, "history", "--help"], check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        times.append(after.children_user - before.children_user + after.children_system - before.children_system)
    assert min(times) < 0.2
