"""Reviews a whole page or text: every block that states rules, who wrote it, and what could not be reviewed.

Takes a text or a reading and a date; gives findings, or the same as JSON-ready data. Texts that a shop software ships
by default are never reviewed as the operator's words. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from monitor.review.model import TermFinding
from monitor.review.terms import MAXIMUM_CHARACTERS, review_text
from scrapers.model import Author, BlockKind, Fact, FactKind, Reading, Source

_QUOTABLE = frozenset({Source.TEXT, Source.POPUP})
_FACTS = frozenset({FactKind.AFTER_SALES, FactKind.WARRANTY, FactKind.DELIVERY, FactKind.VALIDITY, FactKind.SPEC})
_IDENTITY = re.compile(r"统一社会信用代码|营业执照|ICP备|有限(?:责任)?公司|个体工商户", re.IGNORECASE)
_LEAST_DOUBTFUL = 0.9


@dataclass(frozen=True)
class Review:
    """What was found in a page or text, and what was not reviewed, in Chinese sentences."""

    findings: tuple[TermFinding, ...]
    at: date
    text_characters: int
    not_reviewed: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Part:
    """One text of a page with its place; `sure` is False for what was guessed (a picture's text)."""

    text: str
    place: str
    quotable: bool
    sure: bool = True
    heading: int = 0  # characters of the heading before the block's own text: spans do not count them


def review_reading(reading: Reading, *, at: date) -> Review:
    """Review all blocks of a page. Spans count in the text of the block or fact that `place` names."""
    findings: list[TermFinding] = []
    characters = 0
    skipped: list[str] = []
    for part in _read_parts(reading, skipped):
        characters += min(len(part.text), MAXIMUM_CHARACTERS - characters)
        for finding in review_text(part.text, at=at):
            findings.append(
                replace(
                    finding,
                    start=max(0, finding.start - part.heading),
                    end=max(0, finding.end - part.heading),
                    place=part.place,
                    quotable=part.quotable,
                    needs_human=finding.needs_human or not part.quotable or not part.sure,
                )
            )
        if characters >= MAXIMUM_CHARACTERS:
            skipped.append(f"页面文字超过 {MAXIMUM_CHARACTERS} 字，其后未审查")
            break
    skipped.extend(_name_unreviewed(reading))
    return Review(_drop_repeated(findings), at, characters, tuple(dict.fromkeys(skipped)))


def review_plain(text: str, *, at: date) -> Review:
    """Review a text as it is; spans count in that text."""
    skipped = [f"文字超过 {MAXIMUM_CHARACTERS} 字，其后未审查"] if len(text) > MAXIMUM_CHARACTERS else []
    skipped.append("主体信息是否公示、条款是否醒目，要看整个网站，文字本身不能断定")
    return Review(review_text(text, at=at), at, min(len(text), MAXIMUM_CHARACTERS), tuple(skipped))


def review_document(document: str | Reading, at: date) -> dict[str, object]:
    """Review a text or a reading; the answer is ready for JSON."""
    review = review_plain(document, at=at) if isinstance(document, str) else review_reading(document, at=at)
    return review_data(review)


def review_data(review: Review) -> dict[str, object]:
    """A review as JSON-ready data; the gravest findings first."""
    return {
        "findings": [finding_data(finding) for finding in rank_findings(review.findings)],
        "at": review.at.isoformat(),
        "text_characters": review.text_characters,
        "not_reviewed": list(review.not_reviewed),
    }


def rank_findings(findings: tuple[TermFinding, ...]) -> list[TermFinding]:
    """The gravest first, those alike in the order of the text."""
    return sorted(findings, key=lambda finding: -finding.severity.rank)


def finding_data(finding: TermFinding) -> dict[str, object]:
    """One finding as JSON-ready data."""
    return {
        "pattern": finding.pattern,
        "name": finding.name,
        "span": [finding.start, finding.end],
        "text": finding.text,
        "lead_in": finding.lead_in,
        "severity": finding.severity.value,
        "reason": finding.reason,
        "laws": [
            {
                "id": law.id,
                "title": law.title,
                "article": law.article,
                "summary": law.summary,
                "effective": law.valid_from.isoformat(),
                "confirmed": law.confirmed,
            }
            for law in finding.laws
        ],
        "exceptions": list(finding.exceptions),
        "counter_evidence": list(finding.counter_evidence),
        "needs_human": finding.needs_human,
        "place": finding.place,
        "quotable": finding.quotable,
    }


def _read_parts(reading: Reading, skipped: list[str]) -> Iterator[_Part]:
    told: list[str] = []
    for block in reading.blocks:
        if block.author is Author.SOFTWARE:
            skipped.append("建站软件自带的默认文字不算经营者的话，未审查")
            continue
        # the heading is part of the rule: 商户须知 says whom it binds
        text = f"{block.heading}\n{block.text}" if block.heading and block.kind is not BlockKind.OTHER else block.text
        if text.strip():
            told.append(text)
            quotable = block.source in _QUOTABLE and not block.concealed
            before = len(text) - len(block.text)
            yield _Part(text, block.place or str(block.kind), quotable, block.source is not Source.IMAGE, before)
    for fact in reading.facts:
        if fact.kind in _FACTS and not any(_shown(fact) in text for text in told):
            sure = fact.confidence >= _LEAST_DOUBTFUL
            yield _Part(_shown(fact), fact.place or str(fact.kind), fact.source in _QUOTABLE, sure)
    if not reading.blocks and reading.text.strip():
        yield _Part(reading.text, "", quotable=True)


def _shown(fact: Fact) -> str:
    return fact.shown or fact.value


def _name_unreviewed(reading: Reading) -> Iterator[str]:
    pictures = sum(len(block.images) for block in reading.blocks)
    if pictures:
        yield f"{pictures} 张图片里的文字没有读出，未审查"
    named = any(fact.kind is FactKind.LICENCE for fact in reading.facts) or _IDENTITY.search(reading.text)
    if not named:
        yield "本页没有读到经营者名称、执照或备案信息；是否缺失（D01）要看首页和整个网站，须人工核对"
    yield "条款是否以加粗、弹窗等方式提示（D06）要看页面样式，须人工核对"


def _drop_repeated(findings: list[TermFinding]) -> tuple[TermFinding, ...]:
    """One finding where the same words stand in several places: a quotable one before one that is not."""
    first: dict[tuple[str, str], TermFinding] = {}
    for finding in sorted(findings, key=lambda finding: not finding.quotable):
        first.setdefault((finding.pattern, finding.text), finding)
    kept = set(map(id, first.values()))
    return tuple(finding for finding in findings if id(finding) in kept)
