"""Whose certificate a file holds: read without a library that a Pi would need for nothing else (pure)."""

import base64
import re

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
_COMMON_NAME = re.compile(rb"\x06\x03\x55\x04\x03[\x0c\x13](.)", re.DOTALL)
"""OID 2.5.4.3 (X.520 commonName), then a UTF8String or PrintableString and its length of one byte."""


def common_name(pem: str) -> str | None:
    """Return the common name of the subject of the first certificate in `pem`, None where it cannot be told.

    In a certificate the issuer's name comes first and the subject's last (RFC 5280, 4.1).
    """
    found = _PEM.search(pem)
    if found is None:
        return None
    try:
        der = base64.b64decode("".join(found[1].split()), validate=True)
    except ValueError:  # binascii.Error is one
        return None
    names = list(_COMMON_NAME.finditer(der))
    if not names:
        return None
    begin, length = names[-1].end(), names[-1][1][0]
    return der[begin : begin + length].decode("utf-8", "replace")
