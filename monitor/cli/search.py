"""`search`: full text over everything that was ever read, Chinese words of two characters included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import THIRD_PARTY, cut_list, find_asked_pages, open_asked_archive, page_data, say_next
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, show_time

if TYPE_CHECKING:
    from storage.search import TextFound

_MOST = 199
_SHOWN_PLACES = 3
_OUTSIDE_TEXT = {
    "popup": "in a pop-up",
    "hidden": "in hidden text",
    "image": "read from a picture",
    "attribute": "in an attribute",
    "json": "in data behind the page",
    "script": "in a script",
    "meta": "in the page's description",
}


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--platform", default="", metavar="NAME", help="Only on this platform.")
@click.option("--page", "wanted", default="", metavar="URL|PAGE", help="Only on this page.")
@click.option("--limit", type=click.IntRange(1, _MOST), default=20, show_default=True, help="How many at most.")
@click.option("--after", default="", metavar="ID", help="Continue after this id: the `next` of the list before.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def search_command(
    context: click.Context,
    words: tuple[str, ...],
    platform: str,
    wanted: str,
    limit: int,
    after: str,
    as_json: bool,
) -> ExitCode:
    """Search the text of all versions: all WORDS must stand in one text; "quotes" keep words together.

    Each text is listed once, the newest first, with the pages and captures that showed it first and last; what files
    brought in claim is listed apart from what was seen.
    """
    from storage.errors import NotInArchive
    from storage.words import SearchQuestion

    question = " ".join(words)
    with open_asked_archive(context) as archive, archive.database.reading() as session:
        from storage.search import search_texts

        pages = find_asked_pages(session, wanted) if wanted else ()
        if platform and all(page.platform != platform.strip() for page in find_asked_pages(session, platform)):
            fail(f"--platform: '{plain_text(platform)}' is no platform's name", ExitCode.NOTHING_FOUND)
        try:
            found = search_texts(
                session,
                question,
                pages=[page.id for page in pages],
                platform=platform.strip(),
                after=after,
                limit=limit + 1,
            )
        except SearchQuestion as error:
            fail(str(error), ExitCode.WRONG_USE)
        except NotInArchive as error:
            fail(str(error), ExitCode.NOTHING_FOUND)
    shown, goes_on = cut_list(found, limit)
    if as_json:
        listed = [text_data(text) for text in shown]
        print_json({"question": question, "texts": listed, "next": shown[-1].id if goes_on else None})
    elif shown:
        _print_texts(shown)
        say_next(goes_on, shown[-1].id)
    else:
        click.echo(f"no text with {plain_text(question)}", err=True)
    return ExitCode.DONE if shown else ExitCode.NOTHING_FOUND


def text_data(text: TextFound) -> dict[str, object]:
    """A text found, as JSON; `marks` are [start, end] of the hits in the snippet."""
    return {
        "id": text.id,
        "snippet": text.snippet,
        "marks": [list(mark) for mark in text.marks],
        "characters": text.characters,
        "seen": [
            {
                "page": page_data(seen.page),
                "source": seen.source,
                "first_capture": seen.first_capture,
                "last_capture": seen.last_capture,
                "first_seen_at": seen.first_seen_at,
                "last_seen_at": seen.last_seen_at,
                "third_party": seen.origin == "imported",
                "first_claims_day_only": seen.day_only[0],
                "last_claims_day_only": seen.day_only[1],
            }
            for seen in text.seen
        ],
    }


def _print_texts(texts: Sequence[TextFound]) -> None:
    for text in texts:
        click.echo(f"{text.id}  {_mark(text)}")
        for seen in text.seen[:_SHOWN_PLACES]:
            where = f", {_OUTSIDE_TEXT[seen.source]}" if seen.source in _OUTSIDE_TEXT else ""
            claim = f", {THIRD_PARTY}: only claimed" if seen.origin == "imported" else ""
            click.echo(f"  {plain_text(seen.page.platform)} {seen.page.role} {seen.page.url}{where}{claim}")
            first, last = (
                f"{show_time(at)[:10]}, no time given" if day_only else show_time(at)
                for at, day_only in zip((seen.first_seen_at, seen.last_seen_at), seen.day_only, strict=True)
            )
            click.echo(f"    first seen {first} ({seen.first_capture})")
            if seen.last_capture != seen.first_capture:
                click.echo(f"    last seen  {last} ({seen.last_capture})")
        if len(text.seen) > _SHOWN_PLACES:
            click.echo(f"  and in {len(text.seen) - _SHOWN_PLACES} more places: add --json")


def _mark(text: TextFound) -> str:
    """The snippet with its hits in bold, or between brackets where the output knows no bold."""
    parts = []
    end = 0
    for start, stop in text.marks:
        if start < end:
            continue
        parts += [
            plain_text(text.snippet[end:start]),
            click.style(f"【{plain_text(text.snippet[start:stop])}】", bold=True),
        ]
        end = stop
    return "".join(parts) + plain_text(text.snippet[end:])
