"""Rows of proof for a respondent: what was seen or looked up, where, when, and what it can and cannot show.

A row is made of a statement, a verified answer or a payment voucher. Its `strength` is what its source can prove of who
acts; its sentence says the dates as they are: seen before and after the order, only before, only after. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.operators.subject_names import load_words
from monitor.operators.verified_answers import VerifiedAnswer, days_apart
from monitor.times import SHANGHAI
from scrapers.identity import Place
from storage.identity import Statement


class Strength(StrEnum):
    """What the source of a row can prove, strongest first. Words of `cardwatch who --json`."""

    VOUCHER = "voucher"  # the buyer's own record of payment
    LINKED = "linked"  # looked up by hand, and its source ties the subject to the site or the order
    REGISTRY = "registry"  # a registry of domains that checks who registers (.cn)
    CONTROL = "control"  # an account that money goes to
    TOLD = "told"  # the buyer's word about a payment that no kept file shows
    KNOWN = "known"  # looked up by hand: the subject exists under this number; says nothing about the site
    TEXT = "text"  # anybody can write or copy it


STRENGTH_ZH = {
    Strength.VOUCHER: "付款凭证",
    Strength.LINKED: "人工核验（与站点或订单相连）",
    Strength.REGISTRY: "域名登记",
    Strength.CONTROL: "收款账户",
    Strength.TOLD: "您称（未存档）",
    Strength.KNOWN: "人工核验（仅证明主体存在）",
    Strength.TEXT: "页面文字（可被复制）",
}
KIND_ZH = {
    "uscc": "统一社会信用代码",
    "company": "名称",
    "icp": "ICP备案号",
    "payee": "收款方名称",
    "alipay_static": "支付宝收款码",
    "wechat_static": "微信收款码",
    "merchant_id": "商户号",
    "epay_pid": "易支付商户",
    "crypto": "加密货币地址",
    "registrant": "域名注册人",
    "address": "地址",
    "qq": "QQ",
    "qq_group": "QQ群",
    "wechat": "微信",
    "mobile": "手机",
    "tel400": "400电话",
    "telegram": "Telegram",
    "email": "邮箱",
}
_PLACE_ZH = {
    Place.VISIBLE: "页面可见文字",
    Place.ATTRIBUTE: "链接或属性",
    Place.SCRIPT: "页面脚本",
    Place.HIDDEN: "页面隐藏文字",
    Place.IMAGE_OCR: "图片（识别所得）",
    Place.REGISTRY: "域名登记查询",
    Place.VOUCHER: "付款凭证",
    Place.DNS: "DNS",
    Place.TLS: "证书",
    Place.REDIRECT: "跳转",
}


@dataclass(frozen=True)
class Voucher:
    """What the buyer says of a payment: who got the money, by which account, when; a record only with `evidence`."""

    payee: str
    paid_at: datetime
    account: str = ""
    account_kind: str = "merchant_id"
    uscc: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class ProofRow:
    """One row. `timely` says whether it speaks for the order's day; `sentence` is one Chinese sentence."""

    strength: Strength
    kind: str
    value: str
    site: str
    place: str
    role: str
    first_seen: datetime
    last_seen: datetime
    proof: tuple[str, ...]  # captures, lookups or evidence items
    timely: bool
    sentence: str
    source: str = ""  # of a verified answer: gsxt, miit, payment, platform, court, other
    settles: bool = True  # False where it may speak of an earlier holder of the name
    names_site: bool = False  # of an answer: it names this site itself, as domain or website
    as_typed: bool = False  # that it does is only what was typed beside it: it was asked by something else
    astray: str = ""  # of a payment: on which strangers' sites alone its account was seen, and what that may mean


def row_of_statement(statement: Statement, strength: Strength, at: datetime) -> ProofRow:
    """The row of a statement, with its dates told beside the order's."""
    asked = statement.place in (Place.REGISTRY, Place.DNS) or statement.last_capture.startswith("q-")
    seen = "查询" if asked else "抓取"
    timely, when = tell_dates(statement.first_seen, statement.last_seen, at, seen=seen)
    what = KIND_ZH.get(statement.kind, statement.kind)
    where = _PLACE_ZH.get(Place(statement.place), statement.place) if statement.place in set(Place) else statement.place
    return ProofRow(
        strength,
        statement.kind,
        statement.value,
        statement.site,
        statement.place,
        statement.role,
        statement.first_seen,
        statement.last_seen,
        tuple(dict.fromkeys(one for one in (statement.first_capture, statement.last_capture) if one)),
        timely,
        f"{'他人提供的文件称：' if statement.claimed else ''}{statement.site}的{where}载有{what}，{when}",
    )


