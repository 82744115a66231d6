"""The software bill of materials in CycloneDX 1.6 (ECMA-424), the same for the same commit."""

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from steps.inventory import Part
from steps.project import NAME, SUMMARY, moment, version

_SPACE = uuid.UUID("6e2f1f0c-7f0e-5f9f-9a52-0f2a55b0f7b3")


def write(parts: list[Part], into: Path) -> Path:
    """`sbom.cdx.json` in this folder."""
    file = into / "sbom.cdx.json"
    file.write_text(json.dumps(bill(parts), indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    return file


def bill(parts: list[Part]) -> dict[str, Any]:
    """The document. Its number follows from what is in it, so that two builds of one commit have the same."""
    own = {"type": "application", "bom-ref": NAME, "name": NAME, "version": version(), "description": SUMMARY}
    components = [_component(part) for part in parts]
    number = uuid.uuid5(_SPACE, json.dumps([own, components], sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{number}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(moment(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": own,
        },
        "components": components,
        "dependencies": [{"ref": NAME, "dependsOn": sorted(each["bom-ref"] for each in components)}],
    }


def _component(part: Part) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": "library",
        "bom-ref": f"{part.name}@{part.version}",
        "name": part.name,
        "version": part.version,
        # Makers' words are not always an SPDX expression: as a name they are always valid.
        "licenses": [{"license": {"name": part.licence or "see the notices"}}],
    }
    if part.purl:
        told["purl"] = part.purl
    if part.website.startswith("http"):
        told["externalReferences"] = [{"type": "website", "url": part.website}]
    return told
