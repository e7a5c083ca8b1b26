"""Names of domains compared: the skeleton under numbers and endings, what likeness is worth, and numeric steps.

Takes registrable domains. The figures come from 190 groups of sites that moved and want to be recognised, halved and
capped at five bits because clones use the name of whom they clone. A name alone is never more than a candidate. Pure.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import JaroWinkler

from scrapers.domains import ascii_host, public_suffix, readable_host, site_of_host

CAP = 5.0
SAME_NAME = 4.7  # the same second level under another ending: 9.4 bits, halved
SAME_SKELETON = 3.5  # the same letters without digits and hyphens: 7.0
ALIKE = 2.25  # Jaro-Winkler of .9 and more: 4.5
UNLIKE = -1.0
COMMON = 0.5  # all its letters are words of the trade: says nothing of who
LEAST_SKELETON = 4
LONGEST_STEP = 20

# A digit inside a word stands for a letter; at an end it counts (ka8meng is kabmeng, kameng8 is kameng).
_LETTERS = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g"})
_EDGES = re.compile(r"^[\d-]+|[\d-]+$")
_NUMBERS = re.compile(r"\d+")
_TRADE_WORDS = (
    "kameng fakaka faka kami kamai kazhan kaka maika kashang duka shouka zhuanqian wangluo pingtai shangcheng "
    "shangpu youxi dianka chongzhi huafei huiyuan zhanghao hao wang zhan dian shop store card cards mall pay buy sale "
    "cloud vip game games online net web www key keys auto best top new the my km fk ka ds sup wl yun mai app cn com"
)
_TRADE = frozenset(_TRADE_WORDS.split())
_LONGEST_WORD = max(map(len, _TRADE))


@lru_cache(maxsize=20_000)
def second_level(domain: str) -> str:
    """The label under the public suffix, as letters: "xh88" of "www.xh88.com.cn"; "" where there is none."""
    site = site_of_host(ascii_host(domain))
    suffix = public_suffix(site)
    if not suffix or site == suffix:
        return ""
    return readable_host(site[: -len(suffix) - 1])


@lru_cache(maxsize=20_000)
def name_skeleton(domain: str) -> str:
    """The letters of a name without counters, hyphens and letters written as digits; "" where too few are left."""
    bare = _EDGES.sub("", second_level(domain).lower()).replace("-", "").translate(_LETTERS)
    return bare if len(bare) >= LEAST_SKELETON or (bare and not bare.isascii() and len(bare) >= 2) else ""


def name_bits(a: str, b: str) -> float:
    """What the likeness of two domains' names is worth, in bits from UNLIKE to CAP. Never a proof by itself."""
    first, second = second_level(a), second_level(b)
    if not first or not second:
        return 0.0
    if first == second:
        worth = SAME_NAME
    elif name_skeleton(a) and name_skeleton(a) == name_skeleton(b):
        worth = SAME_SKELETON
    elif numeric_step(a, b) is not None:
        worth = ALIKE  # a few letters and a counter that goes up: xh88, xh89
    elif JaroWinkler.similarity(first, second) >= 0.9:
        worth = ALIKE
    else:
        return UNLIKE
    return min(worth, COMMON) if _is_common(first) and _is_common(second) else min(worth, CAP)


def numeric_step(before: str, after: str) -> int | None:
    """How far the one number that differs moves on ("shop8.com" to "shop9.cc": 1); None where names differ otherwise.

    A number without a digit before counts as 1: "shop.com" to "shop2.com" is a step of 1.
    """
    first, second = second_level(before), second_level(after)
    if first == second or not first or not second:
        return None
    ours, theirs = _NUMBERS.findall(first), _NUMBERS.findall(second)
    if not ours and len(theirs) == 1 and second in (first + theirs[0], f"{first}-{theirs[0]}"):
        ours, first = ["1"], second.replace(theirs[0], "1")
    if len(ours) != len(theirs) or _NUMBERS.sub("#", first) != _NUMBERS.sub("#", second):
        return None
    differing = [(one, two) for one, two in zip(ours, theirs, strict=True) if int(one[:18]) != int(two[:18])]
    if len(differing) != 1 or not _NUMBERS.sub("", first):
        return None
    step = int(differing[0][1][:18]) - int(differing[0][0][:18])
    return step if 0 < abs(step) <= LONGEST_STEP else None


def _is_common(name: str) -> bool:
    """Whether nothing but words of the trade and digits is in a name."""
    letters = re.sub(r"[\d-]", "", name.lower())
    ends = {0}  # where words of the trade, one after another, may end
    for end in range(1, len(letters) + 1):
        if any(start in ends and letters[start:end] in _TRADE for start in range(max(0, end - _LONGEST_WORD), end)):
            ends.add(end)
    return len(letters) in ends
