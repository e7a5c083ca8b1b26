"""Time-stamp files and certificates that somebody brings: what they say, and what could be checked of it here.

A token over one of the files at hand is checked as far as it goes without trust in anybody: its imprint is the file's
SHA-256 and its signature holds over its content. Whose signature it is, is said as the token says it, never as proven.
A certificate in PDF or as a picture is only known by its words: nothing of it is checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

MOST_BYTES = 256_000
_GRANTED = bytes.fromhex("3003020100")  # PKIStatusInfo of a reply that grants: what a bare token lacks

UNCHECKED_CERTIFICATE = (
    "按文字认作第三方证书，没有核验真伪：请到出具机构的网站输入证书编号核验（可信时间戳为 v.tsa.cn），"
    "并把核验结果截图加入"
)


@dataclass(frozen=True)
class TokenCheck:
    """What a time-stamp file says. `over` is the name of the file it was made over, "" where none at hand is."""

    said: str
    at: datetime | None = None
    over: str = ""
    trouble: str = ""


def check_token(data: bytes, files: Mapping[str, str]) -> TokenCheck:
    """Check a time-stamp file against the files at hand: their names by SHA-256 in hex."""
    from monitor.tsa import TokenInvalid, verify_token

    if len(data) > MOST_BYTES:
        return TokenCheck("时间戳文件大得不合理，没有读取")
    reply, moment, imprint = _read(data)
    if reply is None:
        return TokenCheck("不是能识别的时间戳格式（RFC 3161），内容没有核对；原样保存，可到出具机构的网站核验")
    shown = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else "未知时间"
    name = files.get(imprint, "")
    if not name:
        return TokenCheck(
            f"时间戳自称签发于{shown}；本案中没有与它对应的原文件（SHA-256 不符），因此没有核对："
            "请把取证原文件一并加入，不要改名另存"
        )
    try:
        facts = verify_token(reply, bytes.fromhex(imprint), roots=())
    except TokenInvalid as error:
        return TokenCheck(f"时间戳指向“{name}”，但核对不通过", None, name, f"时间戳文件核对不通过：{_tell(str(error))}")
    return TokenCheck(
        f"时间戳指向“{name}”：摘要一致，签名与内容相符，所载时间{shown}，自称签发者{facts.signer[:120]}。"
        "没有核对签发机构是否可信，请到其网站核验",
        facts.gen_time,
        name,
    )


def _read(data: bytes) -> tuple[bytes | None, datetime | None, str]:
    """The whole reply that the data is or holds, its time and its SHA-256 imprint in hex ("" for another hash)."""
    from rfc3161_client import decode_timestamp_response

    from monitor.der import encode_length
    from monitor.signed_token import SignatureWrongError, read_signed_token

    inner = _GRANTED + data
    for reply in (data, b"\x30" + encode_length(len(inner)) + inner):
        try:
            info = decode_timestamp_response(read_signed_token(reply).ordered).tst_info
            imprint = info.message_imprint.message
            return reply, info.gen_time.astimezone(UTC), imprint.hex() if len(imprint) == 32 else ""
        except (SignatureWrongError, ValueError):
            continue
    return None, None, ""


def _tell(reason: str) -> str:
    return "签名不成立，文件可能被改动" if "signature" in reason or "altered" in reason else reason[:120]
