import type { LocationQuery } from 'vue-router'

/** Where somebody was going who had to sign in first: a path of ours, never another site. */
export function comingFrom(query: LocationQuery): string {
  const next = String(query.next ?? '/')
  return next.startsWith('/') && !next.startsWith('//') ? next : '/'
}
