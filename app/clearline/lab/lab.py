"""The practice lab itself: starts a scenario's servers, plays its faults, and leaves nothing behind."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

import msgspec

from clearline.domain.plan import Plan
from clearline.domain.problem import InputError, Problem
from clearline.domain.profile import BUILT_IN
from clearline.domain.proxy import NONE
from clearline.domain.target import Target
from clearline.lab.authority import Authority
from clearline.lab.faults import LabFault
from clearline.lab.port import LOOPBACK, has_ipv6
from clearline.lab.scenario_check import check_fault
from clearline.lab.scenario_records import LabTarget, Scenario, Server, in_language, server_kind, timeline_of
from clearline.lab.servers import FaultServer, address_of, build_server, trusts_lab
from clearline.lab.timeline import Stretch, Timeline


class FaultChanged(msgspec.Struct, frozen=True, tag_field="event", tag="fault_changed"):
    """A target's fault changed."""

    target: str
    fault: LabFault | None
    """None: it is well."""
    at_s: float
    """Seconds since the lab began, or began again."""
    by: str
    """`scenario` or `hand`."""


class _Shown:
    """One target that can be broken: its server, what the scenario plays, and what a hand set."""

    def __init__(self, target: LabTarget, server: FaultServer, timeline: Timeline) -> None:
        self.target = target
        self.server = server
        self.timeline = timeline
        self.is_by_hand = False
        self.fault: LabFault | None = None
        self.timer: asyncio.TimerHandle | None = None


