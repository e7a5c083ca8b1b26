"""What is kept of a dispute: the case, its orders, demands, evidence items and steps. Frozen values.

A case holds what the buyer says. Nothing in it is proven by standing here: proof is an evidence item or a capture.
"" and None mean that it is not known; money is Decimal in yuan, times are aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class PaymentForm(StrEnum):
    """How the order was paid: it decides which disputes exist at all. The words are promises."""

    WECHAT_MERCHANT = "wechat_merchant"
    ALIPAY_MERCHANT = "alipay_merchant"
    BANK_CARD = "bank_card"
    PERSONAL_CODE = "personal_code"  # 个人收款码
    TRANSFER = "transfer"  # 转账、红包
    EPAY = "epay"  # 易支付等聚合通道
    BALANCE = "balance"  # 平台余额
    USDT = "usdt"
    UNKNOWN = "unknown"


class ProblemKind(StrEnum):
    """What went wrong. The words are promises."""

    DEAD_KEY = "dead_key"
    USED_KEY = "used_key"
    EXPIRED_KEY = "expired_key"
    SHORT_VALUE = "short_value"
    NOT_DELIVERED = "not_delivered"
    WRONG_GOODS = "wrong_goods"
    ACCOUNT_LOST = "account_lost"  # 账号被找回、被封
    TOPUP_MISSING = "topup_missing"
    REFUSED_AFTER_SALES = "refused_after_sales"
    BALANCE_FROZEN = "balance_frozen"
    EXTRA_FEE = "extra_fee"  # 激活费、补差价、解冻金、保证金
    PLATFORM_GONE = "platform_gone"
    UNASKED_CHARGE = "unasked_charge"  # 自动续费、没有同意就扣款
    UNKNOWN = "unknown"


class Purpose(StrEnum):
    """What it was bought for. Only who buys for the living of himself and his family is a consumer."""

    LIVING = "living"
    RESALE = "resale"
    WORK = "work"  # 单位、店里、干活用
    FOR_OTHERS = "for_others"  # 帮别人买、拼单、代付
    UNKNOWN = "unknown"


class Answer(StrEnum):
    """Yes, no, in part, or not known."""

    YES = "yes"
    NO = "no"
    PARTLY = "partly"
    UNKNOWN = "unknown"


class UnlawfulPurpose(StrEnum):
    """What takes a trade out of consumer protection: a warning of self-incrimination, and no consumer pack."""

    FAKE_ORDERS = "fake_orders"  # 刷单
    CHEATS = "cheats"  # 外挂
    REAL_NAME_ACCOUNTS = "real_name_accounts"  # 实名账号、银行卡、电话卡
    SMS_CODES = "sms_codes"  # 接码
    GAMBLING = "gambling"


class DemandKind(StrEnum):
    """What the buyer asks for."""

    REPLACE = "replace"  # 换同面值
    DELIVER = "deliver"
    REFUND = "refund"  # 原路退回
    RELEASE = "release"  # 解冻、提现余额
    DAMAGES = "damages"
    FRAUD = "fraud"  # 三倍或五百元
    INVALID_CLAUSE = "invalid_clause"  # 确认条款无效
    COSTS = "costs"


@dataclass(frozen=True)
class Order:
    """One order, or one top-up of several. `amount` is what was paid."""

    number: str = ""
    product: str = ""
    amount: Decimal | None = None
    quantity: int | None = None
    ordered_at: datetime | None = None
    paid_at: datetime | None = None
    payment_no: str = ""  # 交易单号 of the wallet or bank
    merchant_no: str = ""  # 商户单号


@dataclass(frozen=True)
class Demand:
    """One demand; `amount` None where it is not money. `reckoning` says in Chinese how the sum is made."""

    kind: DemandKind
    amount: Decimal | None = None
    reckoning: str = ""


@dataclass(frozen=True)
class Meant:
    """What the buyer says that words in his case mean, where they look like something that speaks against him."""

    words: str  # as they stand in the story, the chat or the reply
    meaning: str = ""


@dataclass(frozen=True)
class Person:
    """A natural person in a case: personal data, masked wherever it leaves the machine and is not needed."""

    name: str = ""
    phone: str = ""
    address: str = ""
    id_number: str = ""
    born_on: date | None = None


@dataclass(frozen=True)
class Respondent:
    """Whom the buyer knows the trade was with, in his own words. What the archive proves comes from `who`."""

    name: str = ""
    address: str = ""
    uscc: str = ""
    phone: str = ""
    shop: str = ""  # the shop's name on a platform with many merchants


@dataclass(frozen=True)
class Facts:
    """All that the buyer says of the dispute."""

    platform: str = ""  # the name in the archive, or what the buyer calls it
    url: str = ""  # where he bought
    orders: tuple[Order, ...] = ()
    payment: PaymentForm = PaymentForm.UNKNOWN
    payee: str = ""  # as the voucher shows it
    payee_account: str = ""
    problem: ProblemKind = ProblemKind.UNKNOWN
    what_happened: str = ""
    noticed_at: datetime | None = None  # when the harm was seen
    delivered: Answer = Answer.UNKNOWN
    received_at: datetime | None = None
    by_network: bool = True  # delivered over the network, not by post
    valid_until: datetime | None = None  # 有效期 as it was promised
    face_value: Decimal | None = None
    got_value: Decimal | None = None
    used: Answer = Answer.UNKNOWN  # whether the buyer himself redeemed or logged in
    used_at: datetime | None = None
    extra_asked: Decimal | None = None  # what the seller asks beyond the price
    extra_name: str = ""  # 激活费, 解冻保证金 ...
    balance: Decimal | None = None  # what is held back on the platform
    contacted_at: datetime | None = None  # first demand to the seller
    seller_contact: str = ""
    seller_reply: str = ""  # his answer in his own words, "" while there is none
    replied_at: datetime | None = None
    advert_relied_on: str = ""  # capture or evidence id of the advertisement that led to the order
    fraud_evidence: tuple[str, ...] = ()  # capture or evidence ids that show deceit, as the buyer names them
    purpose: Purpose = Purpose.UNKNOWN
    unlawful: tuple[UnlawfulPurpose, ...] = ()
    own_trade: Answer = Answer.UNKNOWN  # whether the buyer (or his ward) bought from this seller and paid
    still_open: Answer = Answer.UNKNOWN  # whether the harm stands: nothing made good, nothing settled
    money_back: Answer = Answer.UNKNOWN  # whether any of the money came back, from whomever
    elsewhere: Answer = Answer.UNKNOWN  # whether a court, an association or another body has or had the dispute
    buyer: Person = field(default_factory=Person)
    minor: bool = False
    guardian_agreed: Answer = Answer.UNKNOWN  # of a minor: whether the guardian agreed, or ratified it afterwards
    guardian: Person = field(default_factory=Person)
    helper: Person = field(default_factory=Person)  # who acts for the buyer
    helper_role: str = ""  # 亲属, 消协工作人员, 律师 ...
    consent: str = ""  # of the buyer to that: evidence id, or how and when he gave it
    respondent: Respondent = field(default_factory=Respondent)
    demands: tuple[Demand, ...] = ()
    answer_by: datetime | None = None  # the deadline set to the seller
    home: str = ""  # 省市区 of the buyer, for the court
    meant: tuple[Meant, ...] = ()
    others: tuple[str, ...] = ()  # case ids of other buyers who complain jointly

    @property
    def paid(self) -> Decimal | None:
        """The sum of all orders, None while the amount of one is not known."""
        amounts = [order.amount for order in self.orders]
        if not amounts or any(amount is None for amount in amounts):
            return None
        return sum((amount for amount in amounts if amount is not None), Decimal(0))

    @property
    def ordered_at(self) -> datetime | None:
        """When the first order was made (or paid, where only that is known)."""
        moments = [order.ordered_at or order.paid_at for order in self.orders]
        known = [moment for moment in moments if moment is not None]
        return min(known) if known else None


@dataclass(frozen=True)
class Case:
    """A dispute. `erased_at` of a tombstone: nothing else of it is left."""

    id: str
    opened_at: datetime
    updated_at: datetime
    facts: Facts = field(default_factory=Facts)
    closed_at: datetime | None = None
    outcome: str = ""  # how it ended: refunded, replaced, partly, refused, abandoned
    returned: Decimal | None = None  # what came back, in yuan
    erased_at: datetime | None = None
    erased_why: str = ""


class Stage(StrEnum):
    """When an item of evidence came about."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


