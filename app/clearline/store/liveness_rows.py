"""The rows of what happens to long connections and late replies."""

from clearline.domain.event import LivenessChanged, ReplyCameLate
from clearline.domain.liveness import Liveness
from clearline.store.cells import Coder, Decoder, Row, packed_ms, seconds, unpacked_ms, whole


def liveness_row(event: LivenessChanged, coder: Coder) -> Row:
    """A change of a long connection as a row."""
    states = coder.word(event.before.value), coder.word(event.after.value)
    return event.at_s, coder.word(event.target), *states, coder.word(event.reason), event.silent_s, whole(event.misses)


def liveness(row: Row, decoder: Decoder) -> LivenessChanged:
    """And back."""
    at_s, target, before, after, reason, silent_s, misses = row
    return LivenessChanged(
        at_s=seconds(at_s),
        target=decoder.word(target),
        before=Liveness(decoder.word(before)),
        after=Liveness(decoder.word(after)),
        reason=decoder.word(reason),
        silent_s=seconds(silent_s),
        misses=misses,
    )


def late_row(event: ReplyCameLate, coder: Coder) -> Row:
    """A late reply as a row."""
    place = coder.word(event.target), whole(event.check), whole(event.attempt)
    return event.at_s, *place, packed_ms(event.after_ms) or 0


def late(row: Row, decoder: Decoder) -> ReplyCameLate:
    """And back."""
    at_s, target, slot, number, after = row
    return ReplyCameLate(
        at_s=seconds(at_s), target=decoder.word(target), check=slot, attempt=number, after_ms=unpacked_ms(after) or 0.0
    )
