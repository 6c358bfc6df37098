// What a finding says, in the reader's language: from its evidence, since the server's own title is English.
import type { ComposerTranslation } from 'vue-i18n'
import { formatDuration, formatMeasure } from '@smartsecurity/ui'
import { evidenceOf, type FoundEntry, type Incident } from '../types'

/** An incident is called as its rule is; the server's title stands in when the rule is gone. */
export const headline = (incident: Pick<Incident, 'title' | 'rule'>) => incident.rule?.name ?? incident.title

export function says(finding: FoundEntry, t: ComposerTranslation, unit = ''): string {
  const measured = (value: number) => [formatMeasure(value), unit].filter(Boolean).join('\u00a0')
  const { kind, field, value, limit, op, held_s, after_s, change, took_s, from, direction } = evidenceOf(finding) ?? {}
  if (kind === 'threshold' && typeof value === 'number' && typeof limit === 'number') {
    const figures = { field: String(field), value: measured(value), limit: measured(limit) }
    const held = Number(held_s ?? 0)
    return held > 0 ? t(`incidents.says.${op === 'below' ? 'below' : 'above'}For`, { ...figures, duration: formatDuration(held) }) : t(`incidents.says.${op === 'below' ? 'below' : 'above'}`, figures)
  }
  if (kind === 'rate_of_change' && typeof value === 'number' && typeof from === 'number') {
    const by = Number(change ?? value - from)
    return t(`incidents.says.${(direction ? direction === 'fall' : by < 0) ? 'fell' : 'rose'}`, { field: String(field), by: measured(Math.abs(by)), duration: formatDuration(Number(took_s ?? 0)), from: measured(from), value: measured(value) })
  }
  if (kind === 'absence') return t('incidents.says.absence', { duration: formatDuration(Number(after_s ?? 0)) })
  return finding.title
}
