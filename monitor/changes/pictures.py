"""Recognises a rule text that became a picture, and a picture that became text again.

A picture cannot be searched, copied or read by a comparison: that a description turned into one is a change of its own,
and what was removed with it is not told clause by clause as if the rules were gone. Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from monitor.changes.clauses import RULE_BLOCKS, Clause
from monitor.changes.normal_forms import compact_form
from scrapers.model import Block, BlockKind, Reading, Source
from storage.model import ChangeClass, Difference, Effect, Severity

_Key = tuple[str, BlockKind]
_LEAST_TEXT = 12
_LEFT = 0.3
_WRITTEN = re.compile(
    r"[\[【(（](?:图片?|image|img|长图|图)\s?[:：]\s?([^\]】)）\s]{1,120})[\]】)）]"
    r"|^\s*([\w./-]{1,80}\.(?:jpe?g|png|webp|gif|bmp))\s*$"
    r"|^\s*!\[[^\]\n]{0,60}\]\(([^)\s]{1,200}\.(?:jpe?g|png|webp|gif|bmp))\)\s*$",
    re.IGNORECASE,
)
"""A picture as a copied text names it: [图片：rules.png]."""
_PICTURE_NAME = re.compile(r"[\[【(（](?:图|img|image)|\.(?:jpe?g|png|webp|gif|bmp)", re.IGNORECASE)
_POINTER = re.compile(r"(?:见|看|参照|参考|以)[^,，。;；]{0,6}图(?!书|灵|纸)|图片?(?:加载|说明|为准|不清|看不)|长图")
_LONGEST_POINTER = 40


@dataclass(frozen=True)
class PictureChanges:
    """Which blocks turned into a picture, or back, and the differences that say so."""

    differences: tuple[Difference, ...]
    hidden: frozenset[_Key]
    shown: frozenset[_Key]
    hidden_lines: frozenset[tuple[_Key, str]] = frozenset()
    shown_lines: frozenset[tuple[_Key, str]] = frozenset()

    def hides(self, clause: Clause) -> bool:
        """Whether the old clause stood in a block that is a picture now."""
        return (clause.subject, clause.kind) in self.hidden or _is_of(clause, self.hidden_lines)

    def shows_again(self, clause: Clause) -> bool:
        """Whether the new clause stands in a block that was a picture before."""
        return (clause.subject, clause.kind) in self.shown or _is_of(clause, self.shown_lines)


def _is_of(clause: Clause, lines: frozenset[tuple[_Key, str]]) -> bool:
    if not lines:
        return False
    own = compact_form(clause.text)
    return any(key == (clause.subject, clause.kind) and own and own in line for key, line in lines)


def compare_pictures(before: Reading, after: Reading) -> PictureChanges:
    """Find blocks whose text gave way to a picture, and the reverse."""
    old, new = _gather(before.blocks), _gather(after.blocks)
    hidden = frozenset(key for key in old if _gave_way(old[key], new.get(key, ("", frozenset()))))
    shown = frozenset(key for key in new if _gave_way(new[key], old.get(key, ("", frozenset()))))
    written = _gather_written(after.blocks)
    lines = {
        key: _find_lines(old[key], new[key], written.get(key, frozenset())) for key in old.keys() & new.keys() - hidden
    }
    lines = {key: found for key, found in lines.items() if found[0]}
    read_before, read_after = _read_in_pictures(before), _read_in_pictures(after)
    differences = [_tell(key, old[key][0], "、".join(sorted(new[key][1])), gone=True) for key in sorted(hidden)]
    differences += [_tell(key, "、".join(sorted(old[key][1])), new[key][0], gone=False) for key in sorted(shown)]
    differences += [
        _tell(key, "\n".join(gone), "、".join(sorted(new[key][1] - old[key][1])), gone=True)
        for key, (gone, _came) in sorted(lines.items())
    ]
    # what was recognised in a picture is compared with the text beside it, clause by clause
    hidden_lines, shown_lines = (
        frozenset(
            (key, compact_form(line)) for key, found in lines.items() if key not in read_after for line in found[side]
        )
        for side in (0, 1)
    )
    if not hidden and not lines:  # the usual case: no line need be looked at
        return PictureChanges(tuple(differences), hidden, shown - read_before)
    titles = frozenset(compact_form(line) for block in before.blocks for line in block.text.splitlines())
    marks = frozenset(
        ((block.subject, block.kind), compact_form(line))
        for block in after.blocks
        if (block.subject, block.kind) in hidden | lines.keys()
        for line in block.text.splitlines()
        if (_WRITTEN.fullmatch(line.strip()) or (len(line) <= _LONGEST_POINTER and _POINTER.search(line)))
        and compact_form(line) not in titles
    )
    return PictureChanges(
        tuple(differences), hidden - read_after, shown - read_before, hidden_lines, shown_lines | marks
    )


def _find_lines(
    old: tuple[str, frozenset[str]], new: tuple[str, frozenset[str]], written: frozenset[str]
) -> tuple[list[str], list[str]]:
    """The lines of a block that gave way to a picture while the rest stayed, and those that point to it.

    A picture that is named among the lines needs no line that points to it.
    """
    if not new[1] - old[1]:
        return [], []
    sides = [[line for line in text.splitlines() if compact_form(line)] for text in (old[0], new[0])]
    forms = [{compact_form(line) for line in side} for side in sides]
    gone = [line for line in sides[0] if compact_form(line) not in forms[1]]
    came = [line for line in sides[1] if compact_form(line) not in forms[0]]
    if not came and not written - old[1]:
        return [], []
    if not all(len(line) <= _LONGEST_POINTER and _POINTER.search(line) for line in came):
        return [], []
    return (gone, came) if sum(map(len, map(compact_form, gone))) >= _LEAST_TEXT else ([], [])


def without_unread_pictures(before: Reading, after: Reading) -> tuple[Reading, Reading]:
    """Both readings without the texts of pictures that the other one had no time to read: that is no change."""
    unread = _unread(before) | _unread(after)
    return (_without(before, unread), _without(after, unread)) if unread else (before, after)


def _unread(reading: Reading) -> frozenset[str]:
    return frozenset(
        image for block in reading.blocks if block.source is Source.IMAGE and not block.text for image in block.images
    )


def _without(reading: Reading, unread: frozenset[str]) -> Reading:
    kept = tuple(b for b in reading.blocks if b.source is not Source.IMAGE or not unread.intersection(b.images))
    return replace(reading, blocks=kept)


def _read_in_pictures(reading: Reading) -> frozenset[_Key]:
    return frozenset((b.subject, b.kind) for b in reading.blocks if b.source is Source.IMAGE and b.text)


def _gather(blocks: Iterable[Block]) -> dict[_Key, tuple[str, frozenset[str]]]:
    texts: dict[_Key, list[str]] = defaultdict(list)
    images: dict[_Key, set[str]] = defaultdict(set)
    for block in blocks:
        if block.kind in RULE_BLOCKS and block.source is not Source.IMAGE:
            named = _find_written(block.text)
            kept = [line for line in block.text.splitlines() if line not in named] if named else [block.text]
            texts[block.subject, block.kind].append("\n".join(kept))
            images[block.subject, block.kind].update(block.images)
            images[block.subject, block.kind].update(named.values())
    return {key: ("\n".join(texts[key]), frozenset(images[key])) for key in texts}


def _gather_written(blocks: Iterable[Block]) -> dict[_Key, frozenset[str]]:
    """The pictures that the lines of a block name, by block."""
    named: dict[_Key, frozenset[str]] = {}
    for block in blocks:
        if block.kind in RULE_BLOCKS and block.source is not Source.IMAGE:
            key = block.subject, block.kind
            named[key] = named.get(key, frozenset()) | frozenset(_find_written(block.text).values())
    return named


def _find_written(text: str) -> dict[str, str]:
    """The lines of a text that only name a picture, and its name."""
    if not _PICTURE_NAME.search(text):
        return {}
    found = ((line, _WRITTEN.fullmatch(line.strip())) for line in text.splitlines())
    return {line: next(filter(None, match.groups())) for line, match in found if match}


def _gave_way(text_side: tuple[str, frozenset[str]], picture_side: tuple[str, frozenset[str]]) -> bool:
    if not picture_side[1] - text_side[1]:
        return False
    left_lines = [
        line
        for line in picture_side[0].splitlines()
        if len(line) > _LONGEST_POINTER or not _POINTER.search(line) or line in text_side[0]
    ]
    length, left = len(compact_form(text_side[0])), len(compact_form("\n".join(left_lines)))
    return length >= _LEAST_TEXT and left <= length * _LEFT


def _tell(key: _Key, before: str, after: str, *, gone: bool) -> Difference:
    subject = f"{key[0]} {key[1]}".strip()
    if gone:
        reason = "文字说明变成了图片，原文不再可检索和复制，图片内容须人工核对，对买家不利"
        return Difference(
            ChangeClass.RULE,
            Severity.HIGH,
            Effect.WORSE,
            ("text_to_image",),
            subject,
            before,
            f"[图片] {after}",
            reason,
            quotable=False,
        )
    return Difference(
        ChangeClass.RULE, Severity.NONE, Effect.BETTER, ("image_to_text",), subject, f"[图片] {before}", after,
        "图片说明变回文字；图片期间的内容须人工核对", quotable=False,
    )  # fmt: skip
