// The last hour of every number that a device sends, for the little curves beside the values.
import { computed, type Ref } from 'vue'
import { useQuery } from '@tanstack/vue-query'
import type { Device, FieldInfo, Series } from '@smartsecurity/client'
import { api } from '@/session'
import { beginning, evenly, joined, steps } from './curve'

const span = 3_600_000

export function useTrends(device: Ref<Device | undefined>, fields: Ref<FieldInfo[] | undefined>) {
  // A field of numbers keeps its curve while the device sends something else in it.
  const measured = computed(() => new Set((fields.value ?? []).flatMap(({ name, kind }) => (kind === 'number' ? [name] : []))))
  const numbers = computed(() =>
    Object.entries(device.value?.twin.telemetry ?? {})
      .filter(([field, reading]) => typeof reading.value === 'number' || measured.value.has(field))
      .map(([field]) => field)
      .slice(0, 24),
  )
  const query = useQuery({
    queryKey: ['device', computed(() => device.value?.id), 'trend', computed(() => numbers.value.join(','))],
    enabled: computed(() => numbers.value.length > 0),
    refetchInterval: 60_000,
    queryFn: async ({ signal }) => {
      const to = Date.now()
      const from = to - span
      const series = await api.get<Series>(`/devices/${device.value?.id}/series`, { fields: numbers.value.join(','), from: new Date(from).toISOString(), to: new Date(to).toISOString(), points: steps }, signal)
      const begin = beginning(series.fields.map(({ points }) => points), from, to)
      return new Map(series.fields.map((field) => [field.name, joined(evenly(field.points, begin, to))]))
    },
  })
  return query.data
}
