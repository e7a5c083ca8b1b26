"""Decides whether a pack for a channel is made at all, and writes its letters: all that is missing is told at once.

Takes the case file and its exhibits; gives the step of the plan and the letters, masked for who will read them. Raises
PackBlocked where the plan refuses the case, the channel would return it, or a letter that it needs cannot be written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.complaints.channels import Channel, limits_of, load_channels
from monitor.complaints.letters.text import render_text
from monitor.complaints.letters.write import write_letter
from monitor.complaints.model import CaseFile, Exhibit, LetterBlocked, Missing, Plan, PlannedStep
from monitor.complaints.pack.masks import Masker
from monitor.complaints.pack.model import PackBlocked, WrittenLetter
from monitor.complaints.prefiling import check_before_filing
from monitor.complaints.routing import plan_case
from monitor.config.complaints import ComplaintSettings

EVIDENCE_LIST = "evidence_list"
_BESIDE = frozenset(
    {"demand_chat", "p12315_compact", "ask_payee", "ask_records", "ask_preservation", "capture_note", "data_note",
     EVIDENCE_LIST}
)  # fmt: skip
"""Letters that go along where they can be written, and without which a pack is still one."""

_PASTED = frozenset({"demand", "demand_chat", "p12315", "p12315_compact", "heimao", "payment"})
"""Letters whose text goes into a form or a chat; the others are papers."""


@dataclass(frozen=True)
class Opened:
    """What a pack begins with. `lacking` names letters that could not be written and are not needed."""

    channel: Channel
    step: PlannedStep
    letters: tuple[WrittenLetter, ...]
    lacking: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def find_channel(channel: str) -> Channel:
    """The channel of an id; raises PackBlocked with those that there are."""
    channels = load_channels()
    if channel not in channels:
        raise PackBlocked(channel, refused=f"没有“{channel}”这个渠道；可选：{'、'.join(channels)}")
    return channels[channel]


def open_pack(
    file: CaseFile, channel: str, exhibits: Sequence[Exhibit], settings: ComplaintSettings, masker: Masker
) -> Opened:
    """Check and write; raises PackBlocked with everything that is missing."""
    chosen = find_channel(channel)
    plan = plan_case(file, settings)
    if plan.refused:
        raise PackBlocked(channel, refused=plan.refused)
    step = find_step(plan, chosen)
    missing = list(step.blocked)
    before = check_before_filing(file, channel, settings)
    missing += before.blocks
    letters: list[WrittenLetter] = []
    lacking: list[str] = []
    for kind in _kinds_of(chosen, step):
        try:
            letter = write_letter(kind, file, exhibits, settings)
        except LetterBlocked as error:
            if kind in _BESIDE:
                lacking.append("；".join(one.what for one in error.missing))
            else:
                missing += error.missing
            continue
        where = f"文书《{letter.title}》"
        masked = masker.value(letter, where)
        limit = limits_of(channel, settings).max_characters
        paste = render_text(masked, limit) if kind in _PASTED else ""
        letters.append(WrittenLetter(kind, masked.title, masked, paste))
    if missing:
        raise PackBlocked(channel, _each_once(missing))
    return Opened(chosen, step, tuple(letters), tuple(lacking), (*step.warnings, *before.warnings))


def find_step(plan: Plan, channel: Channel) -> PlannedStep:
    """The channel's step of a plan; raises PackBlocked where the plan says that the channel does not fit."""
    for step in plan.steps:
        if step.channel == channel.id:
            return step
    for one in plan.unsuited:
        if one.channel == channel.id:
            raise PackBlocked(channel.id, refused=f"本案不适合走“{channel.name}”：{one.reason}")
    return PlannedStep(
        channel.id, channel.name, channel.layer, 1, channel.fits, "现在", letters=channel.letters, entry=channel.entry
    )


def _kinds_of(channel: Channel, step: PlannedStep) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(step.letters or channel.letters), EVIDENCE_LIST)))


def _each_once(missing: Iterable[Missing]) -> tuple[Missing, ...]:
    found: dict[tuple[str, str], Missing] = {}
    for one in missing:
        found.setdefault((one.field, "" if one.field else one.what), one)
    return tuple(found.values())
