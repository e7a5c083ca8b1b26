"""What the case's own pages and chats say against its story: a denial that a page, or an answer, contradicts.

Whoever reads the paper has the same pages. So the buyer is told of it before it goes out, with the words of both.
Takes a case file and a channel at which something is claimed or reported, gives what is missing. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.complaints.evidence.said_lines import BUYER, SELLER, SaidLine, asks_remedy, read_chat
from monitor.complaints.filing.grounds import ASKED, find_grounds
from monitor.complaints.letters.page_sight import look_at
from monitor.complaints.model import CaseFile, Missing, SeenVersion
from monitor.complaints.routing.filing_words import denied_rows, explained, find_clause, pattern, quote_clause
from monitor.times import show_time
from scrapers.model import Origin

TALKS = ("chat", "demand_chat", "reply", "refusal", "first_complaint")
_LEAST_ANSWER = 4
_MOST_QUOTED = 60


def find_contrary_evidence(file: CaseFile, channel: str) -> Iterator[Missing]:
    """A denial of what a captured page shows, and a silence that a chat of the case does not show."""
    if found := _find_denied(file):
        said, seen, sentence = found
        yield Missing(
            "story.page",
            "与抓取的页面相符的经过",
            f"经过中写有“{quote_clause(said)}”，您的抓取（{show_time(seen.seen_at)[:16]}）里有：“{quote_clause(sentence)}”",
            "对方和受理人看得到同一个页面。确实没有注意到的，照实写（如“下单时没有看到”）；"
            "下单以后才加上的、在别的页面上的，写明（case set 案件 what_happened=…）",
            find_grounds(file, channel, ASKED),
            said,
        )
    if found_line := _find_answered(file):
        said, line = found_line
        yield Missing(
            "story.silence",
            "与聊天相符的经过",
            f"经过中写有“{quote_clause(said)}”，聊天记录里卖家在您提出以后说过“{quote_clause(line.words.strip())}”",
            "照实写对方说过什么、从什么时候起没有再答复，并填进卖家的答复"
            "（case set 案件 seller_reply=… what_happened=…）",
            find_grounds(file, channel, ASKED),
            said,
        )


def _find_denied(file: CaseFile) -> tuple[str, SeenVersion, str] | None:
    """A clause that says a page does not say a thing, and the visible sentence of a page of the case that does."""
    said = find_clause(file.case.facts, "page_denies", "page_denies_unless")
    if not said:
        return None
    denial = pattern("story", "page_denies").search(said)
    assert denial is not None
    what = said[denial.end() :] or said[: denial.start()]
    for asked, shown in denied_rows():
        if not asked.search(what):
            continue
        for seen in _versions(file):
            hit = next((one for one in look_at(seen).units.values() if shown.search(one)), "")
            if hit:
                return said, seen, hit[:_MOST_QUOTED]
    return None


def _versions(file: CaseFile) -> list[SeenVersion]:
    """What the pages showed around the order, what was seen before it first: a later page may have said more."""
    sides = [one for page in file.pages for one in (page.before, page.after) if one is not None]
    ordered = file.case.facts.ordered_at
    own = [one for one in sides if one.origin is Origin.OWN]
    return sorted(own, key=lambda one: ordered is not None and one.seen_at > ordered)


def _find_answered(file: CaseFile) -> tuple[str, SaidLine] | None:
    """A clause that says nobody answered, and a line in which the seller did after the first demand."""
    facts = file.case.facts
    said = find_clause(facts, "unanswered", "unanswered_unless")
    if not said or said in explained(facts):
        return None
    for item in file.items:
        if item.removed_at is not None or item.kind not in TALKS:
            continue
        asked = False
        for line in read_chat(item.text, facts):
            asked = asked or (line.who == BUYER and asks_remedy(line))
            if asked and line.who == SELLER and len("".join(line.words.split())) >= _LEAST_ANSWER:
                return said, line
    return None
