"""Codes and addresses lead to the division of today, and what cannot be told apart is never guessed."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.operators.addresses import find_division_in
from monitor.operators.divisions import Fineness, find_division, find_division_of_uscc, list_current, list_retired
from respondents.sights import make_uscc


@pytest.mark.parametrize(
    ("code", "name", "local"),
    [
        ("440305", "广东省深圳市南山区", True),
        ("440301", "广东省深圳市", False),  # 市辖区: the city's own authority
        ("330101", "浙江省杭州市", False),
        ("441900", "广东省东莞市", True),  # cities without counties
        ("442000", "广东省中山市", True),
        ("460400", "海南省儋州市", True),
        ("620200", "甘肃省嘉峪关市", True),
        ("429004", "湖北省仙桃市", True),  # directly below its province
        ("110000", "北京市", False),
        ("100000", "全国", False),
        ("330113", "浙江省杭州市临平区", True),  # younger than the library's table
        ("440399", "广东省深圳市", False),  # a development zone's number
    ],
)
def test_code_of_today(code: str, name: str, local: bool) -> None:
    answer = find_division(code)
    assert answer.division is not None
    assert (answer.division.name, answer.division.is_local) == (name, local)
    assert bool(answer.problem) is not local


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("110103", "北京市东城区"),
        ("310103", "上海市黄浦区"),
        ("320503", "江苏省苏州市姑苏区"),
        ("330183", "浙江省杭州市富阳区"),  # 市 that became 区 under its own name
        ("360721", "江西省赣州市赣县区"),
        ("341424", "安徽省马鞍山市和县"),  # went to another city
        ("330104", "浙江省杭州市上城区"),
        ("371202", "山东省济南市莱芜区"),
    ],
)
def test_retired_code_leads_to_what_took_its_place(code: str, name: str) -> None:
    answer = find_division(code)
    assert answer.division is not None and answer.division.name == name
    assert answer.retired and answer.retired in answer.step


def test_a_county_that_was_divided_is_told_as_unknown() -> None:
    answer = find_division("130421")  # 邯郸县 went to three districts
    assert answer.division is not None and answer.division.fineness is Fineness.PREFECTURE
    assert answer.problem and "后继区县不明" in answer.step


def test_no_retired_code_leads_to_another_retired_one() -> None:
    today = {one.code for level in Fineness for one in list_current(level)}
    for code, _, until in list_retired():
        division = find_division(code).division
        if until >= 2000 and division is not None and division.fineness is Fineness.COUNTY:
            assert division.code in today


def test_successors_of_the_table_stand_in_it() -> None:
    data = tomllib.loads(resources.files("monitor.reference").joinpath("divisions.toml").read_text(encoding="utf-8"))
    today = {one.code for level in Fineness for one in list_current(level)}
    gone = {code for code, _, _ in list_retired()}
    assert [code for code in data["successors"] if code not in gone] == []
    assert [new for new, _ in data["successors"].values() if new not in today] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("广东省深圳市南山区科技园一路1号", "广东省深圳市南山区"),
        ("注册地址：深圳市南山区粤海街道", "广东省深圳市南山区"),
        ("深圳南山区科苑路", "广东省深圳市南山区"),
        ("浙江 杭州 余杭区 文一西路", "浙江省杭州市余杭区"),
        ("浙江义乌市稠城街道", "浙江省金华市义乌市"),
        ("北京市朝阳区建国路", "北京市朝阳区"),
        ("吉林省吉林市船营区", "吉林省吉林市船营区"),
        ("江苏省苏州市平江区观前街", "江苏省苏州市姑苏区"),
        ("中国广东省东莞市南城街道", "广东省东莞市"),
        ("我们在广东省广州市天河区天河北路办公", "广东省广州市天河区"),
        ("成都市高新区天府大道", "四川省成都市"),
        ("江苏省苏州市昆山市玉山镇前进路1号", "江苏省苏州市昆山市"),
        ("苏州昆山前进路1号", "江苏省苏州市昆山市"),
        ("江苏省苏州市昆山开发区长江路1号", "江苏省苏州市昆山市"),
        ("金华义乌稠江街道1号", "浙江省金华市义乌市"),
        ("江苏省苏州市昆山", "江苏省苏州市昆山市"),
        ("吉林省延边州延吉市公园路", "吉林省延边朝鲜族自治州延吉市"),
        ("四川省凉山州西昌市", "四川省凉山彝族自治州西昌市"),
        ("海南州共和县", "青海省海南藏族自治州共和县"),
        ("杭州市建德路1号", "浙江省杭州市"),  # a street called after a city of county rank
        ("江苏省苏州市昆山东路1号", "江苏省苏州市"),
        ("宁波市慈溪商会大厦", "浙江省宁波市"),
    ],
)
def test_address_names_its_division(text: str, name: str) -> None:
    division = find_division_in(text).division
    assert division is not None and division.name == name


@pytest.mark.parametrize(
    "text",
    [
        "南山区科技园",
        "朝阳区",
        "河北省桥西区",
        "南京西路上海大厦100号",
        "和平路上海花园3幢",
        "中山路100号",
        "广东省杭州市西湖区",
        "",
        "A" * 900,
    ],
)
def test_ambiguous_or_contradictory_addresses_are_never_guessed(text: str) -> None:
    answer = find_division_in(text)
    assert answer.division is None and answer.problem


@pytest.mark.parametrize("division", list_current(Fineness.COUNTY)[::37], ids=lambda one: one.code)
def test_full_name_and_code_agree(division: object) -> None:
    found = find_division(division.code).division  # type: ignore[attr-defined]
    assert found == division == find_division_in(f"{found.name}某路1号").division


@given(st.text(max_size=400))
def test_any_text_is_answered(text: str) -> None:
    assert find_division(text) is not None
    answer = find_division_in(text)
    assert answer.division is not None or answer.problem


def test_credit_code_gives_its_registering_authority() -> None:
    answer = find_division_of_uscc(make_uscc("310103"))
    assert answer.division is not None and answer.division.name == "上海市黄浦区"
    assert find_division_of_uscc("91").division is None
