"""Takes everything that names a person, a host or a place out of a session, before anything is made of it.

Events go in and events come out, so every report and the redacted copy of a session file are redacted alike. Nothing is
searched for: of texts only those stay that are known to be harmless, all others become aliases.
"""

import re
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

import msgspec

from clearline.domain.event import Event, NetworkChange
from clearline.domain.fault import KINDS, Fault
from clearline.domain.outcome import Outcome
from clearline.domain.plan import Plan
from clearline.domain.profile import BUILT_IN, Profile
from clearline.domain.proxy import NONE, SYSTEM
from clearline.domain.target import MASK, Target
from clearline.domain.verdict import Step, Trial
from clearline.report.aliases import Aliases, own_key, ticket_key

Told = TypeVar("Told", bound=Event)
MARK = "redacted"
_FIGURES = (float, int, bool, type(None))
_DEPTH = 12
_MOST_TOLD, _MOST_MAPPED = 50_000, 1_000

_TOKEN = r"[A-Za-z][A-Za-z0-9_+-]{0,39}"  # noqa: S105 - a pattern
_ADAPTER_NAME = r"(?:(?:eth|en|wlan|wl|lo|ppp|tun|tap|utun|wwan|wg)\d{0,3}|en[op]\d+(?:s\d+)?|wlp\d+s\d+)"
_STAY = {
    name: re.compile(pattern, re.ASCII)
    for name, pattern in {
        **dict.fromkeys(("alert", "by", "cipher", "content-encoding", "eai", "findings", "method"), _TOKEN),
        **dict.fromkeys(("missing", "phase", "protocol", "rcode", "reason", "signature", "state", "store"), _TOKEN),
        **dict.fromkeys(("system", "transport", "type", "verified_by", "service"), _TOKEN),
        **dict.fromkeys(("content-length", "age", "retry-after"), r"\d{1,12}"),
        "alpn": r"http/1\.[01]|h[23]",
        "content-type": r"[a-z]+/[a-z0-9.+-]{1,60}(?:; ?charset=[\w-]{1,20})?",
        **dict.fromkeys(("grade", "up_grade"), "[A-F]"),
        **dict.fromkeys(("responsiveness", "up_responsiveness"), "low|medium|high"),
        "key": r"(?:RSA|DSA|EC|Ed25519|Ed448)(?: \w{1,20})?",
        "kind": r"[a-z][a-z0-9_.]{0,60}",
        "name": r"(?:E|WSA)[A-Z0-9_]{1,30}",
        **dict.fromkeys(("adapter", "adapters"), f"{_ADAPTER_NAME}(?:, {_ADAPTER_NAME})*"),
        "trials": "(?:(?:, )?(?:" + "|".join(Trial) + "))+",
        "version": r"(?:TLSv|SSLv|HTTP/)?\d(?:\.\d)?",
    }.items()
}
"""Keys of evidence whose texts are words of a protocol, of a system or of ours, and what such a word looks like."""
_HOSTLIKE = re.compile(r"(?:[\w*-]+\.)+[A-Za-z][\w-]+\.?(?::\d{1,5})?|(?:\d{1,3}\.){3}\d{1,3}.*", re.ASCII)
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:T[\d:.]{5,15}(?:Z|[+-]\d\d:\d\d)?)?")
_HTTP_DATE = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} [\d:]{8} GMT", re.ASCII)
_MTU = re.compile(r"\d{2,5}")
_IP = re.compile(r"\[?[0-9A-Fa-f:.]{2,45}(?:%[\w.-]+)?\]?(?::\d{1,5})?")
_CODES = ("kind", "reason", "gave_up", "code", "source", "why", "recording_problem")
_CODE = re.compile(r"[a-z][a-z0-9_.]{0,60}")
_PART = re.compile(r"[^\s,;()]+")
_ADAPTER = re.compile(f"{_ADAPTER_NAME}|IPv[46]")
_AREAS = (*Step, *Trial, "again", "clock", "consent", "direct", "history", "others", "outside", "pace", "proxied")
_SYSTEM = re.compile(r"(?:Linux|Windows|macOS|Darwin)(?:[- ]\d+(?:\.\d+)*)?", re.ASCII)
_FACT = re.compile(rf"(?:target|{'|'.join(_AREAS)})\.[a-z0-9_]{{1,40}}")
"""Names of facts are ours. Whatever else has a dot in it may be a host."""
_SAID = re.compile(
    r"ok|nxdomain|no_data|servfail|bogus|refused|blocked|timed_out|port_closed|unreachable|protocol|\d{1,5}"
    r"|[A-F]|low|medium|high"
)
"""What a name server's answer comes to in a diagnosis' facts, a port, and how a busy line is graded."""
_HEADERS = frozenset({"accept", "accept-encoding", "accept-language", "authorization", "cache-control", "content-type",
                      "cookie", "host", "origin", "referer", "user-agent", "x-api-key"})  # fmt: skip


