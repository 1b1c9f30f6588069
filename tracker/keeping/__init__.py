"""Keeping the records for years: checking, copying, backing up and restoring the databases."""
