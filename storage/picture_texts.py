"""The texts that were read in pictures: each picture once for each release of the recogniser.

What is kept can be read again from the pictures themselves; only final results are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select

from scrapers.model import PictureLine, PictureText
from storage.session import Session
from storage.tables import PictureTextRow

_PART = 400


def load_picture_texts(session: Session, digests: Sequence[str], engine: str) -> Mapping[str, PictureText]:
    """Give what is known of pictures by their SHA-256, as this release of the recogniser read them."""
    found: dict[str, PictureText] = {}
    for start in range(0, len(digests), _PART):
        part = digests[start : start + _PART]
        query = select(PictureTextRow).where(col(PictureTextRow.sha256).in_(part), col(PictureTextRow.engine) == engine)
        for row in session.exec(query).all():
            lines = tuple(PictureLine(str(text), float(sure)) for text, sure in row.lines)
            found[row.sha256] = PictureText(row.sha256, row.engine, lines, row.unread, final=True)
    return found


def keep_picture_texts(session: Session, texts: Iterable[PictureText], at: datetime) -> int:
    """Keep what will stay so and is not kept yet; give how many."""
    kept = 0
    for text in texts:
        if not text.final or not text.engine or session.get(PictureTextRow, (text.digest, text.engine)) is not None:
            continue
        lines: list[list[str | float]] = [[line.text, line.confidence] for line in text.lines]
        session.add(PictureTextRow(sha256=text.digest, engine=text.engine, lines=lines, unread=text.unread, read_at=at))
        kept += 1
    return kept
