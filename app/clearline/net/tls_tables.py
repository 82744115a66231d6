"""TLS evidence as tables: alerts, verify codes of three trust stores, OpenSSL's reasons, each to its kind of fault."""

# RFC 8446 section 6.2, RFC 5246 section 7.2.2, RFC 6066, RFC 7301.
ALERTS: dict[int, str] = {
    0: "tls.closed",
    **dict.fromkeys((40, 70, 71, 86, 120), "tls.version_or_cipher_mismatch"),
    112: "tls.unrecognized_name_alert",
    116: "tls.client_cert_required",
    **dict.fromkeys((42, 43, 44, 45, 46, 48, 49), "tls.bad_client_auth_cert"),
    80: "tls.alert.internal_error",
    **dict.fromkeys((10, 20, 21, 22, 47, 50, 51, 109, 110), "tls.protocol.error"),
    115: "tls.failed",
}

NO_CERTIFICATE_ALERTS = (40, 42)
"""What TLS 1.2 servers say to a client that shows no certificate after being asked for one: handshake_failure
(RFC 5246 section 7.4.6), or bad_certificate."""

# OpenSSL's own names of those alerts, for where only SSLError.reason is known.
_ALERT_REASONS: dict[str, int] = {
    "SSLV3_ALERT_HANDSHAKE_FAILURE": 40,
    "TLSV1_ALERT_PROTOCOL_VERSION": 70,
    "TLSV1_ALERT_INSUFFICIENT_SECURITY": 71,
    "TLSV1_ALERT_INAPPROPRIATE_FALLBACK": 86,
    "TLSV1_ALERT_NO_APPLICATION_PROTOCOL": 120,
    "TLSV1_UNRECOGNIZED_NAME": 112,
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": 116,
    "SSLV3_ALERT_BAD_CERTIFICATE": 42,
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": 43,
    "SSLV3_ALERT_CERTIFICATE_REVOKED": 44,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": 45,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": 46,
    "TLSV1_ALERT_UNKNOWN_CA": 48,
    "TLSV1_ALERT_ACCESS_DENIED": 49,
    "TLSV1_ALERT_INTERNAL_ERROR": 80,
    "SSLV3_ALERT_UNEXPECTED_MESSAGE": 10,
    "SSLV3_ALERT_BAD_RECORD_MAC": 20,
    "TLSV1_ALERT_DECRYPTION_FAILED": 21,
    "TLSV1_ALERT_RECORD_OVERFLOW": 22,
    "SSLV3_ALERT_ILLEGAL_PARAMETER": 47,
    "TLSV1_ALERT_DECODE_ERROR": 50,
    "TLSV1_ALERT_DECRYPT_ERROR": 51,
    "TLSV13_ALERT_MISSING_EXTENSION": 109,
    "TLSV1_UNSUPPORTED_EXTENSION": 110,
}

_NOT_TLS = "tls.protocol.error.not_tls"
_MISMATCH = "tls.version_or_cipher_mismatch"

REASONS: dict[str, str] = {
    **{name: ALERTS[number] for name, number in _ALERT_REASONS.items()},
    **dict.fromkeys(("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST"), _NOT_TLS),
    **dict.fromkeys(
        (
            "UNSUPPORTED_PROTOCOL",
            "NO_PROTOCOLS_AVAILABLE",
            "VERSION_TOO_LOW",
            "WRONG_SSL_VERSION",
            "NO_CIPHERS_AVAILABLE",
            "NO_SHARED_CIPHER",
            "UNKNOWN_CIPHER_RETURNED",
            "WRONG_CIPHER_RETURNED",
            "DH_KEY_TOO_SMALL",
            "UNSAFE_LEGACY_RENEGOTIATION_DISABLED",
            "LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED",
            "NO_SUITABLE_SIGNATURE_ALGORITHM",
            "WRONG_SIGNATURE_TYPE",
        ),
        _MISMATCH,
    ),
    "EE_KEY_TOO_SMALL": "tls.cert.weak",
    "CA_KEY_TOO_SMALL": "tls.cert.weak",
    "CA_MD_TOO_WEAK": "tls.cert.weak",
    "UNEXPECTED_EOF_WHILE_READING": "tls.closed",
    **dict.fromkeys(
        (
            "UNEXPECTED_MESSAGE",
            "UNEXPECTED_RECORD",
            "BAD_RECORD_TYPE",
            "BAD_EXTENSION",
            "BAD_PACKET",
            "BAD_LENGTH",
            "LENGTH_MISMATCH",
            "LENGTH_TOO_SHORT",
            "DECODE_ERROR",
            "DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
            "BAD_SIGNATURE",
            "DIGEST_CHECK_FAILED",
            "PACKET_LENGTH_TOO_LONG",
            "ENCRYPTED_LENGTH_TOO_LONG",
            "DATA_LENGTH_TOO_LONG",
            "EXCESSIVE_MESSAGE_SIZE",
            "UNSOLICITED_EXTENSION",
        ),
        "tls.protocol.error",
    ),
}


