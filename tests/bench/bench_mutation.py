"""Plants defects in the policy modules, one at a time, and lists those that the unit tests of the module let live.

Run as a script: python tests/bench/bench_mutation.py [MODULE …] [--most N] [--seed N] [--jobs N] [--list].
Exits with 1 where one survives.

Each defect is one small change of the syntax tree (another comparison, operator, number, branch, a statement left
out) in a copy of the package in a temporary folder; the checkout is never touched. Only the tests of that module run,
up to the first that fails, and no longer than a few times as long as they take without a defect. Hypothesis runs with
few examples and no database, so that a defect's death does not depend on what was found before. Defects that change
nothing that can be seen are listed in EQUIVALENT with the reason.
"""

import argparse
import ast
import contextlib
import copy
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "app" / "clearline"
TESTS = ROOT / "tests"
LIMIT_S = 10.0
"""A run with a defect may take so much longer than three times one without: it hangs then, and that is noticed."""
PRELOADED = ["pytest", "hypothesis", "hypothesis.stateful", "hypothesis.strategies", "msgspec"]
"""What every run needs and no defect changes: loaded once, where a process can be forked."""

MODULES: dict[str, tuple[str, ...]] = {
    "resilience/backoff.py": ("unit/resilience/test_backoff.py", "unit/resilience/test_preview.py"),
    "resilience/breaker.py": (
        "unit/resilience/test_breaker.py",
        "unit/resilience/test_breaker_window.py",
        "unit/resilience/test_breaker_machine.py",
    ),
    "resilience/breaker_window.py": ("unit/resilience/test_breaker_window.py",),
    "resilience/retry.py": ("unit/resilience/test_retry.py",),
    "resilience/time_net.py": ("unit/resilience/test_time_net.py",),
    "resilience/timeouts.py": ("unit/resilience/test_timeouts.py", "unit/resilience/test_pipeline.py"),
    "resilience/adaptive_timeout.py": ("unit/resilience/test_adaptive_timeout.py",),
    "resilience/budget.py": ("unit/resilience/test_budget.py",),
    "resilience/cascade.py": ("unit/resilience/test_cascade.py",),
    "resilience/fallback.py": ("unit/resilience/test_fallback.py",),
    "resilience/errors.py": ("unit/resilience/test_errors.py",),
    "resilience/origin.py": ("unit/resilience/test_budget.py",),
    "resilience/pipeline.py": ("unit/resilience/test_pipeline.py", "unit/resilience/test_pipeline_policies.py"),
    "resilience/whatif.py": ("unit/resilience/test_whatif.py",),
    "resilience/herd.py": ("unit/resilience/test_herd.py",),
    "domain/metrics.py": ("unit/domain/test_metrics.py",),
}

EQUIVALENT: dict[tuple[str, str], str] = {
    ("self._serial = 0", "1"): "serials only have to differ",
    ("self._serial += 1", "2"): "serials only have to differ",
    ("self._epoch += 1", "2"): "epochs only have to differ",
    ("self._successes = 0", "1"): "set to 0 once more by the change of state after which it is first read",
    ('return retry.GiveUp("budget")', "return None"): "a check ends by either",
    ("if round(surviving - (1 - share), 12) <= 0:", "13"): "256 factors err by less than either digit shows",
    ("self.result = Result.OK", "pass"): "each attempt and each refusal sets it before it is read",
    (
        "self.breaker.settle(permit, Verdict.VOID, now, now - started_s)  # void changes no breaker: nothing to tell",
        "now + started_s",
    ): "a call that counts for nothing has no length either",
    (
        "if is_endless or seconds > allowed_s + _ROUNDING_S:",
        "seconds >= allowed_s + _ROUNDING_S",
    ): "no recorded time is longer than a limit by exactly a millionth",
    (
        "if abs(limit.seconds - before_s) >= _TOLD_SHARE * before_s:",
        "abs(limit.seconds - before_s) > _TOLD_SHARE * before_s",
    ): "no limit differs from another by exactly a twentieth, in floating point",
}
"""Line of code and what part of it became, to why nobody can tell: such a defect is none."""

