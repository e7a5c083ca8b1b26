"""The archive: a folder of immutable objects and a database that names them.

`open_archive` opens it and cleans what a crash left; `keep_capture` keeps a capture whole or not at all;
`load_capture` gives back the very same value. Nothing here ever alters or removes what was kept.
"""

from __future__ import annotations

import io
import os
import re
import secrets
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from errno import EACCES, EDQUOT, ENOSPC, EPERM, EROFS
from pathlib import Path

from sqlalchemy.engine import make_url

from scrapers.model import Capture, KnownViews, Origin, Outcome, View, ViewKind
from scrapers.spool import SPOOL_FROM, SpooledBody
from storage.artifacts import (
    StoredObject,
    StoredView,
    find_payloads,
    has_any_evidence,
    has_evidence,
    insert_payloads,
    insert_views,
    is_object_named,
    newest_views,
)
from storage.capture_records import Packed, digest_payloads, read_capture, write_capture
from storage.captures import captures_around, get_capture, has_captures, insert_capture, key_of_capture, last_capture
from storage.custody import append_entry
from storage.errors import ArchiveDamaged, ArchiveError, ArchiveFull, NotInArchive
from storage.journal import ERASING, Intent, Journal, clean_journals, intended_objects
from storage.keys import KeyFolder
from storage.large_records import read_large_record
from storage.manifest import write_manifest
from storage.model import EntryKind, StoredCapture, StoredPayload, WatchedPage
from storage.objects import ObjectStore, digest_file, write_durably
from storage.session import Database, Session
from storage.tables import SaltRow
from storage.tiles import LogFolder
from storage.warc import EMPTY_DIGEST, WarcWriter, read_record

_MEGABYTE = 1_000_000
_SEED_BYTES = 32
_ID = re.compile(r"[0-9A-Za-z-]{1,80}")


def open_archive(
    root: Path, database_url: str, *, at: datetime, minimum_free_megabytes: int = 500, key_passphrase: str = ""
) -> Archive:
    """Open the archive in a folder, made if it is not there; bring its tables up; clean what a crash left.

    Raises ArchiveNewer for an archive of a newer cardwatch, ArchiveError where the folder may not be used, and
    ArchiveDamaged where the folder holds objects but their database is gone or knows no capture: that would hide all.
    """
    with _said_plainly(root):
        root.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds cookies, and the salts of all that is sealed
        _require_database(root, database_url)
        database = Database(database_url)
        try:
            if database.revision() is None:
                _refuse_objects(root, f"{database.url.database} has no tables of cardwatch")
            database.migrate()
            archive = Archive(root, database, minimum_free_megabytes, key_passphrase)
            archive.cleaned = clean_journals(root / "staging", archive.objects, archive.is_kept, archive.names_object)
            _require_captures(archive)
        except BaseException:
            database.close()
            raise
    return archive


def _require_database(root: Path, database_url: str) -> None:
    """Objects without a database are a loss, and must not become an empty archive that is called whole."""
    name = make_url(database_url).database if database_url.startswith("sqlite:") else None
    if not name:
        return
    files = (Path(name), Path(f"{name}-wal"))
    if any(file.is_dir() or (file.is_file() and file.stat().st_size) for file in files):
        return
    _refuse_objects(root, f"{name} is missing or empty")


def _require_captures(archive: Archive) -> None:
    """A database that knows no capture beside objects that no process is just bringing in is not theirs."""
    with archive.database.reading() as session:
        known = has_captures(session) or has_any_evidence(session)
    if known:
        return
    found = {digest for digest, _ in archive.objects.list()}
    if not found or found <= intended_objects(archive.root / "staging"):
        return
    with archive.database.reading() as session:  # asked last: another process may have kept its first one meanwhile
        known = has_captures(session) or has_any_evidence(session)
    if not known:
        _refuse_objects(archive.root, f"{archive.database.url.database} knows no capture")


def _refuse_objects(root: Path, what: str) -> None:
    if next(ObjectStore(root / "objects").list(), None) is not None:
        raise ArchiveDamaged(
            f"the archive is damaged: its database {what}, but {root} holds objects of captures. See that "
            "`archive.database` is right, or bring it back with `cardwatch restore`. If no visit was ever kept here, "
            f"remove {root / 'objects'}"
        )


