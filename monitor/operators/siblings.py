"""Names that a site in trouble may have gone to: the next numbers and the other endings of its own name.

Pure. Gives names to ask the DNS about, likeliest first and bounded; a name that resolves is a candidate and nothing
more. Source of the order: of 674 numeric moves of sites that evade, 542 went one number up.
"""

from __future__ import annotations

import re

from monitor.operators.site_names import plain_name
from scrapers.domains import is_domain_name, public_suffix, site_of_host

NUMBERS_AHEAD = 4
MOST = 24
ENDINGS = ("com", "net", "cn", "cc", "vip", "top", "com.cn", "xyz", "shop", "store", "club", "me", "co", "pro", "icu")
_LAST_NUMBER = re.compile(r"\d{1,9}(?!.*\d)")
_LONGEST_LABEL = 63


def sibling_names(site: str, *, most: int = MOST) -> tuple[str, ...]:
    """The sibling names of a registrable domain, likeliest first; none for an address or a name without an ending."""
    domain = site_of_host(plain_name(site).partition("/")[0])
    suffix = public_suffix(domain)
    if not suffix or domain == suffix or not is_domain_name(domain):
        return ()
    label = domain[: -len(suffix) - 1]
    names = [f"{stepped}.{suffix}" for stepped in _next_labels(label)]
    names += [f"{label}.{ending}" for ending in ENDINGS]
    found = dict.fromkeys(name for name in names if name != domain and len(name.partition(".")[0]) <= _LONGEST_LABEL)
    return tuple(found)[:most]


def _next_labels(label: str) -> list[str]:
    """The label with its last number one to four higher; one without a number gets 2 and 1 and so on behind it."""
    match = _LAST_NUMBER.search(label)
    if match is None:
        return [f"{label}{number}" for number in (2, 1, 3, 4)]
    number, width = int(match[0]), len(match[0])
    return [
        f"{label[: match.start()]}{number + step:0{width}d}{label[match.end() :]}"
        for step in range(1, NUMBERS_AHEAD + 1)
    ]
