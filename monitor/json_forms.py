"""The JSON forms of what is read and compared: readings, single facts, blocks, comparisons.

Takes frozen values, gives dicts for `--json` and for batches. Field names are promises (docs/json.md): they are only
ever added to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from monitor.product_facts import describe_page, list_products

if TYPE_CHECKING:
    from scrapers.identity import Identifier
    from scrapers.model import Block, Fact, Reading
    from storage.model import Difference

NO_STATUS = "compared"
"""Two texts given by hand are compared once: nothing is pending and nothing is confirmed."""


def reading_data(reading: Reading, url: str) -> dict[str, object]:
    """A reading: `facts` of the product that the page is about, `products` of all that it names, each single fact."""
    return {
        "family": reading.family,
        "family_confidence": reading.family_confidence,
        "signs": list(reading.signs),
        "release": reading.release,
        "title": reading.title,
        "facts": asdict(describe_page(reading, url)),
        "products": [asdict(product) for product in list_products(reading)],
        "fact_list": [fact_data(fact) for fact in reading.facts],
        "blocks": [block_data(block) for block in reading.blocks],
        "problems": list(reading.problems),
        "text": reading.text,
    }


def identifier_data(identifier: Identifier) -> dict[str, object]:
    """One identifier of who runs a site as JSON."""
    return {
        "kind": identifier.kind,
        "value": identifier.value,
        "place": identifier.place,
        "shown": identifier.shown,
        "where": identifier.where,
        "role": identifier.role,
        "problem": identifier.problem,
    }


def fact_data(fact: Fact) -> dict[str, object]:
    """A single fact as JSON."""
    return {
        "subject": fact.subject,
        "kind": fact.kind,
        "qualifier": fact.qualifier,
        "value": fact.value,
        "shown": fact.shown,
        "place": fact.place,
        "source": fact.source,
        "confidence": fact.confidence,
    }


def block_data(block: Block) -> dict[str, object]:
    """A block of text as JSON."""
    return {
        "kind": block.kind,
        "heading": block.heading,
        "subject": block.subject,
        "author": block.author,
        "source": block.source,
        "place": block.place,
        "concealed": block.concealed,
        "images": list(block.images),
        "confidence": block.confidence,
        "text": block.text,
    }


def comparison_data(differences: Sequence[Difference]) -> dict[str, object]:
    """A comparison as JSON."""
    from monitor.changes.compare import summarise_differences

    summary = summarise_differences(differences)
    return {
        "class": summary.change_class,
        "status": NO_STATUS,
        "effect": summary.effect,
        "severity": summary.severity,
        "kinds": list(summary.kinds),
        "summary_zh": summary.reason,
        "changes": [difference_data(difference) for difference in differences],
    }


def difference_data(difference: Difference) -> dict[str, object]:
    """One difference as JSON: `path` names a fact, `clause` a clause; the other one is null."""
    from monitor.changes.fact_judging import fact_of_subject

    is_fact = fact_of_subject(difference.subject) is not None
    return {
        "kind": difference.kinds[0] if difference.kinds else None,
        "kinds": list(difference.kinds),
        "class": difference.change_class,
        "path": difference.subject if is_fact else None,
        "clause": None if is_fact else difference.subject,
        "before": difference.before,
        "after": difference.after,
        "effect": difference.effect,
        "severity": difference.severity,
        "reason": difference.reason,
        "quotable": difference.quotable,
    }
