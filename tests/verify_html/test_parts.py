from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import io
import json
import random
import zlib
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import Page

from storage.canonical import canonical_json
from storage.cdxj import make_sort_key
from storage.manifest import blind_exchange
from storage.merkle import hash_leaf, prove_consistency, prove_inclusion, root_of
from storage.notes import Head, VerifierKey, sign_note, verifier_key, write_proof

from .authority import Authority

ORDER = 2**252 + 27742317777372353535851937790883648493

# RFC 8032, 7.1: public key, message, signature of tests 1, 2, 3.
VECTORS = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
)


def call(page: Page, expression: str, *given: object) -> object:
    """Evaluate a function of the modules; bytes are passed as base64, and come back so."""
    packed = [{"b64": base64.b64encode(item).decode()} if isinstance(item, bytes) else item for item in given]
    return page.evaluate(
        "async ([source, given]) => {"
        " const bytes = (x) => x && x.b64 !== undefined ? Uint8Array.from(atob(x.b64), (c) => c.charCodeAt(0))"
        "  : Array.isArray(x) ? x.map(bytes) : x;"
        " try { return await (0, eval)(source)(...given.map(bytes)) }"
        " catch (error) { if (error.name !== 'Damage') throw error; return 'Damage ' + error.what } }",
        [expression, [_pack(item) for item in packed]],
    )


def _pack(item: object) -> object:
    if isinstance(item, bytes):
        return {"b64": base64.b64encode(item).decode()}
    return [_pack(part) for part in item] if isinstance(item, (list, tuple)) else item


@pytest.mark.parametrize("path", ["null", "undefined"], ids=["own arithmetic", "the browser's"])
def test_ed25519_agrees_with_the_standard_s_vectors_and_with_the_usual_library(parts: Page, path: str) -> None:
    ask = f"(key, signature, message) => verifyEd25519(key, signature, message, {path})"
    for key, message, signature in VECTORS:
        good = [bytes.fromhex(item) for item in (key, signature, message)]
        assert call(parts, ask, *good) is True
    private = Ed25519PrivateKey.generate()
    public, text = private.public_key().public_bytes_raw(), b"cardwatch/0011223344556677/1\n3\n"
    signature = private.sign(text)
    assert call(parts, ask, public, signature, text) is True
    for place in (0, 31, 32, 63):
        wrong = bytearray(signature)
        wrong[place] ^= 1
        assert call(parts, ask, public, bytes(wrong), text) is False
    assert call(parts, ask, public, signature, text + b"!") is False
    assert call(parts, ask, bytes(32), signature, text) is False


@pytest.mark.parametrize("path", ["null", "undefined"])
def test_ed25519_takes_no_second_spelling_and_no_small_point(parts: Page, path: str) -> None:
    ask = f"(key, signature, message) => verifyEd25519(key, signature, message, {path})"
    private = Ed25519PrivateKey.generate()
    public, signature = private.public_key().public_bytes_raw(), private.sign(b"x")
    raised = int.from_bytes(signature[32:], "little") + ORDER
    assert call(parts, ask, public, signature[:32] + raised.to_bytes(32, "little"), b"x") is False
    identity = b"\1" + bytes(31)
    assert call(parts, ask, identity, identity + bytes(32), b"x") is False  # holds for every message
    beyond = (2**255 - 19 + 1).to_bytes(32, "little")  # the same point, spelled past the field
    assert call(parts, ask, beyond, identity + bytes(32), b"x") is False


def test_own_hashes_are_those_of_the_standard(parts: Page) -> None:
    chance = random.Random(1)
    for size in (0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 1000, 70_001):
        data = chance.randbytes(size)
        assert call(parts, "(d) => toHex(sha256(d))", data) == hashlib.sha256(data).hexdigest()
        assert call(parts, "(d) => toHex(sha512(d))", data) == hashlib.sha512(data).hexdigest()
        assert call(parts, "(d) => toHex(hmacSha256(d, d))", data) == hmac.new(data, data, "sha256").hexdigest()
        assert call(parts, "(d) => crc32(d)", data) == zlib.crc32(data)
    streamed = (
        "(d) => { const state = new Sha256(); for (let i = 0; i < d.length; i += 37)"
        "  state.update(d.subarray(i, i + 37));"
        " return toHex(state.digest()) }"
    )
    assert call(parts, streamed, data) == hashlib.sha256(data).hexdigest()


