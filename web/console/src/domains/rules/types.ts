import type { Page, Phrase, Severity } from '@smartsecurity/client'
import type { Found } from '@/app/finding'

export type Kind = 'threshold' | 'absence' | 'rate_of_change' | 'sigma'
export interface Threshold { kind: 'threshold'; profile: string; devices?: string[]; field: string; op: 'above' | 'below'; limit: number; clear?: number; hold_s: number }
export interface Absence { kind: 'absence'; profile?: string; devices?: string[]; after_s: number }
export interface RateOfChange { kind: 'rate_of_change'; profile: string; devices?: string[]; field: string; by: number; within_s: number; direction: 'rise' | 'fall' | 'either'; clear?: number; hold_s: number }
export interface Sigma { kind: 'sigma'; yaml: string }
export type Spec = Threshold | Absence | RateOfChange | Sigma

export interface RuleInput { name?: string; description?: string; severity?: Severity; enabled?: boolean; spec: Spec }
export interface Rule {
  id: string
  name: string
  description: string
  severity: Severity
  enabled: boolean
  spec: Spec
  version: number
  updated_at: string
  findings_7d: number
  last_fired_at: string | null
  state: 'active' | 'waiting' | 'disabled' | 'broken'
  listens: string | null
  listens_phrase: Phrase | null
  error: string | null
  error_phrase: Phrase | null
}
export type RulePage = Page<Rule>
export interface PreviewFinding extends Found { device: string; device_name?: string | null; ts: string }
export interface Preview { from: string; to: string; examined: number; count: number; findings: PreviewFinding[]; truncated: boolean; sentence: string }
