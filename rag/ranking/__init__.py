"""Candidates, their features and their scores."""
