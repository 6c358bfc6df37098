-- The lake's catalog: which files there are, what columns its tables have, and how far into the journal they reach.
-- No references to tenants: rows of a tenant that is being deleted must never hold up everybody's flush.
CREATE TABLE lake_files (
    id          TEXT PRIMARY KEY,
    tenant_id   TEXT NOT NULL,
    table_name  TEXT NOT NULL,
    day         BIGINT NOT NULL,
    path        TEXT NOT NULL,
    row_count   BIGINT NOT NULL,
    byte_count  BIGINT NOT NULL,
    min_ts      BIGINT NOT NULL,
    max_ts      BIGINT NOT NULL,
    min_device  TEXT NOT NULL,
    max_device  TEXT NOT NULL,
    checksum    BIGINT NOT NULL,
    quarantined TEXT
);
CREATE INDEX lake_files_tenant ON lake_files (tenant_id, table_name);

CREATE TABLE lake_schemas (
    tenant_id  TEXT NOT NULL,
    table_name TEXT NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (tenant_id, table_name)
);

-- One row: everything in the journal before this offset is in files.
CREATE TABLE lake_progress (
    id      BIGINT PRIMARY KEY,
    applied BIGINT NOT NULL
);
