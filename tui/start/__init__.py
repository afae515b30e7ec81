"""The first screen: the last view, painted from the store before anything of Textual is loaded.

`first` decides and paints, `picture` lays it out. Whatever is unusual, nothing is painted, and the application starts
as if this room were not there. What may be loaded for it is counted by a test.
"""
