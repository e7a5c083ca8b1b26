"""What is as it should be verifies, in every shape that docs/evidence.md allows, and says no more than is proven."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
from opentimestamps.core.op import OpSHA256
from opentimestamps.core.serialize import BytesSerializationContext
from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp

from monitor.verify.anchors import read_earlier
from monitor.verify.checks import KINDS, Status
from monitor.verify.verdict import Verdict
from storage.notes import VerifierKey

from .conftest import Bench, Judge, assert_altered, checks, ids
from .maker import NOW, Files, Log, edit_proof, make_capture, make_export, pretty, sha


def test_an_export_with_a_trusted_token_is_intact(bench: Bench, judge: Judge) -> None:
    report = judge(bench.files)
    assert report.verdict is Verdict.INTACT
    assert ids(report, Status.FAILED) == ids(report, Status.ABSENT) == set()
    (subject,) = report.subjects
    assert subject.facts.capture == bench.captures[3].id
    assert subject.facts.proven_before is not None
    assert subject.facts.anchors == ["token"]


def test_every_check_of_an_export_is_told(bench: Bench, judge: Judge) -> None:
    passed = ids(judge(bench.files), Status.PASSED)
    others = ("log_", "stored_", "capture_chain", "erased", "unnamed", "pack_", "item_")  # of stores and of packs
    of_others = {name for name in KINDS if name.startswith(others)}
    elsewhere = {"pinned_key", "earlier_checkpoint", "consistency", "redactions", "derivative", "other_files",
                 "nothing_proven", "ots_proof", "token_renewal", "unsealed_tail"}  # fmt: skip
    assert passed == set(KINDS) - of_others - elsewhere
    assert all(kind.proves.zh and kind.proves.en and kind.title.zh and kind.title.en for kind in KINDS.values())


def test_without_anything_from_outside_nobody_can_say(bench: Bench, judge: Judge) -> None:
    report = judge(bench.export(3, stamped=False))
    assert report.verdict is Verdict.CANNOT_SAY
    assert ids(report, Status.FAILED) == ids(report, Status.ABSENT) == set()


def test_a_token_of_an_authority_that_is_not_trusted_anchors_nothing(bench: Bench, judge: Judge) -> None:
    report = judge(bench.files, roots=())
    assert report.verdict is Verdict.CANNOT_SAY
    assert "token_trust" in ids(report, Status.CANNOT_SAY)


def test_a_pinned_key_anchors_without_a_token(bench: Bench, judge: Judge) -> None:
    files = bench.export(3, stamped=False)
    report = judge(files, pinned=(VerifierKey.parse(bench.log.verifier),))
    assert report.verdict is Verdict.INTACT
    assert report.subjects[0].facts.anchors == ["pinned_key"]


def test_an_earlier_checkpoint_anchors_where_the_proofs_lead_to_it(bench: Bench, judge: Judge) -> None:
    files = bench.export(3, stamped=False)
    same = read_earlier("kept", bench.checkpoint)
    below = read_earlier("kept", bench.log.checkpoint(4))  # its root is a node of the proofs
    for kept in (same, below):
        report = judge(files, earlier=(kept,))
        assert report.verdict is Verdict.INTACT
        assert "earlier_checkpoint" in ids(report, Status.PASSED)


def test_an_earlier_checkpoint_that_no_proof_leads_to_cannot_be_judged(bench: Bench, judge: Judge) -> None:
    kept = read_earlier("kept", bench.log.checkpoint(3))
    report = judge(bench.export(3, stamped=False), earlier=(kept,))
    assert report.verdict is Verdict.CANNOT_SAY
    assert "earlier_checkpoint" in ids(report, Status.CANNOT_SAY)


def test_a_consistency_proof_leads_to_it(bench: Bench, judge: Judge) -> None:
    size = len(bench.log.entries)
    told = {
        "from": bench.log.checkpoint(3).decode(),
        "to": bench.checkpoint.decode(),
        "hashes": bench.log.consistency(3, size),
    }
    kept = read_earlier("kept", json.dumps(told).encode())
    assert judge(bench.export(3, stamped=False), earlier=(kept,)).verdict is Verdict.INTACT
    told["hashes"] = told["hashes"][::-1]
    kept = read_earlier("kept", json.dumps(told).encode())
    assert judge(bench.export(3, stamped=False), earlier=(kept,)).verdict is Verdict.CANNOT_SAY


def test_an_export_that_leads_on_to_a_newer_checkpoint(bench: Bench, judge: Judge) -> None:
    log = bench.log.copy()
    size = len(log.entries)
    for number in range(3):
        log.append("evidence", NOW, manifest=sha(b"%d" % number))
    old_key = log.key
    log.rotate(NOW)
    newest = log.checkpoint(None, old_key, log.key)
    files = make_export(bench.captures[3], bench.log, bench.indices[3], bench.checkpoint, [])
    key = f"cardwatch/key-{log.keys[-1]}"
    files["cardwatch/newest.checkpoint"] = newest
    files["cardwatch/consistency.json"] = pretty(
        {
            "from": "cardwatch/checkpoint",
            "to": "cardwatch/newest.checkpoint",
            "hashes": log.consistency(size, len(log.entries)),
        }
    )
    files[f"{key}.json"] = log.entries[log.keys[-1]]
    files[f"{key}.tlog-proof"] = log.proof(log.keys[-1], newest)
    entry = {"index": log.keys[-1], "path": f"{key}.json", "proof": f"{key}.tlog-proof"}
    edit_proof(files, consistency={"path": "cardwatch/consistency.json", "keys": [entry]})
    files = bench.signed(files, log)
    report = judge(files, pinned=(VerifierKey.parse(log.verifier),))
    assert report.verdict is Verdict.INTACT, [(c.id, c.detail.en) for c in checks(report) if c.status == "failed"]
    assert "consistency" in ids(report, Status.PASSED)
    # the checkpoint that somebody kept may be the newer one
    assert judge(bench.listed(files), earlier=(read_earlier("kept", newest),)).verdict is Verdict.INTACT


def test_a_rotated_key_and_a_new_epoch_are_followed(bench: Bench, judge: Judge) -> None:
    log = Log()
    first = VerifierKey.parse(log.verifier)
    log.rotate(NOW - timedelta(days=2))
    log.reopen(NOW - timedelta(days=1))
    made = make_capture()
    index = log.append("capture", made.ended, manifest=sha(made.manifest))
    files = bench.listed(make_export(made, log, index, log.checkpoint(), []))
    report = judge(files, pinned=(VerifierKey.parse(log.verifier),))
    assert report.verdict is Verdict.INTACT
    # Who has only the first key must not take the word of the log for the change: its forger would write the same.
    report = judge(files, pinned=(first,))
    assert report.verdict is Verdict.CANNOT_SAY
    assert "pinned_key" in ids(report, Status.CANNOT_SAY)


def test_a_checkpoint_that_both_keys_signed_anchors_for_who_has_either(bench: Bench, judge: Judge) -> None:
    log = Log()
    first = VerifierKey.parse(log.verifier)
    made = make_capture()
    index = log.append("capture", made.ended, manifest=sha(made.manifest))
    old = log.rotate(NOW)
    files = bench.listed(make_export(made, log, index, log.checkpoint(None, old, log.key), []))
    for key in (first, VerifierKey.parse(log.verifier)):
        assert judge(files, pinned=(key,)).verdict is Verdict.INTACT


def test_a_renewed_token_holds_after_the_first_authority_s_certificate_ended(bench: Bench, judge: Judge) -> None:
    files = dict(bench.files)
    first = files["cardwatch/token-test.tsr"]
    files["cardwatch/token-test.r1.tsr"], files["cardwatch/token-test.r1.chain.pem"] = bench.stamp(first)
    told = json.loads(files["cardwatch/proof.json"])["tokens"]
    renewal = {**told[0], "path": "cardwatch/token-test.r1.tsr", "chain": "cardwatch/token-test.r1.chain.pem",
               "of": "cardwatch/token-test.tsr"}  # fmt: skip
    edit_proof(files, tokens=[*told, renewal])
    assert judge(bench.signed(files)).verdict is Verdict.INTACT
    assert len(judge(bench.signed(files)).subjects[0].facts.stamps) == 2


def test_a_token_whose_certificate_has_ended_anchors_no_more(bench: Bench, judge: Judge) -> None:
    report = judge(bench.files, at=NOW + timedelta(days=365 * 11))
    assert report.verdict is Verdict.CANNOT_SAY
    (said,) = [check.detail.en for check in checks(report) if check.id == "token_trust"]
    assert "ended" in said


def with_ots(bench: Bench, data: bytes) -> Files:
    files = {**bench.files, "cardwatch/token-calendar.ots": data}
    told = json.loads(files["cardwatch/proof.json"])["tokens"]
    proof = {"kind": "opentimestamps", "authority": "calendar", "path": "cardwatch/token-calendar.ots", "chain": None,
             "of": "cardwatch/checkpoint"}  # fmt: skip
    edit_proof(files, tokens=[*told, proof])
    return bench.signed(files)


def ots_proof(digest: bytes, end: object) -> bytes:
    stamp = Timestamp(digest)
    stamp.attestations.add(end)
    context = BytesSerializationContext()
    DetachedTimestampFile(OpSHA256(), stamp).serialize(context)
    return bytes(context.getbytes())


def test_opentimestamps_proofs_are_read_and_anchor_nothing_offline(bench: Bench, judge: Judge) -> None:
    digest = hashlib.sha256(bench.checkpoint).digest()
    for end, word in ((PendingAttestation("https://calendar.test"), "not in a Bitcoin block yet"),
                      (BitcoinBlockHeaderAttestation(800_000), "block 800000")):  # fmt: skip
        report = judge(with_ots(bench, ots_proof(digest, end)), roots=())
        assert report.verdict is Verdict.CANNOT_SAY
        (said,) = [check.detail.en for check in checks(report) if check.id == "ots_proof"]
        assert word in said
    other = ots_proof(bytes(32), PendingAttestation("https://calendar.test"))
    assert_altered(judge(with_ots(bench, other)), "token_imprint")
    assert_altered(judge(with_ots(bench, other[:-5])), "ots_proof")


def test_a_destroyed_seed_leaves_the_file_proven(bench: Bench, judge: Judge) -> None:
    files = dict(bench.files)
    edit_proof(files, salts={})
    report = judge(bench.signed(files))
    assert report.verdict is Verdict.INTACT
    assert {"record_commitments", "exchange_commitments", "visit_commitment"} <= ids(report, Status.CANNOT_SAY)


def test_the_answer_is_the_same_however_often_it_is_asked(bench: Bench, judge: Judge) -> None:
    one, two = judge(bench.files), judge(bench.files)
    assert replace(one, target="") == replace(two, target="")
