"""What a conversation that is already in the case holds: what the buyer asked for, what the seller answered, a refusal.

Takes the case file, gives the kinds of evidence that its chats stand for. Only words whose speaker is known count; a
robot answers nothing. Pure.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from monitor.complaints.evidence.evidence_kinds import load_kinds
from monitor.complaints.evidence.said_lines import (
    BUYER,
    ROBOT,
    SELLER,
    SaidLine,
    asks_remedy,
    greets,
    may_answer,
    names_nobody,
    read_chat,
    turns_away,
)
from monitor.complaints.model import CaseFile
from monitor.times import SHANGHAI
from storage.case import Facts

_ABOUT = timedelta(minutes=30)
_TALKS = ("chat", "demand_chat", "first_complaint", "reply", "refusal")


def kinds_in_talks(file: CaseFile) -> frozenset[str]:
    """Which of demand_chat, reply and refusal stand in a chat of the case, whatever kind its file was given."""
    found = set[str]()
    kind = load_kinds()["refusal"]
    refuses = (*kind.words, *kind.hints)
    for item in file.items:
        if item.removed_at is not None or item.kind not in _TALKS or item.text_source == "html":
            continue
        asked = False
        for line in read_chat(item.text, file.case.facts):
            if line.who == BUYER and asks_remedy(line):
                asked = True
                found.add("demand_chat")
            elif line.who == SELLER and asked:
                found |= {"reply", "refusal"} if any(word in line.words for word in refuses) else {"reply"}
    return frozenset(found)


def holds_answer(text: str, facts: Facts, moment: datetime | None = None, *, asked: bool = False) -> bool | None:
    """Whether a line of the seller, from that moment on, answers a demand of the buyer that stands before it in a chat.

    None where he says something and nobody can tell to what, or where no line names its speaker. `asked`: the text is
    of an answer alone. A greeting answers nothing; one whose hour is not told counts.
    """
    lines = read_chat(text, facts)
    if names_nobody(lines):
        return None if any(may_answer(one) for one in lines) else False
    unclear = False
    for line in lines:
        if line.who == BUYER:
            if asks_remedy(line):
                asked, unclear = True, False
            elif turns_away(line):
                asked = False
        elif line.who in (SELLER, ROBOT) and not greets(line) and _is_since(line, moment):
            if asked:
                return True
            unclear = True
    return None if unclear else False


def _is_since(line: SaidLine, moment: datetime | None) -> bool:
    """Whether a line stands at or after a moment; of a day without an hour, from its beginning."""
    if line.at is None or moment is None:
        return True
    local = moment.astimezone(SHANGHAI)
    if local.time() in (time.min, time.max):
        return line.at >= datetime.combine(local, time.min, SHANGHAI)
    return line.at >= moment - _ABOUT
