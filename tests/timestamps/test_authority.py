"""Asking a real authority: what a good answer gives, and that every bad one is told for what it is, in time."""

from __future__ import annotations

import hashlib
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from monitor.bounded_request import THREAD
from monitor.config.services import TimestampAuthority
from monitor.tsa import TokenNotGiven, ask_authority
from timestamps.authority import make_papers
from timestamps.proxy import start_proxy
from timestamps.tsa import Tsa, start_tsa

NOTE = "cardwatch/0011223344556677/1\n42\n测试\n".encode()
IMPRINT = hashlib.sha256(NOTE).digest()
POLICY = "1.3.6.1.4.1.99999.1"


@pytest.fixture(scope="module")
def shared_tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tsa]:
    with start_tsa(tmp_path_factory.mktemp("tsa")) as tsa:
        yield tsa


@pytest.fixture
def tsa(shared_tsa: Tsa) -> Tsa:
    shared_tsa.mode, shared_tsa.first_reply = "good", b""
    shared_tsa.asked.clear()
    return shared_tsa


def now() -> datetime:
    return datetime.now(UTC)


def authority_of(tsa: Tsa, *, seconds: float = 5, policy: str = "", ca: Path | None = None) -> TimestampAuthority:
    return TimestampAuthority("own", tsa.url, ca or tsa.root_pem, policy, seconds)


def refusal(tsa: Tsa, *, seconds: float = 5, policy: str = "", ca: Path | None = None) -> TokenNotGiven:
    with pytest.raises(TokenNotGiven) as caught:
        ask_authority(authority_of(tsa, seconds=seconds, policy=policy, ca=ca), IMPRINT, clock=now)
    return caught.value


def test_a_token_says_when_and_by_whom_and_how_long_its_papers_last(tsa: Tsa) -> None:
    given = ask_authority(authority_of(tsa, policy=POLICY), IMPRINT, clock=now)
    facts = given.facts
    assert abs(facts.gen_time - now()) < timedelta(seconds=30) and facts.accuracy == timedelta(seconds=1.5)
    assert facts.trusted and facts.problem == "" and facts.policy == POLICY
    assert facts.signer == "CN=Test Time Stamps"
    assert facts.chain == (tsa.papers.signer, tsa.papers.intermediate, tsa.papers.root)
    assert facts.expires_at == tsa.papers.signer.not_valid_after_utc
    assert abs(given.offset) < timedelta(seconds=5)


def test_openssl_agrees_that_a_token_is_good(tsa: Tsa, tmp_path: Path) -> None:
    given = ask_authority(authority_of(tsa), IMPRINT, clock=now)
    (tmp_path / "checkpoint").write_bytes(NOTE)
    (tmp_path / "token.tsr").write_bytes(given.data)
    command = ["openssl", "ts", "-verify", "-data", "checkpoint", "-in", "token.tsr", "-CAfile", str(tsa.root_pem)]
    assert b"Verification: OK" in subprocess.run(command, cwd=tmp_path, check=True, capture_output=True).stdout
    (tmp_path / "checkpoint").write_bytes(NOTE + b" ")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode != 0


def test_every_request_has_a_nonce_of_its_own_and_asks_for_the_certificates(tsa: Tsa) -> None:
    for _ in range(2):
        ask_authority(authority_of(tsa), IMPRINT, clock=now)
    first, second = tsa.asked
    assert first != second and all(IMPRINT in query for query in (first, second))
    assert first.endswith(b"\x01\x01\xff")  # certReq TRUE


def test_a_right_answer_under_a_wrong_media_type_is_taken(tsa: Tsa) -> None:
    tsa.mode = "other type"
    assert ask_authority(authority_of(tsa), IMPRINT, clock=now).facts.trusted


