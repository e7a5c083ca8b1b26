"""What a move of a generated world can be decided by, and the second look at a site that sends its visitors away."""

from __future__ import annotations

from datetime import date, timedelta

from bench.worlds.model import EpochTruth, MoveTruth, Shape, Truth, World, day_date, day_time
from bench.worlds.moves_known import find_readable
from bench.worlds.replay import look_again
from storage.identity import Statement

OLD, NEW, COPY = "old-ka.com", "new-ka.com", "copy-ka.com"
QQ = "827364519"


def epoch(site: str, operator: str, first: int, ended: int) -> EpochTruth:
    days = day_date(first), day_date(ended)
    return EpochTruth(site, site, operator, "own", days[0], days[1], days[0], days[1])


def said(site: str, kind: str, value: str, first: int, last: int, place: str = "visible") -> Statement:
    return Statement(site, kind, value, place, day_time(first), day_time(last))


def world(*statements: Statement, outages: tuple[tuple[date, date], ...] = (), ended: int = 60) -> World:
    epochs = (epoch(OLD, "one", 0, ended), epoch(NEW, "one", 50, 200), epoch(COPY, "two", 5, 200))
    move = MoveTruth(OLD, NEW, "301", day_date(50), day_date(55))
    looks = {OLD: (0, 55), NEW: (56,), COPY: (5,)}
    return World(1, Shape(), statements, Truth(epochs, (move,), (), outages), looks)


def decidable(*statements: Statement) -> bool:
    made = world(*statements)
    (move,) = made.truth.moves
    return find_readable(made, [move], {OLD: {NEW}}).is_decidable(move)


SENT = said(OLD, "redirect", NEW, 55, 55, "redirect")
SHARED = (said(OLD, "qq", QQ, 0, 20), said(NEW, "qq", QQ, 56, 90))


def test_a_move_is_decidable_by_a_signal_that_was_read_and_something_of_the_operators_own() -> None:
    assert decidable(SENT, *SHARED)
    assert not decidable(*SHARED)
    assert not decidable(SENT)


def test_what_others_have_is_nothing_of_the_operators_own() -> None:
    earlier, later = said(COPY, "qq", QQ, -5, 90), said(COPY, "qq", QQ, 30, 90)
    assert decidable(SENT, *SHARED, later)  # copied from the old site
    assert not decidable(SENT, *SHARED, earlier)
    servers = [said(site, "ns", "dnspod.net", 55, 60, "dns") for site in (OLD, NEW)]
    assert decidable(SENT, *servers)
    assert not decidable(SENT, *servers, said(COPY, "ns", "dnspod.net", 80, 90, "dns"))


def test_a_release_page_that_both_name_and_that_lists_both_ties_them() -> None:
    page = "ka-fabu.com"
    named = [said(site, "release_page", page, 10, 60) for site in (OLD, NEW)]
    listed = [said(page, "notice_successor", site, 10, 60) for site in (OLD, NEW)]
    assert decidable(*named, *listed)
    assert not decidable(*named, listed[1])


def test_a_site_that_sends_its_visitors_away_is_looked_at_again_the_next_day() -> None:
    again = look_again(world(SENT, *SHARED))
    assert again.statements[0].last_seen == SENT.last_seen + timedelta(days=1)
    assert again.statements[1:] == SHARED
    assert again.looks[OLD] == (0, 55, 56)


def test_the_second_look_sees_nothing_of_who_is_gone_or_while_we_see_nothing() -> None:
    for made in (world(SENT, ended=55), world(SENT, outages=((day_date(56), day_date(57)),))):
        assert look_again(made) == made
