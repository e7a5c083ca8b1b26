"""Tells what was said since: what was asked of the seller, what he answered or offered, what came back.

Takes the material of a letter, gives sentences. An answer that the case holds is never passed over: where it cannot be
quoted the letter says so and the writer is told. Pure.
"""

from __future__ import annotations

import re
import unicodedata

from monitor.complaints.evidence.against_claim import find_offer
from monitor.complaints.evidence.said_lines import ROBOT, SELLER, read_chat, states
from monitor.complaints.evidence.talks import holds_answer
from monitor.complaints.letters.demands import returned
from monitor.complaints.letters.first_request import (
    find_request,
    is_first_contact,
    say_asked,
    say_contacted,
    support_contact,
)
from monitor.complaints.letters.material import Material, say_moment, say_yuan
from monitor.complaints.letters.own_words import name_side
from monitor.complaints.letters.sentences import fact
from monitor.complaints.letters.support import amount_in, is_automatic, no_other_day, said_by_seller
from monitor.complaints.letters.who_answered import who_answered
from monitor.complaints.model import Sentence
from monitor.complaints.routing.filing_words import pattern

_ANSWERS = ("refusal", "reply", "chat")
_SHORTEST_REST = 4
_HALF_COMMA = re.compile(r"(?<!\d),|,(?!\d)")
_TALKS = ("chat", "demand_chat", "reply", "refusal", "first_complaint")


def tell_dealings(material: Material) -> tuple[Sentence, ...]:
    """What was asked of the seller, what he answered, what came back."""
    return (*tell_asking(material), *tell_answer(material))


def tell_asking(material: Material) -> tuple[Sentence, ...]:
    """That the seller was turned to, what a chat shows to be a demand, and that nothing came where nothing did."""
    facts, told = material.facts, list[Sentence]()
    contacted = facts.contacted_at
    if contacted is not None:
        who, request = name_side(facts), find_request(material)
        asked = say_asked(material)
        if request is not None and request.at is not None and is_first_contact(request, contacted):
            told.append(fact(f"{who}于{say_moment(request.at)}{asked}", (request.number,)))
        else:
            turned = f"{who}于{say_moment(contacted)}{say_contacted(material)}"
            told.append(support_contact(material, turned, contacted))
            if request is not None:
                when = f"于{say_moment(request.at)}" if request.at is not None else ""
                told.append(fact(f"{who}{when}在聊天中{asked}", (request.number,)))
        if not facts.seller_reply.strip():
            told += _tell_silence(material)
    return tuple(told)


def tell_answer(material: Material, *, most: int = 200) -> tuple[Sentence, ...]:
    """What speaks for the seller: his answer and what came back. Never left out for want of room."""
    facts, told = material.facts, list[Sentence]()
    when = f"于{say_moment(facts.replied_at)}" if facts.replied_at else ""
    whole = _whole_line(material)
    full = material.tell_reply(most=most, said=whole) if whole and len(whole) <= most else ""
    reply = full or material.tell_reply(most=most)
    if reply:
        by_seller = said_by_seller(facts.seller_reply, facts)
        tests = (no_other_day(facts.replied_at), by_seller)
        marked = material.support("", _ANSWERS, *tests, is_automatic(facts.seller_reply, facts)).marks
        who = who_answered(material.file)
        what = "的自动回复" if marked else "答复"
        cut = not full and reply != material.tell_reply(most=0)
        what += "（节录）" if cut or (whole and not full) else ""
        said = f"{who}{when}{what}" if who else f"{name_side(material.facts)}{when}收到{what.removeprefix('的')}"
        told.append(material.support(f"{said}：“{reply}”", _ANSWERS, *tests))
    elif facts.seller_reply.strip():
        told.append(fact(f"{who_answered(material.file)}{when}已有答复，原话见聊天记录"))
        material.note("对方的答复没有能写进文书的部分：提交前请自行把答复的意思补写进去，尤其是同意退款、换货的")
    if facts.seller_reply.strip():
        _doubt_quotation(material)
        told += _tell_offer(material)
    back = returned(material.file.steps)
    if back:
        proofs = [proof for step in material.file.steps if step.returned for proof in step.proof]
        told.append(material.support_by(f"此前已退回{say_yuan(back)}", proofs, amount_in(back)))
    return tuple(told)


