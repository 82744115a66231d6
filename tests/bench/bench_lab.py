"""Does the practice lab bear load? 1,000 connections a second to well and broken servers, then a clean end.

    python3 packaging/dev.py bench lab [seconds] [connections per second]

Prints what was answered and how fast, what the lab's process used, and whether a socket was left.
"""

import asyncio
import contextlib
import json
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil

from clearline.domain.statistics import percentile

LIMIT_S = 10.0
DRAIN_S = 5.0
SCENARIO = """
title = "Load"
lesson.en = "Many connections a second."
[[targets]]
id = "web"
name = "Web"
server = { kind = "http", latency = { median_ms = 0 } }
[[targets]]
id = "greeting"
name = "Greeting"
server = { kind = "tcp", greeting = "220 ready" }
[[targets]]
id = "unwell"
name = "Unwell"
fault = { kind = "status", status = 503 }
server = { kind = "http", latency = { median_ms = 0 } }
[[targets]]
id = "hanging-up"
name = "Hanging up"
fault = { kind = "closed_after_accept" }
server = { kind = "tcp" }
[[targets]]
id = "resetting"
name = "Resetting"
fault = { kind = "reset_after_accept" }
server = { kind = "tcp" }
[[targets]]
id = "refusing"
name = "Refusing"
fault = { kind = "refused" }
server = { kind = "tcp" }
[[targets]]
id = "secure"
name = "Secure"
server = { kind = "https", latency = { median_ms = 0 }, handshake = { median_ms = 0 } }
"""
MIX = [*("web", "greeting", "unwell", "hanging-up", "resetting", "refusing") * 8, "secure"]
"""One TLS handshake in 49: at a thousand a second they alone would fill a core."""
ENDS = {
    "web": "200",
    "greeting": "220",
    "unwell": "503",
    "hanging-up": "end",
    "resetting": "reset",
    "refusing": "refused",
    "secure": "200",
}
REQUEST = b"GET / HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n"


def main() -> int:
    """Run once and print the figures. 0 where every connection ended as planned and nothing was left."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    rate = float(sys.argv[2]) if len(sys.argv) > 2 else 1000.0
    with tempfile.TemporaryDirectory() as folder:
        scenario = Path(folder) / "load.toml"
        scenario.write_text(SCENARIO)
        command = [sys.executable, "-m", "clearline", "lab", str(scenario), "--json"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as lab:
            assert lab.stdin is not None
            assert lab.stdout is not None
            started = json.loads(lab.stdout.readline())
            process = psutil.Process(lab.pid)
            sockets = _sockets(process)
            load = Load(started["plan"]["targets"], started["ca_file"])
            used_s = _cpu_s(process)
            began = time.perf_counter()
            asyncio.run(load.run(seconds, rate))
            took_s = time.perf_counter() - began
            used_s = _cpu_s(process) - used_s
            left = _settled(process, sockets)
            memory_mb = process.memory_info().rss / 2**20
            lab.stdin.close()
            code = lab.wait(LIMIT_S)
    load.report(took_s)
    print(f"lab: {used_s / took_s:.0%} of a core, {memory_mb:.0f} MB, {left} sockets left over, exit code {code}")
    is_clean = not load.wrong and not left and not code
    print("clean" if is_clean else "NOT CLEAN")
    return 0 if is_clean else 1


class Load:
    """Connections at a steady pace, none waiting for another."""

    def __init__(self, targets: list[dict[str, str]], ca_file: str) -> None:
        self._ports = {target["id"]: int(target["address"].split(":")[2].strip("/")) for target in targets}
        self._context = ssl.create_default_context(cafile=ca_file)
        self.ends: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self._ms: list[float] = []
        self._most_at_once = 0

    async def run(self, seconds: float, rate: float) -> None:
        """`rate` new connections a second; those that are late are made up for at once."""
        began = time.perf_counter()
        count = int(seconds * rate)
        at_once = 0

        async def one(kind: str) -> None:
            nonlocal at_once
            at_once += 1
            self._most_at_once = max(self._most_at_once, at_once)
            start = time.perf_counter()
            end = await self._connect(kind)
            self._ms.append((time.perf_counter() - start) * 1000)
            self.ends[end] += 1
            if end != ENDS[kind]:
                self.wrong[f"{kind}: {end}"] += 1
            at_once -= 1

        async with asyncio.TaskGroup() as tasks:
            for number in range(count):
                wait_s = began + number / rate - time.perf_counter()
                if wait_s > 0:
                    await asyncio.sleep(wait_s)
                tasks.create_task(one(MIX[number % len(MIX)]))

    async def _connect(self, kind: str) -> str:
        """How one connection ended: a status or greeting, `end`, `reset`, `refused` or `timeout`."""
        secure = self._context if kind == "secure" else None
        host = "localhost" if secure else "127.0.0.1"
        writer = None
        try:
            async with asyncio.timeout(LIMIT_S):
                reader, writer = await asyncio.open_connection(
                    host, self._ports[kind], ssl=secure, family=socket.AF_INET
                )
                is_web = ENDS[kind].isdigit() and kind != "greeting"
                if is_web:
                    writer.write(REQUEST)
                said = await reader.read(1024)
                while is_web and await reader.read(1024):
                    pass
        except ConnectionRefusedError:
            return "refused"
        except ConnectionError:
            return "reset"
        except TimeoutError:
            return "timeout"
        finally:
            if writer is not None:
                writer.close()
                with contextlib.suppress(ConnectionError, ssl.SSLError):
                    await writer.wait_closed()
        return (said[9:12] if said.startswith(b"HTTP") else said[:3]).decode() or "end"

    def report(self, took_s: float) -> None:
        """Print what was seen from outside."""
        count = len(self._ms)
        ms = sorted(self._ms)
        pace = f"{count / took_s:.0f} a second, at most {self._most_at_once} at once"
        print(f"{count} connections in {took_s:.1f} s: {pace}")
        print("  " + ", ".join(f"{end} {number}" for end, number in self.ends.most_common()))
        shares = ", ".join(f"p{share * 100:g} {percentile(ms, share):.1f}" for share in (0.5, 0.95, 0.99))
        print(f"  whole connection in ms: {shares}, worst {ms[-1]:.0f}")
        for end, number in self.wrong.most_common():
            print(f"  WRONG {end}: {number}")


def _sockets(process: psutil.Process) -> int:
    """Descriptors; Windows counts handles."""
    return process.num_handles() if sys.platform == "win32" else process.num_fds()


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _settled(process: psutil.Process, before: int) -> int:
    """Descriptors more than before, once connections under way had their time to end."""
    until = time.monotonic() + DRAIN_S
    while (left := _sockets(process) - before) > 0 and time.monotonic() < until:
        time.sleep(0.1)  # noqa: TID251 - nothing else runs here
    return left


if __name__ == "__main__":
    sys.exit(main())
