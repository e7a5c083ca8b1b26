"""When a plan offers applications for preservation: only where something was seen that may be a reason for them.

An application without a reason costs security and may have to be paid for (民事诉讼法 arts. 103, 108). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.complaints.model import CaseFile
from storage.case import ProblemKind
from storage.model import ChangeClass

_CLOSING = (ProblemKind.PLATFORM_GONE, ProblemKind.BALANCE_FROZEN)


def leave_out_unneeded(file: CaseFile, letters: Iterable[str]) -> tuple[str, ...]:
    """The letters of a channel without applications for which the case holds no circumstance."""
    closing = file.case.facts.problem in _CLOSING or any(
        one.difference.change_class is ChangeClass.OUTCOME for one in file.changes
    )
    fading = closing or bool(file.changes) or any(page.visits_now for page in file.pages)
    wanted = {"preserve_property": closing, "preserve_evidence": fading}
    return tuple(one for one in letters if wanted.get(one, True))
