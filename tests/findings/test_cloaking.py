"""What only one vantage sees is told with both captures; another layout, a gate page or an hour's change is not."""

from __future__ import annotations

from monitor.findings.cloaking import compare_vantages
from monitor.findings.model import FindingKind
from scrapers.model import Role
from storage.model import Severity

from .sights import page, sight

DESKTOP, MOBILE = page(Role.TERMS, "/rules"), page(Role.TERMS, "/rules", vantage="mobile")
KIND = "一、卡密无效的，买家可以在购买后7天内申请退款。\n二、客服每天9点到22点在线。"
HARD = "一、虚拟商品一经售出，概不退款。\n二、客服每天9点到22点在线。"


def test_a_rule_that_only_mobile_sees_is_told_with_both_captures() -> None:
    pairs = [sight(DESKTOP, day, KIND) for day in (1, 2)] + [sight(MOBILE, day + 0.01, HARD) for day in (1, 2)]
    found = compare_vantages(pairs)
    assert found
    assert all(one.kind is FindingKind.VANTAGES_DIFFER for one in found)
    first = found[0]
    assert set(first.captures) == {"c-/rules@desktop-2", "c-/rules@mobile-2.01"}
    assert "desktop视角" in first.sentence
    assert "mobile视角" in first.sentence
    assert "2组抓取均如此" in first.sentence
    assert not first.needs_human


def test_one_pair_alone_is_left_to_a_person() -> None:
    found = compare_vantages([sight(DESKTOP, 1, KIND), sight(MOBILE, 1.01, HARD)])
    assert found
    assert all(one.needs_human for one in found)


def test_the_same_words_in_another_order_are_no_difference() -> None:
    turned = "\n".join(reversed(KIND.split("\n")))
    assert not compare_vantages([sight(DESKTOP, 1, KIND), sight(MOBILE, 1.01, f"菜单\n{turned}")])


def test_captures_far_apart_in_time_are_not_compared() -> None:
    assert not compare_vantages([sight(DESKTOP, 1, KIND), sight(MOBILE, 3, HARD)])


def test_a_difference_that_is_gone_by_the_newest_pair_is_not_told() -> None:
    sights = [sight(DESKTOP, 1, KIND), sight(MOBILE, 1.01, HARD), sight(DESKTOP, 2, HARD), sight(MOBILE, 2.01, HARD)]
    assert not compare_vantages(sights)


def test_a_login_explains_a_difference_and_lowers_it() -> None:
    member = page(Role.TERMS, "/rules", vantage="member")
    sights = [sight(DESKTOP, day, KIND) for day in (1, 2)] + [sight(member, day + 0.01, HARD) for day in (1, 2)]
    found = compare_vantages(sights, sessions={member.id: "mine"})
    assert found
    assert all(one.severity is Severity.LOW and one.needs_human for one in found)
    assert "登录会话 mine" in found[0].sentence
