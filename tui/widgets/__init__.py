"""Widgets painted line by line (Textual's Line API), and small ones for the dialogs."""
