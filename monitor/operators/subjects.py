"""A legal subject behind a platform's sites, and which statements may speak of one at all.

A subject is a firm, a trader, a person, or an account without a name, with its rows of proof and what speaks against
it. Third parties, placeholders and numbers that fail their checks never become subjects. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.operators.proofs import ProofRow, Strength
from monitor.operators.subject_names import (
    SubjectKind,
    is_redacted,
    is_third_party,
)
from scrapers.domains import is_registered_name
from scrapers.identifiers.checks import canonical_value, problem_of
from scrapers.identity import Place
from storage.identity import Statement

ACCOUNT_KINDS = ("merchant_id", "alipay_static", "wechat_static", "epay_pid", "crypto")
CHINESE_ENDINGS = (".cn", ".xn--fiqs8s", ".xn--io0a7i", ".xn--55qx5d")  # whose registrants are checked (CNNIC)
_SILENT_PLACES = frozenset({Place.COMMENT, Place.THIRD_PARTY_FRAME, Place.USER_CONTENT})


@dataclass(frozen=True)
class Address:
    """An address of a subject and where it was read: verified, printed (on a page) or voucher."""

    text: str
    source: str


@dataclass(frozen=True)
class Subject:
    """One subject. `doubts` are Chinese sentences; `uninvolved` that a person found its licence to be stolen."""

    key: str
    kind: SubjectKind
    name: str
    uscc: str = ""
    other_names: tuple[str, ...] = ()
    icp: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    rows: tuple[ProofRow, ...] = ()
    doubts: tuple[str, ...] = ()
    uninvolved: bool = False
    gone: bool = False
    shared: bool = False  # its number or account stands on many sites that are not the platform's
    printed_uscc: str = ""  # stood beside its name on a page; no register gave it with the name


def is_usable(statement: Statement) -> bool:
    """Whether a statement may speak of a subject at all: no placeholder, no failed check, no words of others."""
    if statement.problem or statement.place in _SILENT_PLACES or not statement.value.strip():
        return False
    if statement.kind == "registrant":
        return not is_redacted(statement.value)
    if statement.kind in ("company", "payee") and is_third_party(
        canonical_value("company", statement.value), statement.role
    ):
        return False
    return statement.role != "third_party" and not problem_of(statement.kind, statement.value)


def strength_of(statement: Statement) -> Strength:
    """What a statement of a page or registry can prove of who acts; what only a file of somebody says is text."""
    if statement.claimed:
        return Strength.TEXT
    if statement.kind == "registrant" and statement.place == Place.REGISTRY:
        site = statement.site.split("@")[0]  # of a name below, or of a path, the registry knows nothing
        checked = site.endswith(CHINESE_ENDINGS) and is_registered_name(site)
        return Strength.REGISTRY if checked else Strength.TEXT
    if statement.kind in ACCOUNT_KINDS and statement.place in (
        Place.VISIBLE,
        Place.ATTRIBUTE,
        Place.SCRIPT,
        Place.IMAGE_OCR,
    ):
        return Strength.CONTROL
    return Strength.TEXT
