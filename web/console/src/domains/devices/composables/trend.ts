// The last hour of every number that a device sends, for the little curves beside the values.
import { computed, type Ref } from 'vue'
import { useQuery } from '@tanstack/vue-query'
import type { Device, Series } from '@smartsecurity/client'
import { api } from '@/session'
import { evenly, joined, steps } from './curve'

const span = 3_600_000

export function useTrends(device: Ref<Device | undefined>) {
  const numbers = computed(() =>
    Object.entries(device.value?.twin.telemetry ?? {})
      .filter(([, reading]) => typeof reading.value === 'number')
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
      return new Map(series.fields.map((field) => [field.name, joined(evenly(field.points, from, to))]))
    },
  })
  return query.data
}
