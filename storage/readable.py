"""What a reader needs of a kept capture, and no more: its texts, its document, its data answers, its headers.

Pictures, scripts, screenshots and PDFs stay on the disk, so that a history can be read again at the speed of its
readers. `key` names all that a reader is given: captures with equal keys are read the same by one release.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from scrapers.model import Capture, Origin, View, ViewKind
from scrapers.spool import SpooledBody
from storage.archive import Archive
from storage.canonical import canonical_json
from storage.capture_records import find_provenance
from storage.model import StoredCapture
from storage.provenance import Provenance, rebuild_capture

_TEXT_VIEWS = frozenset(
    kind.value
    for kind in (
        ViewKind.DOM,
        ViewKind.FRAME_DOM,
        ViewKind.TEXT,
        ViewKind.POPUP_TEXT,
        ViewKind.LAYOUT,
        ViewKind.CANVAS,
    )
)
_DATA_TYPES = frozenset({"xhr", "fetch", "document"})


@dataclass(frozen=True)
class Readable:
    """A capture described for its reader; `load` gives it with the bytes of its texts."""

    key: str
    load: Callable[[], Capture]


def find_readable(archive: Archive, stored: StoredCapture) -> Readable:
    """Find what a reader is given of a capture. Raises ArchiveDamaged when bytes are missing or wrong."""
    with archive.objects.open(stored.warc) as file:
        described = find_provenance(file).capture
    exchanges = [_lean_exchange(one) for one in _dicts(described.get("exchanges"))]
    views = [one for one in _dicts(described.get("views")) if one.get("kind") in _TEXT_VIEWS]
    lean = {**described, "exchanges": exchanges, "views": views, "certificates": []}

    def fetch(reference: str) -> bytes | SpooledBody:
        return archive.load_payload(reference.partition("@")[0])

    def load() -> Capture:
        capture = rebuild_capture(Provenance(lean, ()), fetch)
        return replace(capture, views=tuple(_filled(archive, view) for view in capture.views))

    return Readable(_key_of(lean), load)


def describe_capture(archive: Archive, stored: StoredCapture) -> Capture:
    """A capture as it is described, without the bytes of any body, view or certificate; their digests are there."""
    with archive.objects.open(stored.warc) as file:
        described = find_provenance(file).capture
    exchanges = [
        {name: value for name, value in one.items() if name != "body"} for one in _dicts(described.get("exchanges"))
    ]
    certificates = [{**one, "chain": []} for one in _dicts(described.get("certificates"))]
    lean = {**described, "exchanges": exchanges, "certificates": certificates}
    bare = rebuild_capture(Provenance(lean, ()), lambda _: b"")
    return replace(bare, views=tuple(replace(view, data=None) for view in bare.views))


def _lean_exchange(exchange: dict[str, object]) -> dict[str, object]:
    """The exchange, without its body unless a reader looks into it."""
    wanted = exchange.get("main_document") or exchange.get("resource_type") in _DATA_TYPES or _is_json(exchange)
    return exchange if wanted else {name: value for name, value in exchange.items() if name != "body"}


def _is_json(exchange: dict[str, object]) -> bool:
    return any(
        name.lower() == "content-type" and "json" in value.lower() for name, value in _pairs(exchange, "response")
    )


def _key_of(lean: dict[str, object]) -> str:
    """The digest of everything that `scrapers.content.content_of` looks at; bytes stand for themselves by digest."""
    cookies: set[str] = set()
    bodies: list[object] = []
    for exchange in _dicts(lean.get("exchanges")):
        for side in ("request", "response"):
            for name, value in _pairs(exchange, side):
                if name.lower() == ("cookie" if side == "request" else "set-cookie"):
                    cookies.update(_cookie_names(value, "\n" if side == "response" else ";"))
        if exchange.get("resource_type") == "image":
            bodies.append([exchange.get("url"), exchange.get("body_digest")])  # its text is looked up by digest
        body = exchange.get("body")
        if isinstance(body, str):
            types = [value for name, value in _pairs(exchange, "response") if name.lower() == "content-type"][:1]
            told = ("url", "method", "status", "resource_type", "main_document", "request_body")
            bodies.append([*(exchange.get(name) for name in told), types, body.partition("@")[0]])
    views = [[view.get("kind"), view.get("name", ""), view.get("digest")] for view in _dicts(lean.get("views"))]
    known = [lean.get(name, "") for name in ("url", "final_url", "title", "outcome")]
    browser = bool(lean.get("browser")) and lean.get("origin", Origin.OWN.value) == Origin.OWN.value
    return hashlib.sha256(canonical_json([known, browser, views, bodies, sorted(cookies)])).hexdigest()


def _cookie_names(value: str, separator: str) -> list[str]:
    return [part.partition("=")[0].strip() for part in value.split(separator) if "=" in part]


def _pairs(exchange: dict[str, object], side: str) -> list[tuple[str, str]]:
    found = exchange.get(f"{side}_headers")
    pairs = found if isinstance(found, list) else []
    return [(str(pair[0]), str(pair[1])) for pair in pairs if isinstance(pair, list) and len(pair) == 2]


def _dicts(value: object) -> list[dict[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _filled(archive: Archive, view: View) -> View:
    return view if view.data is not None or not view.digest else replace(view, data=archive.load_payload(view.digest))
