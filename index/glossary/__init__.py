"""What a publication says stands for what: the same thing in two languages, or in short."""
