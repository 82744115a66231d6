"""What a command's exit code means."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every command."""

    OK = 0
    FAILED = 1
    """Some check failed: a finding, not an error."""
    USAGE = 2
    """Wrong usage; a sentence says what to write."""
    UNABLE = 3
    """Could not do it: file unreadable, no permission, no display."""
    INTERRUPTED = 130
    """Ctrl-C or SIGTERM; everything was flushed."""
