"""Rules about encryption: certificates, clocks, inspection, filters by name, packets that are too big."""

from clearline.diagnosis.rule import Rule
from clearline.domain.fault import Whose
from clearline.domain.verdict import Confidence, Step, Trial

_LIKELY = Confidence.LIKELY
_DATES = "target.kind = tls.cert.date_invalid.expired | tls.cert.date_invalid.not_yet_valid"
_UNTRUSTED = "target.kind ~ tls.cert.authority_invalid"
_CUT = "target.kind = tls.reset | tls.closed | tls.timed_out"

RULES: tuple[Rule, ...] = (
    *(
        Rule(
            "packets_too_big",
            step,
            Whose.PATH,
            ("sizes.is_black_hole", "target.ok = False", f"target.step = {step.value}"),
            ("connect.ok", "sizes.is_small_confirmed"),
        )
        for step in (Step.TLS, Step.HTTP, Step.APPLICATION)
    ),
    Rule("clock_wrong", Step.TLS, Whose.ME, (_DATES, "clock.is_wrong"), ("clock.hosts > 1",), offers=(Trial.CONTROL,)),
    Rule(
        "certificate_expired",
        Step.TLS,
        Whose.SERVER,
        ("target.kind = tls.cert.date_invalid.expired",),
        ("clock.is_wrong = False", "target.expires_at"),
        unless=("clock.is_wrong",),
        offers=(Trial.TRUST,),
    ),
    Rule(
        "certificate_too_new",
        Step.TLS,
        Whose.SERVER,
        ("target.kind = tls.cert.date_invalid.not_yet_valid",),
        ("clock.is_wrong = False",),
        confidence=_LIKELY,
        unless=("clock.is_wrong",),
        offers=(Trial.TRUST, Trial.CONTROL),
    ),
    Rule(
        "inspected",
        Step.TLS,
        Whose.LAN,
        (_UNTRUSTED, "target.is_inspector"),
        ("outside.same_issuer", "trust.ok"),
        confidence=_LIKELY,
    ),
    Rule(
        "certificate_other_name",
        Step.TLS,
        Whose.SERVER,
        ("target.kind = tls.cert.name_invalid",),
        ("target.names", "trust.ok"),
    ),
    Rule(
        "chain_incomplete",
        Step.TLS,
        Whose.SERVER,
        ("target.kind = tls.cert.authority_invalid.incomplete_chain",),
        ("trust.ok", "target.issuer"),
    ),
    Rule(
        "certificate_self_made",
        Step.TLS,
        Whose.SERVER,
        ("target.kind = tls.cert.authority_invalid.self_signed",),
        ("trust.ok", "target.issuer"),
    ),
    Rule(
        "roots_out_of_date",
        Step.TLS,
        Whose.ME,
        (_UNTRUSTED, "target.is_publicly_trusted"),
        ("trust.ok",),
    ),
    Rule(
        "issuer_unknown",
        Step.TLS,
        Whose.SERVER,
        (_UNTRUSTED, "not target.is_publicly_trusted"),
        ("trust.ok", "target.issuer"),
        confidence=_LIKELY,
        offers=(Trial.COLLEAGUE,),
    ),
    Rule("issuer_not_strict", Step.TLS, Whose.LAN, ("target.kind = tls.cert.invalid.strict",), ("trust.ok",)),
    Rule("certificate_revoked", Step.TLS, Whose.SERVER, ("target.kind = tls.cert.revoked",), ("target.issuer",)),
    Rule(
        "certificate_unfit",
        Step.TLS,
        Whose.SERVER,
        ("target.kind = tls.cert.weak | tls.cert.usage_invalid | tls.cert.invalid",),
        ("trust.ok", "target.issuer"),
    ),
    Rule("no_roots", Step.TLS, Whose.ME, ("target.kind = tls.local_ca_missing",), ("link.is_up",)),
    Rule(
        "own_certificate_unreadable", Step.TLS, Whose.ME, ("target.kind = tls.client_cert_unreadable",), ("link.is_up",)
    ),
    Rule(
        "own_certificate_wanted",
        Step.TLS,
        Whose.ME,
        ("target.kind = tls.client_cert_required",),
        ("connect.ok",),
    ),
    Rule(
        "own_certificate_refused",
        Step.TLS,
        Whose.ME,
        ("target.kind = tls.bad_client_auth_cert",),
        ("connect.ok",),
    ),
    Rule(
        "not_encrypted",
        Step.TLS,
        Whose.SERVER,
        ("target.kind = tls.protocol.error.not_tls | app.starttls_missing",),
        ("connect.ok",),
    ),
    Rule(
        "tls_too_old",
        Step.TLS,
        Whose.SERVER,
        ("target.kind = tls.version_or_cipher_mismatch",),
        ("connect.ok",),
    ),
    Rule(
        "name_not_served",
        Step.TLS,
        Whose.SERVER,
        ("target.kind = tls.unrecognized_name_alert",),
        ("sni.ok", "connect.ok"),
    ),
    Rule(
        "name_filtered_in_tls",
        Step.TLS,
        Whose.PATH,
        (_CUT, "sni.ok"),
        ("sni.is_repeated", "connect.ok"),
        confidence=_LIKELY,
    ),
    Rule(
        "tls_breaks",
        Step.TLS,
        Whose.SERVER,
        ("target.kind ~ tls.reset | tls.closed | tls.timed_out | tls.alert | tls.failed | tls.protocol",),
        ("sni.ok = False", "ports.any_answer"),
        confidence=_LIKELY,
        offers=(Trial.SNI, Trial.SIZES),
    ),
)
