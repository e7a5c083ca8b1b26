"""Which successors leave this machine: decided ones and those that a 确认 link ties, and no other by any way."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.operators.certain_moves import choose_certain
from monitor.sites.telling import tell_sites
from scrapers.identity import Identifier
from storage.archive import Archive, open_archive
from storage.identity import Move, MoveKind, SitePeriod, SiteState
from storage.statements import note_identifiers

SEEN = datetime(2026, 3, 1, tzinfo=UTC)
OLD, NEW = "lan-ka.com", "lan-ka.net"
MOVE = Move(OLD, NEW, MoveKind.SUCCESSOR, SEEN, 14.0, (("notice", 7.0, ""), ("name", 5.0, "")), "旧站公告新网址")


def state(archive: Archive, *identifiers: Identifier) -> None:
    with archive.database.writing() as session:
        for site in (OLD, NEW):
            for at in (SEEN, SEEN + timedelta(days=3)):
                note_identifiers(session, site, identifiers, at)


def chosen(archive: Archive, *moves: Move) -> tuple[Move, ...]:
    with archive.database.reading() as session:
        return choose_certain(session, moves)


def test_only_what_a_person_decided_or_a_confirmed_link_ties_is_certain(tmp_path: Path) -> None:
    with closing(open_archive(tmp_path, f"sqlite:///{tmp_path}/a.db", at=SEEN)) as archive:
        decided = replace(MOVE, decided_by="李四")
        assert chosen(archive, MOVE, replace(decided, kind=MoveKind.CANDIDATE), decided) == (decided,)
        state(archive, Identifier("qq", "81726354", "visible"))
        assert chosen(archive, MOVE) == ()  # anybody copies it
        state(
            archive,
            Identifier("merchant_id", "alipay:2088123412341234", "redirect"),
            Identifier("epay_pid", "pay.lan-gate.com#10077", "redirect"),
            Identifier("tls_spki", "a1" * 32, "tls"),
            Identifier("verification_dns", "google-site-verification=Zk3v9TqLw8xYbR2nEoPa", "dns"),
        )
        assert chosen(archive, MOVE) == (MOVE,)
        assert chosen(archive, replace(MOVE, kind=MoveKind.CANDIDATE)) == ()


def test_a_notice_names_no_successor_that_is_not_certain() -> None:
    (certain,) = tell_sites([], [MOVE], platforms_of={OLD: "蓝卡"}, certain=[MOVE])
    assert NEW in certain.text and certain.grave
    (clue,) = tell_sites([], [MOVE], platforms_of={OLD: "蓝卡"})
    assert NEW not in clue.text + clue.key
    assert "cardwatch domains 蓝卡" in clue.text
    state_of_new = SitePeriod(NEW, SiteState.DEAD, SEEN, SEEN)
    onward = replace(MOVE, before=NEW, after="lan-ka.top")
    assert tell_sites([state_of_new], [onward], platforms_of={OLD: "蓝卡"}) == ()
