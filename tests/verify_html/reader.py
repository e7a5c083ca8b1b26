"""Opens verify.html in Chromium as a person does, from its file, and reads the answer off the page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import FilePayload, Page

PAGE = Path(__file__).parents[2] / "monitor" / "web" / "verify.html"


@dataclass(frozen=True)
class Told:
    """What the page said of one thing: its verdict and the status of each check."""

    name: str
    kind: str
    verdict: str
    checks: dict[str, str]

    def ids(self, status: str) -> set[str]:
        return {name for name, found in self.checks.items() if found == status}


@dataclass(frozen=True)
class Answer:
    """What the page said: the whole verdict, each thing that was checked, and all of its text."""

    verdict: str
    subjects: tuple[Told, ...]
    text: str

    @property
    def checks(self) -> dict[str, str]:
        """Of a package that is told alone."""
        (only,) = self.subjects
        return only.checks

    def ids(self, status: str) -> set[str]:
        return {name for subject in self.subjects for name in subject.ids(status)}


READ_SUBJECTS = """
() => {
  const read = (row) => [row.dataset.check, row.dataset.status];
  const statuses = (place) => [...place.querySelectorAll("[data-check]")].map(read);
  const folded = [...document.querySelectorAll("details.subject")];
  if (!folded.length) return [["", "", document.body.dataset.verdict, statuses(document)]];
  return folded.map((one) => [one.dataset.subject, one.dataset.kind, one.dataset.verdict, statuses(one)]);
}
"""
"""Reads what stands on the page; folded ones must have been opened."""


def open_verifier(page: Page) -> None:
    page.goto(PAGE.as_uri())
    page.click("#more summary")


def ask(
    page: Page,
    data: bytes | Path | dict[str, bytes],
    *,
    pinned: str = "",
    earlier: bytes | tuple[bytes, ...] = (),
    roots: bytes = b"",
    name: str = "evidence.wacz",
) -> Answer:
    """Give the page a package, or several by their names, and what else is at hand, and wait for its answer."""
    page.fill("#pinned", pinned)
    given = (earlier,) if isinstance(earlier, bytes) else earlier
    page.set_input_files("#earlier", [_file(f"earlier-{number}", item) for number, item in enumerate(given)])
    page.set_input_files("#roots", [_file("root.pem", roots)] if roots else [])
    page.set_input_files("#file", [])
    if isinstance(data, Path):
        page.set_input_files("#file", str(data))
    else:
        files = data if isinstance(data, dict) else {name: data}
        page.set_input_files("#file", [_file(*item) for item in files.items()])
    page.wait_for_selector("body[data-verdict], #trouble:not(:empty)", state="attached", timeout=60_000)
    page.evaluate("document.querySelectorAll('details.subject').forEach((folded) => { folded.open = true })")
    page.wait_for_function(
        "![...document.querySelectorAll('details.subject .body')].some((body) => !body.hasChildNodes())"
    )
    verdict = page.locator("body").get_attribute("data-verdict") or ""
    read: list[tuple[str, str, str, list[tuple[str, str]]]] = page.evaluate(READ_SUBJECTS)
    subjects = tuple(Told(name, kind, one, dict(rows)) for name, kind, one, rows in read)
    return Answer(verdict, subjects, page.inner_text("main"))


def _file(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}
