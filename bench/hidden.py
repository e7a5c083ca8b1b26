"""How much of what pages hide is found: over a hundred ways, on pages of our own, by the real browser.

Prints a row each with the mark under which the rule was found. `python -m bench.hidden [--json] [--write]`;
`--write` makes docs/hidden-text.md anew. Exit code 1 when one is missed or wrongly marked.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # the pages are the tests' own

from hidden.suite import make_table, run_suite

from scrapers.browser import find_browser

DOC = Path(__file__).parents[1] / "docs" / "hidden-text.md"
INTRODUCTION = """# What pages hide, and how it is read

Rules hide in pop-ups, folds, attributes, scripts, style sheets and pictures. Each row is a rule on a page of our own,
visited by the real browser, kept in the archive and read back from there. Made by `python -m bench.hidden --write`; a
test holds it.

- **shown** and **pop-up** may be quoted as shown. Nothing else may.
- **hidden (cause)** stands in the page and no visitor sees it; the cause is the way. *stylesheet*: it was not
  shown and no fold explains why. *comment*, *not rendered*: code that a visitor never gets.
- **attribute**, **script**, **data answer** say where it stands; a rule in scripts and data is kept apart from those in
  force.
- **picture** was recognised (OCR, extra `ocr`): every line has its confidence, and a change read there is marked,
  never quoted.
- **out of reach** is named with its reason. Videos, recordings, PDFs and fonts of a page are named in its reading.

"""


def main() -> int:
    """Run the suite and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    browser = find_browser(os.environ)
    if browser is None:
        print("no browser on this machine", file=sys.stderr)
        return 1
    started = time.monotonic()
    results = run_suite(browser)
    wrong = [result for result in results if not result.right]
    reached = [result for result in results if not result.case.reason]
    figures = {
        "cases": len(results),
        "found": sum(result.right for result in reached),
        "out_of_reach": len(results) - len(reached),
        "wrong": [result.case.name for result in wrong],
        "seconds": round(time.monotonic() - started, 1),
    }
    if options.write:
        DOC.write_text(INTRODUCTION + make_table(results), "utf-8")
    print(json.dumps(figures, ensure_ascii=False) if options.json else make_table(results))
    if not options.json:
        print(f"{figures['found']} of {len(reached)} found, {figures['out_of_reach']} named as out of reach")
    for result in wrong:
        print(f"wrong: {result.case.name}: found as {result.found}, expected {result.case.marks}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
