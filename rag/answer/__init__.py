"""The words of an answer, how a citation is built, and its JSON."""
