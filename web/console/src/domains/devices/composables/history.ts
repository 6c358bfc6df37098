// Which part of a device's past is on the chart. It lives in the URL, so that a view can be sent to a colleague.
import { computed, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { FieldInfo, HistoryRange, Series } from '@smartsecurity/client'
import { api } from '@/session'

export type Preset = 'hour' | 'sixHours' | 'day' | 'week' | 'month' | 'all' | 'custom'
export const presets: Record<Exclude<Preset, 'all' | 'custom'>, number> = { hour: 3600, sixHours: 6 * 3600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400 }
export const mostFields = 4

export function useHistory(id: Ref<string>, fields: Ref<FieldInfo[]>) {
  const route = useRoute()
  const router = useRouter()
  const numbers = computed(() => fields.value.filter((field) => field.kind === 'number'))
  const range = useQuery({ queryKey: ['device', id, 'history-range'], queryFn: ({ signal }) => api.get<HistoryRange>(`/devices/${id.value}/history-range`, {}, signal) })

  const put = (query: Record<string, string | undefined>, step = false) => void router[step ? 'push' : 'replace']({ query: { ...route.query, ...query } })
  const chosen = computed<string[]>({
    get: () => {
      const wanted = String(route.query.fields ?? '').split(',').filter((name) => numbers.value.some((field) => field.name === name))
      return wanted.length > 0 ? wanted.slice(0, mostFields) : numbers.value.slice(0, 1).map((field) => field.name)
    },
    set: (names) => put({ fields: names.join(',') || undefined }),
  })
  const custom = computed(() => {
    const [from, to] = [Number(route.query.from), Number(route.query.to)]
    return from > 0 && to > from ? { from, to } : undefined
  })
  const preset = computed<Preset>(() => {
    if (custom.value) return 'custom'
    const wanted = String(route.query.range ?? '') as Preset
    if (wanted in presets || wanted === 'all') return wanted
    // A replayed or long silent device has nothing in the last day: begin with all that there is.
    const last = Date.parse(range.data.value?.last ?? '')
    return Number.isFinite(last) && last < Date.now() - 86_400_000 ? 'all' : 'day'
  })
  const bounds = computed(() => {
    if (custom.value) return custom.value
    const now = Math.ceil(Date.now() / 10_000) * 10_000
    if (preset.value === 'all') {
      const first = Date.parse(range.data.value?.first ?? '') || now - 86_400_000
      const last = Date.parse(range.data.value?.last ?? '') || now
      const margin = Math.max(1000, (last - first) * 0.01)
      return { from: Math.floor(first - margin), to: Math.ceil(last + margin) }
    }
    return { from: now - presets[preset.value as keyof typeof presets] * 1000, to: now }
  })
  const series = useQuery({
    queryKey: ['device', id, 'series', computed(() => [chosen.value.join(','), preset.value, custom.value?.from, custom.value?.to, range.data.value?.first])],
    enabled: computed(() => chosen.value.length > 0 && !range.isPending.value),
    placeholderData: keepPreviousData,
    refetchInterval: computed(() => (preset.value === 'custom' || preset.value === 'all' ? false : 30_000)),
    queryFn: async ({ signal }) => {
      const { from, to } = bounds.value
      const found = await api.get<Series>(`/devices/${id.value}/series`, { fields: chosen.value.join(','), from: new Date(from).toISOString(), to: new Date(to).toISOString(), points: 600 }, signal)
      return { ...found, bounds: { from, to } }
    },
  })
  return {
    numbers,
    chosen,
    preset,
    series,
    range,
    setPreset: (to: Preset) => put({ range: to, from: undefined, to: undefined }),
    /** Zooming is a step in the browser's history: Back undoes it. */
    zoom: (to: { from: number; to: number } | undefined) => (to ? put({ from: String(to.from), to: String(to.to), range: undefined }, true) : put({ from: undefined, to: undefined })),
    back: () => router.back(),
  }
}
