"""An ordinary case with evidence and pages that were seen around the order, for tests of letters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from complaints.casefiles import NOW, ORDERED, make_file, make_item

from monitor.complaints.evidence.exhibits import list_exhibits
from monitor.complaints.letters.write import Extra, write_letter
from monitor.complaints.model import CaseFile, Letter, PageAround, SeenVersion
from monitor.config.complaints import ComplaintSettings
from monitor.review.document import review_reading
from scrapers.model import Author, Block, BlockKind, Fact, FactKind, Origin, Reading, Role, Source
from storage.case import Person, Respondent
from storage.model import Change, ChangeClass, ChangeStatus, Difference, Effect, Severity, WatchedPage

FIRM = Respondent("杭州某某网络科技有限公司", "浙江省杭州市余杭区某街道2号")
BUYER = Person("林小明", "13800138000", "浙江省杭州市西湖区某路1号", born_on=date(1995, 3, 4))
KINDS = ("order", "wallet_bill", "failure", "demand_chat", "refusal", "subject")
URL = "https://xh88.test/help"
TEXTS = {
    "order": "星河卡盟 订单号 XH20261110001 某游戏点卡 50元 实付 50.00元 2026-11-10 14:30",
    "wallet_bill": "商户全称 杭州某某网络科技有限公司 -50.00 支付时间 2026-11-10 14:31\n"
    "交易单号 4200002211202611101234567890 商户单号 XH20261110001",
    "failure": "兑换失败：卡密无效 2026-11-10 15:30",
    "demand_chat": "2026-11-10 16:30 我：卡密无效，请退款",
    "refusal": "2026-11-10 16:40 客服：请等待",
    "subject": "杭州某某网络科技有限公司 浙江省杭州市余杭区某街道2号",
    "receipt": "您的投诉已提交，已受理 2026-11-16",
}
"""What is read in the pictures of the ordinary case."""


def make_whole(*, at: datetime = NOW, kinds: tuple[str, ...] = KINDS, **facts: object) -> CaseFile:
    """A case that lacks nothing for any letter to a seller or office."""
    usual: dict[str, object] = {"respondent": FIRM, "buyer": BUYER, **facts}
    file = make_file(at=at, **usual)
    items = tuple(
        make_item(
            kind,
            said_at=ORDERED + timedelta(minutes=place),
            title=f"{kind}的截图",
            text=TEXTS.get(kind, ""),
            text_source="ocr" if kind in TEXTS else "",
        )
        for place, kind in enumerate(kinds)
    )
    return replace(file, items=items)


def make_version(
    capture: str, at: datetime, *texts: str, hidden: str = "", facts: tuple[Fact, ...] = (), origin: Origin = Origin.OWN
) -> SeenVersion:
    """A version of the terms; `hidden` stands on it and cannot be seen."""
    blocks = [Block(BlockKind.TERMS, text, author=Author.PLATFORM) for text in texts]
    if hidden:
        blocks.append(Block(BlockKind.TERMS, hidden, author=Author.PLATFORM, source=Source.HIDDEN))
    shown = (*texts, *(one.shown for one in facts if one.source is Source.TEXT))
    reading = Reading("generic", 1.0, "t", "规则", "\n".join(shown), facts, tuple(blocks))
    findings = review_reading(reading, at=at.date()).findings
    return SeenVersion(capture, "p", URL, Role.TERMS, "desktop", at, origin, "规则", reading, findings)


def make_page(before: SeenVersion | None, after: SeenVersion | None, *, role: Role = Role.TERMS) -> PageAround:
    """A page that was seen on these sides of the order."""
    return PageAround(URL, role, "desktop", before, after, after or before, "", None, None, None)


def promise(text: str, source: Source = Source.TEXT) -> Fact:
    """What a page promises after the sale."""
    return Fact("", FactKind.AFTER_SALES, text, text, source=source)


def make_change(before: SeenVersion, after: SeenVersion, old: str, new: str, **changed: object) -> Change:
    """A confirmed change of rules to the buyer's harm."""
    quotable = bool(changed.pop("quotable", True))
    usual = Change(
        "x-1",
        WatchedPage("p", "星河卡盟", URL, Role.TERMS, "desktop"),
        before.capture,
        after.capture,
        before.seen_at,
        after.seen_at,
        ChangeStatus.CONFIRMED,
        "",
        Difference(ChangeClass.RULE, Severity.HIGH, Effect.WORSE, (), "", old, new, "", quotable),
    )
    return replace(usual, **changed)  # type: ignore[arg-type]


def write(kind: str, file: CaseFile, extra: Extra | None = None) -> Letter:
    """The letter of that kind with the case's own exhibits and default settings."""
    return write_letter(kind, file, list_exhibits(file), ComplaintSettings(), extra=extra)
