"""The rows of what the practice lab did."""

import msgspec

from clearline.domain.event import LabFaultChanged
from clearline.store.cells import Coder, Decoder, Row, seconds

_options = msgspec.msgpack.Decoder(dict[str, float])


def lab_fault_row(event: LabFaultChanged, coder: Coder) -> Row:
    """A fault that the lab began or ended as a row."""
    held = msgspec.msgpack.encode(event.options)
    return event.at_s, coder.word(event.target), coder.word(event.fault), held, coder.word(event.by)


def lab_fault(row: Row, decoder: Decoder) -> LabFaultChanged:
    """And back."""
    at_s, target, fault, held, origin = row
    return LabFaultChanged(
        at_s=seconds(at_s),
        target=decoder.word(target),
        fault=decoder.word(fault),
        options=_options.decode(held),
        by=decoder.word(origin),
    )
