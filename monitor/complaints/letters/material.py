"""What a letter is made of: the case file, its exhibits, the settings and what is passed in beside them.

Finds the marks of a fact among the exhibits, and cleans what people and pages wrote. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from monitor.attestation.facts import Witness
from monitor.complaints.letters.kinds import LetterKind, forbidden_words
from monitor.complaints.letters.sentences import one_line
from monitor.complaints.masking.policy import policy_for
from monitor.complaints.masking.text import mask_text
from monitor.complaints.model import Audience, CaseFile, Exhibit
from monitor.config.complaints import ComplaintSettings
from monitor.times import SHANGHAI, show_time
from storage.case import Facts, Person, Purpose

_MOST_MARKS = 4
_SENTENCE_END = re.compile(r"[。！？!?；;\r\n]+")
_MOST_TOLD = 30
_LONGEST = 4000


@dataclass(frozen=True)
class Extra:
    """What a case file does not hold.

    `pages` are page numbers by exhibit number; `witnesses` the time tokens by exhibit id; `digests` the SHA-256 of the
    sealed files by exhibit id; `disclose_reporter` that a report may carry what leads to the one who makes it.
    """

    pages: Mapping[str, str] = field(default_factory=dict)
    witnesses: Mapping[str, tuple[Witness, ...]] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    disclose_reporter: bool = False
    operator: str = ""  # who ran the tool
    tool: str = ""  # its name and release


@dataclass(frozen=True)
class Material:
    """All that the making of one letter may look at. `notes` gathers what the sender must be told."""

    kind: LetterKind
    file: CaseFile
    exhibits: tuple[Exhibit, ...]
    settings: ComplaintSettings
    extra: Extra = field(default_factory=Extra)
    notes: list[str] = field(default_factory=list)

    @property
    def facts(self) -> Facts:
        """What the buyer says."""
        return self.file.case.facts

    @property
    def today(self) -> date:
        """The letter's day."""
        return self.file.today

    @property
    def consumer(self) -> bool:
        """Whether the goods were bought for living needs, as the buyer says."""
        return self.facts.purpose is Purpose.LIVING

    @property
    def actor(self) -> Person:
        """Who complains: the guardian of a minor, else the buyer."""
        return self.facts.guardian if self.facts.minor else self.facts.buyer

    @property
    def buyer_word(self) -> str:
        """How a letter calls the one who bought: the writer himself, or the minor whom he acts for."""
        return "购买人" if self.facts.minor else "本人"

    @property
    def hides_order(self) -> bool:
        """Whether the reader is not to learn when the writer bought: a report without his name."""
        return self.kind.id == "market_report" and not self.extra.disclose_reporter

    def note(self, text: str) -> None:
        """Tell the sender something, once."""
        if text not in self.notes:
            self.notes.append(text)

    def marks(self, *kinds: str, most: int = _MOST_MARKS) -> tuple[str, ...]:
        """The numbers of the items of these kinds, in the order of the kinds named."""
        found = [one.number for kind in kinds for one in self.exhibits if one.form == "item" and one.kind == kind]
        return tuple(found[:most])

    def marks_of(self, ids: Iterable[str]) -> tuple[str, ...]:
        """The numbers of captures, items or look-ups by their ids; what is no exhibit has none."""
        wanted = [one for one in ids if one]
        items = {item.id: item.evidence for item in self.file.items}
        numbers = {exhibit.id: exhibit.number for exhibit in self.exhibits}
        found = (numbers.get(items.get(one, one)) for one in wanted)
        return tuple(dict.fromkeys(number for number in found if number))

    def plain(self, text: str, *, most: int = 200) -> str:
        """A number, name or address of the case as it was typed: one line, unmasked, for its own slot in a letter."""
        kept = one_line(text)
        return "" if any(word in kept for word in forbidden_words()) else kept[:most]

    def clean(self, text: str, *, most: int = 0) -> str:
        """A short text of a person or page as it may stand in this letter: one line, keys masked. Cut whole with ……."""
        kept = one_line(text)
        if self.kind.audience is not None and kept:
            policy = policy_for(self.file, self.kind.audience)
            kept = one_line(mask_text(kept, policy)[0])
        if any(word in kept for word in forbidden_words()):
            return ""
        return kept if not most or len(kept) <= most else kept[:most].rstrip() + "……"

    def tell_story(self, text: str, *, most: int = _MOST_TOLD) -> tuple[str, ...]:
        """A person's own account as sentences. One that judges instead of telling is left out, and he is told so."""
        if len(text) > _LONGEST:
            self.note(f"经过描述超过{_LONGEST}字，文书只取前面部分，请精简")
        told: list[str] = []
        for part in _SENTENCE_END.split(text[:_LONGEST]):
            plain = one_line(part)
            if not plain:
                continue
            words = [word for word in forbidden_words() if word in plain]
            if words:
                self.note(f"经过描述中有定性或过激用语（{'、'.join(words)}），该句未写入文书，请改为只写事实")
                continue
            cleaned = self.clean(plain)
            if cleaned:
                told.append(cleaned)
        if len(told) > most:
            self.note(f"经过描述超过{most}句，文书只取前{most}句")
        return tuple(told[:most])

    @property
    def public(self) -> bool:
        """Whether anybody may read it."""
        return self.kind.audience is Audience.PUBLIC


def say_yuan(amount: Decimal) -> str:
    """An amount as it is written: two decimals, more where it has more."""
    exact = amount.quantize(Decimal("0.01"))
    return f"{exact}元" if exact == amount else f"{amount.normalize():f}元"


def say_moment(moment: datetime) -> str:
    """A moment of the trade, to the minute, Beijing time."""
    local = moment.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日{local:%H:%M}"


def say_day(moment: datetime | date) -> str:
    """A day as Chinese readers write it."""
    day = moment.astimezone(SHANGHAI).date() if isinstance(moment, datetime) else moment
    return f"{day.year}年{day.month}月{day.day}日"


def say_exact(moment: datetime) -> str:
    """A moment with its seconds and offset: of captures and deadlines."""
    return show_time(moment)
