"""Who acts in a case and can be reached: the buyer, or of a minor the guardian, whose contact is the one asked for.

One rule for letters, blocks of channels and checks. Pure.
"""

from __future__ import annotations

from dataclasses import replace

from storage.case import Facts, Person


def find_actor(facts: Facts) -> Person:
    """Who signs and answers. A child lives with his guardian: an address told for the child serves for both.

    A telephone does not: the office has to reach the guardian himself.
    """
    if not facts.minor:
        return facts.buyer
    guardian = facts.guardian
    return guardian if guardian.address.strip() else replace(guardian, address=facts.buyer.address)


def path_of_actor(facts: Facts) -> str:
    """The table of the case file in which his particulars stand."""
    return "guardian" if facts.minor else "buyer"


def say_for_actor(text: str, facts: Facts) -> str:
    """How to mend something about the one who acts: of a minor the guardian's particulars are asked."""
    return text.replace("buyer.", "guardian.").replace("本人", "监护人") if facts.minor else text
