"""What tells an operator's own values from lent ones: parts tied by contacts, papers that stand together, remains."""

from __future__ import annotations

from monitor.operators.attribute import attribute_columns, attribute_sites
from monitor.operators.columns_builder import build_columns
from monitor.operators.model import Attribution, Band
from operators.scenes import TONGJI, day, shop, show
from storage.identity import Decision, Statement, Verdict

BUNDLE = {
    "merchant_id": "alipay:2088531907746281",
    "baidu_tongji": TONGJI,
    "cs_tenant": "53kf:8217735",
    "icp": "粤ICP备2021034417号",
}


def customers(count: int) -> list[Statement]:
    """Shops that show what their host lends, each with a number of its own."""
    return [one for at in range(count) for one in shop(f"shop{at}.com", qq=f"82{at}73{at}451", **BUNDLE)]


def own_shops(count: int) -> list[Statement]:
    """Sites of one operator, who gives each the number of the one before it and a new one."""
    numbers = [f"82{at}73{at}451" for at in range(count + 1)]
    return [
        one
        for at in range(count)
        for one in (
            *shop(f"shop{at}.com", qq=numbers[at], **BUNDLE),
            *shop(f"shop{at}.com", qq=numbers[at + 1]),
        )
    ]


def sizes(answer: Attribution, *bands: Band) -> list[int]:
    return sorted(len(one.sites) for one in answer.operators if one.band in bands)


def chance_of_sharing(statements: list[Statement], value: str) -> float:
    scorer = attribute_columns(build_columns(statements)).scorer
    return float(scorer.common.shared[scorer.columns.values.index(value)])


def test_customers_of_one_host_are_not_joined_by_what_it_lends() -> None:
    answer = attribute_sites(customers(9))
    assert sizes(answer, Band.CONFIRMED, Band.PROBABLE) == []
    assert chance_of_sharing(customers(9), BUNDLE["merchant_id"]) > 0.9


def test_an_operator_who_changes_his_numbers_one_by_one_keeps_his_sites() -> None:
    assert sizes(attribute_sites(own_shops(9)), Band.CONFIRMED) == [9]
    assert chance_of_sharing(own_shops(9), BUNDLE["merchant_id"]) < 0.1


def test_papers_beside_a_lent_number_are_lent_too() -> None:
    sites = [f"shop{at}.com" for at in range(3)]
    told = [*customers(12), *(show(site, "police_icp", "粤公网安备44030002004417号") for site in sites)]
    assert chance_of_sharing(told, "粤公网安备44030002004417号") > 0.5
    alone = [one for one in told if one.kind not in ("icp", "uscc", "merchant_id", "baidu_tongji", "cs_tenant")]
    assert chance_of_sharing(alone, "粤公网安备44030002004417号") < 0.5


def test_a_site_with_its_models_account_in_a_comment_is_a_copy() -> None:
    text = {
        "qq": "82736451",
        "baidu_tongji": TONGJI,
        "icp": "粤ICP备2021034417号",
        "verification_meta": "baidu=aB3kd9Zq",
    }
    own = [
        *shop("a.com", alipay_static="fkx0912345abcd", **text),
        *shop("b.com", alipay_static="fkx0912345abcd", **text),
    ]
    clean = attribute_sites([*own, *shop("copy.com", **text), *shop("copy.com", ns="ns1.example-dns.cn")])
    assert any("copy.com" in one.sites for one in clean.operators)
    remains = show("copy.com", "alipay_static", "fkx0912345abcd", place="comment")
    answer = attribute_sites([*own, *shop("copy.com", **text), remains])
    joined = [one.sites for one in answer.operators if "copy.com" in one.sites]
    assert joined == [("copy.com",)]
    said = Decision("d", "operator", "a.com", "copy.com", Verdict.SAME, day("2025-07-01"), "Lu", "asked")
    told = attribute_sites([*own, *shop("copy.com", **text), remains], decisions=[said])
    assert ("a.com", "b.com", "copy.com") in [one.sites for one in told.operators]


def test_two_sites_score_alike_among_few_and_among_many() -> None:
    pair = [*shop("a.com", qq="82736451", payee="张路一"), *shop("b.com", qq="82736451", payee="张路一")]
    others = [one for at in range(3000) for one in shop(f"other{at}.com", qq=str(31_000_000 + 7 * at))]
    few = next(link for link in attribute_sites(pair).links if (link.a, link.b) == ("a.com", "b.com"))
    many = next(link for link in attribute_sites([*pair, *others]).links if (link.a, link.b) == ("a.com", "b.com"))
    assert abs(few.bits - many.bits) < 0.01
