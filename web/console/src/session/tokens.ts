// Keeps the proof of who is signed in. The access token lives in memory only. The refresh token is in localStorage,
// because the API hands it out as JSON and every tab must share its rotation: a refresh token works once, and using an
// old one ends the session. The Web Locks API lets one tab refresh at a time; the others take over what it got.
import { Http, ApiProblem, type Tokens, type TokenSource } from '@smartsecurity/client'

const key = 'smartsecurity.session'
const early = 30_000

interface Access {
  token: string
  until: number
}

let access: Access | undefined
let onEnd: (() => void) | undefined
const channel = new BroadcastChannel('smartsecurity.session')

channel.onmessage = (event: MessageEvent<Access | 'ended'>) => {
  if (event.data === 'ended') {
    access = undefined
    onEnd?.()
  } else access = event.data
}

export const signedIn = () => localStorage.getItem(key) !== null
export const whenEnded = (run: () => void) => (onEnd = run)

export function keep(tokens: Tokens): void {
  localStorage.setItem(key, tokens.refresh_token)
  access = { token: tokens.access_token, until: Date.now() + tokens.expires_in * 1000 }
  channel.postMessage(access)
}

export function forget(): void {
  localStorage.removeItem(key)
  access = undefined
  channel.postMessage('ended')
}

export const refreshToken = () => localStorage.getItem(key)

function usable(stale?: string): string | undefined {
  return access && access.token !== stale && access.until - early > Date.now() ? access.token : undefined
}

async function refresh(stale?: string): Promise<string | undefined> {
  // Another tab may have done it while this one waited for the lock.
  const shared = usable(stale)
  if (shared) return shared
  const token = refreshToken()
  if (!token) return undefined
  try {
    const tokens = await anonymous.request<Tokens>('POST', '/auth/refresh', { body: { refresh_token: token }, anonymous: true })
    keep(tokens)
    return tokens.access_token
  } catch (error) {
    if (error instanceof ApiProblem && (error.status === 401 || error.status === 400 || error.status === 403)) {
      forget()
      onEnd?.()
      return undefined
    }
    throw error
  }
}

async function refreshAlone(stale?: string): Promise<string | undefined> {
  return await navigator.locks.request('smartsecurity.refresh', () => refresh(stale))
}

let running: Promise<string | undefined> | undefined

export const tokenSource: TokenSource = {
  async token(stale) {
    const now = usable(stale)
    if (now) return now
    if (!signedIn()) return undefined
    running ??= refreshAlone(stale).finally(() => (running = undefined))
    return running
  },
  ended() {
    forget()
    onEnd?.()
  },
}

const nobody: TokenSource = { token: () => Promise.resolve(undefined), ended: () => undefined }
const anonymous = new Http('/api/v1', nobody)
