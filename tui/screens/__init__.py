"""Screens: layout and focus. What a key does stands in `tui.commands`."""
