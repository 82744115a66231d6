"""Plants defects in the policy modules, one at a time, and lists those that the unit tests of the module let live.

Run as a script: python tests/bench/bench_mutation.py [MODULE …] [--most N] [--seed N]. Exits with 1 where one survives.

Each defect is one small change of the syntax tree (another comparison, operator, number, branch, a statement left
out) in a copy of the package in a temporary folder; the checkout is never touched. Hypothesis runs with few examples
and no database, so that a defect's death does not depend on what was found before. Defects that change nothing that
can be seen are listed in EQUIVALENT with the reason.
"""

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "app" / "clearline"
TESTS = ROOT / "tests"
LIMIT_S = 120

MODULES: dict[str, tuple[str, ...]] = {
    "resilience/backoff.py": ("unit/resilience/test_backoff.py", "unit/resilience/test_preview.py"),
    "resilience/breaker.py": (
        "unit/resilience/test_breaker.py",
        "unit/resilience/test_breaker_window.py",
        "unit/resilience/test_breaker_machine.py",
    ),
    "resilience/breaker_window.py": ("unit/resilience/test_breaker_window.py",),
    "resilience/retry.py": ("unit/resilience/test_retry.py",),
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
    ("self._serial += 1", "2"): "serials only have to differ",
    (
        "if abs(limit.seconds - before_s) >= _TOLD_SHARE * before_s:",
        "abs(limit.seconds - before_s) > _TOLD_SHARE * before_s",
    ): "no limit differs from another by exactly a twentieth, in floating point",
}
"""Line of code and what part of it became, to why nobody can tell: such a defect is none."""

# A defect that only the thousandth example finds is one that the next change may hide.
_FEW_EXAMPLES = """
from hypothesis import settings

def pytest_collection_modifyitems(items):
    for item in items:
        test = getattr(item.obj, "__func__", item.obj)
        if hasattr(test, "_hypothesis_internal_use_settings"):
            test._hypothesis_internal_use_settings = settings(max_examples=60, database=None, deadline=None)
        owner = getattr(item.obj, "__self__", None)
        if hasattr(type(owner), "settings"):
            type(owner).settings = settings(type(owner).settings, max_examples=60, database=None)
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


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.copy_location(self._new, node) if node is self._old else self.generic_visit(node)


def planted(source: str) -> Iterator[tuple[int, str, str, str]]:
    """Line, code before and after, and the whole text with that one defect, for every defect inside a function."""
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
            yield node.lineno, ast.unparse(node), ast.unparse(changed), ast.unparse(with_defect)


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
        self._environment = {
            **os.environ,
            "PYTHONPATH": f"{self.app}{os.pathsep}{folder}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def passes(self, tests: tuple[str, ...]) -> bool:
        """Do these tests pass with the package as it is now? A run that hangs does not."""
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "few_examples"]
        command += ["--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), *(str(TESTS / name) for name in tests)]
        try:
            ended = subprocess.run(
                command, cwd=ROOT, env=self._environment, capture_output=True, timeout=LIMIT_S, check=False
            )
        except subprocess.TimeoutExpired:
            return False
        return ended.returncode == 0

    def uses_copy(self) -> bool:
        """Is it the copy that is imported, and not the checkout?"""
        command = [sys.executable, "-c", "import clearline; print(clearline.__file__)"]
        answer = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=True)
        return answer.stdout.startswith(str(self._folder))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("modules", nargs="*", help="such as budget or domain/metrics; all without")
    parser.add_argument("--most", type=int, default=0, help="so many defects a module, drawn by chance; 0 plants all")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    wanted = [name for name in MODULES if not given.modules or any(part in name for part in given.modules)]
    planted_count = 0
    survivors: list[str] = []
    with tempfile.TemporaryDirectory(prefix="clearline-mutation-") as folder:
        bench = Bench(Path(folder))
        if not bench.uses_copy():
            sys.exit("the copy is not what gets imported: nothing was tested")
        for name in wanted:
            place, source = bench.app / "clearline" / name, (PACKAGE / name).read_text(encoding="utf-8")
            if not bench.passes(MODULES[name]):
                sys.exit(f"{name}: its tests fail without any defect")
            lines = [line.strip() for line in source.splitlines()]
            found = [one for one in planted(source) if (lines[one[0] - 1], one[2]) not in EQUIVALENT]
            if given.most and len(found) > given.most:
                found = sorted(random.Random(given.seed).sample(found, given.most))
            started = time.perf_counter()
            lived = []
            for line, before, after, text in found:
                place.write_text(text, encoding="utf-8")
                if bench.passes(MODULES[name]):
                    lived.append(f"{name}:{line}  {before}  →  {after}")
                    print(f"    lives: {lived[-1]}", flush=True)
            place.write_text(source, encoding="utf-8")
            planted_count += len(found)
            survivors += lived
            took = time.perf_counter() - started
            print(f"{name:32} {len(found):4} planted, {len(lived):3} alive   ({took:.0f} s)", flush=True)
    print(f"{planted_count} defects planted, {planted_count - len(survivors)} died, {len(survivors)} alive")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
