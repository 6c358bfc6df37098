// Keeps the proof of who is signed in. The access token lives in memory only. The refresh token is in localStorage,
// because the API hands it out as JSON and every tab must share its rotation: a refresh token works once, and using an
// old one ends the session. Three things keep that from signing out whoever did nothing wrong: the Web Locks API lets
// one tab refresh at a time, and the others take over what it got; the token is kept with a secret that names the attempt
// to exchange it, so that an answer which got lost, on the way or with its page, can be asked for again; and a refusal
// counts only while the refused token is still the one that is kept.
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

channel.onmessage = (event: MessageEvent<Access | 'ended' | 'moved'>) => {
  if (event.data === 'ended') {
    access = undefined
    onEnd?.()
  } else if (event.data === 'moved') location.reload()
  else access = event.data
}

export const signedIn = () => localStorage.getItem(key) !== null
export const whenEnded = (run: () => void) => (onEnd = run)

/** Kept as one value, so that no tab sees a token with the attempt of another. */
interface Kept {
  token: string
  attempt: string | undefined
}

function kept(): Kept | undefined {
  const [token, attempt] = (localStorage.getItem(key) ?? '').split(' ')
  return token ? { token, attempt } : undefined
}

/** 192 random bits. `crypto.randomUUID` is there over https only; a controller in the local network has none. */
function newAttempt(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

const take = (tokens: Tokens) => (access = { token: tokens.access_token, until: Date.now() + tokens.expires_in * 1000 })

export function keep(tokens: Tokens): void {
  localStorage.setItem(key, `${tokens.refresh_token} ${newAttempt()}`)
  channel.postMessage(take(tokens))
}

export function forget(): void {
  localStorage.removeItem(key)
  access = undefined
  channel.postMessage('ended')
}

/** This browser is in another tenant now: what the other tabs show is of the one before. */
export const announceMove = () => channel.postMessage('moved')

export const refreshToken = () => kept()?.token

function usable(stale?: string): string | undefined {
  return access && access.token !== stale && access.until - early > Date.now() ? access.token : undefined
}

async function refresh(stale?: string): Promise<string | undefined> {
  // Another tab may have done it while this one waited for the lock.
  const shared = usable(stale)
  if (shared) return shared
  const mine = kept()
  if (!mine) return undefined
  try {
    const body = { refresh_token: mine.token, ...(mine.attempt && { attempt: mine.attempt }) }
    const tokens = await anonymous.request<Tokens>('POST', '/auth/refresh', { body, anonymous: true })
    const now = refreshToken()
    if (now === mine.token) keep(tokens)
    else if (now === tokens.refresh_token) take(tokens)
    // Somebody signed out, or in elsewhere, meanwhile: that holds.
    else return now ? refresh(stale) : undefined
    return tokens.access_token
  } catch (error) {
    if (error instanceof ApiProblem && (error.status === 401 || error.status === 400 || error.status === 403)) {
      const now = refreshToken()
      if (now && now !== mine.token) return refresh(stale)
      forget()
      onEnd?.()
      return undefined
    }
    throw error
  }
}

async function refreshAlone(stale?: string): Promise<string | undefined> {
  // Browsers offer locks over https and on localhost only. Without them, tabs that ask at the same time make the same
  // attempt, and get the same answer.
  const locks = (navigator as { locks?: LockManager }).locks
  return locks ? await locks.request('smartsecurity.refresh', () => refresh(stale)) : await refresh(stale)
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
