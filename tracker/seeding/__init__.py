"""Seed records: files that people write and review, read, checked, compared with the database and loaded."""
