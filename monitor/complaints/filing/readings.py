"""What the checks read out of a case's free text: words that may mean something else than they look like.

A pattern is no reader. What it takes for a refund, a resale or another body stops a letter until the buyer has said
what he meant; his word is kept with its day, and the stop is one no more. Takes a case file; pure.
"""

from __future__ import annotations

import re

from monitor.complaints.filing.prefiling import check_before_filing
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.channels import load_channels
from monitor.config.complaints import ComplaintSettings

_LEAST_WORDS = 2
_ADMITTED = re.compile("^(?:是|对|嗯|哦|好|行|没错)(?:的|啊|呀)?(?:[，。,!！]|$)|确实|的确|属实|是真的|没错")
_LEAST_MEANING = 6


def say_unclear(meaning: str) -> str:
    """Why a sentence explains nothing, "" where it may: too short, or it only admits what was read."""
    if _ADMITTED.search(meaning):
        return "这句话等于承认读出的意思。属实的不要在这里说明：按检查里写的办法补正、记录，或换一个渠道"
    if len("".join(meaning.split())) < _LEAST_MEANING:
        return "太短了，看不出是什么意思：写一句完整的话"
    return ""


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
    if len(wanted) < _LEAST_WORDS:
        return ()
    dense = {one.read: "".join(one.read.split()).rstrip("…") for one in readings}
    same = tuple(one for one in readings if dense[one.read] == wanted)
    return same or tuple(one for one in readings if wanted in dense[one.read])
