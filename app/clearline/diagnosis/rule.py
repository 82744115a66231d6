"""One rule: which facts mean what, how sure that is, and which test would make it surer."""

import msgspec

from clearline.domain.fault import Whose
from clearline.domain.verdict import Confidence, Step, Trial


class Rule(msgspec.Struct, frozen=True):
    """`when` is the positive evidence, all of it. `excludes` are exclusions of what else it could be.

    Without any exclusion met, the verdict is one degree less sure and `offers` names the tests that could bring one.
    """

    code: str
    """Of the verdict; texts `verdict.<code>.title`, `.meaning` and `.action`."""
    step: Step
    """What fails first."""
    whose: Whose
    when: tuple[str, ...]
    excludes: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    """Any of these contradicts it."""
    confidence: Confidence = Confidence.CERTAIN
    offers: tuple[Trial, ...] = ()
    is_fault: bool = True
    """For targets that do not work; else for those that do, but not well."""
