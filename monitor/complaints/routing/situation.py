"""What decides the way of a case, judged once: the respondent, signs of fraud, harm to many, the payment, the sums.

Takes a case file and the settings; routing is a function of what is given here. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from monitor.complaints.model import CaseFile
from monitor.complaints.routing.fraud_signs import FraudSign, find_signs, find_systemic
from monitor.complaints.routing.named_respondent import NamedRespondent, find_respondent
from monitor.complaints.routing.payment_routes import PaymentRoute, find_payment_route
from monitor.complaints.routing.small_claims import SmallClaims, judge_small_claims
from monitor.config.complaints import ComplaintSettings


@dataclass(frozen=True)
class Situation:
    """What decides the way of a case, judged once."""

    file: CaseFile
    settings: ComplaintSettings
    named: NamedRespondent | None
    signs: tuple[FraudSign, ...]
    systemic: tuple[str, ...]
    payment: PaymentRoute
    small: SmallClaims

    @property
    def critical(self) -> bool:
        """Whether police and payment go first."""
        return any(one.critical for one in self.signs)

    @property
    def moved(self) -> bool:
        """Whether a platform that the buyer found gone lives on at another address."""
        return any(one.id == "moved" for one in self.signs)

    @property
    def identified(self) -> bool:
        """Whether a respondent can be named with its address."""
        return self.named is not None and self.named.complete

    @property
    def amount(self) -> Decimal | None:
        """The sum in dispute, in yuan: what is claimed, paid, or held back."""
        return self.small.claimed if self.small.claimed is not None else self.file.case.facts.balance

    @property
    def returned(self) -> Decimal:
        """What came back so far, by the steps, in yuan."""
        return sum((step.returned for step in self.file.steps if step.returned is not None), Decimal(0))

    @property
    def large(self) -> bool:
        """Whether the sum reaches the experience value from which the formal way is prepared early."""
        return self.amount is not None and self.amount - self.returned >= self.settings.escalation_yuan


def judge_situation(file: CaseFile, settings: ComplaintSettings) -> Situation:
    """Everything that decides the way, from the case file."""
    named = find_respondent(file)
    reachable = named is not None and named.complete
    return Situation(
        file,
        settings,
        named,
        find_signs(file, reachable=reachable),
        find_systemic(file),
        find_payment_route(file.case.facts, file.today),
        judge_small_claims(file.case.facts, settings, file.today),
    )
