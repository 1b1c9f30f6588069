"""Seed files that mean harm, or were typed by somebody in a hurry."""
