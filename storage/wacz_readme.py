"""Writes README.txt of an export: what is in the package and how anybody checks it, in Chinese and English.

It claims no more than the proof files do (docs/evidence.md).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta, timezone

from scrapers.model import Capture, Origin

_SHANGHAI = timezone(timedelta(hours=8))

_CHINESE = """cardwatch 网页取证包
====================

网址：{url}
抓取编号：{id}
{origin}抓取时间（抓取方自己的时钟，北京时间）：{started} 至 {ended}

包里有什么
----------
{sealed}{resolved}pages/、indexes/          供回放工具查找用
cardwatch/proof.json      下列证明文件的目录
cardwatch/manifest.json.gz    清单：对每条记录分别做了加盐承诺
cardwatch/entry.json、custody.tlog-proof、checkpoint    保管链中的条目、包含证明和签名的检查点
cardwatch/token-*         独立机构对检查点签发的时间戳（没有就表示尚未取得）
cardwatch/files.note      包内全部文件的清单，由保管链密钥签名，连本文件在内
{extras}
怎样查看
--------
本文件可在 ReplayWeb.page 或 pywb 中打开回放，内容不会上传，也不会访问原网站。

怎样核验
--------
{checks}
能证明什么
----------
抓取方自己的时钟和哈希，证明封存之后没有被不掌握签名密钥的人改动过；独立机构的时间戳，证明内容在那个时间之前已经存在。
二者都不是公证。只有联合信任签发的才叫“可信时间戳”。{no_token}
"""

_ENGLISH = """
cardwatch: a capture of a web page, as evidence
===============================================

Address: {url}
Capture: {id}
{origin}Made (by the maker's own clock, UTC+8): {started} to {ended}

What is in it
-------------
{sealed}{resolved}pages/, indexes/          for replay tools
cardwatch/proof.json      lists the files of the proof
cardwatch/manifest.json.gz    the manifest: a salted commitment to each record
cardwatch/entry.json, custody.tlog-proof, checkpoint    entry of the custody log, proof of inclusion, signed checkpoint
cardwatch/token-*         time tokens of independent authorities over the checkpoint (none: not yet obtained)
cardwatch/files.note      the list of all files, this one too, signed by the custody log's key
{extras}
How to look at it
-----------------
Open it in ReplayWeb.page or pywb. Nothing is uploaded, and the site itself is not asked.

How to check it
---------------
{checks}
What it proves
--------------
Own clock and own hash: nothing was changed since the sealing by anybody without the signing key. A token of an
independent authority: the content existed before that time. Neither is a notary.{no_token}
"""

_LINES = {
    "sealed": (
        "archive/capture.warc.gz   抓取时封存的全部网络往来和页面视图，一个字节未改\n",
        "archive/capture.warc.gz   all traffic and all views of the page as they were sealed, byte for byte\n",
    ),
    "redacted": (
        "archive/capture.warc.gz   封存文件的遮盖副本：登录凭据等已遮盖，逐处列在 proof.json；其余内容仍逐条可核验\n"
        "cardwatch/derivative.*    这份副本在保管链中的登记；未遮盖的原件由抓取方封存\n",
        "archive/capture.warc.gz   a redacted copy of the sealed file: cookies, tokens and the like are masked, each\n"
        "                          listed in proof.json; all else is still proven, record by record\n"
        "cardwatch/derivative.*    the entry of this copy in the custody log; its maker keeps the sealed original\n",
    ),
    "resolved": (
        "archive/resolved.warc.gz  封存文件引用的、内容存在别处的完整记录，内容哈希已写在封存文件里\n",
        "archive/resolved.warc.gz  complete records of what the sealed file refers to by its digest\n",
    ),
    "imported": (
        "来源：由他人制作的文件导入，网页的时间出自该文件或提供者自称；下面的时间是导入的时间\n",
        "Source: a file that somebody else made; when the page looked so is that file's or its bringer's claim.\n"
        "The time below is that of bringing it in.\n",
    ),
    "attestation.html": (
        "cardwatch/attestation.html    取证说明\n",
        "cardwatch/attestation.html    how the capture was made (in Chinese)\n",
    ),
    "verify.html": (
        "* 用浏览器打开 cardwatch/verify.html（不联网），把整个文件拖进去。最好用另行取得的 verify.html。\n",
        "* Open cardwatch/verify.html in a browser (it uses no network) and drop the whole file on it; better, use a\n"
        "  copy of verify.html that you got elsewhere.\n",
    ),
    "command": (
        "* 用 cardwatch：  cardwatch verify 文件.wacz\n",
        "* With cardwatch:  cardwatch verify FILE.wacz\n",
    ),
    "openssl": (
        "* 解压后在其文件夹里用 openssl 核验时间戳。ROOT.pem 是签发机构的根证书，请从该机构另行取得；\n"
        "  不要用包里的 .chain.pem 代替，它只说明应取哪一张，伪造者也能附上自己的：\n",
        "* With openssl, the time tokens, in the folder into which this file was unpacked. ROOT.pem is the root\n"
        "  certificate of the authority: get it from there. The .chain.pem in this package is no substitute: it says\n"
        "  which root to get, and a forger would enclose his own:\n",
    ),
    "no_token": (
        "\n本包没有独立机构的时间戳：时间只有抓取方自己的时钟为据。",
        "\nThis package holds no time token: its time rests on the maker's own clock alone.",
    ),
}


def write_readme(
    outline: Capture,
    tokens: Sequence[dict[str, object]],
    extras: Collection[str],
    *,
    has_resolved: bool,
    redacted: bool,
) -> bytes:
    """Lay the text out; `tokens` are those of proof.json, `extras` the paths of further files of the package."""
    texts = (_fill(language, outline, tokens, extras, has_resolved, redacted) for language in (0, 1))
    return "".join(texts).encode()


def _fill(
    language: int,
    outline: Capture,
    tokens: Sequence[dict[str, object]],
    extras: Collection[str],
    has_resolved: bool,
    redacted: bool,
) -> str:
    names = {path.rpartition("/")[2] for path in extras}

    def say(word: str, holds: bool) -> str:
        return _LINES[word][language] if holds else ""

    commands = [_stamp_command(token) for token in tokens if token["kind"] == "rfc3161"]
    checks = say("verify.html", "verify.html" in names) + say("command", True)
    checks += say("openssl", bool(commands)) + "".join(commands)
    return (_CHINESE, _ENGLISH)[language].format(
        url=outline.url.encode("utf-8", "replace").decode(),
        id=outline.id,
        origin=say("imported", outline.origin is Origin.IMPORTED),
        started=_show(outline.started_at),
        ended=_show(outline.ended_at),
        sealed=say("sealed", not redacted) + say("redacted", redacted),
        resolved=say("resolved", has_resolved),
        extras=say("attestation.html", "attestation.html" in names),
        checks=checks,
        no_token=say("no_token", not tokens),
    )


def _stamp_command(token: dict[str, object]) -> str:
    """The chain beside a token is its maker's word: only a root from elsewhere makes the answer worth something."""
    chain = f" -untrusted {token['chain']}" if token["chain"] else ""
    return f"    openssl ts -verify -in {token['path']} -data {token['of']} \\\n        -CAfile ROOT.pem{chain}\n"


def _show(moment: datetime) -> str:
    return moment.astimezone(_SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
