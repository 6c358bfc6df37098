// What needs somebody now, from a few small reads that the live stream keeps current. What a device sent wrongly is of
// interest for a day: the server counts it for ever, so the age comes from the device's own list of problems.
import { computed } from 'vue'
import { useQuery } from '@tanstack/vue-query'
import type { DevicePage, DeviceProblem, DeviceSummary, IncidentPage, Overview, Page } from '@smartsecurity/client'
import { useNow } from '@smartsecurity/ui'
import { queries } from '@/app/queries'
import { useLive } from '@/live'
import { useRefresh } from '@/live/refresh'
import { api } from '@/session'
import { mostUrgent } from './urgent'

export const rows = 5
const incidentRows = 8
/** Of how many devices the problems are looked at. */
const looked = 20
const recent = 24 * 3_600_000

export interface Trouble { device: DeviceSummary; count: number; at: number }

/** Read again only when the device's count has risen. */
async function problemsOf(device: DeviceSummary): Promise<{ device: DeviceSummary; problems: DeviceProblem[] }> {
  const { items } = await queries.fetchQuery({ queryKey: ['overview-problems', device.id, device.problems], staleTime: Infinity, queryFn: ({ signal }) => api.get<Page<DeviceProblem>>(`/devices/${device.id}/problems`, {}, signal) })
  return { device, problems: items }
}

export function useNeeds() {
  const now = useNow()
  const overview = useQuery({ queryKey: ['overview'], queryFn: ({ signal }) => api.get<Overview>('/overview', {}, signal), refetchInterval: 30_000 })
  const incidents = useQuery({ queryKey: ['incidents', 'overview'], queryFn: ({ signal }) => mostUrgent((wish) => api.get<IncidentPage>('/incidents', { ...wish }, signal), incidentRows) })
  const silent = useQuery({ queryKey: ['devices', 'silent'], queryFn: ({ signal }) => api.get<DevicePage>('/devices', { connectivity: 'silent', sort: 'last_seen', limit: rows }, signal) })
  const troubled = useQuery({ queryKey: ['devices', 'troubled'], queryFn: async ({ signal }) => {
    const page = await api.get<DevicePage>('/devices', { sort: 'problems', limit: looked }, signal)
    return Promise.all(page.items.filter((device) => device.problems > 0).map(problemsOf))
  } })

  const refresh = useRefresh([['overview'], ['devices', 'silent']], 2000)
  const lookAgain = useRefresh([['devices', 'troubled']], 10_000)
  useLive(['status', 'problems'], { status: refresh, problem: lookAgain })

  const urgent = computed(() => incidents.data.value ?? [])
  const wrong = computed<Trouble[]>(() =>
    (troubled.data.value ?? [])
      .map(({ device, problems }) => {
        const lately = problems.filter(({ last_at }) => Date.parse(last_at) > now.value - recent)
        return { device, count: lately.reduce((sum, { count }) => sum + count, 0), at: Math.max(0, ...lately.map(({ last_at }) => Date.parse(last_at))) }
      })
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.at - a.at),
  )
  /** There may be more than were looked at. */
  const more = computed(() => (troubled.data.value?.length ?? 0) === looked)
  // The lists and the counts are read one after the other: a row that is there is counted, even when the count is older.
  const active = computed(() => {
    const { open = 0, acknowledged = 0 } = overview.data.value?.needs_you.incidents ?? {}
    return Math.max(open + acknowledged, urgent.value.length)
  })
  const quiet = computed(() => silent.data.value?.items ?? [])
  const silentCount = computed(() => Math.max(overview.data.value?.needs_you.silent_devices ?? 0, quiet.value.length))
  /** What has to be done soon; a message that was refused can wait, but is counted where there is more. */
  const pressing = computed(() => active.value + silentCount.value > 0)
  const total = computed(() => active.value + silentCount.value + wrong.value.length)
  const ready = computed(() => overview.data.value !== undefined && ![incidents, silent, troubled].some(({ isPending }) => isPending.value))
  return { overview, urgent, wrong, more, active, quiet, silentCount, pressing, total, ready }
}
