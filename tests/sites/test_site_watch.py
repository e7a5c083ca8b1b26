"""The watch over sites in a run: states, moves, what is told, with name servers and registries on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config.settings import read_settings
from monitor.sites.follow import follow_successor
from monitor.sites.moves import follow_platform
from monitor.sites.records import read_periods
from scrapers.identity import Identifier
from scrapers.model import Outcome, Reason
from sites.world import PLATFORM, SHOP, START, World, open_world
from storage.evidence import list_evidence
from storage.identity import MoveKind, SitePeriod, SiteState
from storage.moves import list_moves
from storage.statements import note_identifiers

OLD, NEW = "xinglan88.com", "xinglan89.com"
GONE = {"outcome": Outcome.FAILED, "reason": Reason.DNS_NO_SUCH_NAME, "status": None}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path) as found:
        yield found


def periods(world: World, *sites: str) -> list[SitePeriod]:
    with world.archive.database.reading() as session:
        return list(read_periods(session, sites))


def states(world: World, site: str) -> list[SiteState]:
    return [period.state for period in periods(world, site) if period.site == site]


def test_an_open_site_is_active_with_its_capture_and_lookups_as_proof(world: World) -> None:
    world.register(OLD)
    result = world.visit(f"https://{OLD}/")
    run = world.look(result)
    assert run.checked == (OLD,)
    (period,) = periods(world, OLD)
    assert period.state is SiteState.ACTIVE
    assert result.capture.id in period.proof
    assert any(proof.startswith("q-") for proof in period.proof)
    assert run.notices == ()


def test_a_platform_is_followed_over_its_redirect_within_one_check(world: World) -> None:
    world.register(OLD)
    world.look(world.visit(f"https://{OLD}/"))
    world.pass_days(10)
    world.register(NEW, created="2026-01-12")
    run = world.look(world.visit(f"https://{OLD}/", hops=[f"https://{NEW}/"]))
    (move,) = run.found
    assert (move.before, move.after, move.kind) == (OLD, NEW, MoveKind.SUCCESSOR)
    assert "301" in move.reason
    assert any("后继域名" in notice.text and notice.grave for notice in run.notices)
    world.pass_days(0.5)
    again = world.look(world.visit(f"https://{OLD}/", hops=[f"https://{NEW}/"]))
    assert again.found == ()
    assert states(world, OLD) == [SiteState.ACTIVE, SiteState.REDIRECTING]


def test_a_successor_that_a_link_makes_certain_later_is_told_then(world: World) -> None:
    world.register(OLD)
    world.register(NEW, created="2026-01-12")
    world.look(world.visit(f"https://{OLD}/"))
    world.pass_days(10)
    world.look(world.visit(f"https://{OLD}/", hops=[f"https://{NEW}/"]))
    proofs = (
        Identifier("merchant_id", "alipay:2088123412341234", "redirect"),
        Identifier("epay_pid", "pay.lan-gate.com#10077", "redirect"),
        Identifier("tls_spki", "a1" * 32, "tls"),
        Identifier("verification_dns", "google-site-verification=Zk3v9TqLw8xYbR2nEoPa", "dns"),
    )
    with world.archive.database.writing() as session:
        for site in (OLD, NEW):
            note_identifiers(session, site, proofs, world.clock())
    world.pass_days(1)
    run = world.look(world.visit(f"https://{OLD}/", hops=[f"https://{NEW}/"]))
    assert run.found == ()
    keys = {notice.key for notice in run.notices if notice.key.startswith("successor")}
    assert keys == {f"successor-{OLD}-{NEW}"}, "one key, so that a channel hears of it once"


def test_a_target_that_nobody_captured_gets_a_first_look(world: World) -> None:
    world.register(OLD)
    world.register(NEW, created="2026-01-12")
    world.fronts[NEW] = f"<html><title>商城</title><body><p>{SHOP}</p></body></html>"
    world.look(world.visit(f"https://{OLD}/"))
    world.pass_days(10)
    notice = f"【公告】本站已启用新域名 {NEW} ，旧域名即将停用，请收藏。{SHOP}"
    run = world.look(world.visit(f"https://{OLD}/", body=notice))
    assert [(move.before, move.after) for move in run.found] == [(OLD, NEW)]
    assert states(world, NEW) != []


def test_a_notice_that_leads_to_a_stranger_is_a_candidate(world: World) -> None:
    world.register(OLD)
    world.register("lucky777.com", holder="Somebody")
    world.fronts["lucky777.com"] = "<html><title>娱乐</title><body><p>注册送彩金 QQ：1357924680</p></body></html>"
    world.look(world.visit(f"https://{OLD}/"))
    world.pass_days(3)
    run = world.look(world.visit(f"https://{OLD}/", hops=["https://lucky777.com/"], body="注册送彩金 QQ：1357924680"))
    assert run.found == ()
    with world.archive.database.reading() as session:
        kinds = {move.after: move.kind for move in list_moves(session)}
    assert kinds["lucky777.com"] is MoveKind.CANDIDATE


def test_a_name_dies_after_three_days_and_is_asked_for_every_week(world: World) -> None:
    world.register(OLD)
    world.look(world.visit(f"https://{OLD}/"))
    world.zone.names.pop(OLD)
    for _ in range(4):
        world.pass_days(1.01)
        world.look(world.visit(f"https://{OLD}/", **GONE))
    assert states(world, OLD) == [SiteState.ACTIVE, SiteState.DEAD]
    world.pass_days(2)
    assert OLD not in world.look().checked
    world.pass_days(5.1)
    world.zone.asked.clear()
    assert OLD in world.look().checked
    assert 0 < len([name for name, _ in world.zone.asked if name == OLD]) <= 4  # two resolvers, no more than two each


def test_nobody_is_dead_while_our_own_network_is_away(world: World) -> None:
    world.register(OLD)
    world.look(world.visit(f"https://{OLD}/"))
    world.online = False
    world.zone.names.pop(OLD)
    for _ in range(6):
        world.pass_days(1.01)
        world.look(world.visit(f"https://{OLD}/", outcome=Outcome.FAILED, reason=Reason.CONNECT_TIMEOUT, status=None))
    assert states(world, OLD) == [SiteState.ACTIVE, SiteState.UNKNOWN]
    kept = {item.id: item.name for item in list_evidence(world.archive)}
    assert kept[periods(world, OLD)[-1].proof[0]] == "own network", "what shows that it was our network"
    world.online = True
    world.register(OLD)
    world.pass_days(0.1)
    world.look(world.visit(f"https://{OLD}/"))
    assert states(world, OLD)[-1] is SiteState.ACTIVE


def test_a_held_name_is_held(world: World) -> None:
    world.register(OLD)
    world.look(world.visit(f"https://{OLD}/"))
    world.register(OLD, status="clientHold", resolves=False)
    for days in (0.5, 0.5):  # the registry is asked again at once, though its answer would hold for a week
        world.pass_days(days)
        world.look(world.visit(f"https://{OLD}/", **GONE))
    assert states(world, OLD) == [SiteState.ACTIVE, SiteState.HELD]


def test_a_name_sold_to_a_stranger_is_another_epoch(world: World) -> None:
    world.register(OLD)
    world.look(world.visit(f"https://{OLD}/"))
    world.zone.names.pop(OLD)
    for _ in range(4):
        world.pass_days(2)
        world.look(world.visit(f"https://{OLD}/", **GONE))
    world.pass_days(30)
    world.register(OLD, created="2026-02-10", holder="Somebody Else")
    world.look(world.visit(f"https://{OLD}/", body="茶叶批发 欢迎选购 QQ：1357924680 电话：13912345678"))
    earlier = f"{OLD}@{START.date().isoformat()}"
    found = periods(world, OLD)
    assert [p.state for p in found if p.site == earlier][-1] is SiteState.REREGISTERED
    assert all(p.since.date().isoformat() >= "2026-02-10" for p in found if p.site == OLD)


def test_siblings_are_candidates_only(world: World) -> None:
    world.register(OLD)
    world.look(world.visit(f"https://{OLD}/"))
    world.zone.names.pop(OLD)
    world.zone.names[NEW] = [("A", "127.0.0.1")]
    for _ in range(5):
        world.pass_days(1.01)
        world.look(world.visit(f"https://{OLD}/", **GONE))
    with world.archive.database.reading() as session:
        moves = {move.after: move for move in list_moves(session)}
    assert moves[NEW].kind is MoveKind.CANDIDATE
    assert "不能认定" in moves[NEW].reason
    assert set(moves) == {NEW}


def test_a_run_without_anything_due_asks_nobody(world: World) -> None:
    world.register(OLD)
    world.look(world.visit(f"https://{OLD}/"))
    world.zone.asked.clear()
    world.pass_days(0.02)
    assert world.look().checked == ()
    assert world.zone.asked == []


def test_pages_of_the_successor_are_taken_where_the_settings_say_so(world: World) -> None:
    world.config.write_text(
        f'[[platforms]]\nname = "{PLATFORM}"\n\n[[platforms.pages]]\nurl = "https://{OLD}/"\nrole = "home"\n'
        f'schedule = "every 3 h"\n\n[[platforms.pages]]\nurl = "https://{OLD}/terms"\nrole = "terms"\n',
        "utf-8",
    )
    world.extra = 'follow = "take"\n'
    world.register(OLD)
    world.register(NEW, created="2026-01-12")
    world.look(world.visit(f"https://{OLD}/"))
    world.pass_days(10)
    run = world.look(world.visit(f"https://{OLD}/", hops=[f"https://{NEW}/"]))
    assert {page.url for page in run.taken} == {f"https://{NEW}/", f"https://{NEW}/terms"}
    assert {page.schedule.text for page in run.taken} == {"every 3 h", "every 6 h"}
    assert NEW in world.config.read_text("utf-8")
    world.pass_days(0.5)
    again = world.look(world.visit(f"https://{OLD}/", hops=[f"https://{NEW}/"]))
    assert again.taken == ()


def test_pages_of_an_uncertain_successor_stay_proposals(world: World) -> None:
    world.config.write_text(
        f'[[platforms]]\nname = "{PLATFORM}"\n\n[[platforms.pages]]\nurl = "https://{OLD}/terms"\nrole = "terms"\n',
        "utf-8",
    )
    world.register(OLD)
    world.register(NEW, created="2026-01-12")
    world.look(world.visit(f"https://{OLD}/"))
    world.pass_days(10)
    proposed = world.look(world.visit(f"https://{OLD}/", hops=[f"https://{NEW}/"])).proposals
    with world.archive.database.reading() as session:
        line = follow_platform(session, PLATFORM, world.at)
    settings = read_settings(world.config.read_text("utf-8") + '[sites]\nfollow = "take"\n', world.config, {})
    followed = follow_successor(settings, line, certain=())
    assert proposed and (followed.taken, followed.proposals) == ((), proposed)
    assert NEW not in world.config.read_text("utf-8")


def test_looking_at_a_site_later_is_cheap_while_its_pages_are_visited(world: World) -> None:
    world.register(OLD)
    world.look(world.visit(f"https://{OLD}/"))
    asked = len(world.zone.asked)
    world.at += timedelta(hours=1)
    world.look(world.visit(f"https://{OLD}/"))
    assert len(world.zone.asked) == asked
