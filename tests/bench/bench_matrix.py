"""Five faults, shown to us and to the tools of this machine: who names the layer, who keeps what was learned before it.

Needs Linux and root, as it makes two network namespaces with a name server, a silent address and servers of their own;
nothing outside them is contacted. Tools that are not installed are left out, and it says how to install them.
"""

# ruff: noqa: E402 - tests/ must be on the path first

import argparse
import contextlib
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from support.blackbox_exporter import exporter, modules_of, probe_url
from support.misbehaving import ThreadServer, free_port, silent
from support.namespaces import Namespaces, join_by_veth, why_not
from support.tls_servers import make_authority, make_leaf, over_tls, server_context

LIMIT_S = 2
PATIENCE_S = 20
_EXPORTER = 9115
BLACK_HOLE = "10.90.3.5"
_NAME = r"(?i)resolv|no such host|name or service not known|nxdomain|invalid hostname|could not find"
_REFUSED = r"(?i)refused|could ?n.t connect|failed to connect"
_SILENT = r"(?i)connect\w* time|time\w*[ -]?out|no answer"
_TLS_SILENT = r"(?i)\b(ssl|tls)\b|handshake"
_UNTRUSTED = r"(?i)certificate|self.signed|issuer|unknown authority"


@dataclass(frozen=True)
class Fault:
    """One way to fail: what a tool must say, and which phases came before."""

    name: str
    host: str
    says: str
    kind: str
    """What ours is called."""
    before: tuple[str, ...]
    port: int = 0


@dataclass(frozen=True)
class Seen:
    """What a tool made of a fault. None: it has no way to ask this."""

    text: str
    phases: dict[str, float]
    is_asked: bool = True


Tool = Callable[[Fault], Seen]
NOT_ASKED = Seen("", {}, is_asked=False)
PACKAGES = {
    "curl": "curl",
    "httping": "httping",
    "nping": "nmap",
    "check_http": "monitoring-plugins-basic",
    "prometheus-blackbox-exporter": "prometheus-blackbox-exporter",
    "fping": "fping",
}
_PLUGINS = Path("/usr/lib/nagios/plugins")


def find(program: str) -> str | None:
    """Where a program is; monitoring plugins have a folder of their own."""
    return shutil.which(program) or shutil.which(program, path=str(_PLUGINS))


def answer(query: bytes) -> bytes:
    """A zone of two things: `gone.test` does not exist, `silent.test` leads nowhere, all others are here."""
    asked = dns.message.from_wire(query)
    reply = dns.message.make_response(asked)
    reply.flags |= dns.flags.RA
    question = asked.question[0]
    host = question.name.to_text().lower()
    if not host.endswith(".test.") or host == "gone.test.":
        reply.set_rcode(dns.rcode.NXDOMAIN)
    elif question.rdtype == dns.rdatatype.A:
        ip = BLACK_HOLE if host == "silent.test." else "127.0.0.1"
        reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", ip))
    return reply.to_wire()


