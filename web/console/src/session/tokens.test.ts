import { afterEach, beforeEach, expect, it, vi } from 'vitest'

const key = 'smartsecurity.session'
interface Sent { refresh_token: string; attempt?: string }

/** A server whose refresh tokens work once, but for the attempt that used one. */
function server() {
  const used = new Map<string, { attempt: string | undefined; next: string }>()
  const sent: Sent[] = []
  let valid = 'first'
  let lose = 0
  const fetch = (_: string, init: RequestInit) => {
    const { refresh_token: token, attempt } = JSON.parse(init.body as string) as Sent
    sent.push({ refresh_token: token, ...(attempt && { attempt }) })
    const before = used.get(token)
    if (before && !(before.attempt && before.attempt === attempt && valid === before.next)) return answer(401, { code: 'refresh_token_reused' })
    if (!before && token !== valid) return answer(401, { code: 'refresh_token_invalid' })
    const next = before?.next ?? `${token}+`
    used.set(token, { attempt, next })
    valid = next
    if (lose-- > 0) return Promise.reject(new TypeError('the network is gone'))
    return answer(200, { access_token: `access-${next}`, refresh_token: next, token_type: 'Bearer', expires_in: 600 })
  }
  const answer = (status: number, body: object) => Promise.resolve(new Response(JSON.stringify(body), { status }))
  return { fetch, sent, loseNext: () => (lose = 1) }
}

function memory(): Storage {
  const values = new Map<string, string>()
  return {
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => void values.set(name, value),
    removeItem: (name: string) => void values.delete(name),
  } as Storage
}

/** Another tab: a module of its own beside the same storage. */
async function tab() {
  vi.resetModules()
  return await import('./tokens')
}

let held = Promise.resolve<unknown>(undefined)
const locks = { request: (_: string, run: () => Promise<unknown>) => (held = held.then(run, run)) }

beforeEach(() => {
  vi.stubGlobal('localStorage', memory())
  vi.stubGlobal('BroadcastChannel', class { onmessage = null; postMessage() {} })
  vi.stubGlobal('navigator', { locks })
})
afterEach(() => vi.unstubAllGlobals())

it('keeps the next token with an attempt of its own', async () => {
  const { fetch, sent } = server()
  vi.stubGlobal('fetch', fetch)
  localStorage.setItem(key, 'first')
  const one = await tab()
  expect(await one.tokenSource.token()).toBe('access-first+')
  // A token that an earlier version kept has no attempt yet.
  expect(sent).toEqual([{ refresh_token: 'first' }])
  expect(localStorage.getItem(key)).toMatch(/^first\+ [0-9a-f]{48}$/)
  expect(one.refreshToken()).toBe('first+')
})

it('asks again for an answer that got lost, also after a reload', async () => {
  const { fetch, sent, loseNext } = server()
  vi.stubGlobal('fetch', fetch)
  localStorage.setItem(key, `first ${'a'.repeat(48)}`)
  loseNext()
  await expect((await tab()).tokenSource.token()).rejects.toMatchObject({ unreachable: true })
  expect(await (await tab()).tokenSource.token()).toBe('access-first+')
  expect(sent.map(({ attempt }) => attempt)).toEqual(['a'.repeat(48), 'a'.repeat(48)])
})

it.each([['with locks', true], ['where the browser has none', false]])('signs nobody out when two tabs refresh at the same time, %s', async (_, locked) => {
  const { fetch } = server()
  vi.stubGlobal('fetch', fetch)
  vi.stubGlobal('navigator', locked ? { locks } : {})
  localStorage.setItem(key, `first ${'a'.repeat(48)}`)
  const [one, other] = [await tab(), await tab()]
  const tokens = await Promise.all([one.tokenSource.token(), other.tokenSource.token()])
  expect(tokens.every((token) => token?.startsWith('access-first+'))).toBe(true)
  expect(one.signedIn()).toBe(true)
})

it('believes a refusal only of the token that is still kept', async () => {
  const { fetch } = server()
  localStorage.setItem(key, 'stale')
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    // Another tab signs in while this one asks.
    if ((init.body as string).includes('stale')) localStorage.setItem(key, 'first')
    return fetch(url, init)
  })
  const one = await tab()
  expect(await one.tokenSource.token()).toBe('access-first+')
})

it('ends when the kept token is refused', async () => {
  const { fetch } = server()
  vi.stubGlobal('fetch', fetch)
  localStorage.setItem(key, 'stolen-and-used')
  const one = await tab()
  let ended = 0
  one.whenEnded(() => ended++)
  expect(await one.tokenSource.token()).toBeUndefined()
  expect([ended, one.signedIn()]).toEqual([1, false])
})
