"""Situation × verdict × layer × owner × confidence, printed: `dev.py bench situations`; `--wrong` prints only those."""

import asyncio
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.linked_situations import judge_lines
from support.middle_situations import judge_middle
from support.namespaces import why_no_tun, why_not
from support.placed_situations import judge_places
from support.situations import LAB, Judged, judge_lab

_WELL, _SILENT = "https: well", "https: black_hole"


def main() -> int:
    began_s = time.perf_counter()
    judged = asyncio.run(judge_lab(LAB)) + asyncio.run(judge_middle())
    if reason := why_not():
        print(f"No namespaces here: {reason}")
    else:
        judged += judge_places()
        judged += [] if why_no_tun() else judge_lines()
    for one in judged:
        if not one.is_right or "--wrong" not in sys.argv:
            print(line(one))
    broken = [one for one in judged if one.situation.is_broken]
    calm = [one for one in judged if not one.situation.is_broken]
    # By themselves, as a person has them: above many at once share two processors and one loop.
    alone = {name: asyncio.run(judge_lab([one for one in LAB if one.name == name]))[0] for name in (_WELL, _SILENT)}
    well, silent = alone[_WELL], alone[_SILENT]
    print(f"\n{len(broken)} broken situations, {sum(one.is_right for one in broken)} right")
    print(f"{len(calm)} healthy ones, {sum(one.is_right for one in calm)} without an alarm")
    print(f"certain and wrong: {sum(one.is_certain_and_wrong for one in judged)}")
    print(f"first sentence on a silent target after {silent.first_s:.2f} s (limit 1.5 s)")
    print(f"quick pass on a healthy target {well.took_s:.2f} s (limit 6 s), on a silent one {silent.took_s:.2f} s")
    print(f"all of them in {time.perf_counter() - began_s:.0f} s")
    return 0 if all(one.is_right for one in judged) else 1


def line(one: Judged) -> str:
    """A row of the table."""
    told = one.verdict
    place = told.fails_first.value if told.fails_first else "-"
    mark = "ok   " if one.is_right else "WRONG"
    cells = f"{one.situation.name:<42} {told.code:<24} {place:<12} {told.whose.value:<8} {told.confidence.value}"
    return f"{mark} {cells}" + ("" if one.is_right else f"   wanted {one.situation.verdict or 'no alarm'}")


if __name__ == "__main__":
    sys.exit(main())
