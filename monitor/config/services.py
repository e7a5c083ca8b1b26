"""Addresses of services in the configuration, and the sections of those that witness the archive's time."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from monitor.config.section import Section
from monitor.page_address import normalise_address

PROXY_USER = "CARDWATCH_PROXY_USER"
PROXY_PASSWORD = "CARDWATCH_PROXY_PASSWORD"  # noqa: S105 - the name of a variable, not a password
_NAME = re.compile(r"[\w-]{1,60}")  # it stands in file names, between dots
_POLICY = re.compile(r"[0-2](\.(0|[1-9][0-9]{0,20})){1,30}")
_MOST_WITNESSES = 20


@dataclass(frozen=True)
class TimestampAuthority:
    """A time-stamping authority (RFC 3161) that is asked for tokens.

    `ca` is a PEM file of the roots that its certificate must chain to (None: those that Mozilla trusts for websites),
    `policy` the OID that its tokens must state ("" for any), `seconds` how long one answer may take.
    """

    name: str
    url: str = field(repr=False)  # may hold a key of the service
    ca: Path | None = None
    policy: str = ""
    seconds: float = 20.0


@dataclass(frozen=True)
class Calendar:
    """An OpenTimestamps calendar that is asked to carry digests into Bitcoin's block chain."""

    name: str
    url: str = field(repr=False)  # may hold a key of the service
    seconds: float = 20.0


@dataclass(frozen=True)
class CustodySettings:
    """`renew_days`: how long before its certificate ends the last token is renewed."""

    renew_days: int = 90


@dataclass(frozen=True)
class OcrSettings:
    """Whether text in pictures is read, and for how many seconds at most: of one page, and of one picture."""

    enabled: bool = True
    seconds: float = 30.0
    picture_seconds: float = 15.0

    @property
    def engine(self) -> str:
        """The recogniser that reads, "" where none does."""
        if not self.enabled:
            return ""
        from scrapers.ocr import engine_release

        return engine_release()


OCR_OFF = OcrSettings(enabled=False)


def check_service(section: Section, key: str, url: str, schemes: tuple[str, ...], example: str) -> None:
    """Refuse an address with another scheme, without a host, or with credentials (which are not repeated)."""
    scheme, _, rest = url.partition("://")
    if "@" in urlsplit(f"http://{rest}").netloc if rest else False:
        mend = f"set {PROXY_USER} and {PROXY_PASSWORD} instead" if key == "proxy" else "leave them out"
        section.wrong(key, f"carries a user name or password, which never stand in this file: {mend}")
        return
    if scheme not in schemes:
        section.wrong(key, f"'{url[:80]}' must begin with {' or '.join(f'{word}://' for word in schemes)}: {example}")
        return
    try:
        normalise_address(f"http://{rest}")
    except ValueError as error:
        section.wrong(key, str(error))


def read_witnesses(root: Section, folder: Path) -> tuple[tuple[TimestampAuthority, ...], tuple[Calendar, ...]]:
    """The authorities of [[tsa]] and the calendars of [[opentimestamps]]; every name once, for files bear it."""
    names: set[str] = set()
    authorities = tuple(_read_authority(section, folder, names) for section in root.tables("tsa", _MOST_WITNESSES))
    calendars = tuple(_read_calendar(section, names) for section in root.tables("opentimestamps", _MOST_WITNESSES))
    return authorities, calendars


def read_custody(section: Section) -> CustodySettings:
    """The section [custody]."""
    custody = CustodySettings(section.count("renew_days", CustodySettings().renew_days, 0, 3650))
    section.refuse_rest()
    return custody


def _read_authority(section: Section, folder: Path, names: set[str]) -> TimestampAuthority:
    name = _read_name(section, names)
    url = _read_url(section, "https://tsa.example/rfc3161")
    ca = section.text("ca")
    policy = section.text("policy")
    if policy and not _POLICY.fullmatch(policy):
        section.wrong("policy", f"'{policy[:60]}' is no object identifier such as \"1.3.6.1.4.1.4146.2.3\"")
    seconds = section.number("seconds", TimestampAuthority.seconds, 1, 120)
    section.refuse_rest()
    return TimestampAuthority(name, url, folder / Path(ca).expanduser() if ca else None, policy, seconds)


def _read_calendar(section: Section, names: set[str]) -> Calendar:
    name = _read_name(section, names)
    url = _read_url(section, "https://calendar.example")
    seconds = section.number("seconds", Calendar.seconds, 1, 120)
    section.refuse_rest()
    return Calendar(name, url, seconds)


def _read_name(section: Section, names: set[str]) -> str:
    name = unicodedata.normalize("NFC", section.text("name", required=True))
    if name and not _NAME.fullmatch(name):
        section.wrong("name", f"'{name[:60]}' must be 1 to 60 letters, digits, - or _ (files bear it), such as freetsa")
    elif name and name.casefold() in names:
        section.wrong("name", f"'{name}' is there twice; files bear it, so give each authority a name of its own")
    names.add(name.casefold())
    return name


def _read_url(section: Section, example: str) -> str:
    url = section.text("url", required=True)
    if url:
        check_service(section, "url", url, ("http", "https"), example)
    return url
