"""What a conversation that is already in the case holds: what the buyer asked for, what the seller answered, a refusal.

Takes the case file, gives the kinds of evidence that its chats stand for. Only words whose speaker is known count; a
robot answers nothing. Pure.
"""

from __future__ import annotations

from monitor.complaints.evidence.evidence_kinds import load_kinds
from monitor.complaints.evidence.said_lines import BUYER, SELLER, asks_remedy, read_chat
from monitor.complaints.model import CaseFile

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
