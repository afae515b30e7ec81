"""Tests of tui.imap."""
