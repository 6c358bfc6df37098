// One device: read once, then kept current by the stream. A value changes its own tile and nothing else.
import { computed, type Ref } from 'vue'
import { useQuery } from '@tanstack/vue-query'
import type { Device, FieldInfo, Page, Reading } from '@smartsecurity/client'
import { queries } from '@/app/queries'
import { useLive } from '@/live'
import { useRefresh } from '@/live/refresh'
import { api } from '@/session'

export function useDevice(id: Ref<string>) {
  const query = useQuery({ queryKey: ['device', id], queryFn: ({ signal }) => api.get<Device>(`/devices/${id.value}`, {}, signal) })
  const fields = useQuery({ queryKey: ['device', id, 'fields'], queryFn: ({ signal }) => api.get<Page<FieldInfo>>(`/devices/${id.value}/fields`, {}, signal), staleTime: 60_000 })

  const patch = (change: (device: Device) => Device) => queries.setQueryData<Device>(['device', id.value], (device) => device && change(device))
  const refresh = useRefresh([['device', id.value]], 1500)

  useLive(
    ['values', 'status', 'problems', 'events'],
    {
      values: (frame) =>
        patch((device) => {
          const telemetry: Record<string, Reading> = { ...device.twin.telemetry }
          let fresh = false
          for (const [field, value] of Object.entries(frame.values)) {
            fresh ||= !(field in telemetry)
            if ((telemetry[field]?.ts ?? '') <= frame.ts) telemetry[field] = { value, ts: frame.ts }
          }
          if (fresh) refresh()
          return { ...device, last_seen: new Date().toISOString(), twin: { ...device.twin, telemetry }, counters: { ...device.counters, messages: device.counters.messages + 1 } }
        }),
      status: (frame) => {
        patch((device) => ({ ...device, connectivity: frame.to, connectivity_reason: frame.reason, connectivity_reason_phrase: frame.reason_phrase }))
        refresh()
      },
      presence: refresh,
      problem: refresh,
      event: () => void queries.invalidateQueries({ queryKey: ['device', id.value, 'events'] }),
    },
    id,
  )

  const units = computed(() => new Map((fields.data.value?.items ?? []).map((field) => [field.name, field.unit])))
  return { query, device: query.data, fields, unit: (field: string) => units.value.get(field) ?? undefined }
}
