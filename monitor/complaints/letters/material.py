"""What a letter is made of: the case file, its exhibits, the settings and what is passed in beside them.

Finds the marks of a fact among the exhibits, and cleans what people and pages wrote. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property

from monitor.attestation.facts import Witness
from monitor.complaints.evidence.against_claim import find_undone
from monitor.complaints.evidence.contradictions import contradicting_items
from monitor.complaints.facts.who_acts import find_actor
from monitor.complaints.letters.excerpts import excerpt_reply
from monitor.complaints.letters.kinds import LetterKind, forbidden_words
from monitor.complaints.letters.own_words import keep_account, tells_as_child, tells_as_helper
from monitor.complaints.letters.sentences import fact, one_line
from monitor.complaints.letters.support import Test, amount_in, text_in
from monitor.complaints.masking.policy import policy_for
from monitor.complaints.masking.text import mask_text
from monitor.complaints.masking.third_parties import mask_third
from monitor.complaints.model import Audience, CaseFile, Exhibit, Masking, Sentence
from monitor.complaints.routing.conduct_words import Conduct, improper_words
from monitor.complaints.routing.filing_words import find_clause
from monitor.config.complaints import ComplaintSettings
from monitor.times import SHANGHAI, show_time
from storage.case import Facts, PaymentForm, Person, Purpose

_MOST_MARKS = 4
_UNMARKED = ("demand_chat", "payment", "heimao")  # letters whose sentences show no marks
_CLAUSES = re.compile(r"[^，,；;。！!？?]+[，,；;。！!？?]*")
_MOST_TOLD = 30
_SPOOFED = re.compile(r"[（(【\[〔]\s*(?:附?证(?:据)?\s*\d+-\d+[^）)】\]〕]{0,40}|据本人陈述|未附)\s*[）)】\]〕]")
_LONGEST = 4000


@dataclass(frozen=True)
class Extra:
    """What a case file does not hold.

    `pages` are page numbers by exhibit number; `witnesses` the time tokens by exhibit id; `digests` the SHA-256 of the
    sealed files by exhibit id; `disclose_reporter` that a report may carry what leads to the one who makes it.
    """

    pages: Mapping[str, str] = field(default_factory=dict)
    witnesses: Mapping[str, tuple[Witness, ...]] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    disclose_reporter: bool = False
    operator: str = ""  # who ran the tool
    tool: str = ""  # its name and release
    logged_in: frozenset[str] = frozenset()  # ids of captures that were made while logged in


@dataclass(frozen=True)
class Material:
    """All that the making of one letter may look at. `notes` gathers what the sender must be told."""

    kind: LetterKind
    file: CaseFile
    exhibits: tuple[Exhibit, ...]
    settings: ComplaintSettings
    extra: Extra = field(default_factory=Extra)
    notes: list[str] = field(default_factory=list)

    @property
    def facts(self) -> Facts:
        """What the buyer says."""
        return self.file.case.facts

    @property
    def today(self) -> date:
        """The letter's day."""
        return self.file.today

    @property
    def consumer(self) -> bool:
        """Whether the goods were bought for living needs, as the buyer says, and his own story not otherwise."""
        return self.facts.purpose is Purpose.LIVING and not self._tells_resale

    @cached_property
    def _tells_resale(self) -> bool:
        """Whether the story tells of a purchase to sell on, which the buyer has not cleared up."""
        said = find_clause(self.facts, "resale", "resale_unless")
        if said and self.facts.purpose is Purpose.LIVING:
            self.note(
                f"经过中写有“{said[:30]}”：没有写“用于生活消费”，也没有引用消费者权益保护的规定；"
                "确是自用的用 case clarify 说明这句话，为转卖的改 purpose"
            )
        return bool(said)

    @property
    def actor(self) -> Person:
        """Who complains: the guardian of a minor, else the buyer."""
        return find_actor(self.facts)

    @property
    def buyer_word(self) -> str:
        """How a letter calls the one who bought: the writer himself, or the minor whom he acts for."""
        return "购买人" if self.facts.minor else "本人"

    @property
    def hides_order(self) -> bool:
        """Whether the reader is not to learn when the writer bought: a report without his name."""
        return self.kind.id == "market_report" and not self.extra.disclose_reporter

    def note(self, text: str) -> None:
        """Tell the sender something, once."""
        if text not in self.notes:
            self.notes.append(text)

    def holds(self, *kinds: str) -> bool:
        """Whether an item of these kinds is among the exhibits, whatever it shows."""
        return any(one.form == "item" and one.kind in kinds for one in self.exhibits)

    def support(self, text: str, kinds: Iterable[str], *tests: Test) -> Sentence:
        """A fact with the marks of those items of these kinds in which all tests find what it says.

        An item in which no text could be read, or a picture of a chat that does not tell who speaks, proves nothing to
        a reader of letters: it is named as attached, and the sentence stays the writer's own statement.
        """
        return self._support(text, self._of_kinds(kinds), tests)

    def support_by(self, text: str, ids: Iterable[str], *tests: Test) -> Sentence:
        """The same with exhibits by their ids, or those of their items."""
        numbers = self.marks_of(ids)
        return self._support(text, [one for one in self.exhibits if one.number in numbers], tests)

    def support_sum(self, text: str, kinds: Iterable[str]) -> Sentence:
        """What was paid for all orders, with the items that show each of them; without one of them no mark at all."""
        orders, listed = self.facts.orders, self._of_kinds(kinds)
        if len(orders) == 1 and orders[0].amount is not None:
            return self._support(text, listed, (amount_in(orders[0].amount, orders[0].product),))
        total, found = self.facts.paid, list[str]()
        if total is not None:
            read = [(one.number, self.read_in(one)) for one in listed]
            whole = [number for number, words in read if amount_in(total)(words) and self._is_all(words)]
            if whole:
                return fact(text, whole[:_MOST_MARKS])
        taken: set[tuple[str, str]] = set()  # one bill shows one payment; a list of bills one for each number in it
        for order in orders:
            known = [number for number in (order.payment_no, order.number) if number.strip()]
            shown = [
                (one.number, next((number for number in known if text_in(number)(words)), ""))
                for one in listed
                if order.amount is not None
                and amount_in(order.amount, order.product)(words := self.read_in(one))
                and (not known or any(text_in(number)(words) for number in known))
            ]
            free = [one for one in shown if one not in taken and (one[1] or one[0] not in {mark for mark, _ in taken})]
            if not free:
                return fact(text)
            taken.add(free[0])
            found.append(free[0][0])
        return fact(text, found)

    def _is_all(self, words: str) -> bool:
        """Whether a bill of the whole sum names every order's number, or none: with one of several it is that one's."""
        orders = self.facts.orders
        named = [any(text_in(no)(words) for no in (one.payment_no, one.number) if no.strip()) for one in orders]
        return all(named) or not any(named)

    def _of_kinds(self, kinds: Iterable[str]) -> list[Exhibit]:
        """The items of these kinds, without those of another trade or of a payment that does not stand."""
        return [
            one
            for kind in kinds
            for one in self.exhibits
            if one.form == "item" and one.kind == kind and one.id not in self._of_another_trade
        ]

    @cached_property
    def _of_another_trade(self) -> frozenset[str]:
        return contradicting_items(self.file) | find_undone(self.file)

    def _support(self, text: str, listed: Iterable[Exhibit], tests: Iterable[Test]) -> Sentence:
        tests, shown, unread = tuple(tests), list[str](), list[str]()
        for one in listed:
            words = self.read_in(one)
            found = [test(words) for test in tests] if words and one.form == "item" else []
            if one.form != "item" or (found and all(found)):
                shown.append(one.number)
            elif not words or (None in found and False not in found):
                unread.append(one.number)
        if shown or not unread or self.kind.id in _UNMARKED or not tests:
            more = text and len(shown) > _MOST_MARKS and self.kind.id not in _UNMARKED
            return fact(f"{text}，共{len(shown)}件载明，列前{_MOST_MARKS}件" if more else text, shown[:_MOST_MARKS])
        return fact(f"{text}，附证{'、'.join(unread[:_MOST_MARKS])}")

    def read_in(self, exhibit: Exhibit) -> str:
        """What was read in an item. A saved page counts as unread: what its style hides cannot be told."""
        for item in self.file.items:
            if item.evidence == exhibit.id and item.removed_at is None and item.text_source != "html":
                return item.text.strip()
        return ""

    def marks_of(self, ids: Iterable[str]) -> tuple[str, ...]:
        """The numbers of captures, items or look-ups by their ids; what is no exhibit has none."""
        wanted = [one for one in ids if one]
        items = {item.id: item.evidence for item in self.file.items}
        numbers = {exhibit.id: exhibit.number for exhibit in self.exhibits}
        found = (numbers.get(items.get(one, one)) for one in wanted)
        return tuple(dict.fromkeys(number for number in found if number))

    def plain(self, text: str, *, most: int = 200) -> str:
        """A number, name or address of the case as it was typed: one line, unmasked, for its own slot in a letter."""
        kept = self._own_words(text)
        return "" if any(word in kept for word in forbidden_words()) else kept[:most]

    def clean(self, text: str, *, most: int = 0) -> str:
        """A short text of a person or page as it may stand in this letter: one line, keys masked. Cut whole with ……."""
        kept = self._own_words(text)
        if self._policy is not None and kept:
            kept = one_line(mask_text(kept, self._policy)[0])
        if any(word in kept for word in forbidden_words()):
            return ""
        return kept if not most or len(kept) <= most else kept[:most].rstrip() + "……"

    def _own_words(self, text: str) -> str:
        """A text on one line without what looks like a mark of ours: evidence is numbered by the tool alone."""
        kept = one_line(text)
        bare = _SPOOFED.sub("", kept)
        if bare != kept:
            self.note("案件内容中自行写的证据编号、“据本人陈述”已去掉：编号由工具按证据生成")
        return bare

    @cached_property
    def _policy(self) -> Masking | None:
        """What to mask for the reader: found once for a letter, for it looks through every item."""
        if self.kind.audience is None:
            return None
        return mask_third(policy_for(self.file, self.kind.audience), self.file)

    @property
    def third_names(self) -> tuple[str, ...]:
        """The names of third persons that a text for everybody masks."""
        if not self.public:
            return ()
        usual = set(policy_for(self.file, Audience.PUBLIC).known)
        masked = self._policy.known if self._policy is not None else ()
        return tuple(name for name, kind in masked if (name, kind) not in usual)

    def tell_reply(self, *, most: int = 200, said: str = "") -> str:
        """The seller's answer as it may be quoted: clauses with a word that no letter holds are left out with ……."""
        whole = one_line(said or self.facts.seller_reply)
        apart = (Conduct.LAW, Conduct.OTHERS, Conduct.FEELING)  # what the seller claims is his answer
        words = [*(word for word in forbidden_words() if word in whole), *improper_words(whole, apart)]
        if not words:
            return excerpt_reply(self.clean(whole), most)
        self.note(f"对方答复中有不能写进文书的用语（{'、'.join(words)}），含该用语的分句以……代替，原话见聊天记录")
        kept = ["……" if any(word in part for word in words) else part for part in _CLAUSES.findall(whole)]
        told = re.sub(r"(?:……[，,；;。！!？?\s]*)+", "……", "".join(kept))
        return excerpt_reply(self.clean(told), most) if told.strip("…") else ""

    def tell_story(self, text: str, *, most: int = _MOST_TOLD) -> tuple[str, ...]:
        """A person's own account as sentences. One that judges instead of telling is left out, and he is told so."""
        if len(text) > _LONGEST:
            self.note(f"经过描述超过{_LONGEST}字，文书只取前面部分，请精简")
        if child := tells_as_child(self.facts):
            self.note(
                f"经过里写着“{child}”，读来是孩子自己的话：文书写成“购买人陈述”；由监护人用自己的口吻重写一遍，"
                "写明监护人何时、怎样知道的"
            )
        if helper := tells_as_helper(self.facts):
            self.note(
                f"经过里写着“{helper}”，读来是受托人自己的话：文书写成“受托人陈述”；"
                "受理人更愿意看买家本人的话，可用买家的口吻重写一遍"
            )
        told: list[str] = []
        for kept, left_out in keep_account(text[:_LONGEST], others=self.kind.id == "police"):
            if left_out:
                self.note(
                    "经过描述中有定性或过激用语、单纯的情绪、法律结论或别人的遭遇，未写入文书："
                    f"“{'”“'.join(left_out)}”，请只写本人这笔交易的事实"
                )
            if not kept:
                continue
            cleaned = self.clean(kept)
            if cleaned and cleaned not in told:
                told.append(cleaned)
        if len(told) > most:
            self.note(f"经过描述超过{most}句，文书只取前{most}句")
        return tuple(told[:most])

    @property
    def public(self) -> bool:
        """Whether anybody may read it."""
        return self.kind.audience is Audience.PUBLIC


