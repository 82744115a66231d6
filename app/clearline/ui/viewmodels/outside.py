"""Which hosts besides the targets a diagnosis may contact: one list, chosen here, narrowed by the administrator."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from clearline.domain.problem import InputError
from clearline.domain.target import parse_address
from clearline.domain.verdict import IDLE_S, LOAD_MB, DiagnosisPolicy, Outside, parse_upload
from clearline.host.policy import Policy

MODE, CONTROLS, LOAD, LOAD_TO, REST = "outside", "controls", "load_mb", "load_to", "idle_s"
COMPANY, LISTED = "company", "listed"
MOST_CONTROLS = 3
REST_S = (DiagnosisPolicy().idle_s, IDLE_S[1])
"""Range of what a rest test may wait at most."""


class OutsideModel(QObject):
    """Kept by two functions, read and write, that know where. Nothing outside is contacted until somebody allows it."""

    changed = Signal()
    controls_typed = Signal(str)
    """The company's own addresses as far as they are typed; empty once they are kept."""
    upload_typed = Signal(str)
    """The same of the address that a load test sends to."""

    def __init__(
        self,
        read: Callable[[str], str],
        write: Callable[[str, str], None],
        policy: Policy | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._read = read
        self._write = write
        self._policy = policy or Policy()
        self.begun_controls = self.begun_upload = ""
        """What was typed as addresses when the program ended, and could not be kept as such."""

    @property
    def in_force(self) -> Outside:
        """What a diagnosis may contact now."""
        return self._policy.narrowed(self._chosen(is_allowed=self.is_listed))

    @property
    def could_be(self) -> Outside:
        """The same if the list were allowed: what the settings show, and what is asked about for once."""
        return self._policy.narrowed(self._chosen(is_allowed=True))

    @property
    def is_listed(self) -> bool:
        """Did somebody choose that the list may be contacted? Else only the company's own hosts are."""
        return str(self._policy.locked.get(MODE) or self._read(MODE)) == LISTED

    @property
    def is_fixed(self) -> bool:
        """Does the administrator decide?"""
        return self._policy.is_locked(MODE) or self._policy.outside_hosts == ()

    def choose(self, *, is_listed: bool) -> None:
        """Allow the list, or the company's own hosts alone."""
        if is_listed != self.is_listed and not self.is_fixed:
            self._write(MODE, LISTED if is_listed else COMPANY)
            self.changed.emit()

    @property
    def controls(self) -> tuple[str, ...]:
        """Addresses of the company's own targets that are known to be good."""
        return tuple(filter(None, self._read(CONTROLS).split()))[:MOST_CONTROLS]

    def set_controls(self, text: str) -> None:
        """Keep these addresses, apart by blanks or commas. Raises InputError for what is none."""
        words = text.replace(",", " ").replace(";", " ").split()
        found = [parse_address(word) for word in words[:MOST_CONTROLS]]
        self._write(CONTROLS, " ".join(found))
        self.controls_typed.emit("")
        self.changed.emit()

    @property
    def upload(self) -> str:
        """Address of the company's own that takes what a load test sends; empty where none is kept that can."""
        try:
            return parse_upload(self._read(LOAD_TO))
        except InputError:
            return ""

    def set_upload(self, text: str) -> None:
        """Keep this address, or none. Raises InputError for what is no web address."""
        self._write(LOAD_TO, parse_upload(text))
        self.upload_typed.emit("")
        self.changed.emit()

    @property
    def load_mb(self) -> float:
        """What a load test may move at most each way, in millions of bytes; each one is asked about all the same."""
        return self._number(LOAD, LOAD_MB, DiagnosisPolicy().load_mb)

    def set_load_mb(self, load_mb: float) -> None:
        """Keep this, brought into its range."""
        self._keep(LOAD, LOAD_MB, load_mb)

    @property
    def idle_s(self) -> float:
        """How long a rest test may wait at most, in seconds; each one is asked about all the same."""
        return self._number(REST, REST_S, DiagnosisPolicy().idle_s)

    def set_idle_s(self, idle_s: float) -> None:
        """Keep this, brought into its range."""
        self._keep(REST, REST_S, idle_s)

    def _number(self, name: str, span: tuple[float, float], usual: float) -> float:
        try:
            kept = float(self._read(name))
        except ValueError:
            return usual
        return min(max(kept, span[0]), span[1]) if kept == kept else usual

    def _keep(self, name: str, span: tuple[float, float], value: float) -> None:
        self._write(name, f"{min(max(value, span[0]), span[1]):g}")
        self.changed.emit()

    def _chosen(self, *, is_allowed: bool) -> Outside:
        try:
            control = tuple(parse_address(address) for address in self.controls)
        except InputError:
            # Kept by another version, or changed by hand: what is no address is contacted by nobody.
            control = ()
        return Outside(is_allowed=is_allowed, control=control, upload=self.upload)
