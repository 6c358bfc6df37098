-- The lake's catalog keeps a field's unit beside its name and kind; nothing ever read this table.
DROP TABLE profile_units;
