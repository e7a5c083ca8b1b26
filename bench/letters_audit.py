"""Audits a letter against what it was made from, without the code that wrote it: laws, marks, sums, inventions, words.

Takes a letter and its case file, gives every fault as a sentence. The law table, the words of the code and the sums are
read and reckoned here anew.
"""

from __future__ import annotations

import ast
import dataclasses
import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from functools import cache
from itertools import combinations
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.letters_world import HIDDEN
from monitor.complaints.letters.text import render_text
from monitor.complaints.model import CaseFile, Exhibit, Letter, Sentence, SentenceKind
from monitor.config.complaints import ComplaintSettings
from storage.case import Answer, DemandKind, Purpose

ROOT = Path(__file__).parents[1]
_OFFICES = ("p12315", "p12315_compact", "market_complaint", "consumer_assoc")
_CLAIMS = ("demand", "p12315", "p12315_compact", "market_complaint", "consumer_assoc", "heimao", "payment", "lawsuit")
CHINA = ZoneInfo("Asia/Shanghai")
FORBIDDEN = (
    "构成诈骗", "骗子", "诈骗犯", "一定退款", "保证退款", "冻结对方", "曝光", "可信时间戳", "奸商",
    "None", "Decimal(", "datetime",
)  # fmt: skip
SHORT = ("demand_chat", "payment", "heimao")
WHOSE_WORD = "未标证据编号的内容，为本人陈述"
WRITER = ("投诉人", "举报人", "申请人", "报案人", "原告", "委托人", "委托人（法定代理人）", "受托人", "联系与送达")
CONSUMER_TITLES = (
    "消费者权益保护法",
    "消费者权益保护法实施条例",
    "侵害消费者权益行为处罚办法",
    "网络购买商品七日无理由退货暂行办法",
)
_TABLES = (
    "laws", "letters", "channels", "evidence_kinds", "evidence_checklist", "fraud_signs",
    "jurisdiction", "term_patterns",
)  # fmt: skip
_HAN = re.compile(r"[\u4e00-\u9fff]")
_CITED = re.compile(r"《([^》]+)》((?:第[零一二三四五六七八九十百]+条(?:等)?、?)+)")
_ARTICLE = re.compile(r"第[零一二三四五六七八九十百]+条(?:等)?")
_MONEY = re.compile(r"(-?\d+(?:\.\d+)?)元")
_DIGITS = re.compile(r"\d+")


def audit_letter(
    letter: Letter,
    file: CaseFile,
    exhibits: tuple[Exhibit, ...],
    settings: ComplaintSettings,
    *,
    disclose: bool = False,
) -> list[str]:
    """Everything that is wrong with a letter."""
    text = render_text(letter)
    return [
        *_audit_laws(letter, file, text),
        *_audit_declarations(letter, file, text),
        *_audit_marks(letter, exhibits, text),
        *_audit_support(letter, file, exhibits),
        *_audit_balance(letter, file, text),
        *_audit_sums(letter, file, text),
        *_audit_inventions(letter, file, exhibits, settings, text),
        *_audit_words(letter, file, text, disclose=disclose),
    ]


def sentences_of(letter: Letter) -> Iterator[Sentence]:
    """Every sentence of a letter."""
    for block in letter.blocks:
        yield from block.sentences
        for row in block.rows:
            yield from row


def _audit_laws(letter: Letter, file: CaseFile, text: str) -> Iterator[str]:
    day = file.at.astimezone(CHINA).date()
    rows = read_laws()
    for one in sentences_of(letter):
        for name in one.articles:
            if not _in_force(rows[name], day):
                yield f"{letter.kind}: {name} is cited on {day}, when it was not in force or not confirmed"
    for title, articles in _CITED.findall(text):
        plain = title.replace("〈", "《").replace("〉", "》")
        for article in _ARTICLE.findall(articles):
            known = [row for row in rows.values() if (row["title"], row["article"]) == (plain, article)]
            if not any(_in_force(row, day) for row in known):
                yield f"{letter.kind}: 《{title}》{article} is named on {day}, which may not be"
        bound = file.case.facts.purpose is Purpose.LIVING or letter.kind in ("market_report", "correction")
        if not bound and plain in CONSUMER_TITLES:
            yield f"{letter.kind}: consumer law in the letter of one who is no consumer: {title}"


