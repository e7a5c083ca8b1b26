"""What is asked for after a run, what is kept when nobody answers, and what is stamped again before it ends."""

from __future__ import annotations

import hashlib
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.config.settings import Settings, load_settings
from monitor.renewal import needs_renewal
from monitor.timestamps import COVERED, UNCONFIGURED, Sealing, seal_and_stamp, stamp_pending
from storage.archive import Archive, open_archive
from storage.check_log import check_log
from storage.custody import append_entry, read_entry
from storage.errors import ArchiveDamaged, ArchiveError
from storage.model import Checkpoint, EntryKind, TimeToken, TokenKind, TokenStatus
from storage.token_entries import entry_of_token
from storage.token_files import publish_tokens
from storage.token_renewals import find_renewals, first_lasting
from storage.tokens import claim_tokens, hold_token, queued_tokens, tokens_of_checkpoint
from timestamps.authority import make_papers
from timestamps.calendar import CalendarServer, start_calendar
from timestamps.tsa import Tsa, start_tsa


@dataclass
class Keeper:
    """An archive with its settings and a clock that the test moves; the authorities' clocks are the real one."""

    folder: Path
    archive: Archive
    settings: Settings
    ahead: timedelta = timedelta(0)
    entries: int = field(default=0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def configure(self, *sections: str) -> None:
        (self.folder / "config.toml").write_text("\n".join(sections), "utf-8")
        self.settings = load_settings(self.folder / "config.toml", {})

    def keep_something(self) -> None:
        self.entries += 1
        manifest = hashlib.sha256(str(self.entries).encode()).hexdigest()
        with self.archive.database.writing() as session:
            append_entry(session, EntryKind.EVIDENCE, self.now(), {"manifest": manifest}, self.archive.keys)

    def run(self, *, early: bool = False, ask: bool = True) -> Sealing:
        self.keep_something()
        return seal_and_stamp(self.settings, self.archive, self.now, early=early, ask=ask)

    def again(self, *, early: bool = False) -> Sealing:
        return stamp_pending(self.settings, self.archive, self.now, early=early)

    def tokens(self, checkpoint: Checkpoint | None) -> tuple[TimeToken, ...]:
        assert checkpoint is not None
        with self.archive.database.reading() as session:
            return tokens_of_checkpoint(session, checkpoint)

    def files(self) -> list[str]:
        folder = self.folder / "archive" / "log" / "tokens"
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    (tmp_path / "config.toml").write_text("")
    settings = load_settings(tmp_path / "config.toml", {})
    archive = open_archive(settings.archive.path, settings.archive.database, at=datetime.now(UTC))
    yield Keeper(tmp_path, archive, settings)
    archive.close()


@pytest.fixture(scope="module")
def shared_tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tsa]:
    with start_tsa(tmp_path_factory.mktemp("tsa")) as tsa:
        yield tsa


@pytest.fixture
def tsa(shared_tsa: Tsa) -> Tsa:
    shared_tsa.mode = "good"
    shared_tsa.asked.clear()
    return shared_tsa


@pytest.fixture
def calendar() -> Iterator[CalendarServer]:
    with start_calendar() as server:
        yield server


def section(name: str, tsa: Tsa, seconds: float = 5) -> str:
    return f'[[tsa]]\nname = "{name}"\nurl = "{tsa.url}"\nca = "{tsa.root_pem}"\nseconds = {seconds}\n'


def test_a_run_asks_each_authority_once_and_keeps_token_and_chain_as_files(keeper: Keeper, tsa: Tsa) -> None:
    keeper.configure(section("one", tsa), section("two", tsa))
    sealing = keeper.run()
    assert [(a.authority, a.status) for a in sealing.asked] == [("one", "held"), ("two", "held")]
    assert all(a.offset_seconds is not None and abs(a.offset_seconds) < 5 for a in sealing.asked)
    assert len(tsa.asked) == 2 and sealing.waiting == 0 and sealing.problem == ""
    assert keeper.again().asked == () and len(tsa.asked) == 2
    assert keeper.files() == ["1-2.one.chain.pem", "1-2.one.tsr", "1-2.two.chain.pem", "1-2.two.tsr"]


