// The rule under the editor's hands: what each kind needs, in the units people type, and back into what the API takes.
// What is not saved yet survives the end of the session and a look at another screen.
import { computed, type WritableComputedRef } from 'vue'
import type { Rule, RuleInput, RuleSpec, Severity } from '@smartsecurity/client'
import { useDraft as useKept } from '@/app/drafts'

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

const emptyForm = () => ({
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
export type Form = ReturnType<typeof emptyForm>

export interface Written {
  name: string
  description: string
  severity: Severity
  enabled: boolean
  kind: RuleSpec['kind']
  /** Of the saved rule that this changes. */
  version: number | undefined
  form: Form
}

export const blank = (given: Partial<Form> = {}): Written => ({ name: '', description: '', severity: 'medium', enabled: true, kind: 'threshold', version: undefined, form: { ...emptyForm(), ...given } })

/** A saved rule as the form shows it; a copy has a name of its own and changes nothing. */
export function written(rule: Rule, asCopy?: string): Written {
  return { name: asCopy ?? rule.name, description: rule.description, severity: rule.severity, enabled: rule.enabled, kind: rule.spec.kind, version: asCopy ? undefined : rule.version, form: { ...emptyForm(), ...formOf(rule.spec) } }
}

function formOf(spec: RuleSpec): Partial<Form> {
  if (spec.kind === 'sigma') return { yaml: spec.yaml }
  const of = { profile: spec.profile ?? '', device: spec.devices?.[0] ?? '' }
  if (spec.kind === 'absence') return { ...of, after: spanOf(spec.after_s) }
  const measured = { ...of, field: spec.field, clear: spec.clear ?? '', hold: spanOf(spec.hold_s ?? 0) }
  if (spec.kind === 'threshold') return { ...measured, op: spec.op, limit: spec.limit }
  return { ...measured, by: spec.by, within: spanOf(spec.within_s), direction: spec.direction ?? 'either' }
}

/** `name` tells apart what is begun at the same address: a new rule, a copy of one, one from a chart. */
export function useDraft(name = 'rule', begin: () => Written = blank) {
  let base = begin()
  const kept = useKept<Written>(name, () => structuredClone(base))
  const now = kept.draft
  const same = (a: Written, b: Written) => JSON.stringify(a) === JSON.stringify(b)
  const part = <K extends keyof Written>(key: K): WritableComputedRef<Written[K]> => computed({ get: () => now.value[key], set: (value) => (now.value[key] = value) })
  const form = computed(() => now.value.form)
  const kind = part('kind')

  const number = (value: number | string) => (String(value).trim() === '' ? undefined : Number(value))
  const spec = computed<RuleSpec>(() => {
    const { profile, device, field, op, limit, by, hold, within, direction, after, yaml } = form.value
    const devices = device ? { devices: [device] } : {}
    const clear = number(form.value.clear)
    const cleared = clear === undefined ? {} : { clear }
    switch (kind.value) {
      case 'threshold':
        return { kind: 'threshold', profile, ...devices, field, op, limit: number(limit) ?? 0, ...cleared, hold_s: secondsOf(hold) }
      case 'absence':
        return { kind: 'absence', ...(profile ? { profile } : {}), ...devices, after_s: secondsOf(after) }
      case 'rate_of_change':
        return { kind: 'rate_of_change', profile, ...devices, field, by: number(by) ?? 0, within_s: secondsOf(within), direction, ...cleared, hold_s: secondsOf(hold) }
      case 'sigma':
        return { kind: 'sigma', yaml }
    }
  })
  const untried = computed(() => {
    const { profile, field, limit, by, after, yaml } = form.value
    const given = (value: number | string) => Number.isFinite(number(value))
    const measured = { profile: profile !== '', field: field !== '' }
    const needed: Record<string, boolean> = {
      sigma: { yaml: yaml.trim() !== '' },
      absence: { after_s: secondsOf(after) > 0 },
      threshold: { ...measured, limit: given(limit) },
      rate_of_change: { ...measured, by: given(by) },
    }[kind.value]
    return Object.keys(needed).filter((name) => !needed[name])
  })
  /** Enough is filled in to try it. */
  const ready = computed(() => untried.value.length === 0)
  /** What is not filled in yet to save it, as the API calls it. A Sigma rule brings its own name. */
  const lacks = computed(() => [...untried.value, ...(kind.value !== 'sigma' && now.value.name.trim() === '' ? ['name'] : [])])
  const input = computed<RuleInput>(() => {
    const { name: called, description, enabled, severity } = now.value
    const shared = { ...(called.trim() ? { name: called.trim() } : {}), description: description.trim(), enabled }
    // A Sigma rule brings its own level and title.
    return kind.value === 'sigma' ? { ...shared, spec: spec.value } : { ...shared, severity, spec: spec.value }
  })

  /** A field is one of a profile, and so is a device. */
  function setProfile(profile: string) {
    if (profile !== form.value.profile) Object.assign(form.value, { profile, device: '', field: '' })
  }

  /** What the server has. It takes nothing away that was written and is not saved. */
  function load(rule: Rule, asCopy?: string) {
    const changed = !same(now.value, base)
    base = written(rule, asCopy)
    if (!changed) now.value = structuredClone(base)
  }
  /** The server has what is written here. */
  function saved(rule: Rule) {
    base = written(rule)
    kept.clear()
  }
  return {
    name: part('name'),
    description: part('description'),
    severity: part('severity'),
    enabled: part('enabled'),
    version: part('version'),
    kind,
    form,
    spec,
    lacks,
    ready,
    input,
    setProfile,
    load,
    saved,
    restored: kept.restored,
    discard: kept.clear,
  }
}
export type Draft = ReturnType<typeof useDraft>