def _audit_declarations(letter: Letter, file: CaseFile, text: str) -> Iterator[str]:
    """What only the buyer can declare stands in a letter only where he did, or where the recorded steps show it."""
    recorded = {step.channel for step in file.steps}
    if "同一争议未被" in text and file.case.facts.elsewhere is not Answer.NO and not recorded:
        yield f"{letter.kind}: declares for the buyer that nobody else has the dispute"
    if "监护人不予追认" in text and not (file.case.facts.minor and file.case.facts.guardian_agreed is Answer.NO):
        yield f"{letter.kind}: declares for a guardian that he does not ratify"
    if letter.kind == "consumer_assoc" and ("由市场监督管理部门组织" in text or "12315平台" in letter.to):
        yield f"{letter.kind}: speaks to the regulator"


def _audit_marks(letter: Letter, exhibits: tuple[Exhibit, ...], text: str) -> Iterator[str]:
    numbers = {one.number for one in exhibits}
    for one in sentences_of(letter):
        if not set(one.marks) <= numbers:
            yield f"{letter.kind}: marks {one.marks} name no exhibit"
        if one.kind is not SentenceKind.FACT or letter.kind in SHORT:
            continue
        mark = f"（证{'、'.join(one.marks)}）" if one.marks else "（据本人陈述）" if "附证" in one.text else ""
        if f"{one.text}{mark}" not in text:
            yield f"{letter.kind}: a fact without its mark: {one.text}"
    said = [
        one
        for block in letter.blocks
        if block.title not in WRITER
        for one in (*block.sentences, *(cell for row in block.rows for cell in row))
        if one.kind is SentenceKind.FACT and not one.marks and "附证" not in one.text
    ]
    told = text.count(WHOSE_WORD)
    if letter.kind not in SHORT and told != bool(said):
        yield f"{letter.kind}: {len(said)} facts have no mark, and whose word they are is told {told} times"
    for one in re.findall(r"证(\d-\d+)", text):
        if one not in numbers and one != "2-1":
            yield f"{letter.kind}: 证{one} is no exhibit"


def _audit_support(letter: Letter, file: CaseFile, exhibits: tuple[Exhibit, ...]) -> Iterator[str]:
    """A mark of a file stands only where the file's own text holds the amounts, numbers and words of the sentence."""
    texts = {item.evidence: item for item in file.items if item.removed_at is None}
    items = {one.number: texts.get(one.id) for one in exhibits if one.form == "item"}
    parts = {one.amount for one in file.case.facts.orders}
    for one in sentences_of(letter):
        if one.kind is not SentenceKind.FACT:
            continue
        for mark in one.marks:
            item = items.get(mark)
            if mark not in items:
                continue
            text = item.text if item is not None and item.text_source != "html" else ""
            if not text.strip():
                yield f"{letter.kind}: 证{mark} has no readable text and marks: {one.text}"
                continue
            numbers = {Decimal(run.replace(",", "")) for run in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}
            for amount in map(Decimal, _MONEY.findall(re.sub(r"“[^”]*”", "", one.text))):
                whole = amount == file.case.facts.paid and numbers & parts
                if amount not in numbers and not whole:
                    yield f"{letter.kind}: 证{mark} does not hold {amount}元: {one.text}"
            dense = "".join(text.split())
            for run in re.findall(r"[A-Za-z0-9]{10,}", re.sub(r"https?://\S+|（[^）]*）", "", one.text)):
                if run not in dense:
                    yield f"{letter.kind}: 证{mark} does not hold {run}: {one.text}"
            if "答复：“" in one.text:
                said = one.text.partition("答复：“")[2].rstrip("”")
                buyer = [line for line in text.splitlines() if said and said in line and "我：" in line]
                if any(part not in dense for part in re.split(r"[，。；！？…\s]+", said)) or buyer:
                    yield f"{letter.kind}: 证{mark} does not hold what the seller says: {said}"
            if one.text.endswith("收到的卡密无法兑换或激活") and "充值成功" in dense and "无效" not in dense:
                yield f"{letter.kind}: 证{mark} shows the contrary: {one.text}"


def _audit_balance(letter: Letter, file: CaseFile, text: str) -> Iterator[str]:
    """What speaks for the seller stands beside what is asked, and a day without a clock time is told as that."""
    facts = file.case.facts
    back = sum((one.returned for one in file.steps if one.returned), Decimal(0))
    told = letter.kind in _CLAIMS
    if told and back and f"{back:.2f}元" not in text:
        yield f"{letter.kind}: what came back is kept quiet"
    if told and facts.seller_reply.strip() and "答复" not in text:
        yield f"{letter.kind}: the seller's answer is kept quiet"
    if letter.kind != "data_note" and re.search(r"\d日00:00", text):
        yield f"{letter.kind}: a day without a clock time is told as midnight"
    partly = "partly" in (facts.delivered.value, facts.used.value)
    asked = re.search(r"将(\d+(?:\.\d+)?)元退至原支付方式", text)
    if partly and asked and facts.paid is not None and facts.got_value is None and Decimal(asked[1]) >= facts.paid > 0:
        yield f"{letter.kind}: all is asked back though a part was got"
    unproven = [one for one in file.steps if not one.proof]
    told_of = re.findall(r"本人已于[^。\n]*?向([^。\n]*?)提出", text)
    if letter.kind in _OFFICES:  # to an office what offices did is told as the buyer's word
        told_of = [name for name in told_of if not re.search("12315|市场监督|公安", name)]
    if unproven and told_of and not [one for one in file.steps if one.proof]:
        yield f"{letter.kind}: a filing without proof is told"


