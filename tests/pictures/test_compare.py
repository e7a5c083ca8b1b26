"""Screenshots are aligned: what was only pushed down is not marked, what was changed is, wherever it stands now."""

from __future__ import annotations

import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from monitor.pictures.compare import Comparison, compare_pictures
from monitor.pictures.picture import Picture, PictureError, read_picture
from monitor.pictures.rows import match_rows
from monitor.pictures.tiles import draw_stretch
from pictures.drawing import LINE, TOP, as_png, draw_page, rules


def compare(old: bytes, new: bytes) -> Comparison:
    return compare_pictures(read_picture([old]), read_picture([new]))


def test_an_inserted_line_is_marked_alone() -> None:
    lines = rules(60)
    found = compare(draw_page(lines), draw_page([*lines[:20], "one more rule", *lines[20:]]))
    (mark,) = found.marks
    assert mark.kind == "added"
    assert TOP + 19 * LINE < mark.box[1] < mark.box[3] < TOP + 22 * LINE


def test_a_removed_line_and_a_changed_word_far_below_are_both_found() -> None:
    lines = rules(80)
    after = [*lines[:10], *lines[11:60], lines[60].replace("rule", "RULE"), *lines[61:]]
    kinds = [(mark.kind, (mark.box[1] - TOP) // LINE) for mark in compare(draw_page(lines), draw_page(after)).marks]
    assert kinds == [("removed", 10), ("changed", 60)]


def test_a_column_that_was_pushed_down_leaves_its_neighbour_unmarked() -> None:
    left, right = rules(40), rules(40, 500)
    found = compare(draw_page(left, beside=right), draw_page([*left[:5], "new here", *left[5:39]], beside=right))
    assert found.marks and all(mark.box[2] < 600 for mark in found.marks)
    assert found.share < 0.02


def test_a_dialog_that_grew_before_a_page_that_stood_still_is_aligned_in_itself() -> None:
    def show(lines: list[str]) -> bytes:
        page = Image.open(io.BytesIO(draw_page(rules(30), beside=rules(30, 300)))).point(lambda value: value // 2)
        dialog = Image.open(io.BytesIO(draw_page(lines, width=400)))
        page.paste(dialog, (250, (page.height - dialog.height) // 2))
        return as_png(page)

    words = [f"word {number * 37}" for number in range(8)]
    found = compare(show(words), show([*words[:4], "no refunds", "of any kind", *words[4:]]))
    assert "added" in {mark.kind for mark in found.marks}
    marked = sum((mark.box[2] - mark.box[0]) * (mark.box[3] - mark.box[1]) for mark in found.marks)
    assert marked < 400 * 6 * LINE, "the lines that stayed are marked too"


def test_equal_pictures_and_slight_shades_have_no_marks() -> None:
    page = draw_page(rules(20))
    image = Image.open(io.BytesIO(page))
    shaded = as_png(image.point([max(0, value - 4) for value in range(256)] * 3))
    assert compare(page, page).marks == ()
    assert compare(page, shaded).marks == ()


def test_what_is_masked_is_not_compared() -> None:
    lines = rules(20)
    old, new = draw_page(lines), draw_page([*lines[:7], "other words", *lines[8:]])
    box = (0, TOP + 7 * LINE - 5, 900, TOP + 8 * LINE)
    assert compare(old, new).marks
    assert compare_pictures(read_picture([old]), read_picture([new]), masks=[box]).marks == ()


def test_the_canvas_shows_every_row_of_both_pictures_once() -> None:
    lines = rules(50)
    old, new = read_picture([draw_page(lines)]), read_picture([draw_page([*lines[5:30], "x", "y", *lines[30:]])])
    found = compare_pictures(old, new)
    for picture, rows in (
        (old, [(p.old, p.height) for p in found.pieces]),
        (new, [(p.new, p.height) for p in found.pieces]),
    ):
        seen = sorted(row for start, height in rows if start is not None for row in range(start, start + height))
        assert seen == list(range(picture.height))
    tile = Image.open(io.BytesIO(draw_stretch(new, found, new=True, top=0, bottom=found.height)))
    assert tile.size == (found.width, found.height)


def test_other_widths_are_compared_as_far_as_both_reach_and_told() -> None:
    found = compare(draw_page(rules(10)), draw_page(rules(10), width=1000))
    assert found.width == 900 and found.marks == ()
    assert "宽度不同" in found.notes[0]


@settings(deadline=None)
@given(st.lists(st.integers(0, 6), max_size=60), st.lists(st.integers(0, 6), max_size=60))
def test_matched_rows_are_equal_and_never_cross(old: list[int], new: list[int]) -> None:
    ends = (0, 0)
    for one in match_rows(old, new):
        assert old[one.old : one.old + one.length] == new[one.new : one.new + one.length]
        assert one.old >= ends[0] and one.new >= ends[1]
        ends = one.old + one.length, one.new + one.length


def test_parts_and_patches_make_one_picture() -> None:
    red, blue = (as_png(Image.new("RGB", (100, 50), colour)) for colour in ("red", "blue"))
    dot = as_png(Image.new("RGB", (10, 10), "white"))
    picture = read_picture([red, blue], [(5, 60, dot), (5_000, 5_000, dot)])
    assert (picture.width, picture.height) == (100, 100)
    assert [picture.image.getpixel(place) for place in ((1, 1), (1, 99), (6, 61))] == [
        (255, 0, 0), (0, 0, 255), (255, 255, 255)
    ]  # fmt: skip


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", draw_page(["a"])[:200]])
def test_what_is_no_picture_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(PictureError):
        read_picture([data])


def test_a_picture_beyond_the_bound_is_refused_before_it_is_decoded() -> None:
    huge = Image.new("1", (8_000, 8_000))
    data = as_png(huge)
    start = time.process_time()
    with pytest.raises(PictureError, match="pixels"):
        read_picture([data])
    assert time.process_time() - start < 0.5


def test_noise_on_every_row_ends_in_time() -> None:
    one, two = (Image.effect_noise((900, 2_500), sigma).convert("RGB") for sigma in (60, 90))
    start = time.process_time()
    found = compare_pictures(Picture(one), Picture(two))
    assert time.process_time() - start < 5
    assert found.share > 0.9 and len(found.marks) <= 200
