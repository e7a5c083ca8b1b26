"""Masks a picture that was read: paints over what this audience need not see, and reads the result again.

Takes a SeenPicture and a Masking, gives new pixels and hits. Of a card key the first and last signs stay as they were
in the picture; everything else is painted over whole. What the second reading still finds is painted over as well;
what cannot be got rid of raises PictureRefused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.complaints.masking.picture_reader import (
    Box,
    PictureReader,
    PictureRefused,
    SeenCode,
    SeenLine,
    SeenPicture,
)
from monitor.complaints.masking.spans import MARK, Span
from monitor.complaints.masking.text import find_spans
from monitor.complaints.model import Hit, Masking

if TYPE_CHECKING:
    from PIL.Image import Image as Frame

_ROUNDS = 3
_PAYMENT = re.compile(
    r"wxp://|weixin://|qr\.alipay\.com|qrcode\.alipay|alipays?://|payapp\.weixin|wx\.tenpay|qr\.95516|myun\.tenpay"
    r"|/pay/|usdt|^T[1-9A-HJ-NP-Za-km-z]{33}$|^0x[0-9a-f]{40}$",
    re.I,
)
_PERSONAL = re.compile(
    r"u\.wechat\.com|weixin\.qq\.com/[rgxq]/|wxid_|qm\.qq\.com|tenpay|BEGIN:VCARD|MECARD|^tel:|^sms|^mailto:|t\.me/"
    r"|work\.weixin",
    re.I,
)
_ADDRESS = re.compile(r"https?://[^\s/]{3,120}(?:/[^?#\s]{0,80})?", re.I)
_GOODS = re.compile(r"[0-9]{8}|[0-9]{12,13}")


@dataclass(frozen=True)
class PaintedPicture:
    """New pixels (RGB) and what was painted over."""

    width: int
    height: int
    pixels: bytes
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class _Sign:
    """One sign of a text with its place."""

    sign: str
    box: Box | None


def mask_picture(
    seen: SeenPicture, masking: Masking, *, boxes: Sequence[Box] = (), again: PictureReader | None, where: str = ""
) -> PaintedPicture:
    """The picture with everything painted over that is found in it, and `boxes`. `again` reads the result anew."""
    from PIL import Image

    frame = Image.frombytes("RGB", (seen.width, seen.height), seen.pixels)
    hits = [Hit("marked_by_hand", MARK, where) for _box in boxes]
    covered: list[Box] = list(boxes)
    visible: list[Box] = []
    texts = [compose_lines(seen.lines), [_Sign(sign, box) for sign, box in seen.layer]]
    for signs in texts:
        for span, painted, left in _boxes_of(signs, masking):
            covered += painted
            visible += left
            hits.append(Hit(span.kind, span.shown if left else MARK, where))
    for code in seen.codes:
        kind = _kind_of_code(code, masking)
        if kind:
            covered.append(_grown(code.box, 8))
            hits.append(Hit(kind, MARK, where))
    _paint(frame, covered)
    if again is not None:
        hits += _check(frame, masking, covered, visible, again, where)
    return PaintedPicture(seen.width, seen.height, frame.tobytes(), tuple(dict.fromkeys(hits)))


def compose_lines(lines: Sequence[SeenLine]) -> list[_Sign]:
    """The signs of all lines as they are read: row by row, a tab between what stands apart in one row."""
    signs: list[_Sign] = []
    rest = sorted(_without_twins(lines), key=lambda line: (line.box[1] + line.box[3]) / 2)
    while rest:
        first = rest[0]
        level = [line for line in rest if (line.box[1] + line.box[3]) / 2 < first.box[3]]
        for line in sorted(level, key=lambda one: one.box[0]):
            signs += [_Sign(sign, box) for sign, box in zip(line.text, line.signs, strict=False)]
            signs.append(_Sign("\t", None))
        signs.append(_Sign("\n", None))
        rest = [line for line in rest if line not in level]
    return signs


def _without_twins(lines: Sequence[SeenLine]) -> list[SeenLine]:
    """Lines of tiles that overlap, each once; of a cut one and a whole one the whole."""
    found: list[SeenLine] = []
    for line in sorted(lines, key=lambda one: -len(one.text)):
        if not any(_covers(other.box, line.box) > 0.7 for other in found):
            found.append(line)
    return found


def _boxes_of(signs: Sequence[_Sign], masking: Masking) -> Iterator[tuple[Span, list[Box], list[Box]]]:
    """Each span with what is to be painted and what of it stays to be seen."""
    text = "".join(one.sign for one in signs)
    places = [number for number, one in enumerate(signs) for _sign in one.sign]
    for span in find_spans(text, masking):
        inside = [signs[number] for number in dict.fromkeys(places[span.begin : span.end])]
        marked = [one for one in inside if one.box is not None and not one.sign.isspace()]
        kept = _kept_signs(span, marked)
        middle = marked[kept : len(marked) - kept] if kept else marked
        ends = [*marked[:kept], *marked[len(marked) - kept :]] if kept else []
        yield span, _rows(middle, 0.12), _rows(ends, 0.05)


def _kept_signs(span: Span, signs: Sequence[_Sign]) -> int:
    """How many signs at each end stay as they are."""
    if span.kind != "card_key" or MARK not in span.shown:
        return 0
    kept = len(span.shown.partition(MARK)[0])
    if any(not one.sign.isalnum() for one in (*signs[:kept], *signs[len(signs) - kept :])):
        return 0
    return kept if len(signs) >= 2 * kept + 4 else 0


def _rows(signs: Sequence[_Sign], margin: float) -> list[Box]:
    """One box for signs that stand side by side, a bit larger than they are."""
    rows: list[Box] = []
    for one in signs:
        if one.box is None:
            continue
        left, top, right, bottom = one.box
        last = rows[-1] if rows else None
        height = max(bottom - top, 1.0)
        if (
            last
            and abs((last[1] + last[3]) / 2 - (top + bottom) / 2) < height * 0.6
            and -height < left - last[2] < height * 2.5
        ):
            rows[-1] = (min(last[0], left), min(last[1], top), max(last[2], right), max(last[3], bottom))
        else:
            rows.append((left, top, right, bottom))
    return [_grown(row, max(2.0, (row[3] - row[1]) * margin)) for row in rows]


def _check(
    frame: Frame, masking: Masking, covered: list[Box], visible: Sequence[Box], again: PictureReader, where: str
) -> list[Hit]:
    """Read what was painted; paint what is still found; raise where that does not end."""
    hits: list[Hit] = []
    for _round in range(_ROUNDS):
        seen = again.read_again(frame.width, frame.height, frame.tobytes())
        left = [
            [one for one in line_boxes if not _is_told(one, covered, visible)]
            for _span, line_boxes, _ends in _whole_boxes(compose_lines(seen.lines), masking)
        ]
        boxes = [box for row in left for box in row]
        codes = [code for code in seen.codes if _kind_of_code(code, masking) and not _is_told(code.box, covered, ())]
        if not boxes and not codes:
            return hits
        hits += [Hit("found_again", MARK, where)]
        covered += [*boxes, *(_grown(code.box, 8) for code in codes)]
        _paint(frame, covered)
    raise PictureRefused("遮盖后重新识别仍能读到敏感内容")


def _whole_boxes(signs: Sequence[_Sign], masking: Masking) -> Iterator[tuple[Span, list[Box], list[Box]]]:
    """As `_boxes_of`, sign by sign, so that what stays on purpose can be told from what was missed."""
    text = "".join(one.sign for one in signs)
    for span in find_spans(text, masking):
        boxes = [one.box for one in signs[span.begin : span.end] if one.box is not None and not one.sign.isspace()]
        yield span, boxes, []


def _is_told(box: Box, covered: Sequence[Box], visible: Sequence[Box]) -> bool:
    """Whether a place is painted over, or stays on purpose."""
    return any(_covers(other, box) > 0.5 for other in (*covered, *visible))


def _kind_of_code(code: SeenCode, masking: Masking) -> str:
    """What a code holds that must not be seen; "" where it may stay."""
    text = code.text.strip()
    if not text:
        return "unread_code"
    if _PAYMENT.search(text):
        return "payment_code"
    if _PERSONAL.search(text):
        return "personal_code"
    spans = find_spans(text, masking)
    if spans:
        return spans[0].kind
    if _ADDRESS.fullmatch(text) or _GOODS.fullmatch(text):
        return ""
    return "code"  # a text that nobody can place may be a key


def _paint(frame: Frame, boxes: Sequence[Box]) -> None:
    from PIL import ImageDraw

    pen = ImageDraw.Draw(frame)
    for left, top, right, bottom in boxes:
        box = (int(left), int(top), int(right + 0.999), int(bottom + 0.999))
        if box[2] >= box[0] and box[3] >= box[1]:
            pen.rectangle(box, fill=(0, 0, 0))


def _grown(box: Box, by: float) -> Box:
    return (max(0.0, box[0] - by), max(0.0, box[1] - by), box[2] + by, box[3] + by)


def _covers(one: Box, other: Box) -> float:
    """Which part of the other box the one covers."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    area = max(1.0, (other[2] - other[0]) * (other[3] - other[1]))
    return max(0.0, width) * max(0.0, height) / area
