"""The clauses in the terms seen that say what an excuse says, and whether they were there at the order. Pure.

A page is known at its captures only: what lies between two of them was not observed, and the sentence says so. All
captures of the page count where the archive was asked: a clause that comes and goes was not "added later".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.complaints.excuses.book import ExcuseRow, load_said
from monitor.complaints.excuses.model import ClauseSeen
from monitor.complaints.excuses.sights import (
    Histories,
    PageHistory,
    history_of,
    shown_texts,
    span_of,
    stands_in,
    takes_back,
)
from monitor.complaints.excuses.standing import Placed, place_clause
from monitor.complaints.model import CaseFile, PageAround, SeenVersion
from monitor.review.model import TermFinding
from scrapers.model import Origin
from scrapers.text import condense
from storage.model import Change

MOST_CLAUSES = 5
_LONGEST_QUOTE = 120
_LEAST_WORDS = 4  # condensed characters: fewer would be found in any text
_MOST_SENTENCES = 400
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
_NUMBERED = re.compile(r"^(?:[一二三四五六七八九十]{1,3}|\d{1,2})[、.．)）]")
_FREE = re.compile(r"(?:无|免|不收|没有|不需|无需|不用|零|0元?|不含)[^，。,；;]{0,4}$")
_SOFTENS = re.compile(r"\s*[。；;，,]?\s*((?:但|不过|除(?!了)|如(?:果|遇|因)?|若)[^。！？\n]{4,100})")


@dataclass(frozen=True)
class _Clause:
    """Words of a page that an excuse leans on: a known kind of clause, or a sentence that names a fee."""

    text: str
    pattern: str
    name: str
    softer: tuple[str, ...]


def find_clauses(
    file: CaseFile,
    row: ExcuseRow,
    *,
    words: re.Pattern[str] | None = None,
    histories: Histories,
) -> tuple[ClauseSeen, ...]:
    """The clauses of the kinds of an excuse, and sentences with these words, on the pages around the order.

    Those seen before the order first. A clause of `words` has no pattern.
    """
    found = [
        _judge(clause, page, history, file, row.grants)
        for page in file.pages
        for history in (history_of(page, histories),)
        for clause in _list_clauses(page, row, words)
        if not _is_withdrawn(clause, history)
    ]
    order = {"before": 0, "unsure": 1, "after": 2, "none": 3}
    return tuple(sorted(found, key=lambda one: (order[one.standing.when], one.first_seen))[:MOST_CLAUSES])


def find_related(file: CaseFile, said: Sequence[str]) -> tuple[str, datetime] | None:
    """The visible sentence of a page that shares most topics with what was said, and when it was captured last."""
    topics = load_said().topics
    wanted = {hit[0] for one in said for hit in topics.finditer(one)}
    versions = {one.capture: one for page in file.pages for one in (page.before, page.after, page.newest) if one}
    found = [
        (len(shared), version.seen_at, sentence.strip()[:_LONGEST_QUOTE])
        for version in versions.values()
        for text in shown_texts(version.reading)
        for sentence in _SENTENCE.findall(text)[:_MOST_SENTENCES]
        if (shared := wanted & {hit[0] for hit in topics.finditer(sentence)})
    ]
    best = max(found, default=None)
    return (best[2], best[1]) if best else None


def _is_withdrawn(clause: _Clause, history: PageHistory) -> bool:
    """Whether it is shown only where the page takes it back: then it is no clause of the page at all."""
    words = condense(clause.text)
    shown = [one.shown for one in history.sights if words in one.shown]
    return bool(shown) and not any(stands_in(words, one) for one in shown)


def _list_clauses(page: PageAround, row: ExcuseRow, words: re.Pattern[str] | None) -> Iterator[_Clause]:
    versions = {one.capture: one for one in (page.before, page.after, page.newest) if one is not None}
    told: list[str] = []
    for clause in (one for version in versions.values() for one in _of_version(version, row, words)):
        plain = condense(clause.text)
        if len(plain) >= _LEAST_WORDS and not any(plain in one or one in plain for one in told):
            told.append(plain)
            yield clause


def _of_version(version: SeenVersion, row: ExcuseRow, words: re.Pattern[str] | None) -> Iterator[_Clause]:
    shown = "\n".join(shown_texts(version.reading))
    if words is not None:
        for sentence in _SENTENCE.findall(shown)[:_MOST_SENTENCES]:
            match = words.search(sentence)
            if match and not _FREE.search(sentence[: match.start()]):
                yield _Clause(sentence.strip()[:_LONGEST_QUOTE], "", "页面写明的费用", ())
    for finding in version.findings:
        if finding.guessed and not row.words.search(finding.text):
            continue  # only like such clauses, and without the words of this excuse: no ground to say that it is one
        if finding.pattern in row.patterns and not takes_back(finding.text):
            softer = (*finding.exceptions, *finding.counter_evidence, *_next_to(finding.text, shown))
            kept = dict.fromkeys(whole for one in softer if (whole := _whole_sentence(one.strip(), shown)))
            yield _Clause(_as_shown(finding, shown), finding.pattern, finding.name, tuple(kept))


def _as_shown(finding: TermFinding, shown: str) -> str:
    """The words of a clause; an item of a list from the line that leads it in, where they stand near each other."""
    start = shown.find(finding.lead_in) if finding.lead_in else -1
    place = shown.find(finding.text, start) if start >= 0 else -1
    end = place + len(finding.text)
    return shown[start:end] if 0 <= start < place and end - start <= _LONGEST_QUOTE else finding.text.strip()


def _next_to(clause: str, shown: str) -> tuple[str, ...]:
    """What follows a clause and takes part of it back: 但卡密无效的可以退款."""
    place = shown.find(clause.strip())
    match = _SOFTENS.match(shown, place + len(clause.strip())) if place >= 0 else None
    return (match[1],) if match else ()


def _whole_sentence(part: str, shown: str) -> str:
    """The sentence of the shown text in which a part stands, "" where it is not shown."""
    place = shown.find(part) if part else -1
    if place < 0:
        return ""
    begin = max(shown.rfind(mark, 0, place) for mark in "。！？!?；;\n") + 1
    ends = [end for mark in "。！？!?；;\n" if (end := shown.find(mark, place + len(part))) >= 0]
    return shown[begin : min(ends, default=len(shown))].strip()


def _judge(
    clause: _Clause, page: PageAround, history: PageHistory, file: CaseFile, grants: re.Pattern[str] | None
) -> ClauseSeen:
    words = condense(clause.text)
    ordered_at: datetime | None = file.case.facts.ordered_at
    placed = place_clause(words, history, span_of(ordered_at) if ordered_at else None)
    statement = placed.statement
    times = [one.seen_at for one in placed.holders] or [file.at]
    imported = any(one.origin is not Origin.OWN for one in (*placed.holders, *placed.without))
    if imported:
        statement += "；其中有他人保存后导入的页面，时间为其所称，当时是否这样显示未核实"
    quote = clause.text[:_LONGEST_QUOTE] if placed.shown else ""
    but = clause.softer[0] if clause.softer and quote else ""
    better, better_seen = _find_better(words, page, grants) if placed.shown else ("", None)
    return ClauseSeen(
        page.url,
        quote,
        placed.standing,
        statement,
        tuple(one.capture for one in placed.holders),
        times[0],
        times[-1],
        tuple(_changes_that_brought(words, page, file.changes)),
        clause.pattern,
        clause.name,
        tuple(one.capture for one in placed.without),
        but[:_LONGEST_QUOTE],
        _last_seen(but, page),
        _say(placed, imported=imported),
        better,
        better_seen,
    )


def _find_better(words: str, page: PageAround, grants: re.Pattern[str] | None) -> tuple[str, datetime | None]:
    """The sentence of our newest capture that takes the clause back, or gives what it refused."""
    newest = _newest(page)
    texts = shown_texts(newest.reading)
    if newest.origin is not Origin.OWN or stands_in(words, condense("\n".join(texts))):
        return "", None
    sentences = [one.strip() for one in _SENTENCE.findall("\n".join(texts))[:_MOST_SENTENCES]]
    fitting = [one for one in sentences if len(one) <= _LONGEST_QUOTE]
    back = next((one for one in fitting if words in condense(one)), "")
    given = next((one for one in fitting if grants is not None and grants.search(one) and not takes_back(one)), "")
    found = back or given
    return found, newest.seen_at if found else None


def _newest(page: PageAround) -> SeenVersion:
    return max((one for one in (page.before, page.after, page.newest) if one), key=lambda one: one.seen_at)


def _last_seen(sentence: str, page: PageAround) -> datetime | None:
    """When our newest capture showed a sentence whole; None where that one does not, or it is somebody else's."""
    newest = _newest(page)
    if not sentence or len(sentence) > _LONGEST_QUOTE or newest.origin is not Origin.OWN:
        return None
    wanted = _bare(sentence)
    sentences = _SENTENCE.findall("\n".join(shown_texts(newest.reading)))
    return newest.seen_at if any(_bare(one) == wanted for one in sentences) else None


def _bare(sentence: str) -> str:
    """A sentence without its number and its closing signs."""
    return _NUMBERED.sub("", condense(sentence)).rstrip("。！？!?；;")


def _say(placed: Placed, *, imported: bool) -> str:
    """What may be told to the seller of it: only what our own captures show on both sides of the order."""
    return "" if imported else placed.told


def _changes_that_brought(words: str, page: PageAround, changes: Sequence[Change]) -> Iterator[str]:
    for change in changes:
        difference = change.difference
        of_page = change.page.url == page.url
        if of_page and words in condense(difference.after) and words not in condense(difference.before):
            yield change.id