# A defect that only the thousandth example finds is one that the next change may hide.
_FEW_EXAMPLES = """
from hypothesis import Phase, settings

# The first counter-example kills; the smallest one would take seconds to find.
FEW = {"max_examples": 60, "database": None, "phases": (Phase.explicit, Phase.generate)}

def pytest_collection_modifyitems(items):
    for item in items:
        test = getattr(item.obj, "__func__", item.obj)
        if hasattr(test, "_hypothesis_internal_use_settings"):
            test._hypothesis_internal_use_settings = settings(deadline=None, **FEW)
        owner = getattr(item.obj, "__self__", None)
        if hasattr(type(owner), "settings"):
            type(owner).settings = settings(type(owner).settings, **FEW)
"""

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}
_CALLS = {"min": "max", "max": "min"}


def defects(node: ast.AST) -> Iterator[ast.AST]:
    """Each way in which this one node can be wrong."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            changed = copy.deepcopy(node)
            changed.ops[place] = _COMPARISONS[type(operator)]()
            yield changed
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS and not _is_type(node):
        yield ast.BinOp(node.left, _OPERATORS[type(node.op)](), node.right)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        yield ast.Call(ast.Name(_CALLS[node.func.id], ast.Load()), node.args, node.keywords)
    elif isinstance(node, ast.Return) and node.value is not None and not _is_nothing(node.value):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Delete) and not _is_text(node):
        yield ast.Pass()


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_nothing(value: ast.expr) -> bool:
    """None in its place is found by the type checker, not by a test."""
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Tuple | ast.List) and not value.elts)


def _is_type(node: ast.BinOp) -> bool:
    return isinstance(node.op, ast.BitOr)


class Defect(NamedTuple):
    """One change: where, what became of what, and the whole text of the module with it."""

    line: int
    before: str
    after: str
    text: str

    @property
    def sort(self) -> str:
        """What kind of defect it is, for the list of what was planted."""
        node = ast.parse(self.before).body[0]
        inner = node.value if isinstance(node, ast.Expr) else node
        return _SORTS.get(type(inner), "a statement left out")


_SORTS: dict[type[ast.AST], str] = {
    ast.Compare: "another comparison",
    ast.BinOp: "another operator",
    ast.BoolOp: "and for or",
    ast.UnaryOp: "not left out",
    ast.IfExp: "the other branch",
    ast.Constant: "another constant",
    ast.Return: "nothing returned",
}


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.copy_location(self._new, node) if node is self._old else self.generic_visit(node)


def planted(source: str) -> Iterator[Defect]:
    """Every defect inside a function."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    bodies = [node for function in functions for statement in function.body for node in ast.walk(statement)]
    seen: set[int] = set()
    for node in bodies:
        if id(node) in seen or isinstance(node, ast.arguments):
            continue
        seen.add(id(node))
        for changed in defects(node):
            with_defect = ast.fix_missing_locations(_Replace(node, changed).visit(copy_with(tree, node)))
            yield Defect(node.lineno, ast.unparse(node), ast.unparse(changed), ast.unparse(with_defect))


def copy_with(tree: ast.Module, kept: ast.AST) -> ast.Module:
    """A copy of the tree in which one node is still the very same, so that it can be found."""
    return copy.deepcopy(tree, {id(kept): kept})


class Bench:
    """A copy of the package, and the tests that are run against it."""

    def __init__(self, folder: Path) -> None:
        self.app = folder / "app"
        shutil.copytree(PACKAGE, self.app / "clearline", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "resources", folder / "resources")
        (folder / "few_examples.py").write_text(_FEW_EXAMPLES, encoding="utf-8")
        self._folder = folder
        self._serial = 0
        # A process that imported what was copied before the copy changed would not do.
        self._processes = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")

    def write(self, name: str, text: str) -> None:
        """Have the copy's module say this."""
        place = self.app / "clearline" / name
        place.write_text(text, encoding="utf-8")
        # Compiled code is known by second and size: two defects within one second would be taken for the same.
        self._serial += 1
        os.utime(place, (self._serial, self._serial))

    def passes(self, tests: tuple[str, ...], limit_s: float) -> bool:
        """Do these tests pass with the package as it is now? A run that takes longer than `limit_s` does not."""
        run = self._processes.Process(target=_run_tests, args=(str(self._folder), tests), daemon=True)
        run.start()
        run.join(limit_s)
        if run.is_alive():
            run.kill()
            run.join()
        return run.exitcode == 0

    def seconds(self, tests: tuple[str, ...]) -> float:
        """How long these tests take without a defect. Exits where they fail, or test something else than the copy."""
        started = time.perf_counter()
        if not self.passes(tests, 600):
            sys.exit(f"{', '.join(tests)}: they fail without any defect")
        return time.perf_counter() - started


