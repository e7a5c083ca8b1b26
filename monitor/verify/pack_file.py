"""pack.json (cardwatch-pack-1): what a pack says of itself. Nothing in it is believed; it names what to check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.verify.file_names import fault_of_name
from monitor.verify.proof import LogProof, NamedEntry, NamedFile, read_log_proof, read_named_entry, read_salt
from monitor.verify.reading import Misshaped, read_object, take, take_digest, take_moment, take_objects

PACK = "proof/pack.json"
FORMAT = "cardwatch-pack-1"
MOST_BYTES = 16 << 20
CAPTURE, ORIGINAL, MASKED, MADE = WHATS = ("capture", "original", "masked", "made")
LABELS = ("bytes", "length", "media_type", "name", "note")
_MOST_FILES = 10_000
_LONGEST_ID = 100
_LONGEST_TEXT = 4000
_STATED = ("media_type", "name", "note")
_MOST_SIZE = 1 << 53
_PROOF_FILE = re.compile(r"proof/[^/]+")


@dataclass(frozen=True)
class PackFile:
    """A file of the pack as pack.json lists it; `id` is of the capture or evidence item that it is said to be."""

    path: str
    sha256: str
    bytes: int
    what: str
    id: str


@dataclass(frozen=True)
class PackItem:
    """An evidence item as pack.json names it: its manifest and entry, and the salts and values that are disclosed."""

    id: str
    original: str
    manifest: NamedFile
    entry: NamedEntry
    salts: dict[str, bytes]
    stated: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Pack(LogProof):
    """A pack.json as it was read."""

    case: str
    channel: str
    made_at: datetime
    files: tuple[PackFile, ...]
    items: dict[str, PackItem]

    def proof_paths(self, growth: tuple[str, ...]) -> Iterator[str]:
        """The paths of all files that prove something; `growth` are the checkpoints that consistency.json names."""
        yield from (PACK, self.checkpoint, *growth)
        entries = (item.entry for item in self.items.values())
        for entry in (*entries, *self.keys, *self.later_keys, *(renewal.entry for renewal in self.renewals)):
            yield from (entry.path, entry.proof)
        yield from (item.manifest.path for item in self.items.values())
        yield from (path for token in self.tokens for path in (token.path, token.chain) if path)
        yield from (renewal.checkpoint for renewal in self.renewals)
        if self.consistency:
            yield self.consistency


def is_proof_path(path: str) -> bool:
    """Whether a path lies in proof/, where all that proves something lies, and nowhere below."""
    return _PROOF_FILE.fullmatch(path) is not None


def read_pack(data: bytes) -> Pack:
    """Parse a pack.json; what does not fit raises Misshaped."""
    fields = read_object(data)
    if fields.get("format") != FORMAT:
        raise Misshaped(f"it is of the format {str(fields.get('format'))[:60]!r}, not {FORMAT}")
    log = read_log_proof(fields)
    files = tuple(_read_file(item) for item in take_objects(fields, "files", _MOST_FILES))
    items = [_read_item(item) for item in take_objects(fields, "items", _MOST_FILES)]
    pack = Pack(
        checkpoint=log.checkpoint,
        origin=log.origin,
        keys=log.keys,
        consistency=log.consistency,
        later_keys=log.later_keys,
        tokens=log.tokens,
        renewals=log.renewals,
        case=_take_id(fields, "case"),
        channel=_take_id(fields, "channel"),
        made_at=take_moment(fields, "made_at"),
        files=files,
        items={item.id: item for item in items},
    )
    if len(pack.items) != len(items):
        raise Misshaped("an evidence item is named twice")
    if len({file.path for file in files}) != len(files):
        raise Misshaped("a file is listed twice")
    _require_tied(pack)
    return pack


def _require_tied(pack: Pack) -> None:
    """Raise Misshaped where files and items do not belong together: one without the other, or copies in a circle."""
    wanted = {file.id for file in pack.files if file.what in (ORIGINAL, MASKED)}
    wanted |= {item.original for item in pack.items.values() if item.original}
    missing, unused = wanted - pack.items.keys(), pack.items.keys() - wanted
    if missing or unused:
        name = min(missing or unused)[:80]
        raise Misshaped(f"the evidence item {name!r} is {'not proven' if missing else 'proven for nothing'}")
    known: set[str] = set()
    for name in pack.items:
        way: set[str] = set()
        while name and name not in known:
            if name in way:
                raise Misshaped(f"the evidence item {name[:80]!r} is said to be a copy of itself")
            way.add(name)
            name = pack.items[name].original
        known |= way


def _read_file(fields: dict[str, object]) -> PackFile:
    path, what, size = take(fields, "path", str), take(fields, "what", str), take(fields, "bytes", int)
    if fault_of_name(path) or path.endswith("/") or path.split("/")[0] == "proof":
        raise Misshaped(f"{path[:120]!r} is no name of a file in a pack")
    if what not in WHATS or not 0 <= size < _MOST_SIZE:
        raise Misshaped(f"{path[:120]!r} is of an unknown kind or length")
    name = _take_id(fields, "id") if "id" in fields else ""
    if bool(name) != (what != MADE):
        raise Misshaped(f"{path[:120]!r} does not say what it is of, or says too much")
    return PackFile(path, take_digest(fields, "sha256"), size, what, name)


def _read_item(fields: dict[str, object]) -> PackItem:
    manifest, name = take(fields, "manifest", dict), _take_id(fields, "id")
    salts = {str(label): read_salt(value) for label, value in take(fields, "salts", dict).items()}
    stated = take(fields, "stated", dict)
    if not name or not set(salts) <= set(LABELS) or set(stated) != set(salts) & set(_STATED):
        raise Misshaped(f"what is disclosed of the evidence item {name[:80]!r} does not fit")
    if not all(isinstance(value, str) and len(value) <= _LONGEST_TEXT for value in stated.values()):
        raise Misshaped(f"what is stated of the evidence item {name[:80]!r} is no text, or too long")
    return PackItem(
        name,
        _take_id(fields, "original"),
        NamedFile(take(manifest, "path", str), take_digest(manifest, "sha256")),
        read_named_entry(take(fields, "entry", dict)),
        salts,
        {str(label): str(value) for label, value in stated.items()},
    )


def _take_id(fields: dict[str, object], name: str) -> str:
    found = take(fields, name, str)
    if len(found) > _LONGEST_ID:
        raise Misshaped(f"{name!r} has {len(found)} characters, {_LONGEST_ID} are the most")
    return found
