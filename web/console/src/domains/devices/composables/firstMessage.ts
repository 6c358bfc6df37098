// Watches one device from its creation to its first message. The stream tells at once; a slow poll of the device and its
// problems makes sure that nothing is missed when the stream is interrupted.
import { computed, onScopeDispose, ref, shallowRef, type Ref } from 'vue'
import type { Device, DeviceProblem, Json, Page, Phrase } from '@smartsecurity/client'
import { useLive } from '@/live'
import { api } from '@/session'

export type Step =
  | { kind: 'connected'; at: string; detail: string; phrase?: Phrase | null | undefined }
  | { kind: 'disconnected'; at: string; detail: string; phrase?: Phrase | null | undefined }
  | { kind: 'refused'; at: string; code: string; detail: string; phrase?: Phrase | null | undefined }
  | { kind: 'event'; at: string; detail: string }
  | { kind: 'values'; at: string; detail: string }

/** As the device wrote them: names and figures, which need no language. */
const sayValues = (values: Record<string, Json>) => Object.entries(values).map(([field, value]) => `${field} = ${typeof value === 'string' ? value : JSON.stringify(value)}`).join(', ')

export function useFirstMessage(device: Ref<string | undefined>) {
  const steps = shallowRef<Step[]>([])
  const values = ref<Record<string, Json>>()
  const arrivedAt = ref<string>()
  const connected = ref(false)

  function add(step: Step) {
    const last = steps.value.at(-1)
    if (last && last.kind === step.kind && last.detail === step.detail) return
    steps.value = [...steps.value, step].slice(-30)
  }
  function arrived(found: Record<string, Json>, at: string) {
    if (!values.value) {
      arrivedAt.value = at
      // The first message belongs to what happened; those after it are in the figures.
      if (Object.keys(found).length > 0) add({ kind: 'values', at, detail: sayValues(found) })
    }
    values.value = { ...values.value, ...found }
  }

  useLive(
    ['values', 'status', 'problems', 'events'],
    {
      values: (frame) => arrived(frame.values, frame.ts),
      presence: (frame) => {
        connected.value = frame.connected
        add({ kind: frame.connected ? 'connected' : 'disconnected', at: frame.at ?? new Date().toISOString(), detail: frame.detail ?? '', phrase: frame.detail_phrase })
      },
      problem: (frame) => add({ kind: 'refused', at: frame.at ?? new Date().toISOString(), code: frame.code, detail: frame.detail, phrase: frame.detail_phrase }),
      event: (frame) => {
        add({ kind: 'event', at: frame.ts, detail: JSON.stringify(frame.event) })
        // A camera may never send a number: an event is a first message too.
        arrived({}, frame.ts)
      },
    },
    device,
  )

  async function look() {
    const id = device.value
    if (!id || arrivedAt.value || document.visibilityState !== 'visible') return
    const [found, problems] = await Promise.all([api.get<Device>(`/devices/${id}`), api.get<Page<DeviceProblem>>(`/devices/${id}/problems`)]).catch(() => [])
    if (!found || device.value !== id) return
    connected.value = found.connection !== null && found.connection !== undefined
    for (const problem of [...(problems?.items ?? [])].reverse()) {
      const known = steps.value.some((step) => step.kind === 'refused' && step.code === problem.code && step.detail === problem.detail)
      if (!known) add({ kind: 'refused', at: problem.last_at, code: problem.code, detail: problem.detail, phrase: problem.detail_phrase })
    }
    const telemetry = Object.entries(found.twin.telemetry)
    if (telemetry.length === 0 && found.counters.events > 0) arrived({}, found.last_seen ?? new Date().toISOString())
    if (telemetry.length > 0) arrived(Object.fromEntries(telemetry.map(([field, reading]) => [field, reading.value])), telemetry[0]?.[1].ts ?? new Date().toISOString())
  }
  const timer = setInterval(() => void look(), 4000)
  onScopeDispose(() => clearInterval(timer))

  function reset() {
    steps.value = []
    values.value = undefined
    arrivedAt.value = undefined
    connected.value = false
  }
  return { steps, values, arrivedAt, connected, lastRefusal: computed(() => steps.value.findLast((step) => step.kind === 'refused')), reset }
}
