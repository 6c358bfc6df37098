// A rule read back as a sentence, so that a slip in the form is heard.
import { formatDuration, formatMeasure, isolate } from '@smartsecurity/ui'
import type { RuleSpec } from '@smartsecurity/client'

type Translate = (key: string, values?: Record<string, unknown>) => string

export function sentence(spec: RuleSpec, t: Translate, about: { unit?: string | null; device?: string } = {}): string {
  const measured = (value: number) => [formatMeasure(value), about.unit].filter(Boolean).join('\u00a0')
  const who = about.device ? t('rules.says.device', { name: isolate(about.device) }) : spec.kind !== 'sigma' && spec.profile ? t('rules.says.profile', { profile: spec.profile }) : t('rules.says.any')
  switch (spec.kind) {
    case 'sigma':
      return t('rules.says.sigma')
    case 'absence':
      return t('rules.says.absence', { who, duration: formatDuration(spec.after_s) })
    case 'threshold': {
      const hold = spec.hold_s ? t('rules.says.hold', { duration: formatDuration(spec.hold_s) }) : ''
      const clear = t(`rules.says.clear_${spec.op}`, { value: measured(spec.clear ?? spec.limit) })
      return t(`rules.says.${spec.op}`, { field: spec.field, who, value: measured(spec.limit), hold }) + ' ' + clear
    }
    case 'rate_of_change':
      return t(`rules.says.${spec.direction ?? 'either'}`, { field: spec.field, who, value: measured(spec.by), duration: formatDuration(spec.within_s) })
  }
}
