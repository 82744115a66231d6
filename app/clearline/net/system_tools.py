"""What the system's own tools print."""

import subprocess

_COMMAND_S = 2.0


def output_of(*command: str) -> str:
    """What a system tool prints; nothing where it is missing, fails or hangs for 2 s. Blocks."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=_COMMAND_S, check=False)  # noqa: S603 - fixed tools
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode(errors="replace")
