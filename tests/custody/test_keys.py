"""Private keys: made once, for their owner alone, and never silently replaced by what does not fit."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.checkpoints import seal_log
from storage.custody import newest_key
from storage.errors import ArchiveDamaged
from storage.keys import KeyFolder, KeyRefused, load_or_make_package_key, write_private

from .conftest import START, append, open_at

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no such permission bits")


def public_of(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


@posix_only
def test_folder_and_file_are_for_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keys = KeyFolder(tmp_path / "keys")
        path = keys.path_of(public_of(keys.make()))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")


@posix_only
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_may_read_is_refused_with_the_way_to_mend_it(tmp_path: Path, mode: int) -> None:
    keys = KeyFolder(tmp_path / "keys")
    public = public_of(keys.make())
    keys.path_of(public).chmod(mode)
    with pytest.raises(KeyRefused, match=r"chmod 600 .*custody-"):
        keys.find(public)
    keys.path_of(public).chmod(0o600)
    keys.folder.chmod(0o750)
    with pytest.raises(KeyRefused, match="chmod 700"):
        keys.find(public)


@posix_only
def test_wide_rights_stop_the_signing_and_never_the_keeping(tmp_path: Path) -> None:
    archive = open_at(tmp_path / "archive")
    append(archive)
    for path in archive.keys.files():
        path.chmod(0o644)
    append(archive)
    with pytest.raises(KeyRefused, match="chmod 600"):
        seal_log(archive, START)
    archive.close()


def test_a_link_is_no_key(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path / "keys")
    public = public_of(keys.make())
    keys.path_of(public).rename(tmp_path / "elsewhere.pem")
    keys.path_of(public).symlink_to(tmp_path / "elsewhere.pem")
    with pytest.raises(KeyRefused, match="no plain file"):
        keys.find(public)


def test_a_sealed_key_needs_its_passphrase(tmp_path: Path) -> None:
    archive = open_at(tmp_path / "archive", "春眠不觉晓")
    append(archive)
    first = seal_log(archive, START)
    archive.close()
    assert all(b"ENCRYPTED" in path.read_bytes() for path in archive.keys.files())

    for wrong, told in (("", "set CARDWATCH_KEY_PASSPHRASE"), ("guess", "is not its passphrase")):
        archive = open_at(tmp_path / "archive", wrong)
        append(archive)  # keeping goes on without it
        with pytest.raises(KeyRefused, match=told):
            seal_log(archive, START)
        archive.close()

    archive = open_at(tmp_path / "archive", "春眠不觉晓")
    assert seal_log(archive, START).size > first.size
    archive.close()


def test_a_file_with_another_key_under_its_name_is_refused(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path / "keys")
    one, two = (public_of(keys.make()) for _ in range(2))
    keys.path_of(one).write_bytes(keys.path_of(two).read_bytes())
    with pytest.raises(KeyRefused, match="another key than its name says"):
        keys.find(one)
    keys.path_of(one).write_bytes(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    with pytest.raises(KeyRefused, match="cannot be read"):
        keys.find(one)


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    write_private(tmp_path / "a.pem", b"one")
    with pytest.raises(KeyRefused, match="never overwritten"):
        write_private(tmp_path / "a.pem", b"two")
    assert [path.name for path in tmp_path.iterdir()] == ["a.pem"]
    assert (tmp_path / "a.pem").read_bytes() == b"one"


def test_a_key_brought_in_before_the_log_begins_signs_it(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    archive = open_at(tmp_path / "archive")
    archive.keys.add(pem)
    append(archive)
    with archive.database.reading() as session:
        assert newest_key(session).key.public == public_of(key)
    archive.close()


@pytest.mark.parametrize("data", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\n"])
def test_what_is_no_key_is_not_brought_in(tmp_path: Path, data: bytes) -> None:
    keys = KeyFolder(tmp_path / "keys")
    with pytest.raises(KeyRefused):
        keys.add(data)
    assert keys.files() == ()


def test_processes_that_want_the_first_key_at_once_get_the_same(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from storage.keys import KeyFolder\n"
        "print(KeyFolder(Path(sys.argv[1])).first().public_key().public_bytes_raw().hex())"
    )
    runners = [
        subprocess.Popen([sys.executable, "-c", code, tmp_path / "keys"], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert len({runner.communicate(timeout=60)[0] for runner in runners}) == 1
    assert len(KeyFolder(tmp_path / "keys").files()) == 1


def test_the_key_for_packages_is_made_once(tmp_path: Path) -> None:
    first = load_or_make_package_key(tmp_path)
    assert first.curve.name == "secp384r1"
    assert load_or_make_package_key(tmp_path).private_numbers() == first.private_numbers()


def test_a_missing_folder_is_no_key(tmp_path: Path) -> None:
    assert KeyFolder(tmp_path / "none").find(bytes(32)) is None
    assert not issubclass(KeyRefused, ArchiveDamaged)
