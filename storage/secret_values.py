"""The values of a capture that must not leave, found in headers and addresses, known in every spelling of a page.

Takes what a capture sent and received, gives where they stand and the same bytes with asterisks in their place.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote

from storage.errors import ArchiveError
from storage.manifest import SECRET_HEADER
from storage.provenance import Provenance

_SHORTEST = 8  # shorter values stand everywhere by chance; in their own headers they are taken out all the same
_SHORTEST_MARK = 4
_LONGEST = 1 << 16
_MOST_UNPACKED = 64 << 20
_LONG_PART = 16
_SESSION_ID = re.compile(r"(?=.*[0-9])[\w+=-]{16,}", re.ASCII)
_TOKEN = re.compile(r"[\w-]{8,}(?:\.[\w-]{8,}){2}", re.ASCII)


@dataclass(frozen=True)
class _Needle:
    """A value in all its spellings. Where any of them stands, one of `marks` does: those are found much faster."""

    pattern: re.Pattern[bytes]
    marks: tuple[bytes, ...]

    def may_stand_in(self, data: bytes) -> bool:
        return not self.marks or any(mark in data for mark in self.marks)


class Secrets:
    """The values that must not leave, in every spelling in which a page may write them."""

    def __init__(self, values: Iterable[str], masks: Sequence[str] = ()) -> None:
        wanted = {value[:_LONGEST] for value in values if len(value) >= _SHORTEST}
        self.named = bool(masks)
        self._needles = [_spell(value) for value in sorted(wanted.union(masks), key=lambda item: (-len(item), item))]

    def stand_in(self, data: bytes | str) -> bool:
        """Whether one of them stands in the data."""
        found = data.encode("utf-8", "replace") if isinstance(data, str) else data
        return any(needle.may_stand_in(found) and needle.pattern.search(found) for needle in self._needles)

    def stand_packed(self, data: bytes) -> bool:
        """Whether one of them stands in a gzip, zlib or ZIP file; one that cannot be looked through counts as one."""
        if not self._needles:
            return False
        try:
            if data[:2] == b"\x1f\x8b" or data[:1] == b"\x78":
                unpacker = zlib.decompressobj(47)
                found = unpacker.decompress(data, _MOST_UNPACKED)
                return bool(unpacker.unconsumed_tail) or self.stand_in(found)
            if data[:4] == b"PK\3\4":
                with zipfile.ZipFile(io.BytesIO(data)) as packed:
                    if sum(item.file_size for item in packed.infolist()) > _MOST_UNPACKED:
                        return True
                    return any(self.stand_in(packed.read(item)) for item in packed.infolist())
        except (zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
            return False  # it only begins like one, or is one that nobody can read: then nothing of it can be told
        return False

    def mask(self, data: bytes) -> bytes:
        """The data with asterisks in their place, of the same length."""
        for needle in self._needles:
            if needle.may_stand_in(data):
                data = needle.pattern.sub(lambda match: b"*" * len(match[0]), data)
        return data

    def mask_text(self, text: str) -> str:
        """The text with asterisks in their place."""
        return self.mask(text.encode("utf-8", "replace")).decode("utf-8", "replace")


def find_secrets(provenance: Provenance, masks: Sequence[str] = (), told: str = "") -> Secrets:
    """Collect the values of all headers that carry cookies and tokens, and those that a person names.

    `told` is what the manifest says to everybody: a word of it is no secret, and a session's id in it raises
    ArchiveError, for it can be taken out of no copy.
    """
    values: set[str] = set()
    for entry in provenance.exchanges:
        if not isinstance(entry, dict):
            continue
        values.update(_values_in(str(entry.get("url", ""))))
        for side in ("request_headers", "response_headers"):
            for name, value in entry.get(side, []):
                if isinstance(value, str) and SECRET_HEADER.search(name):
                    values.update(_values_of(name.lower(), value))
                elif isinstance(value, str) and name.lower() in ("location", "referer", "refresh"):
                    values.update(_values_in(value))
    values.update(_values_in(str(provenance.visit.get("final_url", ""))))
    values -= _values_in(str(provenance.visit.get("url", "")))
    spoken = {value for value in values if len(value) >= _SHORTEST and value in told}
    if any(_SESSION_ID.fullmatch(value) for value in spoken):
        raise ArchiveError(
            "a session's id stands in the address of this capture, and so in its sealed manifest. That goes with every "
            "copy and cannot be changed: such a copy cannot be made"
        )
    values -= spoken
    return Secrets(sorted(values), masks)


def _values_of(name: str, value: str) -> set[str]:
    """The secret parts of a header's value: of cookies without their names, of authorizations without their scheme."""
    found: set[str] = set()
    for line in value.split("\n"):
        if name.startswith("set-cookie"):
            found.add(line.partition(";")[0].partition("=")[2].strip().strip('"'))
        elif name.startswith("cookie"):
            found.update(pair.partition("=")[2].strip().strip('"') for pair in line.split(";"))
        else:
            found.update((line.strip(), line.strip().rpartition(" ")[2]))
            found.update(part for part in re.split(r'[\s;,="]+', line) if len(part) >= _LONG_PART)
    # The middle of a signed token (JWT) tells by itself who was logged in.
    found.update(part for item in tuple(found) if _TOKEN.fullmatch(item) for part in item.split(".")[1:])
    return {item for item in found if item}


