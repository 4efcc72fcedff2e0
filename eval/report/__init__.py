"""Measurements as tables, plots and JSON."""
