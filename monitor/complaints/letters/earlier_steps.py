"""Tells what was filed where before this paper, with its proof and how it ended.

Takes the material of a letter, gives sentences; a filing that nothing shows is left out, and the writer is told. Pure.
"""

from __future__ import annotations

from monitor.complaints.facts.step_outcomes import OUTCOME_ZH
from monitor.complaints.letters.kinds import shown_words
from monitor.complaints.letters.material import Material, say_day
from monitor.complaints.letters.sentences import fact
from monitor.complaints.letters.support import no_other_day, text_in, words_in
from monitor.complaints.model import Sentence
from monitor.complaints.routing.channels import load_channels
from storage.case import CaseStep

_MOST_STEPS = 8
_FILED_ZH = {
    "small_claims": "向法院起诉（小额诉讼）",
    "court": "向法院起诉",
    "market_complaint": "向市场监督管理部门书面投诉",
    "police": "向公安机关报案",
}
_LONGEST_REASON = 60


def tell_steps(
    material: Material, *, leave_out: tuple[str, ...] = (), pending: str = "", stated: tuple[str, ...] = ()
) -> tuple[Sentence, ...]:
    """What was filed where before, with its proof and how it ended; what has no proof is left out and said so.

    What is still open at the channel `pending` is left out: it is what this letter is written for. What was decided by
    the channels `stated` is told without a mark where no proof shows it: the reader must know it.
    """
    told, bare, unlike, told_bare = [], list[str](), list[str](), list[str]()
    for step in material.file.steps[:_MOST_STEPS]:
        if step.channel in leave_out or (step.channel == pending and not step.outcome):
            continue
        without = step.channel in stated and bool(step.outcome or step.accepted_at)
        if not material.marks_of(step.proof) and not without:
            bare.append(name_channel(step.channel))
            continue
        how = _FILED_ZH.get(step.channel, f"向{name_channel(step.channel)}提出")
        text = f"本人已于{say_day(step.filed_at)}{how}"
        if step.receipt_no.strip() and not material.public:
            text += f"，编号{material.plain(step.receipt_no, most=60)}"
        if step.outcome in OUTCOME_ZH:
            text += f"，结果：{OUTCOME_ZH[step.outcome]}{_say_reason(material, step)}"
        elif step.accepted_at is not None:
            text += f"，已于{say_day(step.accepted_at)}受理"
        sentence = _support_filing(material, step, text)
        shown = bool(sentence.marks) or sentence.text != fact(text).text
        if shown or without:
            told.append(sentence)
        if not shown:  # what was brought as its proof shows something else
            (told_bare if without else unlike).append(name_channel(step.channel))
    if bare:
        material.note(
            f"向{'、'.join(dict.fromkeys(bare))}的提交没有凭证，没有写入：补上回执或截图（case file 的 --proof）"
        )
    if unlike:
        material.note(
            f"向{'、'.join(dict.fromkeys(unlike))}提交的凭证里读不到该机构的名称或编号，没有写入："
            "换一张看得出向谁提交、编号多少的回执"
        )
    if told_bare:
        material.note(
            f"向{'、'.join(dict.fromkeys(told_bare))}的提交按本人陈述写入，没有标凭证："
            "没有回执，或回执里读不到该机构的名称或编号，补一张再标"
        )
    return tuple(told)


def _say_reason(material: Material, step: CaseStep) -> str:
    """Why a body refused to take it up, as the buyer noted it; "" for any other end."""
    reason = material.clean(step.note, most=_LONGEST_REASON).rstrip("。") if step.outcome == "rejected" else ""
    return f"（所告知的理由：{reason}）" if reason else ""


def tell_pressure(material: Material) -> tuple[Sentence, ...]:
    """What may be said of other ways: a filing that has its proof, and that rights are kept. Never a threat."""
    return tell_steps(material, leave_out=("platform",))[:3]


def _support_filing(material: Material, step: CaseStep, text: str) -> Sentence:
    """A filing with its proof, where that can be read and is of a filing, and of no other number or day."""
    number = [text_in(step.receipt_no)] if step.receipt_no.strip() else []
    return material.support_by(text, step.proof, words_in(shown_words("filed")), no_other_day(step.filed_at), *number)


def name_channel(channel: str) -> str:
    """The Chinese name of a channel."""
    known = load_channels().get(channel)
    return known.name.partition("——")[0] if known else "有关渠道"
