"""Writes one letter of a case: checks what it needs, makes it, looks it over. The one way to a Letter. Pure.

Raises LetterBlocked with what to get and where, before a sentence is made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from monitor.complaints.letters import (
    authority,
    correction,
    joint_words,
    of_evidence,
    payee_request,
    payment_dispute,
    preserving,
    public_post,
    to_court,
    to_market,
    to_mediators,
    to_police,
    to_seller,
)
from monitor.complaints.letters.check import check_letter
from monitor.complaints.letters.common import HEAD
from monitor.complaints.letters.doubts import note_doubts
from monitor.complaints.letters.kinds import LetterKind, letter_kinds
from monitor.complaints.letters.material import Extra, Material
from monitor.complaints.letters.required import find_missing_fields
from monitor.complaints.model import Block, BlockKind, CaseFile, Exhibit, Letter, LetterBlocked
from monitor.config.complaints import ComplaintSettings

__all__ = ["Extra", "LetterKind", "letter_kinds", "write_letter"]

_WRITERS: dict[str, Callable[[Material], Letter]] = {
    "demand": to_seller.write_demand,
    "demand_chat": to_seller.write_demand_chat,
    "p12315": to_mediators.write_p12315,
    "p12315_compact": to_mediators.write_p12315_compact,
    "heimao": public_post.write_heimao,
    "payment": payment_dispute.write_payment,
    "market_complaint": to_mediators.write_market_complaint,
    "consumer_assoc": to_mediators.write_consumer_assoc,
    "elect_representatives": joint_words.write_election,
    "market_report": to_market.write_market_report,
    "lawsuit": to_court.write_lawsuit,
    "preserve_property": preserving.write_property_preservation,
    "preserve_evidence": preserving.write_evidence_preservation,
    "evidence_list": of_evidence.write_evidence_list,
    "data_note": of_evidence.write_data_note,
    "capture_note": of_evidence.write_capture_note,
    "ask_records": to_seller.write_ask_records,
    "ask_payee": payee_request.write_ask_payee,
    "ask_preservation": to_seller.write_ask_preservation,
    "police": to_police.write_police,
    "authorisation": authority.write_authorisation,
    "guardian_authorisation": authority.write_guardian_authorisation,
    "correction": correction.write_correction,
}


def write_letter(
    kind: str,
    file: CaseFile,
    exhibits: Sequence[Exhibit],
    settings: ComplaintSettings,
    *,
    extra: Extra | None = None,
) -> Letter:
    """The letter of that kind. Raises LetterBlocked where something is missing, KeyError for a kind that is none.

    The letter's day is the file's: laws are those in force on it.
    """
    material = Material(letter_kinds()[kind], file, tuple(exhibits), settings, extra or Extra())
    missing = find_missing_fields(material)
    if missing:
        raise LetterBlocked(kind, missing)
    letter = _WRITERS[kind](material)
    note_doubts(material)
    letter = replace(letter, blocks=tuple(block for block in letter.blocks if not _is_empty(block)))
    wrong = check_letter(letter, material)
    if wrong:
        raise ValueError(f"letter {kind} of case {file.case.id} may not go out: {'；'.join(wrong)}")
    return replace(letter, notes=(HEAD, *material.notes))


def find_letter_missing(
    kind: str, file: CaseFile, exhibits: Sequence[Exhibit], settings: ComplaintSettings
) -> LetterBlocked | None:
    """What keeps a letter from being written, None where nothing does."""
    material = Material(letter_kinds()[kind], file, tuple(exhibits), settings)
    missing = find_missing_fields(material)
    return LetterBlocked(kind, missing) if missing else None


def _is_empty(block: Block) -> bool:
    return block.kind is not BlockKind.SIGNATURE and not block.sentences and not block.rows
