import { effectScope, ref, watch } from 'vue'
import { beforeEach, expect, it, vi } from 'vitest'
import type { Rule } from '@smartsecurity/client'

/** What the tab keeps, without the router and the session. */
const tab = vi.hoisted(() => new Map<string, string>())
vi.mock('@/app/drafts', () => ({
  useDraft: <T>(name: string, initial: () => T) => {
    const kept = tab.get(name)
    const draft = ref(kept ? JSON.parse(kept) : initial())
    watch(draft, (value) => (JSON.stringify(value) === JSON.stringify(initial()) ? tab.delete(name) : tab.set(name, JSON.stringify(value))), { deep: true, flush: 'sync' })
    return { draft, restored: ref(kept !== undefined), clear: () => ((draft.value = initial()), tab.delete(name)) }
  },
}))
const { useDraft, blank } = await import('./draft')

const rule = (name: string, limit: number, version = 3) => ({ id: 'r', name, description: '', severity: 'high', enabled: true, version, spec: { kind: 'threshold', profile: 'oven', devices: ['d'], field: 'temperature', op: 'below', limit, hold_s: 120 } }) as unknown as Rule
const open = <R>(use: (draft: ReturnType<typeof useDraft>) => R, begin = () => blank()) => {
  const scope = effectScope()
  const result = scope.run(() => use(useDraft('rule', begin))) as R
  scope.stop()
  return result
}

beforeEach(() => tab.clear())

it('shows a saved rule in the units that people type, and keeps nothing of it', () => {
  open((draft) => {
    draft.load(rule('Too cold', 150))
    expect([draft.form.value.device, draft.form.value.hold, draft.version.value]).toEqual(['d', { amount: 2, unit: 60 }, 3])
    expect(draft.spec.value).toEqual({ kind: 'threshold', profile: 'oven', devices: ['d'], field: 'temperature', op: 'below', limit: 150, hold_s: 120 })
  })
  expect(tab.size).toBe(0)
})

it('does not lose what is written when the rule is read again, and saves it against the version it was begun with', () => {
  open((draft) => {
    draft.load(rule('Too cold', 150))
    draft.form.value.limit = 160
    draft.load(rule('Renamed elsewhere', 150, 4))
    expect([draft.name.value, draft.form.value.limit, draft.version.value]).toEqual(['Too cold', 160, 3])
  })
  open((draft) => {
    draft.load(rule('Renamed elsewhere', 150, 4))
    expect([draft.restored.value, draft.form.value.limit]).toEqual([true, 160])
    draft.discard()
    expect([draft.name.value, draft.form.value.limit]).toEqual(['Renamed elsewhere', 150])
  })
  expect(tab.size).toBe(0)
})

it('forgets what is saved', () => {
  open((draft) => {
    draft.load(rule('Too cold', 150))
    draft.name.value = 'Much too cold'
    draft.saved(rule('Much too cold', 150, 4))
    expect([draft.name.value, draft.version.value]).toEqual(['Much too cold', 4])
  })
  expect(tab.size).toBe(0)
})

it('begins with what a chart suggests', () => {
  open((draft) => expect(draft.ready.value).toBe(true), () => blank({ profile: 'oven', device: 'd', field: 'temperature', limit: 200 }))
  expect(tab.size).toBe(0)
})

it('says what is lacking, by the names of the API', () => {
  open((draft) => {
    expect(draft.lacks.value).toEqual(['profile', 'field', 'limit', 'name'])
    draft.setProfile('oven')
    draft.form.value.field = 'temperature'
    draft.form.value.limit = '0'
    expect([draft.lacks.value, draft.ready.value]).toEqual([['name'], true])
    draft.name.value = 'Oven too hot'
    draft.setProfile('pump')
    expect([draft.lacks.value, draft.form.value.limit]).toEqual([['field'], '0'])
    draft.kind.value = 'absence'
    expect(draft.lacks.value).toEqual([])
  })
})
