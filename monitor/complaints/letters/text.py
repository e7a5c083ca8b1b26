"""A letter as plain text to be pasted into a form, whole or within a number of characters.

A sentence is left out whole or not at all, in the order of what matters least; what a form must have is never left out,
and how many sentences were left out is said. Marks stand before the full stop. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from monitor.complaints.letters.kinds import letter_kinds
from monitor.complaints.letters.sentences import SAID, form, list_sentences, paragraph
from monitor.complaints.model import Block, BlockKind, Letter, Sentence, SentenceKind

ANSWER_TITLES = tuple(
    f"{who}{what}" for who in ("对方", "该店铺", "平台客服", "收到的") for what in ("答复", "答复和已退款")
)
"""The titles of the block that speaks for the other side, whoever it is: never left out, and pasted with the body."""
_BODIES = {
    "demand_chat": ("短文",),
    "payment": ("争议描述", *ANSWER_TITLES),
    "heimao": ("正文", *ANSWER_TITLES, "诉求"),
}
"""Of these kinds only the body goes into a box of limited length; the rest are other boxes of the form."""
_LEAST_TITLES = ("附件", "尚不掌握的情况", "尚不掌握、需对方提供的情况", "依据", "理由和依据", "其他途径", "联系与送达")
_PAGE_TITLES = ("页面所示", "抓取所见的变更", "争议条款", "页面条款")  # the attachments show these anyway
_WHOLE = (BlockKind.TABLE, BlockKind.FIELDS)
_OF_WRITER = ("投诉人", "举报人", "申请人", "报案人", "原告", "委托人", "委托人（法定代理人）", "受托人", "联系与送达")
ATTACHED = "附证"
LEGEND = "文中未标证据编号的内容，为本人陈述"
_RANKS = (SentenceKind.FORM, SentenceKind.UNKNOWN, SentenceKind.LAW, SentenceKind.FACT)


class TextTooLong(Exception):  # noqa: N818 - reads as a sentence where it is caught
    """A letter does not fit even when all that may be left out is left out."""

    def __init__(self, least: int, limit: int) -> None:
        super().__init__(f"最短也有{least}字，超过{limit}字的上限：改用更短的文书，或精简经过描述")
        self.least, self.limit = least, limit


@dataclass(frozen=True)
class Shortened:
    """What is pasted within a limit, the sentences that were left out, and the whole letter without them."""

    text: str
    left_out: tuple[str, ...]
    letter: Letter


def render_text(letter: Letter, limit: int = 0) -> str:
    """The letter as text; within `limit` characters where it is not 0. Raises TextTooLong.

    Within a limit, a chat message, a payment dispute or a post is the body alone: what is pasted into the box.
    """
    return shorten(letter, limit).text


def shorten(letter: Letter, limit: int = 0) -> Shortened:
    """The letter as text within a limit, with what was left out. Raises TextTooLong."""
    if not limit:
        return Shortened(_lay_out(letter), (), letter)
    body = _BODIES.get(letter.kind, ())
    left_out: list[str] = []
    where: dict[str, None] = {}
    spare = iter(_spare(letter, body))
    while len(text := _lay_body(told := _say_left_out(letter, len(left_out), where), body)) > limit:
        one = next(spare, None)
        if one is None:
            raise TextTooLong(len(text), limit)
        held = (block.title for block in letter.blocks if any(told is one for told in block.sentences))
        where |= {title: None for title in held if title and title not in body}
        letter = _without(letter, one)
        left_out.append(one.text)
    return Shortened(text, tuple(left_out), told)


def _say_left_out(letter: Letter, count: int, where: Iterable[str]) -> Letter:
    """The letter with the line that says how many sentences are not in it, and of what."""
    if not count:
        return letter
    told = "、".join(where)
    parts = f"（{told}中的内容）" if told else ""
    line = paragraph("篇幅说明", (form(f"限于篇幅略去{count}句{parts}，详见附件"),))
    return replace(letter, blocks=(*letter.blocks, line))


def say_sentence(one: Sentence, *, marks: bool = True) -> str:
    """A sentence with its marks, without a full stop. A fact that has none is covered by the letter's legend.

    One that names an attached file which could not be read says by itself that the file proves nothing.
    """
    if not marks or one.kind is not SentenceKind.FACT:
        return one.text
    if not one.marks:
        return f"{one.text}（{SAID}）" if ATTACHED in one.text else one.text
    return f"{one.text}（证{'、'.join(one.marks)}）"


def say_alone(one: Sentence) -> str:
    """A sentence as it stands by itself, without the letter: a fact that has no marks says whose word it is."""
    unmarked = one.kind is SentenceKind.FACT and not one.marks
    return f"{one.text}（{SAID}）" if unmarked else say_sentence(one)


def find_legend_block(letter: Letter) -> Block | None:
    """The block behind which the letter says, once, whose word its unmarked facts are; None where it has none.

    It stands with the facts, so that it goes along when they are pasted. Particulars of the writer himself need none.
    """
    unsaid = [
        block
        for block in letter.blocks
        if is_marked(letter, block)
        and block.title not in _OF_WRITER
        and any(
            one.kind is SentenceKind.FACT and not one.marks and ATTACHED not in one.text
            for one in list_sentences(block)
        )
    ]
    told = [block for block in unsaid if block.kind is not BlockKind.FIELDS]
    return next(iter((*told, *unsaid)), None)


def say_heading(letter: Letter) -> tuple[str, str]:
    """Title and addressee."""
    return letter.title, f"致：{letter.to}" if letter.to else ""


def is_marked(letter: Letter, block: Block) -> bool:
    """Whether the sentences of a block carry their marks: in short forms and posts they stand in the captions."""
    if letter.kind in ("demand_chat", "payment"):
        return False
    return not (letter.kind == "heimao" and block.title in ("正文", "帖文信息", *ANSWER_TITLES))


def _lay_out(letter: Letter) -> str:
    lines = [line for line in say_heading(letter) if line]
    told = find_legend_block(letter)
    for block in letter.blocks:
        if block.title:
            lines += ["", f"【{block.title}】"]
        lines += list(_lay_block(block, marks=is_marked(letter, block), legend=block is told))
    return "\n".join(lines).strip() + "\n"


def _lay_body(letter: Letter, body: tuple[str, ...]) -> str:
    """What is pasted: the whole letter, or the body of a short one in one run."""
    if not body:
        return _lay_out(letter)
    return "".join(f"{one.text}。" for block in letter.blocks if block.title in body for one in block.sentences)


def _lay_block(block: Block, *, marks: bool, legend: bool) -> Iterator[str]:
    if block.kind is BlockKind.PARAGRAPH:
        told = "".join(f"{say_sentence(one, marks=marks)}。" for one in block.sentences)
        yield told + (f"{LEGEND}。" if legend else "")
        return
    yield from _lay_lines(block, marks=marks)
    if legend:
        yield f"（{LEGEND}）"


def _lay_lines(block: Block, *, marks: bool) -> Iterator[str]:
    if block.kind is BlockKind.ITEMS:
        for place, one in enumerate(block.sentences, 1):
            yield f"{place}. {say_sentence(one, marks=marks)}。"
    elif block.kind is BlockKind.FIELDS:
        for name, value in block.rows:
            yield f"{name.text}：{say_sentence(value, marks=marks)}"
    elif block.kind is BlockKind.TABLE:
        yield " | ".join(block.columns)
        for row in block.rows:
            yield " | ".join(say_sentence(one, marks=marks) for one in row)
    else:
        for one in block.sentences:
            yield one.text


def _spare(letter: Letter, body: tuple[str, ...]) -> tuple[Sentence, ...]:
    """What may be left out, least first: blocks of little weight, what pages showed, then set phrases and later facts.

    The trade and the dispute themselves come last: a complaint without them says nothing.
    """
    keep = (*letter_kinds()[letter.kind].keep, *ANSWER_TITLES)
    found: list[tuple[int, int, int, Sentence]] = []
    for number, block in enumerate(letter.blocks):
        if (body and block.title not in body) or block.title in keep or block.kind in _WHOLE:
            continue
        least = block.title in _LEAST_TITLES or block.kind is BlockKind.SIGNATURE
        shown = block.title in _PAGE_TITLES
        for place, one in enumerate(block.sentences):
            if one.kind is SentenceKind.DEMAND or (one.kind is SentenceKind.FACT and place == 0 and not shown):
                continue
            rank = _RANKS.index(one.kind) + len(_RANKS) * (0 if least else 1 if shown else 2)
            found.append((rank, -place, -number, one))
    return tuple(one for *_order, one in sorted(found, key=lambda found: found[:3]))


def _without(letter: Letter, left: Sentence) -> Letter:
    blocks = []
    for block in letter.blocks:
        kept = tuple(one for one in block.sentences if one is not left)
        if kept or not block.sentences:
            blocks.append(replace(block, sentences=kept))
    return replace(letter, blocks=tuple(blocks))
