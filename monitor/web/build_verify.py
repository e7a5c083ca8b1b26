"""Builds verify.html, the verifier for any browser, from the sources in `verify/`.

`python -m monitor.web.build_verify` joins the modules to one script in the order of MODULES, without imports. Names
and sentences of the checks come from `monitor.verify.checks`, so that both verifiers say the same. The same sources
give the same bytes.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.verify.checks import KINDS

if TYPE_CHECKING:
    from cryptography.x509 import Name

SOURCES = Path(__file__).parent / "verify"
BUILT = Path(__file__).parent / "verify.html"
ROOTS = SOURCES / "roots.txt"
MODULES = (
    "bytes", "damage", "sha2", "canonical", "merkle", "ed25519", "note", "zip", "gzip", "warc", "asn1", "x509", "tsa",
    "heads", "provenance", "manifest", "proof", "sort_key", "check", "verdict", "package_checks", "capture_checks",
    "replay_checks", "page_checks", "files_note", "contents_checks", "log_checks", "time_checks", "history_checks",
    "checks", "pack_file", "pack_checks", "target", "words", "speech", "report_view",
)  # fmt: skip
"""Each stands behind those that it needs; `page` is the last."""

_IMPORT = re.compile(r"^import (?:\{[^}]*\} from )?\"\./[a-z0-9_]+\.js\";\n", re.MULTILINE)
_DECLARED = re.compile(r"^(?:export )?(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)
_ARCHIVE_ONLY = ("log_checkpoint", "log_entries", "log_root", "log_tiles", "stored_objects", "capture_chain")
_ARCHIVE_ONLY_TOO = ("erased_items", "unnamed_objects", "unsealed_tail")


class SourceError(Exception):
    """A source cannot be joined with the others; the message says which and why."""


def build_page() -> str:
    """Give the whole page."""
    joined = join_modules((*MODULES, "page"))
    script = f'// Built from monitor/web/verify/ of cardwatch.\n(() => {{\n"use strict";\n{joined}\n}})();\n'
    script = script.replace('"{{kinds}}"', _as_json(_list_kinds())).replace("{{roots}}", _list_roots())
    style = re.sub(r"^ +", "", (SOURCES / "page.css").read_text("utf-8"), flags=re.MULTILINE)
    if "</script" in script or "</style" in style:
        raise SourceError("a source holds the end of the element that it stands in")
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hash_of(script)}",
            f"style-src {_hash_of(style)}",
            "img-src blob:",
            "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    page = re.sub(r"^ +", "", (SOURCES / "page.html").read_text("utf-8"), flags=re.MULTILINE)
    for mark, text in (("policy", policy), ("style", style), ("script", script)):
        page = page.replace(f"{{{{{mark}}}}}", text)
    return page


def join_modules(names: tuple[str, ...]) -> str:
    """Join modules as one scope. A name that two of them declare raises SourceError."""
    owners: dict[str, str] = {}
    parts = []
    for name in names:
        source = (SOURCES / f"{name}.js").read_text("utf-8")
        for declared in _DECLARED.findall(source):
            if declared in owners:
                raise SourceError(f"{name}.js and {owners[declared]}.js both declare {declared}: rename one")
            owners[declared] = name
        body = re.sub(r"^export ", "", _IMPORT.sub("", source), flags=re.MULTILINE)
        parts.append(f"// --- {name}.js\n{_press(name, body)}")
    return "\n".join(parts)


def _press(name: str, source: str) -> str:
    """Leave out comments and margins, which are a tenth of the page; no text may reach over a line."""
    lines = [re.sub(r" // [^\"'`]*$", "", line.strip()) for line in source.splitlines()]
    if any(line.count("`") % 2 for line in lines):
        raise SourceError(f"{name}.js has a template that reaches over a line: break it up")
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _list_kinds() -> dict[str, list[str]]:
    """The checks that a single package can have, in their order."""
    return {
        kind.id: [kind.title.zh, kind.title.en, kind.proves.zh, kind.proves.en]
        for kind in KINDS.values()
        if kind.id not in (*_ARCHIVE_ONLY, *_ARCHIVE_ONLY_TOO)
    }


def _list_roots() -> str:
    lines = ROOTS.read_text("utf-8").splitlines()
    return " ".join(line.split()[0] for line in lines if line and not line.startswith("#"))


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")


def _hash_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def write_roots(pem: bytes, version: str) -> str:
    """Give the text of roots.txt for the certificates of certifi, by their SHA-256; equal ones give equal bytes."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.utils import CryptographyDeprecationWarning
    from cryptography.x509 import load_pem_x509_certificates

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)  # an old root has the serial number 0
        roots = load_pem_x509_certificates(pem)
    found = {root.fingerprint(SHA256()).hex(): _name_of(root.subject) for root in roots}
    head = (
        f"# SHA-256 of the root certificates that Mozilla trusts, as certifi {version} carries them, "
        "and whose they are.\n"
        "# Made with: python -m monitor.web.build_verify --roots\n"
    )
    return head + "".join(f"{digest}  {name}\n" for digest, name in sorted(found.items()))


def _name_of(subject: Name) -> str:
    """The most telling part of a name: its common name, else its unit, else its organisation."""
    from cryptography.x509.oid import NameOID

    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.ORGANIZATION_NAME):
        values = subject.get_attributes_for_oid(kind)
        if values:
            return str(values[0].value)
    return "(without a name)"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the page beside this file, with `--roots` the list of trusted roots before it."""
    parser = argparse.ArgumentParser(description="Builds verify.html.")
    parser.add_argument("--roots", action="store_true", help="write verify/roots.txt anew from the installed certifi")
    if parser.parse_args(arguments).roots:
        import certifi

        pem = Path(certifi.where()).read_bytes()
        ROOTS.write_text(write_roots(pem, certifi.__version__), "utf-8")
    BUILT.write_bytes(build_page().encode())


if __name__ == "__main__":
    main()