def test_a_long_stream_is_hashed_without_being_held(parts: Page) -> None:
    asked = (
        "async (times, stated) => { const piece = new Uint8Array(1 << 20).fill(7); const hash = new Hasher(stated);"
        " for (let i = 0; i < times; i++) hash.update(piece);"
        " return [hash.held?.length ?? 0, await hash.hex()] }"
    )
    for times, stated, held in ((65, 65 << 20, 0), (3, 3 << 20, 3 << 20), (3, 2 << 20, 0)):
        expected = hashlib.sha256(b"\7" * (times << 20)).hexdigest()
        assert call(parts, asked, times, stated) == [held, expected]


@pytest.mark.parametrize(
    "value",
    [
        {"b": [1, -2, True, None], "a": '中文 \u007f \t"\\', "😀": 1, "！": 2, "": {}},
        {"half": "\ud83d", "cn": "中", "del": "\u007f"},
        {"big": 2**70, "fraction": 1.5, "list": []},
        {"slash": "</script>\u2028"},
    ],
)
def test_canonical_json_is_the_archive_s(parts: Page, value: object) -> None:
    data = canonical_json(value)
    loose = json.dumps(value, indent=3).encode()
    for spelled in (data, loose):
        got = call(parts, "(d) => toBase64(canonicalJson(parseJson(d)))", spelled)
        assert base64.b64decode(str(got)) == data
    pretty = json.dumps({"a": [1, {"b": "c"}], "e": {}, "f": []}, indent=2).encode() + b"\n"
    got = call(parts, "(d) => toBase64(indentedJson(parseJson(d)))", pretty)
    assert base64.b64decode(str(got)) == pretty


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        "[" * 101 + "]" * 101,
        '{"a":}',
        "[1,]",
        "01",
        '"\n"',
        "[1] 2",
        "nul",
        '"\\x"',
        "",
        "[NaN]",
        '{"a" 1}',
    ],
)
def test_what_is_no_json_or_says_a_thing_twice_is_refused(parts: Page, text: str) -> None:
    assert str(call(parts, "(d) => parseJson(d) === undefined", text.encode())).startswith("Damage")


