// The shapes of the API that the console leans on.
export type Role = 'owner' | 'operator' | 'viewer'
export type Permission = 'read_all' | 'manage_devices' | 'send_commands' | 'manage_rules' | 'handle_incidents' | 'manage_settings' | 'manage_people'
export type Severity = 'informational' | 'low' | 'medium' | 'high' | 'critical'
export type Connectivity = 'never' | 'online' | 'silent' | 'offline'
export type FieldKind = 'number' | 'bool' | 'text' | 'json'
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

export interface Page<T> { items: T[]; next_cursor: string | null }
export interface ProblemDocument { type?: string; title?: string; status?: number; detail?: string; code?: string; hint?: string; errors?: { field: string; message: string }[] }
export interface Tokens { access_token: string; refresh_token: string; token_type: string; expires_in: number }
export interface Me { user: { id: string; email: string; name: string; language?: string | null }; tenant: { id: string; name: string }; role: Role; permissions: Permission[] }
export interface Invitation { email?: string | null; tenant: string; role: Role }

export interface Reading { value: Json; ts: string }
export interface DeviceSummary {
  id: string
  name: string
  profile: string
  status: 'pending' | 'active'
  connectivity: Connectivity
  last_seen: string | null
  problems: number
  open_incidents: number
  values: Record<string, Reading>
  created_at?: string
}
export interface DeviceCounts { total: number; pending: number; online: number; silent: number; offline: number; with_problems?: number }
export interface DevicePage extends Page<DeviceSummary> { counts: DeviceCounts }
export interface Device extends DeviceSummary {
  connectivity_reason?: string | null
  twin: { telemetry: Record<string, Reading>; reported: Record<string, Json>; desired: Record<string, Json> }
  connection: { client_id: string; protocol: string; address: string; since: string } | null
  rhythm_seconds: number | null
  silent_after_seconds?: number | null
  counters: { messages: number; events: number } & Record<string, number>
  credentials_username: string
}
export interface Credentials { username: string; password: string }
export interface CreatedDevice { id: string; name: string; status: 'pending' | 'active'; profile: string; credentials: Credentials; created_at: string }
export interface DeviceProblem { code: string; topic: string; detail: string; sample: string; count: number; first_at: string; last_at: string; kept: boolean | string | null }
export type SeriesPoint = [ts: number, min: number, avg: number, max: number, count: number]
export interface Series { from: string; to: string; bucket_seconds: number; source: 'raw' | 'rollup'; fields: { name: string; kind: FieldKind; unit: string | null; points: SeriesPoint[] }[] }
export interface DeviceEvent { id: string; ts: string; received_at: string; event: Record<string, Json> }
export interface FieldInfo { name: string; kind: FieldKind; unit: string | null; conflicts: number }
export interface HistoryRange { first: string | null; last: string | null; rows: number }
export interface Command { id: string; name: string; params: Json; status: 'sent' | 'delivered' | 'answered' | 'expired'; created_at: string; expires_at: string; delivered_at?: string | null; answered_at?: string | null; reply?: Json }
export interface Profile { slug: string; devices: number; fields: FieldInfo[]; rows: number }

export interface IncidentCounts { open: number; acknowledged: number; resolved: number; active_by_severity: Partial<Record<Severity, number>> }
export interface Overview {
  needs_you: { incidents: IncidentCounts; silent_devices: number; offline_devices: number; devices_with_problems: number }
  devices: DeviceCounts
  messages_per_minute: (number | null)[]
}
export interface Endpoints { mqtt: { host: string; port: number }; http: { url: string }; version: string; demo: boolean }
export interface System {
  version: string
  uptime_seconds: number
  demo: boolean
  mqtt: { address: string }
  http: Record<string, Json>
  smtp_configured: boolean
  [part: string]: unknown
}
export interface QueryResult { columns: { name: string; type: string }[]; rows: Json[][]; truncated: boolean; elapsed_ms: number }

export interface IncidentBrief { id: string; kind?: string; title: string; severity: Severity; status: 'open' | 'acknowledged' | 'resolved' }

/** What the stream sends. The cursor is opaque: it is kept and sent back, never looked into. */
export type Frame =
  | { type: 'hello'; cursor: string }
  | { type: 'values'; cursor: string; device: string; ts: string; values: Record<string, Json> }
  | { type: 'status'; cursor: string; device: string; from: Connectivity; to: Connectivity; reason: string }
  | { type: 'incident'; cursor: string; device: string | null; incident: IncidentBrief }
  | { type: 'problem'; cursor: string; device: string | null; code: string; topic?: string; detail: string; count?: number; at?: string }
  | { type: 'presence'; cursor: string; device: string; connected: boolean; detail: string; at: string }
  | { type: 'event'; cursor: string; device: string; ts: string; event: Record<string, Json> }
  | { type: 'gap'; from: string; to: string; reason: string }
  | { type: 'ping'; cursor?: string }
  | { type: 'end'; cursor: string; reason: string }
export type Topic = 'values' | 'status' | 'incidents' | 'problems' | 'events'
