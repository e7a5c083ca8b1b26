"""The effect is read from meaning: our own judged pairs, and the larger set of the shared folder."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.changes.assess import judge_texts
from monitor.changes.compare import compare_texts, summarise_differences
from monitor.changes.kinds import load_kinds
from monitor.changes.signals import load_signals
from monitor.changes.topics import load_topics
from scrapers.model import Role
from storage.model import Effect, Severity

PAIRS = [
    pair
    for name in (
        "judged_changes.toml",
        "judged_wordings.toml",
        "judged_paraphrases.toml",
        "judged_pledges.toml",
        "judged_scope.toml",
        "judged_terms.toml",
    )
    for pair in tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))["pair"]
]


@pytest.mark.parametrize("pair", PAIRS, ids=[pair["before"][:20] for pair in PAIRS])
def test_own_pairs_are_judged_as_a_buyer_would(pair: dict[str, str]) -> None:
    differences = compare_texts(pair["before"], pair["after"], role=Role(pair.get("role", "terms")))
    judged = summarise_differences(differences)
    assert judged.effect.value == pair["effect"], judged.reason
    if "kind" in pair:
        assert pair["kind"] in judged.kinds
    if "severity" in pair:
        assert judged.severity.rank >= Severity(pair["severity"]).rank


def test_shared_pairs_are_judged_right_in_most_cases(shared_folder: Path) -> None:
    path = shared_folder / "data" / "clause_changes.json"
    if not path.is_file():
        pytest.skip("clause_changes.json is not in the shared folder")
    rows = json.loads(path.read_text(encoding="utf-8"))
    effect = named = severity = false_alarms = 0
    for row in rows:
        judged = summarise_differences(compare_texts(row["before"], row["after"], role=Role(row["role"])))
        effect += judged.effect.value == row["effect"]
        named += row["kinds"][0] in judged.kinds
        severity += abs(judged.severity.rank - Severity(row["severity"]).rank) <= 1
        false_alarms += row["effect"] == "neutral" and judged.effect in (Effect.WORSE, Effect.MIXED)
    assert effect >= 0.95 * len(rows)
    assert named >= 0.9 * len(rows)
    assert severity >= 0.95 * len(rows)
    assert false_alarms == 0


def test_reason_carries_the_decisive_words() -> None:
    assert judge_texts("坏卡补发期7天。", "坏卡补发期3天。").reason == "补发期由7天缩短为3天，对买家不利"


def test_what_no_pattern_names_is_told_by_what_is_granted_and_for_how_much() -> None:
    assert judge_texts("老号新号都能充。", "只有新号能充。").effect is Effect.WORSE
    assert judge_texts("没激活或者没查看的可退。", "没激活且没查看的可退。").effect is Effect.WORSE
    assert judge_texts("平台不得查看聊天记录。", "平台可查看聊天记录。").effect is Effect.WORSE


@pytest.mark.parametrize("fault", ["无效", "无法登录", "充不上", "未到账", "不符"])
def test_a_fault_of_the_goods_is_no_refusal_of_the_seller(fault: str) -> None:
    judged = judge_texts(f"卡密{fault}的退款。", f"卡密{fault}就退款。")
    assert judged.effect is Effect.NEUTRAL, judged.reason


def test_markup_alone_is_told_as_formatting() -> None:
    (found,) = compare_texts("面值不符可换<br>换不到就退", "面值不符可换\n换不到就退")
    assert (found.effect, found.kinds) == (Effect.NEUTRAL, ("formatting_only",))


@given(st.integers(1, 60), st.integers(1, 60), st.sampled_from(["小时", "天", "个月", "个工作日"]))
def test_swapping_the_sides_of_a_window_swaps_the_effect(one: int, two: int, unit: str) -> None:
    texts = f"坏卡应在{one}{unit}内反馈。", f"坏卡应在{two}{unit}内反馈。"
    there, back = judge_texts(*texts), judge_texts(*reversed(texts))
    expected = {Effect.WORSE: Effect.BETTER, Effect.BETTER: Effect.WORSE, Effect.NEUTRAL: Effect.NEUTRAL}
    assert back.effect is expected[there.effect]
    assert (there.effect is Effect.NEUTRAL) == (one == two)
    assert (there.severity is Severity.NONE) == (two >= one)


@given(st.text(alphabet="不概退换补款天小时7卡无可以应当，。但除外视为余额本店买家", max_size=60))
def test_equal_texts_are_always_neutral(text: str) -> None:
    assert judge_texts(text, text).effect is Effect.NEUTRAL


def test_every_kind_that_can_be_named_is_known() -> None:
    known = load_kinds()
    for signal in load_signals().signals:
        assert set(signal.gained) | set(signal.lost) <= known.keys(), signal.id
    for topic in load_topics().topics.values():
        assert set(topic.worse) | set(topic.better) <= known.keys(), topic.id
    assert all(kind.opposite in known for kind in known.values() if kind.opposite)
    assert all(rule.topic in load_topics().topics or not rule.topic for rule in load_topics().rules)
