"""Everything about one possible move: what was said, what ties the two sites, what is worth nothing by itself.

Pure. A name, a time and what the new site says of itself are anybody's to make and never count towards the tie, nor
does a release page that speaks alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.operators.move_evidence import Known, LinkStrength, measure_link
from monitor.operators.move_signals import (
    NOTICES,
    OLD_SIDE,
    PAGE_REDIRECTS,
    REDIRECTS,
    RELEASES,
    MoveSignal,
    SignalSet,
    Way,
)
from monitor.operators.release_pages import is_kept_page
from monitor.operators.site_facts import SiteFacts
from monitor.operators.site_names import plain_name
from storage.identity import Decision

LINK_BITS = 5.0
LASTING = timedelta(hours=6)
"""A redirect seen again after so long was no single injection into an open site."""
_TIME_BITS = 2.0
_GIVEN_UP_BITS = 2.5
"""Enough of a link where the old site did nothing more than to send its visitors to the new one, check after check."""
_HELD_BITS = 3.5
"""So much that nobody can copy ties the two where the notice may be copied: more than a provider's name servers."""
_SHARED_PAGE_BITS = 5.0
"""A release page that both sites name and that lists the new one: a copy may name it, but is not listed there."""
_NONE: frozenset[str] = frozenset()
_NO_WAYS: frozenset[Way] = frozenset()
_BEFORE_FAILURE = timedelta(days=30)
_AFTER_FAILURE = timedelta(days=14)
_SLACK = timedelta(days=1)


@dataclass(frozen=True)
class MovePair:
    """Everything about one possible move."""

    before: str
    after: str
    signals: tuple[MoveSignal, ...]
    link: LinkStrength
    name: float = 0.0
    time: float = 0.0
    shared_page: float = 0.0
    kept_page: bool = False
    echoed: bool = False
    old: SiteFacts | None = None
    new: SiteFacts | None = None

    @property
    def old_side(self) -> tuple[MoveSignal, ...]:
        """What the old site, or a page of its operator's, says."""
        return tuple(signal for signal in self.signals if signal.way in OLD_SIDE)

    @property
    def claim_bits(self) -> float:
        """What the new site says of itself."""
        return sum(signal.bits for signal in self.signals if signal.way is Way.CLAIM)

    @property
    def own_word(self) -> bool:
        """Whether the old site itself, not its release page alone, says so in a way that no single injection makes."""
        ways = {signal.way for signal in self.old_side} - RELEASES - (NOTICES if self.echoed else _NO_WAYS)
        if ways - REDIRECTS or (ways and not still_stands(self.old)):
            return True
        return self.sends_on(REDIRECTS - PAGE_REDIRECTS)

    def sends_on(self, ways: frozenset[Way]) -> bool:
        """Whether the old site sends its visitors away in one of these ways, seen in checks that lie apart."""
        sent = [signal for signal in self.signals if signal.way in ways]
        return bool(sent) and max(one.last_at for one in sent) - min(one.first_at for one in sent) >= LASTING

    @property
    def tied(self) -> bool:
        """Whether the two are tied by more than an impostor makes: his name, his date and his claim are his own."""
        if self.own_word:
            gave_up = not still_stands(self.old) and self.sends_on(REDIRECTS)
            agreed = all(bits > 0 for _, bits, _ in self.link.rows)
            return self.link.bits + self.shared_page >= (_GIVEN_UP_BITS if gave_up and agreed else LINK_BITS)
        if self.kept_page:
            return True
        if self.echoed:
            return self.link.held >= _HELD_BITS and self.link.bits >= LINK_BITS
        # a page that was taken over may list anybody
        return (self.link.control or self.link.probable) and self.link.bits >= LINK_BITS

    @property
    def bits(self) -> float:
        """All that speaks for the move together: of several words of the old side the second counts half."""
        ranked = sorted((signal.bits for signal in self.old_side), reverse=True)
        said = (ranked[0] + 0.5 * sum(ranked[1:2])) if ranked else 0.0
        return said + self.link.bits + self.name + self.time + self.claim_bits + self.shared_page


@dataclass(frozen=True)
class MoveField:
    """All that pairs are judged by. `echoes` are pairs whose notices another site gave before."""

    facts: Mapping[str, SiteFacts]
    known: Known
    signals: SignalSet
    decided: Mapping[tuple[str, str], Decision]
    echoes: frozenset[tuple[str, str]]
    at: datetime


def gather_pair(before: str, after: str, found: tuple[MoveSignal, ...], field_: MoveField, returning: bool) -> MovePair:
    """Everything about one pair. `returning` says that the way back is a known move already."""
    known, pages = field_.known, field_.signals.release_pages
    old, new = field_.facts.get(before), field_.facts.get(after)
    found = tuple(signal for signal in found if _of_this_epoch(signal, old, new))
    echoed = (before, after) in field_.echoes
    sent = [signal.first_at for signal in found if signal.way in REDIRECTS]
    link = measure_link(
        known,
        before,
        after,
        any_order=returning or (_says_so(found, echoed) and known.together(before, after)),
        sent_since=min(sent, default=None) if old is not None and old.open_spans else None,
    )
    time = _TIME_BITS if old is not None and new is not None and _appeared_in_time(old, new, found) else 0.0
    told = any(signal.way in RELEASES for signal in found)
    shared = pages.get(plain_name(before), _NONE) & pages.get(plain_name(after), _NONE) if told else _NONE
    kept = any(
        is_kept_page(page, plain_name(before), plain_name(after), field_.signals, field_.facts) for page in shared
    )
    name = min(5.0, max(0.0, known.name_bits(before, after)))
    return MovePair(
        before, after, found, link, name, time, _SHARED_PAGE_BITS if shared else 0.0, kept, echoed, old, new
    )


def _says_so(signals: Iterable[MoveSignal], echoed: bool) -> bool:
    """Whether the old site, or its release page, leads to the new one by more than a notice that may be copied."""
    return any(signal.way in OLD_SIDE and not (echoed and signal.way in NOTICES) for signal in signals)


def _of_this_epoch(signal: MoveSignal, old: SiteFacts | None, new: SiteFacts | None) -> bool:
    """Whether a signal is of these registrations of both names: what was said before belongs to earlier ones."""
    return not any(
        site is not None and site.registered_on is not None and signal.last_at.date() < site.registered_on - _SLACK
        for site in (old, new)
    )


def _appeared_in_time(old: SiteFacts, new: SiteFacts, signals: Iterable[MoveSignal]) -> bool:
    """Whether the new site appeared about when the old one went, or said that it goes."""
    said = [signal.first_at for signal in signals if signal.way in OLD_SIDE]
    left = min((moment for moment in (old.gone_since, *said) if moment is not None), default=None)
    if left is None:
        return False
    from_, until = left - _BEFORE_FAILURE, left + _AFTER_FAILURE
    registered = new.registered_on is not None and from_.date() <= new.registered_on <= until.date()
    return registered or from_ <= new.first_seen <= until


def still_stands(facts: SiteFacts | None) -> bool:
    """Whether a site is not known to be gone."""
    return facts is None or facts.gone_since is None
