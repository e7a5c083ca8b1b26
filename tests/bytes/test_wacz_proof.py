"""What lies under cardwatch/ in an export, and that it is right: checked with openssl and by hand."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from timestamps.authority import Papers, make_papers

from scrapers.model import Origin
from storage.archive import Archive
from storage.checkpoints import latest_checkpoint, rotate_key, seal_log
from storage.errors import ArchiveDamaged
from storage.merkle import hash_leaf, verify_consistency, verify_inclusion
from storage.model import Checkpoint, StoredCapture, TokenKind
from storage.notes import VerifierKey, parse_head, parse_note, parse_proof
from storage.token_files import keep_chain
from storage.tokens import get_token, hold_token, keep_pending_proof, request_token
from storage.wacz import export_wacz
from storage.wacz_proof import seal_capture

from .samples import START, list_page, shop_page

LATER = START + timedelta(days=1)


@dataclass(frozen=True)
class Unpacked:
    """An export that was unpacked into a folder."""

    folder: Path
    proof: dict[str, object]

    def read(self, path: object) -> bytes:
        return (self.folder / str(path)).read_bytes()

    def field(self, *names: str) -> object:
        found: object = self.proof
        for name in names:
            assert isinstance(found, dict)
            found = found[name]
        return found


@dataclass(frozen=True)
class Authority:
    """An authority of our own, by `openssl ts`."""

    papers: Papers

    @property
    def chain(self) -> bytes:
        return b"".join(
            (self.papers.folder / f"{name}.pem").read_bytes() for name in ("signer", "intermediate", "root")
        )

    def stamp(self, data: bytes) -> bytes:
        """Give the answer over the SHA-256 of some bytes."""
        folder = self.papers.folder
        (folder / "data").write_bytes(data)
        ask = "ts -query -data data -sha256 -cert -out query"
        answer = f"ts -reply -config {self.papers.configuration} -queryfile query -out reply"
        for words in (ask, answer):
            subprocess.run(["openssl", *words.split()], cwd=folder, capture_output=True, check=True)
        return (folder / "reply").read_bytes()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here")
    return Authority(make_papers(tmp_path_factory.mktemp("authority") / "papers"))


def _keep(archive: Archive, hours: float = 0) -> StoredCapture:
    return archive.keep_capture(list_page(START + timedelta(hours=hours), scale=0.01), shop_page(archive))


def _export(archive: Archive, stored: StoredCapture, folder: Path, **extras: bytes) -> Unpacked:
    target = folder / f"out-{len(list(folder.iterdir()))}"
    further = {name.replace("_", "."): data for name, data in extras.items()}
    written = export_wacz(archive, stored.id, folder / f"{target.name}.wacz", at=LATER, extras=further)
    with zipfile.ZipFile(written.path) as package:
        package.extractall(target)
    return Unpacked(target, json.loads((target / "cardwatch/proof.json").read_bytes()))


def _check_inclusion(found: Unpacked, entry: object, proof: object, checkpoint: bytes) -> int:
    """Check a proof against a checkpoint and give the entry's index."""
    parsed = parse_proof(found.read(proof))
    head = parse_head(parse_note(checkpoint))
    assert parsed.note.data == checkpoint
    assert verify_inclusion(hash_leaf(found.read(entry)), parsed.index, head.size, parsed.hashes, head.root)
    return parsed.index


def test_the_chain_leads_from_the_sealed_bytes_to_a_signed_checkpoint(archive: Archive, tmp_path: Path) -> None:
    _keep(archive)
    stored = _keep(archive, 2)
    found = _export(archive, stored, tmp_path)
    warc = found.read(found.field("warc", "path"))
    assert hashlib.sha256(warc).hexdigest() == found.field("warc", "sha256") == stored.warc
    manifest = found.read(found.field("manifest", "path"))
    assert hashlib.sha256(manifest).hexdigest() == found.field("manifest", "sha256") == stored.manifest
    entry = json.loads(found.read(found.field("entry", "path")))
    assert (entry["kind"], entry["manifest"]) == ("capture", stored.manifest)
    checkpoint = found.read(found.field("checkpoint"))
    index = _check_inclusion(found, found.field("entry", "path"), found.field("entry", "proof"), checkpoint)
    assert index == found.field("entry", "index") == stored.log_index
    (key,) = found.field("log", "keys")  # type: ignore[misc]
    assert _check_inclusion(found, key["path"], key["proof"], checkpoint) == 0
    first = json.loads(found.read(key["path"]))
    verifier = VerifierKey.parse(first["key"])
    assert verifier.verify(parse_note(checkpoint))
    assert parse_head(parse_note(checkpoint)).origin == found.field("log", "origin") == verifier.name
    seed = archive.salt_seed(stored.id)
    assert seed and found.field("salts") == {"seed": seed.hex()}
    assert (found.field("redactions"), found.field("tokens"), found.field("consistency")) == ([], [], None)