def test_the_kept_files_satisfy_openssl_without_cardwatch(keeper: Keeper, tsa: Tsa) -> None:
    keeper.configure(section("one", tsa))
    keeper.run()
    log = keeper.folder / "archive" / "log"
    done = subprocess.run(
        ["openssl", "ts", "-verify", "-data", "checkpoint", "-in", "tokens/1-2.one.tsr",
         "-CAfile", "tokens/1-2.one.chain.pem"],
        cwd=log, capture_output=True,
    )  # fmt: skip
    assert b"Verification: OK" in done.stdout


def test_an_outage_is_waited_out_with_longer_and_longer_pauses_up_to_a_day(keeper: Keeper, tsa: Tsa) -> None:
    keeper.configure(section("one", tsa))
    tsa.mode = "error"
    began = keeper.now()
    sealing = keeper.run()
    pauses = []
    for _ in range(12):
        (token,) = keeper.tokens(sealing.checkpoint)
        assert token.status is TokenStatus.PENDING and token.trouble == "it answered HTTP 503"
        assert token.next_try_at is not None
        pauses.append(round((token.next_try_at - keeper.now()).total_seconds() / 60))
        assert keeper.again().asked == ()  # not before its time
        keeper.ahead += token.next_try_at - keeper.now() + timedelta(seconds=1)
        assert len(keeper.again().asked) == 1
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440]
    tsa.mode = "good"
    keeper.ahead += timedelta(days=1)
    (asked,) = keeper.again().asked
    assert asked.status is TokenStatus.HELD and keeper.now() > began + timedelta(days=5)


def test_after_a_long_outage_only_the_newest_checkpoint_is_asked_for(keeper: Keeper, tsa: Tsa) -> None:
    keeper.configure(section("one", tsa))
    tsa.mode = "error"
    missed = []
    for _ in range(5):
        missed.append(keeper.run().checkpoint)
        keeper.ahead += timedelta(hours=6)
    assert len(tsa.asked) == 5
    tsa.mode = "good"
    sealing = keeper.run()
    assert len(tsa.asked) == 6 and sealing.waiting == 0
    for checkpoint in missed:
        (token,) = keeper.tokens(checkpoint)
        assert (token.status, token.trouble, token.next_try_at) == (TokenStatus.PENDING, COVERED, None)


def test_what_was_refused_for_good_is_asked_for_again_only_by_hand(keeper: Keeper, tsa: Tsa) -> None:
    keeper.configure(section("one", tsa))
    tsa.mode = "wrong imprint"
    sealing = keeper.run()
    (asked,) = sealing.asked
    assert asked.status is TokenStatus.REFUSED and "wrong imprint" in asked.trouble
    tsa.mode = "good"
    assert keeper.again().asked == ()
    (asked,) = keeper.again(early=True).asked
    assert asked.status is TokenStatus.HELD
    assert [t.status for t in keeper.tokens(sealing.checkpoint)] == [TokenStatus.REFUSED, TokenStatus.HELD]


def test_by_hand_what_waits_is_asked_for_before_its_time(keeper: Keeper, tsa: Tsa) -> None:
    keeper.configure(section("one", tsa))
    tsa.mode = "error"
    keeper.run()
    tsa.mode = "good"
    assert keeper.again().asked == ()
    assert [a.status for a in keeper.again(early=True).asked] == [TokenStatus.HELD]


def test_a_hanging_authority_holds_up_a_run_no_longer_than_its_own_seconds(
    keeper: Keeper, tsa: Tsa, tmp_path: Path
) -> None:
    with start_tsa(tmp_path / "slow") as slow:
        slow.mode = "hang"
        keeper.configure(section("slow", slow, 1), section("slower", slow, 1), section("good", tsa))
        began = time.monotonic()
        sealing = keeper.run()
        assert time.monotonic() - began < 4
    found = {a.authority: a for a in sealing.asked}
    assert found["good"].status is TokenStatus.HELD
    assert "within" in found["slow"].trouble and "within" in found["slower"].trouble and sealing.waiting == 2


