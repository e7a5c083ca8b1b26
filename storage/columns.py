"""Column types that mean the same on SQLite and on PostgreSQL: moments, digests and text from pages.

A moment is kept as whole microseconds since 1970 in UTC, a digest as its 32 bytes. Values outside that
(a naive time, a digest that is not SHA-256) are refused before they reach the database; half characters and NULs in
text, which pages do send and databases do not hold, are replaced.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

SurrogateKey = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself only in a column called INTEGER."""


def clean_text(value: str) -> str:
    """A text as every database holds it: what is looked up again by its text must be cleaned before."""
    if value.isascii() and "\0" not in value:
        return value
    return value.replace("\0", "").encode("utf-8", "replace").decode()


class Moment(TypeDecorator[datetime]):
    """An aware moment, stored as BIGINT microseconds since 1970-01-01 UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn an aware moment into microseconds; a naive one raises ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone: give moments as aware UTC")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Turn microseconds into an aware UTC moment."""
        return None if value is None else _EPOCH + value * _MICROSECOND


class Digest(TypeDecorator[str]):
    """A SHA-256 digest: lower-case hex outside, 32 bytes inside."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Turn 64 hex digits into bytes; anything else raises ValueError."""
        if value is None:
            return None
        data = bytes.fromhex(value)
        if len(data) != 32:
            raise ValueError(f"{value[:80]!r} is not a SHA-256 digest in hex")
        return data

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Turn bytes into hex digits."""
        return None if value is None else value.hex()


class PageText(TypeDecorator[str]):
    """Text of any origin. Exact bytes are in the archive's objects; here lone surrogates become "?" and NULs go."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Make the text such that every database holds it."""
        return None if value is None else clean_text(value)


def key_column() -> Column[int]:
    """Make the column of a row's own key."""
    return Column(SurrogateKey, primary_key=True)


def reference_column(target: str, *, null: bool = False, primary: bool = False) -> Column[int]:
    """Make a column that names a row of another table ("table.column")."""
    return Column(SurrogateKey, ForeignKey(target), nullable=null and not primary, primary_key=primary)


def id_column() -> Column[str]:
    """Make the column of an id that people see."""
    return Column(PageText, unique=True, nullable=False)


def text_column() -> Column[str]:
    """Make a column of text of any origin."""
    return Column(PageText, nullable=False)


def moment_column(*, null: bool = False) -> Column[datetime]:
    """Make a column of moments."""
    return Column(Moment, nullable=null)


def digest_column(*, unique: bool = False) -> Column[str]:
    """Make a column of SHA-256 digests."""
    return Column(Digest, unique=unique or None, nullable=False)
