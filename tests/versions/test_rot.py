"""A reader that finds less says so; what it lost is no removed rule until the page shows it nowhere."""

from __future__ import annotations

from monitor.page_result import PageResult
from monitor.rot_telling import describe_state, notices_of_reading
from monitor.selectors import Selectors
from storage.archive import Archive
from storage.changes import list_changes
from storage.habits import list_states
from storage.model import Change, ChangeClass, ChangeStatus, ReadingState
from versions.past import BEGAN, Past, html_of

RULES = (
    "卡密失效的，自购买之日起7天内可以申请全额退款。",
    "下单后24小时内未收到卡密的，联系客服补发。",
    "发生争议的，双方协商解决，协商不成的可以投诉。",
)
NAVIGATION = "<nav><a href='/a'>首页</a><a href='/b'>分类</a></nav>"
CHOSEN = NAVIGATION + '<div id="rules">{}</div>'
MOVED = NAVIGATION + '<section class="policy-body">{}</section>'
SELECTORS = Selectors(keep=("#rules",))


def rules_told(past: Past) -> list[Change]:
    with past.archive.database.reading() as session:
        return [one for one in list_changes(session) if one.difference.change_class in (ChangeClass.RULE,)]


def states(archive: Archive) -> tuple[ReadingState, ...]:
    with archive.database.reading() as session:
        return list_states(session)


def visit_all(past: Past, *pages: str) -> list[PageResult]:
    return [past.visit(page) for page in pages]


def test_a_keep_selector_that_matches_nothing_is_a_state_and_no_change(archive: Archive) -> None:
    past = Past(archive, selectors=SELECTORS)
    good, moved = html_of(*RULES, around=CHOSEN), html_of(*RULES, around=MOVED)
    results = visit_all(past, good, good, moved, moved)
    assert rules_told(past) == []
    (state,) = states(archive)
    assert state.selectors == ("#rules",) and state.ended_at is None and state.grave
    assert [len(result.problems) for result in results] == [0, 0, 1, 0]  # said once
    assert "#rules" in results[2].problems[0]


def test_the_recovery_is_said_once_and_brings_no_change(archive: Archive) -> None:
    past = Past(archive, selectors=SELECTORS)
    good, moved = html_of(*RULES, around=CHOSEN), html_of(*RULES, around=MOVED)
    results = visit_all(past, good, moved, moved, good, good)
    assert rules_told(past) == []
    (state,) = states(archive)
    assert state.ended_capture == results[3].capture.id
    assert [bool(result.problems) for result in results] == [False, True, False, True, False]
    assert "recovered" in results[3].problems[0]


def test_a_rule_that_is_rewritten_while_the_selector_is_dead_is_still_told(archive: Archive) -> None:
    past = Past(archive, selectors=SELECTORS)
    shorter = (RULES[0].replace("7天", "3天"), *RULES[1:])
    visit_all(past, html_of(*RULES, around=CHOSEN), html_of(*RULES, around=MOVED))
    visit_all(past, html_of(*shorter, around=MOVED), html_of(*shorter, around=MOVED))
    (change,) = rules_told(past)
    assert change.status is ChangeStatus.CONFIRMED
    assert "window_shortened" in change.difference.kinds


HIDDEN_FROM_READER = '<div id="rules">{}</div><footer class="other"></footer>'


def partly(inside: tuple[str, ...], outside: tuple[str, ...]) -> str:
    """Rules of which some stand where the selector does not reach."""
    rest = "".join(f"<p>{line}</p>" for line in outside)
    return html_of(*inside, around='<div id="rules">{}</div><aside class="side-note">' + rest + "</aside>")


def test_what_moved_out_of_the_selector_is_lost_and_not_removed(archive: Archive) -> None:
    past = Past(archive, selectors=SELECTORS)
    visit_all(past, partly(RULES, ()), partly(RULES[1:], RULES[:1]), partly(RULES[1:], RULES[:1]))
    assert rules_told(past) == []
    (state,) = states(archive)
    assert [one.text for one in state.lost] == [RULES[0]]
    assert "aside.side-note" in state.proposal and state.share == 1.0
    with archive.database.reading() as session:
        (doubt,) = list_changes(session, classes=[ChangeClass.TECHNICAL])
    assert doubt.status is ChangeStatus.PENDING
    assert "不能据此认定" in doubt.difference.reason


