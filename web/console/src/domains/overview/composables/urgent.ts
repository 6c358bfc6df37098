// The most urgent incidents. The API lists the newest first, so it is asked for one severity after the other, the gravest
// first and within it what nobody has taken up yet, until the list is full. Its counts say what need not be asked for.
import type { Incident, IncidentPage, Severity } from '@smartsecurity/client'

const severities: Severity[] = ['critical', 'high', 'medium', 'low', 'informational']
const statuses = ['open', 'acknowledged'] as const

export interface Wish { severity: Severity; status: (typeof statuses)[number]; limit: number }

export async function mostUrgent(read: (wish: Wish) => Promise<IncidentPage>, wanted: number): Promise<Incident[]> {
  // By id: one that is acknowledged between two answers is in both.
  const found = new Map<string, Incident>()
  let counts: IncidentPage['counts'] | undefined
  for (const severity of severities) {
    for (const status of statuses) {
      if (found.size >= wanted) break
      if (counts && !(counts.active_by_severity[severity] && counts[status])) continue
      const page = await read({ severity, status, limit: wanted - found.size })
      counts = page.counts
      for (const incident of page.items) found.set(incident.id, incident)
    }
  }
  return [...found.values()]
}
