// What the stream said since the list was read, one entry per device, so that a value changes one cell and not the list.
import { shallowReactive } from 'vue'
import type { Connectivity, DeviceSummary, Reading } from '@smartsecurity/client'
import { useLive } from '@/live'
import { useRefresh } from '@/live/refresh'

interface Latest {
  values?: Record<string, Reading>
  seen?: string
  connectivity?: Connectivity
}

export function useLiveValues() {
  const latest = shallowReactive(new Map<string, Latest>())
  const refresh = useRefresh([['devices', 'list']], 3000)
  useLive(['values', 'status', 'problems'], {
    values: (frame) => {
      const before = latest.get(frame.device)
      const values = { ...before?.values }
      for (const [field, value] of Object.entries(frame.values)) values[field] = { value, ts: frame.ts }
      latest.set(frame.device, { ...before, values, seen: new Date().toISOString() })
    },
    status: (frame) => {
      latest.set(frame.device, { ...latest.get(frame.device), connectivity: frame.to })
      refresh()
    },
    problem: refresh,
    gap: () => latest.clear(),
  })

  /** The fields of the row, in the row's own order, with what is newer over them. */
  function values(device: DeviceSummary): [string, Reading][] {
    const newer = latest.get(device.id)?.values
    const fields = Object.keys(device.values).length ? Object.keys(device.values) : Object.keys(newer ?? {}).slice(0, 4)
    return fields.flatMap((field): [string, Reading][] => {
      const reading = newer?.[field] ?? device.values[field]
      return reading ? [[field, reading]] : []
    })
  }
  return {
    values,
    seen: (device: DeviceSummary) => latest.get(device.id)?.seen ?? device.last_seen,
    connectivity: (device: DeviceSummary) => latest.get(device.id)?.connectivity ?? device.connectivity,
  }
}
