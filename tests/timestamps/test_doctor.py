"""What `cardwatch doctor` says of time stamps."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config.settings import Settings, load_settings
from monitor.doctor_checks import State
from monitor.doctor_tokens import check_roots, check_tokens
from monitor.timestamps import seal_and_stamp
from storage.archive import open_archive
from storage.custody import append_entry
from storage.model import EntryKind
from timestamps.authority import make_papers
from timestamps.tsa import Tsa, start_tsa


@pytest.fixture
def tsa(tmp_path: Path) -> Iterator[Tsa]:
    ends = datetime.now(UTC) + timedelta(days=200)
    with start_tsa(tmp_path / "tsa", make_papers(tmp_path / "tsa", ends=ends.replace(microsecond=0))) as server:
        yield server


def now() -> datetime:
    return datetime.now(UTC)


def settings_with(folder: Path, tsa: Tsa | None, *, days: int = 90) -> Settings:
    text = f"[custody]\nrenew_days = {days}\n"
    if tsa is not None:
        text += f'[[tsa]]\nname = "own"\nurl = "{tsa.url}"\nca = "{tsa.root_pem}"\n'
    (folder / "config.toml").write_text(text)
    return load_settings(folder / "config.toml", {})


def keep_and_stamp(settings: Settings) -> None:
    archive = open_archive(settings.archive.path, settings.archive.database, at=now())
    with archive.database.writing() as session:
        manifest = hashlib.sha256(str(now()).encode()).hexdigest()
        append_entry(session, EntryKind.EVIDENCE, now(), {"manifest": manifest}, archive.keys)
    seal_and_stamp(settings, archive, now)
    archive.close()


def test_without_an_authority_the_time_is_said_to_rest_on_our_clock(tmp_path: Path) -> None:
    check = check_tokens(settings_with(tmp_path, None), now())
    assert check.state is State.UNKNOWN and "this machine's clock alone" in check.found and "[[tsa]]" in check.mend


def test_the_last_token_an_outage_and_a_certificate_that_ends_are_told(tmp_path: Path, tsa: Tsa) -> None:
    settings = settings_with(tmp_path, tsa)
    assert check_tokens(settings, now()).found == "none yet"
    keep_and_stamp(settings)
    good = check_tokens(settings, now())
    assert good.state is State.OK and good.found.startswith("last of own at ")
    ending = check_tokens(settings_with(tmp_path, tsa, days=300), now())
    assert ending.state is State.WARN and "the certificate of own ends on" in ending.found
    tsa.mode = "error"
    keep_and_stamp(settings)
    waiting = check_tokens(settings, now())
    assert waiting.state is State.WARN and "1 not had yet" in waiting.found and "HTTP 503" in waiting.found
    assert "cardwatch stamp" in waiting.mend


def test_a_file_of_roots_that_cannot_be_used_is_bad(tmp_path: Path, tsa: Tsa) -> None:
    (authority,) = settings_with(tmp_path, tsa).authorities
    assert check_roots(authority).state is State.OK
    tsa.root_pem.write_text("no certificate")
    check = check_roots(authority)
    assert check.state is State.BAD and "holds no PEM certificate" in check.found
