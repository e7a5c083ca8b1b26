"""Signs of fraud in what was just told: those of fraud_signs.toml that put the police first, as the plan knows them."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.complaints.model import CaseFile
from monitor.complaints.routing.fraud_signs import FraudSign, find_signs
from storage.case import Case, Facts

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # the words are judged without any time


def find_fraud(facts: Facts) -> tuple[FraudSign, ...]:
    """The critical signs that these facts give by themselves, without any evidence."""
    file = CaseFile(Case("", _NEVER, _NEVER, facts), _NEVER)
    return tuple(sign for sign in find_signs(file) if sign.critical)
