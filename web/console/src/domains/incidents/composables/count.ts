// How many incidents are open, for the navigation. Read once a person is signed in, then kept current by the stream.
import { effectScope, ref, watch } from 'vue'
import { QueryObserver } from '@tanstack/vue-query'
import type { Severity } from '@smartsecurity/client'
import { queries } from '@/app/queries'
import { api, me } from '@/session'

interface Counted { needs_you: { incidents: { open: number; active_by_severity: Partial<Record<Severity, number>> } } }

export const openCount = ref(0)
export const urgent = ref(false)

effectScope(true).run(() => {
  let stop: (() => void) | undefined
  watch(
    me,
    (person) => {
      stop?.()
      stop = undefined
      if (!person) return void (openCount.value = 0)
      const observer = new QueryObserver<Counted>(queries, { queryKey: ['overview'], queryFn: ({ signal }) => api.get<Counted>('/overview', {}, signal), refetchInterval: 30_000 })
      stop = observer.subscribe(({ data }) => {
        const incidents = data?.needs_you.incidents
        openCount.value = incidents?.open ?? 0
        urgent.value = Boolean(incidents?.active_by_severity.critical || incidents?.active_by_severity.high)
      })
    },
    { immediate: true },
  )
})