def row_of_answer(answer: VerifiedAnswer, strength: Strength, at: datetime, *, settles: bool = True) -> ProofRow:
    """The row of an answer that a person looked up."""
    record = answer.record
    moment = datetime(record.looked_on.year, record.looked_on.month, record.looked_on.day, tzinfo=SHANGHAI)
    apart = days_apart(answer, at.astimezone(SHANGHAI).date())
    timely = apart <= load_words().verified_days
    told = "，".join(f"{name}：{value}" for name, value in (("名称", answer.name), ("代码", answer.uscc)) if value)
    late = "" if timely else f"；查询日与订单日相隔{apart}天，期间主体或备案可能有变，应重新查询"
    erased = record.evidence_erased_at
    gone = f"；其截图已于{_day(erased)}销毁，无从复核" if erased else ""
    kind, value = ("uscc", answer.uscc) if answer.uscc else ("company", answer.name or record.asked)
    return ProofRow(
        strength,
        kind,
        value,
        record.site,
        "verified",
        "",
        moment,
        moment,
        tuple(one for one in (record.id, record.evidence) if one),
        timely,
        f"{record.looked_on.isoformat()}在{answer.source_zh}以“{record.asked}”查得{told or '结果'}{late}{gone}",
        record.source,
        settles,
    )


def row_of_voucher(voucher: Voucher, at: datetime) -> ProofRow:
    """The row of a payment: of the record that is kept as evidence, else of the buyer's word alone."""
    timely, _ = tell_dates(voucher.paid_at, voucher.paid_at, at)
    shown = f"{_day(voucher.paid_at)}的付款凭证显示收款方为" if voucher.evidence else "您称收款方为"
    doubt = "" if voucher.evidence else "，付款凭证没有存档"
    kind, value = ("payee", voucher.payee) if voucher.payee else (voucher.account_kind, voucher.account)
    return ProofRow(
        Strength.VOUCHER if voucher.evidence else Strength.TOLD,
        kind,
        value,
        "",
        Place.VOUCHER if voucher.evidence else "told",
        "收款方",
        voucher.paid_at,
        voucher.paid_at,
        (voucher.evidence,) if voucher.evidence else (),
        timely,
        f"{shown}“{value}”{doubt}",
    )


def tell_dates(first: datetime, last: datetime, at: datetime, *, seen: str = "抓取") -> tuple[bool, str]:
    """Whether sights speak for a day, and how to say it: between two sights nothing was observed.

    Days are those of the calendar in China; `seen` says how it was seen: 抓取 or 查询.
    """
    window = load_words().seen_days
    begun, ended, day = (moment.astimezone(SHANGHAI).date() for moment in (first, last, at))
    days = f"{begun}" if begun == ended else f"{begun}至{ended}"
    told = f"{days}的{seen}中可见"
    if begun < day < ended or first <= at <= last:
        return True, f"{told}（订单日前后均见，{seen}之间未观察）"
    if day in (begun, ended):
        return True, f"{told}（订单日当天见到）"
    if ended < day:
        gap = (day - ended).days
        return gap <= window, f"{told}（最后一次在订单日前{gap}天，此后未见）"
    gap = (begun - day).days
    return gap <= window, f"{told}（首次在订单日后{gap}天，此前未见）"


def name_strength(row: ProofRow) -> str:
    """A row's strength in Chinese: what a registry answers unchecked is no text of a page."""
    if row.strength is Strength.TEXT and row.place == Place.REGISTRY:
        return "域名登记（未经实名核验）"
    if row.strength is Strength.TEXT and row.source == "platform":
        return "网站自己的话（可被照抄）"
    if row.strength is Strength.TEXT and row.place in (Place.DNS, Place.TLS):
        return "技术记录"
    return STRENGTH_ZH[row.strength]


def _day(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).date().isoformat()
