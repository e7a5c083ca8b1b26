"""What the pure parts of a complaint take and give: the case file, its exhibits, the plan, letters. Frozen values.

A CaseFile is all that is known of a case at one moment: made once from the archive (`gather`), and then routing,
letters, excuses, checks and packs are functions of it alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from monitor.findings.model import SiteFinding
from monitor.operators.who import WhoAnswer
from monitor.review.model import TermFinding
from scrapers.model import Origin, Reading, Role
from storage.case import Case, CaseItem, CaseStep, DemandKind, Order, Person
from storage.model import Change

__all__ = ["Case", "CaseItem", "CaseStep"]


# --- what is known -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SeenVersion:
    """What one capture of a page showed."""

    capture: str
    page: str
    url: str
    role: Role
    vantage: str
    seen_at: datetime
    origin: Origin
    title: str
    reading: Reading
    findings: tuple[TermFinding, ...] = ()  # unfair or risky clauses of its terms, by the law of that day


@dataclass(frozen=True)
class PageAround:
    """A page around the order: the nearest versions before and after, and the newest.

    `statement` is the honest sentence on both (在 T1、T2 两次抓取中均显示，间隔期间未观察 ...); `alike` None where it
    cannot be said. `visits_now` tells why there is no newer version (blocked, failed ...), "" where there is one.
    """

    url: str
    role: Role
    vantage: str
    before: SeenVersion | None
    after: SeenVersion | None
    newest: SeenVersion | None
    statement: str
    alike: bool | None
    rules_alike: bool | None
    gap_seconds: float | None
    visits_now: str = ""

    @property
    def nearest(self) -> SeenVersion | None:
        """The version nearest to the order that was seen before it, else the one after."""
        return self.before or self.after


@dataclass(frozen=True)
class Blink:
    """What one capture showed otherwise than the captures before and after it. Never a confirmed change.

    `change` is from the capture before to the one between; `back` is the capture that again showed what was before.
    """

    change: Change
    back: SeenVersion


@dataclass(frozen=True)
class OtherCase:
    """As much of another case of this archive as routing and the self-check need."""

    id: str
    platform: str
    respondent: str
    product: str
    buyer: str  # name and phone are compared, and shown only in a joint complaint
    phone: str
    opened_at: datetime
    refunds_asked: int
    shop: str = ""
    address: str = ""  # from here on only of a case that is named as one of a joint complaint
    minor: bool = False
    guardian: Person = field(default_factory=Person)
    orders: tuple[Order, ...] = ()
    demands: tuple[DemandKind, ...] = ()


@dataclass(frozen=True)
class CaseFile:
    """Everything known of a case at `at`."""

    case: Case
    at: datetime
    items: tuple[CaseItem, ...] = ()
    steps: tuple[CaseStep, ...] = ()
    pages: tuple[PageAround, ...] = ()
    changes: tuple[Change, ...] = ()  # of rules, prices and outcomes since the order, oldest first
    findings: tuple[SiteFinding, ...] = ()
    who: WhoAnswer | None = None
    others: tuple[OtherCase, ...] = ()
    notes: tuple[str, ...] = ()  # what could not be looked up, and why
    blinks: tuple[Blink, ...] = ()  # rules and prices that one capture alone showed otherwise, oldest first
    partial: Mapping[str, str] = field(default_factory=dict)  # captures that ended half done, and what they lack

    @property
    def today(self) -> date:
        """The day of the file, in China."""
        from monitor.times import SHANGHAI

        return self.at.astimezone(SHANGHAI).date()


# --- exhibits ----------------------------------------------------------------------------------------------------


class ExhibitGroup(StrEnum):
    """The groups of the list of evidence, in this order."""

    SUBJECT = "1"  # 主体
    RULES = "2"  # 合同与规则
    PAYMENT = "3"  # 支付
    DELIVERY = "4"  # 交付与问题
    DEALINGS = "5"  # 沟通与拒绝
    LOSS = "6"  # 损失计算


@dataclass(frozen=True)
class Exhibit:
    """One numbered piece of evidence: `number` such as 2-1. `id` is of a capture, an evidence item or a lookup."""

    number: str
    group: ExhibitGroup
    id: str
    form: str  # capture, item or lookup
    kind: str  # kind of the item; for captures the role of the page
    name: str
    source: str
    shows: str
    at: datetime | None
    media_type: str = ""
    quotable: bool = True  # False where it was read from hidden text or by OCR


# --- letters -----------------------------------------------------------------------------------------------------


class SentenceKind(StrEnum):
    """What a sentence is. Facts carry exhibit numbers, or stand as the writer's own statement."""

    FACT = "fact"
    LAW = "law"
    DEMAND = "demand"
    UNKNOWN = "unknown"  # says what is not known
    FORM = "form"  # greetings, set phrases