def _run_tests(folder: str, tests: tuple[str, ...]) -> None:
    """In a process of its own: exits with 0 where all passed."""
    app = Path(folder) / "app"
    sys.path[:0] = [str(app), folder]
    sys.pycache_prefix = str(Path(folder) / "compiled")
    import pytest

    import clearline

    if not Path(clearline.__file__).is_relative_to(app):
        os._exit(70)
    command = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:faulthandler", "-p", "few_examples"]
    command += ["-p", "pytest_timeout", "--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml")]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        status = pytest.main([*command, *(str(TESTS / name) for name in tests)])
    # Whatever a defect left running must not hold the process.
    os._exit(int(status))


def survivors(name: str, found: list[Defect], benches: "SimpleQueue[Bench]", jobs: ThreadPoolExecutor) -> list[Defect]:
    """The defects of a module that its tests let live."""
    bench = benches.get()
    usual_s = bench.seconds(MODULES[name])
    benches.put(bench)

    def lives(defect: Defect) -> bool:
        bench = benches.get()
        try:
            bench.write(name, defect.text)
            return bench.passes(MODULES[name], 3 * usual_s + LIMIT_S)
        finally:
            bench.write(name, (PACKAGE / name).read_text(encoding="utf-8"))
            benches.put(bench)

    return [defect for defect, is_alive in zip(found, jobs.map(lives, found), strict=True) if is_alive]


def wanted_defects(name: str, most: int, seed: int) -> list[Defect]:
    """What is planted in a module: all that can be told from no defect, or so many of them."""
    source = (PACKAGE / name).read_text(encoding="utf-8")
    lines = [line.strip() for line in source.splitlines()]
    found = [one for one in planted(source) if (lines[one.line - 1], one.after) not in EQUIVALENT]
    return sorted(random.Random(seed).sample(found, most)) if 0 < most < len(found) else found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("modules", nargs="*", help="such as budget or domain/metrics; all without")
    parser.add_argument("--most", type=int, default=0, help="so many defects a module, drawn by chance; 0 plants all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="so many runs at once")
    parser.add_argument("--list", action="store_true", help="name every defect, and run nothing")
    given = parser.parse_args()
    chosen = [name for name in MODULES if not given.modules or any(part in name for part in given.modules)]
    if given.list:
        for name in chosen:
            for defect in wanted_defects(name, given.most, given.seed):
                print(f"{name}:{defect.line}  {defect.before}  →  {defect.after}")
        return 0
    if sys.platform != "win32":
        multiprocessing.set_forkserver_preload(PRELOADED)
    sorts: Counter[str] = Counter()
    alive = 0
    started = time.perf_counter()
    with (
        tempfile.TemporaryDirectory(prefix="clearline-mutation-") as folder,
        ThreadPoolExecutor(given.jobs) as jobs,
    ):
        benches: SimpleQueue[Bench] = SimpleQueue()
        for number in range(given.jobs):
            (Path(folder) / str(number)).mkdir()
            benches.put(Bench(Path(folder) / str(number)))
        for name in chosen:
            began = time.perf_counter()
            found = wanted_defects(name, given.most, given.seed)
            lived = survivors(name, found, benches, jobs)
            for defect in lived:
                print(f"    lives: {name}:{defect.line}  {defect.before}  →  {defect.after}", flush=True)
            sorts.update(defect.sort for defect in found)
            alive += len(lived)
            took = time.perf_counter() - began
            print(f"{name:32} {len(found):4} planted, {len(lived):3} alive   ({took:.0f} s)", flush=True)
    for sort, count in sorts.most_common():
        print(f"{count:6}  {sort}")
    count = sorts.total()
    print(f"{count} defects planted, {count - alive} died, {alive} alive ({time.perf_counter() - started:.0f} s)")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
