"""A rule that is written so as to look like layout, or hidden in a long line, is judged as the rule that it is."""

from __future__ import annotations

import pytest

from monitor.changes.assess import judge_texts
from monitor.changes.compare import compare_texts
from scrapers.model import Role
from storage.model import ChangeClass, Effect, Severity


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("超过7天不退", "超过3天不退"),
        ("库存100件，超过7天不退", "库存99件，超过3天不退"),
        ("超出72小时不退不换", "超出24小时不退不换"),
        ("逾期7天不退", "逾期3天不退"),
        ("截至2026-12-31前可退", "截至2026-01-31前可退"),
        ("第7天起不退", "第3天起不退"),
        ("激活后第15天起不予退款", "激活后第5天起不予退款"),
        ("质保30", "质保7"),
        ("质保期：30，过期不补", "质保期：7，过期不补"),
        ("限购5", "限购1"),
        ("每人限购：5件", "每人限购：1"),
    ],
)
def test_a_last_day_that_comes_sooner_is_worse(before: str, after: str) -> None:
    assert judge_texts(before, after).effect is Effect.WORSE
    assert judge_texts(after, before).effect is Effect.BETTER


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("退款7天 换货15天", "退款15天 换货7天"),
        ("A卡质保7天 B卡质保30天", "A卡质保30天 B卡质保7天"),
        ("A卡质保7天，B卡质保30天", "A卡质保30天，B卡质保7天"),
        ("退款7天，换货15天", "退款15天，换货7天"),
    ],
)
def test_two_times_that_change_places_are_two_changes(before: str, after: str) -> None:
    judged = judge_texts(before, after)
    assert judged.effect is Effect.MIXED
    assert judged.severity is not Severity.NONE


@pytest.mark.parametrize("text", ["质保30", "限购5，每单"])
def test_a_number_without_its_unit_is_the_number_with_it(text: str) -> None:
    with_unit = text.replace("30", "30天").replace("5", "5件")
    assert judge_texts(text, with_unit).effect is Effect.NEUTRAL
    assert judge_texts("质保群30人", "质保群7人").kinds != ("warranty_cut",)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[售后]: 7天内可退", "[售后]: 3天内可退"),
        ("[售后](7天内可退)", "[售后](3天内可退)"),
        ("购买" + "好" * 400 + "7天内可退", "购买" + "好" * 400 + "3天内可退"),
        ("甲" * 3000 + "7天内可退", "甲" * 3000 + "3天内可退"),
        (
            "，".join(f"本店{i}" for i in range(900)) + "，7天内可退",
            "，".join(f"本店{i}" for i in range(900)) + "，3天内可退",
        ),
    ],
)
def test_a_rule_dressed_as_layout_is_a_rule(before: str, after: str) -> None:
    found = compare_texts(before, after, role=Role.TERMS)
    assert {one.change_class for one in found} == {ChangeClass.RULE}
    assert found[0].severity in (Severity.MEDIUM, Severity.HIGH)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("见[公告](https://a.test/1)", "见[公告](https://a.test/2)"),
        ("见[公告](/公告/1)", "见[公告](/公告/2)"),
        ("[1]: https://a.test/1", "[1]: https://a.test/2"),
        ("[公告](#a)", "[公告](#b)"),
    ],
)
def test_a_link_that_leads_elsewhere_is_no_rule(before: str, after: str) -> None:
    assert {one.change_class for one in compare_texts(before, after)} == {ChangeClass.NOISE}
