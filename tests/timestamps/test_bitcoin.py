"""OpenTimestamps proofs: pending, confirmed, and what can be said of them without Bitcoin at hand."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.ots import ProofInvalid, ProofNotGiven, ask_calendar, check_proof, upgrade_proof
from timestamps.calendar import BLOCK_TIME, HEIGHT, CalendarServer, start_calendar

DIGEST = hashlib.sha256(b"checkpoint").digest()


@pytest.fixture
def calendar() -> Iterator[CalendarServer]:
    with start_calendar() as server:
        yield server


def test_a_pending_proof_names_its_calendar_and_proves_nothing_yet(calendar: CalendarServer) -> None:
    facts = check_proof(ask_calendar(calendar.url, DIGEST, seconds=5), DIGEST)
    assert facts.pending == (calendar.url,) and facts.blocks == ()
    assert facts.verified is None and "Bitcoin has not confirmed it yet" in facts.problem


def test_an_upgraded_proof_leads_to_a_block_whose_header_decides(calendar: CalendarServer) -> None:
    pending = ask_calendar(calendar.url, DIGEST, seconds=5)
    assert upgrade_proof(pending, DIGEST, calendar.url, seconds=5) is None
    calendar.confirm()
    proof = upgrade_proof(pending, DIGEST, calendar.url, seconds=5)
    assert proof is not None and proof != pending
    header = calendar.headers[HEIGHT]
    offline = check_proof(proof, DIGEST)
    assert offline.blocks == ((HEIGHT, header[36:68][::-1].hex()),)
    assert offline.verified is None and "no header of Bitcoin block 840000 was given" in offline.problem
    good = check_proof(proof, DIGEST, {HEIGHT: header})
    assert good.verified is True and good.block_time == datetime.fromtimestamp(BLOCK_TIME, UTC) and good.problem == ""
    other = check_proof(proof, DIGEST, {HEIGHT: bytes(80)})
    assert other.verified is False and "another Merkle root" in other.problem
    assert check_proof(proof, DIGEST, {HEIGHT + 1: header}).verified is None
    short = check_proof(proof, DIGEST, {HEIGHT: b"x"})
    assert short.verified is None and "has 1 bytes" in short.problem


def test_a_proof_of_other_bytes_is_refused(calendar: CalendarServer) -> None:
    proof = ask_calendar(calendar.url, DIGEST, seconds=5)
    with pytest.raises(ProofInvalid, match="wrong digest"):
        check_proof(proof, hashlib.sha256(b"other").digest())
    for data in (b"", proof[:-1], proof + b"\0", proof[:40], bytes(100_000)):
        with pytest.raises(ProofInvalid):
            check_proof(data, DIGEST)


@pytest.mark.parametrize(("mode", "reason"), [("web page", "text/html"), ("truncated", "cut off")])
def test_a_wrong_answer_of_a_calendar_is_told(calendar: CalendarServer, mode: str, reason: str) -> None:
    calendar.mode = mode
    with pytest.raises(ProofNotGiven, match=reason):
        ask_calendar(calendar.url, DIGEST, seconds=5)


def test_a_calendar_that_hangs_is_left_in_time(calendar: CalendarServer) -> None:
    calendar.mode = "hang"
    began = time.monotonic()
    with pytest.raises(ProofNotGiven, match="within 1 s"):
        ask_calendar(calendar.url, DIGEST, seconds=1)
    assert time.monotonic() - began < 3


def test_a_proof_cannot_send_us_to_an_address_that_nobody_configured(calendar: CalendarServer) -> None:
    calendar.names = "http://127.0.0.1:9/admin"
    pending = ask_calendar(calendar.url, DIGEST, seconds=5)
    with pytest.raises(ProofNotGiven, match="neither configured nor well known"):
        upgrade_proof(pending, DIGEST, calendar.url, seconds=5)


@pytest.mark.filterwarnings("ignore:OpReverse:PendingDeprecationWarning")  # the library's word to its own users
@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_behind_a_right_head_are_read_or_refused(data: bytes) -> None:
    head = bytes.fromhex("004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e892940108") + DIGEST
    try:
        check_proof(head + data, DIGEST)
    except ProofInvalid:
        return
