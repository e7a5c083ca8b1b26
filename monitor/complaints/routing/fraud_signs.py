"""Signs in a case that it may be one for the police first, signs of harm to many, and words of an unlawful purpose.

Takes a case file, gives signs with their Chinese sentences. A sign is never a verdict: 可能涉及. The words are rows of
monitor/reference/fraud_signs.toml; a word behind a negation in the same clause does not count. Pure.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from urllib.parse import urlsplit

from monitor.complaints.model import CaseFile, SeenVersion
from monitor.findings.model import FindingKind
from scrapers.model import Origin
from storage.case import Answer, Facts, PaymentForm, ProblemKind, UnlawfulPurpose

_CLAUSE = re.compile(r"[，,。；;！!？?\n]+")
_DENIED = re.compile(
    r"(?:不是|没有|没|未|并未|无需|不用|不要求|从未|不涉及?|不参与|不做|不搞|禁止|严禁)[^，,。；;]{0,6}$"
)
_MUST_PAY = re.compile(
    r"(?:要|让|叫|需|先|须|再)[^，,。；;]{0,8}[交付缴充转补]|才(?:能|可以|给)[^，,。；;]{0,6}(?:提现|退款|解冻|到账)"
)
_MOST_TEXT = 20_000
PERSONAL_FORMS = (PaymentForm.PERSONAL_CODE, PaymentForm.TRANSFER, PaymentForm.USDT)
PURPOSE_ZH = {
    UnlawfulPurpose.FAKE_ORDERS: "刷单、刷量",
    UnlawfulPurpose.CHEATS: "外挂",
    UnlawfulPurpose.REAL_NAME_ACCOUNTS: "买卖实名账号、银行卡或电话卡",
    UnlawfulPurpose.SMS_CODES: "接码",
    UnlawfulPurpose.GAMBLING: "赌博",
}


@dataclass(frozen=True)
class FraudSign:
    """One sign. A critical one puts police and payment first. `sentence` is for the buyer, `office` for an office."""

    id: str
    critical: bool
    sentence: str
    office: str = ""


def find_signs(file: CaseFile, *, reachable: bool = False) -> tuple[FraudSign, ...]:
    """The signs of a case. `reachable` says that the respondent is known with an address: who moved is not gone."""
    facts = file.case.facts
    found = []
    for row in _signs():
        text = _extra_text(facts) if row.only_extra else _own_text(facts)
        words = row.words if reachable and _is_told_fee(facts) else (*row.words, *row.single)
        if _says(text, words) or _tells(text, row.patterns) or _shows(row.facts, file, reachable):
            found.append(FraudSign(row.id, row.critical, row.sentence, row.office))
    critical = any(one.critical for one in found)
    return tuple(one for one in found if not (critical and one.id == "fee_before_service"))


def _is_told_fee(facts: Facts) -> bool:
    """Whether the dispute is one fee beyond the price that the buyer tells with its sum and name: it was asked once."""
    return facts.problem is ProblemKind.EXTRA_FEE and bool(facts.extra_asked and facts.extra_name.strip())


def find_systemic(file: CaseFile) -> tuple[str, ...]:
    """What speaks for harm to many: unfair clauses, findings on the platform, several cases of this archive."""
    several, severities = _systemic()
    found: list[str] = []
    clauses = dict.fromkeys(
        finding.name
        for page in file.pages
        for seen in (page.before, page.after, page.newest)
        if seen is not None
        for finding in seen.findings
        if finding.quotable
        and not finding.needs_human
        and not finding.exceptions
        and finding.severity.value in severities
    )
    if clauses:
        names = "、".join(list(clauses)[:4]) + ("等" if len(clauses) > 4 else "")
        found.append(f"平台规则中有可能不公平的格式条款（{names}），对所有买家适用")
    said = dict.fromkeys(
        one.sentence for one in file.findings if not one.needs_human and one.severity.value in severities
    )
    found += [f"平台监测发现：{sentence}" for sentence in list(said)[:3]]
    alike = [one for one in file.others if _same_seller(file, one.platform, one.respondent)]
    if len(alike) + 1 >= several:
        found.append(f"本档案中同一平台的争议已有{len(alike) + 1}件（达到{several}件即提示，为默认值）")
    return tuple(found)


def is_back(file: CaseFile) -> bool:
    """Whether the site that the buyer found gone was seen by us afterwards."""
    return any(is_same_site(file, one) for one in _seen_since(file))


def is_elsewhere(file: CaseFile) -> bool:
    """Whether only another site was seen since, of which nobody decided whose it is."""
    return bool(_seen_since(file)) and not is_back(file)


def is_same_site(file: CaseFile, seen: SeenVersion) -> bool:
    """Whether a capture is of the very site that was bought from: by its host, or that of pages seen before."""
    told = _host(file.case.facts.url)
    if told:
        return _host(seen.url) == told
    since = file.case.facts.noticed_at
    known = {_host(page.url) for page in file.pages if page.before is not None and (
        since is None or page.before.seen_at <= since)}  # fmt: skip
    return _host(seen.url) in known


def _seen_since(file: CaseFile) -> list[SeenVersion]:
    """The newest captures of ours since the buyer found the platform gone, of pages that the last visit still read."""
    since = file.case.facts.noticed_at
    return [
        page.newest
        for page in file.pages
        if since is not None
        and page.newest is not None
        and page.newest.origin is Origin.OWN
        and page.newest.seen_at > since
        and not page.visits_now
    ]


def _host(url: str) -> str:
    host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    return host.removeprefix("www.")


def hint_purposes(facts: Facts) -> tuple[UnlawfulPurpose, ...]:
    """Unlawful purposes that the buyer's words may mean, and that he was not asked about or did not say."""
    text = " ".join((facts.what_happened[:_MOST_TEXT], *(order.product for order in facts.orders[:50])))
    return tuple(row.purpose for row in find_purposes(text) if row.purpose not in facts.unlawful)


