"""A case from a file: the example is whole, what is wrong is told by line, and a hostile file ends in a message."""

from __future__ import annotations

import re
import time
import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.complaints.facts.case_file_toml import CaseFileWrong, read_case_file, read_case_text, show_example
from monitor.complaints.facts.fact_check import find_doubts
from monitor.complaints.facts.fact_paths import list_fact_names
from storage.case import Facts, Order, PaymentForm

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_the_example_is_right_and_shows_every_fact() -> None:
    text = show_example()
    facts = read_case_text(text, NOW)
    assert facts.paid == Decimal(50) and facts.payment is PaymentForm.WECHAT_MERCHANT
    assert find_doubts(facts, NOW) == ()
    shown = tomllib.loads(text)
    names = set()
    for key, value in shown.items():
        table = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
        names |= {f"{key}.{below}" for below in table} if isinstance(table, dict) else {key}
    assert names == set(list_fact_names())


def test_values_may_be_written_as_people_do_or_as_toml_has_them() -> None:
    one = read_case_text("balance = 8.8\n[[orders]]\namount = 50\nordered_at = 2026-11-10T14:30:00\nquantity = 2", NOW)
    other = read_case_text(
        'balance = "￥8.80"\n[[orders]]\namount = "五十元"\nordered_at = "2026年11月10日 14:30"\nquantity = "两张"', NOW
    )
    assert one == other and one.balance == Decimal("8.8")
    assert read_case_text("noticed_at = 2026-11-10", NOW).noticed_at == datetime(2026, 11, 9, 16, tzinfo=UTC)
    assert read_case_text('minor = "是"\nused = true\ndelivered = "不知道"', NOW).minor


def test_an_empty_file_is_an_empty_case() -> None:
    assert read_case_text("", NOW) == Facts() == read_case_text('platform = ""\nothers = []\n[buyer]', NOW)
    assert read_case_text("[[orders]]", NOW).orders == (Order(),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("platfrom = 'x'", "第1行 platfrom：没有这一项，您是要写 platform 吗？"),
        ("\n[buyer]\nnmae = 'x'", "第3行 buyer.nmae：没有这一项，您是要写 buyer.name 吗？"),
        ("[[orders]]\n[[orders]]\namount = '-5'", "第3行 orders.2.amount：看不懂金额"),
        ("[[orders]]\nnumber = 20261110", "要写在引号里"),
        ("orders = 5", "要写成 [[orders]]"),
        ("buyer = 'x'", "要写成一个表 [buyer]"),
        ("[[demands]]\namount = 5", "没有写 kind"),
        ("[[demands]]\nkind = '出气'", "不在选项里"),
        ("payment = '微信'", "不在选项里"),
        ("noticed_at = 2099-01-01", "晚于现在"),
        ("noticed_at = 14:30:00", "只有钟点"),
        ("unlawful = '刷单'", "要写成列表"),
        ("unlawful = [5]", "引号"),
        ("others = [" + "'k',"  * 60 + "]", "最多50项"),
        ("what_happened = '" + "x" * 5001 + "'", "最多5000个字"),
        ("balance = nan", "不是数"),
        ("balance = inf", "看不懂金额"),
        ("balance = 1e300", "看不懂金额"),
        ("minor = 3", "请答 是 或 否"),
        ("platform = {}", "不能是表"),
        ("x = [[[[[[[", "不是正确的 TOML"),
        ("balance = " + "9" * 5000, "不是正确的 TOML"),
        (".".join("a" * 50) + " = 1", "dots"),
        ("\n".join("[[orders]]" for _ in range(1001)), "最多1000项"),
        ("[[demands]]\nkind = '退款'\n" * 21, "最多20项"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(CaseFileWrong, match=re.escape(told)):
        read_case_text(text, NOW)


def test_everything_wrong_is_told_at_once_but_not_without_end() -> None:
    with pytest.raises(CaseFileWrong) as caught:
        read_case_text("\n".join(f"wrong_{number} = 1" for number in range(100)), NOW)
    assert "有100处要改" in str(caught.value) and "还有70处" in str(caught.value)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"x" * 500_001, "超过500KB"),
        ("platform = '星'".encode("gb18030"), "不是 UTF-8"),
        (b"\x00\x01\x02", "TOML"),
        (b"a = [" * 100_000, "TOML"),
    ],
)
def test_a_file_that_cannot_be_one_is_said_to_be_so(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "case.toml"
    path.write_bytes(data)
    start = time.process_time()
    with pytest.raises(CaseFileWrong, match=told):
        read_case_file(path, NOW)
    assert time.process_time() - start < 5


def test_a_mark_at_the_start_is_no_mistake_and_control_characters_go(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_bytes(b'\xef\xbb\xbfplatform = "a\\u202eb\\u001bc"')
    assert read_case_file(path, NOW).platform == "abc"


@given(st.text(max_size=200))
@settings(max_examples=80, deadline=None)
def test_any_text_is_a_case_or_an_error_in_chinese(text: str) -> None:
    try:
        assert isinstance(read_case_text(text, NOW), Facts)
    except CaseFileWrong as error:
        assert "要改" in str(error) or "TOML" in str(error)
