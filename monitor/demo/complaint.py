"""The last act of a demo: a practice buyer's dead card becomes a case, a plan and a complaint pack that verifies.

Takes the open archive after a walk and the gravest rule change; gives what was made. The order lies before the rule
was rewritten. Person, order and voucher are made up and say so.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.complaints.facts.demands import propose_demands
from monitor.complaints.gather import gather_case
from monitor.complaints.intake.bring import bring_in
from monitor.complaints.pack.build import build_pack
from monitor.complaints.pack.model import PackBlocked
from monitor.complaints.routing.plan import plan_case
from monitor.demo.script import SHANGHAI
from monitor.verify.options import Options
from monitor.verify.target import verify_target
from monitor.verify.verdict import Verdict
from scrapers.model import FactKind, Role
from storage.case import Answer, Case, Facts, Order, PaymentForm, Person, ProblemKind, Purpose
from storage.cases import keep_case
from storage.ids import new_id
from storage.model import Change, ChangeClass, ChangeStatus
from storage.pages import list_pages
from storage.versions import versions_around

if TYPE_CHECKING:
    from monitor.config.settings import Settings
    from scrapers.process import FoundBrowser
    from storage.archive import Archive

CHANNEL = "wechat_pay"
_KEY = "DEMO-7K2Q-XW94-PLZ8"
_NUMBER = "4200002211{day}0000000001"


@dataclass(frozen=True)
class DemoComplaint:
    """What became of the practice case. `trouble` says what kept it from a verified pack, "" for nothing."""

    case: str = ""
    ordered_at: datetime | None = None
    rule: str = ""  # what the terms showed around the order, and what became of it
    first_steps: tuple[str, ...] = ()
    pack: Path | None = None
    pages: int = 0
    masked: int = 0
    verdict: str = ""
    trouble: str = ""


NO_COMPLAINT = DemoComplaint()


def complain(
    archive: Archive, settings: Settings, found: FoundBrowser, changes: Sequence[Change], *, at: datetime, out: Path
) -> DemoComplaint:
    """Open the practice case as of a simulated moment, bring in its evidence, plan it, pack it, verify the pack.

    The order lies before the gravest rewritten terms of a platform whose product could be read then.
    """
    chosen = _choose(archive, changes)
    if chosen is None:
        return NO_COMPLAINT
    change, facts = chosen
    case = Case(new_id("case", at), at, at, facts)
    with archive.database.writing() as session:
        keep_case(session, case)
    with tempfile.TemporaryDirectory() as folder:
        bring_in(archive, case.id, _write_evidence(Path(folder), facts), at=at, ocr_seconds=0)
    file = gather_case(archive, case.id, at=at, settings=settings.complaints)
    plan = plan_case(file, settings.complaints)
    told = DemoComplaint(
        case.id,
        facts.ordered_at,
        change.difference.reason,
        tuple(dict.fromkeys(step.name for step in plan.steps if not step.blocked))[:3],
    )
    try:
        report = build_pack(
            archive,
            file,
            CHANNEL,
            compact=False,
            at=at,
            settings=settings.complaints,
            out=out,
            browser=found,
            kept_at=at,
        )
    except PackBlocked as blocked:
        return replace(told, trouble=str(blocked))
    checked = verify_target(out, Options(at))
    good = checked.verdict in (Verdict.INTACT, Verdict.CANNOT_SAY)
    return replace(
        told,
        pack=out,
        pages=report.pages,
        masked=sum(count for _, count in report.masks),
        verdict=checked.verdict.value,
        trouble="" if good else f"the pack is {checked.verdict.value}",
    )


def tell_complaint(told: DemoComplaint, config: str) -> list[str]:
    """What was made, for the terminal."""
    if not told.case or told.ordered_at is None:
        return []
    day = f"{told.ordered_at.astimezone(SHANGHAI):%Y-%m-%d}"
    lines = [f"练习案件 {told.case}：{day} 下单的点卡无效，此后条款：{_clip(told.rule)}"]
    if told.first_steps:
        lines.append(f"  先走：{'、'.join(told.first_steps)}")
    if told.pack is not None:
        lines.append(
            f"  投诉包 {told.pack.as_posix()}：证据材料 {told.pages} 页，已遮盖 {told.masked} 处，"
            f"核验：{_VERDICTS.get(told.verdict, told.verdict)}"
        )
    if told.trouble:
        lines.append(f"  differs: no verified pack: {told.trouble}")
    return [*lines, f"  cardwatch case show {told.case} --config {config}"]


_VERDICTS = {"intact": "完好", "cannot_say": "未改动（没有时间戳，密钥持有人自己改过与否无法判断）"}


def _clip(text: str) -> str:
    return text if len(text) <= 90 else text[:89] + "…"


def _choose(archive: Archive, changes: Sequence[Change]) -> tuple[Change, Facts] | None:
    rules = [
        change
        for change in changes
        if change.difference.change_class is ChangeClass.RULE
        and change.status is ChangeStatus.CONFIRMED
        and change.page.role is Role.TERMS
        and change.before_at is not None
        and change.difference.before
        and change.difference.after
    ]
    for change in sorted(rules, key=lambda one: -one.difference.severity.rank):
        assert change.before_at is not None
        facts = _make_facts(archive, change, change.before_at - timedelta(hours=1))
        if facts is not None:
            return change, facts
    return None


def _make_facts(archive: Archive, change: Change, ordered: datetime) -> Facts | None:
    """The order of a practice buyer, for the first product of the platform that could be read then."""
    platform = change.page.platform
    with archive.database.reading() as session:
        pages = [page for page in list_pages(session, platform) if page.role is Role.PRODUCT]
        versions = [(page, versions_around(session, page.id, ordered)[0]) for page in pages]
    for page, version in versions:
        if version is None:
            continue
        values = {fact.kind: fact.value for fact in reversed(version.reading.facts) if not fact.qualifier}
        if FactKind.NAME not in values or FactKind.PRICE not in values:
            continue
        day = f"{ordered.astimezone(SHANGHAI):%Y%m%d}"
        order = Order(
            f"LX{day}001", values[FactKind.NAME], Decimal(values[FactKind.PRICE]), 1, ordered,
            ordered + timedelta(minutes=1), _NUMBER.format(day=day),
        )  # fmt: skip
        facts = Facts(
            platform=platform,
            url=page.url,
            orders=(order,),
            payment=PaymentForm.WECHAT_MERCHANT,
            problem=ProblemKind.DEAD_KEY,
            what_happened="卡密在官方页面兑换时提示无效。（练习案件，情节为虚构）",
            noticed_at=ordered + timedelta(hours=1),
            delivered=Answer.YES,
            received_at=ordered + timedelta(minutes=2),
            used=Answer.NO,
            contacted_at=ordered + timedelta(hours=2),
            seller_reply="虚拟商品一经售出概不退换",
            replied_at=ordered + timedelta(hours=3),
            purpose=Purpose.LIVING,
            own_trade=Answer.YES,
            still_open=Answer.YES,
            money_back=Answer.NO,
            elsewhere=Answer.NO,
            buyer=Person("练习买家", "13800138000", "浙江省杭州市西湖区练习路1号"),
            home="浙江省杭州市西湖区",
        )
        return replace(facts, demands=propose_demands(facts).demands)
    return None


def _write_evidence(folder: Path, facts: Facts) -> Sequence[Path]:
    """A bill and a chat, as text files that say that they are for practice."""
    (order,) = facts.orders
    paid = f"{order.paid_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if order.paid_at else ""
    asked = f"{facts.contacted_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if facts.contacted_at else ""
    texts = {
        "账单详情.txt": f"微信支付 账单详情（练习）\n金额：{order.amount}元\n"
        f"交易单号：{order.payment_no}\n支付时间：{paid}\n",
        "聊天记录.txt": f"{asked} 我：卡密 {_KEY} 提示无效，请换同面值的或者退款，请书面答复\n"
        f"{asked} 客服：{facts.seller_reply}\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]
