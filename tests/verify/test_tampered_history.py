"""Forgers who re-make everything, the key's own holder among them: found where something from outside is at hand."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from monitor.verify.anchors import read_earlier
from monitor.verify.checks import Status
from monitor.verify.verdict import Verdict
from storage.notes import VerifierKey

from .conftest import Bench, Judge, assert_altered, checks, failed, ids
from .maker import (
    HTML,
    NOW,
    Files,
    Log,
    Made,
    canonical,
    edit_proof,
    list_files,
    make_capture,
    make_export,
    package_key,
    sha,
    write_zip,
)

FORGED = HTML.replace("7天".encode(), "3天".encode())


def forge(bench: Bench) -> Made:
    """The fourth capture with another promise in it, sealed anew in every part."""
    return make_capture(3, bench.captures[3].started, FORGED)


def rewrite(bench: Bench, log: Log) -> tuple[Files, Log]:
    """A whole consistent export of the forged capture in a log where all else is as it was."""
    made, index = forge(bench), bench.indices[3]
    told = json.loads(log.entries[index])
    log.entries[index] = json.dumps(
        {**told, "manifest": sha(made.manifest)}, sort_keys=True, separators=(",", ":")
    ).encode()
    return make_export(made, log, index, log.checkpoint(), []), log


def with_old_token(bench: Bench, files: Files) -> Files:
    names = ("cardwatch/token-test.tsr", "cardwatch/token-test.chain.pem")
    edit_proof(files, tokens=json.loads(bench.files["cardwatch/proof.json"])["tokens"])
    return {**files, **{name: bench.files[name] for name in names}}


def other_key_log(bench: Bench) -> Log:
    """The same entries under the same name, begun with a key of the forger's."""
    log = bench.log.copy()
    log.key = Ed25519PrivateKey.generate()
    log.entries[0] = canonical({**json.loads(log.entries[0]), "key": log.verifier})
    return log


# --- step by step: each level that a forger re-makes is caught by the next -------------------------------------------


def test_a_forged_page_is_caught_by_the_manifest(bench: Bench, judge: Judge) -> None:
    made = forge(bench)
    files = {**bench.files, "archive/capture.warc.gz": made.warc}
    told = {"path": "archive/capture.warc.gz", "sha256": sha(made.warc), "bytes": len(made.warc), "redacted": False}
    edit_proof(files, warc=told)
    report = judge(bench.listed(files))
    assert_altered(report, "warc_digest")
    assert {"record_commitments", "exchange_commitments"} <= failed(report)
    named = [check.about for check in checks(report) if check.id == "record_commitments" and check.status == "failed"]
    assert any("https://shop.test/item" in about for about in named)


def test_a_forged_manifest_is_caught_by_the_entry(bench: Bench, judge: Judge) -> None:
    made = forge(bench)
    files = {
        **bench.files,
        "archive/capture.warc.gz": made.warc,
        "cardwatch/manifest.json.gz": made.manifest,
    }
    told = json.loads(files["cardwatch/proof.json"])
    told["warc"].update(sha256=sha(made.warc), bytes=len(made.warc))
    told["manifest"]["sha256"] = sha(made.manifest)
    edit_proof(files, **told)
    assert_altered(judge(bench.listed(files)), "manifest_digest")


def test_a_forged_entry_is_caught_by_the_proof_of_inclusion(bench: Bench, judge: Judge) -> None:
    files, _ = rewrite(bench, bench.log.copy())
    for name in ("cardwatch/checkpoint", "cardwatch/custody.tlog-proof", "cardwatch/key-0.tlog-proof"):
        files[name] = bench.files[name]
    assert_altered(judge(bench.listed(files)), "inclusion")


def test_a_forged_log_without_the_key_is_caught_by_the_signature(bench: Bench, judge: Judge) -> None:
    log = bench.log.copy()
    log.key = Ed25519PrivateKey.generate()  # but entry 0 names the real one
    files, _ = rewrite(bench, log)
    assert_altered(judge(bench.listed(files)), "checkpoint_signature")


# --- all re-made and signed by another key ---------------------------------------------------------------------------


def test_all_re_made_under_another_key_cannot_be_told_without_help(bench: Bench, judge: Judge) -> None:
    files, _ = rewrite(bench, other_key_log(bench))
    report = judge(list_files(files, package_key()))
    assert report.verdict is Verdict.CANNOT_SAY
    assert failed(report) == set()


def test_all_re_made_under_another_key_is_told_by_a_pinned_key(bench: Bench, judge: Judge) -> None:
    files, _ = rewrite(bench, other_key_log(bench))
    pinned = (VerifierKey.parse(bench.log.verifier),)
    assert_altered(judge(list_files(files, package_key()), pinned=pinned), "pinned_key")


def test_a_forger_who_writes_the_pinned_key_into_his_history_gets_no_intact(bench: Bench, judge: Judge) -> None:
    log = bench.log.copy()
    log.rotate(NOW - timedelta(minutes=5))  # the entry names the real key; the new one is the forger's
    files, _ = rewrite(bench, log)
    report = judge(bench.listed(files), pinned=(VerifierKey.parse(bench.log.verifier),))
    assert report.verdict is Verdict.CANNOT_SAY


