"""The second reader of terms: knows wordings that no rule foresaw, doubts fair ones, and is made of its sentences."""

from __future__ import annotations

import gzip
import json
from datetime import date

import numpy as np
import pytest

from monitor.review.likeness import list_runs, load_model, make_model, read_model, write_model
from monitor.review.patterns import load_patterns
from monitor.review.terms import mask_text, review_text
from monitor.review.train_likeness import LearntSentence, check_authors, digest_sentences, read_sentences, train_model

AT = date(2026, 11, 1)


def test_the_model_was_made_of_the_sentences_that_lie_beside_it() -> None:
    assert load_model().learnt_from == digest_sentences(), "run python -m monitor.review.train_likeness"


def test_every_kind_was_learnt_from_sentences_of_several_authors() -> None:
    assert set(load_model().kinds) == set(load_patterns().kinds)
    authors: dict[str, set[str]] = {}
    for one in read_sentences():
        for kind in one.kinds:
            authors.setdefault(kind, set()).add(one.author)
    assert {kind: len(found) for kind, found in authors.items() if len(found) < 3} == {}


def test_an_unseen_wording_is_found_without_a_rule_and_left_to_a_person() -> None:
    text = "货一到手就两清，坏了别回头"
    (finding, *_rest) = review_text(text, at=AT)
    assert finding.needs_human
    assert load_model().weigh(mask_text(text)).risk > 0.6


@pytest.mark.parametrize("text", ["我们不会因为您看过卡密就拒绝售后", "低价不等于没有售后，我们一视同仁"])
def test_a_fair_sentence_that_a_rule_matches_is_silenced_by_the_model(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert review_text(text, at=AT) == ()
    monkeypatch.setattr("monitor.review.terms._DOUBTED_RISK", 0.0)
    assert review_text(text, at=AT) != (), "no rule matches any more: choose a sentence that one does"


def test_a_promise_in_words_of_refusal_is_no_finding() -> None:
    assert review_text("卡密问题我们从不推给买家，该退款就退款，该补发就补发", at=AT) == ()


def test_stops_count_as_one_sign_whoever_wrote_them() -> None:
    assert list_runs("不退，不换！") == list_runs("不退 不换".replace(" ", "。")) == list_runs("【不退】不换")
    assert "^不" in list_runs("不退") and "退$" in list_runs("不退。")


@pytest.mark.parametrize(
    ("risk", "of_one_kind", "found"), [(0.7, False, False), (0.7, True, True), (0.9, False, True), (0.5, True, False)]
)
def test_a_sentence_that_is_like_no_kind_must_be_very_like_a_clause(
    risk: float, of_one_kind: bool, found: bool
) -> None:
    kinds = sorted(load_patterns().kinds)
    weights = np.zeros((1, len(kinds)))
    weights[0, 0] = 9.0 if of_one_kind else 0.0
    bias = float(np.log(risk / (1 - risk)))
    model = make_model(["云"], np.array([1.0]), np.array([0.0]), weights, kinds, (bias, np.zeros(len(kinds))), "")
    assert bool(review_text("今天天上的云很好看", at=AT, model=model)) is found


def test_a_model_is_written_and_read_as_it_is() -> None:
    made = make_model(
        ["不", "不退"],
        np.array([1.0, 2.0]),
        np.array([0.5, 3.0]),
        np.array([[0.0, 1.0], [2.0, -2.0]]),
        ["R01", "R02"],
        (-0.5, np.array([0.1, -0.1])),
        "digest",
    )
    read = read_model(write_model(made))
    assert read.kinds == ("R01", "R02") and read.learnt_from == "digest"
    one, two = made.weigh("不退"), read.weigh("不退")
    assert one.risk == pytest.approx(two.risk, abs=0.01)
    assert [name for name, _share in one.kinds] == [name for name, _share in two.kinds] == ["R01", "R02"]
    assert write_model(made) == write_model(made)
    assert json.loads(gzip.decompress(write_model(made)).split(b"\n")[0])["runs"] == ["不", "不退"]


def test_many_are_weighed_as_each_by_itself() -> None:
    sentences = ["售出不退", "", "质量问题七天内退款", "💳"]
    together = load_model().weigh_all(sentences)
    for one, alone in zip(together, map(load_model().weigh, sentences), strict=True):
        assert one.risk == pytest.approx(alone.risk, abs=1e-5)
        assert one.kinds[:1] == () or one.kinds[0][0] == alone.kinds[0][0]
    assert load_model().weigh_all([]) == []


def test_numbers_and_masks_count_as_one_sign_and_long_sentences_are_bounded() -> None:
    assert list_runs("12 天□□") == list_runs("3天□")
    assert len(list_runs("退" * 100_000)) < 2_000


def test_learning_needs_few_sentences_and_is_told_by_authors_left_out() -> None:
    chosen: dict[tuple[str, tuple[str, ...]], list[LearntSentence]] = {}
    for one in read_sentences():
        if one.author in ("first", "second") and one.kinds in (("R01",), ("F05",), ()):
            chosen.setdefault((one.author, one.kinds), []).append(one)
    sentences = [one for group in chosen.values() for one in group[:30]]
    model = train_model(sentences)
    assert set(model.kinds) <= {"R01", "F05"}
    assert model.weigh("卡密一经售出概不退换").risk > model.weigh("质量问题七天内可以退款").risk
    rows = check_authors(sentences)
    assert {author for author, *_counts in rows} == {one.author for one in sentences}


@pytest.mark.parametrize(
    "heading", ["售后规则", "云雀发卡售后规则", "【购买须知】", "用户服务协议", "# 退款政策", "温馨提示：", "库存充足"]
)
def test_a_heading_or_label_is_never_a_clause(heading: str) -> None:
    assert review_text(f"{heading}\n质量问题七天内可以全额退款。", at=AT) == ()
