# ruff: noqa: E501 - the table of ways to alter
"""Ways to alter an export: clumsy ones, that change bytes of the file, and skilled ones, that pack and sign it anew."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.canonical import canonical_json
from storage.merkle import hash_leaf
from storage.notes import Head, parse_head, parse_note, parse_proof, sign_note, verifier_key, write_proof
from storage.package import PackageWriter
from storage.wacz_note import LEFT_OUT, FileList, ListedFile, sign_files
from storage.wacz_note import PATH as NOTE

from .exports import FILLER

Alter = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Tampering:
    """One way to alter an export, and the check that must name it, failed or (a part taken away) absent."""

    name: str
    alter: Alter
    check: str
    status: str = "failed"


def read_files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def pack_anew(data: bytes, changes: Mapping[str, bytes | None]) -> bytes:
    """Write the package again with other files, its list and signature made anew: no digest of the package tells."""
    files = read_files(data)
    listed = json.loads(files.pop("datapackage.json"))
    files.pop("datapackage-digest.json")
    files = {name: content for name, content in {**files, **changes}.items() if content is not None}
    out = io.BytesIO()
    with PackageWriter(out, datetime(2026, 11, 20, tzinfo=UTC)) as package:
        for name, content in files.items():
            package.add(name, content)
        about = {name: listed[name] for name in ("title", "mainPageURL", "mainPageDate")}
        created = datetime.fromisoformat(listed["created"].replace("Z", "+00:00"))
        package.finish(about, ec.generate_private_key(ec.SECP384R1()), created=created, software=listed["software"])
    return out.getvalue()


def flip(data: bytes, place: int, mask: int = 1) -> bytes:
    altered = bytearray(data)
    altered[place] ^= mask
    return bytes(altered)


def flip_in(path: str, offset: int = 0) -> Alter:
    """Flip a bit of a file where it lies in the package, which is all stored."""

    def alter(data: bytes) -> bytes:
        content = read_files(data)[path]
        start = header_of(data, path, b"PK\3\4") + 30 + len(path)
        return flip(data, start + (offset if offset >= 0 else len(content) + offset))

    return alter


def swap_letter(path: str, offset: int) -> Alter:
    """Put another letter of base64 in a place, so that it still can be read."""

    def alter(data: bytes) -> bytes:
        start = header_of(data, path, b"PK\3\4") + 30 + len(path) + offset
        return data[:start] + (b"B" if data[start : start + 1] == b"A" else b"A") + data[start + 1 :]

    return alter


def header_of(data: bytes, path: str, signature: bytes) -> int:
    """Where the local or central header of a file begins."""
    skip = 30 if signature == b"PK\3\4" else 46
    at = data.find(signature)
    while data[at + skip : at + skip + len(path)] != path.encode():
        at = data.index(signature, at + 1)
    return at


def flip_header(path: str, signature: bytes, offset: int) -> Alter:
    return lambda data: flip(data, header_of(data, path, signature) + offset)


def edit_json(path: str, edit: Callable[[dict[str, object]], None]) -> Alter:
    def alter(data: bytes) -> bytes:
        fields = json.loads(read_files(data)[path])
        edit(fields)
        return pack_anew(data, {path: json.dumps(fields).encode()})

    return alter


def edit_file(path: str, edit: Callable[[bytes], bytes | None]) -> Alter:
    return lambda data: pack_anew(data, {path: edit(read_files(data)[path])})


def add_file(path: str, content: bytes) -> Alter:
    """Add a file that is listed and signed as the others are."""
    return lambda data: pack_anew(data, {path: content})


def drop(path: str) -> Alter:
    return lambda data: pack_anew(data, {path: None})


def read_members(warc: bytes) -> list[bytes]:
    members = []
    while warc:
        unpacker = zlib.decompressobj(31)
        unpacker.decompress(warc)
        end = len(warc) - len(unpacker.unused_data)
        members.append(warc[:end])
        warc = warc[end:]
    return members


def edit_record(old: bytes, new: bytes, *, honest_record: bool = False) -> Alter:
    """Change the text of a record in the WARC, and every digest outside of the seal that tells of it."""

    def alter(data: bytes) -> bytes:
        path = "archive/capture.warc.gz"
        files = read_files(data)
        members = [_edit_member(member, old, new, honest_record) for member in read_members(files[path])]
        warc = b"".join(members)
        proof = json.loads(files["cardwatch/proof.json"])
        proof["warc"].update(sha256=hashlib.sha256(warc).hexdigest(), bytes=len(warc))
        return pack_anew(data, {path: warc, "cardwatch/proof.json": json.dumps(proof).encode()})

    return alter


def _edit_member(member: bytes, old: bytes, new: bytes, honest: bool) -> bytes:
    record = gzip.decompress(member)
    if old not in record:
        return member
    edited = record.replace(old, new).replace(FILLER, b"0" * len(FILLER))  # so that it packs into as many bytes
    edited = re.sub(
        rb"(WARC-Record-ID: <urn:uuid:)[0-9a-f-]{36}", rb"\g<1>00000000-0000-4000-8000-000000000000", edited
    )
    if honest:
        for start in (0, edited.index(b"\r\n\r\n") + 4):
            if b"application/http" not in record and start:
                continue
            before = record[record.index(b"\r\n\r\n") + 4 : -4]
            after = edited[edited.index(b"\r\n\r\n") + 4 : -4]
            if start:
                before, after = (part[part.index(b"\r\n\r\n") + 4 :] for part in (before, after))
            digests = (hashlib.sha256(part).hexdigest().encode() for part in (before, after))
            edited = edited.replace(*digests)
    return _pack_to(edited, len(member))


def _pack_to(record: bytes, length: int) -> bytes:
    """A gzip member of just this length, so that no place in the manifest tells: a comment in its head fills it."""
    packed = b""
    for level in (9, 6, 5, 4, 3, 2, 1):
        packer = zlib.compressobj(level, zlib.DEFLATED, -15)
        packed = packer.compress(record) + packer.flush()
        lacking = length - len(packed) - 18
        if lacking >= 0:
            break
    else:
        raise AssertionError("the altered record does not fit")
    head = b"\x1f\x8b\x08" + (b"\x10" if lacking else b"\x00") + bytes(4) + b"\x00\x03"
    comment = b" " * (lacking - 1) + b"\x00" if lacking else b""
    return head + comment + packed + struct.pack("<LL", zlib.crc32(record), len(record))


def swap_members(data: bytes) -> bytes:
    """Two records of one length change places."""
    path = "archive/capture.warc.gz"
    members = read_members(read_files(data)[path])
    members[2], members[3] = members[3], members[2]
    return pack_anew(data, {path: b"".join(members)})


def sign_anew(data: bytes) -> bytes:
    """All of the log made anew with a key of one's own, as the original's maker could not be told from it."""
    files = read_files(data)
    key = Ed25519PrivateKey.generate()
    head = parse_head(parse_note(files["cardwatch/checkpoint"]))
    log = head.origin.split("/")[1]
    first = canonical_json(
        {
            "at": "2026-11-20T06:30:15.123456Z",
            "kind": "log",
            "log": log,
            "key": verifier_key(head.origin, key).text,
            "tool": "x",
        }
    )
    entry = files["cardwatch/entry.json"]
    leaves = [hash_leaf(first), hash_leaf(entry)]
    root = hashlib.sha256(b"\1" + leaves[0] + leaves[1]).digest()
    note = sign_note(Head(head.origin, 2, root).text, head.origin, key)
    proof = json.loads(files["cardwatch/proof.json"])
    proof["entry"]["index"], proof["tokens"], proof["consistency"] = 1, [], None
    changes: dict[str, bytes | None] = {
        "cardwatch/checkpoint": note,
        "cardwatch/key-0.json": first,
        "cardwatch/key-0.tlog-proof": write_proof(0, [leaves[1]], note),
        "cardwatch/custody.tlog-proof": write_proof(1, [leaves[0]], note),
        "cardwatch/proof.json": json.dumps(proof).encode(),
    }
    gone = [
        name for name in files if name.startswith(("cardwatch/token-", "cardwatch/consistency", "cardwatch/newest"))
    ]
    changes |= dict.fromkeys(gone)
    return pack_anew(data, {**changes, NOTE: sign_list({**files, **changes}, head.origin, key)})


def sign_list(files: Mapping[str, bytes | None], origin: str, key: Ed25519PrivateKey) -> bytes:
    """The signed list of these files, by a key of one's own."""
    found = {
        name: ListedFile(name, hashlib.sha256(content).hexdigest(), len(content))
        for name, content in files.items()
        if content is not None and name not in LEFT_OUT
    }
    capture = json.loads(files[PROOF] or b"")["capture"]["id"]
    return sign_files(FileList(capture, found[WARC].digest, tuple(found.values())), origin, key)


