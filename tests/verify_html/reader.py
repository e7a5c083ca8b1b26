"""Opens verify.html in Chromium as a person does, from its file, and reads the answer off the page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import FilePayload, Page

PAGE = Path(__file__).parents[2] / "monitor" / "web" / "verify.html"


@dataclass(frozen=True)
class Answer:
    """What the page said: the verdict, the status of each check, and all of its text."""

    verdict: str
    checks: dict[str, str]
    text: str

    def ids(self, status: str) -> set[str]:
        return {name for name, found in self.checks.items() if found == status}


def open_verifier(page: Page) -> None:
    page.goto(PAGE.as_uri())
    page.click("#more summary")


def ask(
    page: Page,
    data: bytes | Path,
    *,
    pinned: str = "",
    earlier: bytes | tuple[bytes, ...] = (),
    roots: bytes = b"",
    name: str = "evidence.wacz",
) -> Answer:
    """Give the page a package and what else is at hand, and wait for its answer."""
    page.fill("#pinned", pinned)
    given = (earlier,) if isinstance(earlier, bytes) else earlier
    page.set_input_files("#earlier", [_file(f"earlier-{number}", item) for number, item in enumerate(given)])
    page.set_input_files("#roots", [_file("root.pem", roots)] if roots else [])
    page.set_input_files("#file", [])
    page.set_input_files("#file", str(data) if isinstance(data, Path) else [_file(name, data)])
    page.wait_for_selector("body[data-verdict], #trouble:not(:empty)", state="attached", timeout=30_000)
    verdict = page.locator("body").get_attribute("data-verdict") or ""
    rows = page.locator("[data-check]").evaluate_all("rows => rows.map(row => [row.dataset.check, row.dataset.status])")
    return Answer(verdict, dict(rows), page.inner_text("main"))


def _file(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}
