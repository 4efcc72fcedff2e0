"""Fitting of the weights and the confidence."""
