"""The plan a command runs, from the targets or the file it was given."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from clearline.domain.plan import Plan, new_target, validate_plan
from clearline.domain.problem import InputError, Problem
from clearline.domain.profile import BUILT_IN, QUICK
from clearline.domain.proxy import check_proxy
from clearline.domain.target import Target


def given_plan(
    addresses: Sequence[str],
    file: Path | None,
    *,
    profile: str | None = None,
    ca_file: Path | None = None,
    proxy: str | None = None,
    is_insecure: bool = False,
    interval_s: float | None = None,
    default_profile: str = QUICK.name,
) -> Plan:
    """The plan of a file, of typed addresses, or both. The options beat what the file says.

    Raises InputError with every problem found, and OSError where a file cannot be read.
    """
    if ca_file is not None:
        ca_file.open("rb").close()  # An unreadable file is the caller's mistake, not a finding about the target.
    plan = load_plan(file) if file else Plan(profiles=BUILT_IN)
    typed: list[Target] = []
    problems: list[Problem] = []
    for address in addresses:
        try:
            taken = [target.id for target in (*plan.targets, *typed)]
            target = new_target(address, taken)
            typed.append(msgspec.structs.replace(target, profile=default_profile))
        except InputError as error:
            problems.extend(error.problems)
    targets = [*plan.targets, *typed]
    if not targets and not problems:
        problems.append(Problem("cli.no_target"))
    if profile is not None and plan.profile(profile) is None:
        known = ", ".join(known.name for known in plan.profiles)
        problems.append(Problem("cli.no_profile", {"profile": profile, "known": known}))
    if proxy is not None:
        try:
            check_proxy(proxy)
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(*problems)
    changes: dict[str, object] = {}
    if profile is not None:
        changes["profile"] = profile
    if ca_file is not None:
        changes["ca_file"] = str(ca_file)
    if proxy is not None:
        changes["proxy"] = proxy
    if is_insecure:
        changes["verify"] = False
    if interval_s is not None:
        changes["interval_s"] = interval_s
    plan = plan.with_targets(msgspec.structs.replace(target, **changes) for target in targets)
    if wrong := validate_plan(plan):
        raise InputError(*wrong)
    return plan


def load_plan(file: Path) -> Plan:
    """The plan in a file. Raises InputError and OSError."""
    from clearline.host import plan_file  # Brings a TOML library that a check of typed addresses does without.

    return plan_file.load(file)
