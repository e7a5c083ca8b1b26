"""Full text over everything that was read, Chinese first: two-character words such as 退款 are found, and 7天 too.

Each distinct text is indexed once, as tokens of our own making: Chinese as overlapping pairs, Latin letters and digits
as words, all folded (full width, case). A word of a question is a phrase of tokens, several words are ANDed, quotes
keep words together. Needs SQLite with FTS5; nothing typed by a person reaches FTS5's own query language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, Text, column, literal_column, table
from sqlalchemy import select as select_columns
from sqlalchemy import text as sql
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from scrapers.model import NO_TIME_OF_DAY, Origin, Source
from storage.errors import ArchiveError, NotInArchive
from storage.model import WatchedPage
from storage.pages import key_of_platform, keys_of_pages, page_of
from storage.readings import digest_text, pack_text, unpack_text
from storage.tables import CaptureRow, PageRow, PlatformRow, TextRow, TextSeenRow
from storage.words import Run, cut_snippet, match_expression, read_question, words_of

_MOST = 200
_MOST_PLACES = 50


class SearchUnavailable(ArchiveError):  # noqa: N818 - reads as a sentence where it is caught
    """This database has no full-text index."""


@dataclass(frozen=True)
class TextSeen:
    """Where a text was seen: on which page, how it stood there, and in which captures first and last.

    Sights of our own and those that files brought in claim are told apart, never mixed in one span.
    """

    page: WatchedPage
    source: Source
    origin: Origin
    first_capture: str
    last_capture: str
    first_seen_at: datetime
    last_seen_at: datetime
    day_only: tuple[bool, bool] = (False, False)  # whether first and last are claims on a day without a time


@dataclass(frozen=True)
class TextFound:
    """A text with all the words. `snippet` is cut from it; `marks` are (start, end) of the hits in the snippet."""

    id: str
    snippet: str
    marks: tuple[tuple[int, int], ...]
    characters: int
    seen: tuple[TextSeen, ...]


_INDEX = table("text_index", column("rowid", Integer), column("tokens", Text))


def keep_text(session: Session, text: str) -> int:
    """Keep a text and its words once, and give its key."""
    digest = digest_text(text)
    key = session.exec(select(TextRow.key).where(TextRow.digest == digest)).first()
    if key is not None:
        return key
    row = TextRow(digest=digest, characters=len(text), data=pack_text(text))
    session.add(row)
    session.flush()
    assert row.key is not None
    if has_index(session):
        session.execute(
            sql("INSERT INTO text_index(rowid, tokens) VALUES (:key, :words)"),
            {"key": row.key, "words": " ".join(words_of(text))},
        )
    return row.key


def index_text(
    session: Session, text: str, *, page_key: int, capture_key: int, seen_at: datetime, source: Source, origin: Origin
) -> int:
    """Keep a text, note that this capture of this page showed it, and give its key."""
    key = keep_text(session, text)
    seen = session.get(TextSeenRow, (key, page_key, source.value, origin.value))
    if seen is None:
        seen = TextSeenRow(
            text_key=key,
            page_key=page_key,
            source=source.value,
            origin=origin.value,
            first_capture_key=capture_key,
            last_capture_key=capture_key,
            first_seen_at=seen_at,
            last_seen_at=seen_at,
        )
    elif seen_at < seen.first_seen_at:
        seen.first_seen_at, seen.first_capture_key = seen_at, capture_key
    elif seen_at >= seen.last_seen_at:
        seen.last_seen_at, seen.last_capture_key = seen_at, capture_key
    session.add(seen)
    session.flush()
    return key


def search_texts(
    session: Session,
    words: str,
    *,
    pages: Sequence[str] = (),
    platform: str = "",
    after: str = "",
    limit: int = 20,
) -> tuple[TextFound, ...]:
    """Find the texts with all the words, the newest text first; continue after the id of the last one found.

    `pages` are page ids. Raises SearchQuestion for words that cannot be searched, SearchUnavailable without an index.
    """
    phrases = read_question(words)
    if not has_index(session):
        raise SearchUnavailable(
            "this database has no full-text index: search needs SQLite with FTS5 (the sqlite3 of python.org and of "
            "Debian have it); the other commands work without"
        )
    key = _INDEX.c.rowid
    query = select_columns(key).where(literal_column("text_index").op("MATCH")(match_expression(phrases)))
    if after:
        query = query.where(key < _read_id(session, after))
    if pages or platform:
        place = select_columns(col(TextSeenRow.text_key)).where(col(TextSeenRow.text_key) == key)
        if pages:
            place = place.where(col(TextSeenRow.page_key).in_(keys_of_pages(session, pages)))
        if platform:
            owner = col(PageRow.platform_key) == key_of_platform(session, platform)
            place = place.join(PageRow, col(PageRow.key) == TextSeenRow.page_key).where(owner)
        query = query.where(place.exists())
    keys = list(session.scalars(query.order_by(key.desc()).limit(max(1, min(limit, _MOST)))).all())
    return _load_texts(session, keys, phrases)


def has_index(session: Session) -> bool:
    """Say whether this database can search."""
    if session.get_bind().dialect.name != "sqlite":
        return False
    try:
        session.execute(sql("SELECT 1 FROM text_index LIMIT 0"))
    except OperationalError:
        return False
    return True


def _load_texts(session: Session, keys: Sequence[int], phrases: Sequence[Sequence[Run]]) -> tuple[TextFound, ...]:
    if not keys:
        return ()
    rows = {row.key: row for row in session.exec(select(TextRow).where(col(TextRow.key).in_(keys))).all()}
    found = []
    for key in keys:
        text = unpack_text(rows[key].data)
        snippet, marks = cut_snippet(text, phrases)
        found.append(
            TextFound(
                id=f"t-{key}",
                snippet=snippet,
                marks=marks,
                characters=len(text),
                seen=_load_places(session, key),
            )
        )
    return tuple(found)


def _load_places(session: Session, text_key: int) -> tuple[TextSeen, ...]:
    query = (
        select(TextSeenRow, PageRow, PlatformRow.name)
        .join(PageRow, col(PageRow.key) == TextSeenRow.page_key)
        .join(PlatformRow, col(PlatformRow.key) == PageRow.platform_key)
        .where(TextSeenRow.text_key == text_key)
        .order_by(col(TextSeenRow.origin).desc(), col(TextSeenRow.first_seen_at))  # own before imported
        .limit(_MOST_PLACES)
    )
    rows = session.exec(query).all()
    wanted = {key for row, _, _ in rows for key in (row.first_capture_key, row.last_capture_key)}
    captures = select(CaptureRow.key, CaptureRow.id, CaptureRow.missing).where(col(CaptureRow.key).in_(wanted))
    told = session.exec(captures).all()
    known = {key: capture_id for key, capture_id, _ in told}
    days = {key for key, _, missing in told if any(what == NO_TIME_OF_DAY for what, _ in missing)}
    return tuple(
        TextSeen(
            page=page_of(page, platform),
            source=Source(row.source),
            origin=Origin(row.origin),
            first_capture=known[row.first_capture_key],
            last_capture=known[row.last_capture_key],
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            day_only=(row.first_capture_key in days, row.last_capture_key in days),
        )
        for row, page, platform in rows
    )


def _read_id(session: Session, text_id: str) -> int:
    number = text_id.removeprefix("t-")
    if number.isascii() and number.isdigit() and len(number) < 19:
        key = session.exec(select(TextRow.key).where(TextRow.key == int(number))).first()
        if key is not None:
            return key
    raise NotInArchive(f"no text {text_id[:40]!r} to continue after; give the `next` of the list before")
