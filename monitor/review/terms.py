"""Reviews a text of rules: which clauses may be unfair or risky, how grave, under which articles, what softens them.

Takes text and a date, gives findings with spans in that text. A clause that is only quoted, disowned, warned of, asked
about or forbidden to the seller makes no finding. Pure; nothing here says that a law was broken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitor.review.laws import find_articles
from monitor.review.likeness import Likeness, LikenessModel, load_model
from monitor.review.lists import join_lists, leads_list
from monitor.review.model import TermFinding
from monitor.review.patterns import PatternBook, Stance, TermPattern, load_patterns
from monitor.review.plain import MASK, PlainText, Sentence, make_plain, split_sentences
from storage.model import Severity

MAXIMUM_CHARACTERS = 300_000
_MAXIMUM_FINDINGS = 500
_ORDER = (Severity.NONE, Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
_COMMA = re.compile(r"[,:]")
_HEADING = 30
_SHOWN = 200
_SHORT = 60
_SURE_RISK = 0.6
"""From this risk on a sentence that no rule knows is a finding."""
_DOUBTED_RISK = 0.2
"""Below it a sentence that a rule matches is like the fair ones: no finding."""
_SURE_KIND = 0.2
"""A sentence that is like no kind more than this is like none: it is a finding only from _SURE_WITHOUT_KIND on."""
_SURE_WITHOUT_KIND = 0.8
_SECOND_KIND = 0.25
_HEADING_LINE = re.compile(
    r"[【\[(#]+[^】\])]{1,16}[】\])]*:?|[^,。;!?:]{1,8}:|[^,。;!?:]{1,14}(?:规则|协议|须知|说明|条款|政策|声明|公告|指南|规范|通知|帮助|介绍)"
)
_LEAST_GUESSED = 7  # characters: a shorter line is a label or a heading, which states nothing


@dataclass(frozen=True)
class _Hit:
    """A clause found in a sentence, by places in the plain text; `guessed` by its likeness alone."""

    kind: TermPattern
    sentence: int
    start: int
    end: int
    guessed: bool = False


def review_text(text: str, *, at: date, model: LikenessModel | None = None) -> tuple[TermFinding, ...]:
    """The findings of a text, in its order; what lies beyond MAXIMUM_CHARACTERS is not looked at.

    `model` is the second reader, that of the package unless another is given (one that has not read some author).
    """
    book = load_patterns()
    plain = make_plain(text[:MAXIMUM_CHARACTERS])
    sentences = join_lists(plain.text, tuple(split_sentences(plain.text)))
    masked = tuple(_mask(sentence.text, book.stance) for sentence in sentences)
    bound = _find_merchant_lines(sentences, book.stance)
    likeness = (model or load_model()).weigh_all(masked)
    findings: list[TermFinding] = []
    for number, sentence in enumerate(sentences):
        if _makes_no_clause(sentence.text, book.stance):
            continue
        for hit in _find_hits(number, sentence, masked[number], book, likeness[number], for_merchants=bound[number]):
            finding = _weigh(hit, text, plain, sentences, masked, book, at)
            if finding is not None:
                findings.append(finding)
        if len(findings) >= _MAXIMUM_FINDINGS:
            break
    return tuple(findings)


def mask_text(plain: str) -> str:
    """Plain text with what a sentence denies of itself masked, as rules and the likeness see it."""
    return _mask(plain, load_patterns().stance)


def _mask(sentence: str, stance: Stance) -> str:
    return stance.masked.sub(lambda match: MASK * len(match[0]), sentence)


def _makes_no_clause(sentence: str, stance: Stance) -> bool:
    return bool(
        stance.disowned.search(sentence) or (sentence.rstrip().endswith("?") or stance.question.search(sentence))
    )


def _binds_the_seller(masked: str, stance: Stance) -> bool:
    """Whether a sentence only gives: the seller takes something upon himself, and nothing is asked of the buyer."""
    return stance.promised.search(masked) is not None and stance.burden.search(masked) is None


def _find_merchant_lines(sentences: Sequence[Sentence], stance: Stance) -> tuple[bool, ...]:
    """Which sentences stand under a heading of rules for merchants."""
    bound: list[bool] = []
    inside = False
    for sentence in sentences:
        text = sentence.text.strip()
        if len(text) <= _HEADING and not _COMMA.search(text.rstrip(":")) and text[-1] not in "。;!?":
            if stance.merchant_heading.search(text):
                inside = True
            elif re.search("(?:用户|买家|消费者|购买|售后|退款|退换|发货|免责|会员|隐私)", text):
                inside = False
        bound.append(inside)
    return tuple(bound)


def _find_hits(
    number: int, sentence: Sentence, masked: str, book: PatternBook, told: Likeness, *, for_merchants: bool
) -> list[_Hit]:
    """What the rules find and the likeness does not doubt, and what the likeness knows beside it."""
    stance = book.stance
    if for_merchants and not stance.buyer.search(masked):
        return []
    if told.risk < _DOUBTED_RISK or _binds_the_seller(masked, stance):
        return []
    hits = _match_rules(number, sentence, masked, book)
    if told.risk < _SURE_RISK or (stance.merchant.search(masked) and not stance.buyer.search(masked)):
        return hits
    if told.kinds[0][1] < _SURE_KIND and told.risk < _SURE_WITHOUT_KIND:
        return hits
    known = {hit.kind.id for hit in hits}
    bare = sentence.text.strip()
    if stance.restored.search(masked) or _HEADING_LINE.fullmatch(bare) or len(bare) < _LEAST_GUESSED:
        return hits
    only_gifts = stance.gift.search(masked) is not None and not stance.paid.search(masked)
    for name, share in told.kinds:
        if name not in known and (not known or share >= _SECOND_KIND) and not only_gifts:
            hits.append(_Hit(book.kinds[name], number, sentence.start, sentence.end, guessed=True))
            known.add(name)
    return hits


def _match_rules(number: int, sentence: Sentence, masked: str, book: PatternBook) -> list[_Hit]:
    stance = book.stance
    hits: dict[str, _Hit] = {}
    for place in book.index.find_places(masked):
        rule = book.rules[place]
        kind = rule.kind
        if kind.id in hits:
            continue
        match = rule.find.search(masked)
        if match is None or _is_void(kind, sentence.text, masked, match.span(), stance):
            continue
        if sentence.lead_in is not None and not (match.start() < sentence.own[1] and sentence.own[0] < match.end()):
            continue  # said by the lead-in, of all its items: found there
        if sentence.lead_in is None:
            hits[kind.id] = _Hit(kind, number, sentence.start + match.start(), sentence.start + match.end())
        else:
            hits[kind.id] = _Hit(kind, number, sentence.start, sentence.end)
    return [hit for hit in hits.values() if not any(_gives_way(hit, other) for other in hits.values())]


def _gives_way(hit: _Hit, other: _Hit) -> bool:
    """Whether a broad kind says the same words as a narrower one."""
    return other.kind.id in hit.kind.yields and hit.start < other.end and other.start < hit.end


def _is_void(kind: TermPattern, sentence: str, masked: str, span: tuple[int, int], stance: Stance) -> bool:
    """Whether what stands around a match makes it something else: another kind, a gift, a rule for merchants."""
    start, end = _find_surroundings(masked, span)
    around = masked[start:end]
    if kind.need and not kind.need.search(around):
        return True
    if kind.unless and (kind.unless.search(around) or kind.unless.search(sentence, start, end)):
        return True
    if kind.gift:
        part = masked[masked.rfind(",", 0, span[0]) + 1 : _find_after(masked, ",", span[1])]
        if stance.gift.search(part) and not stance.paid.search(part):
            return True
    return bool(kind.merchant and stance.merchant.search(around) and not stance.buyer.search(around))


def _find_surroundings(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """A short sentence as a whole; of a long one the parts between commas that a match touches, and one a side."""
    if len(text) <= _SHORT:
        return 0, len(text)
    start = text.rfind(",", 0, max(0, text.rfind(",", 0, span[0]))) + 1
    return start, _find_after(text, ",", _find_after(text, ",", span[1]) + 1)


def _find_after(text: str, mark: str, position: int) -> int:
    place = text.find(mark, position)
    return place if place >= 0 else len(text)


def _weigh(
    hit: _Hit,
    text: str,
    plain: PlainText,
    sentences: Sequence[Sentence],
    masked: Sequence[str],
    book: PatternBook,
    at: date,
) -> TermFinding | None:
    """The finding of a hit with its severity, or None where an exception beside it takes the harm out."""
    kind, stance, own = hit.kind, book.stance, sentences[hit.sentence]
    severity = kind.severity
    if kind.lowered and kind.lowered.pattern.search(own.text):
        severity = kind.lowered.severity
    if kind.raised and kind.raised.pattern.search(own.text):
        severity = kind.raised.severity
    exceptions: list[tuple[int, int]] = []
    if kind.exception != "ignore":
        for place in _neighbours(hit.sentence, sentences):
            match = stance.restored.search(masked[place])
            if match is None:
                continue
            if kind.exception == "void" and (place == hit.sentence or stance.carved_out.search(match[0])):
                return None
            exceptions.append(_place(sentences[place], match))
    softened = stance.softened.search(own.text)
    if softened:
        exceptions.append(_place(own, softened))
    counter = _find_counter(kind, hit.sentence, sentences) if kind.counter and not exceptions else None
    in_cases = leads_list(hit.sentence, sentences)
    if exceptions or counter or in_cases:
        severity = _ORDER[max(1, _ORDER.index(severity) - 1)]
    start, end = _widen(hit, own, plain.text)
    first, last = plain.find_span(start, end)
    laws = find_articles(kind.laws, at=at)
    lead_in = _quote(text, plain, own.lead_in).strip() if own.lead_in else ""
    return TermFinding(
        pattern=kind.id,
        name=kind.name,
        start=first,
        end=last,
        text=text[first:last],
        severity=severity,
        reason=kind.reason,
        laws=laws,
        exceptions=tuple(_quote(text, plain, span) for span in exceptions),
        counter_evidence=(_quote(text, plain, counter),) if counter else (),
        needs_human=kind.human or hit.guessed or in_cases or bool(exceptions) or counter is not None or not laws,
        guessed=hit.guessed,
        lead_in=lead_in,
    )


def _neighbours(number: int, sentences: Sequence[Sentence]) -> list[int]:
    """The sentence itself, and the next one or the next item: where an exception is looked for."""
    places = [number]
    if number + 1 < len(sentences) and sentences[number + 1].line - sentences[number].line <= 2:
        places.append(number + 1)
    return places


def _find_counter(kind: TermPattern, own: int, sentences: Sequence[Sentence]) -> tuple[int, int] | None:
    for number, sentence in enumerate(sentences):
        if number != own and kind.counter and (match := kind.counter.search(sentence.text)):
            return _place(sentence, match)
    return None


def _place(sentence: Sentence, match: re.Match[str]) -> tuple[int, int]:
    """Where a match stands in the plain text; an item as a whole, of which only a part stands there as matched."""
    if sentence.lead_in is not None:
        return sentence.start, sentence.end
    return sentence.start + match.start(), sentence.start + match.end()


def _widen(hit: _Hit, own: Sentence, plain: str) -> tuple[int, int]:
    """The parts between commas that a match touches, without the spaces around them."""
    start = max((plain.rfind(mark, own.start, hit.start) + 1 for mark in ",:"), default=0) or own.start
    ends = [place for mark in "," if (place := plain.find(mark, hit.end, own.end)) >= 0]
    end = min(ends, default=own.end)
    start = max(start, own.start)
    while start < end and plain[start] in " \t\"'(":
        start += 1
    while end > start and plain[end - 1] in " \t\n。;!":
        end -= 1
    return start, end


def _quote(text: str, plain: PlainText, span: tuple[int, int]) -> str:
    first, last = plain.find_span(*span)
    return text[first:last][:_SHOWN]
