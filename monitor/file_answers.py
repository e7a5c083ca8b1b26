"""Saved files and texts read, compared and judged without an archive, each answered as JSON-ready data.

One function a question: `answer_read`, `answer_comparison`, `answer_review` take what was asked as data (a line of a
batch, or what a command was given) and give the answer. Files are opened here and bounded; what cannot be read raises
ValueError with what to do next. No database, no browser, no network.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.json_forms import comparison_data, identifier_data, reading_data
from scrapers.model import Role

if TYPE_CHECKING:
    from scrapers.families.findings import Family
    from scrapers.identity import Identifier
    from scrapers.model import Capture, PageContent, Reading

NOWHERE = "http://unknown.invalid/"
"""The address of a saved page that does not say where it comes from: it can still be read."""
MOST_BYTES = 20_000_000
MOST_PAGES = 200
TEXT_ENDINGS = frozenset({".txt", ".md", ".text"})
PAGE_ENDINGS = frozenset({".html", ".htm", ".xhtml"})
_ENDINGS = TEXT_ENDINGS | PAGE_ENDINGS | {".mhtml", ".mht", ".har", ".warc", ".gz", ".wacz"}
_MARKUP = re.compile(r"<(?:!doctype|html|head|body|div|p|table|section|article|main|span|ul|ol|h[1-6])\b", re.I)


@dataclass(frozen=True)
class ReadPage:
    """A page of a file with what was read of it; `capture` is None for a text, `content` where it had no markup."""

    capture: Capture | None
    reading: Reading
    content: PageContent | None = None


# --- what is asked --------------------------------------------------------------------------------------------------


def answer_read(item: Mapping[str, object], folder: Path, at: datetime) -> dict[str, object]:
    """Answer {"file" or "text", "url", "role"}: what the page says, as `cardwatch read --json` prints it."""
    role, url = _role_of(item, None), _text_of(item, "url")
    source = _named_source(item, folder)
    if isinstance(source, str) and not looks_like_markup(source):
        source = "".join(f"<p>{escape(line)}</p>" for line in source.splitlines() if line.strip())
    return pages_data(read_source(source, role=role, url=url, at=at), url)


def answer_comparison(item: Mapping[str, object], folder: Path, at: datetime) -> dict[str, object]:
    """Answer {"before", "after", "role", "url"}: as `cardwatch compare --json`.

    Each side is a text, or a name of a file; `before_file` and `after_file` are names whatever they look like.
    """
    from monitor.changes.compare import compare_readings

    role, url = _role_of(item, Role.TERMS) or Role.TERMS, _text_of(item, "url")
    sources: list[str | Path] = []
    for name in ("before", "after"):
        file = _text_of(item, f"{name}_file")
        if file:
            sources.append(folder / file)
            continue
        if not isinstance(item.get(name), str):
            raise ValueError(f'"{name}" must be a text or the name of a file, or give "{name}_file"')
        sources.append(_source_of(str(item[name]), folder))
    before, after = read_pair(sources[0], sources[1], role=role, url=url, at=at)
    return comparison_data(compare_readings(before, after, role=role))


def answer_review(item: Mapping[str, object], folder: Path, at: datetime) -> dict[str, object]:
    """Answer {"file" or "text", "url", "at"}: the unfair and risky clauses, as `cardwatch review --json`."""
    from monitor.review.document import review_document

    asked = _text_of(item, "at")
    try:
        day = date.fromisoformat(asked) if asked else at.date()
    except ValueError:
        raise ValueError(f'"at" is {asked!r}; give a date such as 2026-03-01') from None
    source = _named_source(item, folder)
    if isinstance(source, str) and not looks_like_markup(source):
        return review_document(source, day)
    pages = read_source(source, role=_role_of(item, Role.TERMS), url=_text_of(item, "url"), at=at)
    return review_document(pages[0].reading, day)


def _text_of(item: Mapping[str, object], name: str) -> str:
    value = item.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f'"{name}" must be a text')
    return value


def _role_of(item: Mapping[str, object], default: Role | None) -> Role | None:
    told = _text_of(item, "role")
    if not told:
        return default
    try:
        return Role(told)
    except ValueError:
        raise ValueError(f'"role" is {told!r}; it is one of {", ".join(role.value for role in Role)}') from None


def _named_source(item: Mapping[str, object], folder: Path) -> str | Path:
    name, text = _text_of(item, "file"), item.get("text")
    if name:
        return folder / name
    if not isinstance(text, str):
        raise ValueError('give "file" (a name) or "text"')
    return text


def _source_of(told: str, folder: Path) -> str | Path:
    """A name of a file, or the text itself: a single short line that ends like a file is a name."""
    line = told.strip()
    named = len(line) < 500 and "\n" not in line and Path(line).suffix.lower() in _ENDINGS and not line.endswith("..")
    return folder / line if named else told


# --- reading a source -----------------------------------------------------------------------------------------------


def read_source(
    source: str | Path, *, role: Role | None, url: str, at: datetime, generic: bool = False
) -> tuple[ReadPage, ...]:
    """Read a text or a file: at least one page, at most MOST_PAGES. A plain text becomes one block.

    `generic` reads pages by the generic reader, whatever software they are of.
    """
    families = () if generic else None
    if isinstance(source, str):
        return (_read_text(source, role, url, families),)
    _check_file(source)
    if source.suffix.lower() in TEXT_ENDINGS:
        text = decode_plain(source.read_bytes(), source)
        if not text.strip():
            raise ValueError(f"{source}: the file is empty; there is nothing to read")
        return (_read_text(text, role, url, families),)
    return tuple(_read_capture(capture, role, families) for capture in open_captures(source, url, at)[:MOST_PAGES])


def read_pair(before: str | Path, after: str | Path, *, role: Role, url: str, at: datetime) -> tuple[Reading, Reading]:
    """Read two sources by the same reader: a shop that changed its software is read by the generic one on both sides.

    Otherwise what two readers make of it would hide what was rewritten.
    """
    old, new = (read_source(source, role=role, url=url, at=at)[0].reading for source in (before, after))
    if old.family == new.family or "text" in (old.family, new.family):
        return old, new
    old, new = (read_source(source, role=role, url=url, at=at, generic=True)[0].reading for source in (before, after))
    return old, new


def open_captures(path: Path, url: str, at: datetime) -> tuple[Capture, ...]:
    """Open a saved page (HTML, MHTML, HAR, WARC, WACZ) as captures. Raises SavedFileError (a ValueError) or OSError."""
    from scrapers.errors import SavedFileError
    from scrapers.saved import open_saved
    from storage.ids import new_id

    refusal: SavedFileError | None = None
    for address in (url,) if url else ("", NOWHERE):
        try:
            return open_saved(path, url=address, claimed_at=None, at=at, make_id=lambda: new_id("capture", at))
        except SavedFileError as error:
            refusal = refusal or error
    raise ValueError(str(refusal))


def looks_like_markup(text: str) -> bool:
    """Whether a text is HTML rather than words."""
    return _MARKUP.search(text[:20_000]) is not None


def decode_plain(data: bytes, path: Path) -> str:
    """A text file in UTF-8, GB18030 or UTF-16."""
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError(f"{path}: not text in UTF-8, GB18030 or UTF-16; save it as UTF-8 text")


def _check_file(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}; give the name of a file") from None
    if path.is_dir():
        raise ValueError(f"{path}: is a folder; give a file in it")
    if size > MOST_BYTES and path.suffix.lower() in TEXT_ENDINGS | PAGE_ENDINGS:
        raise ValueError(f"{path}: larger than {MOST_BYTES // 1_000_000} MB; cut out the part that matters")
    if not size:
        raise ValueError(f"{path}: the file is empty; there is nothing to read")


def _read_text(text: str, role: Role | None, url: str, families: tuple[Family, ...] | None) -> ReadPage:
    from monitor.changes.compare import read_plain

    if len(text) > MOST_BYTES:
        raise ValueError(f"the text is longer than {MOST_BYTES // 1_000_000} million characters; cut it into parts")
    if looks_like_markup(text):
        return _read_html(text, role, url, families)
    return ReadPage(None, read_plain(text, role=role or Role.TERMS))


def _read_html(html: str, role: Role | None, url: str, families: tuple[Family, ...] | None) -> ReadPage:
    from scrapers.extract import read_page
    from scrapers.model import PageContent

    content = PageContent(url=url or NOWHERE, dom=html, source_html=html)
    return ReadPage(None, read_page(content, role=role, families=families), content)


def _read_capture(capture: Capture, role: Role | None, families: tuple[Family, ...] | None) -> ReadPage:
    from scrapers.content import content_of
    from scrapers.extract import read_page

    content = content_of(capture)
    return ReadPage(capture, read_page(content, role=role, families=families), content)


# --- answers --------------------------------------------------------------------------------------------------------


def pages_data(pages: tuple[ReadPage, ...], url: str = "") -> dict[str, object]:
    """The pages of a file: the first one's fields, the others in `other_pages`."""
    first, *others = (page_data(page, url) for page in pages)
    return {**first, "other_pages": others}


