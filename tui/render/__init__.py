"""A message as styled lines, without Textual: plain text, HTML, quotes, links, parts."""
