"""Weighs exceptions that came or went: one helps the buyer where the sentence refuses, harms him where it grants.

Takes the units that changed, gives findings. What adds (除邮件外还可打电话), and what the other side excepts in words
of its own (非人为损坏), is no exception gained or lost. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.changes.measures import Finding
from monitor.changes.stances import find_shared_limits, read_stances
from monitor.changes.units import Unit
from storage.model import Effect, Severity

_EXCEPTION = re.compile(
    r"除外|不在(?:其内|此列|其列|范围内)|不(?:含|包括|计|算)在内|人为[^,。;]{0,6}不[保赔补换退]|除[^,。;]{1,12}[以之]?外|不在此限|不受此限|不受前述|(?<!单)(?<!权益)(?<!权利)不受影响|(?<![无有设])例外|另(?:说|议|当别论)|不(?:在此列|论)(?=$|[,。;])"
)
_EXCEPTED = re.compile(r"除(?:因|了)?([^,。;]{2,12}?)[以之]?外")
_ADDED = re.compile(r",?[^,。;]{0,4}(?:还|另|也|又|亦|新增|增加)")
_RESTRICTION = re.compile(
    r"视为|逾期|超过|超时|不予|不退|不换|不补|概不|不支持|不负|不承担|不再|放弃|(?<!折)扣|自行承担|不(?:能|可|得|会)?(?:退|换|补|赔)|不(?:构成|作为|属于)"
)
_DUTY_TO = re.compile("(?:更换|换[货新]|补发|退款|退还|退货|维修|修复)[^,。;]{0,2}(?:责任|义务)")
_OF_DUTY = {
    "退": ("refund_narrowed", "refund_widened"),
    "换": ("replacement_cut", "replacement_improved"),
    "修": ("warranty_cut", "warranty_extended"),
}
_DENIES = re.compile("(?:的|者|时|则|,)[^,。;]{0,3}不(?:予|再|能|给)?[退换补赔保管]")
_LIFTS = re.compile(r"不在此限|不受此限|不受前述")
_BUT = re.compile(r"^\W*(?:惟|唯|但)")
_OF_USE = re.compile(r"通用|适用|可用|使用|覆盖|门店|店内|核销|参与|参加|叠加")
_OF_CLAIMS = re.compile(r"退|换|补|赔|质保|保修|售后|责任|费")
_FAULT_OF_GOODS = re.compile(r"质量|瑕疵|坏|无效|失效|损|错发|不符")


def find_exception(plain: str) -> bool:
    """Whether a unit holds words of exception."""
    return _EXCEPTION.search(plain) is not None


def compare_exceptions(before: Sequence[Unit], after: Sequence[Unit]) -> list[Finding]:
    """An exception helps the buyer where the sentence takes from him, and harms him where it gives."""
    old, new = ([unit for unit in side if _is_exception(unit)] for side in (before, after))
    findings = []
    limits = find_shared_limits(before, after) if old or new else frozenset()
    for unit, side in [*((unit, "lost") for unit in old), *((unit, "gained") for unit in new)]:
        if (new if side == "lost" else old) and len(old) == len(new):
            continue
        if limits & read_stances(unit.sentence, unit.sentence).keys():
            continue  # 除卡密错误外不退 is 仅卡密错误可退
        if _is_said_otherwise(unit, after if side == "lost" else before):
            continue
        rest = unit.sentence.replace(unit.plain, "")
        helps = _RESTRICTION.search(rest) is not None or _lifts(unit)
        harm = helps == (side == "lost")
        kinds = _exception_kinds(unit.plain, rest, harm=harm, helps=helps)
        words = (unit.plain, "") if side == "lost" else ("", unit.plain)
        findings.append(
            Finding(
                kinds,
                Effect.WORSE if harm else Effect.BETTER,
                Severity.NONE if not harm else (Severity.HIGH if "refund_removed" in kinds else Severity.MEDIUM),
                "例外",
                *words,
            )
        )
    return findings


def _lifts(unit: Unit) -> bool:
    """Whether it lifts what the sentence before it refuses: 惟页面写错的,不在此限."""
    return _BUT.search(unit.sentence) is not None and _LIFTS.search(unit.shown) is not None


def _is_exception(unit: Unit) -> bool:
    """Whether a unit excepts something; 除邮件以外还可打电话 adds to it."""
    found = _EXCEPTION.search(unit.plain)
    if found is None:
        return False
    rest = unit.sentence[unit.sentence.find(found.group()) + len(found.group()) :]
    return not (found.group().startswith("除") and _ADDED.match(rest))


def _is_said_otherwise(unit: Unit, others: Sequence[Unit]) -> bool:
    """Whether the other side excepts the same thing in one word: 除人为损坏外 is 非人为损坏."""
    found = _EXCEPTED.search(unit.plain)
    if found and any(_DENIES.search(one.sentence) and _shares_words(found.group(1), one.plain) for one in others):
        return True  # 自行改密的不赔 is 除自行改密外都赔
    word = re.escape(found.group(1)[:2]) if found else ""
    return bool(word) and any(re.search(f"(?:非|不是|不属于|不含){word}", other.plain) for other in others)


def _shares_words(words: str, plain: str) -> bool:
    """Whether a unit uses most of the characters of the thing that is excepted."""
    return len(words) >= 3 and 4 * sum(character in plain for character in words) >= 3 * len(words)


def _exception_kinds(exception: str, rest: str, *, harm: bool, helps: bool) -> tuple[str, ...]:
    if helps and re.search(r"未[^,。;]{0,8}(?:反馈|联系|提出)|逾期|超过|超时", rest):
        return ("window_shortened",) if harm else ("window_extended",)
    if not helps and _OF_USE.search(rest) and not _OF_CLAIMS.search(rest):
        return ("spec_reduced",) if harm else ("spec_improved",)
    if duty := _DUTY_TO.search(rest):
        names = _OF_DUTY["退" if "退" in duty.group() else ("修" if "修" in duty.group() else "换")]
        return (names[0],) if harm else (names[1],)
    if re.search(r"责任|承担|负责|赔", rest):
        return ("liability_shifted",) if harm else ("liability_assumed",)
    if re.search(r"质保|保修|修(?!改)", rest):
        return ("warranty_cut",) if harm else ("warranty_extended",)
    if re.search(r"费|扣", rest):
        return ("fee_added",) if harm else ("fee_removed",)
    if "退" in rest and harm and helps and _FAULT_OF_GOODS.search(exception):
        return ("refund_removed", "replacement_cut") if "换" in rest else ("refund_removed",)
    if "退" in rest:
        return ("refund_narrowed",) if harm else ("refund_widened",)
    if re.search(r"换|补", rest):
        return ("replacement_cut",) if harm else ("replacement_improved",)
    return ("refund_narrowed",) if harm else ("refund_widened",)
