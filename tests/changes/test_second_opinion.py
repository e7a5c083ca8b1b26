"""A second opinion beside the rules: it reads both ways alike and keeps silent where it knows nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from monitor.changes.assess import judge_texts
from monitor.changes.measures import UnitPair
from monitor.changes.second_opinion import (
    EFFECTS,
    find_places,
    load_opinion,
    name_kind,
    read_features,
    settle_effect,
    weigh_effects,
)
from monitor.changes.train_opinion import digest_units
from monitor.changes.units import cancel_units, pair_units, split_units
from storage.model import Effect

PAIRS = Path(__file__).parents[2] / "monitor/reference/judged_units.jsonl"


def pair(before: str, after: str) -> tuple[UnitPair, ...]:
    return pair_units(*cancel_units(split_units(before), split_units(after)))


def test_the_chances_of_all_effects_make_one() -> None:
    chances = weigh_effects(pair("坏卡包退", "坏卡不退"))
    assert chances is not None
    assert float(chances.sum()) == pytest.approx(1, abs=1e-5)
    assert EFFECTS[int(np.argmax(chances))] is Effect.WORSE


def test_a_change_read_backwards_has_the_features_of_the_change_back() -> None:
    there = pair("卡坏了三天内都换，运费我们出", "卡坏了一天内才换，运费自理")
    back = pair("卡坏了一天内才换，运费自理", "卡坏了三天内都换，运费我们出")
    assert read_features(there, backwards=True) == read_features(back)


def test_where_only_a_date_differs_it_has_no_opinion() -> None:
    found = pair("公告发于8月20日下午", "公告发于11月2日下午")
    assert weigh_effects(found) is None
    assert all(settle_effect(effect, found) is effect for effect in EFFECTS)


def test_harm_that_the_rules_saw_stands() -> None:
    for before, after in (("坏卡不退", "坏卡全额退款"), ("不包售后", "终身质保")):
        assert settle_effect(Effect.WORSE, pair(before, after)) is Effect.WORSE


def test_of_another_language_it_knows_nothing() -> None:
    assert weigh_effects(pair("refunds are granted within a week", "refunds are never granted")) is None


def test_a_page_of_text_is_left_to_the_rules() -> None:
    long = "，".join(f"第{number}种情形另行处理" for number in range(300))
    assert weigh_effects(pair("坏卡包退", long)) is None


def test_a_kind_that_it_names_has_the_effect_asked_for() -> None:
    found = pair("押金退租时退", "押金不再退回")
    assert name_kind(Effect.WORSE, found)[0] in ("refund_removed", "refund_narrowed")
    assert name_kind(Effect.BETTER, found)[0] not in ("refund_removed", "refund_narrowed")


def test_the_same_words_are_weighed_the_same_every_time() -> None:
    features = read_features(pair("坏卡包退", "坏卡不退"))
    assert find_places(features).tolist() == find_places(sorted(features, reverse=True)).tolist()
    opinion = load_opinion()
    assert opinion.weights.shape[1] == len(EFFECTS)
    assert set(opinion.kinds)


def test_the_weights_were_taught_from_the_judged_units_that_lie_beside_them() -> None:
    with np.load(PAIRS.with_name("second_opinion.npz"), allow_pickle=False) as data:
        assert str(data["taught"]) == digest_units()


def test_it_reads_what_an_unknown_word_does() -> None:
    known, unknown = (read_features(pair(text, "坏卡不退")) for text in ("坏卡包退", "坏卡返款"))
    assert {"l-§refund_granted", "p-§refund_granted"} & known & unknown


def test_what_it_was_taught_is_judged_rightly_together_with_the_rules() -> None:
    rows = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    right = sum(
        judge_texts("\n".join(row["before"]), "\n".join(row["after"])).effect.value == row["effect"] for row in rows
    )
    assert right >= 0.93 * len(rows)
