"""What a span means for people: what happens, since when, where it breaks, what was ruled out, whose it is."""

from collections.abc import Iterator, Sequence
from typing import Any

from clearline.domain.event import AttemptEnded
from clearline.domain.fault import Fault, Layer, Whose
from clearline.domain.outages import WORTH_SAYING_S, Outage
from clearline.domain.phase import Phase
from clearline.host.texts import Texts
from clearline.host.verdict_texts import VerdictText, VerdictWords
from clearline.report.diagnoses import Diagnosed
from clearline.report.diagnosis_page import ticket_lines
from clearline.report.document import Answer, Tone
from clearline.report.facts import Facts, FaultSeen, TargetFacts
from clearline.report.visible import Moments, visible

FEWEST, AT_ONCE_S = 3, 5.0
"""So many targets that go down within so many seconds have a cause in common. Five seconds: a check and its limit."""
_NAMED = 4
_MOST_EVIDENCE = 300
_WHO = ("x-request-id", "via", "server")
"""Headers by which the owner of a server finds an answer in the logs."""


class Story:
    """Tells the facts in a language."""

    def __init__(self, facts: Facts, texts: Texts, moments: Moments) -> None:
        self._facts, self._texts, self._moments = facts, texts, moments
        self.order = facts.by_trouble
        self.failing = [target for target in self.order if target.is_failing]
        self.subject = self.failing[0] if self.failing else None
        """The target that the report is about."""
        self.diagnosed = self._find_diagnosed()
        """The diagnosis that the answers tell of: the subject's; where nothing fails, the one that found something."""

    @property
    def is_everything(self) -> bool:
        """Did all targets, three or more, go down at once? Then it is what all of them share, and none by itself."""
        first = [min(outage.from_s for outage in target.outages) for target in self.order if target.outages]
        return FEWEST <= len(first) == len(self.order) and max(first) - min(first) <= AT_ONCE_S

    @property
    def tone(self) -> Tone:
        """Of the headline."""
        if self.subject is None:
            is_known = self.order or self.diagnosed is not None
            return Tone.UP if is_known and self.verdict is None else Tone.SLOW
        is_fault = self.verdict is not None and self.diagnosed is not None and self.diagnosed.is_fault
        return Tone.DOWN if self.subject.outages or is_fault else Tone.SLOW

    def headline(self) -> str:
        """The report in one line."""
        say, failing = self._texts.say, self.failing
        if not failing and (told := self._diagnosed_title()):
            return told
        if not self.order:
            return say("report.head_nothing")
        if not failing:
            return say("report.head_fine")
        if self.is_everything:
            return say("report.head_all", count=len(failing))
        worst = failing[0].worst_fault
        if len(failing) == 1:
            title = self._texts.fault(worst.kind if worst else "unknown").title
            return say("report.head_one", target=self._name(failing[0]), title=title)
        layers = {target.worst_fault.layer for target in failing if target.worst_fault}
        values: dict[str, Any] = {"count": len(failing), "all": len(self.order)}
        if len(layers) == 1:
            return say("report.head_layer", layer=self._texts.layer(layers.pop()), **values)
        return say("report.head_some", **values)

    def answers(self) -> tuple[Answer, ...]:
        """To the questions that everybody asks."""
        subject = self.subject
        if subject is None:
            return (self._answer("what", self._calm()), *self._ruled_out(), *self._pass_on())
        worst = subject.worst_fault
        words = self._texts.fault(worst.kind) if worst else None
        answers = [self._answer("what", self._what(subject, worst)), self._answer("since", self._since(subject))]
        if worst is not None and words is not None:
            answers.append(self._answer("where", self._where(subject, worst)))
        answers += self._ruled_out()
        if self.is_everything:
            owner, whose, action = self._shared()
        elif passed := self._pass_on():
            return (*answers, *passed)
        elif words is not None:
            owner, whose, action = words.owner, words.whose, words.action
        else:
            return tuple(answers)
        told = self._texts.say("report.say.owner", owner=_sentence(owner), whose=whose)
        return (*answers, self._answer("owner", [told]), self._answer("action", [action]))

    def _diagnosed_title(self) -> str:
        """What a diagnosis found, in one line; empty where checks say as much."""
        made = self.diagnosed
        if made is None or made.verdict is None or (self.verdict is None and self.order):
            return ""
        title = VerdictWords(self._texts).verdict(made.verdict).title.rstrip(".")
        return self._texts.say("report.head_one", target=visible(made.target.label, 80), title=visible(title))

    def _calm(self) -> list[str]:
        """Where nothing fails: what a diagnosis found all the same, and how much was tested."""
        texts, checks = self._texts, sum(target.checks for target in self.order)
        told = []
        if self.diagnosed is not None and (found := self.diagnosed.verdict) is not None:
            words = VerdictWords(texts).verdict(found)
            told = [visible(words.title), visible(words.meaning)]
            if found.is_finding:
                told.append(texts.say("report.say.sure", confidence=words.confidence))
        if not told or self._facts.is_watched:
            code = "report.say.fine" if self.order else "report.say.nothing"
            told.append(texts.say(code, checks=texts.number(checks), count=texts.number(len(self.order))))
        return told

    def _pass_on(self) -> list[Answer]:
        """Whom to give it to and what to do, where a diagnosis says so."""
        verdict = self.verdict
        if verdict is None or not verdict.owner:
            return []
        owner = self._answer("owner", [_sentence(verdict.owner) + "."])
        return [owner, self._answer("action", [visible(verdict.action)])] if verdict.action else [owner]

    def _shared(self) -> tuple[str, str, str]:
        """Whom to give it to, where it is and what to do, where everything broke at once."""
        return self._texts.owner(Whose.LAN), self._texts.whose(Whose.LAN), self._texts.say("report.say.shared")

    def _find_diagnosed(self) -> Diagnosed | None:
        made = self._facts.diagnoses
        if self.subject is not None:
            return made.of(self.subject.target.id)
        told = [each for each in made.all if each.verdict is not None and each.verdict.is_finding]
        return told[0] if told else made.all[0] if len(made.all) == 1 and len(self.order) < 2 else None

    @property
    def verdict(self) -> VerdictText | None:
        """What that diagnosis found, in words; None where there was none, or it found nothing."""
        found = self.diagnosed.verdict if self.diagnosed is not None else None
        return VerdictWords(self._texts).verdict(found) if found is not None and found.is_finding else None

    def ruled_out(self) -> list[str]:
        """What it is not, each with why that is known."""
        told = self.verdict.ruled_out if self.verdict is not None else ()
        return [*map(visible, told), *self._ruled_out_here(), *self._ruled_out_there()]

    def _ruled_out(self) -> list[Answer]:
        told = self.ruled_out()
        return [self._answer("ruled_out", told)] if told else []

    def _ruled_out_here(self) -> Iterator[str]:
        facts, say = self._facts, self._texts.say
        if facts.away_s:
            yield say("report.out.tester_away", time=self._texts.duration(facts.away_s))
        elif facts.is_watched:
            yield say("report.out.tester")
        if facts.is_watched and not facts.network_changes:
            yield say("report.out.network")

    def _ruled_out_there(self) -> Iterator[str]:
        subject, say = self.subject, self._texts.say
        if subject is None:
            return
        fine = [target for target in self.order if not target.is_failing]
        if fine:
            yield say("report.out.others", targets=self._names(fine))
        worst = subject.worst_fault
        if worst is not None and worst.count > 1:
            for phase in Phase:
                if worst.reached.get(phase) == worst.count:
                    name = _sentence(self._texts.phase(phase))
                    yield say("report.out.phase", phase=name, count=self._texts.number(worst.count))
        if subject.last_ok is not None:
            yield say("report.out.before", at=self._moments.local(subject.last_ok.started_s))

    def _what(self, subject: TargetFacts, worst: FaultSeen | None) -> list[str]:
        texts, metrics = self._texts, subject.metrics
        failed = sum(metrics.errors.values())
        told = [texts.fault(worst.kind).meaning] if worst else []
        if (verdict := self.verdict) is not None:
            told = [visible(verdict.title), visible(verdict.meaning)]
            told.append(texts.say("report.say.sure", confidence=verdict.confidence))
        if self.is_everything:
            told = [texts.say("report.say.everything")]
        if subject.checks > 1:
            count = {"failed": texts.number(failed), "all": texts.number(metrics.requests)}
            told.append(texts.say("report.say.attempts", target=self._name(subject), **count))
            told += [self._loss(subject), self._down(subject)]
        if len(self.failing) > 1:
            told.append(texts.say("report.say.others_too", targets=self._names(self.failing[1:])))
        return told

    def _loss(self, subject: TargetFacts) -> str:
        texts, (low, high) = self._texts, subject.loss_interval
        shares = {"loss": subject.loss or 0.0, "low": low, "high": high}
        percents = {name: texts.percent(share) for name, share in shares.items()}
        return texts.say("report.say.loss", checks=texts.number(subject.checks), **percents)

    def _down(self, subject: TargetFacts) -> str:
        texts, end_s = self._texts, self._facts.span.to_s
        lengths = [outage.length_s(end_s) for outage in subject.outages]
        if not lengths:
            return texts.say("report.say.no_outage")
        if len(lengths) == 1:
            return texts.say("report.say.outages_one", time=texts.duration(lengths[0]))
        return texts.say(
            "report.say.outages",
            count=len(lengths),
            time=texts.duration(sum(lengths)),
            longest=texts.duration(max(lengths)),
        )

    def _since(self, subject: TargetFacts) -> list[str]:
        say, moments, end_s = self._texts.say, self._moments, self._facts.span.to_s
        if not subject.outages:
            seen = subject.faults.values()
            if not seen:
                return []
            first, last = min(each.first_s for each in seen), max(each.last_s for each in seen)
            if first == last:
                return [say("report.say.seen_once", **_both(moments, first, last))]
            return [say("report.say.first_seen", **_both(moments, first, last))]
        longest = self.main_outage(subject)
        time = self._texts.duration(longest.length_s(end_s))
        told = "since_lasts" if longest.to_s is None else "since_until"
        to_s = end_s if longest.to_s is None else longest.to_s
        lines = [say(f"report.say.{told}", time=time, **_both(moments, longest.from_s, to_s))]
        if longest.unsure_s >= WORTH_SAYING_S:
            lines.append(say("report.say.unsure", time=self._texts.duration(round(longest.unsure_s))))
        return lines

    def main_outage(self, subject: TargetFacts) -> Outage:
        """The longest outage of a target that has one."""
        end_s = self._facts.span.to_s
        return max(subject.outages, key=lambda outage: outage.length_s(end_s))

    def _where(self, subject: TargetFacts, worst: FaultSeen) -> list[str]:
        say = self._texts.say
        told = [say("report.say.where", layer=self._texts.layer(worst.layer), kind=worst.kind)]
        others = [f"{seen.kind} ({seen.count})" for seen in subject.faults.values() if seen is not worst]
        if others:
            told.append(say("report.say.also", kinds=", ".join(others[:_NAMED])))
        return told

    def _answer(self, question: str, sentences: Sequence[str]) -> Answer:
        return Answer(self._texts.say(f"report.ask.{question}"), tuple(sentences))

    def _name(self, target: TargetFacts) -> str:
        return visible(target.target.label, 80)

    def _names(self, targets: Sequence[TargetFacts]) -> str:
        named = ", ".join(self._name(target) for target in targets[:_NAMED])
        left = len(targets) - _NAMED
        return f"{named}, {self._texts.say('report.event.more', count=left)}" if left > 0 else named

    def paste(self) -> str:
        """The lines that a ticket needs; empty where nothing failed and nothing was diagnosed."""
        say, span = self._texts.say, self._facts.span
        session = say("report.paste.session", id=visible(span.session_id), version=visible(span.app_version, 20))
        lines = ticket_lines(self.diagnosed, self._texts, span.wall_s) if self.diagnosed is not None else []
        subject = self.subject
        if subject is not None and (worst := subject.worst_fault) is not None:
            if not lines:
                lines = self._failures(subject, worst, is_diagnosed=False)
            elif self._facts.is_watched:
                lines += ["", *self._failures(subject, worst, is_diagnosed=True)]
            elif told := evidence_line(worst.sample):
                lines.append(say("report.paste.evidence", evidence=told))
        return "\n".join([*lines, session]) if lines else ""

    def _failures(self, subject: TargetFacts, worst: FaultSeen, *, is_diagnosed: bool) -> list[str]:
        """What failed, how often and since when; what a diagnosis ruled out is not said again."""
        say, span, moments = self._texts.say, self._facts.span, self._moments
        outage = self.main_outage(subject) if subject.outages else None
        first = outage.from_s if outage else worst.first_s
        last = outage.to_s if outage else worst.last_s
        values = {"from": moments.utc(first), "to": moments.utc(span.to_s if last is None else last)}
        target = subject.target
        address = visible(", ".join(list(subject.addresses)[:_NAMED]) or "–")
        lines = [
            say("report.paste.target", target=f"{self._name(subject)} {visible(target.shown)}"),
            say("report.paste.where", address=address),
            say("report.paste.when" if last is not None else "report.paste.lasting", **values),
            say(
                "report.paste.fault",
                kind=visible(worst.kind),
                layer=self._texts.layer(worst.layer),
                failed=self._texts.number(sum(subject.metrics.errors.values())),
                all=self._texts.number(subject.metrics.requests),
            ),
        ]
        if told := evidence_line(worst.sample):
            lines.append(say("report.paste.evidence", evidence=told))
        ruled_out = [*self._ruled_out_here(), *self._ruled_out_there()] if is_diagnosed else self.ruled_out()
        lines += [say("report.paste.ruled_out", said=said) for said in ruled_out]
        owner = self._shared()[0] if self.is_everything else self._texts.fault(worst.kind).owner
        if (verdict := self.verdict) is not None and verdict.owner:
            owner = verdict.owner
        return [*lines, say("report.paste.owner", owner=owner)]


