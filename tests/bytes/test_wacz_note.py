"""The signed list that lies in an export: every file is in it, and the log's present key signed it."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.verify.options import Options
from monitor.verify.target import verify_target
from monitor.verify.verdict import Verdict
from storage.archive import Archive
from storage.checkpoints import latest_checkpoint, rotate_key, seal_log
from storage.custody import key_entries, newest_key
from storage.keys import KeyRefused
from storage.model import StoredCapture
from storage.notes import VerifierKey
from storage.wacz import export_wacz
from storage.wacz_note import LEFT_OUT, PATH, parse_files
from storage.wacz_proof import gather_proof

from .samples import START, list_page, shop_page

LATER = START + timedelta(days=1)
EXTRAS = {"verify.html": b"<p>verify", "attestation.html": b"<p>attest"}


def keep(archive: Archive) -> StoredCapture:
    return archive.keep_capture(list_page(START, scale=0.01), shop_page(archive))


def present_key(archive: Archive) -> VerifierKey:
    with archive.database.reading() as session:
        return newest_key(session).key


def export(archive: Archive, stored: StoredCapture, path: Path, masks: Sequence[str] | None = None) -> dict[str, bytes]:
    export_wacz(archive, stored.id, path, at=LATER, extras=EXTRAS, masks=masks)
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.mark.parametrize("masks", [None, (), ("7天内补发",)], ids=["whole", "redacted", "a text masked"])
def test_every_file_of_an_export_is_signed_for(archive: Archive, tmp_path: Path, masks: Sequence[str] | None) -> None:
    stored = keep(archive)
    path = tmp_path / "out.wacz"
    files = export(archive, stored, path, masks)
    listed, note = parse_files(files[PATH])
    assert {file.path: (file.digest, file.bytes) for file in listed.files} == {
        name: (hashlib.sha256(data).hexdigest(), len(data)) for name, data in files.items() if name not in LEFT_OUT
    }
    assert listed.capture == stored.id
    assert (listed.warc == stored.warc) == (masks is None)
    assert present_key(archive).verify(note)
    pinned = (present_key(archive),)
    assert verify_target(path, Options(at=LATER, pinned=pinned)).verdict is Verdict.INTACT


def test_after_a_rotation_the_new_key_signs(archive: Archive, tmp_path: Path) -> None:
    stored = keep(archive)
    seal_log(archive, LATER)
    old = present_key(archive)
    rotate_key(archive, LATER, "rotation")
    path = tmp_path / "out.wacz"
    _, note = parse_files(export(archive, stored, path)[PATH])
    assert present_key(archive).verify(note) and not old.verify(note)
    assert verify_target(path, Options(at=LATER, pinned=(present_key(archive),))).verdict is Verdict.INTACT


def test_a_key_that_is_gone_is_replaced_and_the_export_says_so(archive: Archive, tmp_path: Path) -> None:
    stored = keep(archive)
    seal_log(archive, LATER)
    lost = present_key(archive)
    archive.keys.path_of(lost.public).unlink()
    path = tmp_path / "out.wacz"
    _, note = parse_files(export(archive, stored, path)[PATH])
    made = present_key(archive)
    assert made.public != lost.public and made.verify(note)
    with archive.database.reading() as session:
        newest = latest_checkpoint(session)
        assert newest is not None
        assert key_entries(session, newest.size)[-1].fields["reason"] == "loss"
    assert verify_target(path, Options(at=LATER, pinned=(made,))).verdict is Verdict.INTACT


def test_a_key_that_goes_while_the_proof_is_gathered_is_asked_for(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = keep(archive)
    seal_log(archive, LATER)
    packed = archive.objects.read(stored.manifest)
    path = archive.keys.path_of(present_key(archive).public)
    path.unlink()
    monkeypatch.setattr("storage.wacz_proof.seal_capture", lambda *_: stored.log_index)  # it was there a moment ago
    with pytest.raises(KeyRefused, match="custody rotate"):
        gather_proof(archive, stored, packed, LATER)
