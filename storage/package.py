"""Writes the ZIP of a WACZ 1.1.1 package: entries without compression, each listed with its SHA-256.

Entries are streamed; replay tools read records from them by HTTP range requests, so nothing is packed again. The same
entries, moment and key give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, BinaryIO

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from storage.wacz_signature import sign_package

WACZ_VERSION = "1.1.1"
_LARGE = 1 << 30


@dataclass(frozen=True)
class Resource:
    """An entry of the package as datapackage.json lists it."""

    path: str
    digest: str
    bytes: int


@dataclass(frozen=True)
class Part:
    """Bytes of an entry: where they begin in it, how many they are, and their SHA-256."""

    offset: int
    length: int
    digest: str


class Entry:
    """An entry that is being written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._state = hashlib.sha256()
        self._part = hashlib.sha256()
        self._start = 0
        self.length = 0

    @property
    def digest(self) -> str:
        """SHA-256 of what was written so far."""
        return self._state.hexdigest()

    def write(self, data: bytes | memoryview, /) -> int:
        """Append bytes."""
        self._file.write(data)
        self._state.update(data)
        self._part.update(data)
        self.length += len(data)
        return len(data)

    def end_part(self) -> Part:
        """Give place and SHA-256 of what was written since the last part ended: of a record, in a WARC."""
        part = Part(self._start, self.length - self._start, self._part.hexdigest())
        self._start, self._part = self.length, hashlib.sha256()
        return part


class PackageWriter:
    """Writes a package to a seekable binary file. `stamp` is the moment that the ZIP gives its entries."""

    def __init__(self, file: BinaryIO, stamp: datetime) -> None:
        self._zip = zipfile.ZipFile(file, "w")
        self._stamp = stamp
        self.resources: list[Resource] = []

    def __enter__(self) -> PackageWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @contextmanager
    def entry(self, path: str, *, size: int = 0) -> Iterator[Entry]:
        """Open an entry for writing; `size` is what it may come to, for large ones are framed in another way."""
        if any(resource.path.lower() == path.lower() for resource in self.resources):
            raise ValueError(f"the package has an entry {path} already")
        with self._zip.open(self._describe(path), "w", force_zip64=size > _LARGE) as file:
            entry = Entry(file)
            yield entry
        self.resources.append(Resource(path, entry.digest, entry.length))

    def add(self, path: str, data: bytes) -> Resource:
        """Add an entry."""
        with self.entry(path, size=len(data)) as entry:
            entry.write(data)
        return self.resources[-1]

    def finish(
        self, about: Mapping[str, object], key: EllipticCurvePrivateKey, *, created: datetime, software: str
    ) -> None:
        """Write datapackage.json with every entry in it, and its signed digest: the last to be written."""
        moment = created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        package = {
            "profile": "data-package",
            "wacz_version": WACZ_VERSION,
            "software": software,
            "created": moment,
            **about,
            "resources": [_list_resource(resource) for resource in self.resources],
        }
        described = to_json(package)
        digest = hashlib.sha256(described).hexdigest()
        signed = sign_package(digest, key, created=moment, software=software)
        self._zip.writestr(self._describe("datapackage.json"), described)
        told = {"path": "datapackage.json", "hash": f"sha256:{digest}", "signedData": signed}
        self._zip.writestr(self._describe("datapackage-digest.json"), to_json(told))

    def _describe(self, path: str) -> zipfile.ZipInfo:
        moment = self._stamp.astimezone(UTC)
        year = max(1980, min(moment.year, 2107))
        entry = zipfile.ZipInfo(path, (year, moment.month, moment.day, moment.hour, moment.minute, moment.second))
        entry.external_attr = 0o644 << 16
        entry.create_system = 3
        return entry


def to_json(value: object) -> bytes:
    """Lay out JSON for people to read too."""
    return json.dumps(value, indent=2).encode() + b"\n"


def _list_resource(resource: Resource) -> dict[str, object]:
    return {
        "name": resource.path.lower(),  # Frictionless takes no capitals in a name
        "path": resource.path,
        "hash": f"sha256:{resource.digest}",
        "bytes": resource.bytes,
    }
