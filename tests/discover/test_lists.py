"""Products and rule links that come and go: told after a second look, never of a list that was seen in part."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.changes.compare import compare_readings
from monitor.changes.kinds import load_kinds
from monitor.changes.listed import COMING_AND_GOING, explain_partial, holds_back, withhold_absences
from monitor.changes.settle import needs_confirmation, settle_changes
from scrapers.dom import parse_page
from scrapers.extract import read_page
from scrapers.links import MAX_LINKS, find_links
from scrapers.model import Fact, FactKind, PageContent, Reading, Role
from scrapers.page_links import find_page_links
from storage.model import Change, ChangeClass, ChangeStatus, Difference, Severity, WatchedPage

NAMES = tuple(f"星辰会员第{number}档" for number in range(1, 11))


def listing(*names: str, text: str = "") -> Reading:
    """A list page that shows these products, each under its number."""
    facts = tuple(
        fact
        for name in names
        for fact in (
            Fact(f"item:{name[5:-1]}", FactKind.NAME, name),
            Fact(f"item:{name[5:-1]}", FactKind.PRICE, "9.9"),
        )
    )
    return Reading("acg-faka", 0.9, "1", "列表", "\n".join([*names, text]), facts)


def kinds(before: Reading, after: Reading) -> list[str]:
    return [kind for one in compare_readings(before, after, role=Role.HOME) for kind in one.kinds]


def as_change(difference: Difference) -> Change:
    page = WatchedPage("p", "示例小铺", "https://shop.test/", Role.HOME, "desktop")
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return Change("ch", page, "c1", "c2", at, at, ChangeStatus.PENDING, "", difference)


def test_a_product_that_goes_from_a_whole_list_is_told_and_waits_for_a_second_look() -> None:
    [found] = compare_readings(listing(*NAMES), listing(*NAMES[1:]), role=Role.HOME)
    assert found.kinds == ("product_removed",)
    assert NAMES[0] in found.before
    assert needs_confirmation(found)


def test_a_product_that_comes_waits_for_a_second_look_too() -> None:
    [found] = compare_readings(listing(*NAMES[1:]), listing(*NAMES), role=Role.HOME)
    assert found.change_class is ChangeClass.NEW
    assert needs_confirmation(found)


def test_a_product_that_was_away_for_one_look_blinked() -> None:
    gone = compare_readings(listing(*NAMES), listing(*NAMES[1:]), role=Role.HOME)
    back = compare_readings(listing(*NAMES[1:]), listing(*NAMES), role=Role.HOME)
    settled = settle_changes([as_change(one) for one in gone], back)
    assert settled.blinked == ("ch",)
    assert not settled.remaining


def test_a_product_that_stays_away_is_confirmed() -> None:
    gone = compare_readings(listing(*NAMES), listing(*NAMES[1:]), role=Role.HOME)
    assert settle_changes([as_change(one) for one in gone], ()).confirmed == ("ch",)


@pytest.mark.parametrize(
    ("after", "word"),
    [
        (listing(), "没有读到任何商品"),
        (listing(*NAMES[:4], text="共 10 件商品"), "页面写明共10件，只显示了4件"),
        (listing(*NAMES[:4], text="加载更多"), "分页或逐步加载"),
        (listing(*NAMES[:4], text="1/3 页 下一页"), "分页或逐步加载"),
        (listing(*(f"海棠游戏第{n}0档" for n in range(1, 6))), "几乎全部不同"),
    ],
)
def test_a_list_seen_in_part_lost_nothing_and_says_what_is_unknown(after: Reading, word: str) -> None:
    found = compare_readings(listing(*NAMES), after, role=Role.HOME)
    assert not any("product_removed" in one.kinds for one in found)
    [told] = [one for one in found if "list_incomplete" in one.kinds]
    assert word in told.reason
    assert "是否下架不明" in told.reason
    assert told.severity is Severity.NONE


def test_products_that_come_back_after_a_list_seen_in_part_are_not_new() -> None:
    assert "product_added" not in kinds(listing(*NAMES[:4], text="共 10 件商品"), listing(*NAMES, text="共 10 件商品"))
    assert "product_added" not in kinds(listing(), listing(*NAMES))


def test_a_capture_that_was_cut_short_lost_nothing() -> None:
    before, after = listing(*NAMES), listing(*NAMES[:9])
    differences = compare_readings(before, after, role=Role.HOME)
    held = withhold_absences(differences, before, after, missing_after="load")
    assert [one.kinds for one in held] == [("list_incomplete",)]
    assert "抓取不完整（load）" in held[0].reason


def test_a_list_seen_in_part_does_not_confirm_a_pending_loss() -> None:
    [gone] = compare_readings(listing(*NAMES), listing(*NAMES[1:]), role=Role.HOME)
    assert holds_back(as_change(gone), listing(*NAMES[1:]), listing(*NAMES[3:6], text="加载更多"))
    assert not holds_back(as_change(gone), listing(*NAMES[1:]), listing(*NAMES[1:]))


def test_a_count_of_categories_says_nothing_of_products() -> None:
    assert not explain_partial(listing(*NAMES, text="共 25 个分类"), listing(*NAMES))


def test_all_kinds_of_coming_and_going_are_known() -> None:
    assert set(COMING_AND_GOING) | {"list_incomplete"} <= set(load_kinds())


# --- links to rules ---------------------------------------------------------------------------------------------------

FOOTER = (
    '<footer><a href="/protocol">用户协议</a><a href="/refund?t=8123">退款规则</a><a href="/us">联系我们</a></footer>'
)


def home(footer: str = FOOTER, *, role: Role = Role.HOME) -> Reading:
    dom = f"<html><body><h1>星辰小铺</h1><p>所有商品自动发货，请放心选购。</p>{footer}</body></html>"
    return read_page(PageContent("https://shop.test/", dom), role=role)


def test_links_to_rules_are_facts_of_a_home_page() -> None:
    links = {f.qualifier: f.value for f in home().facts if f.kind is FactKind.LINK}
    assert links == {"terms:用户协议": "/protocol", "terms:退款规则": "/refund", "contact:联系我们": "/us"}
    assert not [f for f in home(role=Role.PRODUCT).facts if f.kind is FactKind.LINK]


def test_a_link_to_rules_that_goes_is_told_against_the_buyer() -> None:
    found = compare_readings(home(), home(FOOTER.replace('<a href="/refund?t=8123">退款规则</a>', "")), role=Role.HOME)
    [told] = [one for one in found if "terms_page_removed" in one.kinds]
    assert "退款规则" in told.reason
    assert told.severity is Severity.MEDIUM
    assert needs_confirmation(told)


def test_a_link_to_rules_that_comes_is_told_and_confirmed_by_a_second_look() -> None:
    more = FOOTER.replace("</footer>", '<a href="/privacy">隐私政策</a></footer>')
    found = compare_readings(home(), home(more), role=Role.HOME)
    [told] = [one for one in found if "terms_page_added" in one.kinds]
    assert "隐私政策" in told.after
    assert needs_confirmation(told)


def test_a_link_that_is_renamed_or_carries_another_token_is_no_loss() -> None:
    renamed = FOOTER.replace("退款规则", "退款政策").replace("t=8123", "t=9999")
    assert not LINK_WORDS & set(kinds(home(), home(renamed)))


def test_the_same_words_that_lead_elsewhere_are_told() -> None:
    assert "terms_page_moved" in kinds(home(), home(FOOTER.replace("/protocol", "/protocol-new")))


def test_a_page_without_its_navigation_lost_no_link() -> None:
    assert not LINK_WORDS & set(kinds(home(), home("")))


def test_versions_from_before_links_were_read_say_nothing_of_them() -> None:
    older = home()
    older = replace(older, facts=tuple(f for f in older.facts if f.kind is not FactKind.LINK))
    assert not LINK_WORDS & set(kinds(older, home()))


LINK_WORDS = {"terms_page_added", "terms_page_removed", "terms_page_moved"}


def test_rule_links_are_found_below_ten_thousand_others() -> None:
    crowd = "".join(f'<a href="/goods/{n}">商品{n}</a>' for n in range(10_000))
    page = parse_page(PageContent("https://shop.test/", f"<html><body>{crowd}{FOOTER}</body></html>"), Role.HOME)
    assert len(find_links(page)) == MAX_LINKS
    assert len(find_page_links(page)) == 3
