"""All hostile pages, the slow and the near-equal ones too, with larger limits than the tests give them.

Prints a line for each page: outcome, reason, seconds, and what is wrong if anything is; then the peak of memory.
`python -m bench.hostile` [--scale 2] [NAME ...]. Exit code 1 when a page did not end as it must.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from scrapers.browser import find_browser
from scrapers.model import Outcome

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # the hostile pages are the tests' own

from hostile.catalogue import list_handlers, list_pages
from hostile.crowd import Crowd
from hostile.keys import make_keys
from hostile.pages.transport import specials
from hostile.site import open_site


def main() -> int:
    """Capture them and say how each ended."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="these pages only")
    parser.add_argument("--scale", type=float, default=2.0, help="of each page's seconds")
    arguments = parser.parse_args()
    found = find_browser(os.environ)
    assert found is not None, "no browser on this machine"
    pages = tuple(page for page in list_pages() if not arguments.names or page.name in arguments.names)
    keys, wrong = make_keys(), 0
    with open_site(list_handlers(list_pages()), specials(keys), keys) as site:
        crowd = Crowd(found, site, pages, arguments.scale)
        for page in pages:
            ended = crowd.ended[page.name].result()
            name = f"{ended.capture.outcome} {ended.capture.reason}".strip()
            print(f"{page.name:26} {name:28} {ended.seconds:6.1f} s  {ended.fault[:160]}", flush=True)
            wrong += bool(ended.fault)
        for page in pages:
            wrong += crowd.plain[page.name].result().outcome is not Outcome.COMPLETE
        crowd.close()
    peak = crowd.peak
    print(
        f"{len(pages)} pages, {wrong} wrong, {len(crowd.looked_again)} looked at twice; at most"
        f" {peak.renderer:.0f} MB in one renderer, {peak.tree:.0f} MB in all, {peak.processes} processes"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
