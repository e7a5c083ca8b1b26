"""Signs a package as WACZ-auth 0.1.0 lays down in its anonymous form: an ECDSA key on P-384, and no name.

What is signed is the text `sha256:<hex>` of datapackage.json. Signature and key are written as browsers' WebCrypto
takes them (r and s side by side, SubjectPublicKeyInfo), in base64. It shows only that the package was not changed by
anybody without the key; the time is proven by the tokens beside the custody log's checkpoint.
"""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

AUTH_VERSION = "0.1.0"


def sign_package(digest: str, key: EllipticCurvePrivateKey, *, created: str, software: str) -> dict[str, str]:
    """Give `signedData` for datapackage.json's SHA-256 in hex. `created` must be what datapackage.json states.

    The same key and digest give the same signature (RFC 6979).
    """
    text = f"sha256:{digest}"
    size = (key.curve.key_size + 7) // 8
    r, s = decode_dss_signature(key.sign(text.encode(), ECDSA(SHA256(), deterministic_signing=True)))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "hash": text,
        "created": created,
        "software": software,
        "version": AUTH_VERSION,
        "signature": base64.b64encode(r.to_bytes(size, "big") + s.to_bytes(size, "big")).decode(),
        "publicKey": base64.b64encode(public).decode(),
    }
