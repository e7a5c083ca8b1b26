"""Makes the sentences and blocks of letters: every text in them is one line, without marks that turn a screen or file.

A sentence has no full stop: renderers set it behind the marks. A fact without marks stands as the writer's own
statement. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from monitor.complaints.model import Block, BlockKind, Sentence, SentenceKind

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_SPACES = re.compile(r"[ \t\u3000]{2,}")
SAID = "据本人陈述"


def one_line(text: str) -> str:
    """The text on one line, without control and invisible characters; what XML cannot hold is gone too."""
    return _SPACES.sub(" ", _CONTROL.sub(" ", _INVISIBLE.sub("", text))).strip()


def fact(text: str, marks: Iterable[str] = ()) -> Sentence:
    """What happened; without marks it is the writer's own statement."""
    return Sentence(_bare(text), SentenceKind.FACT, tuple(dict.fromkeys(marks)))


def law(text: str, articles: Iterable[str]) -> Sentence:
    """What a rule says, with the ids of its articles."""
    return Sentence(_bare(text), SentenceKind.LAW, (), tuple(articles))


def demand(text: str, articles: Iterable[str] = ()) -> Sentence:
    """What is asked for."""
    return Sentence(_bare(text), SentenceKind.DEMAND, (), tuple(articles))


def unknown(text: str) -> Sentence:
    """What is not known."""
    return Sentence(_bare(text), SentenceKind.UNKNOWN)


def form(text: str) -> Sentence:
    """A set phrase: greetings, headings, blanks to fill in."""
    return Sentence(_bare(text), SentenceKind.FORM)


def paragraph(title: str, sentences: Iterable[Sentence]) -> Block:
    """A titled run of sentences."""
    return Block(BlockKind.PARAGRAPH, title, tuple(sentences))


def items(title: str, sentences: Iterable[Sentence]) -> Block:
    """A numbered line for each sentence."""
    return Block(BlockKind.ITEMS, title, tuple(sentences))


def fields(title: str, rows: Iterable[tuple[str, Sentence]]) -> Block:
    """Names and values."""
    return Block(BlockKind.FIELDS, title, rows=tuple((form(name), value) for name, value in rows))


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[Sentence]]) -> Block:
    """A table of sentences."""
    return Block(BlockKind.TABLE, title, (), tuple(columns), tuple(tuple(row) for row in rows))


def signature(*sentences: Sentence) -> Block:
    """Who signs, and when."""
    return Block(BlockKind.SIGNATURE, "", sentences)


def list_sentences(block: Block) -> tuple[Sentence, ...]:
    """Every sentence of a block, of its rows too."""
    return (*block.sentences, *(one for row in block.rows for one in row))


def _bare(text: str) -> str:
    return one_line(text).rstrip("。；;")
