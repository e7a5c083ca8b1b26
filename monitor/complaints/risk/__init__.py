"""What speaks against a platform: signs with their proof, figures of own cases, figures that others published."""

from monitor.complaints.risk.assess import assess_risk
from monitor.complaints.risk.model import Factor, RiskAnswer, RiskInput, Weight

__all__ = ["Factor", "RiskAnswer", "RiskInput", "Weight", "assess_risk"]
