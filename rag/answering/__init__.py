"""What is said of the ranked passages: evidence, confidence, answers from metadata."""
