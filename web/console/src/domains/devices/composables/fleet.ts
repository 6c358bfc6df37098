// The fleet's list: filters live in the URL, pages arrive as one scrolls, live values lie over them.
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import type { Connectivity, DevicePage, DeviceSummary, Page, Profile } from '@smartsecurity/client'
import { api } from '@/session'

export type Show = Connectivity | ''

export function useFleetFilters() {
  const route = useRoute()
  const router = useRouter()
  const param = (name: string) =>
    computed<string>({
      get: () => String(route.query[name] ?? ''),
      set: (value) => void router.replace({ query: { ...route.query, [name]: value || undefined } }),
    })
  const filters = { search: param('search'), connectivity: param('connectivity'), profile: param('profile'), sort: param('sort') }
  const filtered = computed(() => !!(filters.search.value || filters.connectivity.value || filters.profile.value))
  const clear = () => void router.replace({ query: { sort: route.query.sort } })
  return { ...filters, filtered, clear }
}

export function useFleet(filters: ReturnType<typeof useFleetFilters>) {
  const wanted = computed(() => ({ search: filters.search.value, connectivity: filters.connectivity.value, profile: filters.profile.value, sort: filters.sort.value }))
  const query = useInfiniteQuery({
    queryKey: ['devices', 'list', wanted],
    queryFn: ({ pageParam, signal }) => api.get<DevicePage>('/devices', { ...wanted.value, limit: 100, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  })
  const rows = computed<DeviceSummary[]>(() => query.data.value?.pages.flatMap((page) => page.items) ?? [])
  const counts = computed(() => query.data.value?.pages[0]?.counts)
  /** How many the filter leaves, and whether there are more: the server counts only the whole fleet and its states. */
  const found = computed(() => {
    const { search, connectivity, profile } = wanted.value
    const { online, silent, offline, pending: never } = counts.value ?? {}
    const of = !search && !profile ? { online, silent, offline, never }[connectivity as Connectivity] : undefined
    return { count: of ?? rows.value.length, more: of === undefined && query.hasNextPage.value }
  })
  const profiles = useQuery({ queryKey: ['profiles'], queryFn: ({ signal }) => api.get<Page<Profile>>('/profiles', {}, signal), staleTime: 60_000 })
  const units = computed(() => new Map((profiles.data.value?.items ?? []).flatMap((profile) => profile.fields.map((field) => [`${profile.slug}/${field.name}`, field.unit] as const))))
  return { query, rows, counts, found, profiles, unit: (device: DeviceSummary, field: string) => units.value.get(`${device.profile}/${field}`) }
}
