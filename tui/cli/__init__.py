"""The command line: one module for each subcommand, imported only when it is run."""
