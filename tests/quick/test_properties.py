"""Whatever is typed: nothing raises, texts keep their length, no sum or time is there that was not typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.complaints.quick import QuickAnswers, make_quick
from monitor.complaints.quick.texts import CHAT_MOST, PAYMENT_MOST
from monitor.config.complaints import ComplaintSettings
from storage.case_json import facts_json, facts_of

NOW = datetime(2026, 11, 23, 4, 3, tzinfo=UTC)
SAID = (
    "微信",
    "支付宝",
    "个人码",
    "转账",
    "卡密",
    "无效",
    "已使用",
    "过期",
    "没发货",
    "客服说",
    "不退",
    "余额",
    "提现",
)
SUMS = (
    "50",
    "元",
    "块",
    "零",
    "一百二",
    "万",
    "-",
    "~",
    "¥",
    "各",
    "共",
    "９",
    "①",
    "解冻金",
    "激活费",
    "XH2026",
    "2026-13-45",
)
TIMES = ("昨晚", "8点", "前天", "10号", "上个月", "25点", "没有", "刷单", "https://a.test/b")
MARKS = ("，", "。", " ", "\n", "A", "c ", "\x00", "\u202e")
WORDS = SAID + SUMS + TIMES + MARKS
typed = st.one_of(st.lists(st.sampled_from(WORDS), max_size=14).map("".join), st.text(max_size=60))


@settings(max_examples=250, deadline=None)
@given(typed, typed, typed, typed, typed)
def test_any_answers_give_an_answer_within_its_bounds(
    platform: str, order: str, paid: str, what: str, when: str
) -> None:
    made = make_quick(QuickAnswers(platform, order, paid, what, when), NOW, ComplaintSettings())
    if made.seller is not None:
        assert len(made.seller.chat) <= CHAT_MOST
        assert "保证退款" not in made.seller.long
    if made.payment is not None:
        assert len(made.payment.text) <= PAYMENT_MOST
    said = made.understood
    for moment in (said.paid_at, said.noticed_at, said.contacted_at):
        assert moment is None or moment.at <= NOW + timedelta(minutes=10)
    if said.amount is not None:
        assert said.amount > 0
        assert any(char.isdigit() or char in "一二两三四五六七八九十百千万" for char in paid + what)
    assert len(made.clocks) == 2
    assert made.facts.answer_by is not None and made.facts.answer_by > NOW
    assert facts_of(facts_json(made.facts)) == made.facts