def serve_names() -> socket.socket:
    """A name server on port 53 of this namespace's loopback."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 53))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                query, sender = sock.recvfrom(4096)
                if sender is None:
                    return
                sock.sendto(answer(query), sender)

    threading.Thread(target=serve, daemon=True).start()
    return sock


@contextlib.contextmanager
def place() -> Iterator[tuple[Namespaces, list[Fault]]]:
    """Namespaces in which each fault waits at an address of its own."""
    with Namespaces("client", "router") as spaces, tempfile.TemporaryDirectory() as folder:
        join_by_veth(spaces, "client", "router", "10.81.0")
        spaces.ip("-n {client} route add default via 10.81.0.2", "-n {router} route add blackhole 10.90.3.0/24")
        spaces.set("router", net_ipv4_ip__forward=1)
        settings = Path("/etc/netns") / spaces.name("client")
        settings.mkdir(parents=True)
        (settings / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        untrusted = over_tls(server_context(make_leaf(make_authority(), "untrusted.test"), Path(folder)))
        names = spaces.inside("client", serve_names)
        hanging = spaces.inside("client", lambda: ThreadServer(silent))
        strange = spaces.inside("client", lambda: ThreadServer(untrusted))
        closed = spaces.inside("client", free_port)
        try:
            yield (
                spaces,
                [
                    Fault("name does not exist", "gone.test", _NAME, "dns.name_not_resolved.nxdomain", (), 443),
                    Fault("refused", "closed.test", _REFUSED, "tcp.refused", ("resolve",), closed),
                    Fault("black hole", "silent.test", _SILENT, "tcp.timed_out", ("resolve",), 443),
                    Fault("TLS hangs", "hang.test", _TLS_SILENT, "tls.timed_out", ("resolve", "connect"), hanging.port),
                    Fault(
                        "untrusted certificate", "untrusted.test", _UNTRUSTED, "tls.cert.authority_invalid",
                        ("resolve", "connect"), strange.port,
                    ),
                ],
            )  # fmt: skip
        finally:
            hanging.close()
            strange.close()
            with contextlib.suppress(OSError):
                names.shutdown(socket.SHUT_RDWR)
            names.close()
            shutil.rmtree(settings)


class Bench:
    """Asks each tool in the client's namespace."""

    def __init__(self, spaces: Namespaces) -> None:
        self._spaces = spaces

    def say(self, *command: str) -> str:
        """Everything a command prints, and its exit code."""
        done = subprocess.run(
            self._spaces.argv("client", *command), capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
        return f"{done.stdout}\n{done.stderr}\nexit {done.returncode}"

    def ours(self, fault: Fault) -> Seen:
        """`clearline check --json`."""
        program = str(Path(sys.executable).with_name("clearline"))
        told = self.say(program, "check", "--json", f"https://{fault.host}:{fault.port}/")
        record = json.loads(told.splitlines()[0])
        text = f"{record['fault']} {record['summary']}"
        return Seen(text, {phase: ms for phase, ms in record["phases_ms"].items() if ms})

    def curl(self, fault: Fault) -> Seen:
        """Its text, and the marks of its `-w`."""
        marks = "\\n%{time_namelookup} %{time_connect} %{time_appconnect}\\n"
        told = self.say("curl", "-sS", "-m", str(LIMIT_S), "-w", marks, f"https://{fault.host}:{fault.port}/")
        found = re.search(r"^([\d.]+) ([\d.]+) ([\d.]+)$", told, re.MULTILINE)
        times = [float(mark) for mark in found.groups()] if found else [0.0, 0.0, 0.0]
        phases = dict(zip(("resolve", "connect", "tls"), times, strict=True))
        text = re.sub(r"^[\d.]+ [\d.]+ [\d.]+$", "", told, flags=re.MULTILINE)
        return Seen(text, {phase: time for phase, time in phases.items() if time > 0})

    def httping(self, fault: Fault) -> Seen:
        """With its split of the time; it tells none of it for what failed."""
        told = self.say(
            "httping", "-c", "1", "-t", str(LIMIT_S), "-l", "-S", "-g", f"https://{fault.host}:{fault.port}/"
        )
        found = re.search(r"time=\s*([\d.]+)\+\s*([\d.]+)\+", told)
        return Seen(told, {"resolve": float(found[1]), "connect": float(found[2])} if found else {})

    def nping(self, fault: Fault) -> Seen:
        """Connects by TCP; knows nothing above."""
        if fault.name in ("TLS hangs", "untrusted certificate"):
            return NOT_ASKED
        told = self.say("nping", "--tcp-connect", "-p", str(fault.port), "-c", "1", fault.host)
        return Seen(told, {})

    def check_http(self, fault: Fault) -> Seen:
        """The monitoring plugin, with its extended figures."""
        told = self.say(
            find("check_http") or "check_http", "-H", fault.host, "-p", str(fault.port), "-S", "--verify-cert", "-E",
            "-t", str(LIMIT_S),
        )  # fmt: skip
        if "unrecognized option" in told:
            told = self.say(
                find("check_http") or "",
                "-H",
                fault.host,
                "-p",
                str(fault.port),
                "-S",
                "-C",
                "1",
                "-E",
                "-t",
                str(LIMIT_S),
            )
        found = dict(re.findall(r"time_(connect|ssl)=([\d.]+)", told))
        return Seen(
            told, {phase: float(found[key]) for phase, key in (("connect", "connect"), ("tls", "ssl")) if key in found}
        )

    def fping(self, fault: Fault) -> Seen:
        """Pings: it knows names and silence."""
        if fault.name not in ("name does not exist", "black hole"):
            return NOT_ASKED
        return Seen(self.say("fping", "-c1", f"-t{LIMIT_S * 1000}", fault.host), {})

    def blackbox(self, fault: Fault) -> Seen:
        """Its exporter as a process of its own, asked over HTTP as Prometheus asks it, with its log of the probe."""
        url = probe_url(_EXPORTER, "web", f"https://{fault.host}:{fault.port}/", is_debug=True)
        told = self.say("curl", "-sS", "-m", str(PATIENCE_S), url)
        lookup = re.search(r"^probe_dns_lookup_time_seconds ([\d.e+-]+)$", told, re.MULTILINE)
        phases = dict(re.findall(r'^probe_http_duration_seconds\{phase="(\w+)"\} ([\d.e+-]+)$', told, re.MULTILINE))
        times = {"resolve": float(lookup[1]) if lookup else 0.0, "connect": float(phases.get("connect", 0))}
        return Seen(
            re.sub(r"^#.*$", "", told, flags=re.MULTILINE), {phase: time for phase, time in times.items() if time > 0}
        )


def exporter_in(spaces: Namespaces) -> contextlib.AbstractContextManager[None]:
    """The blackbox exporter in the client's namespace, ready to be asked."""

    def ready(url: str) -> bool:
        ask = spaces.argv("client", "curl", "-sf", url)
        return subprocess.run(ask, capture_output=True, timeout=PATIENCE_S, check=False).returncode == 0

    return exporter(modules_of(LIMIT_S, {"web": ""}), _EXPORTER, ready, partial(spaces.argv, "client"))


def bare(text: str, fault: Fault) -> str:
    """What is said, without what differs by the address alone."""
    for part in (fault.host, BLACK_HOLE, "127.0.0.1", str(fault.port)):
        text = text.replace(part, "")
    return re.sub(r"[\d.]+(e-\d+)?", "", re.sub(r"\s+", " ", text)).strip()


def judged(faults: list[Fault], seen: dict[str, Seen], is_ours: bool) -> dict[str, tuple[bool | None, bool | None]]:
    """For each fault: is its layer named, and are the phases before it kept? None where there is nothing to judge.

    A tool that says word for word the same of two faults of different layers has named neither.
    """
    found: dict[str, tuple[bool | None, bool | None]] = {}
    for fault in faults:
        one = seen[fault.name]
        if not one.is_asked:
            found[fault.name] = (None, None)
            continue
        says = bool(re.search(re.escape(fault.kind) if is_ours else fault.says, one.text))
        says &= not re.search(r"(?m)^OK\b", one.text)
        twins = [
            other for other in faults
            if other is not fault and seen[other.name].is_asked
            and bare(seen[other.name].text, other) == bare(one.text, fault)
        ]  # fmt: skip
        kept = all(phase in one.phases for phase in fault.before) if fault.before else None
        found[fault.name] = (says and not twins, kept)
    return found


def measure(*, is_verbose: bool) -> bool:
    """Ask everybody, print the table; did ours name every layer and keep every phase?"""
    missing = [program for program in PACKAGES if find(program) is None]
    if missing:
        packages = " ".join(PACKAGES[one] for one in missing)
        print(f"Left out: {', '.join(missing)}. To have them: apt-get install {packages}\n")
    with place() as (spaces, faults), contextlib.ExitStack() as stack:
        bench = Bench(spaces)
        tools: dict[str, Tool] = {"clearline": bench.ours}
        named = {"curl": bench.curl, "httping": bench.httping, "nping": bench.nping, "check_http": bench.check_http}
        tools |= {name: ask for name, ask in named.items() if name not in missing}
        if not {"prometheus-blackbox-exporter", "curl"} & {*missing}:
            stack.enter_context(exporter_in(spaces))
            tools["blackbox"] = bench.blackbox
        if "fping" not in missing:
            tools["fping"] = bench.fping
        seen = {name: {fault.name: ask(fault) for fault in faults} for name, ask in tools.items()}
    table = {name: judged(faults, answers, name == "clearline") for name, answers in seen.items()}
    if is_verbose:
        for name, answers in seen.items():
            for fault in faults:
                told = answers[fault.name]
                print(f"--- {name}, {fault.name}: {told.phases}\n{told.text.strip()[:600]}\n")
    show(faults, table)
    return all(layer is True and kept is not False for layer, kept in table["clearline"].values())


def show(faults: list[Fault], table: dict[str, dict[str, tuple[bool | None, bool | None]]]) -> None:
    """One row a fault, one column a tool."""
    words = {True: "yes", False: "no", None: "–"}
    width = max(len(fault.name) for fault in faults) + 2
    print("names the layer / keeps the earlier phases (– where there is nothing to name or keep)\n")
    print(" " * width + "".join(f"{name:>13}" for name in table))
    for fault in faults:
        cells = (table[name][fault.name] for name in table)
        print(f"{fault.name:<{width}}" + "".join(f"{f'{words[layer]} / {words[kept]}':>13}" for layer, kept in cells))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="print what each tool said")
    arguments = parser.parse_args()
    if reason := why_not():
        print(f"Nothing compared: {reason}.")
        return 0
    return 0 if measure(is_verbose=arguments.show) else 1


if __name__ == "__main__":
    sys.exit(main())
