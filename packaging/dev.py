#!/usr/bin/env python3
"""Everything a developer does, from a fresh machine on: set up, run, test, lint, take a picture, measure.

    python3 packaging/dev.py run      open the window on the practice lab
    python3 packaging/dev.py test     lint, types, contracts and all tests

Standard library only. The syntax stays old on purpose: too old a Python must get a sentence, not a traceback.
"""

import ctypes
import glob
import hashlib
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python.exe" if os.name == "nt" else "python")
LOCK = os.path.join(ROOT, "packaging", "locks", "all.txt")
BUILD_LOCK = os.path.join(ROOT, "packaging", "locks", "build.txt")
STAMP = os.path.join(VENV, "complete")
OLDEST = (3, 11)

# The systems that a build is made on, as uv calls them: each needs a wheel of everything in build.txt.
BUILT_ON = ("x86_64-manylinux_2_35", "x86_64-pc-windows-msvc", "aarch64-apple-darwin", "x86_64-apple-darwin")

# What Qt loads from a Debian or Ubuntu system besides its own wheel: library, package.
QT_LIBRARIES = (
    ("libEGL.so.1", "libegl1"),
    ("libGL.so.1", "libgl1"),
    ("libfontconfig.so.1", "libfontconfig1"),
    ("libglib-2.0.so.0", "libglib2.0-0"),
    ("libdbus-1.so.3", "libdbus-1-3"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    ("libxcb-cursor.so.0", "libxcb-cursor0"),
    ("libxcb-icccm.so.4", "libxcb-icccm4"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    ("libxcb-image.so.0", "libxcb-image0"),
    ("libxcb-render-util.so.0", "libxcb-render-util0"),
    ("libxcb-shape.so.0", "libxcb-shape0"),
    ("libxcb-randr.so.0", "libxcb-randr0"),
    ("libxcb-sync.so.1", "libxcb-sync1"),
    ("libxcb-xfixes.so.0", "libxcb-xfixes0"),
    ("libxcb-xkb.so.1", "libxcb-xkb1"),
    ("libX11-xcb.so.1", "libx11-xcb1"),
)


class Stop(Exception):
    """Ends with a sentence for the person at the keyboard."""


def main(arguments):
    command = arguments[0] if arguments else "help"
    known = (setup, run, test, lint, shot, bench, translate, lock, build, prove)
    commands = {function.__name__: function for function in known}
    if command not in commands:
        print(__doc__.strip())
        print("\nCommands: " + ", ".join(commands))
        return 0 if command in ("help", "-h", "--help") else 2
    try:
        if command not in ("setup", "build", "prove"):
            setup([])
        return commands[command](arguments[1:])
    except Stop as stop:
        print("dev.py: " + str(stop), file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130


def setup(_arguments):
    """Make .venv from the lock file once; a matching stamp means it is complete."""
    if sys.version_info < OLDEST:
        raise Stop(_python_too_old())
    wanted = _fingerprint()
    if _read(STAMP) == wanted:
        return 0
    _system_libraries()
    if not os.path.exists(STAMP) or not os.path.exists(PYTHON):
        print("Making .venv (once)…", flush=True)
        _make_venv()
    else:
        os.remove(STAMP)  # from here until the end it is half-made, and the next try must know
    print("Installing what the lock file names…", flush=True)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _install([*pip, "--require-hashes", "--requirement", LOCK])
    _install([*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT])
    with open(STAMP, "w", encoding="utf-8") as stamp:
        stamp.write(wanted)
    print("Ready.", flush=True)
    return 0


def run(arguments):
    """The window on the practice lab; without a display the same lab in the terminal, then a picture of the window."""
    if _has_display():
        return _call(["clearline", *(arguments or ["--lab", "tour"])])
    print(
        "No display here (neither DISPLAY nor WAYLAND_DISPLAY is set): the lab runs in this terminal for 30 s.\n"
        "After that you get a session file and a picture of the window.",
        flush=True,
    )
    folder = _output([PYTHON, "-c", "from clearline.host.paths import sessions_dir; print(sessions_dir())"]).strip()
    name = os.path.join(folder, time.strftime("lab-%Y-%m-%d-%H%M%S"))
    session, picture = name + ".clearline", name + ".png"
    status = _call(["clearline", "watch", "--lab", "tour", "--for", "30s", "--record", session])
    if status not in (0, 1):  # 1: some checks failed, which is what the lab is for
        return status
    status = _call(
        ["clearline", "--open", session, "--screenshot", picture, "--after", "3s", "--select", "label-printer"]
    )
    if status == 0:
        print("Session:  " + session + "\nPicture:  " + picture)
    return status


def test(arguments):
    """Lint, types, contracts, then every test; anything given goes to pytest."""
    if arguments:
        return _step("tests", [PYTHON, "-m", "pytest", *arguments])
    status = lint([])
    if status:
        return status
    # Unit tests share nothing and mostly own their clock; parts and windows bear one neighbour; the others mind who
    # else is busy and have the machine alone.
    unit = ["-n", "logical", "--maxprocesses", "4", "tests/unit"]
    pairs = ["-n", "logical", "--maxprocesses", "2", "tests/component", "tests/ui"]
    alone = ["--ignore=tests/unit", "--ignore=tests/component", "--ignore=tests/ui"]
    steps = (("unit tests", unit), ("tests of parts and windows", pairs), ("other tests", alone))
    failed = [name for name, given in steps if _step(name, [PYTHON, "-m", "pytest", *given])]
    return 1 if failed else 0


def lint(_arguments):
    """Style, types and the arrows between packages."""
    ruff = os.path.join(BIN, "ruff")
    steps = (
        ("format", [ruff, "format", "--check", "--quiet", "app", "tests", "packaging"]),
        ("style", [ruff, "check", "--quiet", "app", "tests", "packaging"]),
        ("types", [PYTHON, "-m", "mypy"]),
        ("contracts", [os.path.join(BIN, "lint-imports"), "--no-cache"]),
    )
    failed = [name for name, command in steps if _step(name, command)]
    return 1 if failed else 0


def shot(arguments):
    """A picture of the real window on the practice lab, also without a display."""
    given = arguments or ["clearline.png"]
    return _call(["clearline", "--screenshot", given[0], *(given[1:] or ["--lab", "tour", "--after", "20s"])])


def bench(arguments):
    """Run one benchmark of tests/bench by its name, or list them."""
    folder = os.path.join(ROOT, "tests", "bench")
    names = sorted(os.path.basename(path)[len("bench_") : -3] for path in glob.glob(os.path.join(folder, "bench_*.py")))
    if not arguments or arguments[0] not in names:
        print("Benchmarks: " + ", ".join(names))
        return 0 if not arguments else 2
    return subprocess.call([PYTHON, os.path.join(folder, "bench_" + arguments[0] + ".py"), *arguments[1:]], cwd=ROOT)


def translate(_arguments):
    """Gather the window's strings, then compile what is translated; what is not is named by the tests."""
    folder = os.path.join(ROOT, "resources", "translations")
    os.makedirs(folder, exist_ok=True)
    gather = ["pyside6-lupdate", "-silent", "-no-obsolete", "-locations", "none", "-extensions", "py"]
    gather += ["-source-language", "en", os.path.join(ROOT, "app", "clearline", "ui")]
    # English needs a file only for its plural forms.
    for language, options in (("fr", ()), ("en", ("-pluralonly",))):
        name = os.path.join(folder, "clearline_" + language)
        status = _call([*gather, *options, "-target-language", language, "-ts", name + ".ts"])
        # A window that starts meanwhile finds the whole old catalogue or the whole new one.
        status = status or _call(["pyside6-lrelease", "-silent", name + ".ts", "-qm", name + ".new"])
        if status:
            return status
        os.replace(name + ".new", name + ".qm")
    return 0


def build(arguments):
    """The standalone executable and its packages, in an environment of its own; `build --help` lists the parts."""
    return _with_this_python("build.py", arguments)


def prove(arguments):
    """What was built, as a user would meet it: in a minimal system, from odd places, after a crash; slow."""
    return _with_this_python("prove.py", arguments)


def lock(_arguments):
    """Renew the lock files: every version and hash for all systems and Pythons, no addresses."""
    status = _lock(LOCK, ("window", "http3", "dev"), ["--upgrade"])
    # What is frozen is what was tested: the same versions, without the developer's tools.
    status = status or _lock(BUILD_LOCK, ("window", "http3", "build"), ["--upgrade", "--constraint", LOCK])
    for system in BUILT_ON if status == 0 else ():
        print("Wheels for " + system + "…", flush=True)
        wheels = ["--only-binary", ":all:", "--python-platform", system, "--python-version", "3.12"]
        command = [os.path.join(BIN, "uv"), "pip", "compile", "--quiet", *wheels, BUILD_LOCK]
        status = status or subprocess.call(command, stdout=subprocess.DEVNULL)
    return status


def _lock(path, extras, options):
    command = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
    command += ["--no-emit-index-url", "--no-emit-find-links", *options, "pyproject.toml", "-o", path]
    for extra in extras:
        command += ["--extra", extra]
    return _call(command, UV_CUSTOM_COMPILE_COMMAND="python3 packaging/dev.py lock")


def _with_this_python(script, arguments):
    """What makes an environment of its own has no .venv to begin with."""
    if sys.version_info < OLDEST:
        raise Stop(_python_too_old())
    return subprocess.call([sys.executable, os.path.join(ROOT, "packaging", script), *arguments])


def _fingerprint():
    """Changes when what is installed must change: the lock, the project's own metadata, the Python."""
    digest = hashlib.sha256(sys.version.encode())
    for path in (LOCK, os.path.join(ROOT, "pyproject.toml")):
        with open(path, "rb") as file:
            digest.update(file.read())
    digest.update(ROOT.encode())
    return digest.hexdigest()


def _python_too_old():
    found = [name for name in ("python3.13", "python3.12", "python3.11") if shutil.which(name)]
    wanted = ".".join(map(str, OLDEST))
    here = ".".join(map(str, sys.version_info[:3]))
    advice = (
        "Run it with one you have: {} packaging/dev.py {}".format(found[0], " ".join(sys.argv[1:]))
        if found
        else "Install Python {} or newer, then try again.".format(wanted)
    )
    return "Clearline needs Python {} or newer and this is {}. {}".format(wanted, here, advice)


def _make_venv():
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True, capture_output=True)
    except subprocess.CalledProcessError as error:
        _apt(["python{}.{}-venv".format(*sys.version_info[:2])], "making a virtual environment")
        if subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]) != 0:
            raise Stop("Python could not make .venv: " + error.stderr.decode(errors="replace").strip()) from None


