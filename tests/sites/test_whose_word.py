"""Whose word a signal is: a copied notice, a page in other hands, an earlier holder's, a server's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

import pytest

from monitor.operators.model import Band, Link
from monitor.operators.move_evidence import Known
from monitor.operators.move_signals import read_signals
from monitor.operators.quiet_groups import group_quietly
from monitor.operators.site_facts import SiteFacts
from monitor.operators.succession import Succession, find_moves
from sites.move_scenes import (
    ICP,
    NEW,
    NOTICE,
    OLD,
    QQ,
    REDIRECT,
    day,
    facts,
    judge,
    kind_of,
    link,
    row,
    said,
)
from storage.identity import MoveKind, Statement

PAGE, OTHER = "ka-fabu.com", "other-ka.com"
Spans = tuple[tuple[datetime, datetime], ...]
ALWAYS: Spans = ((day(0), day(100)),)
SERVER = row("ip", 3, first_a=0)
KEYED = replace(SERVER, family="infra")


def kept_page(
    *more: Statement, until: float = 55, spans: Spans = ALWAYS, registered_on: date | None = None
) -> Succession:
    """OLD and NEW name a release page that listed OLD and then NEW; all that they share may be copied."""
    rows = [
        said(OLD, "release_page", PAGE, 0, 50),
        said(NEW, "release_page", PAGE, 57, 100),
        said(PAGE, "notice_successor", OLD, 0, until),
        said(PAGE, "notice_successor", NEW, 56, 100),
    ]
    page = SiteFacts(PAGE, day(0), day(100), registered_on=registered_on, open_spans=spans)
    return judge(*rows, *more, known_facts=facts(gone=52) | {PAGE: page}, links=[link(ICP)], first=SHOWN_BEFORE)


SHOWN_BEFORE: Mapping[str, tuple[str, datetime]] = {
    "icp": (OTHER, day(-9)),
    "qq": (OTHER, day(-9)),
}


def test_a_release_page_that_stayed_in_the_same_hands_ties_the_sites_that_name_it() -> None:
    assert kind_of(kept_page()) is MoveKind.SUCCESSOR


def test_a_release_page_that_was_away_or_registered_anew_may_be_in_other_hands() -> None:
    away = ((day(0), day(51)), (day(56), day(100)))
    assert kind_of(kept_page(until=50, spans=away)) is MoveKind.CANDIDATE
    assert kind_of(kept_page(until=50, spans=())) is MoveKind.CANDIDATE
    assert kind_of(kept_page(until=50, registered_on=day(54).date())) is MoveKind.CANDIDATE


def test_a_release_page_that_lists_several_at_once_decides_nothing_by_itself() -> None:
    assert kind_of(kept_page(until=80)) is MoveKind.CANDIDATE
    assert kind_of(kept_page(said(PAGE, "notice_successor", OTHER, 60, 90))) is MoveKind.CANDIDATE


def test_a_directory_of_many_shops_is_no_release_page_of_one() -> None:
    shops = [said(PAGE, "notice_successor", f"shop{number}-ka.com", number, number) for number in range(11)]
    assert kind_of(kept_page(*shops[:5])) is MoveKind.SUCCESSOR
    assert kind_of(kept_page(*shops)) is MoveKind.CANDIDATE


def test_what_a_release_page_says_is_said_of_who_named_it_and_not_of_who_has_the_name_now() -> None:
    earlier = f"{OLD}@2026-01-01"
    known = {
        earlier: SiteFacts(earlier, day(0), day(40), day(40)),
        OLD: SiteFacts(OLD, day(70), day(100), registered_on=day(70).date()),
        NEW: SiteFacts(NEW, day(42), day(100)),
    }
    rows = [
        said(OLD, "release_page", PAGE, 0, 40),
        said(PAGE, "notice_successor", OLD, 0, 39),
        said(PAGE, "notice_successor", NEW, 80, 100),
    ]
    ties = {frozenset((earlier, NEW)): link(row("merchant_id", 9), a=earlier)}
    found = find_moves(
        read_signals(rows),
        known,
        Known(link_of=lambda a, b: ties.get(frozenset((a, b)))),
        at=day(100),
        epochs={OLD: ((day(70), earlier),)},
    )
    assert kind_of(found, earlier) is MoveKind.SUCCESSOR
    assert kind_of(found, OLD) is None


def echo(*ties: Link, first: float = 45, **earlier: object) -> Succession:
    """OLD gives a notice at day 50 that another site gave before."""
    before = replace(said(OTHER, "notice_successor", NEW, first, 48), **earlier)  # type: ignore[arg-type]
    return judge(before, NOTICE, links=ties)


def test_who_only_repeats_a_notice_needs_a_tie_that_nobody_copies() -> None:
    assert kind_of(echo(link(QQ))) is MoveKind.CANDIDATE
    assert kind_of(echo(link(QQ, KEYED))) is MoveKind.CANDIDATE  # name servers of a provider alone
    assert kind_of(echo(link(QQ, KEYED, replace(KEYED, value="another")))) is MoveKind.SUCCESSOR
    assert kind_of(echo(link(QQ), first=50)) is MoveKind.SUCCESSOR  # nobody said it before


def test_one_operators_other_site_may_say_the_same_before() -> None:
    same = link(row("merchant_id", 14), b=OTHER, band=Band.CONFIRMED)
    assert kind_of(echo(link(QQ), same)) is MoveKind.SUCCESSOR
    assert kind_of(echo(link(QQ), replace(same, decided="different"))) is MoveKind.CANDIDATE


def test_a_notice_in_words_of_its_own_is_no_copy() -> None:
    told = replace(NOTICE, shown="本站现已启用 new-ka.com，旧域名停用")
    other = replace(said(OTHER, "notice_successor", NEW, 45, 48), shown="请各位老板收藏新域名 new-ka.com")
    assert kind_of(judge(other, told, links=[link(QQ)])) is MoveKind.SUCCESSOR
    assert kind_of(judge(replace(other, shown=told.shown), told, links=[link(QQ)])) is MoveKind.CANDIDATE


def test_a_site_that_was_never_seen_without_its_notice_may_be_a_copy_of_the_page() -> None:
    young = facts() | {OLD: SiteFacts(OLD, day(50), day(60), day(60))}
    shown_on_arrival = replace(QQ, first_a=day(50), first_b=day(56))
    for ties, kind in (([], MoveKind.CANDIDATE), ([KEYED, replace(KEYED, value="x")], MoveKind.SUCCESSOR)):
        assert kind_of(judge(NOTICE, links=[link(shown_on_arrival, *ties)], known_facts=young)) is kind


@pytest.mark.parametrize("signal", [REDIRECT, NOTICE])
def test_text_that_a_third_site_showed_first_counts_where_all_that_is_shown_makes_one_operator(
    signal: Statement,
) -> None:
    ties = [link(QQ, ICP)]
    assert kind_of(judge(signal, links=ties, first=SHOWN_BEFORE)) is MoveKind.CANDIDATE
    assert kind_of(judge(signal, links=ties, first=SHOWN_BEFORE, together=True)) is MoveKind.SUCCESSOR
    assert kind_of(judge(links=ties, first=SHOWN_BEFORE, together=True)) is None


def test_a_group_asks_what_sites_show_and_not_what_they_say_of_each_other() -> None:
    def shown(site: str, *values: tuple[str, str]) -> list[Statement]:
        return [said(site, kind, value, 0, 60) for kind, value in values]

    own = (("qq", "827364519"), ("merchant_id", "alipay:2088001117838921"), ("telegram", "ka_boss_1"))
    field = [*shown(OLD, *own), *shown(NEW, *own), *shown(OTHER, ("qq", "736451982"))]
    pointing = said(OTHER, "redirect", NEW, 10, 60, where="301")
    together = group_quietly([*field, pointing])
    assert together(OLD, NEW)
    assert not together(OTHER, NEW)


def test_a_server_that_came_with_the_redirect_is_that_of_whoever_took_the_name() -> None:
    stood = {OLD: replace(facts()[OLD], open_spans=((day(0), day(57)),)), NEW: facts()[NEW]}
    for first, kind in ((58, MoveKind.CANDIDATE), (10, MoveKind.SUCCESSOR)):
        servers = [replace(KEYED, value=value, first_a=day(first)) for value in ("1.2.3.4", "key")]
        assert kind_of(judge(REDIRECT, links=[link(*servers)], known_facts=stood)) is kind