class Archive:
    """An open archive. Safe to share between threads."""

    def __init__(self, root: Path, database: Database, minimum_free_megabytes: int, key_passphrase: str = "") -> None:
        self.root = root
        self.database = database
        self.objects = ObjectStore(root / "objects")
        self.keys = KeyFolder(root / "keys", key_passphrase)
        self.log = LogFolder(root / "log")
        self.cleaned: tuple[str, ...] = ()
        self._minimum_free = minimum_free_megabytes * _MEGABYTE
        self._journal = Journal(root / "staging")
        self._journal_lock = threading.Lock()

    def room(self) -> int:
        """Give the bytes that may still be written before the minimum of free disk is touched."""
        return max(0, shutil.disk_usage(self.root).free - self._minimum_free)

    def require_room(self, size: int = 0) -> None:
        """Raise ArchiveFull unless `size` bytes and the minimum of free disk are there."""
        free = shutil.disk_usage(self.root).free
        if free - size < self._minimum_free:
            raise ArchiveFull(
                f"the disk of {self.root} has {free // _MEGABYTE} MB free; {size // _MEGABYTE} MB are to be written "
                f"and {self._minimum_free // _MEGABYTE} MB must stay free: make room, or lower that limit"
            )

    def keep_capture(self, capture: Capture, page: WatchedPage) -> StoredCapture:
        """Keep a capture of a page that the archive knows: objects first, then its row, in one transaction.

        Raises ArchiveFull before anything is written, and ArchiveError if a capture of this id is kept already.
        """
        if not _ID.fullmatch(capture.id):
            raise ValueError(f"{capture.id[:80]!r} is no capture id: storage.ids.new_id makes them")
        digests = digest_payloads(capture)
        self.require_room(_estimate_size(capture))
        with self.database.reading() as session:
            if _has_capture(session, capture.id):
                raise ArchiveError(f"capture {capture.id} is kept already; a capture is never altered")
            known = self._known_payloads(session, digests)
            previous = _previous_capture(session, capture, page)
        seed = secrets.token_bytes(_SEED_BYTES)
        with _said_plainly(self.root):
            folder = self.staging()
            warc_path, manifest_path = folder / f"{capture.id}.warc", folder / f"{capture.id}.manifest"
            try:
                packed, warc, warc_bytes = _write_warc(warc_path, capture, digests, known, seed)
                manifest_data = write_manifest(
                    capture,
                    page,
                    warc=warc,
                    warc_bytes=warc_bytes,
                    records=packed.records,
                    provenance=packed.provenance,
                    previous=(previous.id, previous.manifest) if previous else ("", ""),
                    seed=seed,
                )
                write_durably(manifest_path, manifest_data)
                manifest = digest_file(manifest_path)[0]
                stored = _stored_capture(capture, page, warc, warc_bytes, manifest, previous.id if previous else "")
                with self.bringing_in(capture.id, ((warc_path, warc), (manifest_path, manifest))):
                    stored = self._insert(stored, capture, packed, len(manifest_data), seed)
            except BaseException:
                warc_path.unlink(missing_ok=True)
                manifest_path.unlink(missing_ok=True)
                raise
        return stored

    def load_capture(self, capture_id: str, *, fill_views: bool = False) -> Capture:
        """Give the capture as it was kept. With `fill_views` the views that it reused carry their bytes.

        Raises NotInArchive, or ArchiveDamaged when bytes are missing or wrong.
        """
        with self.database.reading() as session:
            stored = get_capture(session, capture_id)
        with self.objects.open(stored.warc) as file:
            capture = read_capture(file, self._load_shared, self.root)
        if not fill_views:
            return capture
        return replace(
            capture,
            views=tuple(
                replace(view, data=self.load_payload(view.digest)) if view.data is None and view.reused_from else view
                for view in capture.views
            ),
        )

    def load_payload(self, digest: str) -> bytes:
        """Give the bytes of a stored body, view or certificate by their SHA-256; checks them."""
        if digest == EMPTY_DIGEST:
            return b""
        with self.database.reading() as session:
            place = find_payloads(session, [digest]).get(digest)
        if place is None:
            raise ArchiveDamaged(f"no record holds the payload {digest}: run `cardwatch check`")
        packed = self.objects.read_part(place.artifact, place.offset, place.length)
        record = read_record(io.BytesIO(packed), 0)
        if record.payload_sha256 != digest:
            raise ArchiveDamaged(
                f"the record at byte {place.offset} of object {place.artifact} is not the payload {digest}: "
                "run `cardwatch check`"
            )
        return record.payload

    def _load_shared(self, digest: str) -> bytes | SpooledBody:
        """Give a payload as `load_payload` does, a big one in a file."""
        if digest == EMPTY_DIGEST:
            return b""
        with self.database.reading() as session:
            place = find_payloads(session, [digest]).get(digest)
        if place is None or place.size < SPOOL_FROM:
            return self.load_payload(digest)
        with self.objects.open(place.artifact) as file:
            record = read_large_record(file, place.offset, self.root)
        if record.digest != digest:
            raise ArchiveDamaged(f"object {place.artifact} does not hold the payload {digest}: run `cardwatch check`")
        return record.payload

    def known_views(self, page_id: str, *, at: datetime, max_age: timedelta) -> KnownViews | None:
        """Give the last full set of views of a page made within `max_age`; None asks for a new set."""
        with self.database.reading() as session:
            found = newest_views(session, page_id, since=at - max_age, until=at)
        if found is None:
            return None
        text = next((view for view in found.views if view.kind is ViewKind.TEXT), None)
        if text is None:
            return None
        return KnownViews(
            capture_id=found.capture_id,
            made_at=found.made_at,
            appearance=found.appearance,
            text=self.load_payload(text.digest).decode("utf-8", "replace"),
            views=tuple(
                View(view.kind, view.media_type, None, view.digest, view.name, found.capture_id) for view in found.views
            ),
        )

    def salt_seed(self, capture_id: str) -> bytes | None:
        """Give the secret of a capture's manifest, None when it was destroyed."""
        with self.database.reading() as session:
            row = session.get(SaltRow, key_of_capture(session, capture_id))
            return row.seed if row else None

    def staging(self) -> Path:
        """Give this process's own folder for what is being written; the next start cleans what a crash leaves there."""
        with self._journal_lock:
            return self._journal.folder()

    @contextmanager
    def bringing_in(self, item: str, files: Sequence[tuple[Path, str]]) -> Iterator[None]:
        """Give files of the staging folder their names in the object store, by their SHA-256.

        They stay if the item (a capture or an evidence item) has its row when the `with` ends, however it ends.
        """
        intent = Intent(item, tuple(digest for _, digest in files))
        self._journal.declare(intent)
        try:
            for path, digest in files:
                self.objects.adopt(path, digest)
            yield
        finally:
            self._journal.settle(intent, self.objects, self.is_kept, self.names_object)

    @contextmanager
    def taking_away(self, item: str, digest: str) -> Iterator[None]:
        """Destroy an object when the `with` ends, unless a row or another process needs it then; also after a crash."""
        intent = Intent(f"{ERASING}{item}", (digest,))
        self.staging()
        self._journal.declare(intent)
        try:
            yield
        finally:
            with self.database.writing():  # whoever names the object does so under this lock, and sees that it is there
                others = intended_objects(self.root / "staging", but=intent)
                self._journal.settle(
                    intent, self.objects, self.is_kept, lambda name: name in others or self.names_object(name)
                )

    def name_process(self) -> str:
        """Give the name under which this process is known to others that use the archive."""
        return self._journal.folder().name

    def is_process_alive(self, name: str) -> bool:
        """Whether the process of that name still runs, on this machine or on one that shares the folder."""
        return self._journal.is_alive(name)

    def has_capture(self, capture_id: str) -> bool:
        """Whether a capture of this id is kept."""
        with self.database.reading() as session:
            return _has_capture(session, capture_id)

    def is_kept(self, item: str) -> bool:
        """Whether a capture or an evidence item of this id is kept."""
        with self.database.reading() as session:
            return _has_capture(session, item) or has_evidence(session, item)

    def names_object(self, sha256: str) -> bool:
        """Whether any capture or evidence item is made of this object."""
        with self.database.reading() as session:
            return is_object_named(session, sha256)

    def close(self) -> None:
        """Close the database and give up the staging folder."""
        self._journal.close()
        self.database.close()

    def _known_payloads(self, session: Session, digests: dict[int, str]) -> dict[str, StoredPayload]:
        """Find what is stored already and still there in its length: bytes that are lost are written again."""
        found = find_payloads(session, sorted(set(digests.values()) - {EMPTY_DIGEST}))
        there = {name: self.objects.has(name) for name in {payload.artifact for payload in found.values()}}
        return {digest: payload for digest, payload in found.items() if there[payload.artifact]}

    def _insert(
        self, stored: StoredCapture, capture: Capture, packed: Packed, manifest_bytes: int, seed: bytes
    ) -> StoredCapture:
        objects = (
            StoredObject(stored.warc, stored.warc_bytes, "warc", capture.ended_at),
            StoredObject(stored.manifest, manifest_bytes, "manifest", capture.ended_at),
        )
        with self.database.writing() as session:
            entry = append_entry(session, EntryKind.CAPTURE, capture.ended_at, {"manifest": stored.manifest}, self.keys)
            stored = replace(stored, log_index=entry.index)
            insert_capture(session, stored, objects)
            insert_payloads(session, [replace(payload, artifact=stored.warc) for payload in packed.payloads])
            session.add(SaltRow(capture_key=key_of_capture(session, capture.id), seed=seed))
            if capture.appearance is not None and _makes_known_views(capture):
                views = [
                    StoredView(view.kind, _text(view.name), _text(view.media_type), view.digest)
                    for view in capture.views
                    if view.data is not None and view.digest
                ]
                insert_views(session, capture.id, capture.ended_at, capture.appearance, views)
        return stored


