-- What a persistent MQTT session must remember while its device is away: opaque to the store.
CREATE TABLE mqtt_sessions (
    tenant_id  TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    device_id  TEXT NOT NULL,
    client_id  TEXT NOT NULL,
    state      BYTEA NOT NULL,
    saved_at   BIGINT NOT NULL,
    expires_at BIGINT,
    PRIMARY KEY (tenant_id, device_id, client_id)
);
CREATE INDEX mqtt_sessions_expiry ON mqtt_sessions (expires_at);
