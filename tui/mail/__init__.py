"""Pure nouns of electronic mail: no I/O, no third-party client, nothing from the floors above.

Everything a server or a stranger wrote is cleaned here, once, when it becomes one of these nouns.
"""
