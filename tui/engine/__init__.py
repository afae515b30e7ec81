"""The engine without a screen: what a line in a script asks for.

A verb (`verbs`) is done by the program that runs, where one runs: asked through a Unix socket (`service`, `client`),
so that lock, outbox and undo are shared. Else the command opens the store itself (`alone`) and does the very same.
"""
