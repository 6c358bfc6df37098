// What somebody began to write, kept for this tab by whom and where it was written. Nobody else's is ever read: a draft
// carries its writer in its key, and goes away when they sign out or when another person signs in.
const prefix = 'smartsecurity.draft/'

/** A person within a tenant. */
export interface Writer { user: string; tenant: string }

const mine = ({ user, tenant }: Writer) => `${prefix}${user}/${tenant}`

export const draftKey = (writer: Writer, path: string, name: string) => `${mine(writer)}${path}#${name}`

export function readDraft<T>(key: string): T | undefined {
  try {
    const text = sessionStorage.getItem(key)
    return text === null ? undefined : (JSON.parse(text) as T)
  } catch {
    return undefined
  }
}

/** `undefined` forgets it. A tab that has no room for more goes on without. */
export function writeDraft(key: string, value: unknown): void {
  try {
    if (value === undefined) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, JSON.stringify(value))
  } catch {
    // Storage is full, or forbidden in this browser.
  }
}

/** Everything that was not written by this person; without one, everything. */
export function forgetDrafts(but?: string): void {
  const keys = Array.from({ length: sessionStorage.length }, (_, index) => sessionStorage.key(index) ?? '')
  for (const key of keys) if (key.startsWith(prefix) && !(but && key.startsWith(`${prefix}${but}/`))) sessionStorage.removeItem(key)
}
