"""Written sentences with labels: whether the sentences that they cite support them."""
