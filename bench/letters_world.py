"""Random case files for the measure of letters: any facts, days of 2020 to 2027, pages, changes, hostile texts.

Takes a random.Random (hypothesis gives one too), gives a CaseFile. Texts that must never be quoted (hidden, read from
pictures, seen once) bear words of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

from monitor.complaints.evidence.evidence_kinds import load_kinds
from monitor.complaints.model import Blink, CaseFile, OtherCase, PageAround, SeenVersion
from monitor.findings.model import FindingKind, SiteFinding
from monitor.review.document import review_reading
from monitor.times import SHANGHAI
from scrapers.model import Author, Block, BlockKind, Fact, FactKind, Origin, Reading, Role, Source
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
    Respondent,
    UnlawfulPurpose,
)
from storage.model import Change, ChangeClass, ChangeStatus, Difference, Effect, Severity, WatchedPage

T = TypeVar("T")
_FULL = 0.6
HIDDEN = ("隐匿之约甲", "图中之约乙", "一次所见丙")
"""Words of texts that were hidden, read from a picture, or seen in one capture only."""
NAMES = ("林小明", "王芳", "欧阳清扬", "")
PHONES = ("13800138000", "15912345678", "")
ADDRESSES = ("浙江省杭州市西湖区某路1号", "四川省成都市武侯区某街2栋3单元", "")
FIRMS = ("杭州某某网络科技有限公司", "成都云桥信息技术有限公司", "")
STORIES = (
    "卡密在官方充值页兑换时提示无效。客服不回复。",
    "对方是骗子！我付款后一直没有发货，冻结对方账户。页面写明当天发货",
    "付款后没有收到卡密；\u202e联系客服\x07无人应答",
    "构成诈骗",
    "",
    "客服宣称官方直供，实际却无法使用。充值3000，其中赠送了2000。",
    "兑换失败，卡号 ABCD-1234-EFGH-5678 提示已被使用。",
    "<script>alert(1)</script> 提示无效 & 无法使用",
)
REPLIES = ("卡密一经售出概不退换", "请等待", "", "你这个骗子", "我们不是骗子，同意全额退款，请把收款码发来")
TERMS = (
    "虚拟商品一经售出，概不退换。",
    "最终解释权归本站所有。",
    "卡密无效的，7天内联系客服包换或者全额退款。",
    "逾期未反馈视为放弃一切权利。",
)


def random_file(random: Random) -> CaseFile:
    """A case file on a random day."""
    at = datetime(2020, 1, 2, tzinfo=UTC) + timedelta(minutes=random.randrange(8 * 365 * 1440))
    ordered = at - timedelta(minutes=random.randrange(1, 900 * 1440))
    facts = random_facts(random, ordered, at)
    items = tuple(random_items(random, facts, ordered, at))
    case = Case("k-20260101T000000-aaaaaaaa", at, at, facts)
    pages = tuple(random_pages(random, facts, at))
    return CaseFile(
        case,
        at,
        items,
        tuple(random_steps(random, items, at)),
        pages,
        tuple(random_changes(random, pages)),
        tuple(random_findings(random, pages, at)),
        others=tuple(random_others(random, facts, at)),
        blinks=tuple(random_blinks(random, pages)),
    )


def random_facts(random: Random, ordered: datetime, at: datetime) -> Facts:
    """What a buyer says: often little, sometimes much."""
    orders = tuple(
        Order(
            number=pick(random, ("XH20261110001", "8800-12", "")),
            product=pick(random, ("某游戏点卡 50元", "Steam 充值卡", "话费充值", "")),
            amount=any_of(
                random, (Decimal("50.00"), Decimal("8.8"), Decimal("119.273"), Decimal("5000"), Decimal("600"))
            )
            if random.random() < 0.9
            else None,
            quantity=pick(random, (1, 3, None)),
            ordered_at=pick(random, (ordered, None, midnight(ordered))),
            paid_at=pick(random, (ordered + timedelta(minutes=1), None)),
            payment_no=pick(random, ("4200002211202611101234567890", "")),
            merchant_no=pick(random, ("SH778899", "")),
        )
        for _ in range(pick(random, (1, 1, 0, 1, 2, 7)))
    )
    minor = random.random() < 0.15
    return Facts(
        platform=pick(random, ("星河卡盟", "云桥发卡", "")),
        url=pick(random, ("https://xh88.test/buy/12", "xh88.test", "")),
        orders=orders,
        payment=pick(random, tuple(PaymentForm)),
        payee=pick(random, FIRMS),
        payee_account=pick(random, ("mch_1900001", "")),
        problem=any_of(random, tuple(ProblemKind)),
        what_happened=any_of(random, STORIES),
        noticed_at=pick(random, (ordered + timedelta(hours=1), None)),
        delivered=any_of(random, tuple(Answer)),
        received_at=pick(random, (ordered + timedelta(minutes=5), None)),
        by_network=random.random() < 0.9,
        valid_until=pick(random, (at + timedelta(days=3), None)),
        face_value=pick(random, (Decimal(100), None)),
        got_value=pick(random, (Decimal(30), None)),
        used=any_of(random, tuple(Answer)),
        used_at=pick(random, (ordered + timedelta(hours=2), None)),
        extra_asked=any_of(random, (Decimal(30), None, None)),
        extra_name=pick(random, ("激活费", "")),
        balance=any_of(random, (Decimal(5000), None)),
        contacted_at=pick(random, (ordered + timedelta(hours=3), None)),
        seller_contact=pick(random, ("QQ 12345678", "")),
        seller_reply=pick(random, REPLIES),
        replied_at=pick(random, (ordered + timedelta(hours=4), None)),
        advert_relied_on=pick(random, ("i-advert", "c-p0-before", "")),
        fraud_evidence=pick(random, ((), ("i-failure",), ("i-nowhere",))),
        purpose=pick(random, (Purpose.LIVING, Purpose.LIVING, Purpose.RESALE, Purpose.UNKNOWN)),
        elsewhere=pick(random, tuple(Answer)),
        money_back=pick(random, (Answer.NO, Answer.UNKNOWN)),
        unlawful=pick(random, ((), (), (UnlawfulPurpose.FAKE_ORDERS,))),
        buyer=random_person(random),
        minor=minor,
        guardian_agreed=pick(random, tuple(Answer)) if minor else Answer.UNKNOWN,
        guardian=random_person(random) if minor else Person(),
        helper=random_person(random),
        helper_role=pick(random, ("亲属", "")),
        respondent=Respondent(
            pick(random, FIRMS),
            pick(random, ADDRESSES),
            pick(random, ("91330110MA2XXXXX0A", "")),
            shop=pick(random, ("小站", "")),
        ),
        demands=random_demands(random),
        answer_by=pick(random, (at + timedelta(days=3, minutes=7), at - timedelta(days=1), None)),
        home=pick(random, ("浙江省杭州市西湖区", "")),
        others=any_of(random, ((), (), ("k-other",), ("k-other", "k-nowhere"))),
    )  # fmt: skip


def midnight(moment: datetime) -> datetime:
    """A day of which no clock time is known, as it is kept."""
    return datetime.combine(moment.astimezone(SHANGHAI), time.min, SHANGHAI)


def random_person(random: Random) -> Person:
    """A person of whom any particular may be missing."""
    return Person(
        pick(random, NAMES),
        pick(random, PHONES),
        pick(random, ADDRESSES),
        pick(random, ("330106199503041234", "")),
        pick(random, (date(1995, 3, 4), None)),
    )


def random_demands(random: Random) -> tuple[Demand, ...]:
    """Demands that may or may not add up."""
    amounts = (None, Decimal("50.00"), Decimal("8.8"), Decimal(500), Decimal(99999), Decimal(-1))
    kinds = random.sample(tuple(DemandKind), random.randrange(0, 4)) or [DemandKind.REFUND]
    return tuple(Demand(kind, pick(random, amounts), pick(random, ("差价20元", ""))) for kind in kinds)


def random_items(random: Random, facts: Facts, ordered: datetime, at: datetime) -> Sequence[CaseItem]:
    """Evidence of random kinds."""
    kinds = random.sample(tuple(load_kinds()), random.randrange(4, 20))
    return [
        CaseItem(
            f"i-{kind}",
            "k-20260101T000000-aaaaaaaa",
            f"e-{kind}",
            kind,
            load_kinds()[kind].stage,
            pick(random, ("", f"{load_kinds()[kind].name}截图")),
            "",
            "本人手机截图",
            at,
            said_at=pick(random, (ordered - timedelta(days=1), ordered + timedelta(hours=1), None)),
            conflicts=pick(random, ((), ("图片记录的时间与所说的时间不同",))),
            text_source=pick(random, ("ocr", "pdf", "html", "chat")),
            text=random_text(random, facts),
            removed_at=at if random.random() < 0.1 else None,
        )
        for kind in kinds
    ]


def random_text(random: Random, facts: Facts) -> str:
    """What is read in a file: all that the buyer says, something else, the contrary, or nothing."""
    told = [facts.platform, facts.payee, facts.payee_account, facts.respondent.name, facts.buyer.name]
    for one in facts.orders:
        told += [one.number, one.product, f"实付 {one.amount}" if one.amount is not None else "", one.payment_no]
        told += [one.merchant_no]
    told += [f"客服：{facts.seller_reply}", "我：卡密无效，请退款", "客服：激活费 30元", "提示 无效 已受理"]
    told += [f"余额 {facts.balance}" if facts.balance is not None else "", "已退 10.00 20.00 实得 30"]
    whole = "\n".join(one for one in told if one)
    other = "收款方 上海另外一家公司 80元 4200009999\n2019-01-01 我：激活费30元，概不退换，请等待\n客服：可以全额退款"
    return any_of(random, (whole, whole, "充值成功", other, "", random_half(random, told)))


def random_half(random: Random, told: Sequence[str]) -> str:
    """Some of the lines."""
    return "\n".join(one for one in told if one and random.random() < 0.5)


def random_steps(random: Random, items: Sequence[CaseItem], at: datetime) -> list[CaseStep]:
    """Filings with and without proof."""
    proofs = [item.evidence for item in items if item.kind in ("receipt", "police_receipt", "first_complaint")]
    return [
        CaseStep(
            f"p-{place}",
            "k-20260101T000000-aaaaaaaa",
            pick(random, ("platform", "p12315", "wechat_pay", "police", "consumer_assoc")),
            at - timedelta(days=place + 1),
            proof=tuple(proofs[:1]) if random.random() < 0.6 else (),
            receipt_no=pick(random, ("HZ2026-77", "")),
            outcome=pick(random, ("", "refused", "silent", "partly")),
            returned=pick(random, (None, None, Decimal("10.00"))),
        )
        for place in range(random.randrange(0, 3))
    ]


def random_pages(random: Random, facts: Facts, at: datetime) -> list[PageAround]:
    """Pages that were seen before, after, or on one side only; some texts cannot be quoted."""
    moment = facts.ordered_at or at
    pages = []
    for place, role in enumerate(random.sample((Role.PRODUCT, Role.TERMS, Role.NOTICE), random.randrange(0, 3))):
        url = f"https://xh88.test/p{place}"
        day = moment.date()
        before = _version(random, f"c-p{place}-before", url, role, moment - timedelta(days=2), day)
        after = _version(random, f"c-p{place}-after", url, role, min(moment + timedelta(days=2), at), day)
        if random.random() < 0.4:
            after = replace(after, reading=before.reading, findings=before.findings)
        sides = pick(random, ((before, after), (before, None), (None, after)))
        pages.append(
            PageAround(
                url,
                role,
                "desktop",
                *sides,
                sides[1] or sides[0],
                "",
                None,
                None,
                4 * 86400.0,
                pick(random, ("", "无法访问")),
            )
        )
    return pages


def _version(random: Random, capture: str, url: str, role: Role, at: datetime, day: date) -> SeenVersion:
    texts = random.sample(TERMS, random.randrange(0, len(TERMS) + 1))
    blocks = [Block(BlockKind.TERMS, text, author=Author.PLATFORM) for text in texts]
    blocks.append(
        Block(BlockKind.TERMS, f"{HIDDEN[0]}：一经售出概不退换。", author=Author.PLATFORM, source=Source.HIDDEN)
    )
    blocks.append(
        Block(BlockKind.TERMS, f"{HIDDEN[1]}：最终解释权归本站所有。", author=Author.PLATFORM, source=Source.IMAGE)
    )
    blocks.append(Block(BlockKind.TERMS, f"{HIDDEN[0]}：概不负责。", author=Author.PLATFORM, concealed="display:none"))
    facts = (
        Fact("", FactKind.PRICE, "50.00", "¥50.00"),
        Fact("", FactKind.VALIDITY, "365天", "有效期365天"),
        Fact("", FactKind.WARRANTY, HIDDEN[0], HIDDEN[0], source=Source.HIDDEN),
        Fact("", FactKind.AFTER_SALES, HIDDEN[1], HIDDEN[1], source=Source.IMAGE),
        Fact("", FactKind.WARRANTY, f"{HIDDEN[0]}：概不负责", f"{HIDDEN[0]}：概不负责"),
    )
    shown = "\n".join((*texts, "¥50.00", "有效期365天"))
    reading = Reading("generic", 1.0, "t", "卡盟", shown, tuple(random.sample(facts, 4)), tuple(blocks))
    findings = review_reading(reading, at=day).findings
    origin = pick(random, (Origin.OWN, Origin.IMPORTED))
    return SeenVersion(capture, "p", url, role, "desktop", at, origin, "", reading, findings)


def random_changes(random: Random, pages: Sequence[PageAround]) -> list[Change]:
    """Changes that are confirmed or not, quotable or not."""
    made = []
    for place, page in enumerate(pages):
        if page.before is None or page.after is None:
            continue
        status = pick(random, (ChangeStatus.CONFIRMED, ChangeStatus.PENDING, ChangeStatus.BLINKED))
        quotable = random.random() < 0.7
        now = pick(random, (TERMS[0], ""))
        told = TERMS[2] if quotable and status is ChangeStatus.CONFIRMED else HIDDEN[2]
        made.append(
            Change(
                f"x-{place}",
                WatchedPage("p", "星河卡盟", page.url, page.role, "desktop"),
                page.before.capture,
                page.after.capture,
                page.before.seen_at,
                page.after.seen_at,
                status,
                "",
                Difference(ChangeClass.RULE, Severity.HIGH, Effect.WORSE, (), "", told, now, "", quotable),
            )
        )
    return made


def random_others(random: Random, facts: Facts, at: datetime) -> list[OtherCase]:
    """Cases that the facts name, of the same platform or another, by another buyer or the same."""
    orders = (Order("QT20261111002", "视频会员月卡", Decimal("33.10"), 1, at - timedelta(days=3)),)
    return [
        OtherCase(
            name, any_of(random, (facts.platform, "别的卡盟")), "", "视频会员月卡",
            any_of(random, ("赵甲乙", "林小明")), "13700137000", at, 1,
            address="四川省成都市武侯区某街2栋3单元", orders=any_of(random, (orders, ())),
            demands=(DemandKind.REFUND, DemandKind.COSTS),
        )
        for name in facts.others
        if name != "k-nowhere"
    ]  # fmt: skip


def random_blinks(random: Random, pages: Sequence[PageAround]) -> list[Blink]:
    """What the newest capture shows as the one before the order, and one between did not; or does not show again."""
    made = []
    for place, page in enumerate(pages):
        if page.before is None or page.newest is None or random.random() < 0.5:
            continue
        between = replace(page.before, capture=f"c-between{place}")
        text = pick(random, (TERMS[2], HIDDEN[2]))
        difference = Difference(ChangeClass.RULE, Severity.HIGH, Effect.WORSE, (), "", text, "", "", text == TERMS[2])
        where = WatchedPage("p", "星河卡盟", page.url, page.role, "desktop")
        status = pick(random, (ChangeStatus.BLINKED, ChangeStatus.PENDING))
        change = Change(
            f"x-b{place}", where, page.before.capture, between.capture, page.before.seen_at, between.seen_at, status,
            page.newest.capture, difference,
        )  # fmt: skip
        made.append(Blink(change, page.newest))
    return made


def random_findings(random: Random, pages: Sequence[PageAround], at: datetime) -> list[SiteFinding]:
    """Findings on the site, some to be looked at by a person first."""
    captures = tuple(page.newest.capture for page in pages if page.newest)
    return [
        SiteFinding(
            kind,
            Severity.MEDIUM,
            "星河卡盟",
            (),
            at,
            "在已监测的页面中未发现经营者名称",
            pick(random, (captures, ("c-nowhere",))),
            articles=("dsf-15", "wljy-12", "ptgz-12"),
            needs_human=random.random() < 0.3,
        )
        for kind in random.sample(tuple(FindingKind), random.randrange(0, 3))
    ]


def pick(random: Random, values: Sequence[T]) -> T:
    """One of the values, the first (the fullest) oftener: else nearly every letter would be blocked."""
    return values[0] if random.random() < _FULL else any_of(random, values)


def any_of(random: Random, values: Sequence[T]) -> T:
    """One of the values."""
    return values[random.randrange(len(values))]
