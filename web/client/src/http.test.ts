import { afterEach, expect, it, vi } from 'vitest'
import { Http, queryString } from './http'
import { ApiProblem } from './problem'

const reply = (status: number, body?: object, headers = {}) => new Response(body ? JSON.stringify(body) : null, { status, headers })
afterEach(() => vi.unstubAllGlobals())

it('leaves empty filters out of the address', () => {
  expect(queryString({ search: '', status: 'open', cursor: undefined, limit: 50 })).toBe('?status=open&limit=50')
  expect(queryString({})).toBe('')
})

it('asks for a fresh token once when one is refused, and ends the session when that is refused too', async () => {
  const sent: string[] = []
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    sent.push((init.headers as Record<string, string>).authorization ?? '')
    return Promise.resolve(reply(401, { code: 'unauthenticated', title: 'Not signed in' }))
  })
  let ended = 0
  const http = new Http('', { token: (stale) => Promise.resolve(stale ? 'new' : 'old'), ended: () => ended++ })
  await expect(http.get('/me')).rejects.toMatchObject({ status: 401, code: 'unauthenticated' })
  expect(sent).toEqual(['Bearer old', 'Bearer new'])
  expect(ended).toBe(1)
})

it('keeps what a problem explains, and when to come back', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(reply(429, { title: 'Too many attempts', detail: 'Wait.', code: 'throttled', hint: 'Later.' }, { 'retry-after': '42' })))
  const http = new Http('', { token: () => Promise.resolve(undefined), ended: () => undefined })
  const problem = await http.post('/auth/login').catch((error: unknown) => error)
  expect(problem).toBeInstanceOf(ApiProblem)
  expect(problem).toMatchObject({ title: 'Too many attempts', detail: 'Wait.', code: 'throttled', hint: 'Later.', retryAfter: 42 })
})

it('tells a server that does not answer from one that refuses', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
  const http = new Http('', { token: () => Promise.resolve(undefined), ended: () => undefined })
  await expect(http.get('/me')).rejects.toMatchObject({ unreachable: true, code: 'unreachable' })
})
