"""Checks an archive from end to end: every row has its bytes, every object its hash, every record its digests, every
manifest its commitments, every statement its proof, the custody log its leaves and signatures. Only reads. What is
wrong is named with its capture; it goes on after damage.

Objects that no row names are listed apart: a loss of power leaves such, and nothing is lost by them.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from sqlalchemy import text

from storage.archive import Archive
from storage.artifacts import StoredObject, captures_of_object, find_payloads, list_objects, payloads_of_object
from storage.capture_records import PROVENANCE_URI
from storage.captures import list_captures
from storage.check_cases import check_cases
from storage.check_log import check_evidence, check_log
from storage.check_statements import check_statements
from storage.errors import ArchiveDamaged
from storage.journal import intended_objects
from storage.manifest import (
    Manifest,
    RecordEntry,
    blind_exchange,
    commit,
    json_piece,
    make_salt,
    read_manifest,
    record_piece,
)
from storage.model import StoredCapture
from storage.objects import digest_file, is_plain_file
from storage.problems import Problem, ProblemKind
from storage.provenance import Provenance, read_provenance
from storage.warc import EMPTY_DIGEST, StoredRecord, read_record, verify_record

__all__ = ["CheckReport", "Problem", "ProblemKind", "check_archive"]

_PAGE = 500

ShowProgress = Callable[[int, int], None]
"""Told the bytes that are checked and all that are to be checked."""


@dataclass
class CheckReport:
    """What was checked, and all that was found wrong. `orphans` are objects without a row; they harm nothing."""

    captures: int = 0
    objects: int = 0
    records: int = 0
    evidence: int = 0
    entries: int = 0  # of the custody log
    bytes: int = 0
    problems: list[Problem] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def check_archive(archive: Archive, *, progress: ShowProgress | None = None) -> CheckReport:
    """Check all of an archive. Others may read and write it meanwhile: what is kept during the check is not in it."""
    return _Check(archive, progress or (lambda done, total: None)).run()


class _Check:
    def __init__(self, archive: Archive, progress: ShowProgress) -> None:
        self._archive = archive
        self._progress = progress
        self._report = CheckReport()
        self._damaged: set[str] = set()
        self._total = 0
        self._done = 0

    def run(self) -> CheckReport:
        self._check_database()
        objects = list(self._rows())
        self._total = 2 * sum(item.size for item in objects)
        self._check_objects(objects)
        for capture in self._captures():
            self._check_capture(capture)
            self._report.captures += 1
            self._advance(capture.warc_bytes)
        self._check_custody()
        self._find_orphans({item.sha256 for item in objects})
        self._progress(self._total, self._total)
        return self._report

    def _say(self, kind: ProblemKind, what: str, *, capture: str = "", sha256: str = "") -> None:
        self._report.problems.append(Problem(kind, capture, sha256, what))

    def _advance(self, size: int) -> None:
        self._done += size
        self._progress(min(self._done, self._total), self._total)

    def _check_database(self) -> None:
        if not self._archive.database.is_sqlite:
            return
        with self._archive.database.reading() as session:
            for row in session.connection().execute(text("PRAGMA integrity_check(20)")):
                if row[0] != "ok":
                    self._say(ProblemKind.DATABASE, f"SQLite says: {row[0]}")
            for row in session.connection().execute(text("PRAGMA foreign_key_check")):
                self._say(ProblemKind.DATABASE, f"row {row[1]} of table {row[0]} names a row of {row[2]} that is gone")

    def _rows(self) -> Iterator[StoredObject]:
        after = ""
        while True:
            with self._archive.database.reading() as session:
                page = list_objects(session, after=after, limit=_PAGE)
            if not page:
                return
            yield from page
            after = page[-1].sha256

    def _captures(self) -> Iterator[StoredCapture]:
        after = ""
        while True:
            with self._archive.database.reading() as session:
                page = list_captures(session, after=after, limit=_PAGE)
            if not page:
                return
            yield from page
            after = page[-1].id

    def _check_custody(self) -> None:
        self._report.evidence, problems = check_evidence(self._archive)
        with self._archive.database.reading() as session:
            problems += check_statements(session)
            problems += check_cases(session)
        log = check_log(self._archive)
        self._report.entries = log.entries
        self._report.problems += problems + log.problems

    def _check_objects(self, objects: Sequence[StoredObject]) -> None:
        for item in objects:
            self._report.objects += 1
            kind, what = self._compare_object(item)
            if kind is not None:
                self._damaged.add(item.sha256)
                with self._archive.database.reading() as session:
                    concerned = captures_of_object(session, item.sha256) or ("",)
                for capture in concerned:
                    self._say(kind, f"{item.kind}: {what}", capture=capture, sha256=item.sha256)
            self._advance(item.size)

    def _compare_object(self, item: StoredObject) -> tuple[ProblemKind | None, str]:
        path = self._archive.objects.path_of(item.sha256)
        try:
            if path.lstat() and not is_plain_file(path):
                return ProblemKind.OBJECT_ALTERED, f"{path.name} is no plain file but a link, a folder or a device"
            digest, size = digest_file(path)
        except FileNotFoundError:
            return ProblemKind.OBJECT_MISSING, f"the file {path.name} is missing"
        except OSError as error:
            return ProblemKind.OBJECT_MISSING, f"the file {path.name} cannot be read: {error.strerror}"
        self._report.bytes += size
        if size != item.size:
            return ProblemKind.OBJECT_ALTERED, f"the file has {size} bytes, {item.size} are right"
        if digest != item.sha256:
            return ProblemKind.OBJECT_ALTERED, f"the file's SHA-256 is {digest}"
        return None, ""

    def _check_capture(self, capture: StoredCapture) -> None:
        for role, sha256 in (("WARC", capture.warc), ("manifest", capture.manifest)):
            if not sha256:
                self._say(ProblemKind.DATABASE, f"the row names no {role}", capture=capture.id)
        manifest = self._read_manifest(capture)
        if not capture.warc or not self._archive.objects.has(capture.warc):
            return
        try:
            with self._archive.objects.open(capture.warc) as file:
                self._check_records(capture, manifest, file)
        except (ArchiveDamaged, OSError) as error:
            self._say(ProblemKind.RECORD_UNREADABLE, str(error), capture=capture.id, sha256=capture.warc)

    def _read_manifest(self, capture: StoredCapture) -> Manifest | None:
        if not capture.manifest or not self._archive.objects.has(capture.manifest):
            return None
        try:
            manifest = read_manifest(self._archive.objects.read(capture.manifest))
        except (ArchiveDamaged, OSError) as error:
            self._say(ProblemKind.MANIFEST_UNREADABLE, str(error), capture=capture.id, sha256=capture.manifest)
            return None
        stated = (manifest.capture_id, manifest.warc, manifest.warc_bytes, manifest.previous_capture)
        if stated != (capture.id, capture.warc, capture.warc_bytes, capture.previous):
            self._say(
                ProblemKind.MANIFEST_MISMATCH,
                "the row and the manifest name another capture, WARC, length or capture before",
                capture=capture.id,
                sha256=capture.manifest,
            )
        return manifest

    def _check_records(self, capture: StoredCapture, manifest: Manifest | None, file: BinaryIO) -> None:
        seed = self._archive.salt_seed(capture.id)
        held: dict[str, int] = {}
        provenance: Provenance | None = None
        number = 0
        for number, (record, entry) in enumerate(self._walk(capture, manifest, file), 1):
            self._report.records += 1
            what = verify_record(record)
            if what:
                self._say_record(ProblemKind.RECORD_ALTERED, capture, record, what)
            if entry is not None and seed is not None:
                piece = record_piece(record.head_digest, record.payload_sha256)
                self._compare(capture, entry.commitment, seed, f"record:{number - 1}", piece, record.uri)
            if record.payload_digest and record.type in ("response", "resource"):
                held[record.payload_digest] = record.offset
            if record.type == "metadata" and record.uri.startswith(PROVENANCE_URI):
                provenance = read_provenance(record.payload)
        if capture.warc not in self._damaged:
            self._check_places(capture, held)
        if provenance is None:
            if capture.warc not in self._damaged:
                self._say(
                    ProblemKind.RECORD_UNREADABLE,
                    "the WARC holds no provenance",
                    capture=capture.id,
                    sha256=capture.warc,
                )
            return
        self._check_sources(capture, provenance)
        if manifest is not None and seed is not None:
            self._check_provenance(capture, manifest, provenance, seed)

    def _walk(
        self, capture: StoredCapture, manifest: Manifest | None, file: BinaryIO
    ) -> Iterator[tuple[StoredRecord, RecordEntry | None]]:
        """Read the records one by one; by the manifest's places, so that damage hides no record after it."""
        end = file.seek(0, 2)
        if manifest is None:
            offset = 0
            while offset < end:
                record = read_record(file, offset)
                yield record, None
                offset += record.length
            return
        reached = 0
        for entry in manifest.records:
            if entry.offset != reached:
                self._say(
                    ProblemKind.MANIFEST_MISMATCH,
                    f"the manifest leaves a gap before byte {entry.offset}",
                    capture=capture.id,
                    sha256=capture.manifest,
                )
            reached = entry.offset + entry.length
            try:
                record = read_record(file, entry.offset)
            except ArchiveDamaged as error:
                self._say(
                    ProblemKind.RECORD_UNREADABLE, f"{entry.type}: {error}", capture=capture.id, sha256=capture.warc
                )
                continue
            if (record.length, record.type) != (entry.length, entry.type):
                self._say_record(ProblemKind.RECORD_ALTERED, capture, record, "its length or type is another")
            yield record, entry
        if reached != end:
            self._say(
                ProblemKind.OBJECT_ALTERED,
                f"the records end at byte {reached}, the file at {end}",
                capture=capture.id,
                sha256=capture.warc,
            )

    def _say_record(self, kind: ProblemKind, capture: StoredCapture, record: StoredRecord, what: str) -> None:
        place = f"{record.type} at byte {record.offset} ({record.uri[:200] or 'no address'}): {what}"
        self._say(kind, place, capture=capture.id, sha256=capture.warc)

    def _compare(self, capture: StoredCapture, stated: str, seed: bytes, label: str, piece: bytes, what: str) -> None:
        if not hmac.compare_digest(commit(make_salt(seed, label), piece), stated):
            self._say(
                ProblemKind.MANIFEST_MISMATCH,
                f"the commitment to {label} ({what[:200]}) does not hold",
                capture=capture.id,
                sha256=capture.manifest,
            )

    def _check_provenance(
        self, capture: StoredCapture, manifest: Manifest, provenance: Provenance, seed: bytes
    ) -> None:
        self._compare(capture, manifest.visit, seed, "visit", json_piece(provenance.visit), "the visit")
        if len(provenance.exchanges) != len(manifest.exchanges):
            self._say(
                ProblemKind.MANIFEST_MISMATCH,
                f"{len(provenance.exchanges)} exchanges in the WARC, {len(manifest.exchanges)} in the manifest",
                capture=capture.id,
                sha256=capture.manifest,
            )
            return
        for number, (entry, stated) in enumerate(zip(provenance.exchanges, manifest.exchanges, strict=True)):
            self._compare(
                capture,
                stated,
                seed,
                f"exchange:{number}",
                json_piece(blind_exchange(entry, number, seed)),
                "an exchange",
            )

    def _check_places(self, capture: StoredCapture, held: dict[str, int]) -> None:
        """Every payload row that points into this WARC points at the record that holds it."""
        with self._archive.database.reading() as session:
            rows = payloads_of_object(session, capture.warc)
        for row in rows:
            if held.get(row.digest) != row.offset:
                self._say(
                    ProblemKind.PAYLOAD_MISSING,
                    f"payload {row.digest} is not at byte {row.offset}",
                    capture=capture.id,
                    sha256=capture.warc,
                )

    def _check_sources(self, capture: StoredCapture, provenance: Provenance) -> None:
        """Every payload that this capture shares with an earlier one is still to be had."""
        wanted = sorted({digest for digest in provenance.shared_digests() if digest != EMPTY_DIGEST})
        with self._archive.database.reading() as session:
            places = find_payloads(session, wanted)
        for digest in wanted:
            place = places.get(digest)
            if place is None:
                what = f"no row says where payload {digest} is"
            elif not self._archive.objects.has(place.artifact):
                what = f"payload {digest} was in object {place.artifact}, which is missing"
            elif place.artifact in self._damaged and not self._can_load(digest):
                what = f"payload {digest} is in object {place.artifact}, which is damaged there"
            else:
                continue
            self._say(ProblemKind.PAYLOAD_MISSING, what, capture=capture.id, sha256=capture.warc)

    def _can_load(self, digest: str) -> bool:
        try:
            self._archive.load_payload(digest)
        except (ArchiveDamaged, OSError):
            return False
        return True

    def _find_orphans(self, named: set[str]) -> None:
        """List objects without a row, except those that a process is just about to name."""
        found = [digest for digest, _ in self._archive.objects.list() if digest not in named]
        intended = intended_objects(self._archive.root / "staging")
        self._report.orphans.extend(
            digest for digest in found if digest not in intended and not self._archive.names_object(digest)
        )
