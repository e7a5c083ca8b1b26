"""Decides whether a pack for a channel is made at all, and writes its letters: what is missing is told at once.

Takes the case file and its exhibits; gives the step of the plan, and then the letters, masked for who will read them.
Raises PackBlocked where the plan refuses the case, the channel would return it, or a letter that it needs cannot be
written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from monitor.complaints.filing.prefiling import check_before_filing
from monitor.complaints.letters.kinds import letter_kinds
from monitor.complaints.letters.text import TextTooLong, render_text
from monitor.complaints.letters.write import Extra, find_letter_missing, write_letter
from monitor.complaints.model import BlockKind, CaseFile, Exhibit, Missing, Plan, PlannedStep
from monitor.complaints.pack.absences import add_reasons, find_absent, tell_absent
from monitor.complaints.pack.masks import Masker
from monitor.complaints.pack.model import PackBlocked, Prepared, WrittenLetter
from monitor.complaints.pack.reporter import hides_reporter
from monitor.complaints.routing.channels import Channel, find_channels_called, limits_of, load_channels, tell_channels
from monitor.complaints.routing.plan import plan_case
from monitor.config.complaints import ComplaintSettings

EVIDENCE_LIST = "evidence_list"
_BESIDE = frozenset(
    {"demand_chat", "p12315_compact", "ask_payee", "ask_records", "ask_preservation", "capture_note", "data_note",
     "preserve_property", "preserve_evidence", "elect_representatives", "correction", EVIDENCE_LIST}
)  # fmt: skip
"""Letters that go along where they can be written, and without which a pack is still one."""

_WHOLE, _SHORT = "p12315", "p12315_compact"
_OWN = "correction"  # what the buyer has to mend: for himself alone
_PASTED = frozenset({"demand", "demand_chat", "p12315", "p12315_compact", "heimao", "payment"})
"""Letters whose text goes into a form or a chat; the others are papers."""


@dataclass(frozen=True)
class Opened:
    """What a pack begins with. `lacking` names letters that could not be written and are not needed."""

    channel: Channel
    step: PlannedStep
    kinds: tuple[str, ...]
    lacking: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def titles(self) -> tuple[str, ...]:
        """What the letters are called, without the list of evidence, which every pack has."""
        return tuple(letter_kinds()[kind].name for kind in self.kinds if kind != EVIDENCE_LIST)


def find_channel(channel: str) -> Channel:
    """The channel of an id or Chinese name; raises PackBlocked with those that there are."""
    found = find_channels_called(channel)
    if len(found) == 1:
        return found[0]
    if found:
        raise PackBlocked(channel, refused=f"“{channel}”不止一个渠道，写全或写代号：{tell_channels(found)}")
    raise PackBlocked(
        channel, refused=f"没有“{channel}”这个渠道；可选（代号或名称均可）：{tell_channels(load_channels().values())}"
    )


def open_pack(file: CaseFile, channel: str, exhibits: Sequence[Exhibit], settings: ComplaintSettings) -> Opened:
    """Check everything; raises PackBlocked with all that is missing."""
    chosen = find_channel(channel)
    channel = chosen.id
    plan = plan_case(file, settings)
    if plan.refused:
        raise PackBlocked(channel, refused=plan.refused)
    step = find_step(plan, chosen)
    before = check_before_filing(file, channel, settings)
    missing = [*step.blocked, *before.blocks]
    kinds: list[str] = []
    lacking: list[str] = []
    for kind in _kinds_of(chosen, step):
        blocked = find_letter_missing(kind, file, exhibits, settings)
        if blocked is None:
            kinds.append(kind)
        elif kind in _BESIDE:
            lacking.append(f"{letter_kinds()[kind].name}（缺：{blocked}）")
        else:
            missing += blocked.missing
    if missing:
        raise PackBlocked(channel, _each_once(missing))
    warnings = tuple(dict.fromkeys((*step.warnings, *before.warnings)))
    return Opened(chosen, step, tuple(kinds), tuple(lacking), warnings)


def write_letters(
    opened: Opened,
    file: CaseFile,
    exhibits: Sequence[Exhibit],
    settings: ComplaintSettings,
    masker: Masker,
    extra: Extra,
    prepared: Sequence[Prepared] = (),
) -> tuple[WrittenLetter, ...]:
    """The letters of a pack, masked for who reads them, those for forms with the text to paste.

    A text that cannot be made short enough is left to its own length, and `too_long` says so. An exhibit that by
    `extra.pages` is not attached is named as such wherever a letter leans on it; `prepared` says why it is not.
    """
    absent = find_absent(extra.pages)
    most = limits_of(opened.channel.id, settings).max_characters
    written = []
    for kind in opened.kinds:
        row = letter_kinds()[kind]
        made, leans_on = tell_absent(write_letter(kind, file, exhibits, settings, extra=extra), absent)
        if kind == EVIDENCE_LIST:
            made = add_reasons(made, prepared, absent)
            if hides_reporter(opened.channel.id, disclose=extra.disclose_reporter):
                made = replace(made, blocks=tuple(one for one in made.blocks if one.kind is not BlockKind.SIGNATURE))
        letter = replace(masker.value(made, f"文书《{row.name}》"), kind=kind)  # what it is called inside is no text
        paste, trouble = "", ""
        if kind in _PASTED:
            try:
                paste = render_text(letter, min(most, row.length or most))
            except TextTooLong as error:
                paste, trouble = render_text(letter), str(error)
        written.append(WrittenLetter(kind, row.name, letter, paste, trouble, leans_on))
    return _paste_one(written, most)


def _paste_one(written: Sequence[WrittenLetter], most: int) -> tuple[WrittenLetter, ...]:
    """One version for the form: the whole text where it fits, else the short one, with the whole as a paper."""
    whole = next((one for one in written if one.kind == _WHOLE), None)
    if whole is None or not any(one.kind == _SHORT for one in written):
        return tuple(written)
    if len(render_text(whole.letter)) <= most:
        return tuple(one for one in written if one.kind != _SHORT)
    return tuple(replace(one, paste="", too_long="") if one is whole else one for one in written)


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
    wanted = (*(step.letters or channel.letters), EVIDENCE_LIST)
    return tuple(kind for kind in dict.fromkeys(wanted) if kind != _OWN)


def _each_once(missing: Iterable[Missing]) -> tuple[Missing, ...]:
    found: dict[tuple[str, str], Missing] = {}
    for one in missing:
        found.setdefault((one.field, "" if one.field else one.what), one)
    return tuple(found.values())