def _audit_sums(letter: Letter, file: CaseFile, text: str) -> Iterator[str]:
    facts = file.case.facts
    paid, back = facts.paid, sum((one.returned for one in file.steps if one.returned), Decimal(0))
    known = {one.amount for one in facts.orders} | {one.amount for one in facts.demands}
    known |= {
        facts.balance,
        facts.extra_asked,
        facts.face_value,
        facts.got_value,
        paid,
        back,
        Decimal(500),
        Decimal(50),
    }
    known |= {order.amount for other in file.others for order in other.orders}
    known |= {Decimal(20)}  # the reckoning that the world writes
    parted = set[Decimal]()
    if paid is not None:
        known |= {paid - back, paid * 3, max(paid * 3, Decimal(500))}
        if facts.face_value and facts.got_value is not None:
            share = (paid * (facts.face_value - facts.got_value) / facts.face_value).quantize(
                Decimal("0.01"), ROUND_HALF_UP
            )
            parted = {share, max(share - back, Decimal(0))}
            known |= parted
    amounts = [one.amount for one in facts.demands if one.amount is not None]
    basis = [*amounts, *(value for value in (paid, facts.balance) if value is not None)]
    if paid is not None:
        basis += [paid - back, max(paid * 3, Decimal(500))]
    basis += sorted(parted)
    known |= {sum(parts, Decimal(0)) for count in (2, 3, 4) for parts in combinations(basis[:10], count)}
    exact = {value for value in known if value is not None}
    for shown in _MONEY.findall(_without_inputs(text, file)):
        if Decimal(shown) not in exact:
            yield f"{letter.kind}: {shown}元 is in no order and no demand"
    for total, parts in re.findall(r"合计(\d+(?:\.\d+)?)元（([\d.元＋]+)", text):
        if Decimal(total) != sum((Decimal(one) for one in _MONEY.findall(parts)), Decimal(0)):
            yield f"{letter.kind}: {total}元 is not the sum of {parts}"
    grounds = bool(facts.fraud_evidence) or bool(facts.advert_relied_on)
    grounds = grounds and any(word in facts.what_happened for word in ("宣称", "谎", "虚假"))
    if "三倍" in text.replace("二倍", "") and not grounds:
        yield f"{letter.kind}: threefold damages without evidence of deceit"
    if "三倍" in text and not any(one.kind is DemandKind.FRAUD for one in facts.demands):
        yield f"{letter.kind}: threefold damages that nobody asked for"


def _audit_inventions(
    letter: Letter, file: CaseFile, exhibits: tuple[Exhibit, ...], settings: ComplaintSettings, text: str
) -> Iterator[str]:
    """No number and no word that is neither in the input nor in our own words."""
    inputs = [*_texts_in(file), *_texts_in(exhibits)]
    digits = {run for one in inputs for run in _DIGITS.findall(one)} | _own_digits() | _shown_moments(file, settings)
    digits |= {str(place) for place in range(1, 41)}  # numbers of items and counts
    for run in _DIGITS.findall(_MONEY.sub("", text)):
        if run not in digits:
            yield f"{letter.kind}: the number {run} comes from nowhere"
    left = _uncovered(text, {*inputs, *_own_words()})
    if left:
        yield f"{letter.kind}: these words come from nowhere: {left[:60]}"


def _uncovered(text: str, known: set[str]) -> str:
    """The Han of a text that lie in no known word; known words may overlap."""
    covered = bytearray(len(text))
    for word in known:
        at = text.find(word) if word else -1
        while at >= 0:
            covered[at : at + len(word)] = b"\x01" * len(word)
            at = text.find(word, at + 1)
    return "".join(sign for sign, told in zip(text, covered, strict=True) if not told and _HAN.match(sign))


