"""Long connections in words: what became of one, and what this computer's kernel watches on it."""

from collections.abc import Iterator

from clearline.domain.event import LivenessChanged
from clearline.domain.outcome import Outcome
from clearline.host.texts import Texts


def liveness_words(event: LivenessChanged, texts: Texts) -> str:
    """`suspect: no answer for 7 s, 1 missed`."""
    reason = texts.say(f"liveness_change.{event.reason}", silent=texts.duration(event.silent_s), misses=event.misses)
    return texts.pair(texts.say(f"liveness.{event.after.value}"), reason)


def keep_alive_lines(outcome: Outcome, texts: Texts) -> Iterator[str]:
    """`Keep-alive of this system: silence before keep-alive 10 s; …`; nothing for what is no long connection."""
    told = outcome.detail.get("keep_alive")
    if not told:
        return
    whole = told["keep_alive"]
    parts = (
        []
        if whole.get("value")
        else [texts.say("keepalive.off" if "value" in whole else f"keepalive.{whole['state']}")]
    )
    for name, option in told.items():
        if name == "keep_alive":
            continue
        value = option.get("value")
        if option["state"] != "set":
            written = texts.say(f"keepalive.{option['state']}")
        else:
            written = texts.duration(value) if name.endswith("_s") else texts.number(value)
        parts.append(f"{texts.field(f'keepalive.{name}')} {written}")
    yield f"    {texts.say('cli.keep_alive', options='; '.join(parts))}"
