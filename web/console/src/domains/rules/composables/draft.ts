// The rule under the editor's hands: what each kind needs, in the units people type, and back into what the API takes.
import { computed, reactive, ref, watch } from 'vue'
import type { Rule, RuleInput, RuleSpec, Severity } from '@smartsecurity/client'

export const sigmaTemplate = `title: Repeated failed logins
description: Somebody is trying passwords on a device.
level: high
logsource:
  product: smartsecurity
  service: device
detection:
  failed:
    action: login
    outcome: failure
  condition: failed
`

/** A length of time as people say it. */
export interface Span { amount: number | string; unit: 60 | 3600 | 1 }
export const spanOf = (seconds: number): Span => (seconds !== 0 && seconds % 3600 === 0 ? { amount: seconds / 3600, unit: 3600 } : seconds % 60 === 0 ? { amount: seconds / 60, unit: 60 } : { amount: seconds, unit: 1 })
export const secondsOf = (span: Span) => Math.max(0, Math.round(Number(span.amount) * span.unit))

export function useDraft() {
  const name = ref('')
  const description = ref('')
  const severity = ref<Severity>('medium')
  const enabled = ref(true)
  const kind = ref<RuleSpec['kind']>('threshold')
  const version = ref<number>()
  const form = reactive({
    profile: '',
    device: '',
    field: '',
    op: 'above' as 'above' | 'below',
    limit: '' as number | string,
    clear: '' as number | string,
    hold: { amount: 0, unit: 60 } as Span,
    by: '' as number | string,
    within: { amount: 10, unit: 60 } as Span,
    direction: 'either' as 'rise' | 'fall' | 'either',
    after: { amount: 10, unit: 60 } as Span,
    yaml: sigmaTemplate,
  })
  watch(() => form.profile, (_now, before) => before && ((form.field = ''), (form.device = '')))

  const number = (value: number | string) => (String(value).trim() === '' ? undefined : Number(value))
  const spec = computed<RuleSpec>(() => {
    const devices = form.device ? { devices: [form.device] } : {}
    const clear = number(form.clear)
    const cleared = clear === undefined ? {} : { clear }
    switch (kind.value) {
      case 'threshold':
        return { kind: 'threshold', profile: form.profile, ...devices, field: form.field, op: form.op, limit: number(form.limit) ?? 0, ...cleared, hold_s: secondsOf(form.hold) }
      case 'absence':
        return { kind: 'absence', ...(form.profile ? { profile: form.profile } : {}), ...devices, after_s: secondsOf(form.after) }
      case 'rate_of_change':
        return { kind: 'rate_of_change', profile: form.profile, ...devices, field: form.field, by: number(form.by) ?? 0, within_s: secondsOf(form.within), direction: form.direction, ...cleared, hold_s: secondsOf(form.hold) }
      case 'sigma':
        return { kind: 'sigma', yaml: form.yaml }
    }
  })
  /** Enough is filled in to try it. */
  const ready = computed(() => {
    if (kind.value === 'sigma') return form.yaml.trim() !== ''
    if (kind.value === 'absence') return secondsOf(form.after) > 0
    const measure = kind.value === 'threshold' ? form.limit : form.by
    return form.profile !== '' && form.field !== '' && Number.isFinite(number(measure))
  })
  const input = computed<RuleInput>(() => {
    const base = { ...(name.value.trim() ? { name: name.value.trim() } : {}), description: description.value.trim(), enabled: enabled.value }
    // A Sigma rule brings its own level and title.
    return kind.value === 'sigma' ? { ...base, spec: spec.value } : { ...base, severity: severity.value, spec: spec.value }
  })

  function load(rule: Rule, asCopy?: string) {
    name.value = asCopy ?? rule.name
    description.value = rule.description
    severity.value = rule.severity
    enabled.value = rule.enabled
    version.value = asCopy ? undefined : rule.version
    kind.value = rule.spec.kind
    const given = rule.spec
    if (given.kind === 'sigma') return void (form.yaml = given.yaml)
    form.profile = given.profile ?? ''
    // The watcher on the profile runs later; what follows must survive it.
    queueMicrotask(() => {
      form.device = given.devices?.[0] ?? ''
      if (given.kind === 'absence') return void (form.after = spanOf(given.after_s))
      form.field = given.field
      form.clear = given.clear ?? ''
      form.hold = spanOf(given.hold_s ?? 0)
      if (given.kind === 'threshold') {
        form.op = given.op
        form.limit = given.limit
      } else {
        form.by = given.by
        form.within = spanOf(given.within_s)
        form.direction = given.direction ?? 'either'
      }
    })
  }
  return { name, description, severity, enabled, kind, version, form, spec, ready, input, load }
}
export type Draft = ReturnType<typeof useDraft>
