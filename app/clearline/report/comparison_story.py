"""Two compared spans in words: what changed, for whom, and what those have in common that the others have not."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from statistics import median

from clearline.domain.phase import Phase
from clearline.domain.target import Target
from clearline.host.texts import Texts
from clearline.report.colours import colour
from clearline.report.comparison import Comparison, PhaseChange, TargetChange
from clearline.report.comparison_picture import bars_picture
from clearline.report.document import Answer, Document, Picture, Section, Table, Tone
from clearline.report.span import Span
from clearline.report.visible import Moments, visible

_NAMED = 3
_MOST = 60
_GRAVE = 0.1
"""A tenth more or less of the time without success."""


class ComparisonStory:
    """Tells a comparison in a language."""

    def __init__(self, comparison: Comparison, texts: Texts) -> None:
        self._all = comparison
        self._texts = texts

    def headline(self) -> str:
        """What changed most, in one line."""
        told = self._changes()
        if told:
            return told[0]
        return self._texts.say("compare.same" if self._all.targets else "compare.nothing_shared")

    def sentences(self) -> list[str]:
        """Everything that changed, and what did not."""
        if not self._all.targets:
            return [self._texts.say("compare.nothing_shared")]
        told = self._changes()
        if unchanged := self._unchanged():
            told.append(unchanged)
        told += self._faults()
        return told

    def differences(self) -> list[str]:
        """What else is not the same on both sides: ways, certificates, addresses, targets."""
        return [*self._ways(), *self._only()]

    def _changes(self) -> list[str]:
        """Shifts of latency and of loss; loss comes first where it is what a user would notice."""
        losses = self._losses()
        is_grave = any(one.is_loss_changed and abs(one.loss.difference) >= _GRAVE for one in self._all.targets)
        return [*losses, *self._shifts()] if is_grave else [*self._shifts(), *losses]

    def _shifts(self) -> Iterator[str]:
        groups: dict[tuple[Phase, bool], list[tuple[TargetChange, PhaseChange]]] = defaultdict(list)
        for target in self._all.targets:
            for change in target.phases:
                if change.is_changed and change.phase is not None:
                    groups[change.phase, change.p50.difference > 0].append((target, change))
        ordered = sorted(groups.items(), key=lambda item: -sum(abs(one.p50.difference) for _, one in item[1]))
        for (phase, is_slower), members in ordered:
            before = median(change.p50.before or 0.0 for _, change in members)
            after = median(change.p50.after or 0.0 for _, change in members)
            yield self._texts.say(
                "compare.slower" if is_slower else "compare.faster",
                phase=_sentence(self._texts.phase(phase)),
                before=self._texts.latency(before),
                after=self._texts.latency(after),
                who=self._who([target for target, _ in members]),
            )

    def _losses(self) -> list[str]:
        told = []
        for code, sign in (("compare.loss_up", 1), ("compare.loss_down", -1)):
            members = [one for one in self._all.targets if one.is_loss_changed and one.loss.difference * sign > 0]
            if members:
                before = median(one.loss.before or 0.0 for one in members)
                after = median(one.loss.after or 0.0 for one in members)
                shares = {"before": self._texts.percent(before), "after": self._texts.percent(after)}
                told.append(self._texts.say(code, who=self._who(members), **shares))
        return told

    def _unchanged(self) -> str:
        phases = {change.phase for target in self._all.targets for change in target.phases if change.is_known}
        changed = {change.phase for target in self._all.targets for change in target.phases if change.is_changed}
        same = [self._texts.phase(phase) for phase in Phase if phase in phases - changed]
        if not any(target.is_loss_changed for target in self._all.targets):
            same.append(self._texts.say("compare.loss"))
        return self._texts.say("compare.unchanged", what=", ".join(same)) if same else ""

    def _faults(self) -> Iterator[str]:
        for code, name in (("compare.new_fault", "new_faults"), ("compare.gone_fault", "gone_faults")):
            seen: dict[str, list[TargetChange]] = defaultdict(list)
            for target in self._all.targets:
                for kind in getattr(target, name):
                    seen[kind].append(target)
            for kind, members in seen.items():
                title = self._texts.fault(kind).title
                yield self._texts.say(code, title=title, kind=visible(kind), who=self._names(members))

    def _who(self, members: Sequence[TargetChange]) -> str:
        """`3 of 5 targets, all behind the proxy`."""
        everyone = self._all.targets
        if len(everyone) == 1:
            return visible(members[0].label, 60)
        if len(members) == len(everyone):
            return self._texts.say("compare.all", count=len(everyone))
        told = self._texts.say("compare.some", count=len(members), all=len(everyone))
        if len(members) <= _NAMED:
            told = f"{told} ({self._names(members)})"
        shared = self._shared(members) if len(members) > 1 else ""
        return f"{told}, {shared}" if shared else told

    def _shared(self, members: Sequence[TargetChange]) -> str:
        """What all of these have in common and none of the others has."""
        others = [target for target in self._all.targets if target not in members]
        for code, find in _COMMON:
            values = {find(target) for target in members}
            value = next(iter(values))
            if len(values) == 1 and value and all(find(target) != value for target in others):
                return self._texts.say(f"compare.shared.{code}", value=visible(value, 80))
        return ""

    def _ways(self) -> Iterator[str]:
        targets = self._all.targets
        proxied = [one for one in targets if one.ways[0].proxies != one.ways[1].proxies]
        for members in _grouped(proxied, _proxies):
            before, after = (self._list(members[0].ways[side].proxies) for side in (0, 1))
            yield self._texts.say("compare.proxy", before=before, after=after, who=self._names(members))
        certified = [
            one for one in targets if one.ways[0].issuers and one.ways[1].issuers and not _shares(one, "issuers")
        ]
        for members in _grouped(certified, _issuers):
            before, after = (self._list(members[0].ways[side].issuers) for side in (0, 1))
            yield self._texts.say("compare.issuer", before=before, after=after, who=self._names(members))
        moved = [
            one for one in targets if one.ways[0].addresses and one.ways[1].addresses and not _shares(one, "addresses")
        ]
        for one in moved[:_NAMED]:
            before, after = (self._list(one.ways[side].addresses) for side in (0, 1))
            yield self._texts.say("compare.address", before=before, after=after, who=visible(one.label, 60))
        if len(moved) > _NAMED:
            yield self._texts.say("report.event.more", count=len(moved) - _NAMED)
        if targets and not moved and not proxied and not certified:
            yield self._texts.say("compare.same_way")

    def _only(self) -> Iterator[str]:
        for code, labels in (("compare.only_a", self._all.only_a), ("compare.only_b", self._all.only_b)):
            if labels:
                yield self._texts.say(code, count=len(labels), who=self._some([visible(one, 60) for one in labels]))

    def _names(self, members: Sequence[TargetChange]) -> str:
        return self._some([visible(member.label, 60) for member in members])

    def _some(self, names: Sequence[str]) -> str:
        named = ", ".join(names[:_NAMED])
        left = len(names) - _NAMED
        return f"{named}, {self._texts.say('report.event.more', count=left)}" if left > 0 else named

    def _list(self, values: frozenset[str]) -> str:
        return visible(", ".join(sorted(values)[:_NAMED]) or self._texts.say("compare.none"), 200)

    def table(self) -> Table:
        """A row per target and phase: medians, p95 and loss of both sides."""
        names = ("target", "phase", "a50", "b50", "change", "a95", "b95", "samples")
        rows: list[tuple[str, ...]] = []
        for target in self._all.targets[:_MOST]:
            rows += [self._row(target, change) for change in (*target.phases, target.total)]
            rows.append(self._loss_row(target))
        columns = tuple(self._texts.say(f"compare.column.{name}") for name in names)
        return Table(columns, tuple(rows), frozenset(range(2, len(names))))

    def _row(self, target: TargetChange, change: PhaseChange) -> tuple[str, ...]:
        texts = self._texts
        name = texts.phase(change.phase) if change.phase is not None else texts.say("report.column.total")
        told = texts.say("compare.no_change") if change.is_known else "–"
        if change.is_changed:
            sign = "+" if change.p50.difference > 0 else "\u2212"
            told = f"{sign}{texts.latency(abs(change.p50.difference))}"
        figures = (change.p50.before, change.p50.after, change.p95.before, change.p95.after)
        a50, b50, a95, b95 = ("–" if ms is None else texts.latency(ms) for ms in figures)
        samples = " / ".join(texts.number(count) for count in change.samples)
        return visible(target.label, 60), name, a50, b50, told, a95, b95, samples

    def _loss_row(self, target: TargetChange) -> tuple[str, ...]:
        texts = self._texts
        before, after = (
            "–" if share is None else texts.percent(share) for share in (target.loss.before, target.loss.after)
        )
        told = texts.say("compare.changed" if target.is_loss_changed else "compare.no_change")
        return visible(target.label, 60), texts.say("compare.loss"), before, after, told, "", "", ""

    def document(self, title_a: str, title_b: str, foot: str) -> Document:
        """The comparison as pages for people."""
        say = self._texts.say
        answers = [Answer(say("compare.ask.what"), tuple(self.sentences()))]
        if others := self.differences():
            answers.append(Answer(say("compare.ask.else"), tuple(others)))
        sections = []
        if self._all.targets:
            svg = bars_picture(self._all, self._texts, colour)
            sections = [
                Section(say("compare.bars"), say("compare.bars_note"), (Picture(svg),)),
                Section(say("compare.figures"), say("compare.figures_note"), table=self.table()),
            ]
        tone = Tone.SLOW if self._all.changed else Tone.UP
        sides = (("A", title_a), ("B", title_b))
        subtitle = " · ".join(self._texts.pair(side, visible(title, 80)) for side, title in sides)
        title = say("compare.title")
        return Document(
            self._texts.language, title, subtitle, self.headline(), tone, tuple(answers), tuple(sections), visible(foot)
        )


def side_title(name: str, span: Span, texts: Texts) -> str:
    """`office, 2026-11-26 14:05, 2 h`"""
    moments = Moments(span.wall_s)
    told = {"from": moments.clock(span.from_s, has_seconds=False), "time": texts.duration(span.length_s)}
    return texts.say("compare.side", name=visible(name, 60), day=moments.day(span.from_s), **told)


def halves_titles(spans: Sequence[Span], texts: Texts) -> list[str]:
    """`before 14:05:03` and `after 14:05:03`."""
    at = Moments(spans[1].wall_s).clock(spans[1].from_s)
    return [texts.say("compare.before", at=at), texts.say("compare.after", at=at)]


def _grouped(members: Sequence[TargetChange], key: Callable[[TargetChange], str]) -> list[list[TargetChange]]:
    groups: dict[str, list[TargetChange]] = defaultdict(list)
    for member in members:
        groups[key(member)].append(member)
    return list(groups.values())


def _shares(target: TargetChange, what: str) -> bool:
    before, after = (getattr(way, what) for way in target.ways)
    return bool(before & after)


def _proxies(change: TargetChange) -> str:
    return repr([sorted(way.proxies) for way in change.ways])


def _issuers(change: TargetChange) -> str:
    return repr([sorted(way.issuers) for way in change.ways])


def _proxy(change: TargetChange) -> str:
    return ", ".join(sorted(change.ways[1].proxies))


def _network(change: TargetChange) -> str:
    networks = {address.rpartition(".")[0] for address in change.ways[1].addresses if "." in address}
    return f"{networks.pop()}.0/24" if len(networks) == 1 else ""


def _of(find: Callable[[Target], str]) -> Callable[[TargetChange], str]:
    return lambda change: find(change.target)


_COMMON: tuple[tuple[str, Callable[[TargetChange], str]], ...] = (
    ("proxy", _proxy),
    ("group", _of(lambda target: target.group)),
    ("host", _of(lambda target: target.host)),
    ("network", _network),
    ("kind", _of(lambda target: target.scheme)),
    ("profile", _of(lambda target: target.profile)),
)
"""What targets can have in common, the most telling first."""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
