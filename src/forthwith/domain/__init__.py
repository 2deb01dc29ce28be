"""RULES, pure: what the law and the clinic say. No Django, no clock reading, no input or output."""
