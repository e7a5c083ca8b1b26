"""A host's bundle of licence, till, desk and counter links no shops; an operator's links his, whatever he rotates."""

from __future__ import annotations

from monitor.operators.attribute import attribute_sites
from monitor.operators.columns_builder import build_columns
from monitor.operators.frequencies import count_values
from monitor.operators.learning import learn
from monitor.operators.model import Band
from monitor.operators.pairs import find_pairs
from operators.scenes import TONGJI, shop
from storage.identity import Statement

BUNDLE = {
    "uscc": "91440300MA5F1ABC2X", "payee": "深圳市云店铺网络有限公司", "qq": "82736451", "baidu_tongji": TONGJI,
    "cs_tenant": "meiqia:7c1e09b2aa",
}  # fmt: skip
NAMES = ("bohai", "dingxin", "fuyuan", "guangda", "hengtong", "jinrui", "lanting", "mingyue", "qingfeng")


def bundled(people: tuple[str, ...]) -> list[Statement]:
    rows: list[Statement] = []
    for name, person in zip(NAMES, people, strict=False):
        rows += [*shop(f"{name}.com", **BUNDLE), *(shop(f"{name}.com", wechat=person) if person else [])]
    return rows


def largest_group(rows: list[Statement]) -> int:
    return max(len(one.sites) for one in attribute_sites(rows).operators)


def test_shops_with_people_of_their_own_are_not_joined_by_what_their_host_lends() -> None:
    assert largest_group(bundled(tuple(f"luyi_{name}" for name in NAMES))) == 1


def test_one_merchants_two_shops_on_a_host_say_nothing_of_the_others() -> None:
    people = ("luyi_bohai", "luyi_bohai", *(f"luyi_{name}" for name in NAMES[2:]))
    assert largest_group(bundled(people)) <= 2


def test_an_operator_who_rotates_contacts_keeps_his_sites() -> None:
    assert largest_group(bundled(tuple(f"xiaohe{number // 3}88" for number in range(9)))) == 9


def test_an_operator_who_shows_no_other_contacts_keeps_his_sites() -> None:
    assert largest_group(bundled(("",) * 9)) == 9


def answering(count: int, *, others: bool) -> list[Statement]:
    """Sites with one desk, number and counter, of which each pays to an account of its own."""
    rows: list[Statement] = []
    for number in range(count):
        site = f"dian{number}.com"
        till = f"alipay:20880033592836{number:02d}"
        rows += shop(site, qq="82736451", baidu_tongji=TONGJI, telegram="yunzhi_yit", merchant_id=till)
        rows += shop(site, wechat=f"luyi_{number}x") if others else []
    return rows


def chance_of(rows: list[Statement], kind: str) -> float:
    columns = build_columns(rows)
    pairs, _ = find_pairs(columns)
    common = learn(columns, pairs, count_values(columns, None)).common
    return float(max(common.shared[columns.kind == columns.kinds.index(kind)]))


def test_a_number_on_sites_that_show_nobody_else_is_their_operators_whatever_accounts_they_pay_to() -> None:
    assert chance_of(answering(24, others=False), "qq") <= 0.05


def test_the_number_of_a_themes_author_is_lent_where_each_site_has_people_of_its_own() -> None:
    assert chance_of(answering(24, others=True), "qq") >= 0.9


def test_two_shops_of_a_small_host_are_not_confirmed_by_its_till_and_its_desk() -> None:
    shops = bundled(("luyi_bohai", "luyi_dingxin"))
    assert not [one for one in attribute_sites(shops).operators if one.band is Band.CONFIRMED]


def test_two_sites_that_show_nobody_else_are_confirmed_by_till_and_number() -> None:
    (pair,) = (one for one in attribute_sites(bundled(("", ""))).operators if one.band is Band.CONFIRMED)
    assert pair.sites == ("bohai.com", "dingxin.com")
