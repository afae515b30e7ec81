"""Linear mode's sentences and its one line of typing."""
