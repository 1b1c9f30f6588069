"""Archived texts of sources, and quotes verified against them."""
