"""The rules of the house that neither the linter nor the type checker holds."""

import ast
import os
import re
import shutil
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "app" / "clearline"
WINDOW_ONLY = ("PySide6", "shiboken6", "qasync", "pyqtgraph", "numpy")
TOP_LEVEL = {"pyproject.toml", "app", "resources", "tests", "packaging", "README.md"}
MOST_LINES = 400
MOST_LINES_OF_MAIN_WINDOW = 250
VAGUE_NAMES = {"util", "utils", "helper", "helpers", "manager", "managers", "misc", "common", "base"}

SUPERVISOR = "resilience/supervisor.py"
CLOCK = "host/clock.py"
# What is banned, the one file that may, and what to write instead.
BANNED = {
    "asyncio.create_task": (SUPERVISOR, "start it through resilience.supervisor, which names, keeps and reports tasks"),
    "asyncio.ensure_future": (SUPERVISOR, "start it through resilience.supervisor"),
    "asyncio.wait_for": (None, "use asyncio.timeout_at: wait_for can swallow a cancellation on 3.11"),
    "time.sleep": (None, "await asyncio.sleep, or wait on an event with a time limit"),
    "time.time": (CLOCK, "use domain.ports.Clock: wall time jumps"),
    "qasync.asyncSlot": (None, "use a Supervisor: asyncSlot keeps no reference to its task"),
    "qasync.asyncClose": (None, "use the ordered stop of ui/application.py"),
}
BANNED_MODULES = {"pickle": "files that are opened are never trusted: use msgspec or SQLite"}
SLOTS_OF_QT = {"update", "repaint", "hide", "close", "accept", "reject"}


# --- what is read ---


def _sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _place(file: Path, node: ast.AST | None = None) -> str:
    line = f":{getattr(node, 'lineno', 0)}" if node else ""
    return f"{file.relative_to(PACKAGE).as_posix()}{line}"


def _nodes(folder: Path = PACKAGE) -> Iterator[tuple[Path, ast.AST]]:
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            yield file, node


def _dotted(node: ast.expr) -> str:
    """`a.b.c` of such an expression, else nothing."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def _imported_names(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for: `from time import sleep as nap` makes nap time.sleep."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname or alias.name.partition(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _task_groups(tree: ast.Module) -> set[str]:
    """Names bound by `async with asyncio.TaskGroup() as name`: such tasks cannot get lost."""
    return {
        _dotted(item.optional_vars)
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncWith)
        for item in node.items
        if item.optional_vars is not None
        and isinstance(item.context_expr, ast.Call)
        and _dotted(item.context_expr.func).rpartition(".")[2] == "TaskGroup"
    }


def banned_uses(source: str, place: str) -> list[str]:
    """Each use of something banned in a file's text, with its line and what to write instead."""
    tree = ast.parse(source)
    names, groups = _imported_names(tree), _task_groups(tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            reasons = {module: BANNED_MODULES.get(module.partition(".")[0]) for module in modules}
            found += [f"{place}:{node.lineno}: {module}: {why}" for module, why in reasons.items() if why]
        elif isinstance(node, ast.Name | ast.Attribute):
            head, dot, rest = _dotted(node).partition(".")
            meant = names[head] + dot + rest if head in names else ""
            if meant in BANNED and place != BANNED[meant][0]:
                found.append(f"{place}:{node.lineno}: {meant}: {BANNED[meant][1]}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner, method = _dotted(node.func.value), node.func.attr
            is_loop = method in {"create_task", "ensure_future"} and names.get(owner, owner) != "asyncio"
            if is_loop and owner not in groups and place != SUPERVISOR:
                found.append(f"{place}:{node.lineno}: .{method}(): {BANNED[f'asyncio.{method}'][1]}")
    return found


def _tracked() -> list[str]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("Not a git checkout: nothing tells which files belong to the project.")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, timeout=30)
    return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def _run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-c", textwrap.dedent(code), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT / "app")},
    )


# --- what is imported ---


