"""A span's figures in the text format that Prometheus reads.

Source: Prometheus text exposition format 0.0.4; base units and suffixes by its naming guide.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clearline.report.facts import Facts, TargetFacts
from clearline.report.visible import visible

Label = tuple[str, str]
Sample = tuple[str, tuple[Label, ...], float]


@dataclass(frozen=True)
class _Family:
    name: str
    kind: str
    told: str


def prometheus_text(facts: Facts) -> str:
    """One family after the other, each with its help and its type."""
    lines: list[str] = []
    for family, samples in _families(facts, facts.by_trouble):
        lines += [f"# HELP {family.name} {family.told}", f"# TYPE {family.name} {family.kind}"]
        lines += [f"{name}{_labels(labels)} {_number(value)}" for name, labels, value in samples]
    return "\n".join([*lines, ""])


def _families(facts: Facts, shown: list[TargetFacts]) -> Iterator[tuple[_Family, Iterable[Sample]]]:
    end_s = facts.span.to_s
    name = "clearline_checks_total"
    yield (
        _Family(name, "counter", "Checks by how they ended."),
        [
            (name, (*_who(each), ("result", result)), count)
            for each in shown
            for result, count in each.metrics.checks.items()
        ],
    )
    name = "clearline_attempts_total"
    yield (
        _Family(name, "counter", "Attempts that were made."),
        [(name, _who(each), each.metrics.requests) for each in shown],
    )
    name = "clearline_errors_total"
    yield (
        _Family(name, "counter", "Failed attempts by kind of fault."),
        [(name, (*_who(each), ("kind", kind)), count) for each in shown for kind, count in each.metrics.errors.items()],
    )
    name = "clearline_loss_ratio"
    yield (
        _Family(name, "gauge", "Share of checks that failed or were refused."),
        [(name, _who(each), each.metrics.loss) for each in shown if each.metrics.loss is not None],
    )
    name = "clearline_outages_total"
    yield (
        _Family(name, "counter", "Outages: two checks or more in a row without success."),
        [(name, _who(each), len(each.outages)) for each in shown],
    )
    name = "clearline_outage_seconds_total"
    yield _Family(name, "counter", "Length of all outages."), [(name, _who(each), each.down_s(end_s)) for each in shown]
    name = "clearline_latency_seconds"
    yield _Family(name, "summary", "Latency of successful attempts."), _latencies(name, shown)
    name = "clearline_tester_away_seconds_total"
    yield (
        _Family(name, "counter", "Time in which the tester was asleep, busy or not running."),
        [(name, (), facts.away_s)],
    )


def _latencies(name: str, shown: list[TargetFacts]) -> Iterator[Sample]:
    for each in shown:
        for quantile, ms in zip(("0.5", "0.95", "0.99"), each.metrics.percentiles().values(), strict=True):
            if ms is not None:
                yield name, (*_who(each), ("quantile", quantile)), ms / 1000
        yield f"{name}_sum", _who(each), sum(column.total for column in each.columns) / 1000
        yield f"{name}_count", _who(each), sum(column.count for column in each.columns)


def _who(facts: TargetFacts) -> tuple[Label, ...]:
    target = facts.target
    return ("id", target.id), ("target", target.label), ("address", target.shown)


def _labels(labels: tuple[Label, ...]) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}" if labels else ""


def _escaped(text: str) -> str:
    return visible(text).replace("\\", "\\\\").replace('"', '\\"')


def _number(value: float) -> str:
    return repr(float(value)) if math.isfinite(value) else "NaN"
