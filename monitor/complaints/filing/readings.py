"""What the checks read out of a case's free text: words that may mean something else than they look like.

A pattern is no reader. What it takes for a refund, a resale or another body stops a letter until the buyer has said
what he meant; his word is kept with its day, and the stop is one no more. Takes a case file; pure.
"""

from __future__ import annotations

from monitor.complaints.filing.prefiling import check_before_filing
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.channels import load_channels
from monitor.config.complaints import ComplaintSettings


def list_readings(file: CaseFile, settings: ComplaintSettings) -> tuple[Missing, ...]:
    """Every doubt of any channel that rests on words of the case, each words once."""
    found: dict[str, Missing] = {}
    for channel in load_channels():
        for one in check_before_filing(file, channel, settings).blocks:
            if one.read:
                found.setdefault(one.read, one)
    return tuple(found.values())


def find_reading(readings: tuple[Missing, ...], words: str) -> tuple[Missing, ...]:
    """The doubts that rest on these words, or on words that hold them: the same ones before others."""
    wanted = "".join(words.split()).strip("“”\"'…")
    if not wanted:
        return ()
    dense = {one.read: "".join(one.read.split()).rstrip("…") for one in readings}
    same = tuple(one for one in readings if dense[one.read] == wanted)
    return same or tuple(one for one in readings if wanted in dense[one.read])
