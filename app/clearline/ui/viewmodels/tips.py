"""Tooltips for what others wrote: names, addresses, answers."""

from html import escape


def plain_tip(text: str) -> str:
    """The same text for a tooltip, shown letter by letter: Qt takes one with tags for rich text, pictures and all."""
    return f"<qt>{escape(text).replace(chr(10), '<br>')}</qt>" if "<" in text else text
