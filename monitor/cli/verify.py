"""`verify`: checks exports, packs and archive folders against their proofs. Needs no archive, settings or network."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json

if TYPE_CHECKING:
    from monitor.verify.options import Options
    from monitor.verify.verdict import Facts, Report, Subject

_MOST_GIVEN = 1 << 20  # bytes of a key or checkpoint file
_TICK_SECONDS = 0.1
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="KEY",
    help="A verifier key of the log that you had from elsewhere, or a file of it. May be given again.",
)
@click.option(
    "--earlier",
    "earlier",
    multiple=True,
    type=_FILE,
    metavar="FILE",
    help="A checkpoint that you kept, or a consistency proof. May be given again.",
)
@click.option(
    "--trust",
    "roots",
    multiple=True,
    type=_FILE,
    metavar="PEM",
    help="Root certificates of time-stamping authorities.  [default: those that Mozilla trusts]",
)
@click.option("--at", "at", metavar="TIME", help="Judge certificates at this time.  [default: now]")
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of what is printed."
)
@click.option("--quiet", is_flag=True, help="Print only the verdicts.")
@click.option("--json", "as_json", is_flag=True, help="Print every check as JSON.")
def verify_command(
    targets: tuple[Path, ...],
    keys: tuple[str, ...],
    earlier: tuple[Path, ...],
    roots: tuple[Path, ...],
    at: str | None,
    language: str,
    quiet: bool,
    as_json: bool,
) -> ExitCode:
    """Check a WACZ, a complaint pack, a folder or ZIP of exports, a WARC, or a whole archive folder.

    Says intact (status 0), altered (20), incomplete (21) or cannot say (22), and names every check. Works offline and
    without an archive of your own.
    """
    from monitor.verify.target import verify_target
    from monitor.verify.verdict import Verdict, gravest

    codes = {
        Verdict.INTACT: ExitCode.DONE,
        Verdict.ALTERED: ExitCode.VERIFY_ALTERED,
        Verdict.INCOMPLETE: ExitCode.VERIFY_INCOMPLETE,
        Verdict.CANNOT_SAY: ExitCode.VERIFY_CANNOT_SAY,
    }
    reports: list[Report] = []
    with _meter(targets, shown=not (quiet or as_json)) as tick:
        options = _read_options(keys, earlier, roots, at, tick)
        for target in targets:
            reports.append(verify_target(target, options))
    verdict = gravest(report.verdict for report in reports)
    if as_json:
        print_json(
            {
                "verdict": verdict.value,
                "at": options.at,
                "targets": [_report_data(report, language) for report in reports],
            }
        )
    else:
        _tell(reports, language, quiet)
    return codes[verdict]


def _tell(reports: list[Report], language: str, quiet: bool) -> None:
    from monitor.verify.telling import tell_report

    for number, report in enumerate(reports):
        if number and not quiet:
            click.echo()
        for line in tell_report(report, language, quiet=quiet):
            click.echo(plain_text(line))


def _read_options(
    keys: tuple[str, ...],
    earlier: tuple[Path, ...],
    roots: tuple[Path, ...],
    at: str | None,
    tick: Callable[[int], None],
) -> Options:
    from monitor.certificate_chain import RootsUnreadableError, load_roots
    from monitor.times import parse_time
    from monitor.verify.anchors import read_earlier
    from monitor.verify.options import Options
    from storage.errors import ArchiveDamaged
    from storage.notes import VerifierKey

    now = datetime.now(UTC)
    try:
        return Options(
            at=parse_time(at, now=now) if at else now,
            roots=tuple(root for path in roots or (None,) for root in load_roots(path)),
            pinned=tuple(VerifierKey.parse(text) for given in keys for text in _read_keys(given)),
            earlier=tuple(read_earlier(path.name, _read_given(path)) for path in earlier),
            tick=tick,
        )
    except (ArchiveDamaged, RootsUnreadableError, ValueError) as error:
        fail(str(error), ExitCode.WRONG_USE)


def _read_keys(given: str) -> list[str]:
    """The keys of a file, one a line, or the key that was given itself."""
    if "+" in given and not Path(given).is_file():
        return [given.strip()]
    try:
        lines = _read_given(Path(given)).decode("utf-8", "replace").splitlines()
    except OSError:
        fail(f"{given}: neither a verifier key (name+hash+key) nor a file of one", ExitCode.WRONG_USE)
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not found:
        fail(f"{given} holds no verifier key", ExitCode.WRONG_USE)
    return found


def _read_given(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_MOST_GIVEN + 1)
    if len(data) > _MOST_GIVEN:
        fail(f"{path} is too large to be a key or a checkpoint", ExitCode.WRONG_USE)
    return data


def _report_data(report: Report, language: str) -> dict[str, object]:
    return {
        "target": report.target,
        "verdict": report.verdict.value,
        "subjects": [_subject_data(subject, language) for subject in report.subjects],
    }


def _subject_data(subject: Subject, language: str) -> dict[str, object]:
    from monitor.verify.telling import meaning_of, next_of

    facts = subject.facts
    return {
        "name": subject.name,
        "kind": subject.kind,
        "verdict": subject.verdict.value,
        "meaning": meaning_of(subject).in_language(language),
        "next": next_of(subject).in_language(language),
        "capture": facts.capture,
        "url": facts.url,
        "title": facts.title,
        "outcome": facts.outcome,
        "started_at": facts.started_at,
        "ended_at": facts.ended_at,
        "entered_at": facts.sealed_at,
        "proven_before": facts.proven_before,
        "anchors": facts.anchors,
        "redacted": facts.redacted,
        "pack": _pack_data(facts),
        "log": {"origin": facts.origin, "size": facts.size, "index": facts.index, "key": facts.key},
        "tokens": [
            {
                "kind": stamp.kind,
                "authority": stamp.authority,
                "path": stamp.path,
                "over": stamp.over,
                "time": stamp.time,
                "trusted": stamp.trusted,
                "signer": stamp.signer,
                "root": stamp.root,
            }
            for stamp in facts.stamps
        ],
        "checks": [
            {
                "check": check.id,
                "status": check.status.value,
                "about": check.about,
                "title": check.kind.title.in_language(language),
                "proves": check.kind.proves.in_language(language),
                "detail": check.detail.in_language(language),
            }
            for check in subject.checks
        ],
    }


def _pack_data(facts: Facts) -> dict[str, object] | None:
    if facts.pack is None:
        return None
    return {
        "case": facts.pack.case,
        "channel": facts.pack.channel,
        "made_at": facts.pack.made_at,
        "files": [
            {
                "path": file.path,
                "what": file.what,
                "status": file.status.value,
                "id": file.id,
                "original": file.original,
                "masked": file.masked,
            }
            for file in facts.pack.files
        ],
    }


@contextmanager
def _meter(targets: tuple[Path, ...], *, shown: bool) -> Iterator[Callable[[int], None]]:
    """Give a function that is told of bytes read, and shows them as a bar on stderr; into a pipe it shows nothing."""
    if not shown or not sys.stderr.isatty():
        yield lambda count: None
        return
    from monitor.verify.target import measure_target

    total = 2 * sum(measure_target(target) for target in targets) or 1  # hashed once, unpacked once
    with click.progressbar(length=1000, label="verifying", file=sys.stderr) as bar:
        done, last = 0, 0.0

        def tick(count: int) -> None:
            nonlocal done, last
            done += count
            now = time.monotonic()
            if now - last >= _TICK_SECONDS:
                last = now
                bar.update(min(1000, 1000 * done // total) - bar.pos)

        yield tick
        bar.update(1000 - bar.pos)
