"""Signs in the evidence that the dispute is over: goods that worked, a buyer who says so, others sent instead.

Takes a case file and a channel at which something is claimed, gives what is missing with a way out for each. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.complaints.evidence.against_claim import find_against
from monitor.complaints.filing.grounds import REFUSED, find_grounds
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.filing_words import find_clause, pattern, quote_clause


def find_settled_blocks(file: CaseFile, channel: str) -> Iterator[Missing]:
    """What the exhibits and the answer say of goods that work, a dispute that is over, or others sent instead."""
    for one in find_against(file):
        if one.field == "worked":
            yield Missing(
                "worked",
                "与所说问题相符的画面和聊天",
                f"“{one.title}”中有“{one.read}”：与所填的问题相反，对方会说商品是好的",
                "放错了的用 case remove 移除，放入出问题时的画面；画面是另一张卡的，在经过里写“该画面是另一张卡”；"
                "在收到以前就被别人兑换的填 problem=已被使用；商品确实能用的，改写问题和请求",
                find_grounds(file, channel, REFUSED),
                one.words,
            )
            return
    settled = next((one for one in find_against(file) if one.field == "settled"), None)
    if settled is not None:
        yield Missing(
            "settled",
            "还没有解决的争议",
            f"“{settled.title}”中您写过“{settled.read}”：问题已经没有了，就没有可以处理的争议",
            "解决了的用 case close 结案；后来又出问题的，在经过里写明何时、什么提示",
            find_grounds(file, channel, REFUSED),
            settled.read,
        )
    resent = next((one for one in find_against(file) if one.field == "resent"), None)
    facts = file.case.facts
    unclear = not pattern("proofs", "clears_resent").search(facts.what_happened)
    told = find_clause(facts, "resent", "resent_unless") if resent is None and unclear else ""
    if resent is not None or told:
        yield Missing(
            "resent",
            "补发、更换以后的情况",
            f"{'卖家的答复' if resent else '经过'}中写有“{quote_clause(resent.read if resent else told)}”："
            "没有说补发的能不能用",
            "补发的能用，就结案（case close）或只留差额；没有收到或仍不能用的，"
            "在经过里写“没有收到补发”“补发的也不能用”",
            find_grounds(file, channel, REFUSED),
            resent.read if resent else told,
        )
