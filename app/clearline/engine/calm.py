"""Keeps the interpreter's own pauses out of the measuring."""

import gc
import sys

COLLECTOR_ROUNDS = 5000, 20, 500
SWITCH_S = 0.0005


def calm_interpreter() -> None:
    """Call once, when everything is loaded and before anything is measured."""
    gc.collect()
    # What is loaded by now is never looked at again, so the rare full round (tens of ms over all modules) only sees
    # what the session made.
    gc.freeze()
    gc.set_threshold(*COLLECTOR_ROUNDS)
    # A thread that computes gives the interpreter's lock back after this; the recorder's must not hold up the loop.
    sys.setswitchinterval(SWITCH_S)
