"""Where both wordings say the same of an act, a formula that only one of them uses is no change."""

from __future__ import annotations

import pytest

from monitor.changes.assess import judge_texts
from storage.model import Effect


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("非卡密问题不退。", "退款仅限卡密本身的问题。"),
        ("超过48小时不退。", "仅限48小时内退款。"),
        ("卡密一般不退，坏的可以退。", "可退的只有坏卡，其余卡密不退。"),
        ("不退不换不补", "概不退、换、补"),
        ("除人为损坏外，免费更换。", "非人为损坏免费换。"),
    ],
)
def test_one_limit_said_the_other_way_round_is_neutral(before: str, after: str) -> None:
    assert judge_texts(before, after).effect is Effect.NEUTRAL


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("可开专票。", "只能开收据。", "spec_reduced"),
        ("出问题由我们担着。", "出问题由买家担着。", "liability_shifted"),
        ("仲裁在买方所在城市进行。", "仲裁在卖方所在城市进行。", "jurisdiction_moved"),
        ("验证视频可选提供。", "验证视频必须提供。", "burden_added"),
        ("质保范围：封号、掉线、找回。", "质保范围：掉线。", "warranty_cut"),
        ("找我们可以打电话、加QQ，也可以发工单。", "找我们请发工单，电话和QQ都已取消。", "channel_removed"),
        ("提现每天处理。", "提现每周三处理。", "delivery_slower"),
        ("最高4K画质。", "最高1080P画质。", "spec_reduced"),
        ("随时可办。", "须人工审核，约30天。", "delivery_slower"),
    ],
)
def test_what_is_lost_without_a_word_of_refusal_is_worse_and_better_back(before: str, after: str, kind: str) -> None:
    there, back = judge_texts(before, after), judge_texts(after, before)
    assert there.effect is Effect.WORSE, there.reason
    assert kind in there.kinds
    assert back.effect in (Effect.BETTER, Effect.NEUTRAL), back.reason
