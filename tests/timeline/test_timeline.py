"""A timeline says what was seen when, draws nothing where nobody looked, and stays readable when it is long."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from monitor.changes.timeline import Look, Timeline, find_gaps, make_timeline
from monitor.changes.timeline_page import render_timeline_html
from monitor.changes.timeline_svg import MOST_PAGES, draw_timelines
from scrapers.model import Fact, FactKind, Outcome, Reading, Role
from storage.model import Change, ChangeClass, ChangeStatus, Difference, Effect, Severity, WatchedPage

START = datetime(2026, 3, 1, 16, tzinfo=UTC)  # midnight in Shanghai
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script>\"'&\u202e\x00"


def page(name: str = "示例卡盟") -> WatchedPage:
    return WatchedPage("p-1", name, "https://a.test/?x=<i>", Role.PRODUCT, "desktop")


def reading(price: str, stock: str = "5", name: str = "点卡") -> Reading:
    facts = (
        Fact("s", FactKind.NAME, name),
        Fact("s", FactKind.PRICE, price),
        Fact("s", FactKind.STOCK, stock),
    )
    return Reading("generic", 1.0, "r", "", "", facts=facts)


def change(
    days: float,
    severity: Severity = Severity.HIGH,
    *,
    reason: str = "质保期由30天缩短为7天",
    status: ChangeStatus = ChangeStatus.CONFIRMED,
    change_class: ChangeClass = ChangeClass.RULE,
    effect: Effect = Effect.WORSE,
) -> Change:
    difference = Difference(change_class, severity, effect, (), "", "", "", reason)
    at = START + timedelta(days=days)
    return Change(f"d-{days}-{reason[:5]}", page(), "c-1", "c-2", at - timedelta(days=1), at, status, "", difference)


def make(
    looks: Sequence[Look], changes: Sequence[Change] = (), name: str = "示例卡盟", prices: Sequence[str] = ("10", "12")
) -> Timeline:
    return make_timeline(page(name), looks, {key: reading(price) for key, price in enumerate(prices)}, changes)


def days(count: int, outcome: Outcome = Outcome.COMPLETE) -> list[Look]:
    return [Look(START + timedelta(days=day), outcome, key=day % 2) for day in range(count)]


def test_prices_are_known_at_the_looks_only() -> None:
    (series,) = make(days(4)).prices
    assert [(point.at, point.shown) for point in series.points] == [
        (START + timedelta(days=day), ("10", "12")[day % 2]) for day in range(4)
    ]


def test_of_a_list_the_products_whose_price_moved_are_drawn() -> None:
    def listed(prices: dict[str, str]) -> Reading:
        facts = [
            fact
            for name, price in prices.items()
            for fact in (Fact(name, FactKind.NAME, name), Fact(name, FactKind.PRICE, price))
        ]
        return Reading("generic", 1.0, "r", "", "", facts=tuple(facts))

    shop = WatchedPage("p-2", "示例卡盟", "https://a.test/", Role.HOME, "desktop")
    readings = {0: listed({"甲": "1", "乙": "5", "丙": "9"}), 1: listed({"甲": "1", "乙": "6", "丙": "9"})}
    assert [one.name for one in make_timeline(shop, days(4), readings, []).prices] == ["乙"]


def test_a_time_much_longer_than_usual_without_a_look_is_a_gap() -> None:
    moments = [START + timedelta(days=day) for day in (0, 1, 2, 3, 30, 31)]
    assert find_gaps(moments) == ((moments[3], moments[4]),)
    assert find_gaps(moments[:4]) == ()
    assert find_gaps([START]) == ()


def test_no_line_is_drawn_through_a_gap() -> None:
    looks = [Look(START + timedelta(days=day), Outcome.COMPLETE, key=0) for day in (0, 1, 2, 40, 41)]
    root = ET.fromstring(draw_timelines([make(looks, prices=["10"])]))
    paths = [
        path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("fill") == "none" and "L" in path.get("d", "")
    ]
    edges = [
        rect
        for rect in root.iter(f"{SVG}rect")
        if rect.get("fill") == "url(#gap)" and rect.find(f"{SVG}title") is not None
    ]
    (gap,) = edges
    left, right = float(gap.get("x", 0)), float(gap.get("x", 0)) + float(gap.get("width", 0))
    for path in paths:
        for stroke in path.split("M")[1:]:
            start, end = (float(part.split()[0]) for part in stroke.split("L"))
            assert end <= left + 0.2 or start >= right - 0.2


def test_the_gravest_are_listed_with_since_when_and_blinked_ones_are_not_drawn() -> None:
    svg = draw_timelines(
        [make(days(9), [change(2), change(5, Severity.CRITICAL, reason="取消退款", status=ChangeStatus.BLINKED)])]
    )
    words = "".join(ET.fromstring(svg).itertext())
    assert "质保期由30天缩短为7天" in words and "取消退款" not in words
    assert "2026-03-03 之后、2026-03-04 00:00 之前" in words
    assert "闪变 1 处" in words


def test_what_was_given_back_is_listed_too_and_our_own_outcomes_are_not() -> None:
    given = change(5, Severity.NONE, reason="补发期由3天延长为7天，对买家有利", effect=Effect.BETTER)
    again = change(6, Severity.NONE, reason="可以正常打开", change_class=ChangeClass.OUTCOME, effect=Effect.BETTER)
    timeline = make(days(8), [given, again])
    assert [event.is_told for event in timeline.events] == [True, False]
    html = render_timeline_html([timeline])
    table = html[html.index("<table>") :]
    assert "补发期由3天延长为7天，对买家有利（已复核）" in table and "可以正常打开" not in table


def test_severities_differ_by_shape_and_not_by_colour_alone() -> None:
    looks = days(30)
    shapes = []
    for severity in (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW):
        with_one = draw_timelines([make(looks, [change(9, severity)])])
        without = draw_timelines([make(looks)])
        counts = [
            (
                text.count("<circle") - without.count("<circle"),
                text.count("<rect") - without.count("<rect"),
                text.count('Z"'),
            )
            for text in (with_one,)
        ]
        drawn = [d.get("d", "") for d in ET.fromstring(with_one).iter(f"{SVG}path") if d.get("d", "").endswith("Z")]
        shapes.append((counts[0], sorted(path.count("L") for path in drawn)))
    assert len({str(shape) for shape in shapes}) == 4


def test_what_a_page_says_stays_text() -> None:
    timeline = make(days(5), [change(2, reason=HOSTILE)], name=HOSTILE)
    for made in (draw_timelines([timeline]), render_timeline_html([timeline])):
        assert "<script" not in made and "\u202e" not in made and "\x00" not in made
    ET.fromstring(draw_timelines([timeline]))
    assert "default-src 'none'" in render_timeline_html([timeline])


def test_failed_looks_are_crossed_and_their_reason_is_told() -> None:
    looks = [*days(3), Look(START + timedelta(days=3), Outcome.FAILED, "dns_no_such_name")]
    svg = draw_timelines([make(looks)])
    assert "失败 1 dns_no_such_name" in svg


def test_a_history_of_thousands_is_drawn_at_once_and_stays_small() -> None:
    looks = [
        Look(START + timedelta(hours=hour), Outcome.FAILED if hour % 97 == 0 else Outcome.COMPLETE, key=hour // 500 % 2)
        for hour in range(6_000)
    ]
    changes = [change(number / 8, list(Severity)[number % 5]) for number in range(2_000)]
    start = time.process_time()
    svg = draw_timelines([make(looks, changes)])
    assert time.process_time() - start < 2
    assert len(svg) < 400_000
    assert "另有" in svg


def test_many_pages_are_cut_and_it_is_said() -> None:
    svg = draw_timelines([make(days(3))] * (MOST_PAGES + 3))
    assert "另有 3 个页面未画出" in svg


def test_one_look_alone_can_be_drawn() -> None:
    ET.fromstring(draw_timelines([make(days(1))]))


def test_readings_that_were_not_looked_into_are_said() -> None:
    short, whole = make(days(6), prices=("10",)), make(days(6))
    assert (short.left_out, whole.left_out) == (1, 0)
    assert "另有 1 种页面内容未逐一读取" in draw_timelines([short])
    assert "未逐一读取" not in draw_timelines([whole])
