"""The seller's excuses, answered from the captures."""

from monitor.complaints.excuses.answer import answer_excuses, list_cautions
from monitor.complaints.excuses.model import AnsweredExcuse, ClauseSeen, Raised, Reason, Standing

__all__ = ["AnsweredExcuse", "ClauseSeen", "Raised", "Reason", "Standing", "answer_excuses", "list_cautions"]
