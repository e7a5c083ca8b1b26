"""Checks what a player shows before a page is opened: the list of pages and the package's description of itself.

Neither is sealed. Both follow from the sealed record of the visit; of a redacted copy only what its records still tell
may stand there, so that nobody can write a title, a price or an address of his own into it.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.verify.capture import Scan
from monitor.verify.checks import Findings, Said
from monitor.verify.package import Export
from monitor.verify.package_checks import LIST, fetch_file
from monitor.verify.proof import Proof
from monitor.verify.reading import Misshaped, read_object
from scrapers.model import Capture, ViewKind
from storage.manifest import Manifest
from storage.package import WACZ_VERSION
from storage.warc import EMPTY_DIGEST, safe_uri, show_date

PAGES = "pages/pages.jsonl"
_MOST_BYTES = 64 << 20
_PAGE_FIELDS = {"id", "url", "ts", "title", "seed", "text"}
_DESCRIBED = {
    "profile", "wacz_version", "software", "created", "title", "mainPageURL", "mainPageDate", "resources",
}  # fmt: skip


def check_pages(findings: Findings, export: Export, outline: Capture, proof: Proof, scan: Scan) -> None:
    """Check that the list of pages tells address, title and text as they were captured."""
    data = fetch_file(findings, "replay_pages", export, PAGES, _MOST_BYTES)
    if data is None:
        return
    pages: list[dict[str, object]] = []
    try:
        pages = [read_object(line) for line in data.removesuffix(b"\n").split(b"\n")]
    except Misshaped as error:
        findings.failed("replay_pages", Said(str(error), str(error)), about=PAGES)
    if len(pages) != 2:
        said = Said(f"应有两行，实有 {len(pages)} 行", f"it has {len(pages)} lines, not two")
        findings.failed("replay_pages", said, about=PAGES)
        return
    _tell(findings, PAGES, [*_faults_of_header(*pages), *_faults_of_page(pages[1], outline, proof, scan)])
    findings.settle("replay_pages", about=PAGES)


def check_description(
    findings: Findings, export: Export, outline: Capture, proof: Proof, scan: Scan, manifest: Manifest
) -> None:
    """Check that datapackage.json gives title, address and moment as they were captured, and no words of its own."""
    try:
        fields = read_object(export.read(LIST, _MOST_BYTES)) if export.has(LIST) else None
    except Misshaped:
        return  # told where the list was read
    if fields is None:
        return
    wrong = sorted(name[:80] for name in fields.keys() - _DESCRIBED)
    page = manifest.fields.get("page")
    title = outline.title or (str(page.get("url")) if isinstance(page, dict) else "")
    shown = fields.get("title", title)
    if shown != title and (outline.title or not proof.redacted):
        wrong.append("title")
    main = (fields.get("mainPageURL"), fields.get("mainPageDate"))
    if main != (None, None) and not _is_main(main, outline, proof, scan):
        wrong.append("mainPageURL")
    if (fields.get("profile"), fields.get("wacz_version")) != ("data-package", WACZ_VERSION):
        wrong.append("profile")
    _tell(findings, LIST, wrong)


def _tell(findings: Findings, path: str, wrong: list[str]) -> None:
    if wrong:
        said = Said(f"与抓取内容不同：{'、'.join(wrong)}", f"not as it was captured: {', '.join(wrong)}")
        findings.failed("replay_pages", said, about=path)


def _faults_of_header(header: dict[str, object], page: dict[str, object]) -> Iterator[str]:
    told = {"format": "json-pages-1.0", "id": "pages", "title": "Pages", "hasText": bool(page.get("text"))}
    if header != told or type(header["hasText"]) is not bool:
        yield "header"
    if page.keys() - _PAGE_FIELDS or page.get("seed", True) is not True:
        yield "fields"


def _faults_of_page(page: dict[str, object], outline: Capture, proof: Proof, scan: Scan) -> Iterator[str]:
    if not _is_main((page.get("url"), page.get("ts")), outline, proof, scan):
        yield "url"
    if page.get("id") != outline.id:
        yield "id"
    if page.get("title") != (outline.title or outline.final_url or outline.url):
        yield "title"
    if page.get("text", "") not in _list_texts(outline, proof, scan):
        yield "text"


def _is_main(shown: tuple[object, object], outline: Capture, proof: Proof, scan: Scan) -> bool:
    """Whether an address and a moment are those of the document that was shown, the last that was answered.

    Where the entry of that one may be withheld, any answer in the copy will do: its record is proven by itself.
    """
    answered = [exchange for exchange in outline.exchanges if exchange.main_document and exchange.status is not None]
    whole = (outline.final_url or outline.url, show_date(outline.started_at))
    known = [(answered[-1].url, show_date(answered[-1].started_at))] if answered else [whole]
    if shown in known:
        return True
    if not proof.redacted:
        return False
    records = {
        (record.uri, record.headers.get("warc-date", "")) for _, record in scan.records if record.type != "request"
    }
    return shown == whole or (safe_uri(str(shown[0])), shown[1]) in records


def _list_texts(outline: Capture, proof: Proof, scan: Scan) -> list[str]:
    """The texts that may be shown: the page's own as it lies in the package, in a redacted copy also none."""
    digests = [view.digest for view in outline.views if view.kind is ViewKind.TEXT and view.digest]
    if proof.redacted:
        return ["", *scan.texts.values()]
    wanted = digests[0] if digests else EMPTY_DIGEST
    return [scan.texts[wanted]] if wanted in scan.texts else [""] if wanted == EMPTY_DIGEST else []