def test_a_capture_under_no_checkpoint_is_sealed_first(archive: Archive, tmp_path: Path) -> None:
    stored = _keep(archive)
    with archive.database.reading() as session:
        assert latest_checkpoint(session) is None
    _export(archive, stored, tmp_path)
    with archive.database.reading() as session:
        newest = latest_checkpoint(session)
    assert newest is not None and newest.made_at == LATER
    _export(archive, stored, tmp_path)
    with archive.database.reading() as session:
        assert latest_checkpoint(session) == newest


def test_every_file_of_the_package_is_listed_with_its_digest(archive: Archive, tmp_path: Path) -> None:
    found = _export(archive, _keep(archive), tmp_path, verify_html=b"<p>verify", attestation_html=b"<p>attest")
    listed = {row["path"]: row for row in json.loads(found.read("datapackage.json"))["resources"]}
    there = {path.relative_to(found.folder).as_posix() for path in found.folder.rglob("*") if path.is_file()}
    assert there == set(listed) | {"datapackage.json", "datapackage-digest.json"}
    assert {"cardwatch/verify.html", "cardwatch/attestation.html", "cardwatch/README.txt"} < there
    for path, row in listed.items():
        data = found.read(path)
        assert (row["hash"], row["bytes"]) == (f"sha256:{hashlib.sha256(data).hexdigest()}", len(data))


def test_no_further_file_may_take_the_place_of_a_proof(archive: Archive, tmp_path: Path) -> None:
    stored = _keep(archive)
    with pytest.raises(ValueError, match="already"):
        export_wacz(archive, stored.id, tmp_path / "a.wacz", at=LATER, extras={"entry.json": b"{}"})


def test_openssl_verifies_the_signature_of_the_package(archive: Archive, tmp_path: Path) -> None:
    found = _export(archive, _keep(archive), tmp_path)
    told = json.loads(found.read("datapackage-digest.json"))
    signed = told["signedData"]
    assert set(signed) == {"hash", "created", "software", "version", "signature", "publicKey"}
    assert signed["hash"] == told["hash"] == f"sha256:{hashlib.sha256(found.read('datapackage.json')).hexdigest()}"
    assert signed["created"] == json.loads(found.read("datapackage.json"))["created"]
    raw = base64.b64decode(signed["signature"])
    half = len(raw) // 2
    der = encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))
    (tmp_path / "signature").write_bytes(der)
    pem = "-----BEGIN PUBLIC KEY-----\n" + signed["publicKey"] + "\n-----END PUBLIC KEY-----\n"
    (tmp_path / "key.pem").write_text(_wrap(pem))
    command = ["openssl", "dgst", "-sha256", "-verify", tmp_path / "key.pem", "-signature", tmp_path / "signature"]
    for text, status in ((signed["hash"], 0), (signed["hash"][:-1] + "x", 1)):
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
        assert done.returncode == status, done


def test_the_same_archive_and_checkpoint_give_the_same_bytes(archive: Archive, tmp_path: Path) -> None:
    stored = _keep(archive)
    seal_log(archive, LATER)
    first = export_wacz(archive, stored.id, tmp_path / "a.wacz", at=LATER)
    second = export_wacz(archive, stored.id, tmp_path / "b.wacz", at=LATER + timedelta(days=3))
    assert first.sha256 == second.sha256 == hashlib.sha256(second.path.read_bytes()).hexdigest()


def test_the_earliest_stamped_checkpoint_is_taken_and_the_newest_shown_to_extend_it(
    archive: Archive, tmp_path: Path, authority: Authority
) -> None:
    stored = _keep(archive)
    unstamped = seal_log(archive, LATER)
    _keep(archive, 3)
    stamped = _stamp(archive, authority, seal_log(archive, LATER + timedelta(hours=1)))
    _keep(archive, 6)
    _stamp(archive, authority, seal_log(archive, LATER + timedelta(hours=2)))
    _keep(archive, 9)
    rotated = rotate_key(archive, LATER + timedelta(hours=3), "rotation")
    found = _export(archive, stored, tmp_path)
    assert unstamped.size < stamped.size < rotated.size
    assert found.read(found.field("checkpoint")) == stamped.note
    told = json.loads(found.read(found.field("consistency", "path")))
    old, new = (parse_head(parse_note(found.read(told[name]))) for name in ("from", "to"))
    assert (found.read(told["from"]), found.read(told["to"])) == (stamped.note, rotated.note)
    hashes = [base64.b64decode(item) for item in told["hashes"]]
    assert verify_consistency(old.size, new.size, old.root, new.root, hashes)
    (later,) = found.field("consistency", "keys")  # type: ignore[misc]
    _check_inclusion(found, later["path"], later["proof"], rotated.note)
    assert VerifierKey.parse(json.loads(found.read(later["path"]))["key"]).verify(parse_note(rotated.note))


