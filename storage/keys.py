"""The private keys of an archive: PKCS8 PEM files in `<archive>/keys/`, which only their owner may read.

The custody log's keys are named by their public half (`custody-<16 hex>.pem`), so that the key that is to sign is the
one that the log names, whatever else lies there; `package.pem` signs exports. A file is made once and never
overwritten. Nothing here prints or logs a key; the passphrase is passed in.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from filelock import FileLock, Timeout

from storage.errors import ArchiveError, ArchiveLocked
from storage.objects import make_folder, sync_folder

PASSPHRASE_VARIABLE = "CARDWATCH_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable
KEY_FILE = re.compile(r"custody-[0-9a-f]{16}\.pem|package\.pem")
MOST_KEY_BYTES = 16 << 10
_PACKAGE = "package.pem"
_LOCK_SECONDS = 30
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyRefused(ArchiveError):  # noqa: N818 - reads as a sentence where it is caught
    """A private key is there but must not or cannot be used; the message says how to mend it."""


class KeyFolder:
    """The folder of an archive's keys. Nothing is made on the disk before the first key."""

    def __init__(self, folder: Path, passphrase: str = "") -> None:
        self.folder = folder
        self._passphrase = passphrase.encode() or None

    def path_of(self, public: bytes) -> Path:
        """Where the key with this public half is, or would be."""
        return self.folder / f"custody-{hashlib.sha256(public).hexdigest()[:16]}.pem"

    def has(self, public: bytes) -> bool:
        """Whether the key with this public half lies here."""
        return self.path_of(public).is_file()

    def find(self, public: bytes) -> Ed25519PrivateKey | None:
        """Give the key with this public half, None where its file is not here; KeyRefused where it may not be used."""
        path = self.path_of(public)
        if not path.is_file():
            return None
        key = self._load(path)
        if not isinstance(key, Ed25519PrivateKey) or key.public_key().public_bytes_raw() != public:
            raise KeyRefused(f"{path} holds another key than its name says: bring the right one back from a backup")
        return key

    def first(self) -> Ed25519PrivateKey:
        """Give the key for a new log: the one that was brought here before it (import-key), else a new one."""
        with self._locked():
            found = sorted(self.folder.glob("custody-*.pem"))
            if len(found) == 1:
                key = self._load(found[0])
                if isinstance(key, Ed25519PrivateKey):
                    return key
            return self._make_custody_key()

    def make(self) -> Ed25519PrivateKey:
        """Make a new key for the log."""
        with self._locked():
            return self._make_custody_key()

    def load_or_make_package_key(self) -> EllipticCurvePrivateKey:
        """Give the ECDSA P-384 key that signs exports, made at the first call."""
        path = self.folder / _PACKAGE
        with self._locked():
            if not path.is_file():
                made = generate_private_key(SECP384R1())
                self._write(path, made)
                return made
            key = self._load(path)
        if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP384R1):
            raise KeyRefused(f"{path} is no ECDSA key on P-384: move it away, and a new one is made")
        return key

    def add(self, data: bytes, passphrase: str = "") -> Ed25519PrivateKey:
        """Bring in a private key (PEM), sealed with its own passphrase or ours; one that is here already stays."""
        key = _read_pem(data, "the file", passphrase.encode() or self._passphrase)
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyRefused("the file holds no Ed25519 key: the custody log signs with no other")
        with self._locked():
            path = self.path_of(key.public_key().public_bytes_raw())
            if not path.is_file():
                self._write(path, key)
        return key

    def files(self) -> tuple[Path, ...]:
        """Give the key files that are here, by name."""
        if not self.folder.is_dir():
            return ()
        return tuple(sorted(path for path in self.folder.iterdir() if KEY_FILE.fullmatch(path.name)))

    def _make_custody_key(self) -> Ed25519PrivateKey:
        key = Ed25519PrivateKey.generate()
        self._write(self.path_of(key.public_key().public_bytes_raw()), key)
        return key

    def _load(self, path: Path) -> object:
        refuse_wide_rights(path)
        with path.open("rb") as file:
            return _read_pem(file.read(MOST_KEY_BYTES), str(path), self._passphrase)

    def _write(self, path: Path, key: Ed25519PrivateKey | EllipticCurvePrivateKey) -> None:
        seal: serialization.KeySerializationEncryption = (
            serialization.BestAvailableEncryption(self._passphrase)
            if self._passphrase
            else serialization.NoEncryption()
        )
        data = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, seal)
        write_private(path, data)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        make_folder(self.folder.parent)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(self.folder.parent)
        _refuse_wide_folder(self.folder)
        try:
            with FileLock(self.folder / ".lock", timeout=_LOCK_SECONDS, mode=0o600, thread_local=False):
                yield
        except Timeout:
            raise ArchiveLocked(f"{self.folder} is held by another process for {_LOCK_SECONDS} s; try again") from None


def load_or_make_package_key(root: Path, passphrase: str = "") -> EllipticCurvePrivateKey:
    """Give the ECDSA P-384 key with which the exports of the archive in `root` are signed (WACZ-auth)."""
    return KeyFolder(root / "keys", passphrase).load_or_make_package_key()


def write_private(path: Path, data: bytes) -> None:
    """Write a new file that only its owner may read; it appears under its name when all of it is on the disk."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if os.path.lexists(path):
            raise KeyRefused(f"{path} is there already, and a key is never overwritten: give another name")
        draft.rename(path)
        sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def refuse_wide_rights(path: Path) -> None:
    """Raise KeyRefused where others than its owner may read a key, or change its folder. Windows has no such bits."""
    _refuse_wide_folder(path.parent)
    mode = path.lstat().st_mode
    if not stat.S_ISREG(mode):
        raise KeyRefused(f"{path} is no plain file: put the key itself there, not a link to it")
    if os.name != "nt" and mode & _OTHERS:
        raise KeyRefused(
            f"{path} may be read by others (mode {stat.S_IMODE(mode):03o}): run `chmod 600 {path}`. If somebody may "
            "have copied it, run `cardwatch custody rotate --reason compromise` after that"
        )


def _refuse_wide_folder(folder: Path) -> None:
    mode = folder.stat().st_mode
    if os.name != "nt" and mode & _OTHERS:
        raise KeyRefused(
            f"{folder} is open to others (mode {stat.S_IMODE(mode):03o}) and private keys lie there: "
            f"run `chmod 700 {folder}`"
        )


def _read_pem(data: bytes, place: str, passphrase: bytes | None) -> object:
    try:
        return serialization.load_pem_private_key(data, passphrase if b"ENCRYPTED" in data else None)
    except TypeError:
        raise KeyRefused(f"{place} is sealed with a passphrase: set {PASSPHRASE_VARIABLE} to it") from None
    except ValueError:
        why = f"damaged, or {PASSPHRASE_VARIABLE} is not its passphrase" if passphrase else "damaged"
        raise KeyRefused(f"{place} cannot be read as a private key ({why}): import it anew from your copy") from None
