-- Flags of a few messages go to the facts of the search in the same transaction. Where they are many, the lists alone
-- are waited for, and the facts of these messages follow.
CREATE TABLE refacts (envelope INTEGER PRIMARY KEY);
DROP TRIGGER search_envelope_changed;