def test_it_imports_everything_but_the_window_where_qt_is_absent() -> None:
    done = _run(
        """
        import importlib, importlib.abc, pkgutil, sys, traceback

        absent = set(sys.argv[1:])

        class Blocker(importlib.abc.MetaPathFinder):
            def find_spec(self, name, path, target=None):
                if name.partition(".")[0] in absent:
                    raise ModuleNotFoundError(f"{name} is only there for the window", name=name)

        sys.meta_path.insert(0, Blocker())
        import clearline

        failed = []

        def visit(path, prefix):
            for module in pkgutil.iter_modules(path, prefix):
                if module.name == "clearline.ui":
                    continue
                try:
                    loaded = importlib.import_module(module.name)
                except Exception:
                    failed.append(f"{module.name}: {traceback.format_exc(limit=-2)}")
                    continue
                if module.ispkg:
                    visit(loaded.__path__, module.name + ".")

        visit(clearline.__path__, "clearline.")
        print("\\n".join(failed))
        sys.exit(bool(failed))
        """,
        *WINDOW_ONLY,
    )
    assert done.returncode == 0, (
        "These modules cannot be imported without Qt and numpy. Only clearline.ui may need them; "
        f"elsewhere import them inside the function that opens the window.\n{done.stdout}{done.stderr}"
    )


def test_it_checks_from_the_terminal_without_loading_qt_or_numpy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = _run(
            """
            import os, runpy, sys

            os.environ["CLEARLINE_HOME"] = sys.argv[2]
            sys.argv = ["clearline", "check", sys.argv[1]]
            code = 0
            try:
                runpy.run_module("clearline", run_name="__main__")
            except SystemExit as ended:
                code = ended.code
            loaded = sorted({name.partition(".")[0] for name in sys.modules})
            print(f"\\nended={code or 0} loaded={','.join(loaded)}")
            """,
            f"tcp://127.0.0.1:{port}",
            str(tmp_path),
        )
    ended, _, loaded = done.stdout.strip().rpartition("\n")[2].partition(" loaded=")
    heavy = sorted(set(loaded.split(",")) & set(WINDOW_ONLY))
    assert ended == "ended=0", f"`clearline check` of a listening port failed:\n{done.stdout[-2000:]}{done.stderr}"
    assert not heavy, f"`clearline check` loaded {heavy}: move that import into the function that opens the window."


# --- what is written ---


@pytest.mark.parametrize(
    "source",
    [
        "import asyncio\nasyncio.create_task(work())",
        "from asyncio import ensure_future as go\ngo(work())",
        "import asyncio\nloop = asyncio.get_running_loop()\nloop.create_task(work())",
        "import asyncio\nasyncio.get_running_loop().create_task(work())",
        "from time import sleep\nsleep(1)",
        "import time as t\nnow = t.time()",
        "import time\nread = time.time",
        "import pickle",
        "from pickle import loads",
        "from qasync import asyncSlot\n@asyncSlot()\ndef clicked(): pass",
    ],
)
def test_it_recognises_what_is_banned(source: str) -> None:
    assert len(banned_uses(source, "some/file.py")) >= 1


@pytest.mark.parametrize(
    "source",
    [
        "import asyncio\nasync def f():\n    async with asyncio.TaskGroup() as tasks:\n        tasks.create_task(g())",
        "import time\ntime.monotonic()",
        "import asyncio\nasync def f():\n    await asyncio.sleep(0)",
        "def show(time):\n    return time.time",
    ],
)
def test_it_lets_pass_what_is_not_banned(source: str) -> None:
    assert banned_uses(source, "some/file.py") == []


def test_it_uses_nothing_that_is_banned() -> None:
    found = [use for file in _sources() for use in banned_uses(file.read_text(encoding="utf-8"), _place(file))]
    assert not found, "Banned:\n" + "\n".join(found)


def test_it_never_runs_a_loop_inside_the_loop_of_the_window() -> None:
    found = [
        _place(file, node)
        for file, node in _nodes(PACKAGE / "ui")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"exec", "exec_"}
    ]
    assert not found, (
        "exec() starts a second event loop inside the first, and coroutines step on each other. "
        f"Use open() or popup() and a signal: {found}"
    )


