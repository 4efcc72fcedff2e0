"""Glossary mining: the forms that a publication declares to mean the same."""
