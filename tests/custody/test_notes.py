"""Notes, checkpoints and proofs: read strictly, checked by openssl, and never a crash."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import ArchiveDamaged
from storage.notes import (
    Head,
    VerifierKey,
    parse_head,
    parse_note,
    parse_proof,
    sign_note,
    verifier_key,
    write_proof,
)
from storage.tiles import unpack_bundle

ORIGIN = "cardwatch/0123456789abcdef/1"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
HEAD = Head(ORIGIN, 41, b"\x07" * 32)
NOTE = sign_note(HEAD.text, ORIGIN, KEY)
PROOF = write_proof(5, [b"\x01" * 32, b"\x02" * 32], NOTE)


def test_a_checkpoint_comes_back_as_it_was_written() -> None:
    assert parse_head(parse_note(NOTE)) == HEAD
    assert NOTE.decode().startswith(f"{ORIGIN}\n41\nBwcH")
    assert NOTE.decode().count("\n") == 5


def test_openssl_verifies_the_signature(tmp_path: Path) -> None:
    note = parse_note(NOTE)
    pem = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "text").write_bytes(note.text.encode())
    (tmp_path / "sig").write_bytes(note.signatures[0].value)
    command = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "key.pem",
        "-rawin",
        "-in",
        "text",
        "-sigfile",
        "sig",
    ]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0
    (tmp_path / "text").write_bytes(note.text.replace("41", "42").encode())
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode != 0


def test_the_verifier_key_of_the_go_documentation_is_read() -> None:
    # The example of golang.org/x/mod/sumdb/note.
    text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    key = VerifierKey.parse(text)
    note = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert key.text == text
    assert key.verify(parse_note(note.encode()))
    assert not key.verify(parse_note(note.replace("answer", "Answer").encode()))


def test_only_the_right_key_under_the_right_name_verifies() -> None:
    note = parse_note(NOTE)
    assert verifier_key(ORIGIN, KEY).verify(note)
    assert not verifier_key(ORIGIN, OTHER).verify(note)
    assert not verifier_key("cardwatch/0123456789abcdef/2", KEY).verify(note)
    both = parse_note(sign_note(HEAD.text, ORIGIN, KEY, OTHER))
    assert verifier_key(ORIGIN, KEY).verify(both) and verifier_key(ORIGIN, OTHER).verify(both)


def test_a_bad_signature_beside_a_good_one_of_the_same_key_is_refused() -> None:
    forged = base64.b64encode(verifier_key(ORIGIN, KEY).key_hash + bytes(64)).decode()
    note = parse_note(NOTE + f"— {ORIGIN} {forged}\n".encode())
    assert not verifier_key(ORIGIN, KEY).verify(note)


def test_signatures_of_others_are_left_alone() -> None:
    witness = base64.b64encode(b"wxyz" + b"a cosignature of another kind").decode()
    note = parse_note(NOTE + f"— witness.example {witness}\n".encode())
    assert verifier_key(ORIGIN, KEY).verify(note)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        HEAD.text.encode(),
        NOTE[:-1],
        NOTE.replace("—".encode(), b"-"),
        NOTE.replace(b"\n", b"\r\n"),
        NOTE + b"\n",
        NOTE + b"more\n",
        b"\xff" + NOTE,
        NOTE.replace(b"=\n", b"\n"),
        NOTE + NOTE.splitlines()[-1] + b"\n" * 2,
        NOTE + (NOTE.splitlines()[-1] + b"\n") * 101,
        b"x" * (65 << 10) + NOTE,
    ],
)
def test_what_is_no_note_is_refused(data: bytes) -> None:
    with pytest.raises(ArchiveDamaged):
        parse_note(data)


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n041\n{'A' * 43}=\n",
        f"{ORIGIN}\n-1\n{'A' * 43}=\n",
        f"{ORIGIN}\n٤\n{'A' * 43}=\n",
        f"{ORIGIN}\n9223372036854775808\n{'A' * 43}=\n",
        f"{ORIGIN}\n1\nAAAA\n",
        f"{ORIGIN}\n1\n{'A' * 42}B=\n",
        f"{ORIGIN}\n1\n",
        f"{ORIGIN}\n1\n{'A' * 43}=\n\nextension\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ArchiveDamaged):
        parse_head(parse_note(sign_note(text, ORIGIN, KEY)))


def test_an_extension_line_is_no_trouble() -> None:
    assert parse_head(parse_note(sign_note(HEAD.text + "extension\n", ORIGIN, KEY))) == HEAD


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000+AAAA",
        verifier_key(ORIGIN, KEY).text[:-4],
        verifier_key(ORIGIN, KEY).text.replace("+", "+0", 1),
        verifier_key(ORIGIN, KEY).text.replace("/1+", "/2+"),
    ],
)
def test_a_mistyped_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(ArchiveDamaged):
        VerifierKey.parse(text)


def test_a_proof_comes_back_as_it_was_written() -> None:
    proof = parse_proof(PROOF)
    assert (proof.index, proof.hashes, proof.note.data) == (5, (b"\x01" * 32, b"\x02" * 32), NOTE)
    assert PROOF.startswith(b"c2sp.org/tlog-proof@v1\nindex 5\nAQEB")
    extra = PROOF.replace(b"index", b"extra aGVsbG8=\nindex", 1)
    assert parse_proof(extra) == proof
    assert parse_proof(write_proof(0, (), NOTE)).hashes == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        NOTE,
        PROOF.replace(b"@v1", b"@v2"),
        PROOF.replace(b"index 5", b"index 05"),
        PROOF.replace(b"index 5\n", b""),
        PROOF.replace(b"AQEB", b"AQE", 1),
        PROOF.replace(b"index", b"extra !\nindex", 1),
        write_proof(5, [b"\x01" * 31], NOTE),
        write_proof(5, [b"\x01" * 32] * 65, NOTE),
        PROOF[: -len(NOTE)],
    ],
)
def test_what_is_no_proof_is_refused(data: bytes) -> None:
    with pytest.raises(ArchiveDamaged):
        parse_proof(data)


@given(st.binary(max_size=400) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_no_bytes_crash_a_reader(data: bytes) -> None:
    for read in (parse_note, parse_proof, lambda found: VerifierKey.parse(found.decode("utf-8", "replace"))):
        try:
            read(data)
        except ArchiveDamaged:
            continue


@given(st.integers(0, len(PROOF) - 1), st.integers(1, 255))
def test_a_flipped_byte_of_a_proof_is_refused_or_told(place: int, bits: int) -> None:
    data = bytearray(PROOF)
    data[place] ^= bits
    try:
        proof = parse_proof(bytes(data))
    except ArchiveDamaged:
        return
    original = parse_proof(PROOF)
    same_leaf = (proof.index, proof.hashes) == (original.index, original.hashes)
    assert not (same_leaf and verifier_key(ORIGIN, KEY).verify(proof.note))


@given(st.text(), st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_every_checkpoint_that_can_be_signed_is_read_back(name: str, size: int, root: bytes) -> None:
    head = Head("cardwatch/" + "".join(letter for letter in name if letter.isalnum()), size, root)
    assert parse_head(parse_note(sign_note(head.text, head.origin, KEY))) == head


@given(st.lists(st.binary(max_size=40), max_size=20), st.binary(max_size=30))
def test_bundles_come_back_and_cut_ones_are_refused(entries: list[bytes], tail: bytes) -> None:
    data = b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
    assert unpack_bundle(data) == tuple(entries)
    try:
        assert unpack_bundle(data + tail)[: len(entries)] == tuple(entries)
    except ArchiveDamaged:
        assert tail
