// What a rule found, in the reader's language: from its evidence, which incidents and previews of rules both have.
import type { ComposerTranslation } from 'vue-i18n'
import { formatDuration, formatMeasure, formatNumber } from '@smartsecurity/ui'
import type { Finding } from '@smartsecurity/client'

/** The title is the server's English, for a kind of evidence that we do not know. */
export type Found = Pick<Finding, 'title' | 'evidence'>

export function sayFinding(finding: Found, t: ComposerTranslation, unit = ''): string {
  const measured = (value: number) => [formatMeasure(value), unit].filter(Boolean).join('\u00a0')
  const { kind, field, value, limit, op, held_s, after_s, change, took_s, from, direction, matches_in_minute } = finding.evidence
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
