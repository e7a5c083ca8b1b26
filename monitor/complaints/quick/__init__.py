"""Quick: five answers, and at once what to save, what to write and what is due."""

from monitor.complaints.quick.make import make_quick
from monitor.complaints.quick.model import QuickAnswer
from monitor.complaints.quick.understand import QuickAnswers

__all__ = ["QuickAnswer", "QuickAnswers", "make_quick"]