def test_proofs_of_the_log_hold_for_what_they_prove_only(parts: Page) -> None:
    leaves = [hash_leaf(b"%d" % number) for number in range(21)]

    def read(level: int, place: int) -> bytes:
        return root_of(leaves[place << level : (place + 1) << level])

    included = "(leaf, index, size, proof, root) => verifyInclusion(leaf, index, size, proof, root)"
    extended = "(a, b, x, y, proof) => verifyConsistency(a, b, x, y, proof)"
    for size in (1, 2, 3, 7, 8, 13, 21):
        root = root_of(leaves[:size])
        for index in {0, size // 2, size - 1}:
            proof = list(prove_inclusion(read, index, size))
            assert call(parts, included, leaves[index], index, size, proof, root) is True
            assert call(parts, included, hash_leaf(b"x"), index, size, proof, root) is False
            assert call(parts, included, leaves[index], index, size, [*proof, root], root) is False
            assert size == 1 or call(parts, included, leaves[index], (index + 1) % size, size, proof, root) is False
        for old in {1, size // 2 or 1, size}:
            proof = list(prove_consistency(read, old, size))
            assert call(parts, extended, old, size, root_of(leaves[:old]), root, proof) is True
            assert call(parts, extended, old, size, hash_leaf(b"x"), root, proof) is False
            assert old == size or call(parts, extended, old, size, root_of(leaves[:old]), root, proof[:-1]) is False
    known = (
        "(leaf, index, size, proof) => { const nodes = new KnownNodes(); nodes.add(leaf, index, size, proof);"
        " return toHex(nodes.rootAt(8)) }"
    )
    assert call(parts, known, leaves[9], 9, 13, list(prove_inclusion(read, 9, 13))) == root_of(leaves[:8]).hex()


def test_checkpoints_and_keys_are_read_as_the_archive_writes_them(parts: Page) -> None:
    private = Ed25519PrivateKey.generate()
    head = Head("cardwatch/0011223344556677/1", 7, hash_leaf(b"x"))
    note = sign_note(head.text, head.origin, private)
    key = verifier_key(head.origin, private)
    ask = (
        "async (n, k) => { const c = parseCheckpoint(n);"
        " return [c.origin, c.size, toHex(c.root), await isSignedBy(c.note, parseVerifierKey(k))] }"
    )
    assert call(parts, ask, note, key.text) == [head.origin, 7, head.root.hex(), True]
    other = VerifierKey(head.origin, Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    assert call(parts, ask, note, other.text) == [head.origin, 7, head.root.hex(), False]
    assert call(parts, ask, note, key.text.replace("+", "+0", 1)) == "Damage no_key"
    proof = write_proof(3, [head.root, head.root], note)
    assert call(
        parts, "(p) => { const f = parseProof(p); return [f.index, f.hashes.length, toBase64(f.checkpoint)] }", proof
    ) == [
        3,
        2,
        base64.b64encode(note).decode(),
    ]
    for wrong in (proof.replace(b"index 3", b"index 03"), proof.replace(b"@v1", b"@v2"), proof[:40], b"\xff"):
        assert str(call(parts, "(p) => parseProof(p).index", wrong)).startswith("Damage")


def test_the_end_of_a_gzip_member_is_found_however_it_was_packed(parts: Page) -> None:
    chance = random.Random(2)
    texts = [
        b"",
        b"x",
        b"ab" * 40_000,
        chance.randbytes(70_000),
        bytes(chance.choice(b"abcdef ") for _ in range(30_000)),
    ]
    for text in texts:
        for level, strategy in (
            (0, 0),
            (1, 0),
            (6, 0),
            (9, 0),
            (9, zlib.Z_FIXED),
            (1, zlib.Z_HUFFMAN_ONLY),
            (6, zlib.Z_RLE),
        ):
            packer = zlib.compressobj(level, zlib.DEFLATED, 31, 8, strategy)
            member = packer.compress(text) + packer.flush()
            following = gzip.compress(b"next", mtime=0)
            assert call(parts, "(d) => endOfMember(new Blob([d]), 0)", member + following) == len(member)
            if len(member) > 30:
                assert str(call(parts, "(d) => endOfMember(new Blob([d]), 0)", member[:-9])).startswith("Damage")


def test_the_end_of_a_member_longer_than_a_window_is_found(parts: Page) -> None:
    chance = random.Random(3)
    noise = chance.randbytes(2_500_000)
    for level, text in ((0, noise), (6, noise), (6, base64.b64encode(noise)), (9, noise[:900_000].hex().encode() * 3)):
        packer = zlib.compressobj(level, zlib.DEFLATED, 31)
        member = packer.compress(text) + packer.flush()
        assert len(member) > 1 << 20
        asked = "(d, at) => endOfMember(new Blob([d]), at)"
        assert call(parts, asked, b"before" + member + gzip.compress(b"next"), 6) == 6 + len(member)
        assert call(parts, asked, member[: len(member) - 9], 0) == "Damage cut_off"


def test_a_member_that_unpacks_beyond_measure_is_stopped(parts: Page) -> None:
    bomb = gzip.compress(bytes(30 << 20))
    ask = (
        "async (d) => { let size = 0;"
        " for await (const part of unpack(new Blob([d]), 'gzip', 1 << 20)) size += part.length; return size }"
    )
    assert call(parts, ask, bomb) == "Damage unpacks_beyond"
    assert call(parts, ask, gzip.compress(b"x") + b"more") == "Damage cannot_unpack"


def test_an_exchange_is_blinded_as_in_the_archive(parts: Page) -> None:
    entry = {
        "url": "https://shop.test/",
        "request_headers": [["Cookie", "a=1"], ["Accept", "*/*"], ["X-CSRF-Token", "中"]],
        "response_headers": [["Set-Cookie", {"redacted": "0" * 64}], ["x-api-key", "k"]],
        "request_body": "ab" * 32,
    }
    seed = bytes(range(32))
    ask = "(d, seed) => toBase64(canonicalJson(blindExchange(parseJson(d), 5, { seed, labels: new Map() })))"
    got = call(parts, ask, canonical_json(entry), seed)
    assert base64.b64decode(str(got)) == canonical_json(blind_exchange(entry, 5, seed))


@pytest.mark.parametrize(
    ("kind", "digest", "imprint", "ess"),
    [
        ("rsa", "sha256", "sha256", "sha256"),
        ("rsa", "sha512", "sha512", "sha1"),
        ("p256", "sha256", "sha384", "sha256"),
        ("p384", "sha384", "sha256", "sha384"),
        ("p521", "sha512", "sha256", "sha256"),
    ],
)
def test_tokens_of_every_usual_kind_are_verified(
    parts: Page, tmp_path: Path, kind: str, digest: str, imprint: str, ess: str
) -> None:
    authority = Authority(tmp_path / "authority", kind, digest=digest, ess=ess)
    token = authority.stamp(b"checkpoint", imprint)
    ask = """async (reply, data, pem) => {
        const token = parseToken(reply);
        const { certificate, problem, unsure } = await verifyToken(token, []);
        const { chain, problem: broken } = await buildChain(certificate, parsePem(pem), token.moment);
        const imprint = await holdsImprint(token, data);
        return [imprint, problem, unsure ?? '', chain.length, broken, chain.at(-1).fingerprint] }"""
    root = authority.root.fingerprint(hashes.SHA256()).hex()
    assert call(parts, ask, token, b"checkpoint", authority.chain_pem) == [True, "", "", 2, "", root]
    altered = token[:-1] + bytes([token[-1] ^ 1])
    found = call(parts, ask, altered, b"checkpoint", authority.chain_pem)
    assert isinstance(found, list)
    assert found[1] == "token_signature"
    assert call(parts, ask, token, b"another", authority.chain_pem)[0] is False  # type: ignore[index]


def test_a_chain_signed_with_rsa_pss_is_followed(parts: Page) -> None:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "时间戳根")])
    now = __import__("datetime").datetime.now(__import__("datetime").UTC)
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now)
        .not_valid_after(now.replace(year=now.year + 1))
        .sign(key, hashes.SHA256(), rsa_padding=pss)
    )
    der = certificate.public_bytes(Encoding.DER)
    ask = "(d) => { const c = parseCertificate(d); return verifySignature(c, c.algorithm, c.signature, c.signed) }"
    assert call(parts, ask, der) is True
    assert call(parts, "(d) => parseCertificate(d).subjectName", der) == "CN=时间戳根"
    assert call(parts, ask, der[:-1] + bytes([der[-1] ^ 1])) is False


