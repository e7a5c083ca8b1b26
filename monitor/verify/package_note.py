"""Checks the signed list of a package's files (cardwatch/files.note): no file is another, missing, or one too many.

It bears the custody log's key, where the package's own signature bears one that anybody can make. So it covers the
attestation and the README too; it does not bind the key's own holder, who can sign another list at any time.
"""

from __future__ import annotations

from monitor.verify.checks import Findings, Said
from monitor.verify.package import Export, is_litter
from monitor.verify.package_checks import fetch_file
from monitor.verify.proof import Proof
from storage.errors import ArchiveDamaged
from storage.notes import Note, VerifierKey
from storage.wacz_note import LEFT_OUT, MOST_BYTES, PATH, FileList, parse_files


def check_package_note(findings: Findings, export: Export, proof: Proof, signer: VerifierKey | None) -> None:
    """Check the list, every file against it, and its signature by the key of the newest checkpoint.

    `signer` is None where that key could not be found out, which is told elsewhere.
    """
    data = fetch_file(findings, "package_note", export, PATH, MOST_BYTES)
    if data is None:
        return
    try:
        listed, note = parse_files(data)
    except ArchiveDamaged as error:
        findings.failed("package_note", Said(f"签名清单读不懂（{error}）", str(error)), about=PATH)
        return
    if (listed.capture, listed.warc) != (proof.capture.get("id"), proof.warc.sha256):
        said = Said(
            "签名清单属于另一次抓取或另一份导出", "the signed list is of another capture, or of another form of it"
        )
        findings.failed("package_note", said, about=PATH)
    _compare(findings, export, listed)
    _check_signature(findings, note, signer)
    said = Said(f"{len(listed.files)} 个文件", f"{len(listed.files)} files")
    if signer is not None:
        findings.settle("package_note", said)


def _compare(findings: Findings, export: Export, listed: FileList) -> None:
    for file in listed.files:
        if not export.has(file.path):
            said = Said("签名清单中的文件不在包内", "is in the signed list and not in the package")
            findings.absent("package_note", said, about=file.path[:200])
        elif (file.digest, file.bytes) != (export.known_digest(file.path), export.size(file.path)):
            said = Said("与签名清单所记的不同", "is not the file that the log's key signed for this export")
            findings.failed("package_note", said, about=file.path[:200])
    known = {*LEFT_OUT, *(file.path for file in listed.files)}
    for name in export.names:
        if name not in known and not is_litter(name):
            said = Said("不在签名清单内：是后来加入的", "is not in the signed list: it was added")
            findings.failed("package_note", said, about=name[:200])


def _check_signature(findings: Findings, note: Note, signer: VerifierKey | None) -> None:
    if signer is None:
        said = Said("不知道签名清单的公钥", "the key that should have signed the list is not known")
        findings.cannot_say("package_note", said, about=PATH)
    elif not signer.verify(note):
        said = Said(
            "签名无效：清单被改动，或不是保管链现用密钥所签",
            "the signature is not good: the list was altered, or not signed by the log's present key",
        )
        findings.failed("package_note", said, about=PATH)
