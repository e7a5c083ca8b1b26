"""Renders a letter as one HTML page for A4, to be printed by the browser that captures: no scripts, no outside files.

Everything is escaped. The head line says that it is a draft; what is only for the sender is not in it. Pure.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from monitor.complaints.letters.text import LEGEND, find_legend_block, is_marked, say_heading, say_sentence
from monitor.complaints.model import Block, Letter, Sentence


def render_html(letter: Letter, *, head: bool = True) -> str:
    """The page of a letter; without `head` the line on top that calls it a draft is left out."""

    def told(one: Sentence, block: Block) -> Markup:
        return _say(one, marks=is_marked(letter, block))

    environment = _environment().overlay()
    environment.filters = {**environment.filters, "told": told}
    title, addressee = say_heading(letter)
    return environment.from_string(_read("letter.html")).render(
        letter=letter,
        title=title,
        legend=LEGEND,
        legend_block=find_legend_block(letter),
        addressee=addressee,
        head=letter.notes[0] if head and letter.notes else "",
        style=Markup(_read("letter.css")),  # noqa: S704 - our own file
    )


def _say(one: Sentence, *, marks: bool) -> Markup:
    """The sentence escaped, its marks in a span of their own."""
    whole = say_sentence(one, marks=marks)
    mark = whole[len(one.text) :]
    text = escape(one.text)
    return text + Markup('<span class="mark">{}</span>').format(mark) if mark else text


@cache
def _environment() -> Environment:
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def _read(name: str) -> str:
    return resources.files("monitor.complaints.letters").joinpath("templates", name).read_text(encoding="utf-8")
