"""Builds verify.html, the verifier for any browser, from the sources in `verify/`.

`python -m monitor.web.build_verify` joins the modules to one script in the order of MODULES, without imports. Names
and sentences of the checks come from `monitor.verify.checks`, so that both verifiers say the same. The same sources
give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

from monitor.verify.checks import KINDS

SOURCES = Path(__file__).parent / "verify"
BUILT = Path(__file__).parent / "verify.html"
MODULES = (
    "bytes", "damage", "sha2", "canonical", "merkle", "ed25519", "note", "zip", "gzip", "warc", "asn1", "x509", "tsa",
    "heads", "provenance", "manifest", "proof", "check", "verdict", "package_checks", "capture_checks", "replay_checks",
    "log_checks", "time_checks", "checks", "words",
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
    lines = (SOURCES / "roots.txt").read_text("utf-8").splitlines()
    return " ".join(line.split()[0] for line in lines if line and not line.startswith("#"))


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")


def _hash_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def main() -> None:
    """Write the page beside this file."""
    BUILT.write_bytes(build_page().encode())


if __name__ == "__main__":
    main()