@pytest.mark.parametrize(
    ("mode", "reason", "passing"),
    [
        ("wrong imprint", "wrong imprint", False),
        ("wrong nonce", "wrong nonce", False),
        ("truncated", "cut off", True),
        ("cut connection", "cut off after 300 of", True),
        ("10 MB", "would have 10000000 bytes", True),
        ("10 MB in chunks", "more than 256000 bytes", True),
        ("web page", "its answer is text/html, no time-stamp reply", True),
        ("rejection", "rejection", False),
        ("error", "HTTP 503", True),
        ("redirect", "redirects to http://127.0.0.1:9/elsewhere", True),
        ("empty", "empty", True),
    ],
)
def test_a_wrong_answer_is_told_for_what_it_is(tsa: Tsa, mode: str, reason: str, passing: bool) -> None:
    tsa.mode = mode
    error = refusal(tsa)
    assert reason in str(error) and error.passing is passing


def test_a_rejection_is_told_in_the_authoritys_words(tsa: Tsa) -> None:
    tsa.mode = "rejection"
    assert "Message digest algorithm is not supported" in str(refusal(tsa))


def test_a_replayed_token_is_refused_though_its_imprint_is_right(tsa: Tsa) -> None:
    ask_authority(authority_of(tsa), IMPRINT, clock=now)
    tsa.mode = "replay"
    assert "wrong nonce: the token answers another request, as a replayed one does" in str(refusal(tsa))


@pytest.mark.parametrize("mode", ["hang", "slow drip", "drip in the head"])
def test_a_server_that_hangs_or_drips_is_left_in_time(tsa: Tsa, mode: str) -> None:
    tsa.mode = mode
    began = time.monotonic()
    error = refusal(tsa, seconds=1)
    assert "within 1 s" in str(error) and error.passing
    assert time.monotonic() - began < 3
    for thread in threading.enumerate():
        if thread.name == THREAD:
            thread.join(5)
            assert not thread.is_alive(), "the connection was left open behind the deadline"


def test_an_unknown_root_is_untrusted_and_named(tsa: Tsa, tmp_path: Path) -> None:
    other = make_papers(tmp_path, name="Other").root_pem
    assert "untrusted: the certificate of Test Intermediate's issuer (Test Root)" in str(refusal(tsa, ca=other))


def test_without_a_ca_of_its_own_an_authority_must_chain_to_what_mozilla_trusts(tsa: Tsa) -> None:
    with pytest.raises(TokenNotGiven, match="untrusted"):
        ask_authority(TimestampAuthority("own", tsa.url), IMPRINT, clock=now)


def test_a_ca_file_that_is_not_there_is_named(tsa: Tsa, tmp_path: Path) -> None:
    assert "nowhere.pem cannot be read" in str(refusal(tsa, ca=tmp_path / "nowhere.pem"))


def test_another_policy_than_the_configured_one_is_refused(tsa: Tsa) -> None:
    assert "its policy is 1.3.6.1.4.1.99999.1, not 1.2.3.4 as configured" in str(refusal(tsa, policy="1.2.3.4"))


def test_an_expired_signer_is_refused_with_the_day(tmp_path: Path) -> None:
    ended = datetime(2026, 1, 31, tzinfo=UTC)
    with start_tsa(tmp_path, make_papers(tmp_path, ends=ended)) as tsa:
        assert "expired: the certificate of Test Time Stamps ended on 2026-01-31" in str(refusal(tsa))


def test_a_name_that_does_not_exist_and_a_closed_port_are_told_apart() -> None:
    for url, reason in (
        ("http://nowhere.invalid/", "name of its host was not found"),
        ("http://127.0.0.1:9/", "refused"),
    ):
        with pytest.raises(TokenNotGiven, match=reason):
            ask_authority(TimestampAuthority("own", url), IMPRINT, clock=now)


def test_the_configured_proxy_carries_the_request(tsa: Tsa) -> None:
    with start_proxy() as proxy:
        given = ask_authority(authority_of(tsa), IMPRINT, clock=now, proxy=proxy.url)
    assert given.facts.trusted and proxy.tunnels == [tsa.url.split("/")[2]]


def test_a_web_server_with_a_bad_certificate_is_told(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with start_tsa(tmp_path, tls=context) as tsa:
        assert "the certificate of its web server is not trusted" in str(refusal(tsa))
