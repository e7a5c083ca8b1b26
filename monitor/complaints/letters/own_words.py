"""What of a buyer's own account may stand in a paper: his sentences without the clauses that judge or tell of others.

Takes his text, gives the sentences that stay and what was left out, word for word. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from monitor.complaints.letters.kinds import forbidden_words
from monitor.complaints.letters.sentences import one_line
from monitor.complaints.routing.conduct_words import Conduct, improper_words

_SENTENCE_END = re.compile(r"[。！？!?；;\r\n]+")
_CLAUSES = re.compile(r"[^，,]+[，,]*")
_ENDS = "，, "
_BY_CLAUSE = (Conduct.LAW, Conduct.OTHERS, Conduct.FEELING)  # of these only the clause goes


def split_account(text: str) -> tuple[str, ...]:
    """The sentences of an account, each on one line, without their closing signs."""
    return tuple(plain for part in _SENTENCE_END.split(text) if (plain := one_line(part)))


def keep_facts(sentence: str, *, others: bool = False) -> tuple[str, tuple[str, ...]]:
    """A sentence without the clauses that draw conclusions of law, tell of others or only cry out, and those clauses.

    Nothing stays of one that threatens, insults or accuses. With `others` the fate of others stays: the police asks for
    further victims.
    """
    apart = (Conduct.OTHERS,) if others else ()
    if not _is_improper(sentence, apart):
        return sentence, ()
    clauses = [one for one in _CLAUSES.findall(sentence) if one.strip(_ENDS)]
    fine = [one for one in clauses if not _is_improper(one, apart)]
    if _is_improper(sentence, _BY_CLAUSE) or len(fine) == len(clauses):
        return "", (sentence,)
    return "".join(fine).strip(_ENDS), tuple(one.strip(_ENDS) for one in clauses if one not in fine)


def _is_improper(text: str, apart: Collection[Conduct]) -> bool:
    return any(word in text for word in forbidden_words()) or bool(improper_words(text, apart))
