"""`cardwatch sites`, `domains` and what sees a platform across its domains, on an archive of a scripted world."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from terminal import invoke_apart

from monitor.cli.exit_codes import ExitCode
from monitor.cli.main import group
from monitor.operators.move_signals import read_signals
from monitor.sites.picture import draw_sites
from sites.world import PLATFORM, World, open_world
from storage.identity import SitePeriod, SiteState, Statement

OLD, NEW = "xinglan88.com", "xinglan89.com"
START = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path) as found:
        found.config.write_text(
            f'[archive]\npath = "{tmp_path}/archive"\ndatabase = "sqlite:///{tmp_path}/archive/cardwatch.db"\n'
            f'[[platforms]]\nname = "{PLATFORM}"\n\n[[platforms.pages]]\nurl = "https://{OLD}/"\nrole = "home"\n',
            "utf-8",
        )
        found.register(OLD)
        found.look(found.visit(f"https://{OLD}/"))
        found.pass_days(10)
        found.register(NEW, created="2026-01-12")
        for _ in range(2):
            found.pass_days(0.5)
            found.look(found.visit(f"https://{OLD}/", hops=[f"https://{NEW}/"]))
        yield found


def call(world: World, *words: str) -> Result:
    return invoke_apart(group, ["--config", str(world.config), *words])


def answer(world: World, *words: str) -> dict[str, Any]:
    result = call(world, *words, "--json")
    assert result.exit_code == ExitCode.DONE, result.stderr
    data: dict[str, Any] = json.loads(result.stdout)
    return data


def test_sites_says_state_reason_proof_and_next_check(world: World) -> None:
    (old, new) = answer(world, "sites", PLATFORM)["sites"]
    assert (old["site"], old["state"], old["target"]) == (OLD, "redirecting", NEW)
    assert old["proof"] and old["reason"] and old["next_check_at"] > old["checked_at"]
    assert new["site"] == NEW
    printed = call(world, "sites").stdout
    assert f"{OLD}  跳转" in printed
    assert "依据：" in printed and "证据：" in printed


def test_domains_shows_the_line_with_signals_and_proof(world: World) -> None:
    found = answer(world, "domains", OLD)
    (move,) = found["moves"]
    assert (move["before"], move["after"]) == (OLD, NEW)
    redirect = next(one for one in move["signals"] if one["signal"] == "redirect_permanent")
    assert redirect["proof"].startswith("c-")
    assert found["now"] == [NEW]
    assert [one["url"] for one in found["proposals"]] == [f"https://{NEW}/"]
    printed = call(world, "domains", PLATFORM).stdout
    assert f"{OLD} → {NEW}" in printed
    assert "起旧站跳转" in printed and "线索合计" in printed
    assert "━" in printed and "→" in printed
    assert f"现用：{NEW}" in printed
    assert len(printed.splitlines()) < 30, "one screen"
    proof = found["sites"][0]["proof"][-1]
    assert proof not in printed
    assert proof in call(world, "domains", PLATFORM, "--details").stdout


def test_a_person_rejects_and_takes_it_back(world: World) -> None:
    refused = answer(world, "domains", PLATFORM, "--reject", OLD, NEW, "--reason", "平台称其假冒", "--by", "张三")
    assert refused["moves"] == []
    (move,) = refused["rejected"]
    assert "张三" in move["reason"] and "平台称其假冒" in move["reason"]
    assert answer(world, "domains", PLATFORM)["moves"] == []
    undone = answer(world, "domains", PLATFORM, "--undo", OLD, NEW)
    assert [move["after"] for move in undone["moves"]] == [NEW]


def test_a_person_confirms_what_the_rule_does_not(world: World) -> None:
    other = "star-card.com"
    world.register(other)
    world.look(world.visit(f"https://{other}/", body="另一家小店，客服QQ：3007815526"))
    found = answer(world, "domains", PLATFORM, "--confirm", NEW, f"https://www.{other}/", "--reason", "客服当面确认")
    assert {(move["before"], move["after"]) for move in found["moves"]} == {(OLD, NEW), (NEW, other)}
    assert found["now"] == [other]


def test_a_decision_needs_its_reason(world: World) -> None:
    result = call(world, "domains", PLATFORM, "--reject", OLD, NEW)
    assert result.exit_code == ExitCode.WRONG_USE
    assert "--reason" in result.stderr


def test_follow_takes_the_pages(world: World) -> None:
    call(world, "domains", PLATFORM, "--follow")
    assert f"https://{NEW}/" in world.config.read_text("utf-8")
    assert answer(world, "domains", PLATFORM)["proposals"] == []


def test_history_and_at_see_one_platform_under_whatever_name(world: World) -> None:
    from monitor.selectors import Selectors
    from monitor.watch import record_capture
    from scrapers.model import Role
    from sites.world import capture_of
    from storage.pages import ensure_page

    world.pass_days(1)
    with world.archive.database.writing() as session:
        page = ensure_page(session, "星岚新站", f"https://{NEW}/", Role.HOME, "desktop", world.at)
    record_capture(world.archive, capture_of(f"https://{NEW}/", world.at), page, Selectors())
    seen = {one["page"]["platform"] for one in answer(world, "history", "--platform", PLATFORM)["captures"]}
    assert seen == {PLATFORM, "星岚新站"}
    around = answer(world, "at", "--platform", PLATFORM, "--at", world.at.isoformat())
    assert {one["page"]["url"] for one in around["pages"]} == {f"https://{OLD}/", f"https://{NEW}/"}


def test_an_unknown_platform_is_told_with_the_nearest(world: World) -> None:
    result = call(world, "domains", "星兰卡盟")
    assert result.exit_code == ExitCode.NOTHING_FOUND
    assert PLATFORM in result.stderr


def test_the_picture_has_a_row_for_each_site() -> None:
    begin, later, end = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 3, 5))
    first = SitePeriod(OLD, SiteState.ACTIVE, begin, later, later)
    gone = SitePeriod(OLD, SiteState.DEAD, later, end)
    second = SitePeriod(NEW, SiteState.ACTIVE, later, end)
    axis, *rows = draw_sites([(OLD, [first, gone]), (NEW, [second])], end, width=20)
    assert axis.startswith("2026-01-01") and axis.endswith("2026-05-01")
    assert rows[0].startswith("━━━") and "×" in rows[0] and rows[0].endswith(OLD)
    assert rows[1].startswith("   ") and "━" in rows[1]
    assert draw_sites([(OLD, [])], end) == []


def test_the_picture_says_what_nobody_looked_at() -> None:
    begin, middle, end, today = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 3, 5, 11))
    left_alone = SitePeriod(OLD, SiteState.ACTIVE, begin, middle)
    watched = SitePeriod(NEW, SiteState.ACTIVE, begin, end)
    axis, *rows = draw_sites([(OLD, [left_alone]), (NEW, [watched])], today, width=20)
    assert axis.endswith("2026-05-01"), "it ends where anybody looked last"
    assert "━" in rows[0] and "·" in rows[0]
    assert "·" not in rows[1]


def test_a_site_that_nobody_has_seen_is_not_confirmed(world: World) -> None:
    result = call(world, "domains", PLATFORM, "--confirm", NEW, "never-seen-card.com", "--reason", "听说")
    assert result.exit_code == ExitCode.NOTHING_FOUND
    assert "cardwatch lookup never-seen-card.com" in result.stderr
    assert "never-seen-card.com" not in call(world, "domains", PLATFORM).stdout


def test_a_release_page_of_another_line_is_not_listed() -> None:
    from monitor.operators.release_pages import find_release_pages
    from monitor.sites.moves import is_own_page

    def said(site: str, kind: str, value: str, role: str = "") -> Statement:
        return Statement(site, kind, value, "visible", START, START, "c-1", "c-1", role=role)

    page = "ka-fabu.com"
    told = [
        said(OLD, "release_page", page),
        said("copy-ka.com", "release_page", page),
        said(page, "notice_successor", OLD),
        said(OLD, "release_page", f"www.{NEW}"),
        said(OLD, "notice_successor", NEW, "backup"),
    ]
    signals = read_signals(told)
    pages = {one.site: one for one in find_release_pages(told)}
    assert is_own_page(pages[page], [OLD], signals)
    assert not is_own_page(pages[page], ["copy-ka.com"], signals), "it names the copy nowhere"
    assert not is_own_page(pages[page], [NEW], signals), "no site of the line names it"
    assert not is_own_page(pages[NEW], [OLD], signals), "a spare address is a shop"


def test_history_and_at_say_where_visits_were_led_away(world: World) -> None:
    printed = call(world, "history", "--platform", PLATFORM).stdout
    assert f"→ {NEW}" in printed
    around = answer(world, "at", f"https://{OLD}/", "--at", world.at.isoformat())["pages"][0]
    assert [one["arrived_at"] for one in around["led_away_between"]] == [NEW, NEW]
    assert NEW in around["statement"] and NEW in around["statement_en"]
    assert (
        f"期间跳转到另一个网站：{around['led_away_between'][0]['id']}"
        in call(world, "at", f"https://{OLD}/", "--at", world.at.isoformat()).stdout
    )