def is_unanswered(material: Material) -> bool:
    """Whether nothing in the case may be an answer to the demand: no reply, no chat, no offer in the story."""
    facts = material.facts
    if facts.seller_reply.strip() or pattern("proofs", "tells_offer").search(facts.what_happened):
        return False
    return not any(holds is not False for holds in _judge_talks(material).values())


def _judge_talks(material: Material) -> dict[str, bool | None]:
    """Of each talk among the exhibits, by number, whether it holds an answer to the demand."""
    facts = material.facts
    return {
        one.number: holds_answer(
            material.read_in(one), facts, facts.contacted_at, asked=one.kind in ("refusal", "reply")
        )
        for one in material.exhibits
        if one.form == "item" and one.kind in _TALKS
    }


def _tell_silence(material: Material) -> tuple[Sentence, ...]:
    """That no answer came: never where the case holds what may be one; an answer to the demand in a chat is named."""
    if is_unanswered(material):
        return (fact(f"至本文书出具时，{name_side(material.facts)}没有收到能解决问题的答复"),)
    answered = [number for number, holds in _judge_talks(material).items() if holds]
    if answered:
        material.note(
            "聊天记录中有对方的答复，而案件没有填写：请用 case set 填写 seller_reply，对方同意退款、换货的更要写明"
        )
        return (fact(f"{who_answered(material.file)}已有答复，原话见聊天记录", answered[:3]),)
    material.note(
        "经过或聊天记录里有话看不出是不是对处理要求的答复：没有写“没有收到答复”；"
        "是答复的填进 seller_reply，没有答复的在经过里写明"
    )
    return ()


def _tell_offer(material: Material) -> tuple[Sentence, ...]:
    """What the seller offers in a chat beside the answer that is filled in: a reader will find it anyway."""
    offer = find_offer(material.file)
    if offer is None:
        unnamed = find_offer(material.file, unnamed=True)
        if unnamed is not None:
            material.note(
                f"聊天记录中有“{unnamed.read}”，看不出是谁说的；是对方说的，补进 seller_reply，不要只写拒绝的话"
            )
        return ()
    material.note(
        f"聊天记录中对方说“{offer.read}”，所填的卖家答复里没有：先答复它，并补进 seller_reply；没有兑现的写明没有兑现"
    )
    told = "" if material.public else material.clean(offer.read, most=60)
    return (fact(f"聊天记录中另有答复：“{told}”", material.marks_of((offer.item,))),) if told else ()


def _whole_line(material: Material) -> str:
    """The seller's line of a chat of which the answer, as it is filled in, is a part: half of it may be what he grants.

    "" where no such line is known, or where it says no more than the answer.
    """
    quote = _bare(material.facts.seller_reply)
    for one in material.exhibits:
        if not quote or one.form != "item" or one.kind not in _TALKS:
            continue
        for line in read_chat(material.read_in(one), material.facts):
            said = _bare(line.words)
            more = len(_bare(said.replace(quote, ""))) >= _SHORTEST_REST  # 亲, 您好 say nothing
            if line.who in (SELLER, ROBOT) and quote in said and more and states(line, material.facts.seller_reply):
                return _HALF_COMMA.sub("，", " ".join(line.words.split()))
    return ""


def _bare(words: str) -> str:
    """Words without spaces, and without the signs at their ends, which change nothing of what is said."""
    return "".join(unicodedata.normalize("NFKC", words).split()).strip('，,。.！!？?；;~～…“”"')


def _doubt_quotation(material: Material) -> None:
    """Tell the writer that a named seller's lines are in the case and none of them says the answer as it is quoted."""
    facts = material.facts
    lines = [
        line
        for one in material.exhibits
        if one.form == "item" and one.kind in _TALKS
        for line in read_chat(material.read_in(one), facts)
        if line.who in (SELLER, ROBOT)
    ]
    if lines and not any(states(line, facts.seller_reply) for line in lines):
        material.note("所填的卖家答复在聊天记录中读不到原话，文书里却加了引号：对照聊天改成原话，不是这次说的去掉")
