"""Checks the custody log's side of an export: entry, keys, checkpoints, tokens, and the anchors from outside.

Goes on after damage wherever something is left to be checked. What it learns goes into the Facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from monitor.times import show_time
from monitor.verify.anchors import ProvenHead, check_earlier, check_pinned
from monitor.verify.checks import Findings, Said
from monitor.verify.log import (
    MOST_ENTRY,
    Entry,
    KeyHistory,
    KnownNodes,
    SealedHead,
    check_inclusion,
    check_signature,
    extend_history,
    read_entry,
    read_hashes,
    read_sealed,
)
from monitor.verify.options import Options
from monitor.verify.package import Export
from monitor.verify.package_checks import fetch_file
from monitor.verify.proof import NamedEntry, Proof
from monitor.verify.reading import Misshaped, read_object, take, take_digest, take_moment
from monitor.verify.renewals import check_renewals
from monitor.verify.tokens import MOST_TOKEN, SLACK, check_tokens, is_anchored
from monitor.verify.verdict import Facts
from storage.errors import ArchiveDamaged
from storage.manifest import Manifest
from storage.merkle import hash_leaf, verify_consistency
from storage.notes import MOST_NOTE_BYTES, InclusionProof, VerifierKey, parse_proof

DERIVATIVE = ("cardwatch/derivative.json", "cardwatch/derivative.tlog-proof", "cardwatch/derivative.checkpoint")


class CustodyCheck:
    """The log's side of one export; keeps what later steps need of the earlier ones."""

    def __init__(self, export: Export, proof: Proof, options: Options, findings: Findings, facts: Facts) -> None:
        self._export = export
        self._proof = proof
        self._options = options
        self._findings = findings
        self._facts = facts
        self._history = KeyHistory()
        self._nodes = KnownNodes()
        self.heads: list[ProvenHead] = []
        self.moments: list[tuple[int, str, datetime]] = []  # index, name and time of every entry

    @property
    def signer(self) -> VerifierKey | None:
        """The key that signed the newest checkpoint of the export, None where it could not be found out."""
        if not self._history.keys or len(self.heads) < (2 if self._proof.consistency else 1):
            return None
        return VerifierKey(self.heads[-1].sealed.head.origin, self._history.keys[-1].public)

    def check(self) -> None:
        """Check entry, inclusion, keys, signature, growth, copy, tokens and anchors."""
        proof, findings = self._proof, self._findings
        entry = self._read_entry("entry", proof.entry)
        if entry is not None:
            self._check_entry(entry)
        sealed = self._read_sealed("checkpoint_signature", proof.checkpoint)
        if sealed is None:
            return
        self._facts.origin, self._facts.size = sealed.head.origin, sealed.head.size
        if sealed.head.origin != proof.origin:
            said = Said("检查点不属于证明文件所说的保管链", "the checkpoint is not of the log that proof.json names")
            findings.failed("checkpoint_signature", said, about=proof.checkpoint)
        if entry is not None:
            self._facts.index, self._facts.sealed_at = entry.index, entry.at
            if self._prove("inclusion", entry, proof.entry.proof, sealed, self._nodes):
                said = Said(
                    f"第 {entry.index} 条，共 {sealed.head.size} 条", f"entry {entry.index} of {sealed.head.size}"
                )
                findings.passed("inclusion", said)
        self._take_keys("key_history", proof.keys, sealed, self._nodes)
        if not proof.keys:
            said = Said("没有说明密钥来历的条目", "no entry tells where the key comes from")
            findings.absent("key_history", said)
        if check_signature(findings, sealed, self._history, proof.checkpoint):
            self._facts.key = self._history.keys[-1].text
        self.heads.append(ProvenHead(sealed, self._nodes.root_at))
        self._check_growth(sealed)
        if proof.redacted:
            self._check_derivative()
        if check_pinned(findings, self._options.pinned, self.heads, self._history):
            self._facts.anchors.append("pinned_key")
        self._check_earlier()
        self._check_tokens()
        findings.settle("key_history", Said(f"{len(self._history.keys)} 把密钥", f"{len(self._history.keys)} keys"))

    def check_clock(self, manifest: Manifest) -> None:
        """Check that capture, entry and tokens come in an order that can be true."""
        findings, facts = self._findings, self._facts
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
        self._check_stamps_order(steps)
        check_order(findings, self.moments)
        said = Said("抓取时间只凭取证者自己的时钟", "the time of the capture rests on its maker's own clock alone")
        if facts.proven_before is not None:
            gap = _show_gap((facts.proven_before - ended).total_seconds())
            said = Said(f"抓取结束后 {gap.zh} 盖上时间戳", f"stamped {gap.en} after the capture")
        findings.settle("clock_order", said)

    def _check_stamps_order(self, steps: Sequence[tuple[str, str, datetime]]) -> None:
        for stamp in self._facts.stamps:
            if stamp.time is None or stamp.over != self._proof.checkpoint:
                continue
            for zh, en, moment in steps:
                if moment > stamp.time + SLACK:
                    said = Said(
                        f"所称的{zh}时间 {show_time(moment)} 晚于时间戳 {show_time(stamp.time)}："
                        "时钟被调过，或时间被改过",
                        f"the stated time of the {en}, {show_time(moment)}, is later than the token, "
                        f"{show_time(stamp.time)}: the clock was wrong or the time was changed",
                    )
                    self._findings.failed("clock_order", said, about=stamp.path)

    def _read_entry(self, kind: str, named: NamedEntry) -> Entry | None:
        data = fetch_file(self._findings, kind, self._export, named.path, MOST_ENTRY)
        if data is None:
            return None
        try:
            entry = read_entry(data, named.index)
        except Misshaped as error:
            self._findings.failed(kind, Said(f"条目读不懂（{error}）", str(error)), about=named.path)
            return None
        self.moments.append((entry.index, named.path, entry.at))
        return entry

    def _read_sealed(self, kind: str, path: str) -> SealedHead | None:
        data = fetch_file(self._findings, kind, self._export, path, MOST_NOTE_BYTES)
        if data is None:
            return None
        try:
            return read_sealed(data)
        except ArchiveDamaged as error:
            self._findings.failed(kind, Said(f"检查点读不懂（{error}）", str(error)), about=path)
            return None

    def _read_proof(self, kind: str, path: str) -> InclusionProof | None:
        data = fetch_file(self._findings, kind, self._export, path, 2 * MOST_NOTE_BYTES)
        if data is None:
            return None
        try:
            return parse_proof(data)
        except ArchiveDamaged as error:
            self._findings.failed(kind, Said(f"收录证明读不懂（{error}）", str(error)), about=path)
            return None

    def _check_entry(self, entry: Entry) -> None:
        findings, proof = self._findings, self._proof
        try:
            named = take_digest(entry.fields, "manifest")
        except Misshaped as error:
            findings.failed("entry", Said(str(error), str(error)), about=proof.entry.path)
            return
        found = self._export.known_digest(proof.manifest.path)
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

    def _prove(self, kind: str, entry: Entry, path: str, sealed: SealedHead, nodes: KnownNodes) -> bool:
        proof = self._read_proof(kind, path)
        if proof is None:
            return False
        if not check_inclusion(self._findings, kind, path, entry.data, entry.index, proof, sealed):
            return False
        nodes.add(hash_leaf(entry.data), entry.index, sealed.head.size, proof.hashes)
        return True

    def _take_keys(self, kind: str, named: Sequence[NamedEntry], sealed: SealedHead, nodes: KnownNodes) -> None:
        for item in sorted(named, key=lambda one: one.index):
            entry = self._read_entry(kind, item)
            if entry is not None:
                self._prove(
                    kind, entry, item.proof, sealed, nodes
                )  # told if not so; the signature is judged all the same
                extend_history(self._findings, self._history, entry, item.path)

    def _check_growth(self, sealed: SealedHead) -> None:
        """Check that the newest checkpoint in the package extends the one of the proof."""
        path = self._proof.consistency
        if not path:
            return
        later = self._follow("consistency", path, sealed)
        if later is None:
            return
        nodes = KnownNodes()
        self._take_keys("key_history", self._proof.later_keys, later, nodes)
        check_signature(self._findings, later, self._history, path)
        self.heads.append(ProvenHead(later, nodes.root_at))

    def _follow(self, kind: str, path: str, sealed: SealedHead) -> SealedHead | None:
        data = fetch_file(self._findings, kind, self._export, path, MOST_NOTE_BYTES)
        if data is None:
            return None
        try:
            fields = read_object(data)
            start = self._read_sealed(kind, take(fields, "from", str))
            end = self._read_sealed(kind, take(fields, "to", str))
            hashes = read_hashes(fields)
        except Misshaped as error:
            self._findings.failed(kind, Said(f"一致性证明读不懂（{error}）", str(error)), about=path)
            return None
        if start is None or end is None:
            return None
        old, new = start.head, end.head
        if start.data != sealed.data or not verify_consistency(old.size, new.size, old.root, new.root, hashes):
            said = Said("较晚的检查点不是在较早的之上追加而成", "the later checkpoint does not extend the earlier one")
            self._findings.failed(kind, said, about=path)
            return None
        self._findings.passed(kind, Said(f"{old.size} → {new.size} 条", f"from {old.size} to {new.size} entries"))
        return end

    def _check_derivative(self) -> None:
        """Check that the redacted copy is an entry of the same log, in the same or a later checkpoint."""
        findings, proof = self._findings, self._proof
        path, proof_path, checkpoint_path = DERIVATIVE
        found = self._read_proof("derivative", proof_path)
        later = self._read_sealed("derivative", checkpoint_path)
        if found is None or later is None:
            return
        entry = self._read_entry("derivative", NamedEntry(path, found.index, proof_path))
        if entry is None:
            return
        self._prove("derivative", entry, proof_path, later, KnownNodes())
        for name, real in (("original", proof.manifest.path), ("sha256", proof.warc.path)):
            if entry.kind != "derivative" or entry.fields.get(name) != self._export.known_digest(real):
                said = Said(f"条目登记的不是这份文件：{real}", f"the entry does not name this file: {real}")
                findings.failed("derivative", said, about=path)
        known = [item.sealed.data for item in self.heads]
        if later.data not in known:
            said = Said(
                "登记副本的检查点与证明的检查点没有联系起来", "nothing links the copy's checkpoint to the proof's"
            )
            findings.absent("consistency", said, about=checkpoint_path)
        findings.settle("derivative", Said(show_time(entry.at), show_time(entry.at)))

    def _check_earlier(self) -> None:
        good = True
        for kept in self._options.earlier:
            good = check_earlier(self._findings, kept, self.heads, self._history) and good
        if self._options.earlier and good:
            self._facts.anchors.append("earlier_checkpoint")

    def _check_tokens(self) -> None:
        proof, stamped = self._proof, (self._proof.checkpoint,)
        export = self._export

        def fetch(path: str) -> bytes | None:
            return export.read(path, MOST_TOKEN) if export.has(path) else None

        sealed = check_renewals(self._findings, export, proof.renewals, proof.tokens)
        options = self._options
        stamps = check_tokens(
            self._findings, proof.tokens, fetch, stamped=stamped, roots=options.roots, at=options.at, sealed=sealed
        )
        self._facts.stamps = stamps
        self._facts.proven_before = is_anchored(stamps, stamped)
        if self._facts.proven_before is not None:
            self._facts.anchors.insert(0, "token")
        if not proof.tokens:
            self._findings.cannot_say("token_time", Said("没有时间戳", "there is no time token"))


