"""What visitors keep of answers: collections of passages, and answers that they share."""