def sign_by(data: bytes, key: Ed25519PrivateKey) -> bytes:
    """The package with its list of files signed anew by this key."""
    files = read_files(data)
    origin = parse_head(parse_note(files["cardwatch/checkpoint"])).origin
    return pack_anew(data, {NOTE: sign_list(files, origin, key)})


def sign_list_anew(data: bytes) -> bytes:
    """Only the list of files is signed by another key, after a word of the README was changed."""
    files = read_files(data)
    changes = {README: files[README] + b"."}
    origin = parse_head(parse_note(files["cardwatch/checkpoint"])).origin
    return pack_anew(data, {**changes, NOTE: sign_list({**files, **changes}, origin, Ed25519PrivateKey.generate())})


def move_clock(data: bytes) -> bytes:
    """The entry claims a time after the token's."""
    return edit_file("cardwatch/entry.json", lambda entry: entry.replace(b'"at":"2026-11', b'"at":"2126-11'))(data)


def insert_bytes(place: Callable[[bytes], int], inserted: bytes) -> Alter:
    def alter(data: bytes) -> bytes:
        at = place(data)
        return data[:at] + inserted + data[at:]

    return alter


def repeat_name(data: bytes) -> bytes:
    """A second file of a name that is there already."""
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as package, _quietly():
        package.writestr("cardwatch/checkpoint", b"another")
    return out.getvalue()


