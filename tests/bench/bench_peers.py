"""The same web situations given to other tools: who names the layer that is broken?

`dev.py bench peers`. Uses what is installed of curl, httping, check_http and the blackbox exporter (Debian: curl
httping monitoring-plugins-basic prometheus-blackbox-exporter); each on this machine alone.
"""

import asyncio
import re
import shutil
import sys
import urllib.parse
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from clearline.domain.target import Target
from clearline.lab.lab import Lab
from clearline.lab.scenario_records import Scenario
from support.blackbox_exporter import answers_here, exporter, modules_of, probe_url
from support.blackbox_exporter import program as exporter_program
from support.misbehaving import free_port
from support.situations import LAB, Situation, _targets, judge_lab

_CHECK_HTTP = "/usr/lib/nagios/plugins/check_http"
_CURL = {5: "proxy", 6: "name", 7: "connect", 35: "tls", 58: "tls", 60: "tls", 77: "tls", 97: "proxy"}
_CURL |= dict.fromkeys((1, 8, 16, 18, 22, 47, 52, 56, 92), "http")
_WORDS = (
    ("name", r"resolve|unknown host|name or service"),
    ("tls", r"ssl|tls|certificate|handshake"),
    ("connect", r"refused|unreachable|connection timed out|connect.*timed? ?out|could not connect"),
    ("http", r"http/1|http/2|status|\b[45]\d\d\b|http critical|http warning|invalid|short read|no data|reset by peer"),
)
Ask = Callable[[Target], Awaitable[str]]


async def _output(*command: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, stdin=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(8):
            out, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return -1, ""
    return process.returncode or 0, out.decode("utf-8", "replace")


def layer_of_words(text: str) -> str:
    """The layer that a line of a tool names; empty where it names none."""
    return next((layer for layer, words in _WORDS if re.search(words, text.lower())), "")


async def curl(target: Target) -> str:
    """By its exit code; 28 is every time limit, so its words decide."""
    trust = ["--cacert", target.ca_file] if target.ca_file else []
    code, text = await _output("curl", "-sS", "-f", "-L", "-m", "5", "-o", "/dev/null", *trust, target.address)
    if code == 0:
        return "well"
    return _CURL.get(code, "") or (layer_of_words(text) if code == 28 else "")


async def httping(target: Target) -> str:
    """By its words."""
    secure = ["-l"] if target.scheme == "https" else []
    code, text = await _output("httping", "-c", "1", "-t", "4", "-s", *secure, "-g", target.address)
    if code == 0 and "0.00% failed" in text and "200 OK" in text:
        return "well"
    return layer_of_words(text)


async def check_http(target: Target) -> str:
    """By its line."""
    parts = urllib.parse.urlsplit(target.address)
    secure = ["-S", "--sni"] if target.scheme == "https" else []
    code, text = await _output(
        _CHECK_HTTP, "-H", parts.hostname or "", "-p", str(target.port), "-u", parts.path or "/", "-t", "5", *secure
    )
    return "well" if code == 0 else layer_of_words(text)


_ROUTINE = r"Resolv\w+ target address|Making HTTP request|Beginning probe|Probe failed|Starting TLS \w+"
"""What the exporter's log says of every probe."""
_PHASE = r'_duration_seconds\{phase="(\w+)"\} ([\d.e+-]+)$'


class Blackbox:
    """The exporter, by its figures and its log of a probe; it is asked with its own roots as the others are."""

    def __init__(self, port: int, module_of: dict[str, str]) -> None:
        self._port, self._module_of = port, module_of

    async def __call__(self, target: Target) -> str:
        url = probe_url(self._port, self._module_of[target.ca_file or ""], target.address, is_debug=True)
        _, text = await _output("curl", "-sS", "-m", "7", url)
        return layer_of_probe(text, target.scheme == "https")


def layer_of_probe(text: str, is_tls: bool) -> str:
    """The layer that a probe's log names; where it names none, the phase that its figures show it did not finish."""
    if re.search(r"^probe_success 1$", text, re.MULTILINE):
        return "well"
    log = text.partition("Metrics that would")[0]
    told = " ".join(re.findall(r'(?:err|msg)="((?:[^"\\]|\\.)*)"', log))
    if layer := layer_of_words(re.sub(_ROUTINE, "", told)):
        return layer
    took = {phase: float(s) for phase, s in re.findall(_PHASE, text, re.MULTILINE)}
    if not took.get("connect"):
        return "connect" if took.get("resolve") else "name"
    return "tls" if is_tls and not took.get("tls") else "http"


TOOLS: dict[str, tuple[str, Ask]] = {
    "curl": ("curl", curl),
    "httping": ("httping", httping),
    "check_http": (_CHECK_HTTP, check_http),
}


def _here(*command: str) -> list[str]:
    return list(command)


def is_for_all(one: Situation) -> bool:
    """Is it something that all of them were told and can ask: nothing expected, one request, no second look?"""
    return not one.changes and not one.consents


def is_named(one: Situation, layer: str) -> bool:
    """Did it name the layer that must be named, or that all is well?"""
    wanted = {"internet": "http", "application": "http"}.get(one.step, one.step) or "well"
    return layer == wanted


async def compare() -> int:
    situations = [one for one in LAB if one.server in ("http", "https") and is_for_all(one)]
    made = tuple(target for number, one in enumerate(situations) for target in _targets(number, one))
    scenario = Scenario("peers", "Peers", {"en": ""}, 5, 60, 1.0, (), made, ())
    tools = {name: ask for name, (program, ask) in TOOLS.items() if shutil.which(program)}
    own = {judged.situation.name: judged for judged in await judge_lab(situations)}
    async with Lab(scenario, 5) as lab, AsyncExitStack() as stack:
        if exporter_program():
            roots = {target.ca_file or "" for target in lab.plan.targets}
            names = {root: f"web{number}" for number, root in enumerate(sorted(roots))}
            modules = modules_of(5, {name: root for root, name in names.items()})
            running = exporter(modules, port := free_port(), answers_here, _here)
            await asyncio.to_thread(running.__enter__)
            stack.push(running.__exit__)
            tools["blackbox"] = Blackbox(port, names)
        scores = dict.fromkeys(tools, 0)
        print(f"{'situation':<34}" + "".join(f"{name:>12}" for name in tools) + f"{'clearline':>26}")
        for number, one in enumerate(situations):
            target = lab.plan.target(f"s{number}")
            assert target is not None
            said = dict(zip(tools, await asyncio.gather(*(ask(target) for ask in tools.values())), strict=True))
            for name, layer in said.items():
                scores[name] += is_named(one, layer)
            print(f"{one.name:<34}" + "".join(f"{layer or '-':>12}" for layer in said.values()), end="")
            print(f"{own[one.name].verdict.code:>26}")
    print(f"\nOf {len(situations)} situations the layer is named by:")
    for name, score in scores.items():
        print(f"{name:<12} {score}")
    print(f"{'clearline':<12} {sum(judged.is_right for judged in own.values())}, with its cause and its owner")
    for name in {*TOOLS, "blackbox"} - set(tools):
        print(f"{name} is not installed here")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(compare()))
