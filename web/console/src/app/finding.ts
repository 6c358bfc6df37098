// What a rule found, in the reader's language: from its evidence, which incidents and previews of rules both have.
import type { ComposerTranslation } from 'vue-i18n'
import { formatDuration, formatMeasure, formatNumber } from '@smartsecurity/ui'
import type { Json } from '@smartsecurity/client'

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
  matches_in_minute?: number
  [more: string]: Json | undefined
}
/** The title is the server's English, for a kind of evidence that we do not know. */
export interface Found { title: string; evidence: Evidence | string | null }

export function evidenceOf(finding: Found | null | undefined): Evidence | undefined {
  const evidence = finding?.evidence
  if (!evidence) return undefined
  if (typeof evidence !== 'string') return evidence
  try {
    return JSON.parse(evidence) as Evidence
  } catch {
    return undefined
  }
}

export function sayFinding(finding: Found, t: ComposerTranslation, unit = ''): string {
  const measured = (value: number) => [formatMeasure(value), unit].filter(Boolean).join('\u00a0')
  const { kind, field, value, limit, op, held_s, after_s, change, took_s, from, direction, matches_in_minute } = evidenceOf(finding) ?? {}
  if (kind === 'threshold' && typeof value === 'number' && typeof limit === 'number') {
    const figures = { field: String(field), value: measured(value), limit: measured(limit) }
    const side = op === 'below' ? 'below' : 'above'
    const held = Number(held_s ?? 0)
    return held > 0 ? t(`finding.${side}For`, { ...figures, duration: formatDuration(held) }) : t(`finding.${side}`, figures)
  }
  if (kind === 'rate_of_change' && typeof value === 'number' && typeof from === 'number') {
    const by = Number(change ?? value - from)
    return t(`finding.${(direction ? direction === 'fall' : by < 0) ? 'fell' : 'rose'}`, { field: String(field), by: measured(Math.abs(by)), duration: formatDuration(Math.max(1, Number(took_s ?? 0))), from: measured(from), value: measured(value) })
  }
  if (kind === 'absence') return t('finding.absence', { duration: formatDuration(Number(after_s ?? 0)) })
  if (kind === 'sigma') return Number(matches_in_minute ?? 1) > 10 ? t('finding.events', { count: formatNumber(Number(matches_in_minute)) }) : t('finding.event')
  return finding.title
}