def test_openssl_verifies_the_time_token_with_the_line_of_the_readme(
    archive: Archive, tmp_path: Path, authority: Authority
) -> None:
    stored = _keep(archive)
    checkpoint = _stamp(archive, authority, seal_log(archive, LATER))
    found = _export(archive, stored, tmp_path)
    (token,) = found.field("tokens")  # type: ignore[misc]
    assert (token["kind"], token["authority"], token["of"]) == ("rfc3161", "测试 TSA", "cardwatch/checkpoint")
    assert found.read(token["of"]) == checkpoint.note
    readme = found.read("cardwatch/README.txt").decode()
    lines = re.findall(r"openssl ts -verify (.*?) \\\n\s+(.*)", readme)
    assert len(set(lines)) == 1
    (found.folder / "ROOT.pem").write_bytes((authority.papers.folder / "root.pem").read_bytes())
    command = ["openssl", "ts", "-verify", *" ".join(lines[0]).split()]
    good = subprocess.run(command, cwd=found.folder, capture_output=True, text=True, check=False)
    assert good.returncode == 0 and "Verification: OK" in good.stdout, good.stderr
    other = "-newkey rsa:2048 -nodes -keyout other.key -out ROOT.pem -subj /CN=Other -days 3"
    subprocess.run(["openssl", "req", "-x509", *other.split()], cwd=found.folder, capture_output=True, check=True)
    foreign = subprocess.run(command, cwd=found.folder, capture_output=True, text=True, check=False)
    assert foreign.returncode != 0, "the enclosed chain must not vouch for itself"
    (found.folder / "ROOT.pem").write_bytes((authority.papers.folder / "root.pem").read_bytes())
    (found.folder / "cardwatch/checkpoint").write_bytes(checkpoint.note.replace(b"\n1\n", b"\n9\n") + b" ")
    bad = subprocess.run(command, cwd=found.folder, capture_output=True, text=True, check=False)
    assert bad.returncode != 0


def test_renewals_and_block_chain_proofs_lie_beside_the_token_they_carry_on(
    archive: Archive, tmp_path: Path, authority: Authority
) -> None:
    stored = _keep(archive)
    checkpoint = _stamp(archive, authority, seal_log(archive, LATER))
    with archive.database.writing() as session:
        first = get_token(session, 1)
        renewal = request_token(session, checkpoint, TokenKind.RFC3161, first.authority, LATER, renews=first)
        data = authority.stamp(first.data or b"")
        hold_token(session, renewal, data, stamped_at=LATER, expires_at=None)
        keep_chain(session, renewal, authority.chain)
        pending = request_token(session, checkpoint, TokenKind.OPENTIMESTAMPS, "alice", LATER)
        keep_pending_proof(session, pending, b"pending proof", next_try_at=LATER)
        refused = request_token(session, checkpoint, TokenKind.RFC3161, "nobody", LATER)
    assert refused
    found = _export(archive, stored, tmp_path)
    tokens = found.field("tokens")
    assert isinstance(tokens, list)
    told = [(token["path"], token["of"]) for token in tokens]
    assert told == [
        ("cardwatch/token-tsa.tsr", "cardwatch/checkpoint"),
        ("cardwatch/token-tsa.r1.tsr", "cardwatch/token-tsa.tsr"),
        ("cardwatch/token-alice.ots", "cardwatch/checkpoint"),
    ]
    assert found.read("cardwatch/token-tsa.r1.tsr") == data
    assert found.read("cardwatch/token-alice.ots") == b"pending proof"


def test_the_readme_says_in_both_languages_what_there_is_and_what_not(
    archive: Archive, tmp_path: Path, authority: Authority
) -> None:
    stored = _keep(archive)
    bare = _export(archive, stored, tmp_path).read("cardwatch/README.txt").decode()
    assert bare.index("取证包") < bare.index("as evidence")
    assert "没有独立机构的时间戳" in bare and "holds no time token" in bare
    assert "openssl" not in bare and "cardwatch/verify.html" not in bare
    _stamp(archive, authority, seal_log(archive, LATER))
    full = _export(archive, stored, tmp_path, verify_html=b"<p>").read("cardwatch/README.txt").decode()
    assert "没有独立机构的时间戳" not in full and "openssl ts" in full and "cardwatch/verify.html" in full


def test_an_imported_capture_is_said_to_be_one(archive: Archive, tmp_path: Path) -> None:
    capture = replace(list_page(scale=0.01), origin=Origin.IMPORTED, source_file="page.mhtml")
    stored = archive.keep_capture(capture, shop_page(archive))
    readme = _export(archive, stored, tmp_path).read("cardwatch/README.txt").decode()
    assert "由他人制作" in readme and "somebody else made" in readme


def test_a_capture_that_the_log_does_not_know_is_not_exported(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(ArchiveDamaged, match="no entry"):
        seal_capture(archive, replace(_keep(archive), log_index=None), LATER)


def _stamp(archive: Archive, authority: Authority, checkpoint: Checkpoint) -> Checkpoint:
    with archive.database.writing() as session:
        key = request_token(session, checkpoint, TokenKind.RFC3161, "测试 TSA", LATER)
        hold_token(session, key, authority.stamp(checkpoint.note), stamped_at=LATER, expires_at=None)
        keep_chain(session, key, authority.chain)
    return checkpoint


def _wrap(pem: str) -> str:
    return "\n".join(part for line in pem.split("\n") for part in re.findall(".{1,64}", line)) + "\n"
