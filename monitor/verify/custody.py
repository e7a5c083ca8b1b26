"""Checks the custody log's side of one export: its entry, and that of a redacted copy, beside what LogCheck checks."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from monitor.times import show_time
from monitor.verify.checks import Findings, Said
from monitor.verify.log import Entry, KnownNodes
from monitor.verify.log_check import LogCheck, check_order, read_moment
from monitor.verify.options import Options
from monitor.verify.package import Export
from monitor.verify.proof import NamedEntry, Proof
from monitor.verify.reading import Misshaped, take_digest
from monitor.verify.tokens import SLACK
from monitor.verify.verdict import Facts
from storage.manifest import Manifest

DERIVATIVE = ("cardwatch/derivative.json", "cardwatch/derivative.tlog-proof", "cardwatch/derivative.checkpoint")


class CustodyCheck(LogCheck):
    """The log's side of one export."""

    def __init__(self, export: Export, proof: Proof, options: Options, findings: Findings, facts: Facts) -> None:
        super().__init__(export, proof, options, findings, facts)
        self._proof = proof

    def check(self) -> None:
        """Check entry, inclusion, keys, signature, growth, copy, tokens and anchors."""
        proof = self._proof
        entry = self.read_entry("entry", proof.entry)
        if entry is not None:
            self._check_entry(entry)
        sealed = self.read_head()
        if sealed is None:
            return
        if entry is not None:
            self.facts.index, self.facts.sealed_at = entry.index, entry.at
            if self.prove("inclusion", entry, proof.entry.proof, sealed, self.nodes):
                said = Said(
                    f"第 {entry.index} 条，共 {sealed.head.size} 条", f"entry {entry.index} of {sealed.head.size}"
                )
                self.findings.passed("inclusion", said)
        self.check_keys(sealed)
        if proof.redacted:
            self._check_derivative()
        self.check_anchors()

    def check_clock(self, manifest: Manifest) -> None:
        """Check that capture, entry and tokens come in an order that can be true."""
        findings, facts = self.findings, self.facts
        told = manifest.fields.get("capture")
        started, ended = (
            read_moment(told if isinstance(told, dict) else {}, name) for name in ("started_at", "ended_at")
        )
        if started is None or ended is None:
            findings.failed("clock_order", Said("清单没有写明抓取时间", "the manifest states no times"))
            return
        steps: list[tuple[str, str, datetime]] = [("抓取开始", "start", started), ("抓取结束", "end", ended)]
        if facts.sealed_at is not None:
            steps.append(("登记", "entry", facts.sealed_at))
        for before, after in pairwise(steps):
            if before[2] > after[2] + SLACK:
                said = Said(
                    f"{before[0]} {show_time(before[2])} 晚于{after[0]} {show_time(after[2])}",
                    f"{before[1]} {show_time(before[2])} is later than {after[1]} {show_time(after[2])}",
                )
                findings.failed("clock_order", said)
        self.check_stamps_order(steps)
        check_order(findings, self.moments)
        said = Said("抓取时间只凭取证者自己的时钟", "the time of the capture rests on its maker's own clock alone")
        if facts.proven_before is not None:
            gap = _show_gap((facts.proven_before - ended).total_seconds())
            said = Said(f"抓取结束后 {gap.zh} 盖上时间戳", f"stamped {gap.en} after the capture")
        findings.settle("clock_order", said)

    def _check_entry(self, entry: Entry) -> None:
        findings, proof = self.findings, self._proof
        try:
            named = take_digest(entry.fields, "manifest")
        except Misshaped as error:
            findings.failed("entry", Said(str(error), str(error)), about=proof.entry.path)
            return
        found = self.export.known_digest(proof.manifest.path)
        if entry.kind != "capture":
            said = Said(f"是 {entry.kind[:40]} 条目，不是抓取", f"is of the kind {entry.kind[:40]}, no capture")
            findings.failed("entry", said, about=proof.entry.path)
        elif found and named != found:
            findings.failed(
                "manifest_digest",
                Said("清单不是保管链条目所登记的那一份", "the manifest is not the one that the entry of the log names"),
                about=proof.manifest.path,
            )
        findings.settle("entry", Said(show_time(entry.at), show_time(entry.at)))

    def _check_derivative(self) -> None:
        """Check that the redacted copy is an entry of the same log, in the same or a later checkpoint."""
        findings, proof = self.findings, self._proof
        path, proof_path, checkpoint_path = DERIVATIVE
        found = self.read_proof("derivative", proof_path)
        later = self.read_checkpoint("derivative", checkpoint_path)
        if found is None or later is None:
            return
        entry = self.read_entry("derivative", NamedEntry(path, found.index, proof_path))
        if entry is None:
            return
        self.prove("derivative", entry, proof_path, later, KnownNodes())
        for name, real in (("original", proof.manifest.path), ("sha256", proof.warc.path)):
            if entry.kind != "derivative" or entry.fields.get(name) != self.export.known_digest(real):
                said = Said(f"条目登记的不是这份文件：{real}", f"the entry does not name this file: {real}")
                findings.failed("derivative", said, about=path)
        known = [item.sealed.data for item in self.heads]
        if later.data not in known:
            said = Said(
                "登记副本的检查点与证明的检查点没有联系起来", "nothing links the copy's checkpoint to the proof's"
            )
            findings.absent("consistency", said, about=checkpoint_path)
        findings.settle("derivative", Said(show_time(entry.at), show_time(entry.at)))


def _show_gap(seconds: float) -> Said:
    count = max(0.0, seconds)
    for size, zh, en in ((86400, "天", "days"), (3600, "小时", "h"), (60, "分钟", "min")):
        if count >= 2 * size:
            return Said(f"{round(count / size)} {zh}", f"{round(count / size)} {en}")
    return Said(f"{round(count)} 秒", f"{round(count)} s")
