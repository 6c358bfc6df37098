import type { Phrase, Role, Severity } from '@smartsecurity/client'

export interface Session { id: string; client: string; address: string; created_at: string; last_used_at: string; expires_at: string; current: boolean }
export interface Person { id: string; email: string; name: string; role: Role; suspended: boolean; created_at: string; last_sign_in_at: string | null }
export interface PendingInvitation { id: string; email: string; role: Role; created_at: string; expires_at: string }
export interface NewInvitation { id: string; email: string; role: Role; url: string; expires_at: string }
export interface Channel { id: string; name: string; kind: 'email' | 'webhook'; target: string; min_severity: Severity; language: 'en' | 'fr'; enabled: boolean; created_at: string }
export interface ChannelInput { name: string; kind: 'email' | 'webhook'; target: string; min_severity: Severity; language: 'en' | 'fr' }
export interface Notice { id: string; channel: string; kind: string; status: 'pending' | 'sent' | 'failed'; attempts: number; last_error: string | null; last_error_phrase: Phrase | null; at: string }
export interface SystemStatus {
  version: string
  uptime_seconds: number
  demo: boolean
  smtp_configured: boolean
  connections: number
  refused_connections: { mqtt: number; http: number }
  journal: { bytes: number; first: number; end: number; readers: { name: string; lag: number }[]; refusing: { since: string; reason: string } | null; damaged_records: number }
  lake: { files: number; bytes: number; rows: number; quarantined_files: number; lost_records: number }
  ingest: { messages_per_second: number; accepted: number; refused: number; retransmitted: number }
  tasks: { name: string; running: boolean; restarts: number; last_error: string | null }[]
  disk: { free_bytes: number; total_bytes: number }
  warnings: string[]
  warning_phrases: (Phrase | null)[]
}