def page_data(page: ReadPage, url: str = "") -> dict[str, object]:
    """A page of a file as JSON: how it came, then what was read of it."""
    capture, reading = page.capture, page.reading
    asked = capture.url if capture and capture.url != NOWHERE else url
    final = capture.final_url or capture.url if capture else url
    shown = "" if final == NOWHERE else final
    return {
        "url": asked,
        "final_url": shown,
        "claimed_at": capture.claimed_at if capture else None,
        "outcome": capture.outcome if capture else None,
        "reason": capture.reason if capture else "",
        "detail": capture.detail if capture else "",
        **reading_data(reading, shown),
        "identifiers": [identifier_data(identifier) for identifier in page_identifiers(page)],
    }


def page_identifiers(page: ReadPage) -> tuple[Identifier, ...]:
    """What a page tells of who runs the site; of a bare text, what its lines tell."""
    from scrapers.identifiers import find_identifiers, identifiers_in_text
    from scrapers.identifiers.capture import identifiers_of_capture
    from scrapers.identity import IdentifierKind, Place

    if page.content is None:
        return identifiers_in_text(page.reading.text, Place.VISIBLE)
    if page.capture is None:
        return find_identifiers(page.content)
    found = identifiers_of_capture(page.capture, page.content)
    if page.content.url == NOWHERE:
        return tuple(identifier for identifier in found if identifier.kind != IdentifierKind.NAME)
    return found
