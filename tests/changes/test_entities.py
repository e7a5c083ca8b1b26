"""Measured things are read by value, however they are written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from monitor.changes.entities import ENDLESS, find_entities
from monitor.changes.entity_patterns import EntityKind
from monitor.changes.normal_forms import plain_text
from monitor.changes.numerals import read_number


def read_one(text: str, kind: EntityKind) -> Decimal:
    found = [entity for entity in find_entities(plain_text(text)) if entity.kind is kind]
    assert len(found) == 1, (text, found)
    return found[0].value


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("24小时", 24),
        ("三天", 72),
        ("72小時內", 72),
        ("７天", 168),
        ("一周", 168),
        ("7个工作日", Decimal("235.2")),
        ("半年", 4380),
        ("一年半", 13140),
        ("T+1到账", 24),
        ("永久质保", ENDLESS),
        ("一个半月", 1095),
        ("四十八小时", 48),
        ("当天反馈", 12),
    ],
)
def test_durations_are_read_in_hours(text: str, hours: Decimal | int) -> None:
    assert read_one(text, EntityKind.DURATION) == hours


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("¥24.90", EntityKind.MONEY, "24.9"),
        ("人民币伍拾元整", EntityKind.MONEY, "50"),
        ("1,200元", EntityKind.MONEY, "1200"),
        ("七成", EntityKind.SHARE, "70"),
        ("百分之五", EntityKind.SHARE, "5"),
        ("8折", EntityKind.DISCOUNT, "80"),
        ("95折", EntityKind.DISCOUNT, "95"),
        ("9:00-23:00", EntityKind.HOURS, "14"),
        ("早9点到晚11点", EntityKind.HOURS, "14"),
        ("最多换两次", EntityKind.COUNT, "2"),
        ("1.5万积分", EntityKind.COUNT, "15000"),
    ],
)
def test_amounts_shares_and_counts_are_read_by_value(text: str, kind: EntityKind, value: str) -> None:
    assert read_one(text, kind) == Decimal(value)


@pytest.mark.parametrize("text", ["2026年", "10月1日", "天猫", "第3天", "日常", "年卡"])
def test_dates_and_names_are_no_durations(text: str) -> None:
    assert not [one for one in find_entities(plain_text(text)) if one.kind is EntityKind.DURATION]


def test_contacts_and_registrations_are_found() -> None:
    text = plain_text(
        "杭州云朵科技有限公司，浙ICP备12345678号-1，电话0571-8888 1234，邮箱a@b.example，QQ：123456789，可拨打12315"
    )
    found = {(entity.kind, entity.unit) for entity in find_entities(text)}
    assert {
        (EntityKind.REGISTRATION, "company"),
        (EntityKind.REGISTRATION, "icp"),
        (EntityKind.CONTACT, "phone"),
        (EntityKind.CONTACT, "email"),
        (EntityKind.CONTACT, "qq"),
        (EntityKind.AUTHORITY, ""),
    } <= found


def test_numerals_that_are_none_are_refused() -> None:
    assert read_number("一百二十") == 120
    assert read_number("两万五千") == 25000
    assert read_number("") is None
    assert read_number("退") is None
