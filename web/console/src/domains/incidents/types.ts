import type { IncidentBrief, Page, Phrase, Severity } from '@smartsecurity/client'
import type { Found } from '@/app/finding'

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

export interface FoundEntry extends Found { ts: string; severity: Severity }
export interface Entry { id: string; at: string; kind: string; actor: Named | null; text?: string | null; finding?: FoundEntry | null }
export interface IncidentDetail extends Incident { timeline: Entry[] }
export interface Delivery { id: string; channel: string; status: 'pending' | 'sent' | 'failed'; attempts: number; last_error: string | null; last_error_phrase?: Phrase | null; at: string }
export interface Person { id: string; name: string; email: string; role: string; suspended?: boolean }