def _values_in(address: str) -> set[str]:
    """The secret parts of an address: values of parameters that bear the name of one, in its query and behind #."""
    _, _, query = address.partition("?")
    _, _, fragment = address.partition("#")
    pairs = (pair.partition("=") for part in (query.partition("#")[0], fragment) for pair in part.split("&"))
    return {unquote(value) for name, _, value in pairs if value and SECRET_HEADER.search(name)}


def _spell(value: str) -> _Needle:
    """A value as pages write it: its signs plain or escaped, in UTF-8, GBK or UTF-16, in base64 or hex."""
    plain = value.encode("utf-8", "replace")
    others = [value.encode("gb18030", "replace"), value.encode("utf-16-le", "replace")]
    if len(plain) >= _SHORTEST:
        others += [plain.hex().encode(), plain.hex().upper().encode()]
        for shift in range(3):  # as it stands inside of something longer; the signs at its edges mix with others
            packed = base64.b64encode(bytes(shift) + plain).rstrip(b"=")
            inner = packed[(0, 2, 3)[shift] : len(packed) - (1 if (shift + len(plain)) % 3 else 0)]
            others += [inner, inner.translate(bytes.maketrans(b"+/", b"-_"))]
    literal = [item for item in dict.fromkeys(others) if item and item != plain]
    pattern = re.compile(b"|".join([b"".join(map(_spell_sign, value)), *map(re.escape, literal)]))
    longest = max(re.findall(r"[0-9A-Za-z]+", value, re.ASCII), key=len, default="").encode()
    return _Needle(pattern, (longest, *literal) if len(longest) >= _SHORTEST_MARK else ())


def _spell_sign(sign: str) -> bytes:
    """One sign in every spelling; letters and digits of ASCII stand for themselves."""
    if sign.isascii() and sign.isalnum():
        return sign.encode()
    data, wide = sign.encode("utf-8", "replace"), sign.encode("utf-16-be", "replace")
    code = ord(sign)
    spelled = [re.escape(data), re.escape(escape(sign).encode())]
    spelled.append(b"".join(b"%(?:25)*" + _in_any_case(f"{byte:02x}") for byte in data))
    spelled.append(b"".join(rb"\\u" + _in_any_case(wide[at : at + 2].hex()) for at in range(0, len(wide), 2)))
    spelled += [b"&#0*%d;" % code, b"&#[xX]0*" + _in_any_case(f"{code:x}") + b";"]
    if sign.isascii():
        spelled += [rb"\\x" + _in_any_case(f"{code:02x}"), rb"\\" + re.escape(data)]
    if sign == " ":
        spelled.append(rb"\+")
    return b"(?:" + b"|".join(dict.fromkeys(spelled)) + b")"


def _in_any_case(digits: str) -> bytes:
    return "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in digits).encode()
