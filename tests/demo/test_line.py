"""The demo's platform over its domains: what is told, and what is called a difference from the truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.demo.line import IMPOSTOR, TRUE_LINE, DemoLine, LineSite, judge_line, tell_line
from monitor.demo.script import at
from monitor.demo.truth import Seen
from scrapers.model import Outcome

WHOLE = DemoLine(
    tuple(
        LineSite(site, (("正常", at(7, place + 1)),), onward, at(7, place + 2) if onward else None, "旧站公告新网址")
        for place, (site, onward) in enumerate(zip(TRUE_LINE, (*TRUE_LINE[1:], ""), strict=True))
    ),
    now=TRUE_LINE[-1:],
    conclusion="主体不明",
)


def visits(*pages: str) -> list[Seen]:
    return [Seen(page, at(8, 29) + timedelta(hours=n), Outcome.COMPLETE, "", False) for n, page in enumerate(pages)]


EVERYWHERE = visits("xinghe-home", "xinghe88-home", "xinghe99-home", "vip-home", "release-home")


def test_the_whole_line_meets_the_truth() -> None:
    verdict = judge_line(WHOLE, EVERYWHERE)
    assert verdict.followed == verdict.expected == TRUE_LINE
    assert verdict.impostor_seen and verdict.troubles == ()


def test_a_move_that_was_missed_is_told() -> None:
    first, second, third = WHOLE.sites
    broken = judge_line(replace(WHOLE, sites=(first, replace(second, moved_to=""), third)), EVERYWHERE)
    assert broken.followed == TRUE_LINE[:2]
    assert any(TRUE_LINE[2] in trouble for trouble in broken.troubles)


def test_an_impostor_that_is_followed_is_told() -> None:
    with_it = replace(WHOLE, sites=(*WHOLE.sites, LineSite(IMPOSTOR, ())), impostor_followed=True)
    assert any("impostor" in trouble for trouble in judge_line(with_it, EVERYWHERE).troubles)


def test_a_wrong_present_place_is_told() -> None:
    assert judge_line(replace(WHOLE, now=TRUE_LINE[1:2]), EVERYWHERE).troubles != ()
    assert judge_line(replace(WHOLE, now=()), EVERYWHERE).troubles != ()


def test_a_short_walk_is_asked_only_for_what_it_saw() -> None:
    short = judge_line(replace(WHOLE, sites=WHOLE.sites[:1], now=()), visits("xinghe-terms", "songguo-item"))
    assert short.expected == short.followed == TRUE_LINE[:1]
    assert short.troubles == () and not short.impostor_seen


def test_the_line_is_told_in_chinese_with_dates() -> None:
    told = "\n".join(tell_line(replace(WHOLE, impostor_why="域名注册人不一致"), judge_line(WHOLE, EVERYWHERE)))
    for word in (*TRUE_LINE, "2026-07-01 起正常", "旧站公告新网址", f"不跟随 {IMPOSTOR}：域名注册人不一致", "主体不明"):
        assert word in told
    assert tell_line(DemoLine(), judge_line(DemoLine(), [])) == []
