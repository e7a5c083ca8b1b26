"""Writes packs after docs/evidence.md alone, with none of the product's writers: a second hand beside its own."""

from __future__ import annotations

import gzip
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .maker import NOW, Files, Log, b64, canonical, sha, stamp, verifier_key

CASE = "k-20261123T040000-zzzzzzzz"
PROOF, NOTE = "proof/pack.json", "proof/pack.note"


@dataclass
class Item:
    """An evidence item: its file and what is said of it, its manifest, and its place in the log."""

    id: str
    data: bytes
    seed: bytes
    media_type: str = "image/png"
    name: str = "IMG_0001.png"
    note: str = "秘密"
    original: Item | None = None
    kept_at: datetime = NOW - timedelta(days=2)
    index: int = 0
    manifest: bytes = field(default=b"", repr=False)

    def salt(self, label: str) -> bytes:
        return hmac.digest(self.seed, label.encode(), "sha256")

    def commit(self, label: str, piece: bytes) -> str:
        return sha(self.salt(label) + piece)

    def seal(self, log: Log) -> Item:
        """Write the manifest and append the entry that names it."""
        values = {"length": len(self.data), "media_type": self.media_type, "name": self.name, "note": self.note}
        original = sha(self.original.manifest) if self.original else ""
        told = {
            "format": "cardwatch-evidence-1",
            "evidence": {"id": self.id, "kept_at": stamp(self.kept_at)},
            "original": original,
            "commitment": "sha256(hmac-sha256(seed, label) || sha256(piece))",
            "bytes": self.commit("bytes", bytes.fromhex(sha(self.data))),
            "fields": {
                label: self.commit(label, bytes.fromhex(sha(canonical(value)))) for label, value in values.items()
            },
        }
        self.manifest = gzip.compress(canonical(told), mtime=0)
        named = {"manifest": sha(self.manifest)}
        if self.original:
            named |= {"original": original, "sha256": sha(self.data), "what": self.note}
        self.index = log.append("derivative" if self.original else "evidence", self.kept_at, **named)
        return self

    def tell(self, *, opened: bool) -> dict[str, object]:
        labels = ("bytes", "length", "media_type") if opened else ()
        return {
            "id": self.id,
            "original": self.original.id if self.original else "",
            "manifest": {"path": f"proof/{self.id}.manifest.json.gz", "sha256": sha(self.manifest)},
            "entry": {
                "path": f"proof/{self.id}.entry.json",
                "index": self.index,
                "proof": f"proof/{self.id}.tlog-proof",
            },
            "salts": {label: self.salt(label).hex() for label in labels},
            "stated": {"media_type": self.media_type} if opened else {},
        }


def make_pack(
    log: Log, checkpoint: bytes, items: dict[str, Item], made: Files, tokens: list[tuple[str, bytes, bytes]]
) -> Files:
    """The files of a pack: items by the path of their file, what was made for it, tokens over the checkpoint."""
    content = {path: item.data for path, item in items.items()} | made
    every = {item.id: item for item in items.values()}
    every |= {item.original.id: item.original for item in items.values() if item.original}
    proofs: Files = {"proof/checkpoint": checkpoint}
    for item in every.values():
        proofs[f"proof/{item.id}.manifest.json.gz"] = item.manifest
        proofs[f"proof/{item.id}.entry.json"] = log.entries[item.index]
        proofs[f"proof/{item.id}.tlog-proof"] = log.proof(item.index, checkpoint)
    keys = []
    for index in log.keys:
        path = f"proof/key-{index}"
        proofs[f"{path}.json"], proofs[f"{path}.tlog-proof"] = log.entries[index], log.proof(index, checkpoint)
        keys.append({"index": index, "path": f"{path}.json", "proof": f"{path}.tlog-proof"})
    named = []
    for authority, token, chain in tokens:
        stem = f"proof/token-{authority}"
        proofs[f"{stem}.tsr"], proofs[f"{stem}.chain.pem"] = token, chain
        named.append(
            {"kind": "rfc3161", "authority": authority, "path": f"{stem}.tsr", "chain": f"{stem}.chain.pem",
             "of": "proof/checkpoint"}
        )  # fmt: skip
    told = {
        "format": "cardwatch-pack-1",
        "case": CASE,
        "channel": "heimao",
        "made_at": stamp(NOW),
        "files": [_tell_file(path, data, items.get(path)) for path, data in content.items()],
        "items": [item.tell(opened=item in items.values()) for item in every.values()],
        "checkpoint": "proof/checkpoint",
        "log": {"origin": log.origin, "keys": keys},
        "consistency": None,
        "tokens": named,
        "renewals": [],
    }
    files = {**content, **proofs, PROOF: json.dumps(told).encode()}
    return {**files, NOTE: sign(log, files)}


def sign(log: Log, files: Files) -> bytes:
    """The note over all files but itself."""
    lines = ["cardwatch-pack-files-1", CASE, sha(files[PROOF])]
    lines += [f"{sha(data)} {len(data)} {path}" for path, data in sorted(files.items()) if path != NOTE]
    text = "\n".join(lines) + "\n"
    mark = bytes.fromhex(verifier_key(log.origin, log.key).split("+")[1])
    return f"{text}\n— {log.origin} {b64(mark + log.key.sign(text.encode()))}\n".encode()


def _tell_file(path: str, data: bytes, item: Item | None) -> dict[str, object]:
    told: dict[str, object] = {"path": path, "sha256": sha(data), "bytes": len(data), "what": "made"}
    if item is not None:
        told |= {"what": "masked" if item.original else "original", "id": item.id}
    return told
