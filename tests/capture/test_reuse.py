"""What looks as it did is not made again; where only a price moved, only its place is photographed."""

from __future__ import annotations

import pytest

from scrapers.appearance import find_moved_numbers
from scrapers.model import Capture, Outcome, Role, ViewKind

from .conftest import Visitor, known_of
from .site import Site

COSTLY = {ViewKind.SCREENSHOT, ViewKind.PDF, ViewKind.MHTML}


def shop(
    price: str = "10.00", stock: int = 5, rule: str = "售后：7天内包补发。", token: str = "t1", extra: str = ""
) -> str:
    goods = "".join(f"<div class=g>点卡 {n} 号<div>¥{price}</div><div>库存 {stock + n}</div></div>" for n in range(3))
    return (
        f"<title>店</title><link rel=stylesheet href=/s.css><meta name=csrf content={token}>{goods}<p>{rule}</p>{extra}"
    )


def made(capture: Capture) -> set[ViewKind]:
    return {view.kind for view in capture.views if view.data is not None}


def test_an_unchanged_page_makes_no_view_again(visitor: Visitor, site: Site) -> None:
    site.page("/s.css", ".g{padding:9px}", media_type="text/css")
    first = visitor.capture(site.page("/", shop()))
    assert made(first) >= COSTLY
    second = visitor.capture(site.url + "/", known=known_of(first))
    assert second.outcome is Outcome.COMPLETE
    assert second.appearance == first.appearance
    assert made(second) == set()
    assert not second.full_views
    assert {view.kind for view in second.views} == {view.kind for view in first.views}
    assert all(view.reused_from == first.id for view in second.views)
    assert [view.digest for view in second.views] != []


def test_a_token_in_the_dom_changes_no_picture(visitor: Visitor, site: Site) -> None:
    site.page("/s.css", ".g{padding:9px}", media_type="text/css")
    first = visitor.capture(site.page("/", shop(token="t1")))
    second = visitor.capture(site.page("/", shop(token="t2")), known=known_of(first))
    assert made(second) == {ViewKind.DOM}


@pytest.mark.parametrize("role", [Role.PRODUCT, Role.HOME])
def test_a_moved_price_is_photographed_in_its_place_only(visitor: Visitor, site: Site, role: Role) -> None:
    site.page("/s.css", ".g{padding:9px}", media_type="text/css")
    first = visitor.capture(site.page("/", shop("10.00", 5)), role)
    second = visitor.capture(site.page("/", shop("12.50", 3)), role, known=known_of(first))
    assert made(second) == {ViewKind.DOM, ViewKind.TEXT, ViewKind.REGION_SCREENSHOT}
    regions = [view for view in second.views if view.kind is ViewKind.REGION_SCREENSHOT]
    assert 1 <= len(regions) <= 6
    assert all(view.data and view.data.startswith(b"\x89PNG") and view.reused_from == first.id for view in regions)
    assert sum(len(view.data or b"") for view in regions) < 60_000
    assert not second.full_views


@pytest.mark.parametrize(
    "changed",
    [
        {"rule": "售后：3天内包补发。"},
        {"extra": "<p>库存 9 件</p>"},
        {"extra": "<style>.g{color:red}</style>"},
    ],
)
def test_anything_else_makes_a_full_set(visitor: Visitor, site: Site, changed: dict[str, str]) -> None:
    site.page("/s.css", ".g{padding:9px}", media_type="text/css")
    first = visitor.capture(site.page("/", shop()))
    second = visitor.capture(site.page("/", shop("12.50", **changed)), known=known_of(first))  # type: ignore[arg-type]
    assert made(second) >= COSTLY
    assert second.full_views


def test_a_changed_picture_makes_a_full_set(visitor: Visitor, site: Site) -> None:
    drawing = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'><rect width='40' height='40' fill='{}'/></svg>"
    )
    url = site.page("/", shop(extra="<img src=/a.svg width=40 height=40>"))
    site.page("/a.svg", drawing.format("red"), media_type="image/svg+xml")
    first = visitor.capture(url)
    site.page("/a.svg", drawing.format("blue"), media_type="image/svg+xml")
    assert visitor.capture(url, known=known_of(first)).full_views


def test_on_a_terms_page_a_moved_number_makes_a_full_set(visitor: Visitor, site: Site) -> None:
    first = visitor.capture(site.page("/", shop("10.00")), Role.TERMS)
    assert visitor.capture(site.page("/", shop("12.00")), Role.TERMS, known=known_of(first)).full_views


def test_a_known_pop_up_is_read_again_and_not_photographed_again(visitor: Visitor, site: Site) -> None:
    popup = "<div role=dialog style='position:fixed;inset:20%;background:#fff;z-index:99'>公告：{}</div>"
    first = visitor.capture(site.page("/", shop(extra=popup.format("七天补发"))))
    same = visitor.capture(site.url + "/", known=known_of(first))
    pictures = [view for view in same.views if view.kind is ViewKind.POPUP_SCREENSHOT]
    assert [(view.data, view.reused_from) for view in pictures] == [(None, first.id)]
    changed = visitor.capture(site.page("/", shop(extra=popup.format("三天补发"))), known=known_of(first))
    assert any(view.kind is ViewKind.POPUP_SCREENSHOT and view.data for view in changed.views)
    assert changed.appearance != first.appearance


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("点卡\n¥10.00\n库存 5", "点卡\n¥9.80\n库存 4", ("¥9.80", "库存 4")),
        ("价格\n¥\n10.00", "价格\n¥\n12.00", ("12.00",)),
        ("已售 120 件", "已售 121 件", ("已售 121 件",)),
        ("库存 一般", "库存 充足", ("库存 充足",)),
        ("已售罄 ¥118", "现货充足 ¥118", ("现货充足 ¥118",)),
    ],
)
def test_prices_stocks_and_counters_are_moved_numbers(before: str, after: str, moved: tuple[str, ...]) -> None:
    assert find_moved_numbers(before, after) == moved


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("售后：7天内补发", "售后：3天内补发"),
        ("质保 30 天 ¥10", "质保 3 天 ¥10"),
        ("客服QQ：10086001 剩余 3", "客服QQ：10086002 剩余 3"),
        ("¥10 不退", "¥12 不退"),
        ("满 100 元减 5 元", "满 200 元减 5 元"),
        ("每人限购 5 库存 3", "每人限购 1 库存 3"),
        ("补发时限\n7\n天", "补发时限\n3\n天"),
        ("¥10\n包售后", "¥10"),
        ("名称 A ¥10", "名称 B ¥10"),
        ("有效期\n30", "有效期\n7"),
        ("x", "x"),
    ],
)
def test_what_may_be_a_rule_is_never_a_moved_number(before: str, after: str) -> None:
    assert find_moved_numbers(before, after) is None