def test_a_run_that_is_told_to_end_puts_its_request_into_the_queue(keeper: Keeper, tsa: Tsa) -> None:
    keeper.configure(section("one", tsa))
    sealing = keeper.run(ask=False)
    assert sealing.asked == () and sealing.waiting == 1 and tsa.asked == []
    assert [a.status for a in keeper.again().asked] == [TokenStatus.HELD]


def test_two_runners_at_once_ask_once(keeper: Keeper, tsa: Tsa) -> None:
    keeper.configure(section("one", tsa))
    keeper.run(ask=False)
    answers: list[Sealing] = []
    start = threading.Barrier(4)

    def ask() -> None:
        start.wait()
        answers.append(keeper.again())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4 and sum(len(answer.asked) for answer in answers) == 1 and len(tsa.asked) == 1


def test_an_authority_that_is_taken_out_of_the_configuration_is_waited_for_no_more(keeper: Keeper, tsa: Tsa) -> None:
    keeper.configure(section("one", tsa))
    tsa.mode = "error"
    sealing = keeper.run()
    keeper.configure("")
    assert keeper.again().waiting == 0
    assert keeper.tokens(sealing.checkpoint)[0].trouble == UNCONFIGURED


def test_a_held_token_is_never_overwritten(keeper: Keeper, tsa: Tsa) -> None:
    keeper.configure(section("one", tsa))
    (token,) = keeper.tokens(keeper.run().checkpoint)
    with pytest.raises(ArchiveError, match="held already"), keeper.archive.database.writing() as session:
        hold_token(session, token.key, b"other", stamped_at=keeper.now(), expires_at=None)
    path = keeper.folder / "archive" / "log" / "tokens" / "1-2.one.tsr"
    path.write_bytes(b"other")
    with pytest.raises(ArchiveDamaged, match="is not the token that the database holds"):
        publish_tokens(keeper.archive)
    assert path.read_bytes() == b"other"


def test_a_file_that_is_not_ours_is_told_and_loses_no_token(keeper: Keeper, tsa: Tsa) -> None:
    keeper.configure(section("one", tsa), section("two", tsa))
    folder = keeper.folder / "archive" / "log" / "tokens"
    folder.mkdir(parents=True)
    (folder / "1-2.one.tsr").write_bytes(b"foreign")
    sealing = keeper.run()
    assert "1-2.one.tsr is not the token that the database holds" in sealing.problem
    assert [a.status for a in sealing.asked] == [TokenStatus.HELD, TokenStatus.HELD]


def test_files_that_a_killed_run_left_unwritten_come_with_the_next(keeper: Keeper, tsa: Tsa) -> None:
    keeper.configure(section("one", tsa))
    keeper.run()
    folder = keeper.folder / "archive" / "log" / "tokens"
    for path in folder.iterdir():
        path.unlink()
    keeper.run()
    assert {"1-2.one.tsr", "1-2.one.chain.pem", "1-4.one.tsr"} <= set(keeper.files())


def test_a_request_of_a_run_that_was_killed_is_made_again_after_minutes(keeper: Keeper, tsa: Tsa) -> None:
    keeper.configure(section("one", tsa))
    keeper.run(ask=False)
    with keeper.archive.database.writing() as session:
        (token,) = queued_tokens(session)
        assert claim_tokens(session, [token.key], keeper.now(), hold=timedelta(minutes=5))
    assert keeper.again().asked == ()
    keeper.ahead += timedelta(minutes=6)
    assert [a.status for a in keeper.again().asked] == [TokenStatus.HELD]


def test_a_clock_that_ran_years_ahead_does_not_stop_the_queue(keeper: Keeper, tsa: Tsa) -> None:
    keeper.configure(section("one", tsa))
    tsa.mode = "error"
    keeper.ahead = timedelta(days=3000)
    keeper.run()
    keeper.ahead = timedelta(0)
    tsa.mode = "good"
    assert [a.status for a in keeper.again().asked] == [TokenStatus.HELD]


