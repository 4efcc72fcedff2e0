"""Conversations with visitors, stored on disk or in memory."""
