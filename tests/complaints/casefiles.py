"""Case files for the tests of complaints: one ordinary dispute, of which any fact may be another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from monitor.complaints.model import CaseFile
from storage.case import (
    Answer,
    Case,
    CaseItem,
    CaseStep,
    Demand,
    DemandKind,
    Facts,
    Order,
    PaymentForm,
    Person,
    ProblemKind,
    Purpose,
    Stage,
)

ORDERED = datetime(2026, 11, 10, 6, 30, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def make_facts(**changed: object) -> Facts:
    """A dead card of 50 yuan, paid to a WeChat merchant; any field may be given anew."""
    usual = Facts(
        platform="星河卡盟",
        url="https://xh88.test/buy/12",
        orders=(
            Order("XH20261110001", "某游戏点卡 50元", Decimal("50.00"), 1, ORDERED, ORDERED + timedelta(minutes=1),
                  "4200002211202611101234567890", "XH20261110001"),
        ),
        payment=PaymentForm.WECHAT_MERCHANT,
        payee="杭州某某网络科技有限公司",
        problem=ProblemKind.DEAD_KEY,
        what_happened="卡密在官方充值页兑换时提示无效。",
        noticed_at=ORDERED + timedelta(hours=1),
        delivered=Answer.YES,
        received_at=ORDERED + timedelta(minutes=2),
        used=Answer.NO,
        contacted_at=ORDERED + timedelta(hours=2),
        purpose=Purpose.LIVING,
        own_trade=Answer.YES,
        still_open=Answer.YES,
        money_back=Answer.NO,
        elsewhere=Answer.NO,
        buyer=Person("林小明", "13800138000", "浙江省杭州市西湖区某路1号"),
        demands=(Demand(DemandKind.REFUND, Decimal("50.00"), "订单实付金额"),),
        home="浙江省杭州市西湖区",
    )  # fmt: skip
    return replace(usual, **changed)  # type: ignore[arg-type]


def make_case(**changed: object) -> Case:
    """A case opened with those facts."""
    return Case("k-20261123T040000-aaaaaaaa", NOW, NOW, make_facts(**changed))


def make_item(kind: str, stage: Stage = Stage.AFTER, **changed: object) -> CaseItem:
    """An item of evidence of a kind."""
    usual = CaseItem(
        f"i-{kind}",
        "k-20261123T040000-aaaaaaaa",
        f"e-20261123T040000-{kind[:8]:0<8}",
        kind,
        stage,
        kind,
        "",
        "本人手机截图",
        NOW,
    )
    return replace(usual, **changed)  # type: ignore[arg-type]


def make_step(channel: str, **changed: object) -> CaseStep:
    """Something that was filed a week ago."""
    usual = CaseStep(f"p-{channel}", "k-20261123T040000-aaaaaaaa", channel, NOW - timedelta(days=7))
    return replace(usual, **changed)  # type: ignore[arg-type]


def make_file(*, at: datetime = NOW, **facts: object) -> CaseFile:
    """A case file with those facts and nothing in the archive."""
    return CaseFile(make_case(**facts), at)
