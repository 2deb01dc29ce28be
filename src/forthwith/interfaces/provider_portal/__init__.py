"""The provider portal: an office asks for authorization, sees the clock and reads the reason.

What must not enter: models (ask `queries`, act by `actions`), rules, and anything of another door.
"""
