"""Applications for preservation: within the claim, against somebody who is named, with blanks for what is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from complaints.casefiles import NOW, ORDERED, make_step

from letters.lettercase import make_change, make_page, make_version, make_whole, write
from monitor.complaints.letters.text import render_text
from monitor.complaints.model import CaseFile, LetterBlocked
from monitor.complaints.routing.preservation import leave_out_unneeded
from storage.case import Demand, DemandKind, Order, Person, ProblemKind, Respondent
from storage.model import ChangeClass, Difference, Effect, Severity

BOTH = ("preserve_property", "preserve_evidence")


def shut_file() -> CaseFile:
    """A platform that was open the day after the order and then was not."""
    open_day = make_version("c-open", ORDERED + timedelta(days=1), "规则")
    shut = make_version("c-shut", ORDERED + timedelta(days=3), "规则")
    difference = Difference(
        ChangeClass.OUTCOME, Severity.HIGH, Effect.WORSE, ("site_gone",), "", "可以正常打开", "打不开（连接被拒绝）", ""
    )
    change = make_change(open_day, shut, "", "", difference=difference)
    file = make_whole(problem=ProblemKind.PLATFORM_GONE)
    return replace(file, changes=(change,), pages=(make_page(None, open_day),))


def test_property_is_asked_for_within_the_claim_and_what_is_not_known_is_left_blank() -> None:
    letter = write("preserve_property", make_whole())
    text = render_text(letter)
    assert "对被申请人价值50.00元的财产采取保全措施" in text
    assert "将50.00元退至原支付方式" in text
    assert "《民事诉讼法》第一百零四条" in text and "三十日内不起诉的解除" in text and "应当提供担保" in text
    assert "□起诉前" in text and "没有具体情形的，先不要提交本申请" in text and "其他财产线索：＿＿＿＿" in text
    assert any("四十八小时" in note for note in letter.notes) and any("赔偿对方" in note for note in letter.notes)


@pytest.mark.parametrize("kind", BOTH)
def test_nothing_is_promised_and_nobody_is_said_to_move_his_money(kind: str) -> None:
    text = render_text(write(kind, shut_file()))
    for word in ("冻结对方", "冻结其账户", "转移财产", "已经保全", "一定", "逃避"):
        assert word not in text, word


@pytest.mark.parametrize("kind", BOTH)
def test_without_somebody_who_can_be_named_both_are_blocked(kind: str) -> None:
    with pytest.raises(LetterBlocked) as blocked:
        write(kind, make_whole(respondent=Respondent(), payee=""))
    assert "respondent.name" in [one.field for one in blocked.value.missing]


def test_a_claim_without_money_has_no_property_to_preserve() -> None:
    with pytest.raises(LetterBlocked) as blocked:
        write("preserve_property", make_whole(demands=(Demand(DemandKind.REPLACE),)))
    gap = {one.field: one for one in blocked.value.missing}["money_demand"]
    assert gap.articles == ("msf-105",)


def test_once_a_court_has_the_suit_the_rule_before_a_suit_is_not_cited() -> None:
    suit = make_step("court", accepted_at=NOW - timedelta(days=2), receipt_no="（2026）测0106民初1号")
    text = render_text(write("preserve_property", replace(make_whole(), steps=(suit,))))
    assert "法院已受理" in text and "（2026）测0106民初1号" in text and "第一百零三条" in text
    assert "第一百零四条" not in text and "□起诉前" not in text
    sent_in = render_text(write("preserve_property", replace(make_whole(), steps=(make_step("court"),))))
    assert "□起诉前" in sent_in and "法院已受理" not in sent_in


def test_visits_that_found_the_site_shut_are_told_with_both_captures() -> None:
    text = render_text(write("preserve_property", shut_file()))
    assert "在2026-11-11 14:30:00" in text and "打不开（连接被拒绝），间隔期间未观察（证2-1、2-2）" in text


def test_evidence_to_preserve_is_what_the_other_side_holds() -> None:
    text = render_text(write("preserve_evidence", make_whole()))
    assert "查询、兑换、登录记录" in text and "《民事诉讼法》第八十四条" in text
    assert "证据为什么可能灭失" in text and "保存地点：＿＿＿＿" in text


def test_whose_account_the_payee_is_stays_open_where_he_is_not_the_one_named() -> None:
    other = render_text(write("preserve_property", make_whole(payee="某某商贸行", payee_account="1234")))
    assert "收款账户是否属于被申请人尚未查明" in other
    same = render_text(write("preserve_property", make_whole()))
    assert "收款账户是否属于被申请人尚未查明" not in same


@pytest.mark.parametrize("kind", BOTH)
def test_before_the_law_of_today_no_article_of_it_is_cited(kind: str) -> None:
    at = datetime(2023, 12, 31, 4, tzinfo=UTC)
    order = Order("A1", "点卡", Decimal(50), 1, at - timedelta(days=5), at - timedelta(days=5))
    assert "《民事诉讼法》第" not in render_text(write(kind, make_whole(at=at, orders=(order,))))


@pytest.mark.parametrize("kind", BOTH)
def test_of_a_minor_the_guardian_applies_and_the_child_is_named(kind: str) -> None:
    guardian = Person("林大明", "13900139000", "浙江省杭州市西湖区某路1号")
    text = render_text(write(kind, make_whole(minor=True, guardian=guardian)))
    assert "购买人（未成年人）：林小明" in text and "法定代理人（监护人）：林大明" in text


def test_a_plan_offers_them_only_where_something_was_seen() -> None:
    assert leave_out_unneeded(make_whole(), ("lawsuit", *BOTH)) == ("lawsuit",)
    assert leave_out_unneeded(shut_file(), ("lawsuit", *BOTH)) == ("lawsuit", *BOTH)
    before = make_version("c-1", ORDERED - timedelta(days=1), "甲")
    after = make_version("c-2", ORDERED + timedelta(days=1), "乙")
    rewritten = replace(make_whole(), changes=(make_change(before, after, "甲", "乙"),))
    assert leave_out_unneeded(rewritten, BOTH) == ("preserve_evidence",)


@pytest.mark.parametrize("kind", BOTH)
def test_a_court_that_hears_one_side_reads_what_the_other_offered(kind: str) -> None:
    file = make_whole(seller_reply="给您退30，手续费20不退", replied_at=ORDERED + timedelta(hours=2))
    assert "给您退30，手续费20不退" in render_text(write(kind, file))
    step = make_step("platform", outcome="partly", returned=Decimal(20))
    assert "此前已退回20.00元" in render_text(write(kind, replace(file, steps=(step,))))
