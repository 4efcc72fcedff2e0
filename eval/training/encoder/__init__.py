"""Trains the encoder on questions with the passage, and the sentence, that answers each."""
