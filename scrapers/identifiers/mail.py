"""Mail addresses in lines, as they are and veiled, and the QQ number that an address at qq.com with digits is.

Takes sheets of lines or one address; gives Hits. File names and addresses of public authorities are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapers.identifiers.handles import NUMBER, is_example
from scrapers.identifiers.runs import Hit, Sheet

_MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])([A-Za-z0-9][A-Za-z0-9._%+-]{0,63})@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61"
    r"}[A-Za-z0-9])?\.){1,5}[A-Za-z]{2,18})(?![A-Za-z0-9-])"
)
_VEILED_MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])([A-Za-z0-9][A-Za-z0-9._%+-]{1,63})\s?(?:[\[(（【{]\s?(?:at|@|艾特)\s?["
    r"\])）】}]|\sat\s(?=[A-Za-z0-9-]{1,40}\sdot\s))\s?([A-Za-z0-9-]{1,40}\s?(?:[\[(（]\s?(?:dot|"
    r"\.|点)\s?[\])）]|\sdot\s|\.)\s?[A-Za-z]{2,10})",
    re.I,
)
_HASH_MAIL = re.compile(
    r"(?:邮箱|邮件|E-?mail)\S{0,4}?\s?[:：]\s?([A-Za-z0-9][\w.-]{1,40})#([A-Za-z0-9-]{1,40}\.(?:co"
    r"m|cn|net|com\.cn|org|top|cc|vip|xyz))(?![\w.])",
    re.I,
)
_FILE_ENDING = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|css|js|ico|bmp|map|min|vue|ts|woff2?)\Z", re.I)
_PUBLIC_MAIL = frozenset(
    {"12377.cn", "12321.cn", "12315.cn", "12318.cn", "cyberpolice.cn", "sentry.io", "sentry.wixpress.com"}
)


def decode_veiled_mail(code: str) -> str:
    """The mail address in a data-cfemail attribute: each byte is masked by the first."""
    try:
        data = bytes.fromhex(code[:400])
    except ValueError:
        return ""
    return bytes(byte ^ data[0] for byte in data[1:]).decode("utf-8", "replace") if len(data) > 4 else ""


def find_mails(lines: Sheet) -> Iterator[Hit]:
    """Mail addresses in lines of text: plain, with (at) and dot, with # after a label."""
    if "@" in lines.text:
        for match in _MAIL.finditer(lines.text):
            if not is_example(lines, match.start()):
                yield from mail_hits(f"{match.group(1)}@{match.group(2)}", match.start(), match.end())
    if lines.has("at", "艾特"):
        for match in _VEILED_MAIL.finditer(lines.text):
            host = re.sub(r"\s?(?:[\[(（]\s?(?:dot|\.|点)\s?[\])）]|\sdot\s)\s?", ".", match.group(2), flags=re.I)
            yield from mail_hits(f"{match.group(1)}@{host}", match.start(), match.end())
    if "#" in lines.text:
        for match in _HASH_MAIL.finditer(lines.text):
            yield from mail_hits(f"{match.group(1)}@{match.group(2)}", match.start(), match.end())


def mail_hits(address: str, start: int, end: int) -> Iterator[Hit]:
    """A mail address, and the QQ that one at qq.com with a number for a name is."""
    name, _, host = address.lower().rpartition("@")
    if (
        not name
        or "--" in name  # a list of accounts: name----password----name
        or _FILE_ENDING.search(host)
        or host in _PUBLIC_MAIL
        or (re.search(r"[0-9]+x\Z", name) and "." not in host)
    ):
        return
    yield Hit("email", f"{name}@{host}", start, end)
    if host == "qq.com" and re.fullmatch(NUMBER, name):
        yield Hit("qq", name, start, end)
