"""`show`: one capture with all that is kept of it: how it was made, what came, what was read, what changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import (
    capture_data,
    change_data,
    describe_outcome,
    open_asked_archive,
    show_seen,
    version_data,
)
from monitor.cli.changes import print_changes
from monitor.cli.exit_codes import ExitCode
from monitor.cli.lookup_show import show_lookup
from monitor.cli.output import fail, plain_text, print_json, print_table, show_time

if TYPE_CHECKING:
    from scrapers.model import Capture, Exchange
    from storage.archive import Archive
    from storage.model import Change, StoredCapture, Version

_SHOWN_EXCHANGES = 15
_SHOWN_BLOCK = 600


@dataclass(frozen=True)
class _Shown:
    stored: StoredCapture
    capture: Capture | None
    damage: str
    version: Version | None
    changes: tuple[Change, ...]


@click.command()
@click.argument("capture")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, with every request.")
@click.pass_context
def show_command(context: click.Context, capture: str, as_json: bool) -> ExitCode:
    """Show one capture: where it comes from, how it ended, its evidence, and what was read from it.

    CAPTURE is an id or its unique beginning. Where its bytes are damaged, the rest is shown and the status is 7.
    The id of a lookup (q-...) shows what was asked of whom, and its raw answer.
    """
    from storage.errors import NotInArchive

    with open_asked_archive(context) as archive:
        try:
            if capture.startswith("q-"):
                return show_lookup(archive, capture, as_json=as_json)
            shown = _load(archive, capture)
        except NotInArchive as error:
            fail(str(error), ExitCode.NOTHING_FOUND)
    if as_json:
        print_json(_as_data(shown))
    else:
        _print(shown)
    if shown.damage:
        click.echo(f"cardwatch: {plain_text(shown.damage)}", err=True)
        return ExitCode.ARCHIVE_DAMAGED
    return ExitCode.DONE


def _load(archive: Archive, wanted: str) -> _Shown:
    from storage.captures import get_capture
    from storage.changes import changes_of_capture
    from storage.errors import ArchiveDamaged
    from storage.versions import get_version

    with archive.database.reading() as session:
        stored = get_capture(session, wanted)
        version = get_version(session, stored.id)
        changes = changes_of_capture(session, stored.id)
    damage = ""
    capture = None
    try:
        capture = archive.load_capture(stored.id)
    except ArchiveDamaged as error:
        damage = str(error)
    return _Shown(stored, capture, damage, version, changes)


def _as_data(shown: _Shown) -> dict[str, object]:
    capture = shown.capture
    return {
        "capture": capture_data(shown.stored),
        "damage": shown.damage,
        "provenance": None if capture is None else _provenance_data(capture),
        "views": [] if capture is None else _views_data(capture),
        "exchanges": [] if capture is None else [_exchange_data(exchange) for exchange in capture.exchanges],
        "version": version_data(shown.version) if shown.version else None,
        "changes": [change_data(change) for change in shown.changes],
    }


def _provenance_data(capture: Capture) -> dict[str, object]:
    return {
        "requested_url": capture.url,
        "final_url": capture.final_url,
        "vantage": capture.vantage,
        "browser": capture.browser,
        "tool": capture.tool,
        "proxy": capture.proxy,
        "session": capture.session,
        "surroundings": None if capture.surroundings is None else asdict(capture.surroundings),
        "steps_done": list(capture.steps_done),
        "names": list(capture.names),
        "certificates": [
            {
                "host": certificate.host,
                "protocol": certificate.protocol,
                "subject": certificate.subject,
                "issuer": certificate.issuer,
                "valid_from": certificate.valid_from,
                "valid_to": certificate.valid_to,
                "names": list(certificate.names),
                "chain_digest": certificate.chain_digest,
                "error": certificate.error,
            }
            for certificate in capture.certificates
        ],
        "refused": [{"what": item.what, "why": item.why} for item in capture.refused],
        "notes": [{"what": item.what, "why": item.why} for item in capture.notes],
    }


def _views_data(capture: Capture) -> list[dict[str, object]]:
    return [
        {
            "kind": view.kind,
            "name": view.name,
            "media_type": view.media_type,
            "digest": view.digest,
            "bytes": None if view.data is None else len(view.data),
            "reused_from": view.reused_from,
        }
        for view in capture.views
    ]


def _exchange_data(exchange: Exchange) -> dict[str, object]:
    return {
        "sequence": exchange.sequence,
        "method": exchange.method,
        "url": exchange.url,
        "status": exchange.status,
        "resource_type": exchange.resource_type,
        "bytes": exchange.body_size,
        "body_digest": exchange.body_digest,
        "body_missing": exchange.body_missing,
        "remote_address": exchange.remote_address,
        "error": exchange.error,
    }


def _print(shown: _Shown) -> None:
    stored = shown.stored
    lines = [
        ("capture", stored.id),
        ("page", f"{stored.page.platform} {stored.page.role} {stored.page.url} ({stored.page.id})"),
        ("seen", show_seen(stored)),
        ("taken", f"{show_time(stored.started_at)} to {show_time(stored.ended_at)}"),
        ("outcome", describe_outcome(stored) + (f": {stored.detail}" if stored.detail else "")),
        ("title", stored.title),
        ("final URL", stored.final_url if stored.final_url != stored.page.url else ""),
        ("previous", stored.previous),
        ("WARC", f"{stored.warc} ({stored.warc_bytes} bytes)" if stored.warc else ""),
        ("manifest", stored.manifest),
        ("certificate", stored.certificate_error),
        ("source file", stored.source_file),
    ]
    if stored.origin == "imported":
        lines.append(("third party", "brought in by somebody else; its time is claimed, and this tool did not see it"))
    lines += [("missing", f"{what}: {why}") for what, why in stored.missing]
    if shown.capture is not None:
        lines += _provenance_lines(shown.capture)
    for name, value in lines:
        if value:
            click.echo(f"{name:<12} {plain_text(value)}")
    if shown.capture is not None:
        _print_evidence(shown.capture)
    if shown.version is not None:
        _print_version(shown.version)
    if shown.changes:
        click.echo("\nchanges first seen in this capture")
        print_changes(shown.changes)


def _provenance_lines(capture: Capture) -> list[tuple[str, str]]:
    vantage = capture.vantage
    lines = [
        ("vantage", f"{vantage.name} {vantage.width}x{vantage.height} {vantage.locale} {vantage.timezone}"),
        ("browser", capture.browser),
        ("tool", capture.tool),
        ("proxy", capture.proxy),
        ("session", f"logged in with the session '{capture.session}'" if capture.session else ""),
        *_surroundings_lines(capture),
    ]
    for name in capture.names:
        lines.append(("name", f"{name.host} = {', '.join(name.addresses) or name.error} (asked {name.resolver})"))
    for certificate in capture.certificates:
        verdict = f", {certificate.error}" if certificate.error else ""
        lines.append(("TLS", f"{certificate.host} {certificate.protocol} by {certificate.issuer}{verdict}"))
    lines += [("refused", f"{item.what}: {item.why}") for item in capture.refused]
    lines += [("note", f"{item.what}: {item.why}") for item in capture.notes]
    return lines


def _surroundings_lines(capture: Capture) -> list[tuple[str, str]]:
    found = capture.surroundings
    if found is None:
        return []
    hosts = found.hosts_file.named if found.hosts_file else ()
    lines = [("commit", found.tool_commit), ("system", found.system)]
    lines += [("hosts file", f"names {host} as {address}") for host, address in hosts]
    for clock in found.clocks:
        ahead = "" if clock.offset_ms is None else f"{clock.offset_ms:+d} ms, give or take {clock.blur_ms} ms"
        lines.append(("clock", f"{clock.source}: {ahead or clock.trouble}"))
    if found.egress is not None:
        lines.append(("seen as", f"{found.egress.address or found.egress.trouble} by {found.egress.source}"))
    if found.extensions:
        lines.append(("extensions", f"{found.extensions} in the browser"))
    return lines


def _print_evidence(capture: Capture) -> None:
    if capture.views:
        click.echo("")
        rows = [
            (view.kind, view.name, "" if view.data is None else len(view.data), view.digest[:16],
             view.reused_from if view.data is None else "")
            for view in capture.views
        ]  # fmt: skip
        print_table(("view", "name", "bytes", "SHA-256", "as in"), rows)
        if any(view.kind == "region_screenshot" for view in capture.views):
            click.echo("only numbers moved: the picture, PDF and MHTML are those of the capture they name and show the")
            click.echo("numbers of then; region_screenshot, dom and text are of this visit")
    if capture.exchanges:
        click.echo(f"\n{len(capture.exchanges)} requests")
        requests = [
            (
                exchange.status or exchange.error,
                exchange.resource_type,
                exchange.body_size if exchange.body_size is not None else exchange.body_missing,
                exchange.url[:200],
            )
            for exchange in capture.exchanges[:_SHOWN_EXCHANGES]
        ]
        print_table(("status", "type", "bytes", "URL"), requests)
        if len(capture.exchanges) > _SHOWN_EXCHANGES:
            click.echo(f"... {len(capture.exchanges) - _SHOWN_EXCHANGES} more: add --json")


def _print_version(version: Version) -> None:
    reading = version.reading
    click.echo(f"\nread as {reading.family} (sure to {reading.family_confidence:.0%}) by release {reading.release}")
    if reading.facts:
        rows = [
            (fact.kind, fact.qualifier, fact.value, fact.source, f"{fact.confidence:.0%}") for fact in reading.facts
        ]
        print_table(("fact", "of", "value", "from", "sure"), rows)
    for block in reading.blocks:
        heading = f" {plain_text(block.heading)}" if block.heading else ""
        click.echo(f"\n[{block.kind}, {block.author}, {block.source}]{heading}")
        for line in block.text[:_SHOWN_BLOCK].splitlines():
            if line.strip():
                click.echo(f"  {plain_text(line.strip())}")
        if len(block.text) > _SHOWN_BLOCK:
            click.echo(f"  ... {len(block.text) - _SHOWN_BLOCK} more characters: add --json")
    for problem in reading.problems:
        click.echo(f"not found: {plain_text(problem)}")
