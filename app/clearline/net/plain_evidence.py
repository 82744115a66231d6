"""Evidence as plain values, ready to be shown, recorded and sent."""

from dataclasses import asdict
from typing import Any

from clearline.net.evidence import Evidence
from clearline.net.os_errors import error_name, lookup_error_name


def plain_evidence(evidence: Evidence) -> dict[str, Any]:
    """The evidence as plain values: only what was seen, in the words of domain.fault.Fault."""
    plain: dict[str, Any] = {}
    if error := evidence.os_error:
        plain["os_error"] = {"name": error_name(error), "errno": error.number, "winerror": error.winerror}
    if icmp := evidence.icmp:
        plain["icmp"] = {"type": icmp.type, "code": icmp.code, "offender": icmp.offender, "version": icmp.version}
        if icmp.mtu:
            plain["icmp"]["mtu"] = icmp.mtu
    if path := evidence.path:
        plain["path"] = asdict(path)
    if mtu := evidence.mtu:
        plain["mtu"] = asdict(mtu)
    if tls := evidence.tls:
        told: dict[str, Any] = {"alert": tls.alert, "verify_code": tls.verify_code, "reason": tls.reason}
        plain["tls"] = {name: value for name, value in told.items() if value not in (None, "")}
        if tls.verify_code is not None:
            plain["tls"]["store"] = tls.store
        if tls.is_bundled_trusted is not None:
            plain["tls"]["is_bundled_trusted"] = tls.is_bundled_trusted
        plain["tls"].update(tls.certificate)
    if dns := evidence.dns:
        told = {
            "rcode": dns.rcode,
            "ede": list(dns.ede),
            "ede_text": dns.ede_text,
            "server": dns.server,
            "eai": dns.eai if dns.eai is None else lookup_error_name(dns.eai, dns.system) or str(dns.eai),
            "rejected": dns.rejected,
            "is_fine_unchecked": dns.is_fine_unchecked or None,
            "is_sinkhole": dns.is_sinkhole or None,
            "is_collision": dns.is_collision or None,
        }
        plain["dns"] = {
            name: value for name, value in told.items() if value not in (None, "", [], 0) or name == "rcode"
        }
    if http := evidence.http:
        told = {
            "status": http.status,
            "retry_after_s": http.retry_after_s,
            "violation": http.violation,
            "missing": http.missing,
            "h2_stream_error": http.h2_stream_error,
            "h2_goaway": http.h2_goaway,
        }
        plain["http"] = {name: value for name, value in told.items() if value not in (None, "")}
    told_by = {
        "quic": evidence.quic,
        "proxy": evidence.proxy,
        "service": evidence.service,
        "ws": evidence.ws,
        "ntp": evidence.ntp,
    }
    for area, record in told_by.items():
        if record is not None:
            plain[area] = {key: value for key, value in asdict(record).items() if value not in (None, "", False)}
    if tcp := evidence.tcp_info:
        plain["tcp_info"] = {
            "rtt_us": tcp.rtt_us,
            "min_rtt_us": tcp.min_rtt_us,
            "total_retrans": tcp.total_retrans,
            "unacked": tcp.unacked,
        }
    if deadline := evidence.deadline:
        plain["deadline"] = {"phase": evidence.phase.value, "value_s": deadline.value_s, "by": deadline.by}
    if beat := evidence.beat:
        plain["beat"] = {
            "silent_s": round(beat.silent_s, 3),
            "lived_s": round(beat.lived_s, 3),
            "misses": beat.misses,
            "is_idle": beat.is_idle,
        }
    if evidence.is_eof:
        plain["is_eof"] = True
    if evidence.is_reused:
        plain["is_reused"] = True
    if evidence.first_bytes:
        plain["first_bytes"] = evidence.first_bytes.decode("latin-1").encode("unicode_escape").decode("ascii")
    if evidence.link:
        plain["link"] = evidence.link
    if evidence.peer:
        plain["peer"] = evidence.peer
    if evidence.elapsed_ms is not None:
        plain["elapsed_ms"] = round(evidence.elapsed_ms, 3)
    plain["bytes_in"], plain["bytes_out"] = evidence.bytes_in, evidence.bytes_out
    if evidence.missing_part:
        plain["missing_part"] = evidence.missing_part
    if evidence.chain:
        plain["chain"] = list(evidence.chain)
    return plain
