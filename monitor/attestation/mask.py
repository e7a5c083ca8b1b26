"""An attestation for a redacted copy: what was taken out of the copy must not stand in the paper beside it.

Masks every text of the record before it is rendered, and leaves out the digests of views: from the digest of a withheld
text a short value could be guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from typing import TypeVar

from monitor.attestation.facts import Attested
from scrapers.model import Exchange
from storage.provenance import Provenance
from storage.secret_values import find_secrets

_DIGEST = re.compile("[0-9a-f]{40,64}")
T = TypeVar("T")


def mask_attestation(attested: Attested, masks: Sequence[str]) -> Attested:
    """The same with the values of cookies and tokens, and `masks`, replaced by asterisks in every text."""
    exchanges = attested.capture.exchanges
    headers = [{"request_headers": _listed(e.request_headers), "response_headers": _listed(e.response_headers)}
               for e in exchanges]  # fmt: skip
    secrets = find_secrets(Provenance({"exchanges": headers}, ()), masks)
    bare = tuple(_without_payload(exchange) for exchange in exchanges)
    views = tuple(replace(view, digest="", data=None) for view in attested.capture.views)
    known = replace(attested.capture, exchanges=bare, views=views)
    return replace(
        attested,
        redacted=True,
        stored=_mask(attested.stored, secrets.mask_text),
        capture=_mask(known, secrets.mask_text),
    )


def _listed(headers: Sequence[tuple[str, str]]) -> list[list[str]]:
    return [[name, value] for name, value in headers]


def _without_payload(exchange: Exchange) -> Exchange:
    """What the page may name of an exchange: no bodies, and of the headers only where it led to."""
    headers = tuple(pair for pair in exchange.response_headers if pair[0].casefold() == "location")
    return replace(exchange, body=None, body_file=None, request_body=None, request_headers=(), response_headers=headers)


def _mask(value: T, mask: Callable[[str], str]) -> T:
    """The value with every text in it masked; digests, times and numbers stay."""
    masked: object = value
    if isinstance(value, str) and not isinstance(value, Enum):
        masked = value if _DIGEST.fullmatch(value) else mask(value)
    elif isinstance(value, tuple):
        masked = tuple(_mask(item, mask) for item in value)
    elif is_dataclass(value) and not isinstance(value, type) and not isinstance(value, date):
        masked = replace(value, **{field.name: _mask(getattr(value, field.name), mask) for field in fields(value)})
    return masked  # type: ignore[return-value]
