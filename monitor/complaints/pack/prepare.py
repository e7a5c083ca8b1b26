"""Makes the exhibits of a pack ready to leave: the original where nothing has to be masked, else a masked copy.

A masked copy becomes an entry of the custody log, once: the same bytes are found again. What cannot be masked safely is
withheld and named; an authority gets it only where the user asked for that item by name. An original goes only to an
authority, and only where it holds nothing beside what it shows: anything else goes as a copy made anew.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.complaints.evidence.evidence_kinds import load_kinds
from monitor.complaints.masking.files import MaskedFile, mask_file
from monitor.complaints.model import Audience, CaseFile, Exhibit
from monitor.complaints.pack.bare import is_bare
from monitor.complaints.pack.mask_memory import MaskMemory, Remembered
from monitor.complaints.pack.masks import Masker, tell_masks
from monitor.complaints.pack.model import Prepared
from monitor.complaints.pack.sheets import show_moment
from storage.errors import ArchiveDamaged, NotInArchive
from storage.evidence import evidence_seed, keep_masked_copy, load_evidence
from storage.lookups import get_lookup
from storage.objects import digest_file
from storage.pack_proof import find_masked_copy

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.case import CaseItem
    from storage.model import StoredEvidence

GONE = "原件已按规定销毁，只留下日期"
_SOURCES = {
    "exif": "照片信息（EXIF）", "pdf": "PDF 信息", "container": "音视频文件信息", "mail": "邮件头", "chat": "聊天记录",
    "zip": "压缩包", "certificate": "证书", "name": "文件名",
}  # fmt: skip
_NAMES = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/heic": ".heic", "image/heif": ".heic",
    "application/pdf": ".pdf", "text/plain": ".txt", "text/html": ".html", "message/rfc822": ".eml",
    "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "video/mp4": ".mp4", "video/quicktime": ".mov",
    "application/zip": ".zip", "application/json": ".json", "text/csv": ".csv",
}  # fmt: skip
_LONGEST_NOTE = 1000


class Preparer:
    """Prepares the exhibits of one case for one audience. `kept_at` is when masked copies are entered in the log."""

    def __init__(
        self,
        archive: Archive,
        file: CaseFile,
        masker: Masker,
        folder: Path,
        kept_at: datetime,
        *,
        include: Collection[str] = (),
        write: bool = True,
    ) -> None:
        self._archive = archive
        self._items = {item.evidence: item for item in file.items}
        self._masker = masker
        self._folder = folder
        self._kept_at = kept_at
        self._include = include
        self.writes = write
        self._memory = MaskMemory(archive, masker.masking)
        self.new_copies = 0

    def prepare(self, exhibit: Exhibit) -> Prepared:
        """One exhibit that is an item of the case or a lookup."""
        item = self._items.get(exhibit.id)
        where = f"证{exhibit.number}"
        told = Prepared(
            exhibit,
            self._masker.text(exhibit.name, where),
            self._masker.text(exhibit.shows, where),
            self._masker.text(exhibit.source, where),
            times=self._tell_times(item),
            notes=tuple(self._masker.text(note, where) for note in (item.conflicts if item else ())),
        )
        try:
            evidence = self._find(exhibit)
        except NotInArchive as error:
            return replace(told, withheld=str(error))
        if evidence is None:
            return replace(told, withheld="这次查询没有保存原始回复")
        if evidence.erased_at is not None:
            return replace(told, withheld=GONE)
        return self._mask(told, evidence, item)

    def _find(self, exhibit: Exhibit) -> StoredEvidence | None:
        if exhibit.form != "lookup":
            return load_evidence(self._archive, exhibit.id)
        with self._archive.database.reading() as session:
            found = get_lookup(session, exhibit.id)
        return load_evidence(self._archive, found.evidence) if found.evidence else None

    def _mask(self, told: Prepared, evidence: StoredEvidence, item: CaseItem | None) -> Prepared:
        exhibit, where = told.exhibit, f"证{told.exhibit.number}"
        path = self._archive.objects.path_of(evidence.object)
        if not self._archive.objects.has(evidence.object) or digest_file(path)[0] != evidence.object:
            raise ArchiveDamaged(
                f"the bytes of evidence {evidence.id} are missing or were altered: run `cardwatch check`, and bring "
                "back a backup"
            )
        media_type = (item.media_type if item else "") or exhibit.media_type or evidence.media_type
        text = self._masker.text(item.text, f"{where}（文字）") if item else ""
        told = replace(told, text=text, text_source=item.text_source if item else "")
        seed = evidence_seed(self._archive, evidence.id)
        asked = self._is_asked(evidence, item)
        known = None if asked else self._recall(evidence, seed, media_type)
        if known is not None:
            self._masker.count(known.hits, where)
            copy = find_masked_copy(self._archive, evidence.id, known.copy) if known.copy else None
            return replace(
                told,
                file=self._archive.objects.path_of(known.copy) if known.copy else path,
                media_type=known.media_type,
                evidence=copy.id if copy else evidence.id,
                masked=bool(known.copy),
                hits=known.hits,
                notes=(*told.notes, *known.notes),
            )
        masked = mask_file(path, media_type, self._masker.masking)
        data, hits = masked.data, masked.hits
        if data is not None and masked.media_type.startswith("text/"):
            looked, more = self._masker.look_again(data.decode("utf-8", "replace"))
            data, hits = looked.encode() if more else data, (*hits, *more)
        self._masker.count(hits, where)
        if data is None:
            return self._withhold(told, masked, evidence, item, path, media_type)
        clean = not hits
        digest = hashlib.sha256(data).hexdigest()
        to_authority = self._masker.masking.audience is Audience.AUTHORITY
        if clean and ((to_authority and is_bare(path, media_type)) or digest == evidence.object):
            self._remember(evidence, seed, media_type, Remembered((), "", media_type))
            return replace(told, file=path, media_type=media_type, evidence=evidence.id)
        if asked and clean:
            return self._let_go(told, evidence, path, media_type, "文件自带的信息未经检查")
        self._remember(evidence, seed, media_type, Remembered(hits, digest, masked.media_type, masked.notes))
        told = replace(told, hits=hits, notes=(*told.notes, *masked.notes))
        return self._keep_copy(told, masked, data, evidence)

    def _recall(self, evidence: StoredEvidence, seed: bytes | None, media_type: str) -> Remembered | None:
        """What an earlier pack found; not where the copy that it made is gone."""
        known = self._memory.recall(seed, evidence.object, media_type)
        if known is None or not known.copy:
            return known
        copy = find_masked_copy(self._archive, evidence.id, known.copy)
        return known if copy is not None and self._archive.objects.has(known.copy) else None

    def _remember(self, evidence: StoredEvidence, seed: bytes | None, media_type: str, found: Remembered) -> None:
        if self.writes:
            self._memory.keep(seed, evidence.object, media_type, found)

    def _withhold(
        self,
        told: Prepared,
        masked: MaskedFile,
        evidence: StoredEvidence,
        item: CaseItem | None,
        path: Path,
        media_type: str,
    ) -> Prepared:
        if self._is_asked(evidence, item):
            return self._let_go(told, evidence, path, media_type, masked.withheld)
        return replace(told, withheld=masked.withheld, media_type=media_type)

    def _is_asked(self, evidence: StoredEvidence, item: CaseItem | None) -> bool:
        """Whether the user wants this item to go along as it is, and it goes to an authority."""
        named = {evidence.id, item.id if item else ""} & set(self._include)
        return bool(named) and self._masker.masking.audience is Audience.AUTHORITY

    def _let_go(self, told: Prepared, evidence: StoredEvidence, path: Path, media_type: str, why: str) -> Prepared:
        note = f"未经遮盖，按本人要求原样附上（{why}）"
        return replace(
            told, file=path, media_type=media_type, evidence=evidence.id, raw=True, notes=(*told.notes, note)
        )

    def _keep_copy(self, told: Prepared, masked: MaskedFile, data: bytes, evidence: StoredEvidence) -> Prepared:
        digest = hashlib.sha256(data).hexdigest()
        place = self._folder / f"{digest}.masked"
        if not place.exists():
            place.write_bytes(data)
        kept = find_masked_copy(self._archive, evidence.id, digest)
        if kept is None and self.writes:
            what = tell_masks(masked.hits) or "重新编码，去除文件自带的信息，内容未遮盖"
            kept = keep_masked_copy(
                self._archive,
                evidence.id,
                place,
                f"遮盖件（提交对象：{self._masker.masking.audience.value}）：{what}"[:_LONGEST_NOTE],
                self._kept_at,
                name=f"{kind_name(told.exhibit)}{extension_of(masked.media_type)}",
                media_type=masked.media_type,
            )
            self.new_copies += 1
        return replace(
            told, file=place, media_type=masked.media_type, evidence=kept.id if kept else evidence.id, masked=True
        )

    def _tell_times(self, item: CaseItem | None) -> tuple[str, ...]:
        if item is None:
            return ()
        told = [f"本人陈述：{show_moment(item.said_at)}"] if item.said_at else []
        for found in item.times:
            zone = "" if found.zone_known else "（文件未注明时区，按北京时间）"
            told.append(f"{_SOURCES.get(found.source, found.source)}：{show_moment(found.at)}{zone}")
        return tuple(told)


def kind_name(exhibit: Exhibit) -> str:
    """What an exhibit is, in words of our own: names of files in a pack are never taken from anybody's file."""
    from monitor.complaints.evidence.exhibits import ROLE_ZH

    if exhibit.form == "capture":
        return next((name for role, name in ROLE_ZH.items() if role.value == exhibit.kind), "网页")
    if exhibit.form == "lookup":
        return "查询记录"
    kind = load_kinds().get(exhibit.kind)
    return kind.name if kind else "材料"


def extension_of(media_type: str) -> str:
    """The ending of a file's name for its type."""
    plain = media_type.partition(";")[0].strip().lower()
    return _NAMES.get(plain) or mimetypes.guess_extension(plain) or ".bin"