class Lab:
    """`async with Lab(scenario) as lab:` serves the scenario on loopback until the end of the block.

    `plan` tests every server: its targets have the ports that the system chose. The same seed plays the same faults at
    the same seconds. Everything runs in the loop's own callbacks: there are no tasks and no threads.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int | None = None,
        *,
        language: str = "en",
        on_change: Callable[[FaultChanged], None] = lambda change: None,
    ) -> None:
        self.scenario = scenario
        self.seed = scenario.seed if seed is None else seed
        self.plan = Plan()
        self.ca_file = ""
        self._language = language
        self._on_change = on_change
        self._authority: Authority | None = None
        self._servers: list[FaultServer] = []
        self._shown: dict[str, _Shown] = {}
        self._began_s = 0.0

    async def __aenter__(self) -> Self:
        """Start every server and begin to play. Raises OSError when the system gives no port."""
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every socket and remove every file."""
        self._stop()

    @property
    def at_s(self) -> float:
        """Seconds since the faults began to play."""
        return asyncio.get_running_loop().time() - self._began_s

    @property
    def servers(self) -> dict[str, str]:
        """The kind of server of each target that faults can be made at: all but those of crowds."""
        return {target: server_kind(shown.target.server) for target, shown in self._shown.items()}

    def fault(self, target_id: str) -> LabFault | None:
        """The fault that is on at a target. Raises InputError for a target that cannot be broken."""
        return self._find(target_id).fault

    def stretches(self, target_id: str, to_s: float) -> list[Stretch]:
        """What the scenario plays at a target up to `to_s`. Raises InputError for a target that cannot be broken."""
        shown = self._find(target_id)
        if shown.target.timeline is None and shown.target.fault is not None:
            return [Stretch(0.0, to_s, shown.target.fault)]
        return shown.timeline.stretches(to_s)

    def set_fault(self, target_id: str, fault: LabFault | None) -> None:
        """Break a target by hand, or mend it with None; its timeline then waits for `follow` or `restart`.

        Raises InputError where there is no such target, or its server cannot make the fault.
        """
        shown = self._find(target_id)
        if fault is not None and (problems := check_fault(fault, server_kind(shown.target.server))):
            raise InputError(*problems)
        shown.is_by_hand = True
        self._cancel(shown)
        self._change(shown, fault, "hand")

    def follow(self, target_id: str) -> None:
        """Let the scenario play at a target again. Raises InputError where there is no such target."""
        shown = self._find(target_id)
        shown.is_by_hand = False
        self._play(shown, self.at_s)

    def restart(self) -> None:
        """Play the scenario from its beginning, at every target."""
        self._began_s = asyncio.get_running_loop().time()
        if self._authority is not None:
            self._authority.renew()
        for shown in self._shown.values():
            self._cancel(shown)
            shown.is_by_hand = False
            self._play(shown, 0.0)

    def _start(self) -> None:
        scenario = self.scenario
        self._authority = Authority()
        self.ca_file = self._authority.ca_file
        targets = [target for item in scenario.targets if (target := self._start_target(item)) is not None]
        targets += self._start_crowds()
        self.plan = Plan(tuple(targets), (*BUILT_IN, *scenario.profiles), scenario.interval_s)
        self.restart()
        for server in self._servers:
            server.open()

    def _start_target(self, item: LabTarget) -> Target | None:
        if item.family == 6 and not has_ipv6():
            return None
        server = self._serve(item.server, item.id, item.family)
        self._shown[item.id] = _Shown(item, server, timeline_of(item, self.seed))
        return Target(
            id=item.id,
            address=address_of(item.server, server.port, item.path, item.family),
            name=in_language(item.name, self._language),
            group=in_language(item.group, self._language),
            profile=item.profile,
            interval_s=item.interval_s,
            is_paused=item.is_paused,
            expect_text=item.expect_text,
            ca_file=self.ca_file if trusts_lab(item.server) else None,
            # This machine's own proxy, if it has one, knows nothing of the lab.
            proxy=self._way_to(item),
        )

    def _way_to(self, item: LabTarget) -> str:
        if not item.through:
            return NONE
        return f"{item.through_scheme}://{LOOPBACK[4]}:{self._shown[item.through].server.port}"

    def _start_crowds(self) -> list[Target]:
        targets = []
        for crowd in self.scenario.crowds:
            specs = [crowd.servers[place % len(crowd.servers)] for place in range(min(crowd.ports, crowd.count))]
            servers = [self._serve(spec, f"{crowd.id}-port-{place}", 4) for place, spec in enumerate(specs)]
            width = len(str(crowd.count))
            for number in range(crowd.count):
                place = number % len(servers)
                label = f"{number + 1:0{width}}"
                targets.append(
                    Target(
                        id=f"{crowd.id}-{label}",
                        address=address_of(specs[place], servers[place].port, f"/{label}", 4),
                        name=f"{in_language(crowd.name, self._language)} {label}",
                        group=in_language(crowd.group, self._language),
                        profile=crowd.profile,
                        interval_s=crowd.interval_s,
                        ca_file=self.ca_file if trusts_lab(specs[place]) else None,
                        proxy=NONE,
                    )
                )
        return targets

    def _serve(self, spec: Server, name: str, family: int) -> FaultServer:
        """A server that is not open yet. Each draws its chances from a seed of its own."""
        if self._authority is None:
            raise AssertionError("the authority comes before the servers")
        server = build_server(spec, family, f"{self.seed}/{name}", self._authority)
        self._servers.append(server)
        return server

    def _stop(self) -> None:
        for shown in self._shown.values():
            self._cancel(shown)
        for server in self._servers:
            server.close()
        self._servers.clear()
        self._shown.clear()
        if self._authority is not None:
            self._authority.close()
            self._authority = None

    def _find(self, target_id: str) -> _Shown:
        try:
            return self._shown[target_id]
        except KeyError:
            values = {"target": target_id, "known": ", ".join(self._shown)}
            raise InputError(Problem("lab.no_target", values, "target")) from None

    def _play(self, shown: _Shown, at_s: float) -> None:
        """Make what the scenario has for this moment, and wake for the next change."""
        self._cancel(shown)
        self._change(shown, shown.timeline.at(at_s) or shown.target.fault, "scenario")
        next_s = shown.timeline.next_change(at_s)
        if next_s is not None:
            loop = asyncio.get_running_loop()
            # The planned second is handed on, not the one of waking: a late loop never skips or repeats a change.
            shown.timer = loop.call_at(self._began_s + next_s, self._play, shown, next_s)

    def _change(self, shown: _Shown, fault: LabFault | None, by: str) -> None:
        if fault == shown.fault:
            return
        shown.fault = fault
        shown.server.set_fault(fault)
        self._on_change(FaultChanged(shown.target.id, fault, round(self.at_s, 3), by))

    @staticmethod
    def _cancel(shown: _Shown) -> None:
        if shown.timer is not None:
            shown.timer.cancel()
            shown.timer = None
