"""Reads the text of a WHOIS answer: what the registry or registrar says of a domain, or why it says nothing.

Takes the bytes as they came (UTF-8 or GBK, any length), gives RegistryFacts or LookupFailed. Pure. Labels are those of
ICANN's registries, of CNNIC (.cn, .中国) and of the common forms with brackets or indented blocks. RFC 3912 knows no
form at all, so what is not recognised is an error, never "not registered".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapers.domains import ascii_host
from scrapers.lookups.model import LookupFailed, LookupOutcome, RegistryFacts
from scrapers.lookups.registrants import is_organisation, is_withheld
from scrapers.lookups.registry_fields import camel_status, read_registry_date

MOST_BYTES = 65_536
_MOST_LINES = 2000
_LONGEST_VALUE = 500
_LABELS = {
    "domain": ("domain name", "domain", "域名"),
    "registered": (
        *("creation date", "registration time", "registered on", "created", "created on", "created date"),
        *("registration date", "domain registration date", "domain name commencement date", "registered", "注册时间"),
        *("domain create date", "record created", "domain_dateregistered", "activated on"),
    ),
    "updated": ("updated date", "last updated", "last modified", "changed", "last updated on", "更新时间"),
    "expires": (
        *("registry expiry date", "expiration time", "registrar registration expiration date", "expiry date"),
        *("expiration date", "expires", "expires on", "expire", "paid-till", "renewal date", "valid until"),
        *("expire date", "过期时间", "到期时间", "domain expiration date"),
    ),
    "registrar": ("registrar", "sponsoring registrar", "registrar name", "注册服务机构", "注册商"),
    "registrar_id": ("registrar iana id", "sponsoring registrar iana id"),
    "organisation": (
        "registrant organization",
        "registrant organisation",
        "registrant company",
        "registrant org",
        "org",
    ),
    "name": ("registrant", "registrant name", "holder", "owner", "注册者", "注册人", "registrant contact name"),
    "email": ("registrant email", "registrant contact email", "注册者联系人邮箱", "注册者联系人电子邮件"),
    "region": ("registrant state/province", "registrant state"),
    "country": ("registrant country", "registrant country code"),
    "status": ("domain status", "status", "state", "域名状态"),
    "nameserver": ("name server", "nameserver", "nserver", "name servers", "nameservers", "dns", "域名服务器"),
    "referral": ("registrar whois server", "whois server"),
}
_FIELD_OF = {label: field for field, labels in _LABELS.items() for label in labels}
_ABSENT = re.compile(
    r"[\W_]{0,10}(?:no match(?:ing record)?\b|not found\b|nothing found"
    r"|no (?:data|entries|object|record|information)s? (?:was |were )?found"
    r"|domain (?:name )?(?:not found|has not been registered|is available|is free|not registered)"
    r"|(?:domain )?[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}\.? (?:is available|not found|is free)\b"
    r"|the queried object does not exist|object (?:does not exist|not found)"
    r"|status:\s*(?:free|available)\b|domain status:\s*(?:available|no object found)|available\s*$"
    r"|未找到|没有找到|该域名未注册|域名未注册|查无此)",
    re.IGNORECASE,
)
_LIMITED = re.compile(
    r"exceeded|too many (?:requests|queries|connections)|rate.?limit|quota|queried interval is too short|slow down"
    r"|try again (?:later|in)|blacklist|query limit|频繁|超过.{0,10}(?:次数|限制)|次数.{0,10}上限",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"access (?:denied|refused|is restricted)|not authori[sz]ed|permission denied|禁止查询|拒绝", re.IGNORECASE
)
_NO_SUCH_ZONE = re.compile(
    r"(?:tld|zone|suffix|domain extension) .{0,40}(?:not supported|unsupported|unknown)"
    r"|not (?:a )?supported (?:tld|zone)|this server does not (?:serve|have)|no whois server is known",
    re.IGNORECASE,
)
_RESERVED = re.compile(r"can ?not be registered|reserved (?:name|domain|by)|不能注册|保留域名|禁止注册", re.IGNORECASE)
_BRACKETED = re.compile(r"\s*(?:[a-z]\.\s*)?\[([^\]]{1,60})\]\s*(.*)")
_BANNER = ("%", "#", ">>>", "--", "//", ";")


def decode_whois(data: bytes) -> str:
    """Bytes of an answer as text: UTF-8 where they are, else GB18030, else with marks for what is broken."""
    data, was_cut = data[:MOST_BYTES], len(data) >= MOST_BYTES
    for name in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(name)
        except UnicodeDecodeError as error:
            if was_cut and error.start >= len(data) - 4:  # the bound fell inside a character
                return data[: error.start].decode(name)
    return data.decode("utf-8", "replace")


def read_whois_text(data: bytes, domain: str) -> RegistryFacts:
    """What the text says of the domain. Raises LookupFailed (no_such_name, rate_limited, refused, error ...)."""
    text = decode_whois(data)
    found = _collect(text, domain)
    if found.get("domain") and _says_more(found):
        return _facts(found, domain)
    for line in _telling_lines(text):
        for pattern, outcome, words in (
            (_ABSENT.match, LookupOutcome.NO_SUCH_NAME, "not registered"),
            (_LIMITED.search, LookupOutcome.RATE_LIMITED, "asks to be asked less"),
            (_NO_SUCH_ZONE.search, LookupOutcome.NOT_SUPPORTED, "does not know such names"),
            (_REFUSED.search, LookupOutcome.REFUSED, "refuses to answer"),
            (_RESERVED.search, LookupOutcome.ERROR, "calls the name reserved"),
        ):
            if pattern(line):
                raise LookupFailed(outcome, f"{words}: {line[:200]}")
    if not text.strip():
        raise LookupFailed(LookupOutcome.ERROR, "the answer is empty")
    first = next(_telling_lines(text), text.strip())
    raise LookupFailed(LookupOutcome.ERROR, f"the answer is not understood; it begins: {first[:200]}")


def read_referral(data: bytes, labels: tuple[str, ...] = ("whois", "refer")) -> str:
    """The server that IANA's text names for a whole TLD, "" where it names none."""
    for line in decode_whois(data).splitlines()[:_MOST_LINES]:
        label, separator, value = line.partition(":")
        if separator and label.strip().lower() in labels and value.strip():
            return value.strip().lower()[:253]
    return ""