def add_name(name: str) -> Alter:
    def alter(data: bytes) -> bytes:
        out = io.BytesIO(data)
        with zipfile.ZipFile(out, "a") as package:
            package.writestr(name, b"x")
        return out.getvalue()

    return alter


def add_bomb(data: bytes) -> bytes:
    """A file that unpacks to more than it states."""
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("cardwatch/bomb", bytes(4 << 20))
    altered = bytearray(out.getvalue())
    for signature, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        struct.pack_into("<L", altered, header_of(bytes(altered), "cardwatch/bomb", signature) + offset, 1000)
    return bytes(altered)


def overlap(data: bytes) -> bytes:
    """The directory says that one file begins where another does."""
    altered = bytearray(data)
    first = header_of(data, "cardwatch/entry.json", b"PK\1\2") + 42
    second = header_of(data, "cardwatch/checkpoint", b"PK\1\2") + 42
    altered[first : first + 4] = altered[second : second + 4]
    return bytes(altered)


def replace_token(data: bytes) -> bytes:
    """A token's imprint bytes are another's; its signature no longer holds."""
    files = read_files(data)
    digest = hashlib.sha256(files["cardwatch/checkpoint"]).digest()
    name = next(name for name in files if name.endswith(".tsr"))
    return pack_anew(data, {name: files[name].replace(digest, hashlib.sha256(b"x").digest())})


def edit_proof_hash(data: bytes) -> bytes:
    """A hash of the inclusion proof is another."""
    path = "cardwatch/custody.tlog-proof"
    found = parse_proof(read_files(data)[path])
    hashes = [hash_leaf(b"x"), *found.hashes[1:]]
    return pack_anew(data, {path: write_proof(found.index, hashes, found.note.data)})


def edit_manifest(old: bytes, new: bytes) -> Alter:
    def alter(data: bytes) -> bytes:
        path = "cardwatch/manifest.json.gz"
        packed = gzip.compress(gzip.decompress(read_files(data)[path]).replace(old, new), 9, mtime=0)
        proof = json.loads(read_files(data)["cardwatch/proof.json"])
        proof["manifest"]["sha256"] = hashlib.sha256(packed).hexdigest()
        return pack_anew(data, {path: packed, "cardwatch/proof.json": json.dumps(proof).encode()})

    return alter


def set_field(*path: str, value: object) -> Callable[[dict[str, object]], None]:
    def edit(fields: dict[str, object]) -> None:
        for name in path[:-1]:
            inner = fields[name]
            assert isinstance(inner, dict)
            fields = inner
        fields[path[-1]] = value

    return edit


