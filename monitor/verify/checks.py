"""The names of all checks, what each proves when it passes, and how one of them ended.

The ids are promises: `--json`, the tamper suite and verify.html use them. Sentences are in Chinese and English.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Said:
    """One sentence in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The sentence in `zh` or `en`."""
        return self.zh if language == "zh" else self.en


NOTHING = Said("", "")


class Status(StrEnum):
    """How a check ended.

    `absent`: what it needs is named by the proof and not there. `cannot_say`: it cannot be decided here, which is no
    sign of anything wrong. `redacted`: the part was withheld and is said to be.
    """

    PASSED = "passed"
    FAILED = "failed"
    ABSENT = "absent"
    CANNOT_SAY = "cannot_say"
    REDACTED = "redacted"


@dataclass(frozen=True)
class Trouble:
    """Something wrong that a reader found: the id of the check that it belongs to, the file, and what."""

    check: str
    about: str
    said: Said


class Unreadable(Exception):  # noqa: N818 - reads as a sentence where it is caught
    """Something cannot be read at all; carries the check that says so. `cut_off` means that its end is missing."""

    def __init__(self, check: str, said: Said, *, cut_off: bool = False) -> None:
        super().__init__(said.en)
        self.check = check
        self.said = said
        self.cut_off = cut_off


@dataclass(frozen=True)
class CheckKind:
    """A named check: its short title and what it proves when it passes."""

    id: str
    title: Said
    proves: Said


@dataclass(frozen=True)
class Check:
    """How one check ended, and on what."""

    kind: CheckKind
    status: Status
    about: str  # a file, a record, an entry; "" for the whole
    detail: Said

    @property
    def id(self) -> str:
        """The name of the check."""
        return self.kind.id


def _kind(name: str, title_zh: str, title_en: str, proves_zh: str, proves_en: str) -> CheckKind:
    return CheckKind(name, Said(title_zh, title_en), Said(proves_zh, proves_en))


_ALL = (
    # --- the package
    _kind("zip_structure", "ZIP 结构", "ZIP structure",
          "压缩包的每个字节都有归属，目录与文件头一致",
          "every byte of the ZIP belongs to something, and its directory and headers agree"),
    _kind("file_names", "文件名", "file names",
          "没有重名、路径穿越、绝对路径或链接",
          "no name occurs twice, leads elsewhere, or is a link"),
    _kind("zip_bounds", "体积限度", "bounds",
          "没有压缩炸弹，数量与体积都在限度之内",
          "nothing unpacks beyond measure"),
    _kind("package_digests", "文件清单", "package digests",
          "包内文件与清单（datapackage.json）逐一相符，不多不少",
          "the files are those that datapackage.json lists, with their SHA-256, no more and no less"),
    _kind("package_signature", "包签名", "package signature",
          "清单自打包签名以来未变；这不证明由谁打包",
          "the list is the one that was signed when the package was made; not by whom"),
    _kind("package_note", "签名清单", "signed list of files",
          "包内每个文件，连同取证说明和 README，都是保管链密钥为这份导出签过的那一份；何时所签无从证明",
          "every file, attestation and README too, is the one that the log's key signed for this export; not when"),
    _kind("other_files", "其他文件", "other files",
          "列出不在任何证明之内的文件",
          "names the files that no proof covers"),
    _kind("nothing_proven", "没有证明材料", "no proof",
          "其中没有 cardwatch 的证明材料，无从核验",
          "there is no proof of cardwatch in it to check"),
    # --- a pack
    _kind("pack_format", "投诉包证明文件", "proof file of the pack",
          "投诉包的证明文件格式正确，可以读懂",
          "the proof of the pack is in the format that this version reads"),
    _kind("pack_files", "投诉包文件", "files of the pack",
          "包内文件与证明文件所列逐一相符，不多不少",
          "the files are those that pack.json lists, with their SHA-256, no more and no less"),
    _kind("pack_note", "投诉包签名清单", "signed list of the pack",
          "包内每个文件，连同文书和说明，都是保管链密钥为这份投诉包签过的那一份；何时所签无从证明",
          "every file, the letters too, is the one that the log's key signed for this pack; not when"),
    _kind("item_bytes", "证据承诺", "evidence commitments",
          "每份证据文件与入档时的加盐承诺相符：入档后没有被改",
          "each evidence file is what was committed to when it was kept"),
    _kind("pack_made", "为本包制作的文件", "made for the pack",
          "文书、目录、说明等只列入签名清单；其内容是制作人自己的陈述，不在证明之内",
          "letters, lists and the like are only signed for; what they say is their maker's word"),
    # --- the capture
    _kind("proof_format", "证明文件", "proof file",
          "证明文件格式正确，可以读懂",
          "the proof is in the format that this version reads"),
    _kind("manifest_digest", "清单摘要", "manifest digest",
          "抓取或证据的清单与保管链条目所记的 SHA-256 相同",
          "the manifest has the SHA-256 that the entry of the custody log states"),
    _kind("manifest_format", "清单格式", "manifest format",
          "抓取或证据的清单可以读懂，写法唯一",
          "the manifest can be read, in one way only"),
    _kind("statement", "声明一致", "statements agree",
          "网址、时间等声明在证明文件、清单与抓取记录中一致",
          "address, times and title are the same in the proof, the manifest and the record of the visit"),
    _kind("warc_digest", "WARC 摘要", "WARC digest",
          "抓取原始文件与清单所记的 SHA-256、长度相同，逐字节未变",
          "the WARC is byte for byte the one that the manifest states"),
    _kind("warc_records", "WARC 记录", "WARC records",
          "每条记录完整，与其自身写明的摘要、长度和位置相符",
          "every record is whole and agrees with the digests, lengths and places stated for it"),
    _kind("record_commitments", "记录承诺", "record commitments",
          "每条记录与清单中的加盐承诺相符：抓取封存后没有一条被改",
          "every record is the one that the manifest commits to"),
    _kind("exchange_commitments", "请求与应答承诺", "exchange commitments",
          "每次请求与应答（网址、标头、状态）与清单中的承诺相符",
          "every exchange (address, headers, status) is the one that the manifest commits to"),
    _kind("visit_commitment", "访问情况承诺", "visit commitment",
          "访问情况（浏览器、解析、证书、步骤）与清单中的承诺相符",
          "the rest of the provenance is the one that the manifest commits to"),
    _kind("payloads", "内容齐全", "payloads",
          "抓取记录提到的每份内容都在包内",
          "all bytes that the record of the visit names are here"),
    _kind("resolved_digest", "补足文件摘要", "digest of the completing file",
          "补足文件与证明文件所记的 SHA-256 相同",
          "the file of completing records has the SHA-256 that the proof states"),
    _kind("resolved_payloads", "补足的内容", "resolved payloads",
          "补足的每份内容都是抓取记录以 SHA-256 指明的那一份",
          "each completing record holds bytes that the record of the visit names by their SHA-256"),
    _kind("resolved_heads", "补足的标头", "resolved heads",
          "补足记录的 HTTP 标头与抓取记录中的状态、标头相符",
          "the HTTP head of each completing record is the one that the exchange's status and headers give"),
    _kind("replay_index", "回放索引", "replay index",
          "回放索引指向的都是包内真实的记录",
          "every line of the index leads to a record of this package with the digest that it states"),
    _kind("replay_pages", "页面列表", "page list",
          "页面列表的网址、标题和文字与抓取内容一致",
          "address, title and text in the list of pages are those of the capture"),
    _kind("redactions", "遮盖", "redactions",
          "遮盖的部分均已写明；未遮盖的部分仍逐一得到证明",
          "what is withheld is said; all else is still proven"),
    _kind("derivative", "遮盖副本登记", "derivative",
          "遮盖副本本身登记在保管链中，并指明原件",
          "the redacted copy is an entry of the log itself, which names its original"),
    # --- the custody log
    _kind("entry", "保管链条目", "entry of the log",
          "保管链条目写法唯一，指的就是这份清单",
          "the entry of the log is written in the one way and names this manifest"),
    _kind("inclusion", "收录证明", "inclusion",
          "该条目确在检查点所封的保管链中，位置无误",
          "the entry is in the log that the checkpoint seals, at its place"),
    _kind("checkpoint_signature", "检查点签名", "checkpoint signature",
          "检查点由保管链自己的密钥签名，签名有效",
          "the checkpoint bears a good signature by the key that the log itself names"),
    _kind("key_history", "密钥来历", "key history",
          "签名密钥的启用与更换都记在同一保管链中",
          "the log itself tells where the signing key comes from, up to the first entry"),
    _kind("pinned_key", "预先取得的公钥", "pinned key",
          "检查点由您事先从别处取得的公钥签名：没有该私钥的人无法伪造",
          "the signer is the one whose key you had from elsewhere: nobody without that key made this"),
    _kind("earlier_checkpoint", "更早的检查点", "earlier checkpoint",
          "保管链延续自您保存的更早检查点：此前的条目没有被改写，密钥持有人本人也做不到",
          "the log extends the checkpoint that you kept: nothing before was rewritten, not even by the key's holder"),
    _kind("consistency", "前后一致", "consistency",
          "较晚的检查点只在较早的之后追加，没有改写",
          "the later checkpoint only adds to the earlier one"),
    # --- time
    _kind("token_imprint", "时间戳对象", "token imprint",
          "时间戳盖的就是这个检查点",
          "the token is over this very checkpoint"),
    _kind("token_signature", "时间戳签名", "token signature",
          "时间戳由其所附证书签名，签名有效",
          "the token is signed by the certificate that comes with it"),
    _kind("token_trust", "时间戳机构", "token trust",
          "时间戳证书链通到一个受信任的根证书",
          "the certificate chain of the token leads to a trusted root"),
    _kind("token_time", "时间戳时间", "token time",
          "内容在时间戳所示时刻之前已经存在",
          "all of this existed before the time in the token"),
    _kind("token_renewal", "时间戳续签", "renewal of tokens",
          "较早的时间戳已作为条目收录在保管链中，被较晚的时间戳盖住：它在证书到期前就已存在",
          "the log that a later token stamps names the earlier token: it existed while its certificate was still good"),
    _kind("ots_proof", "OpenTimestamps 证明", "OpenTimestamps proof",
          "检查点的摘要已锚定到比特币区块（离线时只能核对到区块高度）",
          "the checkpoint's digest is anchored in Bitcoin (offline only up to the block's height)"),
    _kind("clock_order", "时间先后", "order of times",
          "抓取、登记、时间戳三者的先后没有矛盾",
          "capture, entry and token come in an order that can be true"),
    # --- a whole archive folder
    _kind("log_checkpoint", "最新检查点", "newest checkpoint",
          "保管链的最新检查点可以读懂，签名有效",
          "the newest checkpoint can be read and is signed by the log's key"),
    _kind("log_entries", "保管链全部条目", "entries of the log",
          "保管链的全部条目可以读懂，写法唯一，时间不倒退",
          "every entry of the log can be read, is written in the one way, and no time runs back"),
    _kind("log_root", "保管链根摘要", "root of the log",
          "由全部条目重新算出的根与检查点相同：没有增、删、改、换序",
          "the root computed from all entries is that of the checkpoint: none added, removed, altered or moved"),
    _kind("log_tiles", "摘要瓦片", "hash tiles",
          "保管链的摘要文件与条目相符",
          "the hash tiles agree with the entries"),
    _kind("stored_objects", "证据文件", "stored objects",
          "保管链登记的每份清单和 WARC 都在，内容与摘要相符",
          "every manifest and WARC that the log names is there with its SHA-256"),
    _kind("capture_chain", "抓取先后链", "chain of captures",
          "每次抓取所指的前一次抓取确实存在且是同一份清单",
          "every capture names the one before it on its page, with the same manifest"),
    _kind("erased_items", "已删除的证据", "erased items",
          "列出已按登记删除的证据；其余不受影响",
          "names what was erased with a tombstone; nothing else is touched by that"),
    _kind("unnamed_objects", "未登记的文件", "unnamed objects",
          "列出保管链没有提到的文件",
          "names objects that no entry of the log speaks of"),
    _kind("unsealed_tail", "未封存的末尾", "unsealed tail",
          "最后一个检查点之后的条目不在本次核验之内",
          "entries after the last checkpoint are not seen by this check"),
)  # fmt: skip

KINDS: dict[str, CheckKind] = {kind.id: kind for kind in _ALL}
"""Every check by its id, in the order in which they are told."""


class Findings:
    """Collects how checks ended. A kind that fails often is told so many times and then counted."""

    MOST_OF_A_KIND = 40

    def __init__(self) -> None:
        self._checks: list[Check] = []
        self._counts: dict[tuple[str, Status], int] = {}

    def add(self, kind: str, status: Status, said: Said = NOTHING, *, about: str = "") -> None:
        """Note how a check ended."""
        count = self._counts[kind, status] = self._counts.get((kind, status), 0) + 1
        if count <= self.MOST_OF_A_KIND:
            self._checks.append(Check(KINDS[kind], status, about, said))

    def passed(self, kind: str, said: Said = NOTHING, *, about: str = "") -> None:
        """Note that a check passed."""
        self.add(kind, Status.PASSED, said, about=about)

    def failed(self, kind: str, said: Said, *, about: str = "") -> None:
        """Note that a check failed."""
        self.add(kind, Status.FAILED, said, about=about)

    def absent(self, kind: str, said: Said, *, about: str = "") -> None:
        """Note that what a check needs is not there."""
        self.add(kind, Status.ABSENT, said, about=about)

    def cannot_say(self, kind: str, said: Said, *, about: str = "") -> None:
        """Note that a check cannot be decided."""
        self.add(kind, Status.CANNOT_SAY, said, about=about)

    def settle(self, kind: str, said: Said = NOTHING, *, about: str = "") -> None:
        """Note that a check passed, unless it failed or lacked something before."""
        if not any(self._counts.get((kind, status)) for status in (Status.FAILED, Status.ABSENT)):
            self.passed(kind, said, about=about)

    def has(self, kind: str, status: Status) -> bool:
        """Whether a check ended so."""
        return bool(self._counts.get((kind, status)))

    def any(self, status: Status) -> bool:
        """Whether any check ended so."""
        return any(count for (_, found), count in self._counts.items() if found is status)

    def list(self) -> tuple[Check, ...]:
        """All checks in the order of KINDS, with a line for those that were only counted."""
        order = {name: place for place, name in enumerate(KINDS)}
        more = [
            Check(
                KINDS[kind],
                status,
                "",
                Said(
                    f"另有 {count - self.MOST_OF_A_KIND} 处相同情况",
                    f"and {count - self.MOST_OF_A_KIND} more of the kind",
                ),
            )
            for (kind, status), count in self._counts.items()
            if count > self.MOST_OF_A_KIND
        ]
        return tuple(sorted([*self._checks, *more], key=lambda check: order[check.id]))
