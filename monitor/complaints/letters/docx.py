"""Renders a letter as a Word file that the sender can still change: the same letter and moment give the same bytes.

Core properties and the times inside the ZIP are fixed to the moment that is passed in; nothing of the machine is in it.
Pure but for the template that python-docx brings.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.complaints.letters.text import LEGEND, find_legend_block, is_marked, say_heading, say_sentence
from monitor.complaints.model import Block, BlockKind, Letter

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table

_FONT = "SimSun"
_LATIN = "Times New Roman"
_BODY = 11.5
_SMALL = 10.5
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # a ZIP knows no earlier time
_WIDE = 17.0  # centimetres between the margins
_FIELDS = (3.8, 13.2)
_NARROW = {"序号": 1.3, "编号": 1.6, "页码": 2.0}
_LEAST_SHARE, _MOST_SHARE = 8, 40  # characters by which columns of text share the rest


def render_docx(letter: Letter, at: datetime, *, head: bool = True) -> bytes:
    """The letter as .docx, dated `at`."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    document = docx.Document()
    _set_up(document, letter, at)
    title, addressee = say_heading(letter)
    if head and letter.notes:
        line = _add(document, letter.notes[0], size=9)
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    top = _add(document, title, size=18, bold=True)
    top.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if addressee:
        _add(document, addressee)
    told = find_legend_block(letter)
    for block in letter.blocks:
        _write_block(document, block, marks=is_marked(letter, block), legend=block is told)
    raw = io.BytesIO()
    document.save(raw)
    return _pack_again(raw.getvalue(), at)


def _set_up(document: Document, letter: Letter, at: datetime) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2.2)
    style = document.styles["Normal"]
    style.font.name, style.font.size = _LATIN, Pt(_BODY)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    style.paragraph_format.line_spacing = 1.5
    style.paragraph_format.space_after = Pt(4)
    moment = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    core = document.core_properties
    core.author = core.last_modified_by = ""
    core.title, core.comments, core.keywords = letter.title, "", ""
    core.created = core.modified = moment
    core.revision = 1


def _add(document: Document, text: str, *, size: float = 0, bold: bool = False):  # type: ignore[no-untyped-def]
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.bold = bold or None
    if size:
        run.font.size = Pt(size)
    return paragraph


def _write_block(document: Document, block: Block, *, marks: bool, legend: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    if block.title:
        heading = _add(document, block.title, size=12, bold=True)
        heading.paragraph_format.space_before = Pt(8)
        heading.paragraph_format.keep_with_next = True
    if block.kind is BlockKind.PARAGRAPH:
        text = "".join(f"{say_sentence(one, marks=marks)}。" for one in block.sentences)
        text += f"{LEGEND}。" if legend else ""
        _add(document, text).paragraph_format.first_line_indent = Pt(2 * _BODY)
    elif block.kind is BlockKind.ITEMS:
        for place, one in enumerate(block.sentences, 1):
            _add(document, f"{place}. {say_sentence(one, marks=marks)}。").paragraph_format.left_indent = Pt(_BODY)
    elif block.kind in (BlockKind.FIELDS, BlockKind.TABLE):
        rows = [[say_sentence(one, marks=marks) for one in row] for row in block.rows]
        _write_table(document, list(block.columns), rows, names=block.kind is BlockKind.FIELDS)
    else:
        last = document.paragraphs[-1:]  # no signature on a page of its own
        if last and last[0]._p.getnext() is document.element.body.sectPr:
            last[0].paragraph_format.keep_with_next = True
        for one in block.sentences:
            line = _add(document, one.text)
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            line.paragraph_format.keep_with_next = one is not block.sentences[-1]
    if legend and block.kind is not BlockKind.PARAGRAPH:
        _add(document, f"（{LEGEND}）", size=_SMALL)


def _write_table(document: Document, columns: list[str], rows: list[list[str]], *, names: bool) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm

    count = len(columns) or 2
    widths = _share_width(columns, rows) if columns else _FIELDS
    table = document.add_table(rows=0, cols=count)
    table.style = "Table Grid"
    table.autofit = False
    for place, row in enumerate([columns, *rows] if columns else rows):
        cells = table.add_row().cells
        for column, text in enumerate(row):
            bold = (bool(columns) and place == 0) or (names and column == 0)
            _fill(table, cells[column], text, bold=bold, width=widths[column])
        properties = table.rows[-1]._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if columns and place == 0:
            repeated = OxmlElement("w:tblHeader")
            repeated.set(qn("w:val"), "true")
            properties.append(repeated)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)  # Word goes by the cells, others by the grid
    document.add_paragraph().paragraph_format.space_after = None


def _share_width(columns: list[str], rows: list[list[str]]) -> tuple[float, ...]:
    """Centimetres for each column: numbers are narrow, texts share the rest by what stands in them."""
    longest = [max((len(row[place]) for row in rows), default=0) for place in range(len(columns))]
    narrow = [_NARROW.get(name, 0.0) for name in columns]
    shares = [
        0 if one else min(max(long, _LEAST_SHARE), _MOST_SHARE) for one, long in zip(narrow, longest, strict=True)
    ]
    rest = (_WIDE - sum(narrow)) / (sum(shares) or 1)
    return tuple(one or share * rest for one, share in zip(narrow, shares, strict=True))


def _fill(table: Table, cell: object, text: str, *, bold: bool, width: float) -> None:
    from docx.shared import Cm, Pt
    from docx.table import _Cell

    assert isinstance(cell, _Cell)
    cell.width = Cm(width)
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = 1.2
    run = paragraph.add_run(text)
    run.font.size = Pt(_SMALL)
    run.bold = bold or None


def _pack_again(data: bytes, at: datetime) -> bytes:
    """The same parts in a ZIP whose times are `at` and whose order is that of the names."""
    moment = max(at.astimezone(UTC), _EARLIEST)
    stamp = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        names = sorted(before.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            info = zipfile.ZipInfo(name, stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o600 << 16
            after.writestr(info, before.read(name))
    return out.getvalue()