def evidence_line(event: AttemptEnded) -> str:
    """What the attempt saw, in one line: errors, ICMP's offender, certificate, request id."""
    fault, detail = event.outcome.fault, event.outcome.detail
    parts = list(_flat(fault)) if fault is not None else []
    headers = detail.get("http", {}).get("headers", {}) if isinstance(detail.get("http"), dict) else {}
    if isinstance(headers, dict):
        parts += [f"{name}: {headers[name]}" for name in _WHO if name in headers]
    return visible("; ".join(parts), _MOST_EVIDENCE)


def _flat(fault: Fault) -> Iterator[str]:
    for area, told in fault.evidence.items():
        if isinstance(told, dict):
            values = [
                f"{name} {value}" for name, value in told.items() if value and isinstance(value, str | int | float)
            ]
            if values:
                yield f"{area}: {', '.join(values)}"
        elif isinstance(told, str) and told:
            yield f"{area}: {told}"


def _both(moments: Moments, first: float, last: float) -> dict[str, str]:
    told = {"from": moments.local(first), "to": moments.local(last)}
    return told | {"from_utc": moments.utc(first)[11:], "to_utc": moments.utc(last)[11:]}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def letters(texts: Texts) -> str:
    """Which letter stands for which layer."""
    return ", ".join(f"{layer.letter} {texts.layer(layer)}" for layer in Layer)