@dataclass(frozen=True)
class FoundTime:
    """A time that a file itself states. `source` is exif, pdf, container, mail, chat, zip or certificate."""

    source: str
    field: str
    at: datetime
    zone_known: bool = True


@dataclass(frozen=True)
class CaseItem:
    """An evidence item in a case. `kind` is an id of monitor/reference/evidence_kinds.toml."""

    id: str  # i-…
    case: str
    evidence: str  # e-…: the item of the custody log
    kind: str
    stage: Stage
    title: str
    shows: str  # 证明对象
    source: str  # where it comes from
    added_at: datetime
    media_type: str = ""
    said_at: datetime | None = None  # when the buyer says it was made
    times: tuple[FoundTime, ...] = ()
    conflicts: tuple[str, ...] = ()
    text: str = ""  # what was read in it
    text_source: str = ""  # ocr, pdf, mail, html, chat or ""
    duplicate_of: str = ""  # item id with the same bytes, or nearly the same picture
    removed_at: datetime | None = None


@dataclass(frozen=True)
class CaseStep:
    """What was filed where, until when an answer is due, and what came of it."""

    id: str  # p-…
    case: str
    channel: str  # id of monitor/reference/channels.toml
    filed_at: datetime
    proof: tuple[str, ...] = ()  # evidence ids: receipt, screenshot
    receipt_no: str = ""
    due_at: datetime | None = None
    due_what: str = ""  # what is due then, in Chinese
    provisional: bool = False  # the earliest date only: the calendar does not reach so far
    accepted_at: datetime | None = None
    answered_at: datetime | None = None
    outcome: str = ""  # refunded, replaced, partly, refused, rejected (不予受理), ended, silent, withdrawn
    returned: Decimal | None = None
    note: str = ""
    reminded_at: datetime | None = None
