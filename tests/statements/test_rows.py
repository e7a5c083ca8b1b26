"""Statements, lookups, states, moves, decisions and records as rows: what goes in comes out, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from scrapers.identity import Identifier
from statements.conftest import START
from storage.archive import Archive
from storage.check import check_archive
from storage.decisions import keep_decision, list_decisions, revoke_decision, standing_decision
from storage.errors import NotInArchive
from storage.identity import (
    Decision,
    LookupKind,
    Move,
    MoveKind,
    Objection,
    SitePeriod,
    SiteState,
    Statement,
    Verdict,
    VerifiedRecord,
)
from storage.lookups import keep_lookup, latest_lookup, list_lookups, load_answer
from storage.migrations.upgrade import make_config
from storage.moves import keep_move, list_moves, moves_from, revoke_move
from storage.objections import keep_objection, list_objections
from storage.session import Database
from storage.site_periods import (
    begin_period,
    check_period,
    keep_pending,
    list_periods,
    open_period,
    pending_period,
    sites_checked_before,
    state_at,
)
from storage.sites import list_sites, settle_sites, touch_sites, touched_sites
from storage.statements import (
    all_statements,
    count_statements,
    frequencies,
    frequency,
    note_identifiers,
    note_statements,
    replace_statements,
    sites_with,
    statements_between,
    statements_of,
)
from storage.verified import keep_verified, list_verified, revoke_verified

DAY = timedelta(days=1)
QQ = Identifier("qq", "80012345", "visible", shown="客服QQ：80012345", where="footer > p", role="客服", block="b1")


def note(archive: Archive, site: str, *identifiers: Identifier, at: datetime = START, claimed: bool = False) -> int:
    with archive.database.writing() as session:
        return note_identifiers(session, site, identifiers, at, claimed=claimed)


def test_a_statement_keeps_what_the_look_gave_and_when(archive: Archive) -> None:
    lookup = keep_lookup(
        archive, domain="a.test", kind=LookupKind.WHOIS, server="whois.test", asked_at=START, outcome="ok", raw=b"x"
    )
    with archive.database.writing() as session:
        assert note_identifiers(session, "a.test", [QQ], START, lookup.id) == 1
    with archive.database.reading() as session:
        (kept,) = statements_of(session, ["a.test"])
    assert kept == Statement(
        "a.test", "qq", "80012345", "visible", START, START, lookup.id, lookup.id, QQ.shown, QQ.where, "客服", "", "b1"
    )


def test_a_later_look_moves_the_end_and_an_earlier_one_the_beginning(archive: Archive) -> None:
    note(archive, "a.test", QQ, at=START)
    assert note(archive, "a.test", replace(QQ, role="站长"), at=START + 3 * DAY) == 0
    note(archive, "a.test", replace(QQ, role="旧"), at=START - 2 * DAY)
    with archive.database.reading() as session:
        (kept,) = statements_of(session, ["a.test"])
    assert (kept.first_seen, kept.last_seen, kept.times) == (START - 2 * DAY, START + 3 * DAY, 3)
    assert kept.role == "站长"


def test_noting_the_same_proof_twice_counts_it_once(archive: Archive) -> None:
    lookup = keep_lookup(archive, domain="a.test", kind=LookupKind.DNS, server="", asked_at=START, outcome="ok")
    for _ in range(2):
        with archive.database.writing() as session:
            note_identifiers(session, "a.test", [QQ], START, lookup.id)
    with archive.database.reading() as session:
        assert [one.times for one in statements_of(session, ["a.test"])] == [1]


def test_a_value_knows_on_how_many_sites_it_stands(archive: Archive) -> None:
    for site in ("a.test", "b.test", "c.test"):
        note(archive, site, QQ, replace(QQ, place="script"))
    note(archive, "a.test", QQ, at=START + DAY)
    note(archive, "x.test", QQ, claimed=True)
    with archive.database.reading() as session:
        assert frequency(session, "qq", "80012345") == 3
        assert frequencies(session, [("qq", "80012345"), ("qq", "none")]) == {("qq", "80012345"): 3, ("qq", "none"): 0}
        assert sites_with(session, "qq", "80012345") == ("a.test", "b.test", "c.test")
        assert sites_with(session, "qq", "80012345", 2) == ("a.test", "b.test")
        assert count_statements(session) == 7


def test_a_claim_moves_no_sight_of_ours(archive: Archive) -> None:
    note(archive, "a.test", QQ, at=START)
    note(archive, "a.test", QQ, at=START - 100 * DAY, claimed=True)
    with archive.database.reading() as session:
        own = statements_of(session, ["a.test"], claimed=False)
        claimed = statements_of(session, ["a.test"], claimed=True)
        assert [one.first_seen for one in own] == [START]
        assert [one.first_seen for one in claimed] == [START - 100 * DAY]
        assert [one.claimed for one in all_statements(session)] == [False]


def test_one_look_with_the_same_value_in_two_roles_is_one_statement(archive: Archive) -> None:
    note(archive, "a.test", QQ, replace(QQ, role="技术支持", confidence=0.5), QQ)
    with archive.database.reading() as session:
        (kept,) = statements_of(session, ["a.test"])
    assert (kept.role, kept.times, kept.confidence) == ("客服、技术支持", 1, 1.0)


def test_values_beyond_all_measure_and_half_characters_are_kept_apart(archive: Archive) -> None:
    long = ["x" * 5000 + end for end in "ab"]
    note(archive, "a.test", *(replace(QQ, value=value, shown="\ud800\0" + "y" * 9000) for value in long))
    with archive.database.reading() as session:
        kept = statements_of(session, ["a.test"])
        assert len({one.value for one in kept}) == 2
        assert max(len(one.value) for one in kept) <= 500
        assert sites_with(session, "qq", long[0]) == ("a.test",)


def test_text_that_no_database_holds_is_found_again_as_it_is_kept(archive: Archive) -> None:
    odd = replace(QQ, kind="k\ud801", value="a\0b\udfff", place="p\ud800")
    for _ in range(2):
        note(archive, "x\ud800.test", odd)
    with archive.database.reading() as session:
        (kept,) = statements_of(session, ["x?.test"])
        assert (kept.kind, kept.value, kept.place, kept.times) == ("k?", "ab?", "p?", 2)
        assert frequency(session, "k?", "a\0b\udfff") == 1


def test_an_unknown_proof_is_refused(archive: Archive) -> None:
    with pytest.raises(NotInArchive, match="c-none"), archive.database.writing() as session:
        note_identifiers(session, "a.test", [QQ], START, "c-none")


def test_only_a_new_statement_of_ours_makes_a_site_wait_for_its_operators(archive: Archive) -> None:
    note(archive, "x.test", QQ, claimed=True)
    note(archive, "a.test", QQ)
    with archive.database.writing() as session:
        marks = touched_sites(session)
        assert list(marks) == ["a.test"]
        touch_sites(session, ["a.test"])
        settle_sites(session, marks)
        assert list(touched_sites(session)) == ["a.test"], "what came meanwhile still waits"
        settle_sites(session, touched_sites(session))
    note(archive, "a.test", QQ, at=START + DAY)
    with archive.database.reading() as session:
        assert touched_sites(session) == {}


def test_many_statements_of_many_sites_are_noted_at_once(archive: Archive) -> None:
    many = [
        Statement(f"s{n % 700}.test", "qq", str(10_000 + n % 50), "visible", START, START + DAY, times=2)
        for n in range(4500)
    ]
    with archive.database.writing() as session:
        note_statements(session, many)
    with archive.database.reading() as session:
        distinct = {(one.site, one.value) for one in many}
        assert count_statements(session) == len(distinct)
        assert frequency(session, "qq", "10000") == len({site for site, value in distinct if value == "10000"})
        assert len(list_sites(session, counted=True)) == 700


def test_statements_made_anew_take_the_place_of_the_captures_but_not_of_the_lookups(archive: Archive) -> None:
    lookup = keep_lookup(archive, domain="a.test", kind=LookupKind.DNS, server="", asked_at=START, outcome="ok")
    with archive.database.writing() as session:
        note_identifiers(session, "a.test", [Identifier("ns", "ns.test", "dns")], START, lookup.id)
        note_identifiers(session, "a.test", [QQ, replace(QQ, value="wrong")], START)
        replace_statements(
            session, "a.test", [Statement("a.test", "qq", "80012345", "visible", START, START + DAY, times=5)], START
        )
    with archive.database.reading() as session:
        kept = statements_of(session, ["a.test"])
        assert [(one.kind, one.value, one.times) for one in kept] == [("ns", "ns.test", 1), ("qq", "80012345", 5)]
        assert frequency(session, "qq", "wrong") == 0
        assert frequency(session, "qq", "80012345") == 1


def test_statements_of_a_time_are_found(archive: Archive) -> None:
    note(archive, "a.test", QQ, at=START)
    note(archive, "b.test", QQ, at=START + 10 * DAY)
    with archive.database.reading() as session:
        found = statements_between(session, START + DAY, START + 20 * DAY)
        assert [one.site for one in found] == ["b.test"]
        assert statements_between(session, START - DAY, START + DAY, sites=["b.test"]) == ()


def test_a_lookup_keeps_its_raw_answer_as_evidence_once(archive: Archive) -> None:
    answers = [
        keep_lookup(
            archive, domain="a.test", kind=LookupKind.RDAP, server="rdap.test", asked_at=START + n * DAY,
            outcome="ok", raw=raw, media_type="application/rdap+json",
        )
        for n, raw in enumerate((b"{}", b"{}", b"{1}"))
    ]  # fmt: skip
    assert answers[0].evidence == answers[1].evidence != answers[2].evidence
    assert load_answer(archive, answers[2]) == b"{1}"
    with archive.database.reading() as session:
        assert latest_lookup(session, "a.test", LookupKind.RDAP) == answers[2]
        assert latest_lookup(session, "a.test", LookupKind.RDAP, until=START + DAY) == answers[1]
        assert latest_lookup(session, "a.test", LookupKind.WHOIS) is None
        assert len(list_lookups(session, "a.test")) == 3
    assert check_archive(archive).whole


def test_periods_follow_each_other_and_a_pending_one_needs_a_second_check(archive: Archive) -> None:
    active = SitePeriod("a.test", SiteState.ACTIVE, START, START, content="card_site", proof=("c-1",))
    dead = replace(active, state=SiteState.DEAD, since=START + DAY, checked_at=START + DAY)
    with archive.database.writing() as session:
        begin_period(session, active)
        check_period(session, replace(active, checked_at=START + DAY))
        assert keep_pending(session, dead) == 1
        assert keep_pending(session, replace(dead, checked_at=START + 2 * DAY)) == 2
        found = pending_period(session, "a.test")
        assert found is not None and found[0].since == START + DAY
        assert open_period(session, "a.test") == replace(active, checked_at=START + DAY)
        begin_period(session, found[0])
        assert pending_period(session, "a.test") is None
    with archive.database.reading() as session:
        assert [(one.state, one.ended_at) for one in list_periods(session)] == [
            (SiteState.ACTIVE, START + DAY),
            (SiteState.DEAD, None),
        ]
        before = state_at(session, "a.test", START + DAY / 2)
        assert before is not None and before.state is SiteState.ACTIVE
        assert state_at(session, "a.test", START - DAY) is None
        assert sites_checked_before(session, START + 9 * DAY, states=[SiteState.DEAD]) == ("a.test",)


def test_a_move_that_is_judged_otherwise_is_still_known_as_of_then(archive: Archive) -> None:
    candidate = Move("a.test", "b.test", MoveKind.CANDIDATE, START, 4.0, (("name", 4.0, "c-1"),), "名称相近")
    sure = replace(candidate, kind=MoveKind.SUCCESSOR, bits=13.0)
    with archive.database.writing() as session:
        assert keep_move(session, candidate, START)
        assert not keep_move(session, candidate, START + DAY)
        assert keep_move(session, sure, START + 2 * DAY)
    with archive.database.reading() as session:
        assert moves_from(session, "a.test") == (sure,)
        assert list_moves(session, at=START + DAY) == (candidate,)
        assert list_moves(session, kinds=[MoveKind.CANDIDATE]) == ()
    with archive.database.writing() as session:
        assert revoke_move(session, "a.test", "b.test", START + 3 * DAY)
        assert list_moves(session, ["b.test"]) == ()


def test_a_decision_stands_until_it_is_revoked_or_another_is_made(archive: Archive) -> None:
    first = Decision("j-1", "operator", "a.test", "b.test", Verdict.SAME, START, "我", "同一收款码")
    second = replace(first, id="j-2", a="b.test", b="a.test", verdict=Verdict.DIFFERENT, made_at=START + DAY)
    with archive.database.writing() as session:
        keep_decision(session, first, archive.keys)
        keep_decision(session, second, archive.keys)
    with archive.database.writing() as session:
        assert standing_decision(session, "a.test", "b.test") == second
        assert list_decisions(session, at=START) == (replace(first, revoked_at=START + DAY),)
        revoke_decision(session, "j-2", START + 2 * DAY, archive.keys)
        assert standing_decision(session, "a.test", "b.test") is None
        assert [one.id for one in list_decisions(session, ["a.test"], revoked=True)] == ["j-1", "j-2"]
        with pytest.raises(NotInArchive):
            revoke_decision(session, "j-9", START, archive.keys)


def test_records_of_people_are_kept_and_only_revoked(archive: Archive) -> None:
    record = VerifiedRecord("w-1", "a.test", "gsxt", "9111", (("name", "某公司"),), date(2026, 11, 2), START, "我")
    objection = Objection("b-1", "a.test", "平台", "不是我们", START, START + DAY)
    with archive.database.writing() as session:
        keep_verified(session, record, archive.keys)
        keep_objection(session, objection, archive.keys)
        assert list_verified(session, ["a.test"]) == (record,)
        assert revoke_verified(session, "w-1", START + DAY, archive.keys).revoked_at == START + DAY
        assert list_verified(session) == ()
        assert list_verified(session, at=START) == (replace(record, revoked_at=START + DAY),)
        assert list_objections(session, ["a.test"]) == (objection,)
        assert list_objections(session, ["b.test"]) == ()
        with pytest.raises(NotInArchive):
            keep_verified(session, replace(record, id="w-2", evidence="e-none"), archive.keys)


def test_an_archive_from_before_gets_the_tables_and_keeps_what_it_has(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/old.db")
    engine = create_engine(f"sqlite:///{tmp_path}/old.db")
    with engine.begin() as connection:
        command.upgrade(make_config(connection), "0001")
        connection.execute(text("INSERT INTO meta VALUES ('seed', 'kept')"))
    engine.dispose()
    database.migrate()
    with database.writing() as session:
        note_identifiers(session, "a.test", [QQ], START)
        assert session.execute(text("SELECT value FROM meta WHERE name = 'seed'")).scalar() == "kept"
    database.close()
