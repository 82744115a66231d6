"""Keeps the collector's pauses, 150 ms and more over all that is loaded, out of what is measured and drawn."""

import gc
import sys

COLLECTOR_ROUNDS = 2000, 2, 12_500
"""Many short rounds: one over a hundred thousand objects that all live takes 100 ms, one over ten thousand 25."""
SWITCH_S = 0.0005


def hold_collector() -> None:
    """Call first: while a program loads, next to nothing is garbage, and each look at all of it is in vain."""
    gc.disable()


def calm_collector() -> None:
    """Call when everything is loaded, to go on collecting: what is loaded by now is never looked at again, so the rare
    full round only sees what the session made."""
    gc.freeze()
    gc.set_threshold(*COLLECTOR_ROUNDS)
    gc.enable()


def calm_interpreter() -> None:
    """Call once, when everything is loaded and before anything is measured. Not where a window is drawn: its thread
    would be interrupted at every turn."""
    calm_collector()
    # A thread that computes gives the interpreter's lock back after this; the recorder's must not hold up the loop.
    sys.setswitchinterval(SWITCH_S)