class Redactor:
    """Gives back events and plans with aliases in them. One with the same ticket gives the same aliases."""

    def __init__(self, ticket: str = "") -> None:
        """Without a ticket the aliases are good for this one copy and match nothing else."""
        key = ticket_key(ticket) if ticket else own_key()
        self.aliases = Aliases(key)
        self.mark = self.aliases.digest("mark", MARK)
        """Says of two redacted sessions whether they were made with one ticket."""
        self._keys: dict[str, str] = {}
        self._told: dict[tuple[str, str], str] = {}
        self._ids: dict[str, str] = {}
        self._mapped: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}
        """What a mapping became, by where it is in memory: events share those that are alike."""
        self._rules: dict[str, Callable[[str], str]] = {
            **dict.fromkeys(_CODES, self._code),
            "target": self.target_id,
            "key": self._key,
            "text": self._note,
            "session_id": self.session_id,
            "path": _nothing,
            "recording": _nothing,
            "host": self.aliases.host,
            "system": _system,
        }
        """For fields that hold a text, by their name."""
        self._profiles = {profile.name for profile in BUILT_IN}

    def event(self, event: Told) -> Told:
        """The event with aliases for all that names something, also where its kind is newer than this code."""
        told: Told = self._struct(event)
        return told

    def plan(self, plan: Plan) -> Plan:
        """The plan with aliases. Breaker keys of its targets are known from now on."""
        # A word may be a name from now on.
        self._told.clear()
        self._mapped.clear()
        profiles = tuple(map(self._profile, plan.profiles))
        return msgspec.structs.replace(plan, targets=tuple(map(self.target, plan.targets)), profiles=profiles)

    def target(self, target: Target) -> Target:
        """The target with aliases; kind of probe, ports, pace and limits stay."""
        alias = self.aliases
        told = msgspec.structs.replace(
            target,
            id=self.target_id(target.id),
            address=alias.url(target.shown),
            name=alias.text("name", target.name),
            group=alias.text("group", target.group),
            profile=self._profile_name(target.profile),
            ca_file=alias.text("file", target.ca_file or "") or None,
            client_cert=alias.text("file", target.client_cert or "") or None,
            via=alias.endpoint(target.via) if target.via else None,
            alternates=tuple(map(alias.endpoint, target.alternates)),
            expect_text=alias.text("text", target.expect_text),
            payload=alias.text("text", target.payload),
            proxy=target.proxy if target.proxy in (SYSTEM, NONE, "") else alias.url(target.masked.proxy),
            sni=alias.host(target.sni),
            headers=tuple(map(self._header, target.headers)),
            body=MASK if target.body else "",
            method=target.method if _KEY.fullmatch(target.method.lower()) and len(target.method) < 8 else "GET",
        )
        for key, new in ((target.breaker_key, told.breaker_key), (target.origin, told.origin)):
            self._keys[key] = new
        return told

    def target_id(self, target_id: str) -> str:
        """Ids are made from addresses, or written by people: both tell."""
        if (known := self._ids.get(target_id)) is None:
            known = self._ids[target_id] = self.aliases.digest("id", target_id) if target_id else ""
        return known

    def session_id(self, session_id: str) -> str:
        """`redacted-MARK-…`: says that it is redacted, and whether with the same ticket as another."""
        return f"{MARK}-{self.mark}-{self.aliases.digest('session', session_id, 16)}"

    def _struct(self, value: Any) -> Any:
        """A record with every field redacted, by its name first, else by what it holds."""
        changes = {}
        for name in value.__struct_fields__:
            held = getattr(value, name)
            if type(held) in _FIGURES:
                continue  # Numbers say how much and how long, never who.
            rule = self._rules.get(name) if type(held) is str else None
            changes[name] = rule(held) if rule is not None else self._held(name, held)
        return msgspec.structs.replace(value, **changes)

    def _held(self, name: str, held: Any) -> Any:
        match held:
            case Plan():
                return self.plan(held)
            case Target():
                return self.target(held)
            case Outcome():
                return self.outcome(held)
            case NetworkChange():
                return self._change(held)
            case msgspec.Struct():
                return self._struct(held)
            case Enum():
                return held
            case tuple():
                return tuple(self._held(name, one) for one in held)
            case dict() if name == "facts":
                return {self._fact_name(fact): self._fact(fact, value, _DEPTH) for fact, value in held.items()}
            case _:
                return self._value(name, held, _DEPTH)

    def _fact_name(self, name: object) -> str:
        return str(name) if _FACT.fullmatch(str(name)) else self._name(name)

    def _fact(self, name: object, value: Any, depth: int) -> Any:
        """What a step of a diagnosis found out; a mapping says for each place, or port, what it answered."""
        match value:
            case dict() if _FACT.fullmatch(str(name)):
                return {self._told_in_fact(str(place)): self._fact("", said, depth) for place, said in value.items()}
            case list() | tuple() if depth > 0:
                return [self._fact("", one, depth - 1) for one in value]
            case str():
                return self._told_in_fact(value)
            case _:
                return self._value(str(name), value, depth)

    def _told_in_fact(self, text: str) -> str:
        is_word = _SAID.fullmatch(text) is not None or _ADAPTER.fullmatch(text) is not None
        return text if is_word and not self.aliases.knows(text) else self._shaped(text)

    def _note(self, text: str) -> str:
        return self.aliases.text("note", text)

    def outcome(self, outcome: Outcome) -> Outcome:
        """Figures stay; addresses, evidence and detail are redacted."""
        fault = outcome.fault
        if fault is not None:
            evidence = self._shared(fault.evidence)
            fault = Fault(self._code(fault.kind), fault.phase, evidence, fault.is_void)
        return msgspec.structs.replace(
            outcome,
            fault=fault,
            address=self._value("address", outcome.address, 1),
            detail=self._shared(outcome.detail),
        )

    def _shared(self, content: dict[str, Any]) -> dict[str, Any]:
        known = self._mapped.get(id(content))
        if known is None:
            if len(self._mapped) >= _MOST_MAPPED:
                self._mapped.clear()
            # It is kept with what it became, so that nothing else comes to be where it is.
            known = self._mapped[id(content)] = content, self._mapping(content, _DEPTH)
        return known[1]

    def _mapping(self, content: dict[str, Any], depth: int) -> dict[str, Any]:
        return {self._name(name): self._value(str(name), value, depth - 1) for name, value in content.items()}

    def _value(self, name: str, value: Any, depth: int) -> Any:
        """A value of evidence. Numbers say how much and how long, never who."""
        if depth < 0:
            return None
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, dict):
            return self._mapping(value, depth)
        if isinstance(value, list | tuple):
            return [self._value(name, one, depth - 1) for one in value]
        text = value if isinstance(value, str) else repr(value)
        if (known := self._told.get((name, text))) is None:
            known = self._told[name, text] = self._word_or_alias(name, text)
        return known

    def _word_or_alias(self, name: str, text: str) -> str:
        if len(self._told) > _MOST_TOLD:
            self._told.clear()
        is_word = name in _STAY and _STAY[name].fullmatch(text) is not None
        return text if is_word and not self.aliases.knows(text) else self._shaped(text)

    def _shaped(self, text: str) -> str:
        """The alias of a text by what it looks like."""
        if _MOMENT.fullmatch(text):
            # To the second it would find a certificate in the public logs.
            return text[:10] + ("T00:00:00Z" if len(text) > 10 else "")
        if _HTTP_DATE.fullmatch(text) or text in KINDS:
            return text
        if "://" in text:
            return self.aliases.url(text)
        if _HOSTLIKE.fullmatch(text) or (_IP.fullmatch(text) and (":" in text or "." in text)):
            return self.aliases.endpoint(text)
        return text if text == "localhost" else self.aliases.text("text", text)

    def _name(self, name: object) -> str:
        text = str(name)
        return text if _KEY.fullmatch(text) and not _HOSTLIKE.fullmatch(text) else self.aliases.text("text", text)

    def _code(self, text: str) -> str:
        return text if not text or _CODE.fullmatch(text) else self.aliases.text("text", text)

    def _key(self, key: str) -> str:
        if (known := self._keys.get(key)) is not None:
            return known
        place, mark, profile = key.rpartition("#")
        return f"{self.aliases.url(place)}#{self._profile_name(profile)}" if mark else self._shaped(key)

    def _profile_name(self, name: str) -> str:
        return name if name in self._profiles else self.aliases.text("profile", name)

    def _profile(self, profile: Profile) -> Profile:
        beat, usual = profile.heartbeat, BUILT_IN[0].heartbeat
        told = msgspec.structs.replace(
            beat,
            send=beat.send if beat.send == usual.send else self.aliases.text("text", beat.send),
            expect=beat.expect if beat.expect == usual.expect else self.aliases.text("text", beat.expect),
        )
        return msgspec.structs.replace(profile, name=self._profile_name(profile.name), heartbeat=told)

    def _header(self, header: str) -> str:
        name, colon, _ = header.partition(":")
        told = name if name.strip().lower() in _HEADERS else self.aliases.text("header", name)
        return f"{told}: {MASK}" if colon else told

    def _change(self, change: NetworkChange) -> NetworkChange:
        def parts(text: str) -> str:
            return _PART.sub(lambda match: self._adapter_or(match[0]), text)

        return NetworkChange(self._code(change.what), parts(change.name), parts(change.before), parts(change.after))

    def _adapter_or(self, text: str) -> str:
        return text if _ADAPTER.fullmatch(text) or _MTU.fullmatch(text) else self._shaped(text)


def redacted_mark(session_id: str) -> str:
    """The mark of the ticket that a redacted session was made with; empty where the session is not redacted."""
    parts = session_id.split("-")
    return parts[1] if len(parts) == 3 and parts[0] == MARK else ""


def _system(text: str) -> str:
    """Which system, and its number; what its maker or the company added to that is left out."""
    known = _SYSTEM.match(text)
    return known[0] if known else ""


def _nothing(_text: str) -> str:
    return ""
