"""Figures of targets in the text format that Prometheus reads.

Source: Prometheus text exposition format 0.0.4; base units and suffixes by its naming guide.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from clearline.domain.metrics import Metrics
from clearline.domain.target import Target
from clearline.report.facts import Facts
from clearline.report.visible import visible

Label = tuple[str, str]
Sample = tuple[str, tuple[Label, ...], float]


Figures = Sequence[tuple[Target, Metrics]]


@dataclass(frozen=True)
class Family:
    """Samples of one name, with what they mean."""

    name: str
    kind: str
    told: str
    samples: Iterable[Sample]


def prometheus_text(facts: Facts) -> str:
    """A span of a session: the figures of its targets, its outages, and when the tester was away."""
    shown = facts.by_trouble
    outages = Family(
        "clearline_outages_total",
        "counter",
        "Outages: two checks or more in a row without success.",
        [("clearline_outages_total", who(each.target), len(each.outages)) for each in shown],
    )
    length = Family(
        "clearline_outage_seconds_total",
        "counter",
        "Length of all outages.",
        [("clearline_outage_seconds_total", who(each.target), each.down_s(facts.span.to_s)) for each in shown],
    )
    away = Family(
        "clearline_tester_away_seconds_total",
        "counter",
        "Time in which the tester was asleep, busy or not running.",
        [("clearline_tester_away_seconds_total", (), facts.away_s)],
    )
    return exposition([*families([(each.target, each.metrics) for each in shown]), outages, length, away])


def exposition(told: Iterable[Family]) -> str:
    """One family after the other, each with its help and its type."""
    lines: list[str] = []
    for family in told:
        lines += [f"# HELP {family.name} {family.told}", f"# TYPE {family.name} {family.kind}"]
        lines += [f"{name}{_labels(labels)} {_number(value)}" for name, labels, value in family.samples]
    return "\n".join([*lines, ""])


def families(figures: Figures) -> Iterator[Family]:
    """What targets came to."""
    name = "clearline_checks_total"
    yield Family(
        name,
        "counter",
        "Checks by how they ended.",
        [
            (name, (*who(target), ("result", result)), count)
            for target, metrics in figures
            for result, count in metrics.checks.items()
        ],
    )
    name = "clearline_attempts_total"
    yield Family(
        name,
        "counter",
        "Attempts that were made.",
        [(name, who(target), metrics.requests) for target, metrics in figures],
    )
    name = "clearline_errors_total"
    yield Family(
        name,
        "counter",
        "Failed attempts by kind of fault.",
        [
            (name, (*who(target), ("kind", kind)), count)
            for target, metrics in figures
            for kind, count in metrics.errors.items()
        ],
    )
    name = "clearline_loss_ratio"
    yield Family(
        name,
        "gauge",
        "Share of checks that failed or were refused.",
        [(name, who(target), metrics.loss) for target, metrics in figures if metrics.loss is not None],
    )
    name = "clearline_latency_seconds"
    yield Family(name, "summary", "Latency of successful attempts.", _latencies(name, figures))


def _latencies(name: str, figures: Figures) -> Iterator[Sample]:
    for target, metrics in figures:
        for quantile, ms in zip(("0.5", "0.95", "0.99"), metrics.percentiles().values(), strict=True):
            if ms is not None:
                yield name, (*who(target), ("quantile", quantile)), ms / 1000
        yield f"{name}_sum", who(target), metrics.answered_ms / 1000
        yield f"{name}_count", who(target), metrics.answered


def who(target: Target) -> tuple[Label, ...]:
    """The labels that say which target a sample is of."""
    return ("id", target.id), ("target", target.label), ("address", target.shown)


def _labels(labels: tuple[Label, ...]) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}" if labels else ""


def _escaped(text: str) -> str:
    return visible(text).replace("\\", "\\\\").replace('"', '\\"')


def _number(value: float) -> str:
    return repr(float(value)) if math.isfinite(value) else "NaN"
