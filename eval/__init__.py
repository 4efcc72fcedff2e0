"""Evaluation: question sets, metrics, reports, training and benchmarks."""
