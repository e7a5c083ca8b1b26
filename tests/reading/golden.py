"""Example pages and the answers expected of them.

Each page `fixtures/<family>/<name>.html` has its answer `<name>.golden.json` (with the address and role it is read
by) and may have `<name>.content.json` (cookies, JSON answers, pop-ups, visible text).
`PYTHONPATH=tests python -m reading.golden` prints what is read now, to be checked by eye before it becomes an answer.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from scrapers.extract import read_page
from scrapers.model import FactKind, JsonAnswer, PageContent, Reading, Role
from scrapers.text import decode_html

FIXTURES = Path(__file__).parent / "fixtures"


def example_pages() -> list[Path]:
    """All example pages, in a fixed order."""
    return sorted(FIXTURES.glob("*/*.html"))


def load_answer(page: Path) -> dict[str, object]:
    """The answer expected of an example page."""
    answer: dict[str, object] = json.loads(page.with_suffix(".golden.json").read_text("utf-8"))
    return answer


def content_of_example(page: Path, url: str) -> PageContent:
    """An example page as a reader takes it."""
    extra_file = page.with_suffix(".content.json")
    extra = json.loads(extra_file.read_text("utf-8")) if extra_file.exists() else {}
    dom = decode_html(page.read_bytes(), "text/html")
    return PageContent(
        url=url,
        dom=dom,
        source_html=dom,
        text=extra.get("text", ""),
        popups=tuple(extra.get("popups", ())),
        cookies=tuple(extra.get("cookies", ())),
        answers=tuple(JsonAnswer(**answer) for answer in extra.get("answers", ())),
    )


def read_example(page: Path, url: str, role: str) -> Reading:
    """Read an example page."""
    return read_page(content_of_example(page, url), role=Role(role) if role else None)


def as_answer(reading: Reading, url: str, role: str) -> dict[str, object]:
    """A reading in the form of the answers, without confidences, places and links (tests/discover holds those)."""
    return {
        "url": url,
        "role": role,
        "family": reading.family,
        "facts": [
            [f.subject, f.kind, f.qualifier, f.value, f.source] for f in reading.facts if f.kind is not FactKind.LINK
        ],
        "blocks": [[b.kind, b.heading, b.subject, b.source, b.text, list(b.images)] for b in reading.blocks],
        "problems": list(reading.problems),
    }


if __name__ == "__main__":
    for example in example_pages():
        if len(sys.argv) > 1 and sys.argv[1] not in example.name:
            continue
        known = load_answer(example)
        place, purpose = str(known["url"]), str(known["role"])
        sys.stdout.write(
            json.dumps(as_answer(read_example(example, place, purpose), place, purpose), ensure_ascii=False)
        )
        sys.stdout.write("\n")
