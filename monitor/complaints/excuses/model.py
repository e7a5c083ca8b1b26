"""What the answer to an excuse holds: where it was said, the clause with its captures, what binds and what does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.review.laws import Article


class Standing(StrEnum):
    """Whether a clause was there at the order, as far as captures can say. The words are promises."""

    BOTH_SIDES = "both_sides"  # seen before and after the order
    BEFORE_ONLY = "before_only"  # seen before; not looked at since
    GONE_AFTER = "gone_after"  # seen before, not in the first capture after
    ADDED_AFTER = "added_after"  # not in a capture after the order, in a later one
    ADDED_BETWEEN = "added_between"  # not before, there after: added somewhere in between
    AFTER_ONLY = "after_only"  # no capture before the order
    SAME_DAY = "same_day"  # captured on the day of an order whose clock time is not known: before or after not known
    ON_AND_OFF = "on_and_off"  # seen long before, not in the last capture before the order
    CONCEALED = "concealed"  # read in hidden parts or pictures only, never shown as text

    @property
    def when(self) -> str:
        """Whether it may have stood at the order: before, unsure, after (not there then), or none (never shown)."""
        if self in (Standing.BOTH_SIDES, Standing.BEFORE_ONLY, Standing.GONE_AFTER):
            return "before"
        return {Standing.ADDED_AFTER: "after", Standing.CONCEALED: "none"}.get(self, "unsure")


@dataclass(frozen=True)
class Raised:
    """Where an excuse was said: in the reply the buyer tells of, in a chat or other material. `words` as they stand."""

    source: str  # reply or item
    id: str  # of the item, "" for the reply
    words: str
    read: str = ""  # ocr where it was recognised in a picture: to be held against the original
    speaker: str = "seller"  # seller, robot (an automatic reply) or unknown; the buyer's own words are no excuse


@dataclass(frozen=True)
class ClauseSeen:
    """A clause that says the same, with the captures that show it and the honest sentence on them.

    `quote` is "" where it was hidden or read from a picture: such words are never quoted as shown. `captures` show it.
    """

    url: str
    quote: str
    standing: Standing
    statement: str
    captures: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime
    changes: tuple[str, ...] = ()
    pattern: str = ""
    name: str = ""
    absent: tuple[str, ...] = ()  # captures that the statement names and that do not show it
    but: str = ""  # what the same page says beside it and softens it
    but_seen: datetime | None = None  # when our own capture showed that last; None where a newer one no longer does
    told: str = ""  # what may be told to the seller of its standing, "" where captures do not speak for the buyer
    better: str = (
        ""  # what our newest capture of the page says instead: it takes the clause back, or gives what that refused
    )
    better_seen: datetime | None = None


@dataclass(frozen=True)
class Reason:
    """One reason in our own words, with articles in force on the day of the order and on that of the file."""

    says: str
    articles: tuple[Article, ...] = ()


@dataclass(frozen=True)
class AnsweredExcuse:
    """One excuse answered. `raised` is empty where only the terms say it. `paste` has at most 200 characters."""

    id: str
    name: str
    raised: tuple[Raised, ...]
    clauses: tuple[ClauseSeen, ...]
    why: tuple[Reason, ...]
    may_bind: tuple[Reason, ...]
    ask: tuple[str, ...]
    paste: str
    not_promised: tuple[str, ...]
    notes: tuple[str, ...] = ()
