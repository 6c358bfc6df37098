import type { IncidentBrief, Json, Page, Severity } from '@smartsecurity/client'

export type Status = IncidentBrief['status']
/** The name is null when the thing itself is gone. */
export interface Named { id: string; name: string | null }

export interface Incident {
  id: string
  number: number
  title: string
  severity: Severity
  status: Status
  device: Named | null
  rule: Named | null
  assignee: Named | null
  findings: number
  opened_at: string
  last_finding_at: string
  acknowledged_at: string | null
  resolved_at: string | null
}
export interface Counts { open: number; acknowledged: number; resolved: number }
export interface IncidentPage extends Page<Incident> { counts?: Counts }

/** Why a rule fired; `kind` tells which of the fields are there. */
export interface Evidence {
  kind?: string
  field?: string
  value?: number
  limit?: number
  clear?: number
  since?: string
  held_s?: number
  from?: number
  from_ts?: string
  by?: number
  op?: 'above' | 'below'
  after_s?: number
  change?: number
  took_s?: number
  direction?: string
  event?: Json
  matched?: Json
  [more: string]: Json | undefined
}
export interface FoundEntry { title: string; ts: string; severity: Severity; evidence: Evidence | string | null }
export interface Entry { id: string; at: string; kind: string; actor: Named | null; text?: string | null; finding?: FoundEntry | null }
export interface IncidentDetail extends Incident { timeline: Entry[] }
export interface Delivery { id: string; channel: string; status: 'pending' | 'sent' | 'failed'; attempts: number; last_error: string | null; at: string }
export interface Person { id: string; name: string; email: string; role: string; suspended?: boolean }

export function evidenceOf(finding: FoundEntry | null | undefined): Evidence | undefined {
  const evidence = finding?.evidence
  if (!evidence) return undefined
  if (typeof evidence !== 'string') return evidence
  try {
    return JSON.parse(evidence) as Evidence
  } catch {
    return undefined
  }
}
