// The rule tried on what is already stored, by the code that will run it live.
import { computed, onScopeDispose, ref, watch, type Ref } from 'vue'
import { useMutation, useQuery } from '@tanstack/vue-query'
import type { HistoryRange, RuleInput, RulePreview, Series } from '@smartsecurity/client'
import { api } from '@/session'

export type Reach = '1' | '7' | '30' | 'all'

export function usePreview(input: Ref<RuleInput>, ready: Ref<boolean>) {
  const reach = ref<Reach>('7')
  const run = useMutation({
    mutationFn: async () => {
      const now = Date.now()
      const from = reach.value === 'all' ? new Date(Date.UTC(2000, 0, 1)) : new Date(now - Number(reach.value) * 86_400_000)
      return api.post<RulePreview>('/rules/preview', { rule: input.value, from: from.toISOString(), to: new Date(now + 86_400_000).toISOString() })
    },
    onError: () => undefined,
  })
  // What was tried is no longer what stands in the form.
  const tried = ref('')
  const stale = computed(() => run.data.value !== undefined && tried.value !== JSON.stringify([input.value.spec, reach.value]))
  function start() {
    if (!ready.value) return
    tried.value = JSON.stringify([input.value.spec, reach.value])
    run.mutate()
  }
  watch(reach, () => run.data.value && start())
  // Figures are tried as they are typed; the text of a Sigma rule is rarely whole in between, and waits for the button.
  let timer: ReturnType<typeof setTimeout> | undefined
  const tryable = computed(() => (ready.value && input.value.spec.kind !== 'sigma' ? JSON.stringify(input.value.spec) : ''))
  watch(
    tryable,
    (now) => {
      clearTimeout(timer)
      if (now) timer = setTimeout(start, 600)
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(timer))
  /** An answer will come without anybody asking for it. */
  const awaited = computed(() => !run.data.value && !run.error.value && (run.isPending.value || tryable.value !== ''))
  return { reach, run, stale, start, awaited }
}

/** The measurements behind the findings: one device's field over the stretch that was examined. */
export function usePreviewSeries(device: Ref<string | undefined>, field: Ref<string | undefined>, result: Ref<RulePreview | undefined>) {
  const enabled = computed(() => !!device.value && !!field.value && !!result.value)
  const extent = useQuery({ queryKey: computed(() => ['device', device.value, 'history-range']), enabled, queryFn: ({ signal }) => api.get<HistoryRange>(`/devices/${device.value}/history-range`, {}, signal) })
  const range = computed(() => {
    const stored = extent.data.value
    if (!result.value || !stored?.first || !stored.last) return undefined
    const from = Math.max(Date.parse(result.value.from), Date.parse(stored.first))
    const to = Math.min(Date.parse(result.value.to), Date.parse(stored.last) + 1000)
    return to > from ? { from, to } : undefined
  })
  const series = useQuery({
    queryKey: computed(() => ['device', device.value, 'series', field.value, range.value?.from, range.value?.to]),
    enabled: computed(() => enabled.value && !!range.value),
    queryFn: ({ signal }) => api.get<Series>(`/devices/${device.value}/series`, { fields: field.value, from: new Date(range.value?.from ?? 0).toISOString(), to: new Date(range.value?.to ?? 0).toISOString(), points: 600 }, signal),
  })
  return { range, series }
}
