"""The articles that an office names when it sends a complaint back, or asks what is not in it.

Takes the case's day, a channel and ids of articles, gives those in force then. Pure.
"""

from __future__ import annotations

from monitor.complaints.model import CaseFile
from monitor.complaints.routing.channels import in_force
from monitor.complaints.routing.exclusions import COMPLAINTS

REFUSED = ("tsjb-16", "tsjb_old-15")
"""What is not taken up: 总局令第121号第十六条; before 2026-04-15 总局令第20号第十五条."""
ASKED = ("tsjb-10", "tsjb_old-9")
"""What a complaint has to say: 总局令第121号第十条; before 2026-04-15 总局令第20号第九条."""


def find_grounds(
    file: CaseFile, channel: str, articles: tuple[str, ...], elsewhere: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Of the articles those in force on the day, where the channel is a market regulator; else of those `elsewhere`."""
    return in_force(articles if channel in COMPLAINTS else elsewhere, file.today)
