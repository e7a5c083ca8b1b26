"""Clauses are split by Chinese numbering, carry their headings, and point at their place in the block."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.changes.align import align_clauses
from monitor.changes.clauses import split_block, split_reading
from monitor.changes.compare import compare_texts
from scrapers.model import Block, BlockKind, Reading, Role
from storage.model import Effect

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


def test_marks_nest_as_the_page_nests_them() -> None:
    rules = "一、总则\n第一条 适用范围。\n第二条 解释如下：\n（1）卡密指兑换码；\n（2）买家指付款人。\n"
    text = f"{rules}二、售后\n第三条 坏卡包换。"
    clauses = {clause.text: clause for clause in split_block(Block(BlockKind.TERMS, text))}
    assert clauses["适用范围。"].path == ("一 总则",)
    assert clauses["买家指付款人。"].name == "一 总则 › 第二条 解释如下 › （2）"
    assert clauses["坏卡包换。"].path == ("二 售后",)


def test_the_number_of_the_rule_a_part_belongs_to_is_kept() -> None:
    clauses = split_block(Block(BlockKind.TERMS, "1. 坏卡包换，须提供下列材料。\n① 截图。\n② 录屏。\n2. 逾期不补。"))
    assert [clause.name for clause in clauses] == ["1", "1 › ①", "1 › ②", "2"]


def test_a_list_after_a_colon_is_cut_and_a_ratio_is_not() -> None:
    numbers = [clause.number for clause in split_block(Block(BlockKind.TERMS, "规则如下：1、坏卡包换；2、逾期不补。"))]
    assert numbers == ["", "1", "2"]
    assert len(split_block(Block(BlockKind.TERMS, "换算比例：1、以当日为准"))) == 1


WHOLE = "坏卡须在24小时内反馈；请保留截图和录屏；核实无误后更换新卡；客服每天九点上班晚上十点下班。"
PIECES = "坏卡须在24小时内反馈。\n请保留截图和录屏。\n核实无误后更换新卡。\n客服每天九点上班晚上十点下班。"


def test_one_clause_cut_into_four_and_four_joined_into_one_are_one_rule() -> None:
    for before, after, words in ((WHOLE, PIECES, "一条拆为四条"), (PIECES, WHOLE, "四条并为一条")):
        (found,) = compare_texts(before, after)
        assert words in found.reason
        assert (found.before, found.after) == (before, after)
        assert found.effect is Effect.NEUTRAL


def test_a_rule_that_was_changed_while_it_was_split_is_judged_with_all_its_parts() -> None:
    before = "1. 坏卡须在24小时内反馈，经客服核实无误后可以更换新卡或者退回货款。\n2. 客服九点上班。"
    after = "1. 坏卡须在24小时内反馈。\n2. 经客服核实无误后可以更换新卡。\n3. 客服九点上班。"
    (found,) = compare_texts(before, after)
    assert found.kinds[0] == "refund_removed"
    assert found.after == "坏卡须在24小时内反馈。\n经客服核实无误后可以更换新卡。"


def test_a_clause_that_was_only_shortened_is_no_split() -> None:
    old = split_block(Block(BlockKind.TERMS, "坏卡须在24小时内反馈，核实后更换新卡。"))
    new = split_block(Block(BlockKind.TERMS, "坏卡须在24小时内反馈。\n本店另售点卡、会员与礼品卡。"))
    assert {pair.group for pair in align_clauses(old, new).pairs} == {None}
