"""Certificates and time-stamp files: what could be checked is said, and nothing more."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder
from timestamps.authority import make_papers
from timestamps.tsa import openssl_reply

from monitor.complaints.intake.certificates import check_token

from .conftest import Bring, by_name
from .samples import write_picture

DATA = "取证原文件".encode()


@pytest.fixture(scope="module")
def reply(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    query = TimestampRequestBuilder().data(DATA).hash_algorithm(HashAlgorithm.SHA256).build()
    return openssl_reply(make_papers(tmp_path_factory.mktemp("tsa")), query.as_bytes())


def token_in(reply: bytes) -> bytes:
    """The bare token of a reply, as some services hand it out."""
    return reply[reply.index(bytes.fromhex("06092a864886f70d010702")) - 4 :]


def test_a_token_over_a_file_at_hand_is_checked_as_far_as_it_goes(bring: Bring, inbox: Path, reply: bytes) -> None:
    (inbox / "z取证.txt").write_bytes(DATA)
    (inbox / "a证书.tsr").write_bytes(reply)
    files = by_name(bring(inbox))
    item = files["a证书.tsr"].item
    assert item is not None
    assert (item.kind, item.times[0].source, item.conflicts) == ("certificate", "certificate", ())
    said = files["a证书.tsr"].notes[-1]
    assert "“z取证.txt”：摘要一致，签名与内容相符" in said
    assert "没有核对签发机构是否可信" in said
    assert item.text == said


def test_a_token_is_held_against_the_files_of_earlier_days_too(bring: Bring, inbox: Path, reply: bytes) -> None:
    (inbox / "取证.txt").write_bytes(DATA)
    bring(inbox)
    (inbox / "later.tsa").write_bytes(reply)
    assert "摘要一致" in bring(inbox / "later.tsa").files[0].notes[-1]


def test_a_bare_token_is_read_as_well(reply: bytes) -> None:
    check = check_token(token_in(reply), {hashlib.sha256(DATA).hexdigest(): "取证.txt"})
    assert (check.over, check.trouble) == ("取证.txt", "")
    assert check.at is not None


def test_a_token_without_its_file_proves_nothing(bring: Bring, inbox: Path, reply: bytes) -> None:
    (inbox / "other.txt").write_bytes(DATA + b"!")
    (inbox / "t.tsr").write_bytes(reply)
    files = by_name(bring(inbox))
    item = files["t.tsr"].item
    assert item is not None
    assert not [time for time in item.times if time.source == "certificate"]
    assert "没有核对" in files["t.tsr"].notes[-1]


def test_a_forged_token_is_a_contradiction(bring: Bring, inbox: Path, reply: bytes) -> None:
    forged = bytearray(reply)
    forged[-5] ^= 0xFF  # in the signature
    (inbox / "f.txt").write_bytes(DATA)
    (inbox / "t.tsr").write_bytes(forged)
    item = by_name(bring(inbox))["t.tsr"].item
    assert item is not None
    assert "核对不通过" in item.conflicts[0]
    assert not [time for time in item.times if time.source == "certificate"]


@pytest.mark.parametrize("data", [b"", b"0", b"0\x82\xff\xff" + bytes(50), bytes(300_000), b"not a token"])
def test_what_is_no_token_is_said_to_be_unchecked(data: bytes) -> None:
    check = check_token(data, {})
    assert check.at is None
    assert "没有" in check.said


def test_a_certificate_is_known_by_its_words_and_never_called_verified(bring: Bring, inbox: Path) -> None:
    write_picture(inbox / "可信时间戳认证证书.png")
    (inbox / "公证书.html").write_text("<html><body>公证书 （2026）某证字第1号 公证处</body></html>")
    for file in bring(inbox).files:
        assert file.item is not None
        assert file.item.kind == "certificate"
        assert any("没有核验真伪" in note for note in file.notes)
