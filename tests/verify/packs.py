"""A small pack of the product from a real archive: letters, an original, a masked copy, the export of a visit."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

from monitor.export import export_capture
from storage.checkpoints import seal_log
from storage.custody import newest_key
from storage.evidence import keep_evidence, keep_masked_copy
from storage.file_list import ListedFile
from storage.model import StoredCapture, StoredEvidence
from storage.pack_note import PACK_NOTE, PackList, sign_pack
from storage.pack_proof import PACK_PROOF, PackedAs, PackedFile, PackedItem, close_pack, gather_item_proofs
from storage.token_files import publish_tokens

from .house import DAYS, House
from .maker import NOW, Files

CASE = "k-20261123T040000-abcdefgh"
ORDER = "订单 XH20261110001 卡密 ABCD-1234-EFGH-5678 手机 13800138000".encode()
MASKED_ORDER = "订单 XH20261110001 卡密 ABCD-****-****-5678 手机 138****8000".encode()
PICTURE = b"\x89PNG\r\n\x1a\nnot much of a picture of a dead card"

LETTER, ORIGINAL, MASKED, EXPORT = (
    "01 投诉书.docx",
    "证据/4-1 兑换失败截图.png",
    "证据/3-1 订单.txt",
    "证据/2-1 商品页.wacz",
)


@dataclass(frozen=True)
class Packed:
    """An archive, what of it goes into the pack, and the pack as files by their paths."""

    house: House
    visit: StoredCapture
    picture: StoredEvidence
    order: StoredEvidence
    copy: StoredEvidence
    files: Files

    def build(self, *, steady: bool = True) -> Files:
        """The pack built again from the archive as it is now."""
        return build_pack(self.house, self.visit, self.picture, self.copy, steady=steady)


def make_packed(folder: Path, days: int = 3650) -> Packed:
    """An archive whose log was stamped by an authority of so many days, and a pack of it."""
    return pack_house(House(folder, days))


def pack_house(house: House) -> Packed:
    """A visit, an original and a masked copy kept in an archive, its log stamped, and a pack of them."""
    visit = house.keep(NOW - 3 * DAYS)
    keep = house.archive
    picture = keep_evidence(
        keep, PICTURE, name="IMG_0001.png", media_type="image/png", note="兑换失败", at=NOW - 2 * DAYS
    )
    order = keep_evidence(
        keep, ORDER, name="林小明的订单.txt", media_type="text/plain", note="林小明", at=NOW - 2 * DAYS
    )
    copy = keep_masked_copy(keep, order.id, MASKED_ORDER, "卡密、手机号", NOW - DAYS, name="订单.txt")
    house.stamp(seal_log(keep, NOW - DAYS), "short")
    publish_tokens(keep)
    return Packed(house, visit, picture, order, copy, build_pack(house, visit, picture, copy))


def build_pack(
    house: House, visit: StoredCapture, picture: StoredEvidence, copy: StoredEvidence, *, steady: bool = True
) -> Files:
    """The files of a pack with one visit, one original and one masked copy."""
    path = house.folder / "export.wacz"
    path.unlink(missing_ok=True)
    export_capture(house.archive, visit.id, path, at=NOW, steady=steady)
    content: Files = {
        "00 使用说明.txt": "先把 01 投诉书粘贴到……".encode(),
        LETTER: b"PK\3\4 a letter",
        "verify.html": b"<!doctype html><p>trust me",
        ORIGINAL: PICTURE,
        MASKED: MASKED_ORDER,
        EXPORT: path.read_bytes(),
    }
    said = {
        ORIGINAL: (PackedAs.ORIGINAL, picture.id),
        MASKED: (PackedAs.MASKED, copy.id),
        EXPORT: (PackedAs.CAPTURE, visit.id),
    }
    listed = [list_file(name, data, *said.get(name, (PackedAs.MADE, ""))) for name, data in content.items()]
    proof = gather_item_proofs(house.archive, [PackedItem(picture.id), PackedItem(copy.id)], NOW)
    return {**content, **close_pack(house.archive, proof, listed, NOW, case=CASE, channel="p12315")}


def list_file(path: str, data: bytes, what: PackedAs = PackedAs.MADE, name: str = "") -> PackedFile:
    """A file as close_pack takes it."""
    return PackedFile(path, hashlib.sha256(data).hexdigest(), len(data), what, name)


def to_zip(files: Files, method: int = zipfile.ZIP_STORED) -> bytes:
    """The files as a ZIP whose entries bear the time of the epoch of ZIPs."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr, entry.create_system, entry.compress_type = 0o644 << 16, 3, method
            package.writestr(entry, data)
    return out.getvalue()


def to_folder(files: Files, folder: Path) -> Path:
    """The files written below a folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def sign_again(packed: Packed, files: Files, told: object = None) -> Files:
    """The files with another pack.json perhaps and the list signed anew, as only the key's own holder can."""
    files = dict(files)
    if told is not None:
        files[PACK_PROOF] = told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False).encode()
    archive = packed.house.archive
    with archive.database.reading() as session:
        key = newest_key(session).key
    signer = archive.keys.find(key.public)
    assert signer is not None
    listed = tuple(
        ListedFile(path, hashlib.sha256(data).hexdigest(), len(data))
        for path, data in files.items()
        if path != PACK_NOTE
    )
    digest = hashlib.sha256(files[PACK_PROOF]).hexdigest()
    files[PACK_NOTE] = sign_pack(PackList(CASE, digest, listed), key.name, signer)
    return files


def flip(data: bytes, place: int | None = None) -> bytes:
    """The bytes with one bit of the middle one, or of another, turned."""
    place = len(data) // 2 if place is None else place
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
