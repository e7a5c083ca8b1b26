"""Operators go on from day to day: they gain, lose, merge and split with a cause, and what was known stays known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.operators.model import Band, OperatorGroup
from monitor.operators.operator_changes import compare_operators
from monitor.operators.operator_store import rebuild_operators, settle_operators
from statements.conftest import START
from storage.archive import Archive
from storage.decisions import keep_decision, revoke_decision
from storage.identity import Decision, EventKind, Operator, Statement, Verdict
from storage.operators import get_operator, list_events, list_operators
from storage.sites import touch_sites, touched_sites
from storage.statements import note_statements

DAY = timedelta(days=1)
BAND = Band.CONFIRMED


def operator(name: str, *sites: str, since: datetime = START) -> Operator:
    return Operator(name, BAND.value, sites, since)


def group(*sites: str) -> OperatorGroup:
    return OperatorGroup(sites[0], sites, BAND)


def compare(known: list[Operator], groups: list[OperatorGroup]) -> dict[str, tuple[set[str], set[str], list[str]]]:
    names = iter("xyz")
    changes = compare_operators(known, groups, at=START + DAY, new_id=lambda: next(names))
    return {
        one.operator.id: (set(one.added), set(one.removed), [event.kind.value for event in one.events])
        for one in changes
    }


def test_a_new_group_is_born_and_an_unchanged_one_is_nothing() -> None:
    assert compare([operator("a", "1", "2")], [group("1", "2"), group("3", "4")]) == {
        "x": ({"3", "4"}, set(), ["born"])
    }


def test_an_operator_gains_and_loses_under_its_own_id() -> None:
    assert compare([operator("a", "1", "2", "3")], [group("1", "2", "4")]) == {"a": ({"4"}, {"3"}, ["gained", "lost"])}


def test_of_two_that_merge_the_larger_goes_on_and_the_other_ends() -> None:
    told = compare([operator("a", "1", "2"), operator("b", "3", "4", "5")], [group("1", "2", "3", "4", "5")])
    assert told == {"b": ({"1", "2"}, set(), ["merged"]), "a": (set(), {"1", "2"}, ["ended"])}


def test_of_one_that_splits_the_larger_part_goes_on_and_the_other_is_born() -> None:
    told = compare([operator("a", "1", "2", "3", "4", "5")], [group("1", "2"), group("3", "4", "5")])
    assert told == {"x": ({"1", "2"}, set(), ["born"]), "a": (set(), {"1", "2"}, ["split"])}


def test_on_a_tie_the_older_operator_goes_on() -> None:
    told = compare([operator("b", "3", "4", since=START - DAY), operator("a", "1", "2")], [group("1", "2", "3", "4")])
    assert told["b"][2] == ["merged"]
    assert told["a"][2] == ["ended"]


def test_an_operator_whose_sites_fall_apart_ends() -> None:
    assert compare([operator("a", "1", "2")], []) == {"a": (set(), {"1", "2"}, ["ended"])}


def owned(site: str, owner: int, at: datetime = START) -> list[Statement]:
    """What one owner's sites share that only he can have, and what is the site's own."""
    shared = [
        ("alipay_static", f"fkx{owner:02}9k2m4c7q1w8e3r", "visible"),
        ("registrant", f"海州星{'甲乙丙丁戊己庚辛'[owner]}网络科技有限公司", "registry"),
        ("qq", f"28461{owner:02}375", "visible"),
        ("baidu_tongji", f"{owner:02}a91c" + "7e3d5b80" * 3 + "4f", "script"),
    ]
    return [Statement(site, kind, value, place, at, at + 30 * DAY) for kind, value, place in shared]


def note(archive: Archive, *statements: Statement) -> None:
    with archive.database.writing() as session:
        note_statements(session, statements)


def known(archive: Archive, at: datetime | None = None) -> dict[tuple[str, ...], str]:
    with archive.database.reading() as session:
        return {one.sites: one.id for one in list_operators(session, band=BAND.value, at=at)}


@pytest.mark.parametrize("whole_below", [0, 20_000], ids=["in part", "as a whole"])
def test_sites_of_one_owner_become_an_operator_and_a_later_site_joins_it(archive: Archive, whole_below: int) -> None:
    note(archive, *owned("a1.com", 0), *owned("a2.com", 0), *owned("b1.com", 1), *owned("b2.com", 1))
    done = settle_operators(archive, at=START, whole_below=whole_below)
    assert done.touched == 4
    first = known(archive)
    assert set(first) == {("a1.com", "a2.com"), ("b1.com", "b2.com")}
    note(archive, *owned("a3.com", 0, START + DAY))
    later = settle_operators(archive, at=START + DAY, whole_below=whole_below)
    assert known(archive)["a1.com", "a2.com", "a3.com"] == first["a1.com", "a2.com"]
    (event,) = [one for one in later.events if one.operator == first["a1.com", "a2.com"]]
    assert (event.kind, event.sites) == (EventKind.GAINED, ("a3.com",))
    assert "a3.com" in event.cause
    assert known(archive, START + DAY / 2) == first, "what was known a day ago is still known of that day"
    with archive.database.reading() as session:
        assert touched_sites(session) == {}


def test_only_what_is_tied_to_the_touched_sites_is_scored(archive: Archive) -> None:
    note(archive, *(one for n in range(8) for k in range(2) for one in owned(f"s{n}{k}.com", n)))
    settle_operators(archive, at=START, whole_below=0)
    note(archive, *owned("s3x.com", 3))
    assert settle_operators(archive, at=START + DAY, whole_below=0).scored == 3


def test_a_rebuild_gives_the_same_operators_under_the_same_ids(archive: Archive) -> None:
    note(archive, *(one for n in range(5) for k in range(3) for one in owned(f"s{n}{k}.com", n)))
    settle_operators(archive, at=START, whole_below=0)
    before = known(archive)
    told = rebuild_operators(archive, at=START + DAY)
    assert known(archive) == before
    assert told.events == ()


def test_a_persons_decision_parts_sites_and_taking_it_back_joins_them_again(archive: Archive) -> None:
    note(archive, *owned("a1.com", 0), *owned("a2.com", 0))
    settle_operators(archive, at=START)
    born = known(archive)["a1.com", "a2.com"]
    decision = Decision("j-1", "operator", "a1.com", "a2.com", Verdict.DIFFERENT, START + DAY, "我", "收款人不同")
    with archive.database.writing() as session:
        keep_decision(session, decision, archive.keys)
        touch_sites(session, ["a1.com"])
    (ended,) = [one for one in settle_operators(archive, at=START + DAY).events if one.operator == born]
    assert ended.kind is EventKind.ENDED
    assert "j-1" in ended.cause
    assert known(archive) == {}
    with archive.database.writing() as session:
        revoke_decision(session, "j-1", START + 2 * DAY, archive.keys)
        touch_sites(session, ["a1.com"])
    settle_operators(archive, at=START + 2 * DAY)
    again = known(archive)["a1.com", "a2.com"]
    assert again != born, "an operator that ended does not come back under its old id"
    with archive.database.reading() as session:
        assert get_operator(session, born).sites == ("a1.com", "a2.com"), "what it held last is still told"
        assert [one.kind for one in list_events(session, [born])] == [EventKind.BORN, EventKind.ENDED]


def test_a_decision_joins_what_statements_do_not(archive: Archive) -> None:
    note(archive, *owned("a1.com", 0), *owned("b1.com", 1))
    with archive.database.writing() as session:
        keep_decision(
            session,
            Decision("j-1", "operator", "a1.com", "b1.com", Verdict.SAME, START, "我", "同一老板"),
            archive.keys,
        )
    settle_operators(archive, at=START, whole_below=0)
    assert ("a1.com", "b1.com") in known(archive)


def test_what_a_file_claims_makes_no_operator(archive: Archive) -> None:
    note(archive, *(replace(one, claimed=True) for one in (*owned("a1.com", 0), *owned("a2.com", 0))))
    settle_operators(archive, at=START)
    assert known(archive) == {}
