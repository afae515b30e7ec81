"""What touches the tty: the display and its encoder, keys and their sequences, marks, themes."""