def test_what_was_lost_and_then_goes_from_the_page_is_told_as_gone(archive: Archive) -> None:
    past = Past(archive, selectors=SELECTORS)
    visit_all(past, partly(RULES, ()), partly(RULES[1:], RULES[:1]))
    visit_all(past, partly(RULES[1:], ()), partly(RULES[1:], ()))
    (change,) = rules_told(past)
    assert change.difference.before == RULES[0] and change.difference.after == ""
    assert change.status is ChangeStatus.CONFIRMED
    assert states(archive)[0].ended_at is not None


def test_what_was_lost_and_is_rewritten_out_of_reach_is_told_with_both_wordings(archive: Archive) -> None:
    past = Past(archive, selectors=SELECTORS)
    shorter = (RULES[0].replace("7天", "3天"),)
    visit_all(past, partly(RULES, ()), partly(RULES[1:], RULES[:1]), partly(RULES[1:], shorter))
    (change,) = rules_told(past)
    assert (change.difference.before, change.difference.after) == (RULES[0], shorter[0])
    assert "window_shortened" in change.difference.kinds


def test_what_moves_and_is_rewritten_at_once_is_told_with_both_wordings(archive: Archive) -> None:
    past = Past(archive, selectors=SELECTORS)
    shorter = (RULES[0].replace("7天", "3天"),)
    visit_all(past, partly(RULES, ()), partly(RULES[2:], (*shorter, RULES[1])))
    (change,) = rules_told(past)
    assert (change.difference.before, change.difference.after) == (RULES[0], shorter[0])


def test_a_rule_that_is_really_removed_is_told_at_once(archive: Archive) -> None:
    past = Past(archive, selectors=SELECTORS)
    visit_all(past, partly(RULES, ()), partly(RULES[1:], ()), partly(RULES[1:], ()))
    (change,) = rules_told(past)
    assert change.difference.before == RULES[0]
    assert states(archive) == ()


ADDED = "卡密一经售出概不退款，账户余额不予退还。"


def test_a_rule_that_comes_beside_the_rules_is_told_then_and_not_when_it_moves_among_them(
    archive: Archive,
) -> None:
    past = Past(archive)
    aside = html_of(*RULES, around="<main>{}</main><aside><p>" + ADDED + "</p></aside>")
    visit_all(past, html_of(*RULES), aside, aside, html_of(*RULES, ADDED), html_of(*RULES, ADDED))
    (change,) = rules_told(past)
    assert change.difference.after == ADDED
    assert "首次出现的时间更早" not in change.difference.reason


def test_a_rule_that_first_stands_where_none_is_read_is_told_when_it_moves_among_the_rules(archive: Archive) -> None:
    past = Past(archive, selectors=SELECTORS)
    beside, among = partly(RULES, (ADDED,)), partly((*RULES, ADDED), ())
    visit_all(past, partly(RULES, ()), beside, beside, among, among)
    (change,) = rules_told(past)
    assert change.difference.after.rstrip("。") == ADDED.rstrip("。")
    assert "首次出现的时间更早" in change.difference.reason


def test_what_was_lost_and_is_read_again_is_no_new_rule(archive: Archive) -> None:
    past = Past(archive, selectors=SELECTORS)
    visit_all(past, partly(RULES, ()), partly(RULES[1:], RULES[:1]), partly(RULES[1:], RULES[:1]), partly(RULES, ()))
    assert rules_told(past) == []


def test_the_digest_tells_the_beginning_and_the_recovery_each_once(archive: Archive) -> None:
    past = Past(archive, selectors=SELECTORS)
    good, moved = html_of(*RULES, around=CHOSEN), html_of(*RULES, around=MOVED)
    visit_all(past, good, moved)
    (begun,) = notices_of_reading(archive.database, at=BEGAN)
    visit_all(past, moved)
    assert notices_of_reading(archive.database, at=BEGAN) == (begun,)  # the same key: the channel was told already
    visit_all(past, good)
    (ended,) = notices_of_reading(archive.database, at=BEGAN)
    assert begun.key != ended.key and begun.key.partition(":")[0] == ended.key.partition(":")[0]
    assert "恢复" in ended.text
    assert "recovered" in describe_state(states(archive)[0])