_EXPIRED = "tls.cert.date_invalid.expired"
_EARLY = "tls.cert.date_invalid.not_yet_valid"
_NAME = "tls.cert.name_invalid"
_SELF_SIGNED = "tls.cert.authority_invalid.self_signed"
_UNTRUSTED_ROOT = "tls.cert.authority_invalid.untrusted_root"
_UNKNOWN_CA = "tls.cert.authority_invalid.unknown_ca"
_REVOKED = "tls.cert.revoked"
_REVOCATION = "tls.cert.revocation_unknown"
_USAGE = "tls.cert.usage_invalid"
_WEAK = "tls.cert.weak"
_STRICT = "tls.cert.invalid.strict"
_INVALID = "tls.cert.invalid"

# openssl/x509_vfy.h; wincrypt.h and winerror.h (HRESULT); Security/SecBase.h (OSStatus).
VERIFY_CODES: dict[str, dict[int, str]] = {
    "openssl": {
        10: _EXPIRED,
        9: _EARLY,
        **dict.fromkeys((62, 63, 64), _NAME),
        18: _SELF_SIGNED,
        19: _UNTRUSTED_ROOT,
        **dict.fromkeys((2, 20, 21), _UNKNOWN_CA),
        23: _REVOKED,
        **dict.fromkeys((3, 33, 73, 74, 75, *range(96, 102)), _REVOCATION),
        26: _USAGE,
        **dict.fromkeys((66, 67, 68), _WEAK),
        **dict.fromkeys((*range(78, 96), 102, 103), _STRICT),
        **dict.fromkeys((7, 22, 24, 25, 32, 34, *range(37, 54)), _INVALID),
        17: "local.resources",
    },
    "windows": {
        0x800B0101: _EXPIRED,
        0x800B0102: _EARLY,
        **dict.fromkeys((0x800B010F, 0x800B0114), _NAME),
        **dict.fromkeys((0x800B0109, 0x800B010D), _UNTRUSTED_ROOT),
        0x800B010A: _UNKNOWN_CA,
        **dict.fromkeys((0x80092010, 0x800B010C), _REVOKED),
        **dict.fromkeys((0x80092012, 0x80092013, 0x800B010E), _REVOCATION),
        **dict.fromkeys((0x800B0110, 0x800B0106), _USAGE),
        **dict.fromkeys((0x80096004, 0x80096019, 0x800B0105, 0x800B0108, 0x800B0113), _INVALID),
    },
    "macos": {
        -67818: _EXPIRED,
        -67819: _EARLY,
        -67602: _NAME,
        -67843: _UNTRUSTED_ROOT,
        -67820: _REVOKED,
        -67635: _REVOCATION,
        -67609: _USAGE,
        -67826: _INVALID,
    },
}


def kind_of_verify_code(store: str, code: int, *, is_self_signed: bool, is_chain_short: bool) -> str:
    """The kind behind a rejected certificate.

    Windows and macOS have one code for every untrusted root, a self-signed certificate included; OpenSSL has one (20)
    for an unknown issuer and for an intermediate the server forgot. What the peer sent tells them apart.
    """
    if store == "windows":
        code &= 0xFFFFFFFF
    kind = VERIFY_CODES.get(store, {}).get(code, _INVALID)
    if kind == _UNTRUSTED_ROOT and is_self_signed:
        return _SELF_SIGNED
    if kind == _UNKNOWN_CA and is_chain_short:
        return "tls.cert.authority_invalid.incomplete_chain"
    return kind
