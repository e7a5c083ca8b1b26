"""Which values may link sites: the key under which two spellings are one, and why a value proves nothing.

`read_value` gives both for any kind and text: a made-up number, an example, a template's default, a privacy service or
a name that half the country bears carries no weight, or less. Pure.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from monitor.operators.weights import load_weights
from scrapers.identifiers.checks import canonical_value, problem_of, split_icp

PERSON_CAP = 9.0  # bits: the commonest hundred full names are borne by a quarter of a million people each
NO_SUFFIX = -1

# Kinds whose own shape is a convention of ours: another spelling in a file is still the same thing on two sites.
_FREE_SHAPE = frozenset(
    ("favicon", "cs_tenant", "captcha_key", "merchant_id", "wechat_static", "la51", "ga", "gtm", "cnzz", "qq_group",
     "telegram", "wechat", "company", "culture_license", "verification_meta")
)  # fmt: skip
_SHAPE_ONLY = ("not the shape", "not a ", "a WeChat merchant has", "an Alipay ", "the id is not a number")
_HIDDEN_OWNER = re.compile(
    r"redacted|privacy|private|proxy|whois|protect|not disclosed|data protected|statutory mask|withheld|gdpr|anonymi|"
    r"domain admin|hostmaster|registration|identity|contact|unknown|^n/?a$|^none$|隐私|未公开|保密服务|信息保护",
    re.I,
)
_MASKED = re.compile(r"[*＊●○]")
_PERSON = re.compile(r"[\u4e00-\u9fff·]{2,4}")
_EMPTY = frozenset(("", "-", "--", "0", "none", "null", "n/a", "unknown", "nil", "undefined", "无", "未知"))


@dataclass(frozen=True)
class ValueReading:
    """A value as it is compared. `problem` says why it weighs nothing; `suffix` is the site's number of ICP values."""

    key: str
    problem: str = ""
    suffix: int = NO_SUFFIX
    cap: float = 0.0  # bits at most, 0 where the kind's own cap holds


def read_value(kind: str, value: str) -> ValueReading:
    """The key of a value, and whether it may weigh."""
    canonical = canonical_value(kind, value)
    if canonical.casefold() in _EMPTY:
        return ValueReading(canonical, "empty value")
    if kind == "icp":
        return _read_icp(canonical)
    problem = problem_of(kind, canonical)
    if problem and not (kind in _FREE_SHAPE and problem.startswith(_SHAPE_ONLY)):
        return ValueReading(canonical, problem)
    if kind == "favicon":
        return _read_favicon(canonical)
    if canonical in load_defaults().get(kind, {}):
        return ValueReading(canonical, f"a default of {load_defaults()[kind][canonical]}")
    if kind in ("registrant", "payee"):
        return _read_holder(kind, canonical)
    if kind == "name" and len(canonical) < 4:
        return ValueReading(canonical, "too short a name to tell anything")
    return ValueReading(canonical)


@cache
def load_defaults() -> dict[str, dict[str, str]]:
    """Values that card-platform software ships: kind -> value -> the programs."""
    text = resources.files("monitor.reference").joinpath("template_defaults.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _read_icp(value: str) -> ValueReading:
    problem = problem_of("icp", value)
    province, digits, suffix = split_icp(value)
    key = f"{province}ICP备{digits}号" if digits else value
    if problem:
        return ValueReading(key, problem)
    if key in load_defaults().get("icp", {}):
        return ValueReading(key, f"a default of {load_defaults()['icp'][key]}")
    return ValueReading(key, suffix=int(suffix) if suffix and suffix.isdigit() and len(suffix) < 5 else NO_SUFFIX)


def _read_favicon(value: str) -> ValueReading:
    short = value.partition(":")[0]
    if short in load_defaults()["favicon"]:
        return ValueReading(value, f"the icon of {load_defaults()['favicon'][short]}")
    return ValueReading(value, "an empty file" if short == "0" else "")


def _read_holder(kind: str, value: str) -> ValueReading:
    if kind == "registrant" and _HIDDEN_OWNER.search(value):
        return ValueReading(value, "the registry hides the holder")
    if _MASKED.search(value):
        return ValueReading(value, "a name with hidden letters")
    if _PERSON.fullmatch(value):
        return ValueReading(value, cap=PERSON_CAP)
    return ValueReading(value)


def has_weight(kind: str) -> bool:
    """Whether a kind is weighed at all."""
    return kind in load_weights().kinds
