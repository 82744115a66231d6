"""Picks the engine, the runner of proxy scripts, a terminal command, or the window."""

import sys


def main() -> int:
    """The entry point of `clearline`; returns the exit code."""
    if sys.argv[1:] == ["--pac"]:
        from clearline.net import pac_worker

        return pac_worker.main()
    from clearline import bootstrap

    if sys.argv[1:] == ["--engine"]:
        return bootstrap.run_engine()
    return bootstrap.run_command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
