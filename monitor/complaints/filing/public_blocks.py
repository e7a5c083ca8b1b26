"""What a public post must not be: one that hides the seller's offer, or one by who threatens. It is not made then.

Takes a case file and a channel, gives what is missing with a way out; nothing for a channel that is not public. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.complaints.evidence.against_claim import find_offer
from monitor.complaints.evidence.said_lines import SELLER, read_chat
from monitor.complaints.filing.contrary_evidence import TALKS
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.conduct_words import CONDUCT_ZH, Conduct, find_misconduct
from monitor.complaints.routing.filing_words import clauses_of, explained, pattern, quote_clause
from storage.case import Facts

PUBLIC = ("heimao", "xfb", "tszt")


def find_hidden_offer(file: CaseFile, channel: str) -> Iterator[Missing]:
    """A public post that quotes a refusal and hides the offer in the buyer's own chat: it is not made."""
    offer = find_offer(file) if channel in PUBLIC else None
    if offer is not None:
        reply = file.case.facts.seller_reply.strip()
        told = f"所填的卖家答复是“{quote_clause(reply)}”" if reply else "案件里没有写卖家的答复"
        yield Missing(
            "seller_reply",
            "与聊天一致的卖家答复",
            f"“{offer.title}”中对方说“{offer.read}”，{told}：公开发出去，对方可以拿聊天反驳",
            "先答复对方；把这句补进卖家的答复（case set 案件 seller_reply=…），没有兑现的写明没有兑现",
            (),
            offer.read,
        )


def find_threats(file: CaseFile, channel: str) -> Iterator[Missing]:
    """A public post by who threatens, or asks money for his silence, is used against him: it is not made."""
    if channel not in PUBLIC:
        return
    found = next(
        (one for one in find_misconduct(file.case.facts.what_happened) if one.kind in (Conduct.THREAT, Conduct.HUSH)),
        None,
    )
    if found is not None:
        yield Missing(
            "story.conduct",
            "只写事实和请求的经过",
            f"经过中写有“{quote_clause(found.sentence)}”：{CONDUCT_ZH[found.kind]}公开发出去，可能被当作敲诈或侵权",
            "删去这一句，只写发生了什么、要求退什么（case set 案件 what_happened=…）",
        )


def find_unproven_admission(file: CaseFile, channel: str) -> Iterator[Missing]:
    """A public post that has the seller admit what no line of his in the case says: it may be held a slander."""
    said = _find_admission(file.case.facts) if channel in PUBLIC else ""
    hit = pattern("story", "admission").search(said)
    if hit is None or any(_is_about(hit["what"], line) for line in _lines_of_seller(file)):
        return
    yield Missing(
        "story.admission",
        "对方自己说过这句话的记录",
        f"经过中写有“{quote_clause(said)}”，案件里没有对方这样说的聊天、录音：公开发出去，对方可以说是捏造",
        "有记录的放进来（case add --kind chat）；没有的，公开帖文里删去这一句",
        (),
        said,
    )


def _find_admission(facts: Facts) -> str:
    """The clause that has him admit something: what he said is just what is told here, so it is read too."""
    wanted, apart = pattern("story", "admission"), pattern("story", "admission_unless")
    clauses = (one for one in clauses_of(facts.what_happened) if one not in explained(facts))
    return next((one for one in clauses if wanted.search(one) and not apart.search(one)), "")


def _lines_of_seller(file: CaseFile) -> Iterator[str]:
    for item in file.items:
        if item.removed_at is None and item.kind in TALKS:
            yield from (one.words for one in read_chat(item.text, file.case.facts) if one.who == SELLER)


def _is_about(what: str, line: str) -> bool:
    """Whether a line holds half of the pairs of signs of what it is said to admit."""
    pairs = [what[place : place + 2] for place in range(len(what) - 1)]
    return sum(one in line for one in pairs) * 2 >= len(pairs)
