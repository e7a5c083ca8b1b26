"""Brings files into a case: each original untouched into the custody log, then an item that says what it is.

Takes an open archive, a case, paths; gives what became of every file. What cannot be read is kept all the same, with
what could not be read. A file that is in the case already is not kept twice. Nothing is asked of anybody.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.complaints.evidence.evidence_kinds import load_kinds
from monitor.complaints.intake.certificates import MOST_BYTES as MOST_TOKEN
from monitor.complaints.intake.certificates import UNCHECKED_CERTIFICATE, check_token
from monitor.complaints.intake.collect import collect_files
from monitor.complaints.intake.describe import add_ocr, clean_name, describe_item, empty_item, judge_times
from monitor.complaints.intake.forms import FileForm, look_at_start, tell_form
from monitor.complaints.intake.likeness import MOST_APART, Likeness, find_candidates, read_shape
from monitor.complaints.intake.model import BringerWords, BroughtFile, FoundFile, IntakeReport, Outcome, Refused
from monitor.complaints.intake.unpack import Budget
from scrapers.deadline import Deadline
from scrapers.media import MOST_TEXT, MediaFacts, MediaReader
from scrapers.ocr import MOST_PICTURES, Picture, engine_release, read_pictures
from storage.case import Case, CaseItem, FoundTime
from storage.case_items import change_item, find_same_bytes, keep_item, list_items
from storage.cases import load_case
from storage.errors import ArchiveError
from storage.evidence import keep_evidence, load_evidence
from storage.ids import new_id
from storage.objects import digest_file

if TYPE_CHECKING:
    from monitor.config.complaints import ComplaintSettings
    from storage.archive import Archive

Progress = Callable[[str, int, str], None]
"""Told before each file: what is done (read, ocr), how many were done before, the name."""

OCR_SECONDS = 60.0
_MOST_OCR_BYTES = 48_000_000  # of pictures in memory at once
_MOST_LIKE = 300
_MOST_CANDIDATES = 8
_READ = ("image", "pdf", "audio", "video", "html", "mhtml", "mail", "mbox", "text", "chat_json")
_KEPT_ALL_THE_SAME = "原文件已原样保存"
_PAGE_HINT = "网页没有在浏览器里打开过；要与其他时间的页面比对，另用 cardwatch import 导入"


@dataclass
class _Work:
    """What one run knows of the case while it goes on."""

    archive: Archive
    case: Case
    at: datetime
    words: BringerWords
    reader: MediaReader
    folder: Path
    by_digest: dict[str, CaseItem]
    names: dict[str, str] = field(default_factory=dict)  # of files at hand, by SHA-256
    likenesses: dict[str, Likeness] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)  # of the pictures that were looked at, by item
    files: list[BroughtFile] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)  # places in `files`
    pictures: list[tuple[int, Path, str]] = field(default_factory=list)  # place in `files`, its bytes, software
    looked_back: bool = False


def bring_in(
    archive: Archive,
    case_id: str,
    paths: Sequence[Path],
    *,
    at: datetime,
    kind: str = "",
    note: str = "",
    settings: ComplaintSettings | None = None,
    words: BringerWords | None = None,
    ocr_seconds: float = OCR_SECONDS,
    progress: Progress | None = None,
) -> IntakeReport:
    """Bring files, folders and archives into a case. `words` say more than `kind` and `note` and go before them.

    `ocr_seconds` 0 reads no text in pictures. `settings` are those of complaints, for callers that have them; intake
    has no setting yet. Raises NotInArchive for an unknown case, ArchiveError for an erased one or an unknown kind,
    ArchiveFull where the disk has no room; what was kept before that stays.
    """
    said = words or BringerWords(kind=kind, note=note)
    if said.kind and said.kind not in load_kinds():
        raise ArchiveError(f"没有“{said.kind}”这种证据类型；可用的有：{'、'.join(load_kinds())}")
    with archive.database.reading() as session:
        case = load_case(session, case_id)
        items = list_items(session, case.id)
    if case.erased_at is not None:
        raise ArchiveError(f"案件{case.id}的资料已按要求销毁，不能再加入证据；请另立一案")
    folder = Path(tempfile.mkdtemp(prefix="intake-", dir=archive.staging()))
    try:
        with MediaReader() as reader:
            work = _Work(archive, case, at, said, reader, folder, _digests(archive, items))
            for found in collect_files(paths, folder, Budget(archive.require_room)):
                if progress is not None:
                    progress("read", len(work.files), found.name)
                work.files.append(_refused(found) if isinstance(found, Refused) else _bring(work, found))
        _check_tokens(work)
        notes = _read_pictures(work, ocr_seconds, progress)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return IntakeReport(case.id, tuple(work.files), tuple(notes))


def _digests(archive: Archive, items: Sequence[CaseItem]) -> dict[str, CaseItem]:
    found: dict[str, CaseItem] = {}
    for item in items:
        digest = load_evidence(archive, item.evidence).object
        if digest:  # the bytes of an erased one are gone
            found.setdefault(digest, item)
    return found


def _refused(refused: Refused) -> BroughtFile:
    return BroughtFile(_shown(refused.name), Outcome.NOT_KEPT, troubles=(refused.why,))


def _shown(name: str) -> str:
    return "／".join(clean_name(part) for part in name.split("／"))


def _bring(work: _Work, found: FoundFile) -> BroughtFile:
    """Keep one file and make its item; a disk that fails or is full ends the run."""
    name = clean_name(found.name)
    try:
        form = tell_form(look_at_start(found.path), found.name)
        digest, _ = digest_file(found.path)
    except OSError as error:  # it went away meanwhile, or its disk cannot be read
        return BroughtFile(_whole_name(found), Outcome.NOT_KEPT, troubles=(f"读不到：{error.strerror}",))
    work.names[digest] = name
    known = work.by_digest.get(digest)
    if known is not None:
        return _known(work, known, name)
    note = f"案件{work.case.id}的证据" + (f"，取自压缩包{_shown(found.within)}" if found.within else "")
    evidence = keep_evidence(
        work.archive,
        found.path,
        name=name,
        media_type=form.media_type,
        note=f"{note}；{work.words.note}"[:4000] if work.words.note else note[:4000],
        at=work.at,
    )
    troubles = [] if evidence.object == digest else ["读取时文件正被改动，保存的是改动后的内容"]
    kept = work.archive.objects.path_of(evidence.object)
    media, flat = _look(work, kept, form, len(work.files))
    if media.unread:
        troubles.append(f"{media.unread}（{_KEPT_ALL_THE_SAME}）")
    notes = [form.note] if form.note else []
    if form.form in ("html", "mhtml"):
        notes.append(_PAGE_HINT)
    if form.form in ("other", "zip", "tar"):
        notes.append(f"这种文件的内容没有读取，{_KEPT_ALL_THE_SAME}")
    notes += media.notes
    blank = empty_item(new_id("item", work.at), work.case.id, evidence.id, work.at)
    described = describe_item(blank, found, form, media, work.words, work.case.facts)
    item = described.item
    if form.form == "image" and media.likeness:
        item, told = _compare(work, item, media, kept)
        notes += told
        work.pictures.append((len(work.files), flat or kept, media.facts.get("software", "")))
    if item.kind == "certificate" and form.form != "token":
        notes.append(UNCHECKED_CERTIFICATE)
    if form.form == "token":
        work.tokens.append(len(work.files))
    with work.archive.database.writing() as session:
        meanwhile = find_same_bytes(session, work.case.id, evidence.object)  # brought by another process since
        if meanwhile is None:
            keep_item(session, item)
    if meanwhile is not None:
        work.by_digest[evidence.object] = meanwhile
        return _known(work, meanwhile, name)
    work.by_digest[evidence.object] = item
    return BroughtFile(
        _whole_name(found), Outcome.KEPT, item, described.why, tuple(troubles), tuple(notes), media.facts
    )


def _whole_name(found: FoundFile) -> str:
    return _shown(f"{found.within}／{found.name}" if found.within else found.name)


def _known(work: _Work, known: CaseItem, name: str) -> BroughtFile:
    """The same bytes again: not kept twice; what is now said of them goes before what was said or guessed."""
    words = work.words
    kind = load_kinds()[words.kind] if words.kind else None
    changed = replace(
        known,
        kind=kind.id if kind else known.kind,
        stage=kind.stage if kind else known.stage,
        title=words.title or (kind.name if kind and kind.id != known.kind else known.title),
        shows=words.shows or (kind.shows if kind and kind.id != known.kind else known.shows),
        source=words.source or known.source,
        said_at=words.said_at or known.said_at,
    )
    if changed == known:
        return BroughtFile(name, Outcome.SAME, known, notes=("内容完全相同的文件已在案件中，没有重复保存",))
    changed = judge_times(changed, words, work.case.facts, "")
    edited = [line for line in known.conflicts if "图像编辑软件" in line]
    changed = replace(changed, conflicts=tuple(dict.fromkeys((*changed.conflicts, *edited))))
    with work.archive.database.writing() as session:
        change_item(session, changed, work.at)
    for digest, item in work.by_digest.items():
        if item.id == known.id:
            work.by_digest[digest] = changed
    return BroughtFile(name, Outcome.CHANGED, changed, notes=("文件已在案件中，只改了说明，没有重复保存",))


def _look(work: _Work, kept: Path, form: FileForm, place: int) -> tuple[MediaFacts, Path | None]:
    """What is in a file, and a PNG of it where the reader of text in pictures does not know its format."""
    if form.form not in _READ:
        return MediaFacts(), None
    flat = work.folder / f"{place}.png" if form.media_type in ("image/heic", "image/heif") else None
    media = work.reader.look(kept, form.form, flat=flat)
    return media, flat if flat is not None and flat.exists() else None


def _compare(work: _Work, item: CaseItem, media: MediaFacts, kept: Path) -> tuple[CaseItem, list[str]]:
    """Mark a picture that is nearly the same as one of the case; both are kept."""
    if not work.looked_back:
        work.looked_back = True
        _look_back(work)
    shape = read_shape(media.facts.get("size", ""))
    candidates = list(find_candidates((media.likeness, shape), work.likenesses))[:_MOST_CANDIDATES]
    like = next((name for name in candidates if _is_same(work.reader.compare(kept, work.paths[name]))), "")
    work.likenesses[item.id], work.paths[item.id] = (media.likeness, shape), kept
    if not like:
        return item, []
    larger = shape[0] > work.likenesses[like][1][0]
    told = f"画面与{like}几乎相同，两份都保留"
    return replace(item, duplicate_of=like), [told + ("；这一份更清晰，若是原图，可移除先前那份" if larger else "")]


def _look_back(work: _Work) -> None:
    """How the pictures that are in the case already look."""
    pictures = [(digest, item) for digest, item in work.by_digest.items() if item.media_type.startswith("image/")]
    for digest, item in pictures[-_MOST_LIKE:]:
        path = work.archive.objects.path_of(digest)
        media = work.reader.look(path, "image")
        if media.likeness:
            shape = read_shape(media.facts.get("size", ""))
            work.likenesses[item.id], work.paths[item.id] = (media.likeness, shape), path


def _is_same(apart: int | None) -> bool:
    return apart is not None and apart <= MOST_APART


def _check_tokens(work: _Work) -> None:
    """Hold every time-stamp file against all files of the case, now that they are known."""
    names = {digest: item.title for digest, item in work.by_digest.items()} | work.names
    for place in work.tokens:
        brought = work.files[place]
        if brought.item is None:
            continue
        with work.archive.objects.open(load_evidence(work.archive, brought.item.evidence).object) as file:
            check = check_token(file.read(MOST_TOKEN + 1), names)
        times = (FoundTime("certificate", "时间戳所载时间", check.at, True),) if check.at else ()
        conflicts = (*brought.item.conflicts, check.trouble) if check.trouble else brought.item.conflicts
        item = replace(brought.item, text=check.said, times=(*brought.item.times, *times), conflicts=conflicts)
        with work.archive.database.writing() as session:
            change_item(session, item, work.at)
        work.files[place] = replace(brought, item=item, notes=(*brought.notes, check.said))


def _read_pictures(work: _Work, seconds: float, progress: Progress | None) -> list[str]:
    """Read the text in the new pictures within the seconds; gives what is to be told of it."""
    if not work.pictures:
        return []
    if not seconds:
        return ["没有识别图片中的文字（按要求跳过）"]
    if not engine_release():
        return ["没有识别图片中的文字：没有安装文字识别组件（pip install 'cardwatch[ocr]'），不影响保存"]
    deadline = Deadline(seconds)
    unread = 0
    for batch in _batches(work.pictures):
        if progress is not None:
            progress("ocr", batch[0][0], work.files[batch[0][0]].name)
        pictures = [Picture.of(str(place), path.read_bytes()) for place, path, _ in batch]
        for (place, _, software), read in zip(batch, read_pictures(pictures, {}, deadline.left), strict=True):
            unread += not read.final
            brought = work.files[place]
            if brought.item is None:
                continue
            text = "\n".join(line.text for line in read.lines)[:MOST_TEXT]
            described = add_ocr(brought.item, brought.name, text, work.words, work.case.facts, software)
            if described is not None:
                with work.archive.database.writing() as session:
                    change_item(session, described.item, work.at)
                told = (UNCHECKED_CERTIFICATE,) if described.item.kind == "certificate" != brought.item.kind else ()
                work.files[place] = replace(
                    brought,
                    item=described.item,
                    why_kind=described.why or brought.why_kind,
                    notes=(*brought.notes, *told),
                )
    return [f"有{unread}张图片来不及识别文字（限{seconds:g}秒）；文件都已保存"] if unread else []


def _batches(pictures: Sequence[tuple[int, Path, str]]) -> Iterator[list[tuple[int, Path, str]]]:
    """Pictures in groups that fit into memory."""
    batch: list[tuple[int, Path, str]] = []
    size = 0
    for picture in pictures:
        length = picture[1].stat().st_size
        if batch and (size + length > _MOST_OCR_BYTES or len(batch) >= MOST_PICTURES):
            yield batch
            batch, size = [], 0
        batch.append(picture)
        size += length
    if batch:
        yield batch