def test_an_export_takes_the_earliest_checkpoint_whose_token_still_lasts(
    keeper: Keeper, tsa: Tsa, tmp_path: Path
) -> None:
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=10)
    with start_tsa(tmp_path / "short", make_papers(tmp_path / "short", ends=ends)) as short:
        keeper.configure(section("short", short), "[custody]\nrenew_days = 0")
        first = keeper.run().checkpoint
    keeper.configure(section("long", tsa), "[custody]\nrenew_days = 0")
    second = keeper.run().checkpoint
    with keeper.archive.database.reading() as session:
        assert first_lasting(session, 1, keeper.now()) == first
        # sealed by a later token while it was good, the first still gives the closest bound
        assert first_lasting(session, 1, ends + timedelta(days=1)) == first
        assert first_lasting(session, 1, tsa.papers.signer.not_valid_after_utc + timedelta(days=1)) == first
        assert first_lasting(session, 9, keeper.now()) is None
    with keeper.archive.database.writing() as session:  # as of an archive whose tokens never became entries
        session.connection().execute(text("DELETE FROM meta WHERE name LIKE 'token-entry:%'"))
    with keeper.archive.database.reading() as session:
        assert first_lasting(session, 1, ends + timedelta(days=1)) == second


def test_lost_files_are_written_again_from_the_database(keeper: Keeper, tsa: Tsa) -> None:
    keeper.configure(section("one", tsa))
    keeper.run()
    keeper.run()
    folder = keeper.folder / "archive" / "log" / "tokens"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert len(before) == 4
    for path in folder.iterdir():
        path.unlink()
    publish_tokens(keeper.archive)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_held_token_is_an_entry_of_the_log_with_the_next_seal(keeper: Keeper, tsa: Tsa) -> None:
    keeper.configure(section("one", tsa), section("two", tsa))
    first = keeper.run().checkpoint
    assert first is not None and first.size == 2
    second = keeper.run().checkpoint
    assert second is not None and second.size == 2 + 1 + 2
    with keeper.archive.database.reading() as session:
        for number, token in enumerate(keeper.tokens(first)):
            assert token.data is not None and entry_of_token(session, token.key) == 3 + number
            fields = read_entry(session, 3 + number).fields
            sha256 = hashlib.sha256(token.data).hexdigest()
            assert (fields["kind"], fields["sha256"], fields["authority"], fields["token"]) == (
                "token", sha256, token.authority, "rfc3161",
            )  # fmt: skip
    assert not [one for one in check_log(keeper.archive).problems if "token" in one.what]
    with keeper.archive.database.writing() as session:
        session.connection().execute(text("UPDATE token SET data = data || x'00' WHERE key = 1"))
    (problem,) = [one for one in check_log(keeper.archive).problems if "token" in one.what]
    assert "entry 3 names a token that is not held, or was altered" in problem.what


def test_tokens_alone_make_no_checkpoint_so_that_a_log_at_rest_stays_so(keeper: Keeper, tsa: Tsa) -> None:
    keeper.configure(section("one", tsa))
    sealing = keeper.run()
    for _ in range(3):
        assert seal_and_stamp(keeper.settings, keeper.archive, keeper.now, early=True).checkpoint == sealing.checkpoint
    assert len(tsa.asked) == 1


def test_a_log_at_rest_is_sealed_once_more_before_its_tokens_end(keeper: Keeper, tsa: Tsa, tmp_path: Path) -> None:
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=80)
    with start_tsa(tmp_path / "short", make_papers(tmp_path / "short", ends=ends)) as short:
        keeper.configure(section("short", short), "[custody]\nrenew_days = 30")
        keeper.run()
        first = keeper.run().checkpoint
        assert first is not None
        keeper.ahead += timedelta(days=20)
        assert keeper.again().asked == ()  # 60 days are left
        keeper.configure(section("long", tsa), "[custody]\nrenew_days = 90")
        sealing = keeper.again()
        assert [(a.authority, a.status) for a in sealing.asked] == [("long", "held")]
        assert sealing.checkpoint is not None and sealing.checkpoint.size == first.size + 1
        assert keeper.again().asked == ()
    with keeper.archive.database.reading() as session:
        (token,) = tokens_of_checkpoint(session, first)
        (step,) = find_renewals(session, token)
        assert (step.by.authority, step.by.checkpoint) == ("long", sealing.checkpoint)
        assert step.by.expires_at == tsa.papers.signer.not_valid_after_utc


