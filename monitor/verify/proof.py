"""proof.json (cardwatch-proof-1): what an export says of itself. Nothing in it is believed; it names what to check."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from monitor.verify.reading import Misshaped, read_object, take, take_digest, take_objects
from monitor.verify.tokens import NamedToken
from storage.manifest import make_salt

PATH = "cardwatch/proof.json"
FORMAT = "cardwatch-proof-1"
MOST_BYTES = 16 << 20
MOST_KEYS = 1000
MOST_TOKENS = 200
_SALT = re.compile("[0-9a-f]{64}")
_HOWS = ("withheld", "masked", "head")


@dataclass(frozen=True)
class NamedFile:
    """A file of the package with the SHA-256 that it must have; `bytes` is -1 where no length is stated."""

    path: str
    sha256: str
    bytes: int = -1


@dataclass(frozen=True)
class NamedEntry:
    """An entry of the log: its file, its index and the file of its proof."""

    path: str
    index: int
    proof: str


@dataclass(frozen=True)
class NamedRenewal:
    """That a later token seals an earlier one: `entry` names `token` and lies in `checkpoint`, which `by` is over."""

    token: str
    entry: NamedEntry
    checkpoint: str
    by: str


@dataclass(frozen=True)
class Salts:
    """The salts that are disclosed: all by their seed, some by their labels, or none."""

    seed: bytes | None = None
    labels: dict[str, bytes] = field(default_factory=dict)

    def of(self, label: str) -> bytes | None:
        """The salt of a label, None where it was kept back."""
        return make_salt(self.seed, label) if self.seed is not None else self.labels.get(label)

    @property
    def none(self) -> bool:
        """Whether not one is disclosed."""
        return self.seed is None and not self.labels


@dataclass(frozen=True)
class Redaction:
    """How a part is not there as it was sealed. `head` is the SHA-256 of a record's sealed head."""

    how: str
    what: str = ""
    head: str = ""


@dataclass(frozen=True)
class Redactions:
    """All that a proof says is withheld or masked; payloads of the second file by their SHA-256."""

    records: dict[int, Redaction] = field(default_factory=dict)
    exchanges: dict[int, Redaction] = field(default_factory=dict)
    visit: Redaction | None = None
    resolved: frozenset[str] = frozenset()

    @property
    def count(self) -> int:
        """How many parts are not there as they were sealed."""
        return len(self.records) + len(self.exchanges) + len(self.resolved) + (self.visit is not None)


