"""The checks of a package itself: its container, the list of its files, and the signature over that list."""

from __future__ import annotations

import base64
import binascii
import json

from monitor.verify.checks import Findings, Said, Status, Unreadable
from monitor.verify.package import Export, Package, Tick, is_litter
from monitor.verify.proof import PATH as PROOF
from monitor.verify.reading import Misshaped, read_object, take, take_objects

LIST = "datapackage.json"
SIGNED = "datapackage-digest.json"
VERIFIER = "cardwatch/verify.html"
EXPLAINING = ("cardwatch/attestation.html", VERIFIER, "cardwatch/README.txt")
"""Files that explain: only the signed list (package_note) covers them."""
_MOST_LIST = 16 << 20
_CURVES = ("secp256r1", "secp384r1")


def note_troubles(findings: Findings, package: Package) -> None:
    """Tell what is wrong with the container."""
    for trouble in package.troubles:
        findings.failed(trouble.check, trouble.said, about=trouble.about)
    own = Said("形式与本工具写出的一致", "of the form that cardwatch writes")
    other = Said("由其他程序重新打包过；只看内容", "packed anew by another program; only its contents count")
    form = own if getattr(package, "own_form", False) else other
    is_folder = not hasattr(package, "crc_of")
    findings.settle("zip_structure", Said("文件夹", "a folder") if is_folder else form)
    findings.settle("file_names", Said(f"{len(package.files)} 个文件", f"{len(package.files)} files"))
    findings.settle("zip_bounds")


def note_unreadable(findings: Findings, error: Unreadable, about: str = "") -> None:
    """Tell that something cannot be read: failed, or absent where only its end is missing, or that it is no package."""
    if error.check == "nothing_proven":
        findings.cannot_say(error.check, error.said, about=about)
        return
    findings.add(error.check, Status.ABSENT if error.cut_off else Status.FAILED, error.said, about=about)


def fetch_file(findings: Findings, kind: str, export: Export, path: str, most: int) -> bytes | None:
    """Read a small file that a check needs; None, and told, where it is not there or cannot be read."""
    if not export.has(path):
        findings.absent(kind, Said(f"文件不在：{path[:200]}", f"the file is not there: {path[:200]}"), about=path[:200])
        return None
    try:
        return export.read(path, most)
    except Unreadable as error:
        note_unreadable(findings, error, path)
        return None


def digest_file(findings: Findings, export: Export, path: str, tick: Tick) -> str:
    """The SHA-256 of a file, "" and told where it cannot be read."""
    try:
        return export.digest(path, tick)
    except Unreadable as error:
        note_unreadable(findings, error, path)
        return ""


def check_list(findings: Findings, export: Export, tick: Tick) -> None:
    """Check every file against datapackage.json, and that against its signed digest."""
    digests = {name: digest_file(findings, export, name, tick) for name in sorted(export.names)}
    data = fetch_file(findings, "package_digests", export, LIST, _MOST_LIST)
    fields: dict[str, object] = {}
    if data is not None:
        try:
            fields = read_object(data)
            _compare(findings, export, take_objects(fields, "resources"), digests)
        except Misshaped as error:
            findings.failed("package_digests", Said(f"清单读不懂（{error}）", str(error)), about=LIST)
    _check_signed(findings, export, fields, digests.get(LIST, ""))
    findings.settle("package_digests", Said(f"{len(digests)} 个文件", f"{len(digests)} files"))
    litter = sorted(name for name in export.names if is_litter(name))
    if litter:
        names = ", ".join(litter)
        said = Said(f"{names}：系统留下的杂物，不属于包", f"{names}: strewn in by a system, no part of the package")
        findings.cannot_say("other_files", said)
    if export.has(VERIFIER):
        said = Said(
            "包内的核验页面无法证明自己：请与别处取得的同一版本比对，或改用那一份",
            "a verifier cannot vouch for itself: compare this one with a copy from elsewhere, or use that",
        )
        findings.cannot_say("other_files", said, about=VERIFIER)


def _compare(findings: Findings, export: Export, resources: list[dict[str, object]], digests: dict[str, str]) -> None:
    listed = {LIST, SIGNED}
    for resource in resources:
        path, stated, size = take(resource, "path", str), take(resource, "hash", str), take(resource, "bytes", int)
        if path in listed:
            findings.failed("package_digests", Said("清单两次提到它", "is listed twice"), about=path[:200])
        elif path not in digests:
            findings.absent(
                "package_digests",
                Said("清单中的文件不在包内", "is listed and not in the package"),
                about=path[:200],
            )
        elif stated != f"sha256:{digests[path]}" or size != export.size(path):
            findings.failed(
                "package_digests",
                Said("内容与清单所记的摘要或长度不同", "its bytes are not those that the list states"),
                about=path,
            )
        listed.add(path)
    for name in sorted(name for name in digests.keys() - listed if not is_litter(name)):
        findings.failed(
            "package_digests", Said("清单中没有这个文件：是后来加入的", "is not in the list: it was added"), about=name
        )


def _check_signed(findings: Findings, export: Export, listed: dict[str, object], digest: str) -> None:
    data = fetch_file(findings, "package_signature", export, SIGNED, 1 << 20)
    if data is None:
        return
    stated = f"sha256:{digest}"
    try:
        fields = read_object(data)
        if fields.get("path") != LIST or fields.get("hash") != stated:
            findings.failed(
                "package_digests",
                Said("清单本身的摘要不符", "the digest of the list itself is another"),
                about=SIGNED,
            )
        if "signedData" not in fields:
            findings.cannot_say("package_signature", Said("没有包签名", "the package is not signed"))
            return
        signed = take(fields, "signedData", dict)
        same = all(signed.get(name) == listed.get(name) for name in ("created", "software"))
        if (
            signed.get("hash") != stated
            or not same
            or not _verify(take(signed, "publicKey", str), take(signed, "signature", str), stated)
        ):
            raise Misshaped("the signature is not good for this list")
        if export.has(PROOF) and (signed.get("version") != "0.1.0" or _written(fields) != data):
            raise Misshaped("it is not written as it was signed: something in it was altered")
    except (Misshaped, ValueError) as error:
        said = Said(f"签名无效或签名文件被改动（{error}）", f"{error}")
        findings.failed("package_signature", said, about=SIGNED)
        return
    findings.passed("package_signature", Said("匿名签名有效", "the anonymous signature is good"))


def _written(fields: dict[str, object]) -> bytes:
    """The file as the writer lays it out: so a byte that no signature covers is seen too."""
    return json.dumps(fields, indent=2).encode() + b"\n"


def _verify(key: str, signature: str, text: str) -> bool:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        public = load_der_public_key(base64.b64decode(key, validate=True))
        data = base64.b64decode(signature, validate=True)
        if base64.b64encode(data).decode() != signature:
            raise ValueError("its signature is not written as base64 is")
    except (binascii.Error, ValueError, UnsupportedAlgorithm) as error:
        raise Misshaped(f"its key or signature cannot be read: {str(error)[:120]}") from None
    if not isinstance(public, EllipticCurvePublicKey) or public.curve.name not in _CURVES:
        raise Misshaped("its key is of an unknown kind")
    half = (public.curve.key_size + 7) // 8
    if len(data) != 2 * half:
        return False
    r, s = int.from_bytes(data[:half], "big"), int.from_bytes(data[half:], "big")
    try:
        public.verify(encode_dss_signature(r, s), text.encode(), ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
