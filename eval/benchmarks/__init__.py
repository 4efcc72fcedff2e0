"""How fast the parts are, side by side with what a user would otherwise run."""
