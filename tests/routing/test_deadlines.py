"""Until when an answer is due: clocks of the seller, of 12315 under the rules of its day, of the courts, limitation."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from complaints.casefiles import NOW, make_case, make_step

from monitor.complaints.deadlines.due_calendar import make_calendar, uid_of
from monitor.complaints.deadlines.reminders import new_reminders
from monitor.complaints.deadlines.terms import (
    apply_answer,
    due_after,
    due_of_step,
    is_running,
    limitation_of,
    list_due,
    next_moves,
    tell_due,
)
from monitor.complaints.routing.channels import load_channels, load_fields
from monitor.config.complaints import ComplaintSettings
from monitor.review.laws import load_articles

SETTINGS = ComplaintSettings()
FILED = datetime(2026, 9, 24, 3, tzinfo=UTC)  # 11:00 in China, the day before 中秋


def at(year: int, month: int, day: int, hour: int = 4) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def test_the_seller_has_the_hours_of_the_settings() -> None:
    due = due_after("platform", "filed", FILED, replace(SETTINGS, answer_hours=2))
    assert due is not None
    assert due.at == FILED + timedelta(hours=2)
    assert not due.confirmed  # no rule gives it
    solved = due_after("platform", "accepted", FILED, SETTINGS)
    assert solved is not None and solved.at == FILED + timedelta(hours=72)


def test_12315_has_seven_working_days_and_then_sixty_days() -> None:
    due = due_after("p12315", "filed", FILED)
    assert due is not None
    assert due.at.isoformat() == "2026-10-12T23:59:59+08:00"
    assert due.article == "tsjb-15"
    mediated = due_after("p12315", "accepted", at(2026, 8, 4))
    assert mediated is not None
    assert mediated.at.isoformat() == "2026-10-08T23:59:59+08:00"
    assert mediated.article == "tsjb-23"


def test_what_was_received_before_2026_04_15_goes_by_the_rules_of_then() -> None:
    received = at(2026, 4, 14)
    due = due_after("p12315", "accepted", at(2026, 4, 16), received=received)
    assert due is not None
    assert due.article == "tsjb_old-21"
    assert "45个工作日" in due.what
    assert due.at.isoformat() == "2026-06-23T23:59:59+08:00"
    new = due_after("p12315", "accepted", at(2026, 4, 16), received=at(2026, 4, 15))
    assert new is not None and new.article == "tsjb-23" and "60日" in new.what
    midnight = datetime(2026, 4, 14, 16, tzinfo=UTC)  # 2026-04-15 00:00 in China
    first = due_after("p12315", "filed", midnight)
    assert first is not None and first.article == "tsjb-15"


def test_no_rule_of_before_is_cited_for_a_later_day() -> None:
    for channel in load_channels().values():
        for event in ("filed", "accepted", "ended"):
            due = due_after(channel.id, event, at(2026, 4, 15))
            assert due is None or not due.article.startswith("tsjb_old")


def test_courts_have_months_and_their_own_articles() -> None:
    due = due_after("small_claims", "accepted", at(2026, 6, 1))
    assert due is not None and due.article == "msf-168"
    assert due.at.isoformat() == "2026-08-01T23:59:59+08:00"


def test_a_channel_without_a_clock_gives_none_and_an_unknown_one_is_an_error() -> None:
    assert due_after("p12377", "filed", FILED) is None
    with pytest.raises(KeyError):
        due_after("nobody", "filed", FILED)


def test_the_limitation_is_three_years_from_the_day_the_harm_was_seen() -> None:
    facts = make_case(noticed_at=at(2023, 10, 1)).facts
    due = limitation_of(facts)
    assert due is not None and due.buyers and not due.provisional
    assert due.at.isoformat() == "2026-10-01T23:59:59+08:00"  # a holiday does not prolong the buyer's own term
    unknown = limitation_of(replace(facts, noticed_at=None))
    assert unknown is not None and unknown.provisional and "保守" in unknown.why


def test_an_accepted_complaint_starts_its_second_clock_and_may_be_reminded_of_anew() -> None:
    step = make_step("p12315", filed_at=at(2026, 8, 3), due_at=at(2026, 8, 12), reminded_at=at(2026, 8, 13))
    changed, due = apply_answer(step, "accepted", at(2026, 8, 4))
    assert due is not None
    assert changed.due_at == due.at and changed.accepted_at == at(2026, 8, 4)
    assert changed.reminded_at is None
    assert is_running(changed, at(2026, 8, 5))
    ended, nothing = apply_answer(changed, "ended", at(2026, 9, 1))
    assert nothing is None and ended.outcome == "ended" and not is_running(ended, at(2026, 9, 1))
    told = due_of_step(ended)
    assert told is not None and told.at.isoformat() == "2026-09-10T23:59:59+08:00"


def test_the_second_clock_counts_from_the_acceptance_and_the_sellers_from_the_first_letter() -> None:
    complaint, due = apply_answer(make_step("p12315", filed_at=at(2026, 8, 3)), "accepted", at(2026, 8, 20))
    assert due is not None and due.at.isoformat() == "2026-10-19T23:59:59+08:00"
    assert complaint.due_at == due.at
    _, hours = apply_answer(make_step("platform", filed_at=at(2026, 8, 3)), "accepted", at(2026, 8, 4))
    assert hours is not None and hours.at == at(2026, 8, 6)


def test_a_holiday_does_not_prolong_a_term_of_the_buyers_own() -> None:
    due = due_after("bank", "paid", at(2026, 6, 3))
    assert due is not None and due.buyers and due.at.isoformat() == "2026-10-01T23:59:59+08:00"


def test_what_is_due_is_listed_earliest_first_with_the_next_move_of_what_has_passed() -> None:
    steps = (
        make_step("p12315", filed_at=at(2026, 11, 20), due_at=at(2026, 12, 1), due_what="决定受理"),
        make_step("platform", filed_at=at(2026, 11, 18), due_at=at(2026, 11, 19), due_what="首次答复"),
    )
    rows = list_due(make_case(), steps, NOW, SETTINGS)
    assert [row.channel for row in rows] == ["platform", "p12315", ""]
    assert [row.passed for row in rows] == [True, False, False]
    assert "wechat_pay" in rows[0].next_moves
    assert "p12315" not in rows[0].next_moves  # it was used already
    assert "alipay" not in rows[0].next_moves  # it was paid by WeChat
    assert rows[0].due.then
    assert next_moves(steps[0], steps, make_case().facts)[0] == "pre_mediation"


def test_a_provisional_date_is_reckoned_anew_and_says_why() -> None:
    step = make_step(
        "p12315", filed_at=at(2026, 11, 23), accepted_at=at(2026, 11, 23), due_at=at(2027, 1, 20), provisional=True
    )
    row = list_due(make_case(), (step,), NOW, SETTINGS)[0]
    assert row.due.at.isoformat() == "2027-01-22T23:59:59+08:00"
    assert row.due.provisional and "2027年" in row.due.why
    fixed = list_due(make_case(), (replace(step, provisional=False),), NOW, SETTINGS)[0]
    assert fixed.due.at == at(2027, 1, 20)


def test_a_closed_or_answered_step_is_not_due() -> None:
    closed = replace(make_case(), closed_at=NOW)
    step = make_step("platform", due_at=NOW - timedelta(days=1))
    assert list_due(closed, (step,), NOW) == ()
    answered = replace(step, outcome="refused", answered_at=NOW)
    assert [row.channel for row in list_due(make_case(), (answered,), NOW)] == [""]


def test_one_reminder_a_deadline_and_never_twice() -> None:
    case = make_case()
    step = make_step("platform", due_at=NOW - timedelta(hours=1), due_what="首次答复")
    first = new_reminders([(case, (step,))], NOW, SETTINGS)
    assert [one.step for one in first] == [step.id]
    reminded = replace(step, reminded_at=NOW)
    assert new_reminders([(case, (reminded,))], NOW + timedelta(days=9), SETTINGS) == ()
    later = replace(reminded, due_at=NOW + timedelta(days=3))  # 受理: another deadline
    assert new_reminders([(case, (later,))], NOW, SETTINGS) == ()
    assert len(new_reminders([(case, (later,))], NOW + timedelta(days=4), SETTINGS)) == 1
    assert new_reminders([(replace(case, closed_at=NOW), (step,))], NOW, SETTINGS) == ()


def test_a_reminder_carries_nothing_personal() -> None:
    case = make_case()
    text = new_reminders([(case, (make_step("platform", due_at=NOW),))], NOW, SETTINGS)[0].text
    for secret in (case.facts.buyer.name, case.facts.buyer.phone, "XH20261110001", "50.00", case.facts.platform):
        assert secret not in text


def test_the_calendar_is_stable_and_in_beijing_time() -> None:
    import icalendar

    steps = (
        make_step("p12315", filed_at=FILED, due_at=datetime(2026, 10, 10, 15, 59, 59, tzinfo=UTC), due_what="受理"),
    )
    rows = list_due(make_case(), steps, NOW, SETTINGS)
    data = make_calendar(rows, NOW)
    assert data == make_calendar(rows, NOW)
    calendar = icalendar.Calendar.from_ical(data)
    events = calendar.walk("VEVENT")
    assert len(events) == len(rows) == 2
    assert {str(event["uid"]) for event in events} == {uid_of(row) for row in rows}
    assert events[0].decoded("dtstart").isoformat() == "2026-10-10T23:59:59+08:00"
    assert all(event.walk("VALARM") for event in events)
    assert calendar.walk("VTIMEZONE")
    again = make_calendar(list_due(make_case(), steps, NOW + timedelta(days=1), SETTINGS), NOW + timedelta(days=1))
    uids = re.findall(rb"UID:\S+", data)
    assert uids == re.findall(rb"UID:\S+", again)
    assert b"13800138000" not in data and "林小明".encode() not in data


def test_a_line_of_what_is_due_marks_what_is_provisional_and_what_no_rule_gives() -> None:
    due = due_after("p12315", "filed", at(2026, 12, 25))
    assert due is not None
    assert "暂定" in tell_due(due) and "第十五条" in tell_due(due)
    seller = due_after("platform", "filed", NOW)
    assert seller is not None and "默认值" in tell_due(seller)


def test_every_row_names_articles_that_exist_and_says_what_it_is_sure_of() -> None:
    known = load_articles()
    rows = load_channels()
    promised = (
        "platform p12315 market_complaint market_report heimao xfb tszt consumer_assoc p12363 p12378 p12377 p12321"
        " wechat_pay alipay bank police pre_mediation small_claims court telecom_bureau"
    )
    assert set(promised.split()) <= set(rows)
    for channel in rows.values():
        for article in (*channel.articles, *(one for clock in channel.clocks for one in clock.articles)):
            assert article in known, (channel.id, article)
        assert channel.source and channel.gives and channel.gives_not and channel.fits
        for clock in channel.clocks:
            assert clock.articles or not clock.confirmed, (channel.id, clock.event)
    for field in load_fields().values():
        assert field.mend and all(article in known for article in field.articles)
    for name in ("p12377", "p12321"):
        assert "不处理退款" in rows[name].name and not rows[name].refunds


def test_exclusions_are_of_bodies_that_the_rule_names_and_go_both_ways() -> None:
    from monitor.complaints.routing.exclusions import BODIES, may_run_together

    for channel in load_channels().values():
        assert set(channel.excludes) <= set(BODIES)
        assert channel.id in BODIES or not channel.excludes
    assert not may_run_together("p12315", "consumer_assoc")
    assert not may_run_together("court", "p12315")
    assert may_run_together("p12315", "heimao") and may_run_together("p12315", "wechat_pay")
    assert may_run_together("p12315", "market_report") and may_run_together("p12315", "police")


def test_letters_of_channels_are_kinds_of_letters() -> None:
    promised = (
        "demand demand_chat p12315 p12315_compact heimao payment market_complaint market_report lawsuit evidence_list "
        "data_note capture_note ask_records ask_payee ask_preservation police authorisation guardian_authorisation "
        "preserve_property preserve_evidence correction consumer_assoc"
    )
    for channel in load_channels().values():
        assert set(channel.letters) <= set(promised.split()), channel.id
