"""Linear mode, for screen readers and for terminals that only print: whole lines below one another, nothing redrawn.

The same accounts, store, commands and keys as on the screen; `tui.linear.desk` is the desk that commands work at here.
"""
