"""A page is reviewed block by block: who said it, whether it was shown, and what could not be looked at."""

from __future__ import annotations

import json
from datetime import date

from monitor.review.document import review_document, review_reading
from scrapers.model import Author, Block, BlockKind, Fact, FactKind, Reading, Source

AT = date(2026, 11, 1)
HARSH = "卡密一经售出概不退换"


def make_reading(*blocks: Block, facts: tuple[Fact, ...] = (), text: str = "") -> Reading:
    return Reading("generic", 1.0, "test", "", text or "\n".join(block.text for block in blocks), facts, blocks)


def test_place_and_span_lead_to_the_block() -> None:
    block = Block(BlockKind.TERMS, f"欢迎\n{HARSH}", heading="售后说明", place="#terms")
    (finding,) = review_reading(make_reading(block), at=AT).findings
    assert finding.place == "#terms"
    assert block.text[finding.start : finding.end] == HARSH
    assert finding.quotable


def test_text_that_was_not_shown_is_found_but_not_quotable() -> None:
    for block in (
        Block(BlockKind.TERMS, HARSH, source=Source.HIDDEN),
        Block(BlockKind.TERMS, HARSH, concealed="display:none"),
        Block(BlockKind.TERMS, HARSH, source=Source.IMAGE),
    ):
        (finding,) = review_reading(make_reading(block), at=AT).findings
        assert not finding.quotable
        assert finding.needs_human


def test_words_of_the_software_are_not_the_operators() -> None:
    review = review_reading(make_reading(Block(BlockKind.TERMS, HARSH, author=Author.SOFTWARE)), at=AT)
    assert review.findings == ()
    assert any("软件自带" in line for line in review.not_reviewed)


def test_heading_says_whom_rules_bind() -> None:
    rules = "违规扣除全部保证金\n满五百元方可提现"
    assert review_reading(make_reading(Block(BlockKind.TERMS, rules, heading="商户入驻协议")), at=AT).findings == ()
    assert review_reading(make_reading(Block(BlockKind.TERMS, rules, heading="用户协议")), at=AT).findings


def test_promise_that_is_only_a_fact_is_reviewed() -> None:
    fact = Fact("a", FactKind.AFTER_SALES, HARSH, place="meta")
    (finding,) = review_reading(make_reading(facts=(fact,)), at=AT).findings
    assert (finding.pattern, finding.place) == ("R01", "meta")


def test_same_words_in_two_places_are_told_once_and_quotable_first() -> None:
    hidden = Block(BlockKind.TERMS, HARSH, source=Source.HIDDEN, place="hidden")
    shown = Block(BlockKind.TERMS, HARSH, place="shown")
    (finding,) = review_reading(make_reading(hidden, shown), at=AT).findings
    assert finding.place == "shown"


def test_what_one_page_cannot_show_is_said_and_not_guessed() -> None:
    review = review_reading(make_reading(Block(BlockKind.TERMS, "欢迎", images=("a.png",))), at=AT)
    assert review.findings == ()
    assert any("D01" in line for line in review.not_reviewed)
    assert any("1 张图片" in line for line in review.not_reviewed)
    named = make_reading(Block(BlockKind.TERMS, "欢迎"), facts=(Fact("", FactKind.LICENCE, "某ICP备1号"),))
    assert not any("D01" in line for line in review_reading(named, at=AT).not_reviewed)


def test_answer_is_ready_for_json_with_the_gravest_first() -> None:
    answer = review_document("本店不开发票。\n投诉本店的一律拉黑。\n卡密一经售出概不退换。", AT)
    told = json.loads(json.dumps(answer, ensure_ascii=False))
    assert [finding["severity"] for finding in told["findings"]] == ["critical", "high", "low"]
    assert told["at"] == "2026-11-01"
    assert told["text_characters"] == 30
    law = told["findings"][0]["laws"][0]
    assert law.keys() == {"id", "title", "article", "summary", "effective", "confirmed"}
    assert told["findings"][0].keys() == {
        "pattern", "name", "span", "text", "lead_in", "severity", "reason", "laws", "exceptions", "counter_evidence",
        "needs_human", "place", "quotable",
    }  # fmt: skip
