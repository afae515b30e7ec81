"""A ManageSieve client (RFC 5804) on asyncio: the scripts that a server runs over mail as it arrives (RFC 5228).

A session comes, does what a person asked for, and goes. Who may come is `tui.sync.sieve`'s affair.
"""
