-- Devices, their profiles, and commands to them.

-- A profile comes to be with its first device and stays: the lake has a table of its name.
CREATE TABLE profiles (
    tenant_id  TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    slug       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, slug)
);

CREATE TABLE profile_units (
    tenant_id TEXT NOT NULL,
    slug      TEXT NOT NULL,
    field     TEXT NOT NULL,
    unit      TEXT NOT NULL,
    PRIMARY KEY (tenant_id, slug, field),
    FOREIGN KEY (tenant_id, slug) REFERENCES profiles (tenant_id, slug) ON DELETE CASCADE
);

-- A deleted device keeps its row, without credentials: its measurements are still there, and late records of the
-- journal must not bring it back. username is unique over all tenants: it is all that a connecting device says.
CREATE TABLE devices (
    id              TEXT PRIMARY KEY,
    tenant_id       TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    name            TEXT NOT NULL,
    profile         TEXT NOT NULL,
    username        TEXT,
    password_hash   TEXT,
    active          BOOLEAN NOT NULL,
    desired         TEXT NOT NULL,
    desired_version BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    first_contact_at BIGINT,
    deleted_at      BIGINT,
    FOREIGN KEY (tenant_id, profile) REFERENCES profiles (tenant_id, slug)
);
CREATE UNIQUE INDEX devices_username ON devices (username);
CREATE UNIQUE INDEX devices_password_hash ON devices (password_hash);
CREATE INDEX devices_tenant ON devices (tenant_id, id);

CREATE TABLE commands (
    id           TEXT PRIMARY KEY,
    tenant_id    TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    device_id    TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    params       TEXT NOT NULL,
    status       TEXT NOT NULL,
    reply        TEXT,
    sent_by      TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    delivered_at BIGINT,
    answered_at  BIGINT
);
CREATE INDEX commands_device ON commands (tenant_id, device_id, created_at, id);
CREATE INDEX commands_expiry ON commands (status, expires_at);
