"""Signs of risk: each with its proof and a word for its weight; what was not looked at is unknown, never fine."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.complaints.risk import Factor, RiskInput, Weight, assess_risk
from monitor.complaints.risk.book import load_risk
from monitor.config.complaints import ComplaintSettings
from monitor.findings.disclosure import find_undisclosed
from monitor.findings.model import FindingKind, SiteFinding
from risk.known import DAY, NOW, case, goods, known, sight
from scrapers.model import Block, BlockKind, Role
from storage.case import ProblemKind
from storage.identity import Move, MoveKind, SitePeriod, SiteState
from storage.model import Severity


def factors(of: RiskInput) -> dict[str, Factor]:
    return {one.id: one for one in assess_risk(of, ComplaintSettings()).factors}


def changed(at: datetime, kind: FindingKind = FindingKind.CHANGED_SILENTLY, *, human: bool = False) -> SiteFinding:
    return SiteFinding(
        kind,
        Severity.HIGH,
        "星河卡盟",
        ("https://xh88.test/terms",),
        at,
        "条款被修改，未发现变更通知",
        ("c-1", "c-2"),
        ("d-1",),
        needs_human=human,
    )


def test_of_a_platform_never_looked_at_all_is_unknown() -> None:
    found = factors(RiskInput("星河卡盟", (), (), NOW))
    assert {one.weight for one in found.values()} == {Weight.UNKNOWN}
    assert set(found) == set(load_risk().factors)


def test_there_is_no_score_but_an_ordered_list_and_one_sentence() -> None:
    answer = assess_risk(known(sight(Role.TERMS, "投诉的用户一律封号处理。")), ComplaintSettings())
    order = [Weight.GRAVE, Weight.HEED, Weight.UNKNOWN, Weight.UNSEEN]
    places = [order.index(one.weight) for one in answer.factors]
    assert places == sorted(places)
    assert "不是评分" in answer.sentence
    assert not any(hasattr(answer, name) for name in ("score", "total"))


def test_a_page_of_an_error_proves_neither_a_clause_nor_that_nothing_is_wrong() -> None:
    failed = sight(Role.TERMS, "抱歉，出了点小问题")
    found = factors(known(failed, findings=find_undisclosed([failed])))
    for sign in ("identity", "contact", "complaints", "clauses"):
        assert found[sign].weight is Weight.UNKNOWN, sign


def test_identity_gaps_carry_their_captures_and_articles_in_force() -> None:
    home = sight(Role.HOME, "欢迎光临\n月卡 9.90元")
    found = factors(known(home, findings=find_undisclosed([home])))
    assert found["identity"].weight is Weight.GRAVE
    assert found["identity"].captures == ("c-home",)
    assert [law.id for law in found["identity"].articles] == ["dsf-15", "wljy-12", "xbftl-13"]
    assert found["complaints"].weight is Weight.HEED
    early = factors(replace(known(home, findings=find_undisclosed([home])), at=NOW - timedelta(days=1800)))
    assert "xbftl-13" not in [law.id for law in early["identity"].articles]


def test_a_home_page_without_a_filing_number_is_heeded_and_without_a_home_page_it_is_unknown() -> None:
    assert factors(known(sight(Role.HOME, "欢迎光临")))["filing"].weight is Weight.HEED
    assert factors(known(sight(Role.TERMS, "售后规则")))["filing"].weight is Weight.UNKNOWN
    assert factors(known(sight(Role.HOME, "粤ICP备2021048137号-2")))["filing"].weight is Weight.UNSEEN


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("投诉的用户一律封号处理。", Weight.GRAVE),
        ("最终解释权归本站所有。", Weight.HEED),
        ("卡密无效的，可以在7天内申请退款。", Weight.UNSEEN),
    ],
)
def test_clauses_weigh_by_their_gravity(text: str, weight: Weight) -> None:
    found = factors(known(sight(Role.TERMS, text)))["clauses"]
    assert found.weight is weight
    assert bool(found.quote) is (weight is not Weight.UNSEEN)


def test_clauses_that_nobody_could_see_are_not_counted_and_cite_nothing() -> None:
    terms = sight(Role.TERMS, "最终解释权归本站所有。")
    white = Block(BlockKind.TERMS, "提现须缴纳保证金，投诉的用户一律封号处理。", concealed="white on white")
    reading = terms.version.reading
    hidden = replace(terms, version=replace(terms.version, reading=replace(reading, blocks=(*reading.blocks, white))))
    found = factors(known(hidden))["clauses"]
    assert found.weight is Weight.HEED
    assert "显示有1处" in found.sentence
    assert "没有计入" in found.sentence
    assert found.quote.startswith("最终解释权")
    alone = replace(terms, version=replace(terms.version, reading=replace(reading, text="", blocks=(white,))))
    found = factors(known(alone))["clauses"]
    assert found.weight is Weight.HEED
    assert (found.quote, found.articles) == ("", ())
    assert "须人工核对" in found.sentence


def test_what_is_only_like_a_clause_is_neither_named_nor_counted() -> None:
    found = factors(known(sight(Role.PRODUCT, "质保7天已取消，概不负责")))["clauses"]
    assert "质保期由商家随时调整" not in found.sentence
    assert "显示有1处" in found.sentence
    assert "另有1处只是与这类条款相像，没有计入，须人工核对" in found.sentence
    assert found.quote == "概不负责"


def test_silent_changes_count_for_ninety_days() -> None:
    page = sight(Role.TERMS, "规则")
    recent = factors(known(page, findings=(changed(NOW - 10 * DAY),)))["changes"]
    assert recent.weight is Weight.GRAVE
    assert recent.other_proof == ("d-1",)
    assert factors(known(page, findings=(changed(NOW - 91 * DAY),), rules_watched=1))["changes"].weight is Weight.UNSEEN
    assert factors(known(page, findings=(changed(NOW - DAY, human=True),)))["changes"].weight is Weight.HEED


def test_without_two_looks_at_the_rules_a_silent_change_is_unknown() -> None:
    assert factors(known(sight(Role.TERMS, "规则")))["changes"].weight is Weight.UNKNOWN


def test_domain_moves_and_dead_sites_weigh_with_their_proof() -> None:
    def move(n: int) -> Move:
        return Move(f"a{n}.test", f"b{n}.test", MoveKind.SUCCESSOR, NOW - n * DAY, 9.0, (("redirect", 9.0, f"c-{n}"),))

    page = sight(Role.HOME, "首页")
    assert factors(known(page, moves=(move(1),)))["moves"].weight is Weight.HEED
    twice = factors(known(page, moves=(move(1), move(2)), candidates=3))["moves"]
    assert twice.weight is Weight.GRAVE
    assert twice.other_proof == ("c-1", "c-2")
    assert "3个未确认的候选没有计入" in twice.sentence
    assert factors(known(page, moves=(move(400),)))["moves"].weight is Weight.UNSEEN
    dead = SitePeriod("xh88.test", SiteState.DEAD, NOW - 5 * DAY, NOW, proof=("c-9",))
    assert factors(known(page, periods=(dead,)))["site"].weight is Weight.GRAVE
    live = SitePeriod("xh99.test", SiteState.ACTIVE, NOW - 5 * DAY, NOW)
    assert factors(known(page, periods=(dead, live)))["site"].weight is Weight.HEED


def test_own_cases_are_local_and_called_signs_only() -> None:
    held = tuple(case(n, problem=ProblemKind.BALANCE_FROZEN) for n in range(3))
    found = factors(known(sight(Role.HOME, "首页"), cases=held))
    assert found["withdrawals"].weight is Weight.GRAVE
    assert found["withdrawals"].cases == ("k-0", "k-1", "k-2")
    assert found["withdrawals"].local
    assert "经营异常迹象" in found["withdrawals"].sentence
    assert found["burst"].local


def test_a_burst_of_refunds_is_counted_within_its_days() -> None:
    near = tuple(case(n, opened=NOW - n * DAY) for n in range(5))
    assert factors(known(cases=near))["burst"].weight is Weight.GRAVE
    apart = tuple(case(n, opened=NOW - n * 10 * DAY) for n in range(5))
    assert factors(known(cases=apart))["burst"].weight is Weight.UNSEEN
    three = (*near[:3], *apart[2:])
    assert factors(known(cases=three))["burst"].weight is Weight.HEED


@pytest.mark.parametrize(
    ("price", "face", "currency", "weight"),
    [
        ("15", "50", "", Weight.GRAVE),
        ("28", "50", "", Weight.HEED),
        ("49", "50", "", Weight.UNSEEN),
        ("15", "50", "USD", Weight.UNKNOWN),
        ("x", "50", "", Weight.UNKNOWN),
    ],
)
def test_a_price_far_under_the_face_value_is_a_sign(price: str, face: str, currency: str, weight: Weight) -> None:
    found = factors(known(goods(price, face, currency=currency)))["price"]
    assert found.weight is weight
    if weight in (Weight.GRAVE, Weight.HEED):
        assert "经验值" in found.sentence
        assert found.captures == ("c-product",)
