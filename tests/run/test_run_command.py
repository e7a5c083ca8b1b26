"""`cardwatch run` and `cardwatch schedule` against a real shop, a real browser and a real archive."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from terminal import run_on_terminal

from run.shop import TERMS, Shop, Watcher, serve_shop


@pytest.fixture
def shop() -> Iterator[Shop]:
    with serve_shop() as served:
        yield served


@pytest.fixture
def watcher(tmp_path: Path, shop: Shop) -> Watcher:
    watching = Watcher(tmp_path)
    watching.configure(shop)
    return watching


def test_a_rule_rewritten_later_is_found_confirmed_and_answered(shop: Shop, watcher: Watcher) -> None:
    first = watcher.run("run", "--all")
    assert first.returncode == 0, first.stderr
    shop.pages["/terms"] = TERMS.format(window="3天")
    second = watcher.run("run", "--all")  # finds it, looks again at once, confirms it
    assert second.returncode == 3, second.stdout + second.stderr
    assert "7天" in second.stdout
    assert "3天" in second.stdout

    changes = watcher.ask("changes", "--class", "rule")["changes"]
    assert isinstance(changes, list)
    (change,) = changes
    assert change["status"] == "confirmed"
    assert change["effect"] == "worse"
    assert len(watcher.ask("history")["captures"]) == 3  # type: ignore[arg-type]
    assert watcher.run("diff", change["before_capture"], change["after_capture"]).returncode == 3
    assert watcher.run("search", "补发").returncode == 0
    assert watcher.run("check").returncode == 0


def test_a_change_that_is_gone_at_the_second_look_blinked(shop: Shop, watcher: Watcher) -> None:
    watcher.run("run", "--all")
    shop.pages["/terms"] = TERMS.format(window="3天")
    first_look = threading.Event()

    def restore_after_first_look() -> None:
        if first_look.is_set():
            shop.pages["/terms"] = TERMS.format(window="7天")
        first_look.set()

    shop.hold = restore_after_first_look
    done = watcher.run("run", "--all")
    assert done.returncode == 0, done.stdout + done.stderr
    changes = watcher.ask("changes", "--class", "rule", "--severity", "none")["changes"]
    assert isinstance(changes, list)
    assert [change["status"] for change in changes] == ["blinked"]


def test_only_what_is_due_is_visited(shop: Shop, watcher: Watcher) -> None:
    assert watcher.run("run").returncode == 0
    asked = len(shop.asked)
    again = watcher.run("run")
    assert again.returncode == 0
    assert len(shop.asked) == asked
    assert (again.stdout, again.stderr) == ("", ""), "cron would mail it"
    shown = run_on_terminal(watcher.folder, "run", "--due")
    assert "0 due pages" in shown and "run --all" in shown
    assert watcher.ask("run")["planned"] == 0


def test_a_refused_private_address_is_told_with_its_mend(shop: Shop, watcher: Watcher) -> None:
    path = watcher.folder / "config.toml"
    text = path.read_text("utf-8").replace("http://shop.test/", f"http://127.0.0.1:{shop.port}/")
    path.write_text(text, "utf-8")
    done = watcher.run("run")
    assert done.returncode == 4
    assert "allow_private" in done.stderr


def test_the_wait_for_a_second_look_is_told(shop: Shop, watcher: Watcher) -> None:
    path = watcher.folder / "config.toml"
    path.write_text(
        path.read_text("utf-8").replace("confirm_after_seconds = 0", "confirm_after_seconds = 0.2"), "utf-8"
    )
    watcher.run("run")
    shop.pages["/terms"] = TERMS.format(window="3天")
    done = watcher.run("run", "--all")
    assert done.returncode == 3
    assert "looking again at http://shop.test/terms" in done.stderr


def test_a_page_that_is_gone_fails_the_run_with_its_own_status(shop: Shop, watcher: Watcher) -> None:
    watcher.configure(shop, paths=("/terms", "/gone"))
    done = watcher.run("run", "--all")
    assert "between" not in watcher.run("changes").stdout, "a first sight lies between nothing"
    assert done.returncode == 4, done.stdout + done.stderr
    captures = watcher.ask("history", "--outcome", "failed")["captures"]
    assert isinstance(captures, list)
    assert [capture["reason"] for capture in captures] == ["http_404"]


def test_two_runs_at_once_never_visit_a_page_twice(shop: Shop, watcher: Watcher) -> None:
    arrived, go = threading.Event(), threading.Event()

    def hold() -> None:
        arrived.set()
        go.wait(30)

    shop.hold = hold
    first = watcher.start("run", "--all")
    assert arrived.wait(60)
    second = watcher.run("run", "--all")
    go.set()
    first.communicate(timeout=60)
    assert "held by another run" in second.stdout
    assert len(watcher.ask("history")["captures"]) == 1  # type: ignore[arg-type]


def test_a_killed_run_holds_no_page_from_the_next_one(shop: Shop, watcher: Watcher) -> None:
    arrived, go = threading.Event(), threading.Event()

    def hold() -> None:
        arrived.set()
        go.wait(30)

    shop.hold = hold
    killed = watcher.start("run", "--all")
    assert arrived.wait(60)
    killed.kill()
    killed.communicate(timeout=30)
    go.set()
    after = watcher.run("run", "--all")
    assert after.returncode == 0, after.stdout + after.stderr
    assert "held by another run" not in after.stdout
    assert len(watcher.ask("history")["captures"]) == 1  # type: ignore[arg-type]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM ends a Windows process at once")
def test_sigterm_ends_after_the_visit_under_way_and_gives_the_lease_back(shop: Shop, watcher: Watcher) -> None:
    watcher.configure(shop, paths=("/terms", "/terms?2", "/terms?3"), limits="concurrency = 1")
    arrived, go = threading.Event(), threading.Event()

    def hold() -> None:
        arrived.set()
        go.wait(30)

    shop.hold = hold
    running = watcher.start("run", "--all")
    assert arrived.wait(60)
    running.send_signal(signal.SIGTERM)
    go.set()
    output, errors = running.communicate(timeout=60)
    assert "ended early: stopped before its end" in errors, output + errors
    assert len(watcher.ask("history")["captures"]) == 1  # type: ignore[arg-type]
    shop.hold = None
    assert watcher.run("run", "--page", "http://shop.test/terms").returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM ends a Windows process at once")
def test_the_daemon_visits_what_is_due_and_ends_cleanly(shop: Shop, watcher: Watcher) -> None:
    daemon = watcher.start("schedule", "--every", "5")
    assert daemon.stdout is not None
    line = daemon.stdout.readline()
    assert "1 visit to 1 due page;" in line
    daemon.send_signal(signal.SIGTERM)
    _, errors = daemon.communicate(timeout=30)
    assert daemon.returncode == 0, errors


def test_without_a_browser_the_run_says_how_to_mend_it(watcher: Watcher) -> None:
    done = watcher.run("run", "--all", CARDWATCH_CHROMIUM="/nowhere/chromium")
    assert done.returncode == 8
    assert "CARDWATCH_CHROMIUM" in done.stderr


def test_a_full_disk_stops_the_run_before_it_captures(shop: Shop, watcher: Watcher) -> None:
    watcher.configure(shop, extra="[archive]\nminimum_free_megabytes = 90000000")
    done = watcher.run("run", "--all")
    assert done.returncode == 8, done.stdout + done.stderr
    assert not shop.asked


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run", "--platform", "示例卡"), "示例卡盟"),
        (("run", "--page", "http://shop.test/term"), "http://shop.test/terms"),
        (("run", "--sometimes"), "--sometimes"),
        (("schedule", "--every", "0"), "--every"),
    ],
)
def test_wrong_use_is_told_with_the_nearest_right_word(watcher: Watcher, arguments: tuple[str, ...], told: str) -> None:
    done = watcher.run(*arguments)
    assert done.returncode == 2
    assert told in done.stderr


def test_a_broken_page_of_the_config_never_loses_the_rest(shop: Shop, watcher: Watcher) -> None:
    path = watcher.folder / "config.toml"
    path.write_text(
        path.read_text("utf-8") + '[[platforms.pages]]\nurl = "http://shop.test/x"\nrole = "prodct"\n', "utf-8"
    )
    done = watcher.run("run", "--all")
    assert done.returncode == 4, done.stdout + done.stderr
    assert "product" in done.stderr
    assert "/terms" in shop.asked
