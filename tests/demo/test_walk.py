"""A shortened walk with a real browser: walls, a silent change, bad TLS, a vanished name, a moved domain."""

from __future__ import annotations

import json
import os
import threading
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli.exit_codes import ExitCode
from monitor.cli.main import group
from monitor.demo.event import Visit
from monitor.demo.folder import CONFIG, EXPORT, REDLINE, claim_folder
from monitor.demo.play import play_demo
from monitor.demo.report import Report, as_data, tell_findings, tell_truth
from monitor.demo.script import START, at
from monitor.demo.walk import Stage
from scrapers.model import Outcome, Reason
from storage.model import ChangeClass

SHORT = (
    Visit(START, ("yunque-terms", "yunque-home", "xinghe-terms", "songguo-item")),
    Visit(at(6, 14, 10), ("yunque-terms",)),
    Visit(at(6, 26, 10), ("xinghe-terms",)),
    Visit(at(7, 3, 10), ("yunque-home",)),
    Visit(at(7, 6, 12), ("songguo-item",)),
    Visit(at(7, 22, 12), ("yunque-home",)),
    Visit(at(7, 27, 12), ("songguo-item",)),
    Visit(at(8, 2, 12), ("xinghe-terms",)),
)


@pytest.fixture(scope="module")
def stages() -> list[Stage]:
    return []


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, stages: list[Stage]) -> Report:
    """One short demo for all tests of this file."""
    folder = tmp_path_factory.mktemp("short") / "demo"
    reports: list[Report] = []

    def play() -> None:
        with claim_folder(folder):
            now = datetime.now(UTC)
            reports.append(play_demo(folder, environ=os.environ, now=now, visits=SHORT, report=stages.append))

    thread = threading.Thread(target=play)  # pytest-playwright keeps a loop in the main thread
    thread.start()
    thread.join()
    assert reports, "the demo broke off; its traceback stands above"
    return reports[0]


def run_command(*arguments: str) -> Result:
    return CliRunner().invoke(group, list(arguments))


def test_a_short_walk_meets_its_truth(played: Report) -> None:
    assert played.verdict.troubles == ()
    rules = played.verdict.score(ChangeClass.RULE)
    assert (rules.expected, rules.found, rules.false) == (3, 3, 0)
    assert tell_truth(played)[0].startswith("Truth check: found 3 of 3 rule changes, 0 false")


def test_the_truth_of_the_domains_is_told_too(played: Report) -> None:
    assert played.met
    assert any("followed 1 of 1" in line for line in tell_truth(played))
    assert as_data(played)["line"]["sites"][0]["site"] == "xinghe-ka.test"  # type: ignore[index]


def test_grave_changes_are_looked_at_again_ten_minutes_later(played: Report) -> None:
    terms = [visit.at for visit in played.visits if visit.page == "yunque-terms"]
    assert len(terms) == 3
    # A visit begins some hundredths after the simulated minute, each by its own.
    assert 599 <= (terms[2] - terms[1]).total_seconds() < 660


def test_bad_days_end_as_captures_with_their_reason(played: Report) -> None:
    ends = {(visit.page, visit.outcome, visit.reason) for visit in played.visits}
    assert ("songguo-item", Outcome.BLOCKED, Reason.CAPTCHA) in ends
    assert ("yunque-home", Outcome.FAILED, Reason.TLS) in ends
    assert ("songguo-item", Outcome.FAILED, Reason.DNS_NO_SUCH_NAME) in ends


def test_findings_are_told_with_the_dates_of_both_sides(played: Report) -> None:
    told = "\n".join(tell_findings(played))
    assert "2026-06-14  [规则·" in told
    assert "最后一次见到原内容：2026-06-01 10:0" in told
    assert "首次见到新内容：2026-06-14 10:0" in told


def test_progress_runs_in_simulated_time(played: Report, stages: list[Stage]) -> None:
    assert [stage.at for stage in stages] == sorted(stage.at for stage in stages)
    assert stages[-1].done == stages[-1].known == len(played.visits)


def test_the_archive_can_be_asked_afterwards(played: Report) -> None:
    config = str(played.folder / CONFIG)
    result = run_command("changes", "--json", "--config", config)
    assert result.exit_code == ExitCode.DONE, result.output
    assert "yunque.test" in result.output
    assert "退" in (played.folder / REDLINE).read_text(encoding="utf-8")
    with zipfile.ZipFile(played.folder / EXPORT) as package:
        assert "datapackage.json" in package.namelist()


def test_the_report_is_plain_data(played: Report) -> None:
    data = json.loads(json.dumps(as_data(played), default=str))
    assert data["truth"]["met"] is played.verdict.met
    assert {visit["page"] for visit in data["visits"]} == {page for visit in SHORT for page in visit.pages}


def test_the_command_refuses_a_folder_with_other_things(tmp_path: Path) -> None:
    (tmp_path / "evidence.txt").write_text("mine")
    result = run_command("demo", "--archive", str(tmp_path))
    assert result.exit_code == ExitCode.WRONG_USE
    assert "name another folder" in result.output


def test_the_command_says_when_there_is_no_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.demo.play.find_browser", lambda environ: None)
    result = run_command("demo", "--archive", str(tmp_path / "demo"))
    assert result.exit_code == ExitCode.CANNOT_WORK
    assert "cardwatch doctor" in result.output
