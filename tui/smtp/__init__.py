"""Submission of mail (RFC 6409) through aiosmtplib's protocol. Nothing outside this package imports that library."""
