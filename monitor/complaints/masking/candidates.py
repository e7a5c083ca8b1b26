"""Tells of every run of signs that could be a secret what is to be seen of it: its own shape and what stands around.

Takes the reading with its labels, gives candidates, each with short names of what was seen (`list_traits`). Nothing is
judged here: `second_reader` weighs the traits, and `train_second_reader` learns the weights from the same traits.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from monitor.complaints.masking.labels import Label, Labelled
from monitor.complaints.masking.numbers import is_bank_card
from monitor.complaints.masking.shapes import (
    is_dated,
    is_epoch,
    is_hash,
    is_kept_shape,
    is_named,
    is_plainly_other,
    looks_drawn,
)

_TOKEN = re.compile(r"[0-9A-Za-z](?:(?!-{2})[0-9A-Za-z!@#$%^&*_+~?.-]){1,300}(?<![.^_-])")
_GROUPS = re.compile(
    r"(?<![0-9A-Za-z.-])(?:[0-9]{3,6}(?: [0-9]{2,6}){1,7}|[0-9A-Z]{3,8}(?: [0-9A-Z]{3,8}){2,7}"
    r"|[0-9a-z]{4,6}(?: [0-9a-z]{4,6}){2,7})(?![0-9A-Za-z.:/-])"
)
_MAIL = re.compile(r"[^@]+@[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*\.[A-Za-z]{2,8}")
_AT_HOST = re.compile(r"[a-z_]{1,20}@[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_MIXED = re.compile(r"[a-z][0-9]?[A-Z]|[A-Z][a-z]?[A-Z][a-z]")
_URL = re.compile(r"[a-z][a-z0-9]{1,9}://[^\s\"'<>\u3000-\u9fff，。；、（）]{2,2000}", re.I)
_FIELDS = ("----", "---", "|", "\t", ",", ":", ";", "/")
_TRADE = re.compile(
    r"卡密|卡号|卡券|发货|提货|兑换|充值|激活|礼品卡|点卡|卖家|买家|客服|店主|成品号|上号"
    r"|cdk|redeem|gift ?card|seller",
    re.I,
)
_PRODUCT = re.compile(
    r"steam|xbox|netflix|office|win(?:dows)?|psn|会员|月卡|年卡|季卡|q币|e卡|一卡通|加油卡|话费|礼品|vpn|apple|gpt",
    re.I,
)
_HEAD = re.compile(r"[^\n]{0,40}\d{1,2}:\d\d[^\n]{0,12}\Z|[^\s:\n]{1,16}:\Z")
_SPEAKER = re.compile(r"[\[(]?[^\s:=\n\"'<>{}]{1,16}[\])]?[ ]?:")
_JSON_KEY = re.compile(r"[\"']([0-9A-Za-z_\u4e00-\u9fff -]{1,24})[\"'][ \t]?:[ \t]?[\[{ \"']*[^\"'\n{}]{0,60}\Z")
_PARAMETER = re.compile(r"([A-Za-z_]{1,20})=\Z")
_RUNS = re.compile(r"[0-9]+|[A-Z]+|[a-z]+|[^0-9A-Za-z]+")
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_DAY = re.compile(r"(?:20)?2[0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_COUNTED = re.compile(r"[ \t]?(?:[元块张个次位人件份套条笔天年月周%℃円号点]|小时|分钟|美元|港币|日元|欧)")
_MOST_COUNTED = 8
_LEFT, _RIGHT, _ABOVE = 16, 10, 14
_LINE = 300  # signs of a line on either side that are looked at
_REACH = 3  # lines above in which a label may still speak of what stands here
LEAST_SIGNS = 3
_MOST_CANDIDATES = 20_000  # of one piece of a text; what is beyond is left to the rules


@dataclass(frozen=True)
class Candidate:
    """A run of signs that could be a secret, and where it stands."""

    begin: int
    end: int
    word: str


@dataclass(frozen=True)
class Surroundings:
    """What is the same for all candidates of a text."""

    text: str
    labels: Sequence[Label]
    label_begins: Sequence[int]
    behind: dict[int, Labelled]
    line_begins: Sequence[int]
    links: Sequence[tuple[int, int]]
    shapes: Counter[str]
    about: tuple[str, ...] = field(default=())

    def is_in_link(self, one: Candidate) -> bool:
        """Whether a candidate is a part of an address of the web."""
        place = bisect_right(self.links, (one.begin, len(self.text))) - 1
        return place >= 0 and self.links[place][1] >= one.end


def find_candidates(text: str) -> list[Candidate]:
    """Every run that could be a secret, in order and apart: letters with digits, digits, drawn letters; no measures."""
    found: list[Candidate] = []
    grouped: list[tuple[int, int]] = []
    for match in _GROUPS.finditer(text):
        parts = match[0].split(" ")
        even = len({len(part) for part in parts[:-1]}) == 1 and len(parts[-1]) <= len(parts[0]) + 2 * (len(parts) > 3)
        if parts[0].islower() and sum(not part.isalpha() for part in parts) < 2:
            continue  # words of a sentence
        if even and len(match[0]) - len(parts) >= 8 and any(sign.isdigit() for sign in match[0]):
            grouped.append(match.span())
            found.append(Candidate(*match.span(), match[0]))
    for match in _TOKEN.finditer(text):
        word, end = match[0], match.end()
        place = bisect_right(grouped, (match.start(), len(text))) - 1
        if place >= 0 and match.start() < grouped[place][1]:
            continue
        if not _may_be(word):
            continue
        if word.isdigit() and len(word) <= _MOST_COUNTED and _COUNTED.match(text, end):
            continue
        found.append(Candidate(match.start(), end, word))
        if len(found) >= _MOST_CANDIDATES:
            break
    return sorted(found, key=lambda one: one.begin)


def look_around(
    text: str, labels: Sequence[Label], labelled: Sequence[Labelled], candidates: Sequence[Candidate]
) -> Surroundings:
    """What the traits of all candidates of a text need."""
    behind: dict[int, Labelled] = {}
    for one in labelled:
        behind[one.begin] = one  # a column's word is said last and wins
    says = {label.says for label in labels}
    about = [f"D:{one}" for one in ("key", "password", "account", "order", "token") if one in says]
    if _TRADE.search(text):
        about.append("D:trade")
    if _PRODUCT.search(text):
        about.append("D:product")
    return Surroundings(
        text,
        labels,
        [label.begin for label in labels],
        behind,
        [0, *(match.end() for match in re.finditer("\n", text))],
        [match.span() for match in _URL.finditer(text)],
        Counter(_class_of(one.word) for one in candidates),
        tuple(about),
    )


def list_traits(one: Candidate, around: Surroundings) -> list[str]:
    """What is to be seen of a candidate, as short names."""
    shape, rough = _class_of(one.word), _rough_of(one.word)
    traits = ["bias", f"s:{shape}", f"r:{rough}", *_own(one.word)]
    place = _placing(one, around)
    traits += place
    traits += [f"{rough}&{name}" for name in place]
    near = _wording(one, around)
    traits += near
    traits += [f"{rough}&{name}" for name in near if name[:2] in ("L2", "L3", "R1", "R2")]
    traits += around.about
    traits += [f"{rough}&{name}" for name in around.about]
    count = around.shapes[shape]
    traits += [f"n:{min(count, 4)}", f"{rough}&n:{min(count, 4)}"]
    return traits


@lru_cache(maxsize=2048)
def _may_be(word: str) -> bool:
    """Whether a run could be a secret: no word of a sentence, no mail, nothing that is plainly something else."""
    if sum(sign.isalnum() for sign in word) < LEAST_SIGNS:
        return False
    if _MAIL.fullmatch(word) or _AT_HOST.fullmatch(word) or is_plainly_other(word):
        return False
    if any(sign.isdigit() for sign in word):
        return True
    letters = sum(sign.isalpha() for sign in word)
    return (word.isupper() and letters >= 8) or (letters >= 8 and _MIXED.search(word) is not None)


def _class_of(word: str) -> str:
    """Its signs and its length, or the lengths of its groups."""
    parts = re.split(r"[-_. ]", word)
    if 1 < len(parts) <= 8 and all(part.isalnum() for part in parts):
        return f"{_signs_of(''.join(parts))}{'-'.join(str(len(part)) for part in parts)}"
    return f"{_signs_of(word)}{min(len(word), 70)}"


def _rough_of(word: str) -> str:
    signs = _signs_of(re.sub(r"[-_. ]", "", word) if len(re.split(r"[-_. ]", word)) > 1 else word)
    length = len(word)
    size = (
        "a"
        if length <= 3
        else "b"
        if length <= 6
        else "c"
        if length <= 9
        else "d"
        if length <= 13
        else "e"
        if length <= 17
        else "f"
        if length <= 22
        else "g"
        if length <= 40
        else "h"
    )
    return f"{signs}{size}{'-' if '-' in word.strip('-') else ' ' if ' ' in word else ''}"


def _signs_of(word: str) -> str:
    if word.isdigit():
        return "9"
    kinds = (
        ("9" if any(sign.isdigit() for sign in word) else "")
        + ("A" if any("A" <= sign <= "Z" for sign in word) else "")
        + ("a" if any("a" <= sign <= "z" for sign in word) else "")
        + ("!" if not word.isalnum() else "")
    )
    if kinds in ("9A", "9a", "9") and len(word) >= 8 and _HEX.fullmatch(word):
        return kinds + "x"
    return kinds


@lru_cache(maxsize=2048)  # the result is read again, and most words stay
def _own(word: str) -> tuple[str, ...]:
    """What is to be seen of its signs alone."""
    return tuple(_seen_of(word))


def _seen_of(word: str) -> Iterator[str]:
    signs = re.sub(r"[^0-9A-Za-z]", "", word) or word
    runs = _RUNS.findall(word)
    yield f"o:changes{min(len(runs), 12)}"
    yield f"o:different{len(set(signs.lower())) * 4 // max(len(signs), 1)}"
    shape = "".join(
        "9" if run[0].isdigit() else "A" if run.isupper() else "a" if run.islower() else run[0] for run in runs
    )
    if len(shape) <= 5:
        yield f"o:form{shape}"
        lead = runs[0]
        if lead.isalpha() and len(lead) <= 6:
            yield f"o:lead{lead.upper()}"
            yield f"o:lead{len(lead)}{shape[:2]}"
    if word.isdigit():
        yield f"o:first{word[:2]}"
        yield f"o:first{word[0]}{len(word)}"
        if is_dated(word):
            yield "o:dated"
        if is_epoch(word):
            yield "o:epoch"
        if is_bank_card(word):
            yield "o:luhn"
    day = _DAY.search(word)
    if day and len(signs) >= 10:
        yield "o:day"
        if not re.search(r"[0-9]", word[: day.start()]):
            yield "o:day first"
    for name, test in (("kept", is_kept_shape), ("hash", is_hash), ("named", is_named)):
        if test(word):
            yield f"o:{name}"
    if looks_drawn(word):
        yield "o:drawn"
    elif looks_drawn(word, near=True):
        yield "o:nearly drawn"
    letters = re.findall(r"[A-Za-z]{4,}", word)
    if letters and max(len(run) for run in letters) * 2 > len(signs):
        yield "o:wordy"
        if any(re.search(r"[aeiouAEIOU]", run[1:]) for run in letters):
            yield "o:vowels"


def _placing(one: Candidate, around: Surroundings) -> list[str]:
    """Labels, columns, keys of JSON, links, and its place on its line."""
    text = around.text
    traits: list[str] = []
    number = bisect_right(around.line_begins, one.begin) - 1
    begin = around.line_begins[number]
    end = around.line_begins[number + 1] - 1 if number + 1 < len(around.line_begins) else len(text)
    place = bisect_right(around.label_begins, one.begin) - 1
    told = around.behind.get(one.begin)
    if told is None and one.begin and text[one.begin - 1] in "\"'`#*-":
        told = around.behind.get(one.begin - 1)
    if told is not None:
        traits.append(f"b:{told.says}{'c' if told.cell else 's' if told.said else ''}")
    label = around.labels[place] if place >= 0 else None
    if label is not None and label.begin <= one.begin < label.end:
        traits.append(f"in:{label.says}")
        label = around.labels[place - 1] if place else None
    if label is not None and label.begin >= begin:
        apart = one.begin - label.end
        traits.append(f"l:{label.says}{0 if apart <= 2 else 1 if apart <= 12 else 2 if apart <= 40 else 3}")
    elif label is not None and label.begin >= around.line_begins[max(0, number - _REACH)]:
        traits.append(f"u:{label.says}{number - bisect_right(around.line_begins, label.begin) + 1}")
    else:
        traits.append("l:none")
    if label is not None and place > 0:
        before = around.labels[place - 1]
        if before.begin >= begin and before is not label:
            traits.append(f"l2:{before.says}")
    following = around.labels[place + 1] if place + 1 < len(around.labels) else None
    if following is not None and following.begin < end:
        apart = following.begin - one.end
        traits.append(f"f:{following.says}{0 if apart <= 3 else 1 if apart <= 14 else 2}")
    link = bisect_right(around.links, (one.begin, len(text))) - 1
    if link >= 0 and around.links[link][1] >= one.end:
        inside = text[max(around.links[link][0], one.begin - _LINE) : one.begin]
        traits.append("link")
        traits.append("link:query" if "?" in inside else "link:path" if inside.count("/") > 2 else "link:host")
        folder = re.findall(r"[A-Za-z]{1,16}", inside[-24:])
        if folder:
            traits.append(f"link:{folder[-1].lower()}")
    named = _PARAMETER.search(text, max(begin, one.begin - 24), one.begin)
    if named:
        traits.append(f"p:{named[1].lower()}")
    key = _JSON_KEY.search(text, max(begin, one.begin - 90), one.begin)
    if key:
        traits.append(f"j:{key[1].lower()}")
        traits.append("json")
    left = text[max(begin, one.begin - _LINE) : one.begin]
    right = text[one.end : min(end, one.end + _LINE)]
    traits += _on_line(left, right, text[max(0, begin - 60) : max(0, begin - 1)])
    return traits


def _on_line(before: str, after: str, above: str) -> Iterator[str]:
    """Its place on its line, and the fields of that line."""
    left, right = before.strip(" \t\"'`>*•-([{【「"), after.strip(" \t\"'`,;.!。)]}】」~")
    alone = not left and not right
    if alone:
        yield "alone"
        if not above.strip():
            yield "alone below nothing"
        elif _HEAD.search(above):
            yield "alone below head"
    elif not left:
        yield "first"
    elif not right:
        yield "last"
    if re.fullmatch(r"(?:第?[0-9一二三四五六七八九十]{1,2}[张个组条份、).:]?)", left):
        yield "listed"
    speaker = _SPEAKER.match(before.lstrip())
    if speaker and not before.lstrip()[speaker.end() :].strip():
        yield "spoken first"
        if not right:
            yield "spoken alone"
    elif speaker:
        yield "spoken"
    if "@" in before or "@" in after:
        yield "mail on line"
    for separator in _FIELDS:
        count = before.count(separator) + after.count(separator)
        if count >= (2 if separator in (",", ":", "/", ";") else 1) and (
            before.endswith(separator) or after.startswith(separator) or before.rstrip().endswith(separator)
        ):
            yield f"d:{separator}"
            yield f"d:{separator}{min(before.count(separator), 5)}"
            break


def _wording(one: Candidate, around: Surroundings) -> list[str]:
    """The signs right before and behind, and those of the line above."""
    text = around.text
    left = _plain(text[max(0, one.begin - _LEFT) : one.begin])
    right = _plain(text[one.end : one.end + _RIGHT])
    traits = [f"L{size}:{left[-size:]}" for size in range(1, 7) if len(left) >= size]
    traits += [f"R{size}:{right[:size]}" for size in range(1, 5) if len(right) >= size]
    traits += [f"l~{left[at : at + 2]}" for at in range(len(left) - 1)]
    traits += [f"r~{right[at : at + 2]}" for at in range(len(right) - 1)]
    bare = re.sub(r"[^a-z\u4e00-\u9fff]", "", left)
    traits += [f"h{size}:{bare[-size:]}" for size in (1, 2, 3, 4) if len(bare) >= size]
    place = bisect_left(around.line_begins, one.begin + 1) - 1
    begin = around.line_begins[place]
    if place and one.begin - begin <= _LEFT:
        upper = _plain(text[max(around.line_begins[place - 1], begin - 1 - _ABOVE) : begin - 1])
        traits += [f"a~{upper[at : at + 2]}" for at in range(len(upper) - 1)]
        traits += [f"A{size}:{upper[-size:]}" for size in (2, 3) if len(upper) >= size]
    return traits


def _plain(text: str) -> str:
    """Small letters, 0 for digits, one mark for the ends of lines: values themselves are no words."""
    return re.sub(r"[0-9]+", "0", re.sub(r"(?=[a-z]*[0-9])[0-9a-z-]{5,}", "0", text.lower()))
