"""Finds a user's servers, looks at them, and says which half is wrong, at which step, why, and what to change.

Discovery and the doctor tell what they find as they go, in frozen results: a screen fills its lamps with them, a
command prints them. Nothing here draws.
"""