ADDRESSES = (
    "https://shop.test/", "http://www2.Shop.TEST:80/A/../b//c/./?B=2&a=1&a=0&c", "https://shop.test", "https://u:p@a.test:8443/x?",
    "https://a.test:443/%7Euser/%2541?q=%E4%B8%AD%20x#part", "https://a.test/商品?名=值&x= y", "http://[2001:db8::1]:8080/x",
    "http://[::1]/", "http://127.0.0.1:5000/a", "https://a.test./p%2Fq/../..", "https://a.test:/x", "HTTPS://A.test/%zz%2",
    "urn:fullPage:https://shop.test/产品 1", "about:blank", "https://a.test/?", "https://a.test/x?b&a==1&a=",
    "https://www.test/", "https://a.test/\ud83d", "https://%61.test/", "https://a.test/a;b=c,d!'(*)~|{}^`\"<>\\",
)  # fmt: skip


def test_the_sort_key_of_the_index_is_the_archive_s(parts: Page) -> None:
    for url in ADDRESSES:
        assert call(parts, "(url) => makeSortKey(url)", url) == make_sort_key(url), url
    chance = random.Random(5)
    for _ in range(300):
        letters = "".join(chance.choice("aZ/.?&=%25#é:@ \t~+2") for _ in range(chance.randrange(30)))
        url = f"https://a.test/{letters}"
        assert call(parts, "(url) => makeSortKey(url)", url) == make_sort_key(url), url
    assert call(parts, "(url) => makeSortKey(url)", "https://商店.test/") is None


def test_der_of_strangers_ends_as_damage(parts: Page) -> None:
    chance = random.Random(3)
    samples = [b"", b"\x30", b"\x30\x84\xff\xff\xff\xff", b"\x30\x80\x00\x00", b"\x30\x02\x30\x00" * 9, b"\x1f\x01\x00"]
    samples += [chance.randbytes(200) for _ in range(30)]
    samples.append(b"\x30\x82\x01\x00" * 60)
    for data in samples:
        assert str(call(parts, "(d) => { parseToken(d); return 'read' }", data)).startswith("Damage")


def test_random_files_are_no_packages(parts: Page) -> None:
    chance = random.Random(4)
    for data in (b"", b"PK\5\6" + bytes(18), b"PK\5\6" + b"\xff" * 18, chance.randbytes(3000), io.BytesIO().getvalue()):
        ask = "async (d) => { const p = await openPackage(new Blob([d])); return [p.entries.size, p.problems.length] }"
        found = call(parts, ask, data)
        assert found == [0, 0] or str(found).startswith("Damage") or (isinstance(found, list) and found[1] > 0)


def test_forms_are_unquoted_as_the_writer_of_the_index_does(parts: Page) -> None:
    from urllib.parse import unquote_plus

    forms = [
        "sku=1&a=b+c",
        "q=%E7%82%B9%e5%8d%a1&x=%zz%4",
        "点卡=%E4%BDx%FF%2B+%20",
        "%",
        "%E4%B8",
        "a%00b=é%C3%A9",
        "",
    ]
    assert parts.evaluate("forms => forms.map(unquoteForm)", forms) == [unquote_plus(form) for form in forms]
