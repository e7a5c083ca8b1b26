"""`check` tells every alteration of lookups, of what people recorded, and of the moments of statements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from scrapers.identity import Identifier
from storage.archive import Archive, open_archive
from storage.check import ProblemKind, check_archive
from storage.decisions import keep_decision, revoke_decision
from storage.evidence import erase_evidence, keep_evidence
from storage.identity import Decision, LookupKind, Objection, Verdict, VerifiedRecord
from storage.lookups import keep_lookup
from storage.objections import keep_objection
from storage.statements import note_identifiers
from storage.verified import keep_verified, revoke_verified

START = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Two lookups with answers, one without; a record, a decision and an objection, two of them taken back."""
    opened = open_archive(tmp_path / "archive", f"sqlite:///{tmp_path / 'archive/cardwatch.db'}", at=START)
    looks = [
        keep_lookup(
            opened, domain="a.test", kind=LookupKind.DNS, server="192.0.2.1", asked_at=START + n * HOUR, outcome="ok",
            raw=b"answer %d" % n,
        )
        for n in range(2)
    ]  # fmt: skip
    keep_lookup(
        opened, domain="a.test", kind=LookupKind.TLS, server="a.test:443", asked_at=START, outcome="timeout", detail="x"
    )
    picture = keep_evidence(opened, b"shot", name="shot", media_type="", note="", at=START)
    record = VerifiedRecord(
        "w-1", "a.test", "gsxt", "甲\ud800", (("name", "某甲公司"),), date(2026, 11, 2), START, "我", picture.id
    )
    with opened.database.writing() as session:
        for look in looks:
            note_identifiers(session, "a.test", [Identifier("ip", "192.0.2.7", "dns")], look.asked_at, look.id)
        keep_verified(session, record, opened.keys)
        revoke_verified(session, "w-1", START + HOUR, opened.keys)
        keep_objection(session, Objection("b-1", "a.test", "平台", "不是\0我们", START, START), opened.keys)
        for name, verdict in (("j-1", Verdict.SAME), ("j-2", Verdict.DIFFERENT)):
            decision = Decision(name, "operator", "a.test", "b.test", verdict, START, "我", "同一收款码")
            keep_decision(session, decision, opened.keys)
        revoke_decision(session, "j-2", START + HOUR, opened.keys)
    yield opened
    opened.close()


def test_an_archive_that_nobody_altered_is_whole(archive: Archive) -> None:
    assert check_archive(archive).problems == []


def test_an_erased_screenshot_leaves_its_record_bound(archive: Archive) -> None:
    with archive.database.reading() as session:
        (evidence,) = session.connection().execute(
            text("SELECT e.id FROM evidence e JOIN verified v ON v.evidence_key = e.key")
        ).scalars()  # fmt: skip
    erase_evidence(archive, evidence, "asked", START)
    assert check_archive(archive).problems == []


@pytest.mark.parametrize(
    "altering",
    [
        "UPDATE lookup SET outcome = 'no_such_name' WHERE key = 1",
        "UPDATE lookup SET outcome = 'no_such_name' WHERE key = 3",
        "UPDATE lookup SET domain = 'victim.test' WHERE key = 3",
        "UPDATE lookup SET kind = 'nonsense' WHERE key = 3",
        "UPDATE lookup SET server = '192.0.2.2' WHERE key = 1",
        "UPDATE lookup SET detail = '' WHERE key = 3",
        "UPDATE lookup SET asked_at = asked_at + 1 WHERE key = 3",
        "UPDATE lookup SET evidence_key = NULL WHERE key = 1",
        "UPDATE lookup SET evidence_key = 3 - evidence_key WHERE key IN (1, 2)",
        "DELETE FROM lookup WHERE key = 3",
        "INSERT INTO lookup SELECT 9, 'q-9', domain, kind, server, asked_at, outcome, detail, NULL FROM lookup LIMIT 1",
        "UPDATE lookup SET id = 'q-other' WHERE key = 3",
        'UPDATE verified SET shown_fields = \'[["name", "受害者有限公司"]]\'',
        "UPDATE verified SET source = 'court'",
        "UPDATE verified SET looked_on = '2026-01-01'",
        "UPDATE verified SET evidence_key = NULL",
        "UPDATE verified SET revoked_at = NULL",
        "UPDATE verified SET revoked_at = revoked_at + 1",
        "DELETE FROM verified",
        "UPDATE decision SET verdict = 'different' WHERE id = 'j-1'",
        "UPDATE decision SET reason = 'x' WHERE id = 'j-1'",
        "UPDATE decision SET revoked_at = NULL WHERE id = 'j-2'",
        "UPDATE objection SET text = '是我们'",
        "DELETE FROM objection",
        "UPDATE meta SET value = '1:00' WHERE name LIKE 'record-entry:objection:%'",
        "UPDATE meta SET value = '٣:zz' WHERE name LIKE 'record-entry:objection:%'",
        "DELETE FROM meta WHERE name LIKE 'record-entry:verified:%'",
    ],
)
def test_an_altered_row_is_told(archive: Archive, altering: str) -> None:
    with archive.database.writing() as session:
        assert session.connection().execute(text(altering)).rowcount > 0
    kinds = {problem.kind for problem in check_archive(archive).problems}
    assert kinds & {ProblemKind.RECORD_ALTERED, ProblemKind.LOG_ENTRY_MISSING, ProblemKind.LOG_ENTRY_ALTERED}


@pytest.mark.parametrize(
    "altering",
    [
        "UPDATE statement SET first_seen_at = first_seen_at - 86400000000",
        "UPDATE statement SET last_seen_at = last_seen_at + 1",
        "UPDATE statement SET first_lookup_key = 2",
        "UPDATE statement SET last_lookup_key = NULL",
    ],
)
def test_a_statement_of_another_moment_than_its_proof_is_told(archive: Archive, altering: str) -> None:
    with archive.database.writing() as session:
        session.connection().execute(text(altering))
    (problem,) = check_archive(archive).problems
    assert problem.kind is ProblemKind.DATABASE and "a.test shows ip 192.0.2.7" in problem.what


def test_the_log_gives_nothing_of_a_record_away(archive: Archive) -> None:
    with archive.database.reading() as session:
        entries = b"".join(session.connection().execute(text("SELECT data FROM log_entry")).scalars())
    for word in ("a.test", "192.0.2.1", "某甲公司", "同一收款码", "w-1"):
        assert word.encode() not in entries
