"""Whether an identifier may be genuine: checksums, shapes, provinces, placeholders. Pure, fast, for any text.

`problem_of` gives "" or one short sentence that names what fails; a sentence that begins with "placeholder" tells of a
value that nobody ever meant, any other of one that no office or program gave out. `canonical_value` and `split_icp`
are those of the spellings, so that readers of files need this module only.
"""

from __future__ import annotations

from functools import lru_cache

from scrapers.identifiers.account_checks import ACCOUNT_CHECKS
from scrapers.identifiers.legal_checks import LEGAL_CHECKS
from scrapers.identifiers.legal_spelling import split_icp
from scrapers.identifiers.spelling import canonical_value

__all__ = ["canonical_value", "problem_of", "split_icp"]

_CHECKS = {**LEGAL_CHECKS, **ACCOUNT_CHECKS}


@lru_cache(maxsize=65_536)
def problem_of(kind: str, value: str) -> str:
    """Why a value of a kind cannot be genuine, "" when it may be. Takes any spelling of the value."""
    check = _CHECKS.get(kind)
    if check is None:
        return ""
    return check(canonical_value(kind, value))
