// The list of incidents: filters live in the URL, pages arrive as one scrolls, the stream says when to look again.
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { keepPreviousData, useInfiniteQuery, useMutation } from '@tanstack/vue-query'
import type { BulkResult, Incident, IncidentPage } from '@smartsecurity/client'
import { useLive } from '@/live'
import { useRefresh } from '@/live/refresh'
import { queries } from '@/app/queries'
import { api, me } from '@/session'

/** Whoever looks: the address of the list means the same to everybody it is sent to. */
export const mine = 'me'

export function useIncidentFilters() {
  const route = useRoute()
  const router = useRouter()
  const param = (name: string, fallback = '') =>
    computed<string>({
      get: () => String(route.query[name] ?? fallback),
      set: (value) => void router.replace({ query: { ...route.query, [name]: value === fallback ? undefined : value || undefined } }),
    })
  const filters = { status: param('status', 'active'), severity: param('severity'), search: param('search'), device: param('device'), rule: param('rule'), assignee: param('assignee') }
  const filtered = computed(() => !!(filters.severity.value || filters.search.value || filters.device.value || filters.rule.value || filters.assignee.value))
  const clear = () => void router.replace({ query: { status: route.query.status } })
  return { ...filters, filtered, clear }
}

export function useIncidents(filters: ReturnType<typeof useIncidentFilters>) {
  const wanted = computed(() => ({
    status: filters.status.value === 'all' ? undefined : filters.status.value,
    severity: filters.severity.value,
    search: filters.search.value,
    device: filters.device.value,
    rule: filters.rule.value,
    assignee: filters.assignee.value === mine ? me.value?.user.id : filters.assignee.value,
  }))
  const query = useInfiniteQuery({
    queryKey: ['incidents', 'list', wanted],
    queryFn: ({ pageParam, signal }) => api.get<IncidentPage>('/incidents', { ...wanted.value, limit: 50, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  })
  const refresh = useRefresh([['incidents'], ['overview']])
  useLive(['incidents'], { incident: refresh, gap: refresh })
  const rows = computed<Incident[]>(() => query.data.value?.pages.flatMap((page) => page.items) ?? [])
  const counts = computed(() => query.data.value?.pages[0]?.counts)
  return { query, rows, counts }
}

/** Acknowledges or resolves many at once. */
export function useBulk() {
  return useMutation({
    mutationFn: (wish: { ids: string[]; action: 'acknowledge' | 'resolve'; note?: string }) => api.post<BulkResult>('/incidents/bulk', wish),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['incidents'] })
      void queries.invalidateQueries({ queryKey: ['overview'] })
    },
  })
}
