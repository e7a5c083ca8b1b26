"""Numbers that cannot be genuine and places that do not agree are found, and said with care."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.findings.fabrication import explain_problem, find_fabricated
from monitor.findings.model import FindingKind
from monitor.findings.places import compare_places, list_places
from monitor.review.laws import load_articles
from respondents.sights import SITE, USCC, footer, make_uscc, statement
from storage.identity import Statement
from storage.model import Severity

URLS = {SITE: [f"https://{SITE}/"]}
WRONG = USCC[:-1] + ("0" if USCC[-1] != "0" else "1")


def test_a_failed_checksum_is_found_with_what_belongs_there() -> None:
    (finding,) = find_fabricated([statement("uscc", WRONG)], "星河卡盟", URLS)
    assert (finding.kind, finding.severity, finding.needs_human) == (
        FindingKind.NUMBER_NOT_GENUINE,
        Severity.HIGH,
        True,
    )
    assert f"校验位应为{USCC[-1]}" in finding.sentence and "抄写有误" in finding.sentence
    assert "构成" not in finding.sentence and finding.captures == ("c-first", "c-last")


def test_a_police_number_of_another_province_names_both() -> None:
    (finding,) = find_fabricated([statement("police_icp", "湘公网安备31010333002939号")], "星河卡盟", URLS)
    assert "湘" in finding.sentence and "上海市" in finding.sentence and finding.severity is Severity.HIGH


@pytest.mark.parametrize(
    ("one", "severity"),
    [
        (statement("icp", "萌ICP备20257012号"), Severity.MEDIUM),
        (statement("icp", "粤ICP备12345678号"), Severity.LOW),
        (statement("uscc", WRONG, "image_ocr"), Severity.LOW),
    ],
)
def test_how_grave(one: Statement, severity: Severity) -> None:
    (finding,) = find_fabricated([one], "星河卡盟", URLS)
    assert finding.severity is severity


@pytest.mark.parametrize(
    "one",
    [
        statement("uscc", USCC),
        statement("police_icp", "粤公网安备44030002000001号"),
        statement("uscc", WRONG, "user_content"),
        statement("uscc", WRONG, "comment"),
        statement("qq", "12345678", problem="placeholder: 12345678 is not a number of anybody"),
    ],
)
def test_what_is_no_finding(one: Statement) -> None:
    assert find_fabricated([one], "星河卡盟", URLS) == ()


def test_each_number_once() -> None:
    twice = [statement("uscc", WRONG), statement("uscc", WRONG, "image_ocr")]
    (finding,) = find_fabricated(twice, "星河卡盟", URLS)
    assert finding.severity is Severity.HIGH


def test_problems_without_words_of_their_own_are_still_told() -> None:
    assert explain_problem("something that nobody foresaw") == "格式不对"


def test_places_of_two_provinces_are_a_lead_and_no_breach() -> None:
    said = [
        statement("uscc", make_uscc("130105")),
        statement("icp", "粤ICP备19283746号-3"),
        statement("address", "浙江省杭州市余杭区某路1号"),
    ]
    (finding,) = compare_places(said, "星河卡盟", URLS)
    assert finding.kind is FindingKind.PLACES_DISAGREE and finding.severity is Severity.LOW
    assert "线索" in finding.sentence and "不违法" in finding.sentence
    for place in ("河北省石家庄市新华区", "广东省", "浙江省杭州市余杭区"):
        assert place in finding.sentence


def test_places_that_agree_are_no_finding() -> None:
    assert compare_places(footer(), "星河卡盟", URLS) == ()
    assert compare_places(footer()[:1], "星河卡盟", URLS) == ()


def test_address_in_another_city_of_the_province() -> None:
    said = [statement("uscc", USCC), statement("address", "广东省广州市天河区某路")]
    (finding,) = compare_places(said, "星河卡盟", URLS)
    assert "广州市天河区" in finding.sentence and "深圳市南山区" in finding.sentence


def test_many_merchants_on_one_site_are_not_compared() -> None:
    said = [
        statement("uscc", USCC),
        statement("uscc", make_uscc("310115", "MA1FPQRT")),
        statement("icp", "浙ICP备19283746号"),
    ]
    assert compare_places(said, "星河卡盟", URLS) == ()
    assert [one.what for one in list_places(said)] == ["ICP备案"]


def test_a_name_that_only_sounds_like_a_place_says_nothing() -> None:
    said = [statement("uscc", USCC), statement("company", "吉林松花网络科技有限公司"), statement("payee", "海南风商行")]
    assert [one.what for one in list_places(said)] == ["登记机关"]


def test_findings_cite_kept_articles() -> None:
    said = [
        statement("uscc", WRONG),
        statement("icp", "萌ICP备20257012号"),
        statement("police_icp", "湘公网安备31010333002939号"),
    ]
    assert all(name in load_articles() for one in find_fabricated(said, "x", URLS) for name in one.articles)


def test_the_quote_is_the_number_and_not_the_footer() -> None:
    text = (
        f"版权所有 某某商城 保留一切权利 {WRONG[:8]} {WRONG[8:]} 客服时间 八点至二十四点 地址 某省某市某路 请放心购买"
    )
    (finding,) = find_fabricated([replace(statement("uscc", WRONG), shown=text)], "星河卡盟", URLS)
    assert WRONG[8:] in finding.quote and "请放心购买" not in finding.quote and "版权所有" not in finding.quote
