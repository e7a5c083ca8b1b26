"""Writes logs, captures and exports after docs/evidence.md alone, with none of the product's writers.

So the verifier is held against the page that others will read, and a forger can be played who re-makes everything.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import io
import json
import struct
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP384R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Files = dict[str, bytes]

NOW = datetime.now(UTC).replace(microsecond=123456)
SECRET_NAMES = ("cookie", "authorization", "token", "secret", "session")
PNG = b"\x89PNG\r\n\x1a\nnot much of a picture"
HTML = "<!doctype html><meta charset=utf-8><title>点卡</title><p>售后：7天内补发。</p>".encode()
TEXT = "售后：7天内补发。".encode()
URL = "https://shop.test/item"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


# --- the log ---------------------------------------------------------------------------------------------------------


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\0" + data).digest()


def root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + root(leaves[:k]) + root(leaves[k:])).digest()


def path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if index < k:
        return [*path(index, leaves[:k]), root(leaves[k:])]
    return [*path(index - k, leaves[k:]), root(leaves[:k])]


def growth(old: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962, 2.1.2."""
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if old <= k:
        return [*growth(old, leaves[:k], whole), root(leaves[k:])]
    return [*growth(old - k, leaves[k:], False), root(leaves[:k])]


def verifier_key(name: str, key: Ed25519PrivateKey) -> str:
    public = key.public_key().public_bytes_raw()
    mark = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    return f"{name}+{mark.hex()}+{b64(bytes([1]) + public)}"


@dataclass
class Log:
    """A custody log with its key; `epoch` counts its restarts."""

    name: str = "00112233445566aa"
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    at: datetime = NOW - timedelta(days=30)
    epoch: int = 1
    entries: list[bytes] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.entries:
            self.append("log", self.at, log=self.name, key=self.verifier, tool="test")

    @property
    def origin(self) -> str:
        return f"cardwatch/{self.name}/{self.epoch}"

    @property
    def verifier(self) -> str:
        return verifier_key(self.origin, self.key)

    def copy(self) -> Log:
        return Log(self.name, self.key, self.at, self.epoch, [*self.entries], [*self.keys])

    def append(self, kind: str, at: datetime, **fields: object) -> int:
        self.entries.append(canonical({"kind": kind, "at": stamp(at), **fields}))
        if kind in ("log", "key", "epoch"):
            self.keys.append(len(self.entries) - 1)
        return len(self.entries) - 1

    def rotate(self, at: datetime, reason: str = "rotation") -> Ed25519PrivateKey:
        old, previous = self.key, self.verifier
        self.key = Ed25519PrivateKey.generate()
        self.append("key", at, key=self.verifier, previous=previous, reason=reason)
        return old

    def reopen(self, at: datetime) -> None:
        self.epoch += 1
        self.append("epoch", at, epoch=self.epoch, reason="restore", after=None, key=self.verifier)

    def leaves(self, size: int | None = None) -> list[bytes]:
        return [leaf(entry) for entry in self.entries[:size]]

    def checkpoint(self, size: int | None = None, *keys: Ed25519PrivateKey) -> bytes:
        leaves = self.leaves(size)
        text = f"{self.origin}\n{len(leaves)}\n{b64(root(leaves))}\n"
        lines = []
        for key in keys or (self.key,):
            mark = bytes.fromhex(verifier_key(self.origin, key).split("+")[1])
            lines.append(f"— {self.origin} {b64(mark + key.sign(text.encode()))}\n")
        return f"{text}\n{''.join(lines)}".encode()

    def proof(self, index: int, checkpoint: bytes) -> bytes:
        size = int(checkpoint.split(b"\n")[1])
        lines = ["c2sp.org/tlog-proof@v1", f"index {index}", *(b64(item) for item in path(index, self.leaves(size)))]
        return "\n".join(lines).encode() + b"\n\n" + checkpoint

    def consistency(self, old: int, new: int) -> list[str]:
        return [b64(item) for item in growth(old, self.leaves(new))]


# --- a capture -------------------------------------------------------------------------------------------------------


