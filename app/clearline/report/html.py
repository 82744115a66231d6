"""A report as one HTML file: no script, nothing loaded, and a policy in it that forbids both."""

import base64
import hashlib
from functools import cache

import jinja2
from markupsafe import Markup

from clearline.host import resources
from clearline.report.colours import colour
from clearline.report.document import Document


def html(document: Document) -> str:
    """The page, for a browser and its printer."""
    style = resources.path("report", "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    # The style is ours and is hashed as it stands.
    return _template("page.html.j2").render(doc=document, style=Markup(style), style_hash=digest)  # noqa: S704


def print_html(document: Document, width_px: int) -> tuple[str, list[str]]:
    """The page in what Qt's rich text understands, and its pictures as SVG: `<img src="picture:N">` is the Nth."""
    pictures = [picture.svg for section in document.sections for picture in section.pictures]
    tone = colour(document.tone.value)
    return _template("print.html.j2").render(doc=document, tone=tone, pictures=pictures, width=width_px), pictures


@cache
def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return environment.from_string(resources.path("report", name).read_text(encoding="utf-8"))
