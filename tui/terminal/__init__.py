"""What touches the tty, and what a theme and a key are.

`application` is the Textual App that is at home on a terminal; `display` sends what changed of a picture (`grid`,
`pen`, `encode`); `driver` reads and writes the tty, `outlet` never waits for it, `answers` takes its answers out of the
keys; `ends` and `crash` are for the end; `osc` tells what is not on the screen; `depth` and `marks` say what it shows.
"""
