"""Serving for years: the log, the signs of health, the server that stops without dropping anybody."""
