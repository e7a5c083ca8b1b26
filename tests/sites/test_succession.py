"""Who follows whom: what the old side says, what ties the two, and everything that must not be taken for a move."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from monitor.operators.model import Band, ForgeClass
from monitor.operators.move_evidence import Known
from monitor.operators.move_ranking import rank_moves
from monitor.operators.move_signals import Way, read_signals
from monitor.operators.move_words import say_signal, telling_signals
from monitor.operators.site_facts import SiteFacts, facts_of_periods
from monitor.operators.succession import Succession, find_moves
from sites.move_scenes import (
    ICP,
    NEW,
    NOTICE,
    OLD,
    PAYEE,
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
from storage.identity import Decision, Move, MoveKind, SitePeriod, SiteState, Statement, Verdict


@pytest.mark.parametrize(
    ("signal", "way", "bits"),
    [
        (REDIRECT, Way.PERMANENT, 8),
        (replace(REDIRECT, where="302"), Way.TEMPORARY, 5),
        (replace(REDIRECT, where="308"), Way.PERMANENT, 8),
        (replace(REDIRECT, where="meta refresh"), Way.PAGE, 5),
        (replace(REDIRECT, where="script location"), Way.PAGE, 5),
        (replace(REDIRECT, where="iframe"), Way.FRAME, 6),
        (replace(REDIRECT, where=f"hop 1: https://{OLD}/301 → https://{NEW}/frame", role="http_302"), Way.TEMPORARY, 5),
        (replace(REDIRECT, where=f"{OLD} → {NEW} (http_301, http_302)", role="chain"), Way.TEMPORARY, 5),
        (replace(REDIRECT, site=NEW, value=NEW, role="http_301", block=OLD), Way.PERMANENT, 8),
        (NOTICE, Way.NOTICE, 7),
        (replace(NOTICE, role="mirror"), Way.BACKUP, 7),
        (replace(NOTICE, place="hidden"), Way.NOTICE, 3.5),
    ],
)
def test_a_word_of_the_old_side_and_a_link_make_a_successor(signal: Statement, way: Way, bits: float) -> None:
    found = judge(signal, links=[link(QQ)])
    (move,) = found.moves
    assert (move.kind, move.before, move.after) == (MoveKind.SUCCESSOR, OLD, NEW)
    assert (way.value, bits, "c-" + OLD) in move.signals
    assert move.since == signal.first_seen
    assert move.reason.endswith("判断为后继域名")


@pytest.mark.parametrize("place", ["comment", "user_content", "third_party_frame"])
def test_what_others_wrote_on_the_old_site_is_not_its_word(place: str) -> None:
    assert kind_of(judge(replace(NOTICE, place=place), links=[link(QQ)])) is not MoveKind.SUCCESSOR


def test_a_redirect_alone_may_be_a_hijack() -> None:
    gambling = replace(REDIRECT, value="lucky-888.com")
    found = judge(gambling, known_facts=facts() | {"lucky-888.com": SiteFacts("lucky-888.com", day(58), day(100))})
    assert kind_of(found, after="lucky-888.com") is MoveKind.CANDIDATE
    assert "劫持" in found.moves[0].reason


def test_a_name_alone_is_never_more_than_a_candidate() -> None:
    claim = said(NEW, "notice_successor", OLD, 56, role="former")
    assert kind_of(judge(claim, names=5.0)) is MoveKind.CANDIDATE


def test_a_redirect_with_a_name_and_the_time_and_a_claim_is_an_impostors_own_making() -> None:
    claim = said(NEW, "notice_successor", OLD, 56, role="former")
    for known in (facts(), facts(gone=None, new_from=57)):
        assert kind_of(judge(REDIRECT, claim, names=5.0, known_facts=known)) is MoveKind.CANDIDATE
        assert kind_of(judge(NOTICE, claim, names=5.0, known_facts=known)) is MoveKind.CANDIDATE


def test_a_redirect_of_an_open_site_has_to_last() -> None:
    once, open_ = replace(REDIRECT, last_seen=REDIRECT.first_seen), facts(gone=None, new_from=90)
    tied = [link(replace(QQ, first_b=day(58)))]
    assert kind_of(judge(once, links=tied, known_facts=open_)) is MoveKind.CANDIDATE
    soon = replace(once, last_seen=once.first_seen + timedelta(hours=5))
    assert kind_of(judge(soon, links=tied, known_facts=open_)) is MoveKind.CANDIDATE
    later = replace(once, last_seen=once.first_seen + timedelta(hours=6))
    assert kind_of(judge(later, links=tied, known_facts=open_)) is MoveKind.SUCCESSOR
    other_way = replace(later, where="302", first_seen=later.last_seen)
    assert kind_of(judge(once, other_way, links=tied, known_facts=open_)) is MoveKind.SUCCESSOR
    assert kind_of(judge(once, links=tied)) is MoveKind.SUCCESSOR  # it sent them away, and is gone


@pytest.mark.parametrize("where", ["iframe", "script location", "meta refresh"])
def test_a_frame_or_a_script_in_an_open_site_is_weak(where: str) -> None:
    frame, open_ = replace(REDIRECT, where=where), facts(gone=None, new_from=90)
    tied = replace(QQ, first_b=day(58))
    assert kind_of(judge(frame, links=[link(tied)], known_facts=open_)) is MoveKind.CANDIDATE
    assert kind_of(judge(frame, links=[link(tied, PAYEE)], known_facts=open_)) is MoveKind.SUCCESSOR
    assert kind_of(judge(frame, links=[link(tied)])) is MoveKind.SUCCESSOR


def test_a_site_that_did_nothing_but_send_on_until_it_was_gone_needs_less_of_a_link() -> None:
    weak = replace(QQ, bits=3.0)
    assert kind_of(judge(REDIRECT, links=[link(weak)])) is MoveKind.SUCCESSOR
    assert kind_of(judge(REDIRECT, links=[link(replace(weak, bits=2.0))], names=5.0)) is MoveKind.CANDIDATE
    assert kind_of(judge(REDIRECT, links=[link(weak)], known_facts=facts(gone=None))) is MoveKind.CANDIDATE
    once = replace(REDIRECT, last_seen=REDIRECT.first_seen)
    assert kind_of(judge(once, links=[link(weak)])) is MoveKind.CANDIDATE
    assert kind_of(judge(NOTICE, links=[link(weak)])) is MoveKind.CANDIDATE


def test_what_we_cannot_see_any_more_does_not_bring_a_site_back() -> None:
    gone = SitePeriod(OLD, SiteState.DEAD, day(60), day(70), ended_at=day(70))
    unseen = SitePeriod(OLD, SiteState.UNKNOWN, day(70), day(80))
    opened = SitePeriod(OLD, SiteState.ACTIVE, day(0), day(60), ended_at=day(60))
    assert facts_of_periods([opened, gone, unseen])[OLD].gone_since == day(60)
    assert facts_of_periods([opened, replace(unseen, since=day(60))])[OLD].gone_since is None


def test_an_impersonator_that_claims_and_copies_is_never_the_successor() -> None:
    claim = said(NEW, "notice_successor", OLD, 56, role="former")
    copied = [row(kind, 10, ForgeClass.TEXT) for kind in ("qq", "icp", "company", "cnzz", "favicon")]
    found = judge(claim, links=[link(*copied)], names=5.0)
    assert kind_of(found) is MoveKind.CANDIDATE
    assert "单方自称" in found.moves[0].reason


def test_an_impersonator_that_sends_its_visitors_to_its_victim_is_not_its_former_site() -> None:
    fake, victim = "xin-ka.com", "star-ka.com"
    known = {fake: SiteFacts(fake, day(50), day(60), day(60)), victim: SiteFacts(victim, day(0), day(100))}
    copied = [row(kind, 10, ForgeClass.TEXT, first_a=50, first_b=0) for kind in ("qq", "icp")]
    found = judge(
        said(fake, "redirect", victim, 58, 60, where="301"), links=[link(*copied, a=fake, b=victim)], known_facts=known
    )
    assert kind_of(found, fake, victim) is MoveKind.CANDIDATE
    assert "照抄" in found.moves[0].reason


def test_copies_of_a_notice_move_nobody() -> None:
    fake = "fake-ka.com"
    copied = [replace(one, first_a=day(20)) for one in (QQ, ICP)]
    found = judge(
        said(fake, "notice_successor", NEW, 52, 60),
        links=[link(*copied, a=fake, b=NEW)],
        known_facts=facts() | {fake: SiteFacts(fake, day(20), day(100))},
        first={"qq": (OLD, day(0)), "icp": (OLD, day(0))},
    )
    assert kind_of(found, fake, NEW) is MoveKind.CANDIDATE


def test_text_of_a_known_predecessor_counts() -> None:
    third = "third-ka.com"
    rows = [replace(QQ, first_a=day(55), first_b=day(90))]
    found = judge(
        said(NEW, "redirect", third, 95, 99, where="301"),
        links=[link(*rows, a=NEW, b=third), link(PAYEE, QQ, band=Band.PROBABLE)],
        known_facts=facts() | {third: SiteFacts(third, day(90), day(100))},
        first={"qq": (OLD, day(0))},
    )
    assert kind_of(found, NEW, third) is MoveKind.SUCCESSOR


def test_contrary_rows_weigh_against() -> None:
    against = [row("registrant", -4), row("merchant_id", -1.5)]
    assert kind_of(judge(REDIRECT, links=[link(QQ, contrary=against)])) is MoveKind.CANDIDATE


def test_a_silent_move_needs_what_cannot_be_copied() -> None:
    assert kind_of(judge(links=[link(PAYEE, QQ, band=Band.PROBABLE)])) is MoveKind.SUCCESSOR
    assert kind_of(judge(links=[link(PAYEE, QQ)])) is MoveKind.CANDIDATE  # the scorer sees no more than a lead
    assert kind_of(judge(links=[link(QQ, ICP, band=Band.PROBABLE)])) is MoveKind.CANDIDATE
    assert kind_of(judge(links=[link(replace(PAYEE, bits=14), band=Band.PROBABLE)])) is MoveKind.CANDIDATE
    assert kind_of(judge(links=[link(PAYEE, QQ, band=Band.PROBABLE)], known_facts=facts(gone=None))) is None


def test_another_shop_that_stood_beside_for_long_is_no_silent_successor() -> None:
    known = {OLD: SiteFacts(OLD, day(0), day(400), day(400)), NEW: SiteFacts(NEW, day(100), day(500))}
    assert kind_of(judge(links=[link(PAYEE, QQ, band=Band.PROBABLE)], known_facts=known)) is MoveKind.CANDIDATE


def test_mirrors_are_not_successors() -> None:
    both = facts(gone=None, new_from=10)
    assert kind_of(judge(replace(NOTICE, last_seen=day(100)), links=[link(QQ)], known_facts=both)) is MoveKind.MIRROR
    backup = replace(NOTICE, role="mirror")
    assert kind_of(judge(backup, links=[link(QQ)], known_facts=facts(gone=None, new_from=90))) is MoveKind.MIRROR
    assert kind_of(judge(backup, links=[link(QQ)], known_facts=facts())) is MoveKind.SUCCESSOR


def test_a_notice_in_time_names_the_successor_at_once() -> None:
    fresh = {OLD: SiteFacts(OLD, day(0), day(100)), NEW: SiteFacts(NEW, day(98), day(100))}
    late = said(OLD, "notice_successor", NEW, 99, 100)
    assert kind_of(judge(late, links=[link(replace(QQ, first_b=day(98)))], known_facts=fresh)) is MoveKind.SUCCESSOR


def test_a_name_that_the_old_site_warns_against_is_never_followed() -> None:
    warned = said(OLD, "notice_successor", NEW, 40, role="warned_against")
    assert judge(REDIRECT, warned, links=[link(PAYEE, QQ)]).moves == ()


def test_a_partner_is_a_branch() -> None:
    partner = said(OLD, "notice_successor", NEW, 40, role="partner")
    assert kind_of(judge(partner, links=[link(QQ)])) is MoveKind.BRANCH
    shop = said(OLD, "notice_successor", f"shop1.{OLD}", 40)
    assert kind_of(judge(shop, known_facts=facts(gone=None)), after=f"shop1.{OLD}") is not MoveKind.SUCCESSOR


@pytest.mark.parametrize("target", ["baidu.com", "sedo.com", "qq.com"])
def test_where_nobody_moves_to(target: str) -> None:
    assert judge(replace(REDIRECT, value=target), links=[link(PAYEE, QQ, b=target)]).moves == ()


def test_a_jump_host_is_passed_through() -> None:
    hop = "hop-safe.com"
    others = [said(f"other{number}.com", "redirect", hop, 50, 60, where="302") for number in range(6)]
    found = judge(
        *others,
        said(OLD, "redirect", hop, 58, 60, where="302"),
        said(hop, "redirect", NEW, 58, 60, where="302"),
        links=[link(QQ)],
    )
    assert found.jumps == {hop}
    assert kind_of(found) is MoveKind.SUCCESSOR
    assert hop not in {move.after for move in found.moves}


def test_many_sites_of_one_operator_may_move_to_one() -> None:
    olds = [f"ka{number}.com" for number in range(6)]
    found = judge(
        *(said(site, "redirect", NEW, 58, 60, where="301") for site in olds),
        links=[link(PAYEE, QQ, a=site) for site in olds],
        known_facts={site: SiteFacts(site, day(0), day(60), day(60)) for site in olds}
        | {NEW: SiteFacts(NEW, day(55), day(100))},
    )
    assert found.jumps == frozenset()
    assert {move.before for move in found.moves if move.kind is MoveKind.SUCCESSOR} == set(olds)


def test_one_site_may_become_two() -> None:
    second = "second-ka.com"
    found = judge(
        REDIRECT,
        replace(NOTICE, value=second),
        links=[link(QQ), link(QQ, ICP, b=second)],
        known_facts=facts() | {second: SiteFacts(second, day(55), day(100))},
    )
    assert {move.after for move in found.moves if move.kind is MoveKind.SUCCESSOR} == {NEW, second}


def test_a_release_page_speaks_for_the_site_that_named_it() -> None:
    page = "ka-fabu.github.io"
    named = said(OLD, "release_page", f"{page}/", 10, 60)
    listed = said(page, "notice_successor", OLD, 10, 59)
    moved = said(page, "notice_successor", NEW, 60, 100)
    found = judge(named, listed, moved, links=[link(PAYEE)])
    assert kind_of(found) is MoveKind.SUCCESSOR
    assert ("release_page", 9.0, f"c-{page}") in found.moves[0].signals
    assert kind_of(judge(moved, links=[link(PAYEE)])) is not MoveKind.SUCCESSOR
    hidden = judge(named, listed, replace(moved, place="hidden"), links=[link(PAYEE)])
    assert ("release_page", 4.5, f"c-{page}") in hidden.moves[0].signals


def test_a_release_page_that_was_taken_over_names_no_successor() -> None:
    page = "ka-fabu.com"
    told = [said(OLD, "release_page", page, 0, 60), said(page, "notice_successor", OLD, 0, 50)]
    hijacked = [*told, said(page, "notice_successor", NEW, 70, 90), said(NEW, "release_page", page, 70, 90)]
    claim = said(NEW, "notice_successor", OLD, 70, role="former")
    for rows in ([], [QQ, ICP]):  # copied, like all that the page shows
        found = judge(*hijacked, claim, links=[link(*rows)], names=5.0)
        assert kind_of(found) is MoveKind.CANDIDATE
    assert kind_of(judge(*hijacked, links=[link(PAYEE)])) is MoveKind.SUCCESSOR
    assert kind_of(judge(*hijacked, links=[link(QQ, ICP, band=Band.PROBABLE)])) is MoveKind.SUCCESSOR


def test_a_stranger_who_took_the_name_speaks_for_himself() -> None:
    known = {
        f"{OLD}@2026-01-01": SiteFacts(f"{OLD}@2026-01-01", day(0), day(40), day(40)),
        OLD: SiteFacts(OLD, day(50), day(100), registered_on=day(50).date()),
        NEW: SiteFacts(NEW, day(55), day(100)),
    }
    earlier = f"{OLD}@2026-01-01"
    pairs = {frozenset((earlier, NEW)): link(PAYEE, QQ, a=earlier, band=Band.PROBABLE)}
    epochs = {OLD: ((day(50), f"{OLD}@2026-01-01"),)}
    found = find_moves(
        read_signals([said(OLD, "redirect", "lucky-888.com", 60, 100, where="301")]),
        known,
        Known(
            link_of=lambda a, b: pairs.get(frozenset((a, b))),
            partners=lambda site: [next(iter(pair - {site})) for pair in pairs if site in pair],
        ),
        at=day(100),
        epochs=epochs,
    )
    by_pair = {(move.before, move.after): move.kind for move in found.moves}
    assert by_pair[(f"{OLD}@2026-01-01", NEW)] is MoveKind.SUCCESSOR
    assert (f"{OLD}@2026-01-01", "lucky-888.com") not in by_pair
    assert by_pair[(OLD, "lucky-888.com")] is MoveKind.CANDIDATE


def test_a_platform_may_return_to_its_old_name() -> None:
    back = said(NEW, "redirect", OLD, 95, 99, where="301")
    rows = [replace(QQ, first_a=day(0), first_b=day(55))]
    found = judge(REDIRECT, back, links=[link(*rows)])
    assert kind_of(found, NEW, OLD) is MoveKind.SUCCESSOR


def decision(verdict: Verdict, **parts: object) -> Decision:
    made = Decision("d-1", "move", OLD, NEW, verdict, day(90), "张三", "客服当面确认")
    return replace(made, **parts)  # type: ignore[arg-type]


def test_a_person_decides_and_may_take_it_back() -> None:
    confirmed = judge(decisions=[decision(Verdict.SAME)])
    (move,) = confirmed.moves
    assert (move.kind, move.decided_by) == (MoveKind.SUCCESSOR, "张三")
    assert "客服当面确认" in move.reason
    refused = judge(REDIRECT, links=[link(PAYEE, QQ)], decisions=[decision(Verdict.DIFFERENT)])
    assert (refused.moves, [one.after for one in refused.rejected]) == ((), [NEW])
    undone = judge(REDIRECT, links=[link(PAYEE)], decisions=[decision(Verdict.DIFFERENT, revoked_at=day(91))])
    assert kind_of(undone) is MoveKind.SUCCESSOR
    other = judge(REDIRECT, links=[link(PAYEE)], decisions=[decision(Verdict.DIFFERENT, about="operator")])
    assert kind_of(other) is MoveKind.SUCCESSOR


def test_a_persons_different_about_the_two_sites_is_a_veto() -> None:
    found = judge(REDIRECT, links=[link(PAYEE, QQ, decided="different")])
    assert found.moves == ()
    (refused,) = found.rejected
    assert (refused.before, refused.after) == (OLD, NEW) and "人工" in refused.reason


def test_what_parts_two_sites_is_not_called_shared() -> None:
    assert say_signal("link:registrant", 4.0) == "共有域名注册人"
    assert say_signal("link:registrant", -4.0) == "域名注册人不一致"
    move = Move(OLD, NEW, MoveKind.CANDIDATE, day(1), 4.0, (("link:qq", 4.0, ""), ("link:registrar", 0.0, "")), "")
    assert [name for name, _, _ in telling_signals(move)] == ["link:qq"]


def test_the_surest_comes_first() -> None:
    second = "second-ka.com"
    found = judge(
        REDIRECT,
        replace(NOTICE, value=second, place="hidden"),
        links=[link(QQ, ICP, PAYEE), link(QQ, b=second)],
        known_facts=facts() | {second: SiteFacts(second, day(55), day(100))},
    )
    assert [move.after for move in found.moves] == [NEW, second]


def test_who_is_passed_over_is_not_called_a_successor_in_one_breath() -> None:
    reason = "旧站公告新网址：判断为后继域名"
    told = Move(OLD, NEW, MoveKind.SUCCESSOR, day(50), 20.0, (("notice", 7.0, "c-1"),), reason)
    silent = replace(told, after="other.com", signals=(("time", 2.0, ""),), reason="共有QQ号：判断为后继域名")
    ranked = {move.after: move for move in rank_moves([told, silent])}
    assert ranked["other.com"].kind is MoveKind.CANDIDATE
    assert "判断为后继" not in ranked["other.com"].reason and "旧站另有指明的去处" in ranked["other.com"].reason
    assert ranked[NEW].reason == told.reason


def test_candidates_are_bounded() -> None:
    many = [said(OLD, "notice_successor", f"ad{number}.com", 50) for number in range(300)]
    assert len(judge(*many).moves) == 20


def test_periods_tell_since_when_a_site_is_gone() -> None:
    def period(state: SiteState, since: float, until: float | None) -> SitePeriod:
        ended = None if until is None else day(until)
        return SitePeriod(OLD, state, day(since), ended or day(100), ended, reason="-")

    found = facts_of_periods(
        [
            period(SiteState.ACTIVE, 0, 40),
            period(SiteState.REDIRECTING, 40, 50),
            period(SiteState.DEAD, 50, None),
        ],
        {OLD: date(2020, 1, 1)},
    )[OLD]
    assert (found.first_seen, found.last_seen, found.gone_since) == (day(0), day(40), day(40))
    assert facts_of_periods([period(SiteState.ACTIVE, 0, None)])[OLD].gone_since is None


def test_nothing_known_gives_no_move() -> None:
    assert judge() == Succession(())
    assert isinstance(judge(REDIRECT, known_facts={}).moves, tuple)
    assert all(isinstance(move, Move) for move in judge(REDIRECT, known_facts={}).moves)


THIRD = "third-ka.com"
ANNOUNCED = "本站将于下月启用新域名 www.new-ka.com，请收藏"


def line_of_three(*more: Statement, back_at: float | None = None, notice_first: float = 90) -> Succession:
    """OLD moved to NEW and NEW to THIRD, whose pages still say what OLD once announced."""
    spans = [(day(50), day(90))] + ([(day(back_at), day(100))] if back_at is not None else [])
    known = {
        OLD: SiteFacts(OLD, day(0), day(60), day(60)),
        NEW: SiteFacts(NEW, day(50), day(90), day(90), open_spans=tuple(spans)),
        THIRD: SiteFacts(THIRD, day(88), day(100)),
    }
    told = replace(said(OLD, "notice_successor", NEW, 40, 60), shown=ANNOUNCED)
    carried = replace(said(THIRD, "notice_successor", NEW, notice_first, 100), shown=ANNOUNCED)
    away = said(NEW, "redirect", THIRD, 90, 95, where="HTTP 301, hop 1")
    links = [link(PAYEE), link(PAYEE, a=NEW, b=THIRD), link(PAYEE, b=THIRD)]
    return judge(told, carried, away, *more, links=links, known_facts=known)


def test_an_old_notice_that_a_site_still_carries_is_no_move_back() -> None:
    for found in (line_of_three(notice_first=88), line_of_three(notice_first=96)):
        assert kind_of(found, OLD, NEW) is MoveKind.SUCCESSOR
        assert kind_of(found, NEW, THIRD) is MoveKind.SUCCESSOR
        assert kind_of(found, THIRD, NEW) is None


def test_a_return_to_an_old_name_needs_something_new() -> None:
    sent_back = said(THIRD, "redirect", NEW, 97, 100, where="HTTP 302, hop 1")
    assert kind_of(line_of_three(sent_back), THIRD, NEW) is MoveKind.SUCCESSOR
    assert kind_of(line_of_three(back_at=97), THIRD, NEW) is MoveKind.SUCCESSOR
    anew = replace(said(THIRD, "notice_successor", NEW, 97, 100), shown="即日起恢复使用 www.new-ka.com 域名")
    spoken = judge(
        replace(said(OLD, "notice_successor", NEW, 40, 60), shown=ANNOUNCED),
        said(NEW, "redirect", THIRD, 90, 95, where="HTTP 301, hop 1"),
        anew,
        links=[link(PAYEE), link(PAYEE, a=NEW, b=THIRD)],
        known_facts={
            OLD: SiteFacts(OLD, day(0), day(60), day(60)),
            NEW: SiteFacts(NEW, day(50), day(90), day(90)),
            THIRD: SiteFacts(THIRD, day(88), day(100)),
        },
    )
    assert kind_of(spoken, THIRD, NEW) is MoveKind.SUCCESSOR


def test_a_release_page_is_no_site_of_the_line() -> None:
    page = "ka-fabu.com"
    named = said(OLD, "release_page", page, 0, 60)
    listed = [said(page, "notice_successor", OLD, 0, 55), said(page, "notice_successor", NEW, 56, 100)]
    known = facts() | {page: SiteFacts(page, day(0), day(100))}
    links = [link(PAYEE), link(PAYEE, a=OLD, b=page), link(PAYEE, a=page, b=NEW)]
    found = judge(named, *listed, links=links, known_facts=known)
    assert kind_of(found) is MoveKind.SUCCESSOR
    assert not any(page in (move.before, move.after) for move in (*found.moves, *found.rejected))


def test_a_release_page_that_both_sites_name_ties_them_where_the_old_site_says_so_too() -> None:
    page = "ka-fabu.com"
    named = said(OLD, "release_page", page, 0, 60)
    listed = [said(page, "notice_successor", OLD, 0, 55), said(page, "notice_successor", NEW, 56, 100)]
    apart = {OLD: SiteFacts(OLD, day(0), day(20)), NEW: SiteFacts(NEW, day(55), day(100))}
    assert kind_of(judge(named, *listed, known_facts=apart)) is MoveKind.CANDIDATE
    named_too = said(NEW, "release_page", page, 57, 100)
    assert kind_of(judge(named, named_too, *listed, known_facts=apart)) is MoveKind.CANDIDATE
    notice = said(OLD, "notice_successor", NEW, 18, 20)
    assert kind_of(judge(notice, named, named_too, *listed, known_facts=apart)) is MoveKind.SUCCESSOR
    assert kind_of(judge(notice, named, *listed, known_facts=apart)) is MoveKind.CANDIDATE
    copy = "copy-ka.com"
    copied = judge(named, said(copy, "release_page", page, 57, 100), *listed, known_facts=apart)
    assert kind_of(copied, OLD, copy) is None


def test_two_sites_that_were_never_open_at_once_are_no_mirrors() -> None:
    spans = ((day(0), day(40)), (day(300), day(400)))
    known = {
        OLD: SiteFacts(OLD, day(0), day(400), open_spans=spans),
        NEW: SiteFacts(NEW, day(42), day(290), day(290), open_spans=((day(42), day(290)),)),
    }
    notice = said(OLD, "notice_successor", NEW, 35, 40)
    assert kind_of(judge(notice, links=[link(replace(QQ, first_b=day(42)))], known_facts=known)) is MoveKind.SUCCESSOR


def test_what_our_own_network_hid_does_not_end_a_sites_time() -> None:
    def period(state: SiteState, since: float, until: float) -> SitePeriod:
        return SitePeriod(OLD, state, day(since), day(until), day(until))

    hidden = facts_of_periods([period(SiteState.ACTIVE, 0, 10), period(SiteState.UNKNOWN, 10, 20),
                               period(SiteState.ACTIVE, 20, 30)])  # fmt: skip
    assert hidden[OLD].open_spans == ((day(0), day(30)),)
    assert not hidden[OLD].came_back_after(day(5))
    gone = facts_of_periods([period(SiteState.ACTIVE, 0, 10), period(SiteState.DEAD, 10, 20),
                             period(SiteState.ACTIVE, 20, 30)])  # fmt: skip
    assert gone[OLD].came_back_after(day(5))
