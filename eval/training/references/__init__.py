"""Fit the labelling of references in notes: see `eval.training.references.fit`."""
