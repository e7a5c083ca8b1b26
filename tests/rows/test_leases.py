"""Leases: of several processes that want one page, one gets it, and a dead one lets go by itself."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from rows.scribe import NOON, Scribe
from storage.errors import NotInArchive
from storage.leases import lease_of, release_lease, renew_lease, take_lease
from storage.session import Database

RUNNER = """
import sys
from datetime import datetime, UTC
from storage.leases import take_lease
from storage.session import Database
url, holder, *pages = sys.argv[1:]
database = Database(url)
sys.stdin.readline()
for page in pages:
    with database.writing() as session:
        if take_lease(session, page, holder, datetime(2026, 3, 1, 4, tzinfo=UTC), 60):
            print(page)
"""


def test_of_several_processes_exactly_one_gets_each_page(database: Database, scribe: Scribe, tmp_path: Path) -> None:
    pages = [scribe.page(f"https://shop.test/{number}").id for number in range(20)]
    url = f"sqlite:///{tmp_path}/cardwatch.db"
    runners = [
        subprocess.Popen(
            [sys.executable, "-c", RUNNER, url, f"runner-{number}", *pages],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    for runner in runners:
        assert runner.stdin is not None
        runner.stdin.write("go\n")
        runner.stdin.flush()
    taken = [page for runner in runners for page in runner.communicate(timeout=60)[0].split()]
    assert sorted(taken) == sorted(pages)


def test_a_held_page_is_refused_to_all_until_its_time_is_over(database: Database, scribe: Scribe) -> None:
    page = scribe.page().id
    with database.writing() as session:
        assert take_lease(session, page, "first", NOON, 60)
        assert not take_lease(session, page, "second", NOON + timedelta(seconds=59), 60)
        assert not take_lease(session, page, "first", NOON + timedelta(seconds=59), 60), "not even its holder twice"
        assert take_lease(session, page, "second", NOON + timedelta(seconds=60), 60)
        assert lease_of(session, page, NOON + timedelta(seconds=61)) == ("second", NOON + timedelta(seconds=120))


def test_a_lease_that_was_lost_can_neither_be_renewed_nor_given_back(database: Database, scribe: Scribe) -> None:
    page = scribe.page().id
    with database.writing() as session:
        take_lease(session, page, "slow", NOON, 10)
        take_lease(session, page, "next", NOON + timedelta(seconds=11), 60)
        assert not renew_lease(session, page, "slow", NOON + timedelta(seconds=12), 60)
        assert not release_lease(session, page, "slow")
        assert lease_of(session, page, NOON + timedelta(seconds=12)) == ("next", NOON + timedelta(seconds=71))


def test_renewing_holds_on_and_giving_back_lets_go(database: Database, scribe: Scribe) -> None:
    page = scribe.page().id
    with database.writing() as session:
        take_lease(session, page, "runner", NOON, 10)
        assert renew_lease(session, page, "runner", NOON + timedelta(seconds=9), 60)
        assert not take_lease(session, page, "other", NOON + timedelta(seconds=30), 10)
        assert release_lease(session, page, "runner")
        assert take_lease(session, page, "other", NOON + timedelta(seconds=30), 10)


def test_a_lease_of_an_unknown_page_is_an_error(database: Database) -> None:
    with pytest.raises(NotInArchive, match="no page"), database.writing() as session:
        take_lease(session, "p-nowhere", "runner", NOON, 10)


def test_a_lease_of_a_clock_that_ran_ahead_holds_nobody_up(database: Database, scribe: Scribe) -> None:
    page = scribe.page("https://shop.test/1").id
    with database.writing() as session:
        assert take_lease(session, page, "a year ahead", NOON + timedelta(days=365), 60)
        assert take_lease(session, page, "now", NOON, 60)
        assert not take_lease(session, page, "another", NOON, 60)
