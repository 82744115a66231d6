"""One file that starts: a shell script with the packed folder behind it. It needs nothing but a shell, tar and gzip."""

import hashlib
from pathlib import Path

from steps import archive
from steps.project import NAME, PACKAGING, WORK, folder, stem, version

SCRIPT = PACKAGING / "linux" / "single-file.sh"


def build(into: Path) -> Path:
    """The file, executable."""
    packed = archive.tar(folder(), WORK / "single-file.tar.gz", name=NAME)
    file = into / f"{stem()}.run"
    file.write_bytes(script(packed.read_bytes()))
    file.chmod(0o755)
    return file


def script(payload: bytes) -> bytes:
    """The script with its payload, which begins on the line after its last."""
    text = SCRIPT.read_text(encoding="utf-8")
    digest = hashlib.sha256(payload).hexdigest()
    filled = {
        "@VERSION@": version(),
        "@DIGEST@": digest,
        "@SHORT@": digest[:12],
        "@LINE@": str(text.count("\n") + 1),
    }
    for name, value in filled.items():
        text = text.replace(name, value)
    return text.encode() + payload