def to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class _quietly:  # noqa: N801 - reads as a word
    """zipfile warns of a name that it writes twice."""

    def __enter__(self) -> None:
        import warnings

        self._caught = warnings.catch_warnings()
        self._caught.__enter__()
        warnings.simplefilter("ignore")

    def __exit__(self, *error: object) -> None:
        self._caught.__exit__(*error)  # type: ignore[arg-type]


PROOF = "cardwatch/proof.json"
WARC = "archive/capture.warc.gz"
README = "cardwatch/README.txt"

TAMPERINGS = (
    # --- clumsy: bytes of the file
    Tampering("a byte of the WARC", flip_in(WARC, 900), "package_digests"),
    Tampering("a byte of the manifest", flip_in("cardwatch/manifest.json.gz", 300), "manifest_digest"),
    Tampering("a byte of the entry", flip_in("cardwatch/entry.json", 19), "inclusion"),
    Tampering("a byte of the checkpoint's root", swap_letter("cardwatch/checkpoint", 40), "inclusion"),
    Tampering("a byte of the token", flip_in("cardwatch/token-test-tsa.tsr", -20), "token_signature"),
    Tampering("a byte of the list", flip_in("datapackage.json", 60), "package_signature"),
    Tampering("a byte of the signed list", flip_in("datapackage-digest.json", 400), "package_signature"),
    Tampering("a byte of the index", flip_in("indexes/index.cdx", 80), "package_digests"),
    Tampering("a byte of a name in the directory", flip_header(WARC, b"PK\1\2", 50), "zip_structure"),
    Tampering("a byte of a name at the file", flip_header(WARC, b"PK\3\4", 34), "zip_structure"),
    Tampering("a CRC in the directory", flip_header(PROOF, b"PK\1\2", 16), "zip_structure"),
    Tampering("a date at the file", flip_header(PROOF, b"PK\3\4", 10), "zip_structure"),
    Tampering("a right in the directory", flip_header(PROOF, b"PK\1\2", 40), "zip_structure"),
    Tampering("a length in the directory", flip_header(PROOF, b"PK\1\2", 20), "zip_structure"),
    Tampering("the number of files", lambda data: flip(data, len(data) - 12), "zip_structure"),
    Tampering("bytes behind the end", lambda data: data + b"more", "zip_structure"),
    Tampering("bytes before the start", lambda data: b"more" + data, "zip_structure"),
    Tampering("a file twice", repeat_name, "file_names"),
    Tampering("a path that leads out", add_name("../../etc/passwd"), "file_names"),
    Tampering("an absolute path", add_name("/tmp/x"), "file_names"),
    Tampering("a file that was added", add_name("cardwatch/extra.txt"), "package_digests"),
    Tampering("files that overlap", overlap, "zip_structure"),
    Tampering("the end cut off", lambda data: data[:-3000], "zip_structure", "absent"),
    # --- skilled: the package is made anew
    Tampering("a sort key of the index", edit_file("indexes/index.cdx", lambda index: index.replace(b"test,shop)/app.js", b"test,shop)/zzz.js")), "replay_index"),
    Tampering("a WARC beside the sealed one", add_file("archive/more.warc.gz", gzip.compress(b"WARC/1.1")), "other_files"),
    Tampering("a second index", add_file("indexes/more.cdx", b"test,shop)/ 20261120063015 {}"), "other_files"),
    Tampering("a media type in the index", edit_file("indexes/index.cdx", lambda index: index.replace(b"text/javascript", b"text/html")), "replay_index"),
    Tampering("a field more in the index", edit_file("indexes/index.cdx", lambda index: index.replace(b'{"url"', b'{"more": "x", "url"')), "replay_index"),
    Tampering("another method in the index", edit_file("indexes/index.cdx", lambda index: index.replace(b"POST", b"PUT")), "replay_index"),
    Tampering("another body in the index under the same key", edit_file("indexes/index.cdx", lambda index: index.replace(b'"requestBody": "__wb_post_data=c2t1', b'"requestBody": "__wb_post_data=C2t1')), "replay_index"),
    Tampering("a note in the list of pages", edit_file("pages/pages.jsonl", lambda pages: pages.replace(b'{"id"', b'{"note": "x", "id"')), "replay_pages"),
    Tampering("no line in the list of pages", edit_file("pages/pages.jsonl", lambda pages: pages.splitlines()[0]), "replay_pages"),
    Tampering("a digit in the text", edit_record("<p>售后：自购买之日起7天内".encode(), "<p>售后：自购买之日起3天内".encode()), "warc_records"),
    Tampering("a digit, and the record's own digests", edit_record("7天内".encode(), "3天内".encode(), honest_record=True), "record_commitments"),
    Tampering("the price in the DOM", edit_record(b"10.00", b"90.00", honest_record=True), "record_commitments"),
    Tampering("a header of an exchange", edit_record(b'["Server","nginx"]', b'["Server","Nginx"]', honest_record=True), "exchange_commitments"),
    Tampering("the browser's name", edit_record(b"HeadlessShell", b"HeadlessShelf", honest_record=True), "visit_commitment"),
    Tampering("records in another order", swap_members, "warc_records"),
    Tampering("the manifest's address", edit_manifest(b"shop.test", b"shoq.test"), "manifest_digest"),
    Tampering("a commitment in the manifest", edit_manifest(b'"commitment":"', b'"commitment":"0'), "manifest_digest"),
    Tampering("the stated address", edit_json(PROOF, set_field("capture", "url", value="https://other.test/")), "statement"),
    Tampering("the stated time", edit_json(PROOF, set_field("capture", "started_at", value="2025-01-01T00:00:00.000000Z")), "statement"),
    Tampering("the place in the log", edit_json(PROOF, set_field("entry", "index", value=0)), "inclusion"),
    Tampering("the seed of the salts", edit_json(PROOF, set_field("salts", "seed", value="00" * 32)), "record_commitments"),
    Tampering("the format", edit_json(PROOF, set_field("format", value="cardwatch-proof-9")), "proof_format"),
    Tampering("the log's name", edit_json(PROOF, set_field("log", "origin", value="cardwatch/00/1")), "checkpoint_signature"),
    Tampering("a hash of the proof", edit_proof_hash, "inclusion"),
    Tampering("the entry's time", move_clock, "clock_order"),
    Tampering("what the token is over", replace_token, "token_signature"),
    Tampering("an index line", edit_file("indexes/index.cdx", lambda text: text.replace(b'"offset": "', b'"offset": "1', 1)), "replay_index"),
    Tampering("the list of pages", edit_file("pages/pages.jsonl", lambda text: text.replace(b"10.00", b"90.00")), "replay_pages"),
    Tampering("the WARC taken out", drop(WARC), "warc_digest", "absent"),
    Tampering("the entry taken out", drop("cardwatch/entry.json"), "entry", "absent"),
    Tampering("the key's entry taken out", drop("cardwatch/key-0.json"), "key_history", "absent"),
    Tampering("the token taken out", drop("cardwatch/token-test-tsa.tsr"), "token_imprint", "absent"),
    Tampering("a word of the README", edit_file(README, lambda text: text + b"."), "package_note"),
    Tampering("the README taken out", drop(README), "package_note", "absent"),
    Tampering("an attestation that was added", add_file("cardwatch/attestation.html", b"<p>"), "package_note"),
    Tampering("a line of the signed list", edit_file(NOTE, lambda note: note.replace(b" cardwatch/README.txt", b" cardwatch/README.tyt")), "package_note"),
    Tampering("the signed list taken out", drop(NOTE), "package_note", "absent"),
    Tampering("a second signature on the signed list", edit_file(NOTE, lambda note: note + note.splitlines(keepends=True)[-1]), "package_note"),
    Tampering("the signed list by another key", sign_list_anew, "package_note"),
    Tampering("the signed list cut to a checkpoint", lambda data: pack_anew(data, {NOTE: read_files(data)["cardwatch/checkpoint"]}), "package_note"),
    Tampering("a bomb of certificates", edit_file("cardwatch/token-test-tsa.chain.pem", lambda pem: pem * 21), "token_trust"),
    Tampering("the proof taken out", lambda data: data.replace(b"cardwatch/proof.json", b"cardwatch/prooo.json"), "package_digests"),
)  # fmt: skip