def _install(command):
    done = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    if done.returncode == 0:
        return
    lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("WARNING: Location")]
    print("\n".join(lines[-15:]), file=sys.stderr)
    if any(
        mark in done.stderr
        for mark in ("NewConnectionError", "ConnectTimeout", "Temporary failure", "Max retries", "versions: none")
    ):
        raise Stop(
            "The package index cannot be reached. Check the network or the proxy settings of pip, then run this again."
        )
    raise Stop("Installing failed; pip's last lines are above. Running this again starts over with a clean .venv.")


def _system_libraries():
    if not sys.platform.startswith("linux"):
        return
    missing = [package for library, package in QT_LIBRARIES if not _loads(library)]
    if not any(glob.glob("/usr/share/fonts/**/*.[to]tf", recursive=True)):
        missing.append("fonts-dejavu-core")
    if missing:
        _apt(missing, "the window")


def _loads(library):
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _apt(packages, purpose):
    """Install system packages where we may; otherwise say exactly what to type."""
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if shutil.which("apt-get") is None:
        raise Stop(
            "For {} this system lacks what Debian calls {}. Install them, then run this again.".format(
                purpose, " ".join(packages)
            )
        )
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    prefix = [] if is_root else ["sudo", "--non-interactive"]
    may_install = is_root or (
        shutil.which("sudo") and subprocess.call([*prefix, "true"], stderr=subprocess.DEVNULL) == 0
    )
    if may_install:
        print("Installing system packages for {}: {}".format(purpose, " ".join(packages)), flush=True)
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        for attempt in ([*prefix, *command], [*prefix, "apt-get", "update"], [*prefix, *command]):
            done = subprocess.run(attempt, env=environment, capture_output=True, text=True, check=False)
            if attempt[-1] != "update" and done.returncode == 0:
                return
        print(done.stderr.strip(), file=sys.stderr)
    raise Stop(
        "For {} some system packages are missing. Type:\n  sudo {}\nthen run this again.".format(
            purpose, " ".join(command)
        )
    )


def _has_display():
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _step(name, command):
    began = time.monotonic()
    status = subprocess.call(command, cwd=ROOT)
    print("{} {} ({:.0f} s)".format("ok    " if status == 0 else "FAILED", name, time.monotonic() - began), flush=True)
    return status


def _call(command, **environment):
    return subprocess.call([os.path.join(BIN, command[0]), *command[1:]], env=dict(os.environ, **environment))


def _output(command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
