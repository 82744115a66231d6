"""The report of a span as a document: one page that answers, then the evidence for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clearline import __version__
from clearline.domain.event import AttemptEnded, MachineSeen
from clearline.domain.outages import WORTH_SAYING_S, Outage
from clearline.domain.phase import Phase
from clearline.domain.profile import BUILT_IN, LIMITS, Profile, read_field
from clearline.host.policy import Branding
from clearline.host.texts import Texts
from clearline.net.machine_state import Machine, seen
from clearline.report.diagnosis_page import diagnosis_section
from clearline.report.document import Document, Picture, Section, Table
from clearline.report.facts import Facts, TargetFacts
from clearline.report.pictures import latency_picture, layers_picture
from clearline.report.plain_text import hop_lines
from clearline.report.story import Story, letters
from clearline.report.visible import Moments, visible

MOST_TARGETS = 200
MOST_LINES = 40
MOST_LADDERS = 20
_DASH = "–"


@dataclass(frozen=True)
class Here:
    """The computer that makes a report."""

    machine: Machine
    branding: Branding
    """Whose reports these are, where the administrator said so."""


class Page:
    """Writes the sections of a report, each from the facts alone."""

    def __init__(self, facts: Facts, texts: Texts, moments: Moments, here: Here, now_wall_s: float) -> None:
        self._facts, self._texts, self._moments, self._here = facts, texts, moments, here
        self._now = Moments(now_wall_s)
        self._story = Story(facts, texts, moments)

    def document(self) -> Document:
        """The whole report."""
        span, say, moments, story = self._facts.span, self._texts.say, self._moments, self._story
        subtitle = say(
            "report.of_session",
            day=moments.day(span.from_s),
            zone=moments.zone(span.from_s),
            **{"from": moments.clock(span.from_s), "to": moments.clock(span.to_s)},
        )
        # A redacted report names nobody.
        branding = Branding() if span.is_redacted else self._here.branding
        foot = say("report.foot", version=__version__, when=self._now.local(0.0)[:16])
        sections = [self._graph(), self._layers(), *self._diagnoses()]
        sections += [self._targets(), self._phases(), self._outages()]
        sections += [self._paths(), self._attempts(), self._around(), self._settings(), self._machine(), self._paste()]
        return Document(
            language=self._texts.language,
            title=say("report.title"),
            subtitle=" · ".join(filter(None, (branding.organisation, subtitle))),
            headline=story.headline(),
            tone=story.tone,
            answers=story.answers(),
            sections=tuple(section for section in sections if section is not None),
            foot=" · ".join(filter(None, (branding.contact, foot))),
            notes=(say("report.redacted"),) if span.is_redacted else (),
        )

    def _graph(self) -> Section | None:
        shown = self._story.subject or next(iter(self._story.order), None)
        if shown is None or not self._facts.is_watched:
            return None
        svg = latency_picture(shown, self._facts, self._texts, self._moments)
        title = self._texts.say("report.section.graph", target=visible(shown.target.label, 80))
        return Section(title, self._texts.say("report.section.graph_note"), (Picture(svg),))

    def _layers(self) -> Section | None:
        shown = self._story.order[:MOST_LINES]
        if len(shown) < 2:
            return None
        svg = layers_picture(shown, self._facts, self._texts, self._moments)
        note = self._texts.say("report.section.layers_note", letters=letters(self._texts))
        return Section(self._texts.say("report.section.layers"), note, (Picture(svg),), self._more(len(shown)))

    def _diagnoses(self) -> Iterator[Section]:
        """Ladders, that of the subject first."""
        told = self._story.diagnosed
        made = [each for each in self._facts.diagnoses.all if each is not told]
        for each in [*([told] if told else []), *made][:MOST_LADDERS]:
            yield diagnosis_section(each, self._texts, self._moments, is_told=each is told)

    def _more(self, shown: int) -> tuple[str, ...]:
        left = len(self._story.order) - shown
        return (self._texts.say("report.event.more", count=left),) if left > 0 else ()

    def _targets(self) -> Section | None:
        shown = self._story.order[:MOST_TARGETS]
        if not shown or not self._facts.is_watched:
            return None
        names = ("target", "checks", "loss", "interval", "median", "p95", "jitter", "outages", "down", "worst")
        rows = tuple(self._target_row(facts) for facts in shown)
        table = Table(self._columns(*names), rows, frozenset(range(1, 9)))
        note = self._texts.say("report.section.targets_note")
        return Section(self._texts.say("report.section.targets"), note, lines=self._more(len(shown)), table=table)

    def _target_row(self, facts: TargetFacts) -> tuple[str, ...]:
        texts, metrics = self._texts, facts.metrics
        figures = metrics.percentiles()
        low, high = facts.loss_interval
        worst = facts.worst_fault
        down_s = facts.down_s(self._facts.span.to_s)
        return (
            visible(facts.target.label, 60),
            texts.number(facts.checks),
            _DASH if facts.loss is None else texts.percent(facts.loss),
            f"{texts.percent(low)} – {texts.percent(high)}",
            self._latency(figures["p50"]),
            self._latency(figures["p95"]),
            self._latency(facts.jitter_ms),
            texts.number(len(facts.outages)),
            texts.duration(down_s) if down_s else _DASH,
            texts.fault(worst.kind).title if worst else _DASH,
        )

    def _phases(self) -> Section | None:
        shown = self._story.order[:MOST_LINES]
        used = [phase for phase in Phase if any(facts.metrics.samples(phase) for facts in shown)]
        if not used or not self._facts.is_watched:
            return None
        columns = (*self._columns("target"), *map(self._texts.phase, used), *self._columns("total"))
        rows = tuple(
            (visible(facts.target.label, 60), *self._phase_cells(facts, used))
            for facts in shown
            if facts.metrics.samples()
        )
        table = Table(columns, rows, frozenset(range(1, len(columns))))
        note = self._texts.say("report.section.phases_note")
        return Section(self._texts.say("report.section.phases"), note, table=table, lines=self._more(len(shown)))

    def _phase_cells(self, facts: TargetFacts, used: Sequence[Phase]) -> Iterator[str]:
        for phase in (*used, None):
            figures = facts.metrics.percentiles(phase)
            if figures["p50"] is None:
                yield _DASH
            else:
                high = f" / {self._latency(figures['p95'])}" if figures["p95"] is not None else ""
                yield f"{self._latency(figures['p50'])}{high}"

    def _length(self, outage: Outage, end_s: float) -> str:
        length = self._texts.duration(outage.length_s(end_s))
        if outage.unsure_s < WORTH_SAYING_S:
            return length
        unsure = self._texts.duration(round(outage.unsure_s))
        return self._texts.say("report.say.length_unsure", length=length, unsure=unsure)

    def _outages(self) -> Section | None:
        texts, moments, end_s = self._texts, self._moments, self._facts.span.to_s
        found = [(facts, outage) for facts in self._story.order for outage in facts.outages]
        if not found:
            return None
        found.sort(key=lambda pair: pair[1].from_s)
        rows = tuple(
            (
                visible(facts.target.label, 60),
                moments.local(outage.from_s),
                moments.utc(outage.from_s),
                texts.say("report.column.lasts") if outage.to_s is None else moments.local(outage.to_s),
                self._length(outage, end_s),
                texts.layer(outage.layer) if outage.layer else _DASH,
                f"{texts.fault(outage.kind).title} ({outage.kind})" if outage.kind else _DASH,
            )
            for facts, outage in found[:MOST_TARGETS]
        )
        left = len(found) - len(rows)
        lines = (texts.say("report.event.more", count=left),) if left > 0 else ()
        columns = self._columns("target", "from", "from_utc", "to", "length", "layer", "cause")
        note = texts.say("report.section.outages_note")
        table = Table(columns, rows, frozenset({4}))
        return Section(texts.say("report.section.outages"), note, table=table, lines=lines)

    def _paths(self) -> Section | None:
        """The way to each target as it was last seen, as mtr prints it."""
        lines: list[str] = []
        for facts in self._story.order:
            for method, hops in facts.paths():
                lines += [f"{visible(facts.target.label, 80)} ({method.upper()})", *map(visible, hop_lines(hops)), ""]
        plain = "\n".join(lines).rstrip()
        return Section(self._texts.say("report.section.paths"), plain=plain) if plain else None

    def _attempts(self) -> Section | None:
        shown = self._story.subject or next(iter(self._story.order), None)
        if shown is None or not shown.first:
            return None
        columns = self._columns("local", "utc", "address", "result", "phases", "total")
        rows = tuple(map(self._attempt_row, shown.first))
        hidden = self._texts.number(shown.hidden)
        note = self._texts.say("report.section.attempts_note", hidden=hidden) if shown.hidden else ""
        title = self._texts.say("report.section.attempts", target=visible(shown.target.label, 80))
        return Section(title, note, table=Table(columns, rows, frozenset({5})))

    def _attempt_row(self, event: AttemptEnded) -> tuple[str, ...]:
        texts, outcome = self._texts, event.outcome
        steps = [f"{texts.phase(phase)} {texts.latency(ms)}" for phase, ms in outcome.phases.reached()]
        fault = outcome.fault
        result = texts.say("report.column.ok") if fault is None else f"✕ {fault.kind}"
        return (
            self._moments.local(event.started_s),
            self._moments.utc(event.started_s)[11:],
            visible(outcome.address or _DASH, 60),
            visible(result, 80),
            ", ".join(steps) or _DASH,
            texts.latency(outcome.phases.total_ms),
        )

    def _around(self) -> Section | None:
        told = sorted(self._happened())
        if not told:
            return None
        lines = [visible(line, 900) for _, line in told[:MOST_LINES]]
        if len(told) > MOST_LINES:
            lines.append(self._texts.say("report.event.more", count=len(told) - MOST_LINES))
        return Section(self._texts.say("report.section.around"), lines=tuple(lines))

    def _happened(self) -> Iterator[tuple[float, str]]:
        facts, texts, say = self._facts, self._texts, self._texts.say
        for marker in facts.markers:
            yield marker.at_s, say("report.event.marker", text=visible(marker.text), **self._when(marker.at_s))
        for change in facts.network_changes:
            told = visible(texts.network(change.changes), 600)
            yield change.at_s, say("report.event.network", changes=told, **self._when(change.at_s))
        for away in facts.disturbances:
            time, health = texts.duration(away.at_s - away.from_s), texts.state(away.health)
            yield away.from_s, say("report.event.tester", time=time, health=health, **self._when(away.from_s))
        for breaker in facts.breakers:
            if breaker.before is not breaker.after:
                words = {
                    "key": visible(breaker.key, 80),
                    "before": texts.state(breaker.before),
                    "after": texts.state(breaker.after),
                    "reason": texts.change(breaker.reason),
                }
                yield breaker.at_s, say("report.event.breaker", **words, **self._when(breaker.at_s))

    def _when(self, at_s: float) -> dict[str, str]:
        return {"local": self._moments.local(at_s)[:19], "utc": self._moments.utc(at_s)[11:19]}

    def _settings(self) -> Section:
        say, span = self._texts.say, self._facts.span
        used = {target.profile for target in span.plan.targets}
        lines = []
        if self._facts.is_watched:  # A diagnosis has limits of its own, and no pace.
            lines.append(say("report.setting.pace", time=self._texts.duration(span.plan.interval_s)))
            lines += [self._profile(profile) for profile in span.plan.profiles if profile.name in used]
        if unverified := [target.label for target in span.plan.targets if not target.verify]:
            lines.append(say("report.setting.unverified", targets=visible(", ".join(unverified))))
        lines.append(say("report.setting.recorded_by", version=visible(span.app_version, 20)))
        lines.append(say("report.setting.session", id=visible(span.session_id, 80)))
        return Section(say("report.section.settings"), lines=tuple(lines))

    def _profile(self, profile: Profile) -> str:
        usual = next((known for known in BUILT_IN if known.name == profile.name), BUILT_IN[0])
        changed = [
            f"{self._texts.field(field)} {self._number(read_field(profile, field))} {limit.unit}".strip()
            for field, limit in LIMITS.items()
            if read_field(profile, field) != read_field(usual, field)
        ]
        values = ", ".join(changed) or self._texts.say("report.setting.unchanged")
        return self._texts.say("report.setting.profile", name=visible(profile.name, 60), values=values)

    def _machine(self) -> Section:
        """The computer that recorded the session; where that is not known, the one that makes the report."""
        say, span = self._texts.say, self._facts.span
        recorded = span.machine
        machine = recorded or seen(self._here.machine, span.from_s)
        version = span.app_version if recorded else __version__
        lines = [say("report.machine.system", system=visible(machine.system or _DASH), version=visible(version, 20))]
        lines.append(say("report.machine.zone", zone=self._moments.zone(span.from_s)))
        if span.is_redacted:
            lines.append(say("report.machine.redacted"))
        else:
            told = {name: visible("; ".join(texts) or _DASH, 600) for name, texts in _network(machine).items()}
            lines.append(say("report.machine.host", host=visible(machine.host or _DASH), adapters=told["adapters"]))
            lines.append(say("report.machine.gateways", **told))
        if recorded is None:
            lines.append(say("report.machine.same"))
        title = say("report.section.recorded_on" if recorded else "report.section.machine")
        return Section(title, lines=tuple(lines))

    def _paste(self) -> Section | None:
        told = self._story.paste()
        return Section(self._texts.say("report.section.paste"), plain=told) if told else None

    def _columns(self, *names: str) -> tuple[str, ...]:
        return tuple(self._texts.say(f"report.column.{name}") for name in names)

    def _number(self, value: float) -> str:
        return self._texts.number(value, 0 if value == int(value) else 2)

    def _latency(self, ms: float | None) -> str:
        return _DASH if ms is None else self._texts.latency(ms)


def _network(machine: MachineSeen) -> dict[str, list[str]]:
    """What its network was, by what it is."""
    found: dict[str, list[str]] = {"adapters": [], "gateways": [], "servers": [], "proxies": []}
    places = {"gateway": "gateways", "name_servers": "servers", "proxies": "proxies"}
    for each in machine.network:
        found[places.get(each.what, "adapters")].append(f"{each.name} {each.after}".strip())
    return found
