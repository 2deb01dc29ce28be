"""Requests for authorization: drafts, lines, determinations, and the acts upon them."""
