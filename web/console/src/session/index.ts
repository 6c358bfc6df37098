// Who is signed in, what they may do, and how to say why they may not.
import { computed, ref, shallowRef } from 'vue'
import { ApiProblem, Http, type Me, type Permission, type Role, type Tokens } from '@smartsecurity/client'
import { forgetDrafts } from '@/app/draftStore'
import { i18n, languages, setLanguage } from '@/app/i18n'
import { announceMove, forget, keep, refreshToken, signedIn, tokenSource, whenEnded } from './tokens'

export { signedIn } from './tokens'
export const api = new Http('/api/v1', tokenSource)
export const me = shallowRef<Me>()
/** Why the last session ended, for the sign-in page. */
export const endedBecause = ref<'expired' | 'left'>()

const operator: Permission[] = ['read_all', 'manage_devices', 'send_commands', 'manage_rules', 'handle_incidents']
const granted: Record<Role, Permission[]> = {
  viewer: ['read_all'],
  operator,
  owner: [...operator, 'manage_settings', 'manage_people'],
}

let reading: Promise<Me> | undefined

/** Asked by whoever comes first; the others wait for the same answer. */
export const loadMe = (): Promise<Me> => (reading ??= readMe().finally(() => (reading = undefined)))

async function readMe(): Promise<Me> {
  const found = await api.get<Me>('/me')
  forgetDrafts(found.user.id)
  me.value = found
  const wish = languages.find((entry) => entry.value === found.user.language)?.value
  if (wish && !localStorage.getItem('smartsecurity.language')) await setLanguage(wish, false)
  return found
}

export async function begin(tokens: Tokens): Promise<void> {
  keep(tokens)
  endedBecause.value = undefined
  await loadMe()
}

export const signIn = async (email: string, password: string) => begin(await api.request<Tokens>('POST', '/auth/login', { body: { email, password }, anonymous: true }))

/** Goes to another tenant of the same person: a new session there, in place of this one, in every tab. */
export async function switchTenant(id: string): Promise<void> {
  const before = refreshToken()
  const tokens = await api.post<Tokens>('/auth/switch', { tenant: id })
  keep(tokens)
  announceMove()
  // Nobody holds the session before any more; it would only stay in the list of sessions until it expires.
  await api.request('POST', '/auth/logout', { body: { refresh_token: before }, anonymous: true }).catch(() => undefined)
  // Everything on the screen, in queries and in the live stream is of the other tenant: begin anew.
  location.assign('/')
}

export async function signOut(): Promise<void> {
  const token = refreshToken()
  await api.request('POST', '/auth/logout', { body: { refresh_token: token } }).catch(() => undefined)
  endedBecause.value = 'left'
  forgetDrafts()
  forget()
  me.value = undefined
}

/** Called once by the router, which then shows the sign-in page. */
export function onSessionEnd(run: () => void): void {
  whenEnded(() => {
    if (!me.value && !signedIn()) return run()
    me.value = undefined
    endedBecause.value ??= 'expired'
    run()
  })
}

export function may(permission: Permission): boolean {
  const person = me.value
  if (!person) return false
  return person.permissions?.includes(permission) || granted[person.role]?.includes(permission) || false
}

/**
 * Whether the person may, and otherwise the sentence that says why not and who can help. Goes straight into a button:
 * `<Button :denied="manage.denied">`.
 */
export function usePermission(permission: Permission) {
  return computed(() => ({
    allowed: may(permission),
    denied: may(permission) ? undefined : i18n.global.t(`permission.${permission}`, { role: i18n.global.t(`role.${me.value?.role ?? 'viewer'}`) }),
  }))
}

export { ApiProblem }
