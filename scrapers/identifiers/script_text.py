"""Scripts and JSON as text to read: escapes read, comments taken out, strings that hold words, markup stripped.

Pure functions on texts that the caller has bounded; linear.
"""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Iterator

_TAGS = re.compile(r"<[^<>]{0,2000}>")
_COMMENT = re.compile(r"/\*.{0,20000}?\*/|(?:(?<=[\s;{}()])|^)//[^\n]{0,2000}", re.S)
_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.){0,8000})\"|'((?:[^'\\\n]|\\.){0,8000})'|`((?:[^`\\]|\\.){0,8000})`", re.S)
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNICODE_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_LABELLED = re.compile(r"\b(?:QQ|qq|VX|TG|Telegram)\s?:")
_MOST_STRINGS = 20_000


def unescape_script(text: str) -> str:
    """A script or JSON with its escapes read: \\u4e2d, \\/ and \\" as the characters that they stand for."""
    if "\\" not in text:
        return text
    text = _UNICODE_ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text)
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\\/", "/").replace('\\"', '"').replace("\\n", "\n").replace("\\r", " ")


def part_comments(text: str) -> tuple[str, str]:
    """A script without its comments, and the comments, at most 100,000 characters of them."""
    if "/*" not in text and "//" not in text:
        return text, ""
    notes = _COMMENT.findall(text)
    return (_COMMENT.sub(" ", text), "\n".join(notes)[:100_000]) if notes else (text, "")


def worded_lines(script: str) -> Iterator[str]:
    """The lines of a script's strings that hold Chinese words or a label, without their markup."""
    for count, match in enumerate(_STRING.finditer(script)):
        text = match.group(1) or match.group(2) or match.group(3) or ""
        if count > _MOST_STRINGS:
            return
        if "\\" in text:
            text = unescape_script(text)
        if not text.isascii() or _LABELLED.search(text):
            yield from (line for line in strip_markup(text).split("\n")[:300] if line.strip())


def strip_markup(text: str) -> str:
    """A text without tags: a line ends where one begins or ends an element, entities are read."""
    if "<" not in text:
        return html_entities.unescape(text)
    return html_entities.unescape(_TAGS.sub(lambda match: " " if match.group()[1:2].isalpha() else "\n", text))