def _makes_known_views(capture: Capture) -> bool:
    """Only our own, well-ended capture with all its views may stand for later ones."""
    return (
        capture.full_views
        and capture.origin is Origin.OWN
        and capture.outcome in (Outcome.COMPLETE, Outcome.PARTIAL)
        and any(view.kind is ViewKind.TEXT for view in capture.views)
    )


def _write_warc(
    path: Path, capture: Capture, digests: dict[int, str], known: dict[str, StoredPayload], seed: bytes
) -> tuple[Packed, str, int]:
    with path.open("xb") as file:
        writer = WarcWriter(file)
        packed = write_capture(
            writer, capture, digests=digests, known=known, seed=seed, description=_description(capture)
        )
        file.flush()
        os.fsync(file.fileno())
    return packed, writer.digest, writer.length


def _description(capture: Capture) -> tuple[tuple[str, str], ...]:
    return (
        ("software", capture.tool or "cardwatch"),
        ("format", "WARC File Format 1.1"),
        ("conformsTo", "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
        ("http-header-user-agent", capture.vantage.user_agent or capture.browser),
        ("description", "bodies are decoded by the browser; headers about the transfer are kept as x-orig-*"),
    )


def _stored_capture(
    capture: Capture, page: WatchedPage, warc: str, warc_bytes: int, manifest: str, previous: str
) -> StoredCapture:
    return StoredCapture(
        id=capture.id,
        page=page,
        started_at=capture.started_at,
        ended_at=capture.ended_at,
        outcome=capture.outcome,
        reason=_text(capture.reason),
        detail=_text(capture.detail),
        missing=tuple((_text(missing.what), _text(missing.why)) for missing in capture.missing),
        status=capture.status,
        final_url=_text(capture.final_url),
        title=_text(capture.title),
        warc=warc,
        warc_bytes=warc_bytes,
        manifest=manifest,
        certificate_error=_text(capture.certificate_error),
        full_views=capture.full_views,
        origin=capture.origin,
        claimed_at=capture.claimed_at,
        source_file=_text(capture.source_file),
        previous=previous,
    )


def _text(value: str) -> str:
    """A database holds Unicode only; half characters, which pages do send, stay exact in the WARC."""
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def _previous_capture(session: Session, capture: Capture, page: WatchedPage) -> StoredCapture | None:
    if capture.origin is Origin.OWN:
        return last_capture(session, page.id)
    return captures_around(session, page.id, capture.claimed_at or capture.started_at)[0]


def _has_capture(session: Session, capture_id: str) -> bool:
    try:
        key_of_capture(session, capture_id)
    except NotInArchive:
        return False
    return True


def _estimate_size(capture: Capture) -> int:
    bodies = sum(exchange.body_size or 0 for exchange in capture.exchanges)
    return bodies + sum(len(view.data or b"") for view in capture.views) + _MEGABYTE


@contextmanager
def _said_plainly(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (ENOSPC, EDQUOT):
            raise ArchiveFull(f"the disk of {root} is full: nothing of this capture was kept; make room") from error
        if error.errno in (EACCES, EPERM, EROFS):
            place = error.filename or root
            raise ArchiveError(f"{place} may not be written ({error.strerror}): see to its owner and rights") from error
        if isinstance(error, FileExistsError | NotADirectoryError):
            raise ArchiveError(f"{root} is no folder: give `archive.path` a folder's name") from error
        raise
