"""Widgets: each a function of its view-model."""
