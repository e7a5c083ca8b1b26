"""Checking a token years later: pure, offline, and no byte of it may be changed unseen."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from monitor.certificate_chain import RootsUnreadableError, load_roots, parse_certificates, write_chain
from monitor.tsa import TokenFacts, TokenInvalid, verify_token
from timestamps.authority import Papers, cross_sign, make_papers
from timestamps.tsa import openssl_reply

NOTE = b"cardwatch/0011223344556677/1\n42\nAAAA\n"
IMPRINT = hashlib.sha256(NOTE).digest()


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return make_papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="module")
def token(papers: Papers) -> bytes:
    return make_token(papers)


def make_token(papers: Papers, note: bytes = NOTE) -> bytes:
    query = TimestampRequestBuilder().data(note).hash_algorithm(HashAlgorithm.SHA256).build()
    return openssl_reply(papers, query.as_bytes())


def check(token: bytes, papers: Papers, *, at: datetime | None = None) -> TokenFacts:
    return verify_token(token, IMPRINT, roots=[papers.root], at=at)


def test_a_token_of_an_rsa_key_is_checked_as_well(tmp_path: Path) -> None:
    papers = make_papers(tmp_path, with_rsa=True)
    assert check(make_token(papers), papers).trusted


def test_no_byte_of_a_token_can_be_changed_unseen(token: bytes, papers: Papers) -> None:
    unseen = []
    for place in range(len(token)):
        changed = bytearray(token)
        changed[place] ^= 1 << place % 8
        try:
            facts = check(bytes(changed), papers)
        except TokenInvalid:
            continue
        if facts.trusted and not facts.strays:
            unseen.append(place)
    assert unseen == []


def test_a_token_over_other_bytes_has_the_wrong_imprint(token: bytes, papers: Papers) -> None:
    with pytest.raises(TokenInvalid, match="wrong imprint"):
        verify_token(token, hashlib.sha256(NOTE + b" ").digest(), roots=[papers.root])


def test_a_changed_signature_is_told_from_an_unknown_signer(token: bytes, papers: Papers) -> None:
    changed = token[:-5] + bytes([token[-5] ^ 1]) + token[-4:]
    with pytest.raises(TokenInvalid, match="its signature does not hold"):
        verify_token(changed, IMPRINT, roots=[])
    facts = verify_token(token, IMPRINT, roots=[])
    assert not facts.trusted and "Test Root" in facts.problem and "untrusted" in facts.problem


def test_a_certificate_changed_inside_the_token_is_altered_not_untrusted(token: bytes, papers: Papers) -> None:
    place = token.index(papers.intermediate.signature) + 20
    changed = token[:place] + bytes([token[place] ^ 1]) + token[place + 1 :]
    with pytest.raises(TokenInvalid, match="Test Intermediate is not as its issuer signed it"):
        check(changed, papers)


def test_a_root_of_the_same_name_with_another_key_is_not_ours(token: bytes, tmp_path: Path) -> None:
    facts = verify_token(token, IMPRINT, roots=[make_papers(tmp_path).root])
    assert not facts.trusted and "untrusted" in facts.problem


def test_the_chain_may_come_from_beside_the_token_but_is_trusted_in_nothing(token: bytes, papers: Papers) -> None:
    beside = parse_certificates(write_chain((papers.signer, papers.intermediate, papers.root)), "chain")
    assert not verify_token(token, IMPRINT, roots=[], extra_chain=beside).trusted
    assert verify_token(token, IMPRINT, roots=[papers.root], extra_chain=beside).trusted


def test_a_certificate_that_ended_since_matters_only_for_the_moment_asked_about(tmp_path: Path) -> None:
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(days=5)
    papers = make_papers(tmp_path, ends=soon)
    token = make_token(papers)
    assert check(token, papers).trusted and check(token, papers, at=soon - timedelta(days=1)).trusted
    later = check(token, papers, at=soon + timedelta(days=1))
    assert not later.trusted and later.problem.startswith("expired: the certificate of Test Time Stamps ended on")
    assert later.expires_at == soon


def test_a_certificate_for_web_servers_makes_no_tokens(token: bytes, tmp_path: Path) -> None:
    # OpenSSL refuses to sign with one, so the papers are swapped behind its back: same keys, another purpose.
    good = make_papers(tmp_path / "good")
    wrong = make_papers(tmp_path / "wrong", for_time_stamps=False)
    with pytest.raises(subprocess.CalledProcessError):
        make_token(replace(wrong))
    swapped = make_token(good).replace(bytes.fromhex("2b06010505070308"), bytes.fromhex("2b06010505070301"))
    with pytest.raises(TokenInvalid):
        check(swapped, good)


@pytest.mark.parametrize("cut", [0, 1, 5, 100, -1, -100])
def test_a_cut_token_is_told_as_such(token: bytes, papers: Papers, cut: int) -> None:
    with pytest.raises(TokenInvalid, match="cut off"):
        check(token[:cut], papers)


def test_bytes_behind_a_token_and_tokens_beyond_bounds_are_refused(token: bytes, papers: Papers) -> None:
    with pytest.raises(TokenInvalid, match="follow"):
        check(token + b"\0", papers)
    with pytest.raises(TokenInvalid, match="the most is"):
        check(token + bytes(300_000), papers)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_refused_and_nothing_breaks(data: bytes) -> None:
    with pytest.raises(TokenInvalid):
        verify_token(data, IMPRINT, roots=[])


@settings(max_examples=300, deadline=None)
@given(place=st.integers(0, 1200), new=st.binary(max_size=6), gone=st.integers(0, 6))
def test_any_damage_inside_a_token_is_refused_or_told(
    token: bytes, papers: Papers, place: int, new: bytes, gone: int
) -> None:
    damaged = token[:place] + new + token[place + gone :]
    if damaged == token:
        return
    try:
        facts = check(damaged, papers)
    except TokenInvalid:
        return
    assert not facts.trusted or facts.strays


def test_mozillas_roots_are_there_and_a_file_without_any_is_refused(tmp_path: Path) -> None:
    assert len(load_roots(None)) > 50
    (tmp_path / "none.pem").write_text("nothing")
    with pytest.raises(RootsUnreadableError, match="holds no PEM certificate"):
        load_roots(tmp_path / "none.pem")
    (tmp_path / "broken.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    with pytest.raises(RootsUnreadableError, match="certificate 1 of"):
        load_roots(tmp_path / "broken.pem")
    assert all(isinstance(root, x509.Certificate) for root in load_roots(None))


def test_checking_a_token_needs_no_database() -> None:
    wanted = ("storage", "sqlalchemy", "sqlmodel")
    code = f"import sys, monitor.tsa; print([m for m in sys.modules if m.startswith({wanted})])"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_certificate_of_no_known_origin_in_a_token_is_named(papers: Papers, tmp_path: Path) -> None:
    # Certificates are not under the signature: anybody may put one in.
    foreign = make_papers(tmp_path, name="Foreign")
    (papers.folder / "intermediate.pem").write_bytes(write_chain((papers.intermediate, foreign.intermediate)))
    try:
        facts = check(make_token(papers), papers)
    finally:
        (papers.folder / "intermediate.pem").write_bytes(write_chain((papers.intermediate,)))
    assert facts.trusted and facts.strays == ("Foreign Intermediate",)


def test_a_second_way_from_the_same_authority_to_another_root_is_no_stray(papers: Papers) -> None:
    cross = cross_sign(papers.intermediate, "Older Root")
    (papers.folder / "intermediate.pem").write_bytes(write_chain((papers.intermediate, cross)))
    try:
        facts = check(make_token(papers), papers)
    finally:
        (papers.folder / "intermediate.pem").write_bytes(write_chain((papers.intermediate,)))
    assert facts.trusted and facts.strays == ()
