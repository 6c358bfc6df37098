// The last hour of every number that a device sends, for the little curves beside the values.
import { computed, type Ref } from 'vue'
import { useQuery } from '@tanstack/vue-query'
import type { Device, Series, SeriesPoint } from '@smartsecurity/client'
import { api } from '@/session'

const steps = 60
const span = 3_600_000

/** Sixty equal steps; a step without a value is a hole. */
export function evenly(points: SeriesPoint[], from: number, to: number, count = steps): (number | null)[] {
  const sums = Array.from({ length: count }, () => ({ sum: 0, weight: 0 }))
  for (const [ts, , avg, , weight] of points) {
    const slot = sums[Math.min(count - 1, Math.floor(((ts - from) / (to - from)) * count))]
    if (!slot || ts < from) continue
    slot.sum += avg * weight
    slot.weight += weight
  }
  return sums.map(({ sum, weight }) => (weight > 0 ? sum / weight : null))
}

/** A slow device fills few steps: its curve joins the points it has, up to three of its own steps apart. */
export function joined(values: (number | null)[]): (number | null)[] {
  const known = values.flatMap((value, index) => (value === null ? [] : [index]))
  if (known.length < 2) return values
  const distances = known.slice(1).map((index, at) => index - (known[at] ?? 0)).sort((a, b) => a - b)
  const usual = distances[distances.length >> 1] ?? 1
  const result = [...values]
  for (let at = 1; at < known.length; at++) {
    const [a, b] = [known[at - 1] ?? 0, known[at] ?? 0]
    if (b - a > usual * 3) continue
    for (let index = a + 1; index < b; index++) result[index] = (values[a] ?? 0) + (((values[b] ?? 0) - (values[a] ?? 0)) * (index - a)) / (b - a)
  }
  return result
}

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
