-- Rules, the findings they make, the incidents those become, and who is told.

CREATE TABLE rules (
    id          TEXT PRIMARY KEY,
    tenant_id   TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    severity    TEXT NOT NULL,
    enabled     BOOLEAN NOT NULL,
    kind        TEXT NOT NULL,
    spec        TEXT NOT NULL,
    -- Rises with every change: who saves says which version they edited.
    version     BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    updated_by  TEXT
);
CREATE INDEX rules_tenant ON rules (tenant_id, created_at, id);

-- At most one row for each tenant: rises with every change of its rules, so that detectors elsewhere notice.
CREATE TABLE rule_revisions (
    tenant_id TEXT PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    revision  BIGINT NOT NULL
);

CREATE TABLE incidents (
    id              TEXT PRIMARY KEY,
    tenant_id       TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    -- Running number within the tenant: what people say to each other.
    number          BIGINT NOT NULL,
    rule_id         TEXT NOT NULL,
    rule_name       TEXT NOT NULL,
    device_id       TEXT NOT NULL,
    title           TEXT NOT NULL,
    severity        TEXT NOT NULL,
    status          TEXT NOT NULL,
    assignee_id     TEXT,
    findings        BIGINT NOT NULL,
    opened_at       BIGINT NOT NULL,
    last_finding_at BIGINT NOT NULL,
    acknowledged_at BIGINT,
    resolved_at     BIGINT
);
CREATE UNIQUE INDEX incidents_tenant_id_number ON incidents (tenant_id, number);
-- One unresolved incident for each rule and device: further findings join it.
CREATE UNIQUE INDEX incidents_tenant_id_rule_id_device_id ON incidents (tenant_id, rule_id, device_id)
    WHERE status <> 'resolved';
CREATE INDEX incidents_device ON incidents (tenant_id, device_id);

CREATE TABLE incident_numbers (
    tenant_id TEXT PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    last      BIGINT NOT NULL
);

-- The id follows from the cause: the same finding, read again after a crash, is refused here.
CREATE TABLE findings (
    id          TEXT PRIMARY KEY,
    tenant_id   TEXT NOT NULL,
    rule_id     TEXT NOT NULL,
    device_id   TEXT NOT NULL,
    incident_id TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    severity    TEXT NOT NULL,
    ts          BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    title       TEXT NOT NULL,
    evidence    TEXT NOT NULL
);
CREATE INDEX findings_rule ON findings (tenant_id, rule_id, at);
CREATE INDEX findings_incident ON findings (incident_id);

CREATE TABLE incident_timeline (
    id          TEXT PRIMARY KEY,
    tenant_id   TEXT NOT NULL,
    incident_id TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    at          BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    actor_id    TEXT,
    text        TEXT,
    finding_id  TEXT
);
CREATE INDEX incident_timeline_incident ON incident_timeline (incident_id, at, id);

-- Changes that were committed here and still have to reach the journal, in order.
CREATE TABLE journal_outbox (
    id        TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    device_id TEXT NOT NULL,
    at        BIGINT NOT NULL,
    change    TEXT NOT NULL
);

CREATE TABLE channels (
    id                    TEXT PRIMARY KEY,
    tenant_id             TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    name                  TEXT NOT NULL,
    kind                  TEXT NOT NULL,
    target                TEXT NOT NULL,
    min_severity          TEXT NOT NULL,
    language              TEXT NOT NULL,
    enabled               BOOLEAN NOT NULL,
    secret                TEXT,
    -- Until then, deliveries are signed with the secret before the last rotation, too.
    previous_secret       TEXT,
    previous_secret_until BIGINT,
    created_at            BIGINT NOT NULL
);
CREATE INDEX channels_tenant ON channels (tenant_id, created_at, id);

CREATE TABLE notices (
    id              TEXT PRIMARY KEY,
    tenant_id       TEXT NOT NULL,
    incident_id     TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    channel_id      TEXT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    kind            TEXT NOT NULL,
    severity        TEXT NOT NULL,
    status          TEXT NOT NULL,
    attempts        BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    last_error      TEXT,
    created_at      BIGINT NOT NULL,
    finished_at     BIGINT
);
CREATE INDEX notices_due ON notices (status, next_attempt_at);
CREATE INDEX notices_incident ON notices (incident_id, created_at);
CREATE INDEX notices_channel ON notices (channel_id, created_at);
