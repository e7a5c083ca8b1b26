"""A rule that stays in the code and is taken from the visitor's eyes is told; what merely folds is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.changes.compare import compare_readings
from monitor.changes.settle import needs_confirmation, settle_changes
from scrapers.extract import read_page
from scrapers.model import PageContent, Reading, Role
from storage.model import Change, ChangeClass, ChangeStatus, Difference, Effect, Severity, WatchedPage

RULE = "坏卡七天内全额退款。"
BURDEN = "逾期未反馈的，概不退款。"
AT = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = WatchedPage("p", "x", "https://a.test/", Role.TERMS, "desktop")


def read(part: str, *seen: str, role: Role = Role.TERMS, popups: tuple[str, ...] = ()) -> Reading:
    """A page with this part; `seen` is what the browser showed of it, nothing when no browser looked."""
    html = f"<main><h1>服务条款</h1><p>请仔细阅读本条款，购买即视为同意。</p>{part}<p>客服九点到十八点在线。</p></main>"
    text = (
        "\n".join(["服务条款", "请仔细阅读本条款，购买即视为同意。", *seen, "客服九点到十八点在线。"]) if seen else ""
    )
    return read_page(PageContent("http://a.test/t", html, text=text, popups=popups), role=role)


def rules(before: Reading, after: Reading) -> list[Difference]:
    return [
        one for one in compare_readings(before, after, role=Role.TERMS) if one.change_class is not ChangeClass.NOISE
    ]


@pytest.mark.parametrize("role", [Role.TERMS, Role.PRODUCT])
@pytest.mark.parametrize(
    "markup",
    [
        '<p style="display: none">{}</p>',
        '<p style="visibility:hidden">{}</p>',
        '<p style="font-size:0">{}</p>',
        '<p style="font-size:0px;color:red">{}</p>',
        "<p hidden>{}</p>",
        '<p class="d-none">{}</p>',
        '<p style="opacity:0">{}</p>',
        '<p style="opacity: 0.01; color: red">{}</p>',
        '<p style="color:#fff;background-color:#FFFFFF">{}</p>',
        '<p style="color:white">{}</p>',
        '<p style="color:transparent">{}</p>',
        '<p style="position:absolute;left:-9999px">{}</p>',
        '<p style="text-indent:-9999px">{}</p>',
        '<div style="height:0;overflow:hidden"><p>{}</p></div>',
        '<div style="display:none"><section><p>{}</p></section></div>',
    ],
)
def test_a_right_that_is_hidden_is_told_one_step_below_its_removal(markup: str, role: Role) -> None:
    shown, hidden = read(f"<p>{RULE}</p>", role=role), read(markup.format(RULE), role=role)
    (found,) = rules(shown, hidden)
    assert (found.change_class, found.kinds, found.effect) == (ChangeClass.RULE, ("rule_hidden",), Effect.WORSE)
    assert found.severity is Severity.HIGH
    assert "该条款仍在网页代码中，但页面上不再显示" in found.reason
    assert needs_confirmation(found)
    assert not found.quotable
    (back,) = rules(hidden, shown)
    assert (back.kinds, back.effect) == (("rule_shown_again",), Effect.BETTER)


@pytest.mark.parametrize("tag", ["del", "s", "strike"])
def test_a_right_that_is_struck_out_is_told_as_struck_out(tag: str) -> None:
    (found,) = rules(read(f"<p>{RULE}</p>", RULE), read(f"<p><{tag}>{RULE}</{tag}></p>", RULE))
    assert (found.kinds, found.severity) == (("rule_struck",), Severity.HIGH)
    assert "已被划去" in found.reason


def test_words_struck_out_of_a_line_are_a_change_of_that_line() -> None:
    before = read("<p>坏卡七天内换货，无货可换的全额退款。</p>")
    after = read("<p>坏卡七天内换货，<del>无货可换的全额退款</del>。</p>")
    assert any(one.effect is Effect.WORSE and one.severity.rank >= Severity.HIGH.rank for one in rules(before, after))


def test_an_old_price_that_is_struck_out_is_no_rule() -> None:
    page = "<p>限时优惠{}现在15元，售出后七天内可以换货。</p>"
    assert rules(read(page.format("<del>原价20元</del>")), read(page.format("原价20元"))) == []


def test_a_burden_that_is_hidden_is_a_trap() -> None:
    (found,) = rules(read(f"<p>{BURDEN}</p>"), read(f'<p style="opacity:0">{BURDEN}</p>'))
    assert found.kinds[0] == "burden_hidden"
    assert found.effect is Effect.WORSE
    assert found.severity.rank >= Severity.MEDIUM.rank


def test_what_a_stylesheet_hides_is_told_by_what_the_browser_showed() -> None:
    markup = f'<p class="x">{RULE}</p>'
    (found,) = rules(read(markup, RULE), read(markup, "欢迎光临"))
    assert found.kinds == ("rule_hidden",)
    assert "样式表" in found.reason


@pytest.mark.parametrize(
    "markup",
    [
        '<div class="tab-pane">{}</div>',
        '<div class="tabs"><div class="one" style="display:none">{}</div></div>',
        '<div class="layui-tab-item">{}</div>',
        '<div class="modal fade" style="display:none">{}</div>',
        '<div role="dialog" style="display:none">{}</div>',
        "<details><summary>售后</summary><p>{}</p></details>",
        '<div class="accordion-body collapse">{}</div>',
        '<div id="noticePopup" style="display:none">{}</div>',
        '<div class="wow fadeIn" style="visibility:hidden">{}</div>',
    ],
)
def test_what_is_merely_folded_is_not_told(markup: str) -> None:
    part = f"<p>{RULE}</p>"
    opened = markup.replace('style="display:none"', "").replace('style="visibility:hidden"', "").format(part)
    closed = markup.format(part)
    for before, after in [
        (read(opened, RULE), read(closed, "欢迎光临")),
        (read(closed, "欢迎光临", popups=(RULE,)), read(closed, "欢迎光临")),
        (read(opened), read(closed)),
    ]:
        for found in (*rules(before, after), *rules(after, before)):
            assert found.change_class is ChangeClass.MOVED, found


def test_a_text_that_still_stands_in_sight_elsewhere_is_not_told() -> None:
    copy = f"<p hidden>{RULE}</p>"
    assert rules(read(f"<p>{RULE}</p>"), read(f"{copy}<p>{RULE}</p>")) == []


def test_a_rule_that_is_reworded_and_hidden_is_told_both_ways() -> None:
    found = rules(read("<p>坏卡七天内全额退款。</p>"), read('<p style="opacity:0">坏卡三天内全额退款。</p>'))
    assert {"window_shortened", "rule_hidden"} <= {kind for one in found for kind in one.kinds}


def test_what_is_shown_again_at_the_next_visit_has_blinked() -> None:
    shown, hidden = read(f"<p>{RULE}</p>"), read(f'<p style="opacity:0">{RULE}</p>')
    pending = [
        Change(f"c{i}", PAGE, "o", "p", AT, AT, ChangeStatus.PENDING, "", one)
        for i, one in enumerate(rules(shown, hidden))
    ]
    back = settle_changes(pending, compare_readings(hidden, shown, role=Role.TERMS))
    assert (back.confirmed, back.blinked, back.remaining) == ((), ("c0",), ())
    stays = settle_changes(pending, ())
    assert stays.confirmed == ("c0",)


def test_a_new_rule_that_is_hidden_before_it_is_confirmed_loses_neither_change() -> None:
    old, new, hidden = read("<p>看清再拍。</p>"), read(f"<p>{RULE}</p>"), read(f'<p style="opacity:0">{RULE}</p>')
    pending = [
        Change(f"c{i}", PAGE, "o", "p", AT, AT, ChangeStatus.PENDING, "", one) for i, one in enumerate(rules(old, new))
    ]
    settled = settle_changes(pending, compare_readings(new, hidden, role=Role.TERMS))
    assert set(settled.confirmed) == {change.id for change in pending}
    assert [one.kinds for one in settled.remaining] == [("rule_hidden",)]