def _audit_words(letter: Letter, file: CaseFile, text: str, *, disclose: bool) -> Iterator[str]:
    for word in (*FORBIDDEN, *HIDDEN):
        if word in text:
            yield f"{letter.kind}: '{word}' is in it"
    if any(sign in text for sign in "\x07\u202e\x1b"):
        yield f"{letter.kind}: a control character is in it"
    if "ABCD-1234-EFGH-5678" in text:
        yield f"{letter.kind}: a live key is in it"
    facts = file.case.facts
    people = (facts.buyer, facts.guardian, facts.helper)
    betraying = [value for one in people for value in (one.name, one.phone, one.address)]
    betraying += [value for one in facts.orders for value in (one.number, one.payment_no, one.merchant_no)]
    if letter.kind == "heimao" or (letter.kind == "market_report" and not disclose):
        public = (facts.respondent.address,)
        for value in betraying:
            if value and value not in public and value in text:
                yield f"{letter.kind}: '{value}' betrays the writer"
    if letter.kind == "market_report" and ("退款" in text and "请求" in text.partition("退款")[0][-20:]):
        yield "market_report: it asks for a refund"
    if letter.kind == "demand":
        for one in sentences_of(letter):
            if re.search(r"已于.*向.*提出", one.text) and not one.marks and "附证" not in one.text:
                yield f"demand: a filing without proof: {one.text}"


@cache
def read_laws() -> dict[str, dict[str, object]]:
    """The law table as it stands in the file: id → title, article, days, confirmed."""
    data = tomllib.loads((ROOT / "monitor/reference/laws.toml").read_text(encoding="utf-8"))
    return {name: {"confirmed": True, **data["titles"][row["of"]], **row} for name, row in data["articles"].items()}


def _in_force(row: dict[str, object], day: date) -> bool:
    first, last = row["valid_from"], row.get("valid_to")
    assert isinstance(first, date)
    return bool(row["confirmed"]) and first <= day and (not isinstance(last, date) or day <= last)


@cache
def _own_words() -> frozenset[str]:
    """Every literal of the code that writes, and every text of the tables that it reads."""
    found: set[str] = set()
    for folder in (
        "complaints/letters",
        "complaints",
        "complaints/facts",
        "complaints/routing",
        "complaints/filing",
        "complaints/deadlines",
        "complaints/evidence",
        "operators",
        "findings",
        "complaints/masking",
    ):
        for path in (ROOT / "monitor" / folder).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and _HAN.search(node.value):
                    found |= {node.value, node.value.rstrip("。；")}
    for name in _TABLES:
        found |= set(_strings(tomllib.loads((ROOT / f"monitor/reference/{name}.toml").read_text(encoding="utf-8"))))
    found |= {one.replace("《", "〈").replace("》", "〉") for one in found}
    found |= {one.replace("buyer.", "guardian.").replace("本人", "监护人") for one in found}  # what a minor is asked
    return frozenset(one for one in found if len(one) < 400)


@cache
def _own_digits() -> frozenset[str]:
    return frozenset(run for one in _own_words() for run in _DIGITS.findall(one))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        yield value.rstrip("。；")
        yield value.partition("——")[0]
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _texts_in(value: object) -> Iterator[str]:
    """Every text of the input, whole and in its sentences, as one line."""
    if isinstance(value, Enum):
        return
    if isinstance(value, str):
        plain = re.sub(r"[\x00-\x1f\u202e]+", " ", value).strip()
        yield plain
        yield re.sub("\u202e", "", re.sub(r"[\x00-\x1f]+", " ", value)).strip()
        for part in re.split(r"[。！？!?；;\n]+", value):
            yield re.sub(r"[\x00-\x1f]+", " ", part.replace("\u202e", "")).strip()
        yield from (plain[:most] for most in (20, 40, 60, 80, 120) if len(plain) > most)
        yield from re.findall(r"[\u4e00-\u9fff]+", plain)
        yield from re.findall(r"[\u4e00-\u9fff]{1,6}?[省市区县]", plain)  # offices are named by parts of an address
    elif isinstance(value, datetime):
        local = value.astimezone(CHINA)
        yield f"{local:%Y %m %d %H %M %S} {local.month} {local.day}"
    elif isinstance(value, date):
        yield f"{value.year} {value.month} {value.day}"
    elif isinstance(value, (Decimal, int)):
        yield str(value)
        yield f"{value:.2f}"
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _texts_in(getattr(value, field.name))
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from _texts_in(one)


def _shown_moments(file: CaseFile, settings: ComplaintSettings) -> set[str]:
    """The digits of the deadlines: the settings' hours from the file's moment; and the day, counts of orders."""
    moments = [file.at + timedelta(hours=hours) for hours in (settings.answer_hours, settings.solve_hours)]
    found = {run for one in moments for run in _DIGITS.findall(next(iter(_texts_in(one))))}
    return found | {"00", "08", "24", "72", str(len(file.case.facts.orders))}


def _without_inputs(text: str, file: CaseFile) -> str:
    for order in file.case.facts.orders:
        if order.product:
            text = text.replace(order.product, "")
    return text
