"""Conversations with visitors, kept on disk or in memory."""