def _collect(text: str, domain: str) -> dict[str, list[str]]:
    """The values of each known field, in their order. A second record (a name server of that name) is left out."""
    found: dict[str, list[str]] = {}
    wanted = ascii_host(domain)
    block = ""
    for line in text.splitlines()[:_MOST_LINES]:
        if not line.strip():
            block = ""
            continue
        bracketed = _BRACKETED.fullmatch(line[:1000]) if "[" in line[:8] else None
        label, separator, value = (bracketed[1], ":", bracketed[2]) if bracketed else line[:1000].partition(":")
        if separator and label.strip().lower() in ("registration time", "注册时间"):
            found["cnnic"] = ["its times are Beijing's"]
        field = _FIELD_OF.get(label.strip().strip(".").strip().lower(), "") if separator else ""
        value = value.strip()[:_LONGEST_VALUE]
        if field and value:
            if field == "domain" and "domain" in found and ascii_host(value) != wanted:
                break
            found.setdefault(field, []).append(value)
            block = ""
        elif field:
            block = field  # its values stand on the lines below
        elif block and line[:1].isspace() and len(found.get(block, ())) < 20:
            found.setdefault(block, []).append(line.strip()[:_LONGEST_VALUE])
    names = [ascii_host(name) for name in found.get("domain", ())]
    return found if wanted in names else {**found, "domain": []}


def _says_more(found: dict[str, list[str]]) -> bool:
    """Whether there is more than the name repeated: some forms print it above "not found"."""
    status = [word.lower() for word in found.get("status", ())]
    if any(word.startswith(("available", "free", "no object", "not registered")) for word in status):
        return False
    return any(found.get(field) for field in ("registered", "expires", "registrar", "nameserver", "name", "status"))


def _facts(found: dict[str, list[str]], domain: str) -> RegistryFacts:
    def first(field: str) -> str:
        return next((value for value in found.get(field, ()) if not is_withheld(value)), "")

    redacted = tuple(field for field in ("organisation", "name", "email") if found.get(field) and not first(field))
    beijing = bool(found.get("cnnic")) or domain.endswith((".cn", ".hk", ".tw"))
    registered_at, registered_on = read_registry_date(first("registered"), beijing=beijing)
    expires_at, expires_on = read_registry_date(first("expires"), beijing=beijing)
    registrant = first("organisation") or first("name")
    return RegistryFacts(
        domain=ascii_host(first("domain")),
        registered_at=registered_at,
        registered_on=registered_on,
        updated_at=read_registry_date(first("updated"), beijing=beijing)[0],
        expires_at=expires_at,
        expires_on=expires_on,
        registrar=first("registrar"),
        registrar_id=first("registrar_id") if first("registrar_id").isdigit() else "",
        registrant=registrant,
        registrant_is_person=bool(registrant) and not first("organisation") and not is_organisation(registrant),
        registrant_email=first("email").lower() if "@" in first("email") else "",
        region=first("region"),
        country=first("country"),
        status=tuple(dict.fromkeys(filter(None, map(camel_status, found.get("status", ())[:30])))),
        nameservers=tuple(
            dict.fromkeys(ascii_host(name) for value in found.get("nameserver", ())[:30] for name in value.split()[:1])
        ),
        redacted=redacted,
        referral=_server_name(first("referral")),
    )


def _server_name(text: str) -> str:
    name = text.strip().lower().removeprefix("whois://").removeprefix("http://").removeprefix("https://")
    name = name.partition("/")[0].partition(":")[0]
    return name if re.fullmatch(r"[a-z0-9.-]{3,253}", name) else ""


def _telling_lines(text: str) -> Iterator[str]:
    """The first lines that are no banner and no terms of use, where verdicts stand."""
    told = 0
    for line in text.splitlines()[:_MOST_LINES]:
        words = line.strip()
        if not words:
            continue
        if words.startswith(_BANNER):
            words = words.lstrip("%#>-/; ")
            if not (_ABSENT.match(words) or _LIMITED.search(words)):
                continue
        if re.match(r"(?:notice|terms of use|legal|disclaimer|copyright)\b", words, re.IGNORECASE):
            return
        yield words[:400]
        told += 1
        if told >= 12:
            return
