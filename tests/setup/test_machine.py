from __future__ import annotations

import http.server
import json
import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor import doctor, doctor_checks
from monitor.cli.main import group
from monitor.clock_check import ClockUnknownError, measure_clock
from monitor.config.settings import AlertChannel
from monitor.doctor_checks import Check, State
from monitor.fonts import find_chinese_font, find_font_file
from storage.archive import open_archive

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def http_clock(ahead: timedelta) -> Iterator[str]:
    """A server on loopback whose clock is ahead of ours."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def date_time_string(self, timestamp: float | None = None) -> str:
            return format_datetime(now() + ahead, usegmt=True)

        def do_HEAD(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def ntp_clock(ahead: timedelta, head: bytes = b"\x24\x02") -> Iterator[str]:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as channel:
        channel.bind(("127.0.0.1", 0))

        def answer() -> None:
            _, asker = channel.recvfrom(512)
            seconds = (now() + ahead - datetime(1900, 1, 1, tzinfo=UTC)).total_seconds()
            stamp = struct.pack("!II", int(seconds), int(seconds % 1 * 2**32))
            channel.sendto(head.ljust(40, b"\0") + stamp, asker)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"ntp://127.0.0.1:{channel.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize("ahead", [-3600.0, 0.0, 120.0])
def test_a_clock_is_measured_by_http_and_by_ntp_within_its_blur(ahead: float) -> None:
    with http_clock(timedelta(seconds=ahead)) as source:
        offset = measure_clock(source, now, seconds=3)
        assert abs(offset.seconds - ahead) <= offset.blur
        assert 0.5 <= offset.blur < 2
    with ntp_clock(timedelta(seconds=ahead)) as source:
        offset = measure_clock(source, now, seconds=3)
        assert abs(offset.seconds - ahead) <= offset.blur + 0.01
        assert offset.blur < 0.5


def test_a_clock_that_does_not_know_the_time_is_not_believed() -> None:
    with ntp_clock(timedelta(0), head=b"\x24\x00") as source, pytest.raises(ClockUnknownError, match="known time"):
        measure_clock(source, now, seconds=3)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(ClockUnknownError, match="did not tell its time"):
            measure_clock(f"http://127.0.0.1:{port}/", now, seconds=0.2)


def test_a_wrong_clock_is_told_by_how_much() -> None:
    with http_clock(timedelta(hours=1)) as source:
        check = doctor_checks.check_clock(source)
    assert check.state is State.BAD and "+3600" in check.found.replace("+3599", "+3600").replace("+3601", "+3600")
    with http_clock(timedelta(0)) as source:
        assert doctor_checks.check_clock(source).state is State.OK


def test_a_service_that_answers_is_told_from_one_that_does_not_and_its_password_is_not_shown() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        url = f"socks5://me:hunter2@127.0.0.1:{port}"
        up = doctor_checks.check_reach("proxy", url, 1080)
    down = doctor_checks.check_reach("proxy", url, 1080)
    assert (up.state, down.state) == (State.OK, State.WARN)
    assert "hunter2" not in up.found + down.found and f"127.0.0.1:{port}" in down.found


def test_a_name_server_is_asked_over_udp() -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as channel:
        channel.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{channel.getsockname()[1]}"

        def answer() -> None:
            question, asker = channel.recvfrom(512)
            channel.sendto(question[:2] + b"\x81\x80" + question[4:], asker)

        thread = threading.Thread(target=answer)
        thread.start()
        assert doctor_checks.check_nameserver(address).state is State.OK
        thread.join()
    assert doctor_checks.check_nameserver(address).state is State.WARN


def test_alert_channels_are_judged_by_name_and_never_shown() -> None:
    unset = doctor_checks.check_channel("alerts", AlertChannel("ALERT", ""))
    wrong = doctor_checks.check_channel("alerts", AlertChannel("ALERT", "nonsense://hunter2"))
    right = doctor_checks.check_channel("alerts", AlertChannel("ALERT", "json://127.0.0.1:9/hunter2"))
    assert [check.state for check in (unset, wrong, right)] == [State.WARN, State.WARN, State.OK]
    assert all("ALERT" in check.found and "hunter2" not in check.found for check in (unset, wrong, right))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_without_the_right_to_write_is_bad(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert doctor_checks.check_archive(tmp_path / "archive", 1).state is State.BAD


def test_the_archive_folder_is_judged_by_what_it_is_and_by_room(tmp_path: Path) -> None:
    assert doctor_checks.check_archive(tmp_path / "new", 1).state is State.OK
    assert not (tmp_path / "new").exists(), "the doctor only looks"
    assert doctor_checks.check_archive(tmp_path, 100_000_000).state is State.BAD
    (tmp_path / "file").write_text("")
    assert "is a file" in doctor_checks.check_archive(tmp_path / "file", 1).found


def test_the_database_is_judged_by_what_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / "cardwatch.db"
    url = f"sqlite:///{file.as_posix()}"
    assert doctor_checks.check_database(url).found == "made by the first run"
    assert not file.exists()
    open_archive(tmp_path, url, at=AT, minimum_free_megabytes=0).close()
    assert doctor_checks.check_database(url).state is State.OK
    assert doctor_checks.check_runs(url, AT).found == "none yet"
    file.write_bytes(b"this is no database, but it is long enough to be looked at" * 20)
    answers = doctor._run_side_by_side([("database", lambda: doctor_checks.check_database(url))])
    assert answers[0].state is State.BAD
    assert "restore" in answers[0].found and answers[0].mend == ""
    runs = doctor_checks.check_runs(url, AT)
    assert runs.state is State.UNKNOWN and "not a database" not in runs.found, "it is told once"


def test_no_two_checks_import_the_database_at_the_same_time(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("", "utf-8")
    script = """if True:
        import sys
        from datetime import UTC, datetime
        from pathlib import Path
        from monitor import doctor

        doctor._run_side_by_side = lambda checks: print({"sqlalchemy.orm", "storage.runs"} <= set(sys.modules)) or ()
        doctor.examine_machine(Path("config.toml"), {}, at=datetime.now(UTC))
    """
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "True", done.stderr


def test_missed_visits_are_told(tmp_path: Path) -> None:
    from scrapers.model import Role
    from storage.pages import ensure_page
    from storage.runs import end_run, record_missed, start_run

    url = f"sqlite:///{(tmp_path / 'cardwatch.db').as_posix()}"
    archive = open_archive(tmp_path, url, at=AT, minimum_free_megabytes=0)
    with archive.database.writing() as session:
        page = ensure_page(session, "甲", "https://a.test/", Role.TERMS, "desktop", AT)
        run = start_run(session, "due", AT - timedelta(hours=3), planned=1)
        end_run(session, run, AT - timedelta(hours=3), captured=1, failed=0, changes=0)
    assert doctor_checks.check_runs(url, AT) == Check("runs", State.OK, "last run 2026-11-22 15:00:00 +08:00")
    with archive.database.writing() as session:
        record_missed(session, page.id, AT - timedelta(hours=2), AT, missed=3)
    archive.close()
    check = doctor_checks.check_runs(url, AT)
    assert check.state is State.WARN
    assert "3 visits missed in 7 days" in check.found and "https://a.test/" in check.found


def test_a_check_that_hangs_or_breaks_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_WHOLE_SECONDS", 0.3)
    never = threading.Event()

    def hang() -> Check:
        never.wait(30)
        return Check("slow", State.OK, "late")

    def break_down() -> Check:
        raise ZeroDivisionError("boom")

    answers = doctor._run_side_by_side([("slow", hang), ("ill", break_down), ("well", doctor_checks.check_timezones)])
    never.set()
    assert [check.state for check in answers] == [State.UNKNOWN, State.BAD, State.OK]


def test_a_font_is_found_by_fontconfig_or_by_its_file(tmp_path: Path) -> None:
    assert isinstance(find_chinese_font(), str)
    assert find_font_file([tmp_path]) == ""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "wqy-zenhei.ttc").write_bytes(b"")
    assert find_font_file([tmp_path / "none", tmp_path]) == "wqy-zenhei.ttc"


def test_the_doctor_says_what_is_there_and_leaves_with_8_when_something_is_bad(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[[platforms]]\nname = "甲"\n[[platforms.pages]]\nurl = "https://a.test/"\nrole = "terms"\n', "utf-8"
    )
    runner = CliRunner()
    answer = runner.invoke(group, ["doctor", "--json", "--config", str(config)])
    told = json.loads(answer.stdout)
    checks = {check["what"]: check for check in told["checks"]}
    assert {"configuration", "browser", "Chinese font", "time zones", "full-text search", "archive folder", "database",
            "text in pictures", "runs", "reading of pages", "clock", "lookups",
            "time tokens"} == set(checks)  # fmt: skip
    assert checks["configuration"]["state"] == "ok" and checks["clock"]["state"] == "unknown"
    assert 'sources = ["ntp://' in checks["clock"]["mend"]
    assert (answer.exit_code == 0) == told["usable"] == (checks["browser"]["state"] == "ok")
    assert list(tmp_path.iterdir()) == [config], "the doctor makes nothing"
    nowhere = runner.invoke(
        group, ["doctor", "--config", str(config)], env={"CARDWATCH_CHROMIUM": str(tmp_path / "none")}
    )
    assert nowhere.exit_code == 8 and "bad     browser" in nowhere.stdout and "not ready" in nowhere.stdout
    config.write_text("[limits]\nconcurrency = 0\n", "utf-8")
    broken = runner.invoke(group, ["doctor", "--config", str(config)])
    assert broken.exit_code == 8 and "limits.concurrency" in broken.stdout
    missing = runner.invoke(group, ["doctor", "--config", str(tmp_path / "none.toml")])
    assert "cardwatch add" in missing.stdout
