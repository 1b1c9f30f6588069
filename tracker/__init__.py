"""Commitment Tracker: what ministers said, what they committed to, and what became of it."""

__version__ = "0.1.0"
