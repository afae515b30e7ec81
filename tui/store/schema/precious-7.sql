-- Mails of which the user is to be reminded when nobody answers, until their copies in Sent say so.

ALTER TABLE submissions ADD COLUMN remind REAL;   -- when, seconds since 1970 UTC; NULL: never, or the copy says it
