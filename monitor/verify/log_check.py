"""Checks the custody log's side of an export or a pack: keys, checkpoints, growth, tokens, and anchors from outside.

Goes on after damage wherever something is left to be checked. What it learns goes into the Facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

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
from monitor.verify.proof import LogProof, NamedEntry
from monitor.verify.reading import Misshaped, read_object, take, take_moment
from monitor.verify.renewals import check_renewals
from monitor.verify.tokens import MOST_TOKEN, SLACK, check_tokens, is_anchored
from monitor.verify.verdict import Facts
from storage.errors import ArchiveDamaged
from storage.merkle import hash_leaf, verify_consistency
from storage.notes import MOST_NOTE_BYTES, InclusionProof, VerifierKey, parse_proof


class LogCheck:
    """What one proof says of the log; keeps what later steps need of the earlier ones.

    In this order: `read_head`, `check_keys`, entries by `read_entry` and `prove`, `check_anchors`.
    """

    def __init__(self, export: Export, proof: LogProof, options: Options, findings: Findings, facts: Facts) -> None:
        self.export = export
        self.findings = findings
        self.facts = facts
        self._log = proof
        self._options = options
        self._history = KeyHistory()
        self.nodes = KnownNodes()
        self.heads: list[ProvenHead] = []
        self.moments: list[tuple[int, str, datetime]] = []  # index, name and time of every entry

    @property
    def signer(self) -> VerifierKey | None:
        """The key that signed the newest checkpoint of the proof, None where it could not be found out."""
        if not self._history.keys or len(self.heads) < (2 if self._log.consistency else 1):
            return None
        return VerifierKey(self.heads[-1].sealed.head.origin, self._history.keys[-1].public)

    def read_head(self) -> SealedHead | None:
        """Read the checkpoint of the proof; None, and told, where that cannot be done."""
        proof = self._log
        sealed = self.read_checkpoint("checkpoint_signature", proof.checkpoint)
        if sealed is None:
            return None
        self.facts.origin, self.facts.size = sealed.head.origin, sealed.head.size
        if sealed.head.origin != proof.origin:
            said = Said("检查点不属于证明文件所说的保管链", "the checkpoint is not of the log that proof.json names")
            self.findings.failed("checkpoint_signature", said, about=proof.checkpoint)
        return sealed

    def check_keys(self, sealed: SealedHead) -> None:
        """Check where the key comes from, its signature, and that the newest checkpoint extends this one."""
        proof, findings = self._log, self.findings
        self._take_keys("key_history", proof.keys, sealed, self.nodes)
        if not proof.keys:
            said = Said("没有说明密钥来历的条目", "no entry tells where the key comes from")
            findings.absent("key_history", said)
        if check_signature(findings, sealed, self._history, proof.checkpoint):
            self.facts.key = self._history.keys[-1].text
        self.heads.append(ProvenHead(sealed, self.nodes.root_at))
        self._check_growth(sealed)

    def check_anchors(self) -> None:
        """Check what speaks against a log that its own key's holder made anew: pinned keys, checkpoints, tokens."""
        findings = self.findings
        if check_pinned(findings, self._options.pinned, self.heads, self._history):
            self.facts.anchors.append("pinned_key")
        self._check_earlier()
        self._check_tokens()
        findings.settle("key_history", Said(f"{len(self._history.keys)} 把密钥", f"{len(self._history.keys)} keys"))

    def check_stamps_order(self, steps: Sequence[tuple[str, str, datetime]]) -> None:
        """Check that nothing states a later time than the tokens over the checkpoint; steps as (zh, en, moment)."""
        for stamp in self.facts.stamps:
            if stamp.time is None or stamp.over != self._log.checkpoint:
                continue
            for zh, en, moment in steps:
                if moment > stamp.time + SLACK:
                    said = Said(
                        f"所称的{zh}时间 {show_time(moment)} 晚于时间戳 {show_time(stamp.time)}："
                        "时钟被调过，或时间被改过",
                        f"the stated time of the {en}, {show_time(moment)}, is later than the token, "
                        f"{show_time(stamp.time)}: the clock was wrong or the time was changed",
                    )
                    self.findings.failed("clock_order", said, about=stamp.path)

    def read_entry(self, kind: str, named: NamedEntry) -> Entry | None:
        """Read an entry of the log; None, and told under `kind`, where that cannot be done."""
        data = fetch_file(self.findings, kind, self.export, named.path, MOST_ENTRY)
        if data is None:
            return None
        try:
            entry = read_entry(data, named.index)
        except Misshaped as error:
            self.findings.failed(kind, Said(f"条目读不懂（{error}）", str(error)), about=named.path)
            return None
        self.moments.append((entry.index, named.path, entry.at))
        return entry

    def read_checkpoint(self, kind: str, path: str) -> SealedHead | None:
        """Read a checkpoint; None, and told under `kind`, where that cannot be done."""
        data = fetch_file(self.findings, kind, self.export, path, MOST_NOTE_BYTES)
        if data is None:
            return None
        try:
            return read_sealed(data)
        except ArchiveDamaged as error:
            self.findings.failed(kind, Said(f"检查点读不懂（{error}）", str(error)), about=path)
            return None

    def read_proof(self, kind: str, path: str) -> InclusionProof | None:
        """Read a proof of inclusion; None, and told under `kind`, where that cannot be done."""
        data = fetch_file(self.findings, kind, self.export, path, 2 * MOST_NOTE_BYTES)
        if data is None:
            return None
        try:
            return parse_proof(data)
        except ArchiveDamaged as error:
            self.findings.failed(kind, Said(f"收录证明读不懂（{error}）", str(error)), about=path)
            return None

    def prove(self, kind: str, entry: Entry, path: str, sealed: SealedHead, nodes: KnownNodes) -> bool:
        """Check that an entry is in the log of a checkpoint; what its proof teaches goes into the nodes."""
        proof = self.read_proof(kind, path)
        if proof is None:
            return False
        if not check_inclusion(self.findings, kind, path, entry.data, entry.index, proof, sealed):
            return False
        nodes.add(hash_leaf(entry.data), entry.index, sealed.head.size, proof.hashes)
        return True

    def _take_keys(self, kind: str, named: Sequence[NamedEntry], sealed: SealedHead, nodes: KnownNodes) -> None:
        for item in sorted(named, key=lambda one: one.index):
            entry = self.read_entry(kind, item)
            if entry is not None:
                self.prove(
                    kind, entry, item.proof, sealed, nodes
                )  # told if not so; the signature is judged all the same
                extend_history(self.findings, self._history, entry, item.path)

    def _check_growth(self, sealed: SealedHead) -> None:
        """Check that the newest checkpoint in the package extends the one of the proof."""
        path = self._log.consistency
        if not path:
            return
        later = self._follow("consistency", path, sealed)
        if later is None:
            return
        nodes = KnownNodes()
        self._take_keys("key_history", self._log.later_keys, later, nodes)
        check_signature(self.findings, later, self._history, path)
        self.heads.append(ProvenHead(later, nodes.root_at))

    def _follow(self, kind: str, path: str, sealed: SealedHead) -> SealedHead | None:
        data = fetch_file(self.findings, kind, self.export, path, MOST_NOTE_BYTES)
        if data is None:
            return None
        try:
            fields = read_object(data)
            start = self.read_checkpoint(kind, take(fields, "from", str))
            end = self.read_checkpoint(kind, take(fields, "to", str))
            hashes = read_hashes(fields)
        except Misshaped as error:
            self.findings.failed(kind, Said(f"一致性证明读不懂（{error}）", str(error)), about=path)
            return None
        if start is None or end is None:
            return None
        old, new = start.head, end.head
        if start.data != sealed.data or not verify_consistency(old.size, new.size, old.root, new.root, hashes):
            said = Said("较晚的检查点不是在较早的之上追加而成", "the later checkpoint does not extend the earlier one")
            self.findings.failed(kind, said, about=path)
            return None
        self.findings.passed(kind, Said(f"{old.size} → {new.size} 条", f"from {old.size} to {new.size} entries"))
        return end

    def _check_earlier(self) -> None:
        good = True
        for kept in self._options.earlier:
            good = check_earlier(self.findings, kept, self.heads, self._history) and good
        if self._options.earlier and good:
            self.facts.anchors.append("earlier_checkpoint")

    def _check_tokens(self) -> None:
        proof, stamped = self._log, (self._log.checkpoint,)
        export = self.export

        def fetch(path: str) -> bytes | None:
            return export.read(path, MOST_TOKEN) if export.has(path) else None

        sealed = check_renewals(self.findings, export, proof.renewals, proof.tokens)
        options = self._options
        stamps = check_tokens(
            self.findings, proof.tokens, fetch, stamped=stamped, roots=options.roots, at=options.at, sealed=sealed
        )
        self.facts.stamps = stamps
        self.facts.proven_before = is_anchored(stamps, stamped)
        if self.facts.proven_before is not None:
            self.facts.anchors.insert(0, "token")
        if not proof.tokens:
            self.findings.cannot_say("token_time", Said("没有时间戳", "there is no time token"))


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