@dataclass(frozen=True)
class Sentence:
    """One sentence. `marks` are exhibit numbers; a fact without any is 据本人陈述. `articles` are ids of laws.toml."""

    text: str
    kind: SentenceKind = SentenceKind.FORM
    marks: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()


class BlockKind(StrEnum):
    """How a block of a letter is laid out."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEMS = "items"  # one numbered line a sentence
    TABLE = "table"
    FIELDS = "fields"  # name and value a row
    SIGNATURE = "signature"


@dataclass(frozen=True)
class Block:
    """A part of a letter. Tables have `columns` and `rows` of sentences; the others have `sentences`."""

    kind: BlockKind
    title: str = ""
    sentences: tuple[Sentence, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Sentence, ...], ...] = ()


@dataclass(frozen=True)
class Letter:
    """A letter before it is laid out as text, HTML, PDF or DOCX."""

    kind: str  # id of monitor/reference/letters.toml
    title: str
    to: str
    blocks: tuple[Block, ...]
    signed_on: date
    unknowns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # for the sender, not part of the letter


@dataclass(frozen=True)
class Missing:
    """A field without which something cannot be made: what, why, and what to get where. `articles` say so.

    `read` are the words of the case that raised it, "" where a field did: what they mean the buyer may say himself.
    """

    field: str
    what: str
    why: str
    mend: str
    articles: tuple[str, ...] = ()
    read: str = ""


class LetterBlocked(Exception):  # noqa: N818 - reads as a sentence where it is caught
    """A letter cannot be written yet; carries all that is missing."""

    def __init__(self, kind: str, missing: tuple[Missing, ...]) -> None:
        super().__init__("；".join(one.what for one in missing))
        self.kind = kind
        self.missing = missing


# --- the plan ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlannedStep:
    """One channel in the plan. `blocked` is empty where it can be filed now."""

    channel: str
    name: str
    layer: int
    place: int  # 1, 2, ... ; steps with the same place may run side by side
    reason: str
    start: str  # when to begin, in Chinese: 现在, or after what
    blocked: tuple[Missing, ...] = ()
    excludes: tuple[str, ...] = ()  # channels that must not handle the same dispute at the same time
    warnings: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    gives: str = ""
    gives_not: str = ""
    cost: str = ""  # minutes, yuan, usual wait
    entry: str = ""  # where to go: address or path in an app
    forum: str = ""  # the office, where it is known
    due: str = ""  # the next clock, in Chinese
    after: tuple[str, ...] = ()  # channels that follow when the clock has run out


@dataclass(frozen=True)
class Unsuited:
    """A channel that does not fit, and why."""

    channel: str
    name: str
    reason: str
    articles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """The ordered way of a case. `refused` is why no consumer pack is made at all, "" otherwise."""

    steps: tuple[PlannedStep, ...]
    unsuited: tuple[Unsuited, ...] = ()
    flags: tuple[tuple[str, str], ...] = ()  # signs of fraud: (id, sentence)
    notes: tuple[str, ...] = ()
    refused: str = ""
    basis: Mapping[str, str] = field(default_factory=dict)  # the figures that decided, with their source


# --- masking -----------------------------------------------------------------------------------------------------


class Audience(StrEnum):
    """Who will read a pack."""

    AUTHORITY = "authority"  # 12315, 市场监管, 公安, 法院
    PAYMENT = "payment"
    PLATFORM = "platform"
    PUBLIC = "public"


@dataclass(frozen=True)
class Masking:
    """What to mask for whom. `known` are texts of this case to be masked everywhere: (text, what it is)."""

    audience: Audience
    keep: tuple[str, ...] = ()  # texts that stay: names and addresses of the parties before an authority
    known: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Hit:
    """One masked place: what kind it was, and how it is shown now. Never the text itself."""

    kind: str  # card_key, id_number, bank_card, phone, email, qq, wechat, address, person, token ...
    shown: str
    where: str = ""
