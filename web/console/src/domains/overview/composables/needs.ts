// What needs somebody now, from four small reads that the live stream keeps current.
import { computed } from 'vue'
import { useQuery } from '@tanstack/vue-query'
import type { DevicePage, DeviceSummary, IncidentBrief, Overview, Page, Severity } from '@smartsecurity/client'
import { useLive } from '@/live'
import { useRefresh } from '@/live/refresh'
import { api } from '@/session'

export interface OpenIncident extends IncidentBrief {
  rule: { name?: string | null } | null
  number: number
  device: { id: string; name: string | null }
  findings: number
  opened_at: string
  last_finding_at: string
}

const order: Severity[] = ['critical', 'high', 'medium', 'low', 'informational']
export const rows = 5

export function useNeeds() {
  const overview = useQuery({ queryKey: ['overview'], queryFn: ({ signal }) => api.get<Overview>('/overview', {}, signal), refetchInterval: 30_000 })
  const incidents = useQuery({ queryKey: ['incidents', 'overview'], queryFn: ({ signal }) => api.get<Page<OpenIncident>>('/incidents', { status: 'active', limit: 50 }, signal) })
  const silent = useQuery({ queryKey: ['devices', 'silent'], queryFn: ({ signal }) => api.get<DevicePage>('/devices', { connectivity: 'silent', sort: 'last_seen', limit: rows }, signal) })
  const troubled = useQuery({ queryKey: ['devices', 'troubled'], queryFn: ({ signal }) => api.get<DevicePage>('/devices', { sort: 'problems', limit: rows }, signal) })

  const refresh = useRefresh([['overview'], ['devices', 'silent'], ['devices', 'troubled']], 2000)
  useLive(['status', 'problems'], { status: refresh, problem: refresh })

  const urgent = computed(() =>
    [...(incidents.data.value?.items ?? [])].sort(
      (a, b) => Number(a.status !== 'open') - Number(b.status !== 'open') || order.indexOf(a.severity) - order.indexOf(b.severity) || b.last_finding_at.localeCompare(a.last_finding_at),
    ),
  )
  const wrong = computed<DeviceSummary[]>(() => (troubled.data.value?.items ?? []).filter((device) => device.problems > 0))
  const openCount = computed(() => (overview.data.value?.needs_you.incidents.open ?? 0) + (overview.data.value?.needs_you.incidents.acknowledged ?? 0))
  const silentCount = computed(() => overview.data.value?.needs_you.silent_devices ?? 0)
  const wrongCount = computed(() => overview.data.value?.needs_you.devices_with_problems ?? 0)
  const total = computed(() => openCount.value + silentCount.value + wrongCount.value)
  return { overview, incidents, silent, troubled, urgent, wrong, openCount, silentCount, wrongCount, total }
}
