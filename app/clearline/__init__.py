"""Clearline shows within seconds where a connection breaks, keeps watching, and hands over proof."""

__version__ = "0.1.0"