def find_purposes(text: str) -> tuple[PurposeWords, ...]:
    """The purposes whose words stand in a text and are not denied there."""
    return tuple(row for row in load_purposes() if _tells(text, (row.words,)))


def _same_seller(file: CaseFile, platform: str, respondent: str) -> bool:
    facts = file.case.facts
    return bool(facts.platform and facts.platform == platform) or bool(
        facts.respondent.name and facts.respondent.name == respondent
    )


def _own_text(facts: Facts) -> str:
    return "。".join((facts.what_happened[:_MOST_TEXT], facts.extra_name))


def _extra_text(facts: Facts) -> str:
    """The name of what is asked beyond the price, and the clauses in which somebody has to pay."""
    told = "。".join((facts.what_happened[:_MOST_TEXT], facts.seller_reply[:_MOST_TEXT]))
    return "，".join([facts.extra_name, *(part for part in _CLAUSE.split(told) if _MUST_PAY.search(part))])


def _says(text: str, words: tuple[str, ...]) -> bool:
    for clause in _CLAUSE.split(text):
        for word in words:
            place = clause.find(word)
            if place >= 0 and not _DENIED.search(clause[:place]):
                return True
    return False


def _tells(text: str, patterns: tuple[re.Pattern[str], ...]) -> bool:
    """Whether a sentence tells it: what is denied before the match in the same clause does not count."""
    for pattern in patterns:
        for found in pattern.finditer(text[:_MOST_TEXT]):
            if not _DENIED.search(text[: found.start()].rpartition("。")[2]):
                return True
    return False


def _shows(wanted: str, file: CaseFile, reachable: bool) -> bool:
    facts = file.case.facts
    back = facts.problem is ProblemKind.PLATFORM_GONE and is_back(file)
    elsewhere = facts.problem is ProblemKind.PLATFORM_GONE and is_elsewhere(file)
    gone = facts.problem is ProblemKind.PLATFORM_GONE and not back and not elsewhere
    if wanted == "vanished":
        held = facts.delivered is Answer.NO or (facts.balance or 0) > 0
        return gone and held and not reachable
    if wanted == "gone":
        return gone
    if wanted == "moved":
        return back
    if wanted == "elsewhere":
        return elsewhere
    if wanted == "fake_identity":
        fabricated = any(one.kind is FindingKind.NUMBER_NOT_GENUINE and not one.needs_human for one in file.findings)
        return fabricated or bool(file.who and file.who.answer.victims)
    if wanted == "extra":
        return facts.problem is ProblemKind.EXTRA_FEE or (facts.extra_asked or 0) > 0
    if wanted == "personal_payee":
        return facts.payment in PERSONAL_FORMS
    return False


@dataclass(frozen=True)
class _Row:
    id: str
    critical: bool
    words: tuple[str, ...]
    only_extra: bool
    facts: str
    sentence: str
    patterns: tuple[re.Pattern[str], ...] = ()
    office: str = ""
    single: tuple[str, ...] = ()


@cache
def _data() -> Mapping[str, object]:
    text = resources.files("monitor.reference").joinpath("fraud_signs.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _read_row(row: Mapping[str, object]) -> _Row:
    words, patterns, single = row["words"], row.get("patterns", []), row.get("single", [])
    assert isinstance(words, list) and isinstance(patterns, list) and isinstance(single, list)
    return _Row(
        id=str(row["id"]),
        critical=bool(row["critical"]),
        words=tuple(words),
        only_extra=bool(row["only_extra"]),
        facts=str(row["facts"]),
        sentence=str(row["sentence"]),
        patterns=tuple(re.compile(one) for one in patterns),
        office=str(row["office"]),
        single=tuple(single),
    )


@cache
def _signs() -> tuple[_Row, ...]:
    rows = _data()["signs"]
    assert isinstance(rows, list)
    return tuple(_read_row(row) for row in rows)


@cache
def _systemic() -> tuple[int, tuple[str, ...]]:
    row = _data()["systemic"]
    assert isinstance(row, dict)
    return int(row["several_cases"]), tuple(row["severities"])


@dataclass(frozen=True)
class PurposeWords:
    """The words by which a purpose outside consumer protection is known, and its Chinese name."""

    purpose: UnlawfulPurpose
    name: str
    words: re.Pattern[str]


@cache
def load_purposes() -> tuple[PurposeWords, ...]:
    """The purposes that fraud_signs.toml knows by their words, for the plan and for `quick` alike."""
    rows = _data()["purposes"]
    assert isinstance(rows, list)
    return tuple(
        PurposeWords(UnlawfulPurpose(row["id"]), str(row["name"]), re.compile(row["words"], re.I)) for row in rows
    )
