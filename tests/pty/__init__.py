"""The program on a real pseudo-terminal: what reaches the terminal, and what it is left as."""