def check_order(findings: Findings, moments: Sequence[tuple[int, str, datetime]]) -> None:
    """Check that of entries of one log no later one states an earlier time (by more than clocks may differ)."""
    latest: tuple[int, str, datetime] | None = None
    for item in sorted(moments):
        if latest is not None and item[0] > latest[0] and item[2] + SLACK < latest[2]:
            said = Said(
                f"第 {item[0]} 条的时间 {show_time(item[2])} 早于第 {latest[0]} 条的 {show_time(latest[2])}",
                f"entry {item[0]} says {show_time(item[2])}, entry {latest[0]} before it {show_time(latest[2])}",
            )
            findings.failed("clock_order", said, about=item[1])
        if latest is None or item[2] > latest[2]:
            latest = item


def read_moment(fields: dict[str, object], name: str) -> datetime | None:
    """Give a field that is a moment, None where it is none."""
    try:
        return take_moment(fields, name)
    except Misshaped:
        return None


def _show_gap(seconds: float) -> Said:
    count = max(0.0, seconds)
    for size, zh, en in ((86400, "天", "days"), (3600, "小时", "h"), (60, "分钟", "min")):
        if count >= 2 * size:
            return Said(f"{round(count / size)} {zh}", f"{round(count / size)} {en}")
    return Said(f"{round(count)} 秒", f"{round(count)} s")