def say_yuan(amount: Decimal) -> str:
    """An amount as it is written: two decimals, more where it has more."""
    exact = amount.quantize(Decimal("0.01"))
    return f"{exact}元" if exact == amount else f"{amount.normalize():f}元"


def say_paid(facts: Facts, amount: Decimal) -> str:
    """A sum of what was paid: in yuan by the writer's own reckoning only, where it was paid in a coin."""
    return f"约合{say_yuan(amount)}" if facts.payment is PaymentForm.USDT else say_yuan(amount)


def say_moment(moment: datetime) -> str:
    """A moment of the trade, to the minute, Beijing time; of a day without a clock time it says so."""
    local = moment.astimezone(SHANGHAI)
    clock = "（时刻不详）" if is_day_only(moment) else f"{local:%H:%M}"
    return f"{local.year}年{local.month}月{local.day}日{clock}"


def is_day_only(moment: datetime) -> bool:
    """Whether only a day was told: it is kept as its first or last instant (facts.fact_paths.show_moment)."""
    return moment.astimezone(SHANGHAI).time() in (time.min, time.max)


def day_bounds(moment: datetime) -> tuple[datetime, datetime]:
    """The first and the last instant that a moment may mean: the same twice where its clock time is known."""
    if not is_day_only(moment):
        return moment, moment
    local = moment.astimezone(SHANGHAI)
    return datetime.combine(local, time.min, SHANGHAI), datetime.combine(local, time.max, SHANGHAI)


def say_day(moment: datetime | date) -> str:
    """A day as Chinese readers write it."""
    day = moment.astimezone(SHANGHAI).date() if isinstance(moment, datetime) else moment
    return f"{day.year}年{day.month}月{day.day}日"


def say_exact(moment: datetime) -> str:
    """A moment with its seconds and offset: of captures and deadlines."""
    return show_time(moment)