@dataclass(frozen=True, kw_only=True)
class LogProof:
    """What an export or a pack says of the custody log: its checkpoint, keys and growth, and the time tokens."""

    checkpoint: str
    origin: str
    keys: tuple[NamedEntry, ...]
    consistency: str
    later_keys: tuple[NamedEntry, ...]
    tokens: tuple[NamedToken, ...]
    renewals: tuple[NamedRenewal, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Proof(LogProof):
    """A proof.json as it was read."""

    capture: dict[str, object]
    manifest: NamedFile
    warc: NamedFile
    redacted: bool
    resolved: NamedFile | None
    entry: NamedEntry
    salts: Salts
    redactions: Redactions
    places: dict[int, tuple[int, int]]
    derivative: dict[str, object] | None


def read_proof(data: bytes) -> Proof:
    """Parse a proof.json; what does not fit raises Misshaped."""
    fields = read_object(data)
    if fields.get("format") != FORMAT:
        raise Misshaped(f"it is of the format {str(fields.get('format'))[:60]!r}, not {FORMAT}")
    manifest, warc = take(fields, "manifest", dict), take(fields, "warc", dict)
    resolved, derivative = fields.get("resolved"), fields.get("derivative")
    if "resolved" not in fields:
        raise Misshaped("'resolved' is missing: it is null where there is none")
    for name, value in (("resolved", resolved), ("derivative", derivative)):
        if value is not None and not isinstance(value, dict):
            raise Misshaped(f"{name!r} is no object")
    log = read_log_proof(fields)
    return Proof(
        capture=take(fields, "capture", dict),
        manifest=NamedFile(take(manifest, "path", str), take_digest(manifest, "sha256")),
        warc=_read_file(warc),
        redacted=take(warc, "redacted", bool),
        resolved=_read_file(resolved) if isinstance(resolved, dict) else None,
        entry=read_named_entry(take(fields, "entry", dict)),
        checkpoint=log.checkpoint,
        origin=log.origin,
        keys=log.keys,
        consistency=log.consistency,
        later_keys=log.later_keys,
        tokens=log.tokens,
        salts=_read_salts(take(fields, "salts", dict)),
        redactions=_read_redactions(take_objects(fields, "redactions")),
        places=_read_places(fields.get("records")),
        derivative=derivative if isinstance(derivative, dict) else None,
        renewals=log.renewals,
    )


def read_log_proof(fields: dict[str, object]) -> LogProof:
    """Parse what a proof says of the log and its tokens; what does not fit raises Misshaped."""
    log, growth = take(fields, "log", dict), fields.get("consistency")
    if "consistency" not in fields or not (growth is None or isinstance(growth, dict)):
        raise Misshaped("'consistency' is missing or no object: it is null where there is none")
    return LogProof(
        checkpoint=take(fields, "checkpoint", str),
        origin=take(log, "origin", str),
        keys=tuple(read_named_entry(item) for item in take_objects(log, "keys", MOST_KEYS)),
        consistency=take(growth, "path", str) if isinstance(growth, dict) else "",
        later_keys=tuple(read_named_entry(item) for item in take_objects(growth, "keys", MOST_KEYS))
        if isinstance(growth, dict)
        else (),
        tokens=tuple(_read_token(item) for item in take_objects(fields, "tokens", MOST_TOKENS)),
        renewals=tuple(_read_renewal(item) for item in _take_renewals(fields)),
    )


def _read_file(fields: dict[str, object]) -> NamedFile:
    return NamedFile(take(fields, "path", str), take_digest(fields, "sha256"), take(fields, "bytes", int))


def read_named_entry(fields: dict[str, object]) -> NamedEntry:
    """Parse what names an entry of the log; what does not fit raises Misshaped."""
    index = take(fields, "index", int)
    if not 0 <= index < 1 << 62:
        raise Misshaped("an entry's index is out of range")
    return NamedEntry(take(fields, "path", str), index, take(fields, "proof", str))


def _take_renewals(fields: dict[str, object]) -> list[dict[str, object]]:
    return take_objects(fields, "renewals", MOST_TOKENS) if "renewals" in fields else []


def _read_renewal(fields: dict[str, object]) -> NamedRenewal:
    token, checkpoint, by = (take(fields, name, str) for name in ("token", "checkpoint", "by"))
    return NamedRenewal(token, read_named_entry(take(fields, "entry", dict)), checkpoint, by)


def _read_token(fields: dict[str, object]) -> NamedToken:
    kind = take(fields, "kind", str)
    if kind not in ("rfc3161", "opentimestamps"):
        raise Misshaped(f"a token of the unknown kind {kind[:40]!r}")
    chain = fields.get("chain")
    return NamedToken(
        kind,
        take(fields, "authority", str)[:200],
        take(fields, "path", str),
        chain if isinstance(chain, str) else "",
        take(fields, "of", str),
    )


def _read_salts(fields: dict[str, object]) -> Salts:
    if "seed" in fields:
        return Salts(read_salt(fields["seed"]))
    labels = take(fields, "labels", dict) if "labels" in fields else {}
    return Salts(None, {str(label): read_salt(value) for label, value in labels.items()})


def read_salt(value: object) -> bytes:
    """Parse a salt or a seed: 32 bytes in hex; else raises Misshaped."""
    if not isinstance(value, str) or not _SALT.fullmatch(value):
        raise Misshaped("a salt that is not 32 bytes in hex")
    return bytes.fromhex(value)


def _read_redactions(items: list[dict[str, object]]) -> Redactions:
    records: dict[int, Redaction] = {}
    exchanges: dict[int, Redaction] = {}
    visit: Redaction | None = None
    resolved: set[str] = set()
    for item in items:
        what, head = item.get("what", ""), item.get("head", "")
        if not isinstance(what, str) or not isinstance(head, str):
            raise Misshaped("a redaction whose 'what' or 'head' is no text")
        found = Redaction(take(item, "how", str), what[:300], head)
        if found.how not in _HOWS or (found.how == "head") != bool(_SALT.fullmatch(head)):
            raise Misshaped(f"a redaction of the unknown way {found.how[:40]!r}")
        if "record" in item:
            records[take(item, "record", int)] = found
        elif "exchange" in item:
            exchanges[take(item, "exchange", int)] = found
        elif "resolved" in item:
            resolved.add(take_digest(item, "resolved"))
        elif item.get("visit") is True:
            visit = found
        else:
            raise Misshaped("a redaction of nothing")
    made = Redactions(records, exchanges, visit, frozenset(resolved))
    if made.count != len(items):
        raise Misshaped("something is said to be redacted twice")
    return made


def _read_places(value: object) -> dict[int, tuple[int, int]]:
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > 1_000_000:
        raise Misshaped("'records' is no object of places")
    places: dict[int, tuple[int, int]] = {}
    for number, place in value.items():
        if not re.fullmatch("0|[1-9][0-9]{0,8}", number) or not isinstance(place, list) or len(place) != 2:
            raise Misshaped("'records' holds what is no place of a record")
        offset, length = place
        if not (type(offset) is int and type(length) is int and offset >= 0 and length > 0):
            raise Misshaped("'records' holds what is no place of a record")
        places[int(number)] = (offset, length)
    return places