def warc_record(kind: str, uri: str, at: datetime, media: str, head: bytes, payload: bytes, digest: str = "") -> bytes:
    """All bytes of a record before its gzip, without the two closing line breaks."""
    number = sha(kind.encode() + uri.encode())[:12]
    lines = ["WARC/1.1", f"WARC-Type: {kind}", f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number}>"]
    if uri:
        lines.append(f"WARC-Target-URI: {uri}")
    lines.append(f"WARC-Date: {stamp(at)}")
    if digest:
        lines.append(f"WARC-Payload-Digest: sha256:{digest}")
    lines.append(f"WARC-Block-Digest: sha256:{sha(head + payload)}")
    lines += [f"Content-Type: {media}", f"Content-Length: {len(head) + len(payload)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + head


@dataclass
class Made:
    """A sealed capture: its files and what is needed to prove its parts."""

    id: str
    started: datetime
    ended: datetime
    seed: bytes
    provenance: dict[str, object]
    pieces: list[tuple[str, bytes, bytes]]  # kind, all before the payload, payload
    warc: bytes = b""
    resolved: bytes = b""
    manifest: bytes = b""
    places: list[tuple[int, int]] = field(default_factory=list)

    def salt(self, label: str) -> bytes:
        return hmac.digest(self.seed, label.encode(), "sha256")

    def commit(self, label: str, piece: bytes) -> str:
        return sha(self.salt(label) + piece)

    @property
    def table(self) -> list[dict[str, object]]:
        return self.provenance["capture"]["exchanges"]  # type: ignore[index,return-value]

    def seal(self, **changed: object) -> None:
        """Lay out the WARC and its manifest from the pieces; `changed` are other fields of the manifest."""
        self.warc, self.places = b"", []
        for _, before, payload in self.pieces:
            member = gzip.compress(before + payload + b"\r\n\r\n", mtime=0)
            self.places.append((len(self.warc), len(member)))
            self.warc += member
        visit = {name: value for name, value in self.provenance["capture"].items() if name != "exchanges"}
        capture = {
            "id": self.id, "url": URL, "started_at": stamp(self.started), "ended_at": stamp(self.ended),
            "outcome": "complete", "reason": "", "status": 200, "origin": "own", "claimed_at": None, "tool": "test",
        }  # fmt: skip
        fields: dict[str, object] = {
            "format": "cardwatch-manifest-1",
            "capture": capture,
            "page": {"id": "p-1", "platform": "示例", "url": URL, "role": "product", "vantage": "desktop"},
            "previous": {"capture": "", "manifest": ""},
            "artifacts": [{"kind": "warc", "sha256": sha(self.warc), "bytes": len(self.warc)}],
            "commitment": "sha256(hmac-sha256(seed, label) || sha256(piece))",
            "records": [
                {
                    "offset": place[0],
                    "length": place[1],
                    "type": kind,
                    "commitment": self.commit(f"record:{number}", record_piece(before, payload)),
                }
                for number, ((kind, before, payload), place) in enumerate(zip(self.pieces, self.places, strict=True))
            ],
            "exchanges": [
                self.commit(f"exchange:{number}", json_piece(self.blind(number))) for number in range(len(self.table))
            ],
            "visit": self.commit("visit", json_piece(visit)),
            **changed,
        }
        self.manifest = gzip.compress(canonical(fields), mtime=0)

    def blind(self, number: int) -> dict[str, object]:
        entry = dict(self.table[number])
        for side in ("request_headers", "response_headers"):
            entry[side] = [
                [name, {"redacted": self.commit(f"exchange:{number}:{side}:{place}", json_piece(value))}]
                if any(word in name.lower() for word in SECRET_NAMES)
                else [name, value]
                for place, (name, value) in enumerate(entry.get(side, []))  # type: ignore[arg-type,misc]
            ]
        return entry


def record_piece(before: bytes, payload: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(before).digest() + hashlib.sha256(payload).digest()).digest()


def json_piece(value: object) -> bytes:
    return hashlib.sha256(canonical(value)).digest()


def make_capture(number: int = 1, started: datetime = NOW - timedelta(hours=1), html: bytes = HTML) -> Made:
    """A capture of one page with a picture that lies in another WARC."""
    ended = started + timedelta(seconds=3)
    name = f"c-{started:%Y%m%dT%H%M%S}-zz{number:06d}"
    iso = started.isoformat()
    exchanges = [
        {
            "sequence": 0, "url": URL, "method": "GET", "started_at": iso, "resource_type": "document",
            "request_headers": [["Accept", "*/*"], ["Cookie", "sid=0123456789abcdef"]], "status": 200,
            "status_text": "OK", "protocol": "http/1.1", "main_document": True, "body": sha(html),
            "response_headers": [["Content-Type", "text/html"], ["Content-Length", str(len(html))],
                                 ["Set-Cookie", "sid=0123456789abcdef"]],
        },
        {
            "sequence": 1, "url": "https://shop.test/a.png", "method": "GET", "started_at": iso,
            "resource_type": "image", "request_headers": [["Accept", "image/*"]], "status": 200, "status_text": "OK",
            "response_headers": [["Content-Type", "image/png"], ["Content-Length", str(len(PNG))]],
            "body": sha(PNG) + "@0",
        },
    ]  # fmt: skip
    capture: dict[str, object] = {
        "id": name, "url": URL, "final_url": URL, "vantage": {}, "started_at": iso, "ended_at": ended.isoformat(),
        "outcome": "complete", "status": 200, "title": "点卡", "exchanges": exchanges,
        "views": [{"kind": "text", "media_type": "text/plain", "data": sha(TEXT), "digest": sha(TEXT)}],
    }  # fmt: skip
    provenance: dict[str, object] = {"format": "cardwatch-capture-1", "sources": ["0" * 64], "capture": capture}
    head = response_head(exchanges[0])
    request = b"GET /item HTTP/1.1\r\nHost: shop.test\r\nAccept: */*\r\nCookie: sid=0123456789abcdef\r\n\r\n"
    picture = response_head(exchanges[1])
    told = canonical(provenance)
    http = "application/http; msgtype="
    uri = "https://shop.test/a.png"
    pieces = [
        ("warcinfo", warc_record("warcinfo", "", started, "application/warc-fields", b"", b"software: test\r\n"),
         b"software: test\r\n"),
        ("metadata", warc_record("metadata", f"urn:cardwatch:capture:{name}", started, "application/json", b"", told),
         told),
        ("response", warc_record("response", URL, started, http + "response", head, html, sha(html)), html),
        ("request", warc_record("request", URL, started, http + "request", request, b""), b""),
        ("revisit", warc_record("revisit", uri, started, http + "response", picture, b"", sha(PNG)), b""),
        ("resource", warc_record("resource", f"urn:text:{URL}", ended, "text/plain", b"", TEXT, sha(TEXT)), TEXT),
    ]  # fmt: skip
    made = Made(name, started, ended, hashlib.sha256(name.encode()).digest(), provenance, pieces)
    made.resolved = gzip.compress(
        warc_record("response", uri, started, http + "response", picture, PNG, sha(PNG)) + PNG + b"\r\n\r\n", mtime=0
    )
    made.seal()
    return made


def response_head(exchange: dict[str, object]) -> bytes:
    lines = ["HTTP/1.1 200 OK ", *(f"{name}: {value}" for name, value in exchange["response_headers"])]  # type: ignore[attr-defined]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


# --- an export -------------------------------------------------------------------------------------------------------


def make_export(made: Made, log: Log, index: int, checkpoint: bytes, tokens: list[tuple[str, bytes, bytes]]) -> Files:
    """The files of an export without its list; `tokens` are authority, token and chain."""
    size = int(checkpoint.split(b"\n")[1])
    files: Files = {
        "archive/capture.warc.gz": made.warc,
        "archive/resolved.warc.gz": made.resolved,
        "indexes/index.cdx": make_index(made),
        "pages/pages.jsonl": make_pages(made),
        "cardwatch/manifest.json.gz": made.manifest,
        "cardwatch/entry.json": log.entries[index],
        "cardwatch/custody.tlog-proof": log.proof(index, checkpoint),
        "cardwatch/checkpoint": checkpoint,
        "cardwatch/README.txt": "怎样核验\n".encode(),
    }
    keys = []
    for place in (item for item in log.keys if item < size):
        name = f"cardwatch/key-{place}"
        files[f"{name}.json"], files[f"{name}.tlog-proof"] = log.entries[place], log.proof(place, checkpoint)
        keys.append({"index": place, "path": f"{name}.json", "proof": f"{name}.tlog-proof"})
    told = []
    for authority, token, chain in tokens:
        name = f"cardwatch/token-{authority}"
        files[f"{name}.tsr"], files[f"{name}.chain.pem"] = token, chain
        told.append({"kind": "rfc3161", "authority": authority, "path": f"{name}.tsr", "chain": f"{name}.chain.pem",
                     "of": "cardwatch/checkpoint"})  # fmt: skip
    proof = {
        "format": "cardwatch-proof-1",
        "capture": {"id": made.id, "url": URL, "started_at": stamp(made.started), "ended_at": stamp(made.ended),
                    "title": "点卡"},
        "manifest": {"path": "cardwatch/manifest.json.gz", "sha256": sha(made.manifest)},
        "warc": {"path": "archive/capture.warc.gz", "sha256": sha(made.warc), "bytes": len(made.warc),
                 "redacted": False},
        "resolved": {"path": "archive/resolved.warc.gz", "sha256": sha(made.resolved), "bytes": len(made.resolved)},
        "entry": {"path": "cardwatch/entry.json", "index": index, "proof": "cardwatch/custody.tlog-proof"},
        "checkpoint": "cardwatch/checkpoint",
        "log": {"origin": log.origin, "keys": keys},
        "consistency": None,
        "tokens": told,
        "salts": {"seed": made.seed.hex()},
        "redactions": [],
    }  # fmt: skip
    files["cardwatch/proof.json"] = pretty(proof)
    sign_files(files, log)
    return files


def sign_files(files: Files, log: Log, key: Ed25519PrivateKey | None = None) -> None:
    """Put the signed list of all files into them, as the key's own holder can at any time."""
    left_out = ("cardwatch/files.note", "datapackage.json", "datapackage-digest.json")
    told = json.loads(files["cardwatch/proof.json"])
    lines = [f"{sha(files[name])} {len(files[name])} {name}" for name in sorted(files) if name not in left_out]
    head = ["cardwatch-files-1", told["capture"]["id"], sha(files["archive/capture.warc.gz"])]
    text = "\n".join([*head, *lines]) + "\n"
    signer = key or log.key
    mark = bytes.fromhex(verifier_key(log.origin, signer).split("+")[1])
    signature = b64(mark + signer.sign(text.encode()))
    files["cardwatch/files.note"] = f"{text}\n— {log.origin} {signature}\n".encode()


def pretty(value: object) -> bytes:
    return json.dumps(value, indent=2).encode() + b"\n"


def edit_proof(files: Files, **changed: object) -> None:
    files["cardwatch/proof.json"] = pretty({**json.loads(files["cardwatch/proof.json"]), **changed})


def make_index(made: Made) -> bytes:
    day = f"{made.started:%Y%m%d%H%M%S}"
    lines = []
    for number, key, at, digest, url, mime in (
        (2, "test,shop)/item", day, sha(made.pieces[2][2]), URL, "text/html"),
        (5, f"urn:text:{URL}", f"{made.ended:%Y%m%d%H%M%S}", sha(TEXT), f"urn:text:{URL}", "text/plain"),
    ):
        offset, length = made.places[number]
        lines.append(f"{key} {at} {index_fields(url, digest, offset, length, 'capture.warc.gz', mime)}\n")
    uri = "https://shop.test/a.png"
    fields = index_fields(uri, sha(PNG), 0, len(made.resolved), "resolved.warc.gz", "image/png")
    lines.append(f"test,shop)/a.png {day} {fields}\n")
    return "".join(sorted(lines)).encode()


def index_fields(url: str, digest: str, offset: int, length: int, name: str, mime: str = "text/html") -> str:
    return json.dumps(
        {"url": url, "mime": mime, "status": "200", "digest": f"sha256:{digest}", "length": str(length),
         "offset": str(offset), "filename": name}
    )  # fmt: skip


def make_pages(made: Made) -> bytes:
    page = {"id": made.id, "url": URL, "ts": stamp(made.started), "title": "点卡", "text": TEXT.decode()}
    header = {"format": "json-pages-1.0", "id": "pages", "title": "Pages", "hasText": True}
    return json.dumps(header).encode() + b"\n" + json.dumps(page).encode() + b"\n"


def list_files(files: Files, key: EllipticCurvePrivateKey) -> Files:
    """The files with datapackage.json and its signed digest."""
    bare = {name: data for name, data in files.items() if not name.startswith("datapackage")}
    described = pretty(
        {
            "profile": "data-package", "wacz_version": "1.1.1", "software": "test", "created": "2026-11-22T12:00:00Z",
            "resources": [
                {"name": name, "path": name, "hash": f"sha256:{sha(data)}", "bytes": len(data)}
                for name, data in bare.items()
            ],
        }
    )  # fmt: skip
    text = f"sha256:{sha(described)}"
    r, s = decode_dss_signature(key.sign(text.encode(), ECDSA(SHA256())))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    signed = {
        "hash": text, "created": "2026-11-22T12:00:00Z", "software": "test", "version": "0.1.0",
        "signature": b64(r.to_bytes(48, "big") + s.to_bytes(48, "big")), "publicKey": b64(public),
    }  # fmt: skip
    told = pretty({"path": "datapackage.json", "hash": text, "signedData": signed})
    return {**bare, "datapackage.json": described, "datapackage-digest.json": told}


def package_key() -> EllipticCurvePrivateKey:
    return generate_private_key(SECP384R1())


def write_zip(files: Files, names: list[tuple[str, str]] | None = None) -> bytes:
    """A ZIP of the form that cardwatch writes; `names` gives (name in the ZIP, name in files) for odd ones."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, source in names or [(name, name) for name in files]:
            entry = zipfile.ZipInfo(name, (2026, 11, 22, 12, 0, 0))
            entry.external_attr, entry.create_system = 0o644 << 16, 3
            package.writestr(entry, files[source])
    return out.getvalue()


def bundle(entries: list[bytes]) -> bytes:
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)