@pytest.mark.parametrize("size", [4, 7])
def test_all_re_made_under_another_key_is_told_by_an_earlier_checkpoint(bench: Bench, judge: Judge, size: int) -> None:
    files, _ = rewrite(bench, other_key_log(bench))
    kept = read_earlier("kept", bench.log.checkpoint(size))
    assert_altered(judge(bench.listed(files), earlier=(kept,)), "earlier_checkpoint")


def test_a_log_of_another_name_is_not_the_one_that_was_kept(bench: Bench, judge: Judge) -> None:
    log = Log("ffffffffffffffff")
    made = forge(bench)
    index = log.append("capture", made.ended, manifest=sha(made.manifest))
    files = bench.listed(make_export(made, log, index, log.checkpoint(), []))
    assert judge(files).verdict is Verdict.CANNOT_SAY
    assert_altered(judge(files, earlier=(read_earlier("kept", bench.checkpoint),)), "earlier_checkpoint")
    assert_altered(judge(files, pinned=(VerifierKey.parse(bench.log.verifier),)), "pinned_key")


def test_the_old_token_does_not_fit_what_was_re_made(bench: Bench, judge: Judge) -> None:
    files, _ = rewrite(bench, other_key_log(bench))
    assert_altered(judge(bench.listed(with_old_token(bench, files))), "token_imprint")


# --- the key's own holder rewrites his log from an earlier point -----------------------------------------------------


def test_the_holder_s_rewriting_cannot_be_told_without_help(bench: Bench, judge: Judge) -> None:
    files, _ = rewrite(bench, bench.log.copy())
    report = judge(bench.listed(files))
    assert report.verdict is Verdict.CANNOT_SAY
    assert failed(report) == set()


@pytest.mark.parametrize("size", [7, 8])
def test_the_holder_s_rewriting_is_told_by_an_earlier_checkpoint(bench: Bench, judge: Judge, size: int) -> None:
    log = bench.log.copy()
    log.append("evidence", NOW, manifest=sha(b"later"))
    kept = read_earlier("kept", bench.checkpoint if size == 7 else log.checkpoint(8))
    rewritten = bench.log.copy()
    if size == 8:
        rewritten.append("evidence", NOW, manifest=sha(b"later"))
    files, _ = rewrite(bench, rewritten)
    assert_altered(judge(bench.listed(files), earlier=(kept,)), "earlier_checkpoint")


def test_the_holder_s_rewriting_before_a_kept_checkpoint_is_told_by_the_consistency_proof_that_fails(
    bench: Bench, judge: Judge
) -> None:
    log = bench.log.copy()
    files, _ = rewrite(bench, log)
    files["cardwatch/newest.checkpoint"] = bench.checkpoint
    files["cardwatch/consistency.json"] = json.dumps(
        {"from": "cardwatch/checkpoint", "to": "cardwatch/newest.checkpoint", "hashes": []}
    ).encode()
    edit_proof(files, consistency={"path": "cardwatch/consistency.json", "keys": []})
    assert_altered(judge(bench.listed(files)), "consistency")


def test_the_holder_s_rewriting_with_the_old_token_is_told_by_its_imprint(bench: Bench, judge: Judge) -> None:
    files, _ = rewrite(bench, bench.log.copy())
    assert_altered(judge(bench.listed(with_old_token(bench, files))), "token_imprint")


def test_the_holder_s_rewriting_with_a_new_token_shows_when_it_was_made(bench: Bench, judge: Judge) -> None:
    files, log = rewrite(bench, bench.log.copy())
    checkpoint = log.checkpoint()
    files = make_export(forge(bench), log, bench.indices[3], checkpoint, [("test", *bench.stamp(checkpoint))])
    report = judge(bench.listed(files))
    proven = report.subjects[0].facts.proven_before
    assert proven is not None and proven > bench.captures[3].ended + timedelta(hours=6)
    (said,) = [check.detail.en for check in checks(report) if check.id == "clock_order"]
    assert "h after the capture" in said


# --- clocks ----------------------------------------------------------------------------------------------------------


def stamped(bench: Bench, made: Made, log: Log, index: int) -> Files:
    checkpoint = log.checkpoint()
    return bench.listed(make_export(made, log, index, checkpoint, [("test", *bench.stamp(checkpoint))]))


def test_a_capture_that_claims_a_time_after_its_token_is_found(bench: Bench, judge: Judge) -> None:
    made = make_capture(9, NOW + timedelta(hours=3))
    log = bench.log.copy()
    index = log.append("capture", made.ended, manifest=sha(made.manifest))
    assert_altered(judge(stamped(bench, made, log, index)), "clock_order")


def test_an_entry_that_claims_a_time_after_its_token_is_found(bench: Bench, judge: Judge) -> None:
    made = make_capture(9, NOW - timedelta(hours=3))
    log = bench.log.copy()
    index = log.append("capture", NOW + timedelta(hours=3), manifest=sha(made.manifest))
    assert_altered(judge(stamped(bench, made, log, index)), "clock_order")


