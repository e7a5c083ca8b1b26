"""Exports a capture with all that a stranger needs: its proof, the verifier and the attestation, in one file.

The custody log is sealed first where no checkpoint covers the capture yet, so that the attestation can name it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from monitor.attestation.gather import attest_capture
from scrapers.model import ViewKind
from storage.archive import Archive
from storage.captures import get_capture
from storage.secret_values import Secrets
from storage.wacz import Exported, export_wacz
from storage.wacz_proof import seal_capture

_TEXT_KINDS = (ViewKind.TEXT, ViewKind.POPUP_TEXT, ViewKind.DOM, ViewKind.FRAME_DOM)
VERIFIER = Path(__file__).parent / "web" / "verify.html"


def export_capture(
    archive: Archive,
    capture_id: str,
    path: Path,
    *,
    at: datetime,
    masks: Sequence[str] | None = None,
    steady: bool = False,
) -> Exported:
    """Write the WACZ package of a capture to a new file, redacted if `masks` is given (it may be empty).

    With `steady` the same bytes come out after the log has grown, as a pack that is built again needs.

    Raises what `export_wacz` raises.
    """
    with archive.database.reading() as session:
        stored = get_capture(session, capture_id)
    seal_capture(archive, stored, at)
    extras = {"attestation.html": attest_capture(archive, stored.id, at, masks=masks).encode()}
    if VERIFIER.is_file():
        extras["verify.html"] = VERIFIER.read_bytes()
    return export_wacz(archive, stored.id, path, at=at, extras=extras, masks=masks, steady=steady)


def find_unmet_masks(archive: Archive, capture_id: str, masks: Sequence[str]) -> tuple[str, ...]:
    """Those of the masks that stand nowhere in the page's text: misspelled perhaps, or seen in a picture only."""
    if not masks:
        return ()
    with archive.database.reading() as session:
        stored = get_capture(session, capture_id)
    views = archive.load_capture(stored.id, fill_views=True).views
    texts = [view.data for view in views if view.data is not None and view.kind in _TEXT_KINDS]
    return tuple(mask for mask in masks if not any(Secrets((), (mask,)).stand_in(text) for text in texts))
