"""Analysis of text: language, folding, numbers, terms, sentences, and the dictionary."""