def test_a_capture_that_ended_after_its_entry_is_found(bench: Bench, judge: Judge) -> None:
    made = make_capture(9, NOW - timedelta(hours=1))
    log = bench.log.copy()
    index = log.append("capture", NOW - timedelta(hours=2), manifest=sha(made.manifest))
    assert_altered(judge(bench.listed(make_export(made, log, index, log.checkpoint(), []))), "clock_order")


def test_an_entry_that_claims_to_be_older_than_the_log_is_found(bench: Bench, judge: Judge) -> None:
    made = make_capture(9, NOW - timedelta(days=40))
    log = bench.log.copy()  # begun thirty days ago
    index = log.append("capture", made.ended, manifest=sha(made.manifest))
    assert_altered(judge(stamped(bench, made, log, index)), "clock_order")


def test_an_entry_backdated_before_one_that_was_stamped_already_is_found_in_a_pack(bench: Bench, judge: Judge) -> None:
    made = make_capture(9, bench.captures[1].started)
    log = bench.log.copy()  # its last entry is of a later hour, and is stamped
    index = log.append("capture", made.ended, manifest=sha(made.manifest))
    later = stamped(bench, made, log, index)
    assert judge(later).verdict is Verdict.INTACT
    assert_altered(judge({"a.wacz": write_zip(bench.export(5)), "b.wacz": write_zip(later)}), "clock_order")


def test_clocks_may_differ_by_minutes(bench: Bench, judge: Judge) -> None:
    made = make_capture(9, NOW + timedelta(minutes=4))
    log = bench.log.copy()
    index = log.append("capture", made.ended - timedelta(minutes=2), manifest=sha(made.manifest))
    assert judge(stamped(bench, made, log, index)).verdict is Verdict.INTACT


def test_a_token_from_the_future_is_found(bench: Bench, judge: Judge) -> None:
    assert_altered(judge(bench.files, at=NOW - timedelta(days=1)), "token_time")


# --- forms -----------------------------------------------------------------------------------------------------------


def test_an_entry_that_is_not_canonical_is_refused_even_if_the_log_seals_it(bench: Bench, judge: Judge) -> None:
    log = bench.log.copy()
    made = bench.captures[3]
    fields = {"at": "2026-01-01T00:00:00.000000Z", "kind": "capture", "manifest": sha(made.manifest)}
    log.entries.append(json.dumps(fields).encode())  # with blanks
    files = make_export(made, log, len(log.entries) - 1, log.checkpoint(), [])
    assert_altered(judge(bench.listed(files)), "entry")


def test_a_name_that_stands_twice_in_the_entry_is_refused(bench: Bench, judge: Judge) -> None:
    log = bench.log.copy()
    made = bench.captures[3]
    at = '"at":"2026-01-01T00:00:00.000000Z"'
    log.entries.append(f'{{{at},"kind":"capture","manifest":"{"0" * 64}","manifest":"{sha(made.manifest)}"}}'.encode())
    files = make_export(made, log, len(log.entries) - 1, log.checkpoint(), [])
    assert_altered(judge(bench.listed(files)), "entry")


def test_an_entry_of_another_kind_proves_no_capture(bench: Bench, judge: Judge) -> None:
    log = bench.log.copy()
    made = bench.captures[3]
    index = log.append("tombstone", NOW, manifest=sha(made.manifest), reason="x")
    assert_altered(judge(bench.listed(make_export(made, log, index, log.checkpoint(), []))), "entry")


@pytest.mark.parametrize("change", ["key", "previous", "order", "epoch"])
def test_a_history_of_keys_that_does_not_fit_is_found(bench: Bench, judge: Judge, change: str) -> None:
    log = Log()
    old = log.key
    if change == "previous":
        log.key = Ed25519PrivateKey.generate()
    if change == "epoch":
        log.epoch = 1
        log.append("epoch", NOW, epoch=1, reason="restore", after=None, key=log.verifier)
    else:
        log.rotate(NOW - timedelta(days=1))
    made = make_capture()
    index = log.append("capture", made.ended, manifest=sha(made.manifest))
    if change == "key":
        log.key = old
    files = make_export(made, log, index, log.checkpoint(), [])
    if change == "order":
        told = json.loads(files["cardwatch/proof.json"])["log"]
        edit_proof(files, log={**told, "keys": told["keys"][1:]})
    report = judge(bench.listed(files))
    assert report.verdict is Verdict.ALTERED
    assert failed(report) & {"key_history", "checkpoint_signature"}


def test_a_key_that_was_compromised_is_said(bench: Bench, judge: Judge) -> None:
    log = Log()
    made = make_capture()
    index = log.append("capture", made.ended, manifest=sha(made.manifest))
    log.rotate(NOW, "compromise")
    report = judge(bench.listed(make_export(made, log, index, log.checkpoint(), [])))
    assert "key_history" in ids(report, Status.CANNOT_SAY)
