import { effectScope, nextTick, reactive } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { forgetDrafts } from './draftStore'

const here = reactive({ path: '/incidents/1', matched: [{ path: '/incidents/:id' }] })
const session = vi.hoisted(() => ({ me: { value: undefined as { user: { id: string }; tenant: { id: string } } | undefined } }))
vi.mock('vue-router', () => ({ useRoute: () => here }))
vi.mock('@/session', () => session)
const { useDraft } = await import('./drafts')

function memory(): Storage {
  const values = new Map<string, string>()
  return {
    get length() {
      return values.size
    },
    key: (index: number) => [...values.keys()][index] ?? null,
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => void values.set(name, value),
    removeItem: (name: string) => void values.delete(name),
  } as Storage
}

const person = (user: string, tenant = 'north') => (session.me.value = { user: { id: user }, tenant: { id: tenant } })
function go(path: string, screen: string) {
  here.matched = [{ path: screen }]
  here.path = path
}
/** A screen that is opened, used and left. */
function screen<T, R>(initial: () => T, use: (kept: ReturnType<typeof useDraft<T>>) => R, name = 'comment'): R {
  const scope = effectScope()
  const result = scope.run(() => use(useDraft(name, initial))) as R
  scope.stop()
  return result
}
const text = () => screen(() => '', ({ draft }) => draft.value)

beforeEach(() => {
  vi.stubGlobal('sessionStorage', memory())
  person('ada')
  go('/incidents/1', '/incidents/:id')
})
afterEach(() => vi.unstubAllGlobals())

it('comes back as it was left, also when the screen goes away in the same moment', () => {
  screen(() => '', ({ draft }) => (draft.value = 'the pump is'))
  expect(screen(() => '', ({ draft, restored }) => [draft.value, restored.value])).toEqual(['the pump is', true])
})

it('keeps what changes within an object', () => {
  const form = () => ({ name: '', hold: { amount: 0 } })
  screen(form, ({ draft }) => (draft.value.hold.amount = 5))
  expect(screen(form, ({ draft }) => draft.value)).toEqual({ name: '', hold: { amount: 5 } })
})

it('is gone once it was sent, or taken back to what it was', () => {
  screen(() => '', ({ draft, clear }) => ((draft.value = 'sent'), clear()))
  expect(text()).toBe('')
  screen(() => 'as stored', ({ draft }) => ((draft.value = 'changed'), (draft.value = 'as stored')))
  expect(sessionStorage.length).toBe(0)
})

it('is of one person in one tenant at one address', () => {
  screen(() => '', ({ draft }) => (draft.value = 'mine'))
  person('ada', 'south')
  expect(text()).toBe('')
  person('bob')
  expect(text()).toBe('')
  person('ada')
  go('/incidents/2', '/incidents/:id')
  expect(text()).toBe('')
  go('/incidents/1', '/incidents/:id')
  expect(text()).toBe('mine')
})

it('goes along with the route to the next thing of the same kind, and stays put on the way to another screen', async () => {
  const scope = effectScope()
  const draft = scope.run(() => useDraft('comment', () => '').draft)!
  const after = async (path: string, of: string) => (go(path, of), await nextTick(), draft.value)
  draft.value = 'of the first'
  expect(await after('/incidents/2', '/incidents/:id')).toBe('')
  draft.value = 'of the second'
  expect(await after('/incidents/1', '/incidents/:id')).toBe('of the first')
  expect(await after('/devices/1', '/devices/:id')).toBe('of the first')
  scope.stop()
})

it('is deleted when somebody else signs in, or when its writer signs out', () => {
  sessionStorage.setItem('smartsecurity.reloaded', '1')
  screen(() => '', ({ draft }) => (draft.value = 'mine'))
  forgetDrafts('ada')
  expect(text()).toBe('mine')
  forgetDrafts('ad')
  expect(sessionStorage.length).toBe(1)
  screen(() => '', ({ draft }) => (draft.value = 'again'))
  forgetDrafts()
  expect(sessionStorage.length).toBe(1)
})

it('is not kept for nobody', () => {
  session.me.value = undefined
  screen(() => '', ({ draft }) => (draft.value = 'whose?'))
  expect(sessionStorage.length).toBe(0)
})