def test_a_renewal_that_nobody_gives_is_waited_for_and_not_doubled(keeper: Keeper, tmp_path: Path) -> None:
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=60)
    with start_tsa(tmp_path / "short", make_papers(tmp_path / "short", ends=ends)) as short:
        keeper.configure(section("short", short))
        keeper.run()
        assert keeper.again().asked == ()  # a week's rest comes first
        keeper.ahead += timedelta(days=8)
        short.mode = "error"
        assert [a.status for a in keeper.again().asked] == [TokenStatus.PENDING]
        assert keeper.again().asked == ()
        short.mode = "good"
        keeper.ahead += timedelta(minutes=6)
        sealing = keeper.again()
        assert [a.status for a in sealing.asked] == [TokenStatus.HELD]
        keeper.ahead += timedelta(days=1)
        assert keeper.again().asked == ()  # its certificate ends as soon: once more in a week, not with every run
        keeper.ahead += timedelta(days=8)
        assert [a.status for a in keeper.again().asked] == [TokenStatus.HELD]


def test_a_clock_that_was_years_ahead_once_stops_no_renewal(keeper: Keeper, tmp_path: Path) -> None:
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=60)
    with start_tsa(tmp_path / "short", make_papers(tmp_path / "short", ends=ends)) as short:
        keeper.configure(section("short", short))
        checkpoint = keeper.run().checkpoint
    assert checkpoint is not None
    future = replace(checkpoint, made_at=checkpoint.made_at + timedelta(days=3000))
    with keeper.archive.database.reading() as session:
        assert needs_renewal(session, future, at=keeper.now(), renew_days=90)
        assert not needs_renewal(session, checkpoint, at=keeper.now(), renew_days=90)


def test_pending_and_confirmed_bitcoin_proofs_are_both_kept(keeper: Keeper, calendar: CalendarServer) -> None:
    keeper.configure(f'[[opentimestamps]]\nname = "alice"\nurl = "{calendar.url}"\n')
    sealing = keeper.run()
    (asked,) = sealing.asked
    assert asked.kind is TokenKind.OPENTIMESTAMPS and asked.trouble == "" and keeper.files() == ["1-2.alice.ots"]
    assert keeper.again().asked == ()
    keeper.ahead += timedelta(hours=1, minutes=1)
    (asked,) = keeper.again().asked
    assert asked.trouble == "Bitcoin has not confirmed it yet" and asked.waits_for_bitcoin
    calendar.confirm()
    keeper.ahead += timedelta(hours=2)
    (asked,) = keeper.again().asked
    assert asked.status is TokenStatus.HELD
    assert keeper.files() == ["1-2.alice.ots", "1-2.alice.upgraded.ots"]
    pending, confirmed = keeper.tokens(sealing.checkpoint)
    assert pending.data and confirmed.data and pending.data != confirmed.data
    assert pending.status is TokenStatus.PENDING and pending.next_try_at is None
    keeper.ahead += timedelta(days=2)
    assert keeper.again().asked == ()


def test_proofs_that_wait_for_bitcoin_are_followed_up_though_later_checkpoints_came(
    keeper: Keeper, calendar: CalendarServer
) -> None:
    keeper.configure(f'[[opentimestamps]]\nname = "alice"\nurl = "{calendar.url}"\n')
    first = keeper.run().checkpoint
    calendar.confirm()
    keeper.ahead += timedelta(hours=2)
    keeper.run()
    assert [t.status for t in keeper.tokens(first)] == [TokenStatus.PENDING, TokenStatus.HELD]


def test_a_log_that_cannot_be_signed_is_told_and_fails_no_run(keeper: Keeper, tsa: Tsa) -> None:
    keeper.configure(section("one", tsa))
    keeper.run()
    for path in (keeper.folder / "archive" / "keys").glob("custody-*.pem"):
        path.write_bytes(b"no key")
    sealing = keeper.run()
    assert "the custody log was not sealed" in sealing.problem and sealing.asked == ()


def test_an_empty_queue_needs_no_authority(keeper: Keeper) -> None:
    sealing = keeper.run()
    assert sealing.checkpoint is not None and sealing.asked == () and sealing.waiting == 0
    with keeper.archive.database.reading() as session:
        assert queued_tokens(session) == ()
