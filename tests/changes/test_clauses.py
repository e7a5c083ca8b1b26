"""Clauses are split by Chinese numbering, carry their headings, and point at their place in the block."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.changes.align import align_clauses
from monitor.changes.clauses import split_block, split_reading
from scrapers.model import Block, BlockKind, Reading, Role

AGREEMENT = """第一章 总则
第一条 本协议适用于所有买家。
第二章 售后
第三条 售后规则如下：
（一）坏卡包换；
（二）无货可换的，全额退款。
1. 反馈期限为7天；2. 逾期不补。
Q：怎么联系客服？
A：在线客服。
"""


def test_numbers_and_headings_are_read() -> None:
    clauses = split_block(Block(BlockKind.TERMS, AGREEMENT, heading="用户协议"))
    found = {clause.text: (clause.number, clause.heading) for clause in clauses}
    assert found["本协议适用于所有买家。"] == ("第一条", ("用户协议", "总则"))
    assert found["坏卡包换；"] == ("（一）", ("用户协议", "售后", "售后规则如下"))
    assert found["逾期不补。"][0] == "2"
    assert found["在线客服。"][0] == "A"


@given(st.text(alphabet="第一二条章1234.、()（）①\n 退换。；天#-*【】", max_size=200))
def test_spans_point_at_the_text(text: str) -> None:
    for clause in split_block(Block(BlockKind.TERMS, text)):
        assert text[clause.start : clause.end].strip() == clause.text


def test_decimals_are_no_numbers() -> None:
    assert [clause.number for clause in split_block(Block(BlockKind.TERMS, "1.5元一张\n3.5折起"))] == ["", ""]


def test_terms_without_blocks_are_split_as_a_whole() -> None:
    reading = Reading("generic", 0.5, "r", "", "一、甲\n二、乙")
    assert [clause.text for clause in split_reading(reading, role=Role.TERMS)] == ["甲", "乙"]


def test_renumbered_and_moved_clauses_find_each_other() -> None:
    old = split_block(Block(BlockKind.TERMS, "1. 坏卡包换\n2. 付款后发货\n3. 客服九点上班"))
    new = split_block(Block(BlockKind.TERMS, "1. 新增一条规则\n2. 客服九点上班\n3. 坏卡包换\n4. 付款后发货"))
    pairs = {pair.after.text: pair for pair in align_clauses(old, new).pairs if pair.after}
    assert pairs["新增一条规则"].before is None
    moved = [text for text, pair in pairs.items() if pair.moved]
    assert moved == ["客服九点上班"]
    assert all(pair.before and pair.before.text == text for text, pair in pairs.items() if text != "新增一条规则")