def test_it_connects_signals_to_methods_only() -> None:
    found = []
    for file, node in _nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "connect":
            inner = [part for argument in node.args for part in ast.walk(argument)]
            if any(
                isinstance(part, ast.Lambda)
                or (isinstance(part, ast.Call) and _dotted(part.func).rpartition(".")[2] == "partial")
                for part in inner
            ):
                found.append(_place(file, node))
    assert not found, (
        "A lambda or partial in connect() keeps its object alive and is called after its widget is gone. "
        f"Connect a bound method: {found}"
    )


def test_it_connects_signals_to_methods_of_its_own() -> None:
    found = [
        _place(file, node)
        for file, node in _nodes(PACKAGE / "ui")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "connect"
        for argument in node.args
        if isinstance(argument, ast.Attribute) and argument.attr in SLOTS_OF_QT
    ]
    assert not found, (
        "PySide leaks with every connection to a method of Qt's own. "
        f"Connect one of ours that calls it, as ui/painted.py does: {found}"
    )


def test_it_keeps_files_short() -> None:
    lengths = {_place(file): len(file.read_text(encoding="utf-8").splitlines()) for file in _sources()}
    long = {place: lines for place, lines in lengths.items() if lines > MOST_LINES}
    assert not long, f"Split these by what each part is; {MOST_LINES} lines at most: {long}"


def test_it_keeps_the_main_window_from_owning_things() -> None:
    file = PACKAGE / "ui" / "main_window.py"
    lines = len(file.read_text(encoding="utf-8").splitlines()) if file.exists() else 0
    assert lines <= MOST_LINES_OF_MAIN_WINDOW, (
        f"main_window.py places things and owns none: {lines} lines, {MOST_LINES_OF_MAIN_WINDOW} at most. "
        "Move what it does into a widget or a view-model."
    )


def test_it_names_files_by_what_they_hold() -> None:
    names = [path for path in PACKAGE.rglob("*") if path.suffix == ".py" or path.is_dir()]
    vague = [_place(path) for path in names if set(path.stem.lower().split("_")) & VAGUE_NAMES]
    assert not vague, f"These names say nothing; name what is inside: {vague}"


def test_it_says_in_each_file_what_it_is_for() -> None:
    silent = [_place(file) for file in _sources() if not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))]
    assert not silent, f"Begin these files with one sentence on what they are for: {silent}"


# --- what is handed over ---


def test_it_keeps_the_top_level_to_six_things() -> None:
    found = {name.partition("/")[0] for name in _tracked()}
    visible = {name for name in found if not name.startswith(".")}
    assert visible == TOP_LEVEL, (
        f"Too many: {sorted(visible - TOP_LEVEL)}, missing: {sorted(TOP_LEVEL - visible)}. "
        "Put new things into one of the six."
    )


# Built from pieces, so that this file does not hold what it looks for.
_HOMES = ("home", "root", "work", "Users")
_MACHINE_PATH = re.compile(
    r"(?<![\w.:/~*\-])/(?:" + "|".join(_HOMES) + r")/\w" + "|" + r"\b[A-Za-z]:\\+" + _HOMES[3] + r"\\"
)
_REGISTRY = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in (
            ("py" + "pi", "org"),
            ("python" + "hosted", "org"),
            ("npm" + "js", "org"),
            ("npm" + "js", "com"),
            ("ana" + "conda", "org"),
            ("crates", "io"),
            ("proxy", "golang", "org"),
        )
    )
)


@pytest.mark.parametrize("text", ["see /" + "home/ann/x", "'/" + "root/x'", "C:" + "\\Users\\ann", "(/" + "Users/ann)"])
def test_it_recognises_a_path_of_one_machine(text: str) -> None:
    assert _MACHINE_PATH.search(text)


@pytest.mark.parametrize("text", ["https://example.com/" + "home/", "~/" + "work/x", "a/" + "work/b", "./" + "home/x"])
def test_it_lets_other_paths_pass(text: str) -> None:
    assert not _MACHINE_PATH.search(text)


def test_it_hands_over_nothing_of_the_machine_it_was_written_on() -> None:
    found = []
    for name in _tracked():
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        for number, line in enumerate(text.splitlines(), 1):
            if match := _MACHINE_PATH.search(line) or _REGISTRY.search(line):
                found.append(f"{name}:{number}: {match[0]}")
    assert not found, "Paths of one machine and names of registries work nowhere else. Remove:\n" + "\n".join(found)
