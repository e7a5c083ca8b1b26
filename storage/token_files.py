"""Tokens as files of the archive's `log/tokens/`: read without a database, never overwritten (docs/evidence.md).

The database keeps the same bytes, and the certificates that each token was verified with, so that the files can be
written again. A certificate is kept once, however many tokens rest on it.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from storage.checkpoints import list_checkpoints
from storage.errors import ArchiveDamaged
from storage.model import TimeToken, TokenKind, TokenStatus
from storage.objects import make_folder, sync_folder
from storage.runs import read_note, write_note
from storage.session import Session
from storage.tokens import newest_tokens, tokens_of_checkpoint

if TYPE_CHECKING:
    from storage.archive import Archive

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?")


def keep_chain(session: Session, token_key: int, chain: bytes) -> None:
    """Keep the certificates (PEM, from the signer to the root) that a token was verified with."""
    digests = []
    for piece in _PEM.findall(chain):
        digest = hashlib.sha256(piece).hexdigest()
        write_note(session, f"certificate:{digest}", piece.decode("ascii"))
        digests.append(digest)
    write_note(session, f"chain:{token_key}", " ".join(digests))


def chain_of(session: Session, token_key: int) -> bytes:
    """Give the certificates that a token was verified with as PEM, b"" where none are kept."""
    digests = (read_note(session, f"chain:{token_key}") or "").split()
    pieces = [read_note(session, f"certificate:{digest}") for digest in digests]
    if None in pieces:
        raise ArchiveDamaged(f"a certificate of token {token_key} is missing from the database; restore a backup")
    return "".join(piece or "" for piece in pieces).encode("ascii")


def name_token_file(token: TimeToken, siblings: Sequence[TimeToken]) -> str:
    """The name of a token's file; `siblings` are all tokens of its checkpoint."""
    stem = f"{token.checkpoint.epoch}-{token.checkpoint.size}.{token.authority}"
    if token.kind is TokenKind.OPENTIMESTAMPS:
        return f"{stem}.ots" if token.status is TokenStatus.PENDING else f"{stem}.upgraded.ots"
    if token.renews is None:
        return f"{stem}.tsr"
    renewals = [t.key for t in siblings if t.authority == token.authority and t.renews is not None]
    return f"{stem}.r{sorted(renewals).index(token.key) + 1}.tsr"


def chain_file_of(name: str) -> str:
    """The name of the file of certificates beside a token's file."""
    return f"{name.removesuffix('.tsr')}.chain.pem"


def publish_newest(archive: Archive, limit: int) -> None:
    """Write the files of the tokens that came last; so those that a killed run left unwritten come with the next."""
    with archive.database.reading() as session:
        files = [
            file
            for token in newest_tokens(session, limit)
            for file in _files_of(session, token, tokens_of_checkpoint(session, token.checkpoint))
        ]
    _write_files(archive.log.folder / "tokens", files)


def publish_tokens(archive: Archive) -> None:
    """Write the files of every token that has bytes and is not there yet, one checkpoint after the other.

    Raises ArchiveDamaged when a file of that name has other bytes.
    """
    with archive.database.reading() as session:
        for checkpoint in list_checkpoints(session):
            siblings = tokens_of_checkpoint(session, checkpoint)
            files = [file for token in siblings for file in _files_of(session, token, siblings)]
            _write_files(archive.log.folder / "tokens", files)


def _files_of(session: Session, token: TimeToken, siblings: Sequence[TimeToken]) -> Iterable[tuple[str, bytes]]:
    if token.data is None or token.status is TokenStatus.REFUSED:
        return
    name = name_token_file(token, siblings)
    yield name, token.data
    if token.kind is TokenKind.RFC3161:
        yield chain_file_of(name), chain_of(session, token.key)


def _write_files(folder: Path, files: Sequence[tuple[str, bytes]]) -> None:
    if not files:
        return
    make_folder(folder)
    for name, data in files:
        _write_once(folder / name, data)
    sync_folder(folder)


def _write_once(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; one that is there stays, and must have the same bytes."""
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        return
    if found != data:
        raise ArchiveDamaged(f"{path} is not the token that the database holds; move it away and publish again")
