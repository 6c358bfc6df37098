// How many incidents need handling (open or acknowledged, as the list shows them first), for the navigation. Read once a person is signed in, then kept current by the stream.
import { effectScope, ref, watch } from 'vue'
import { QueryObserver } from '@tanstack/vue-query'
import type { Overview } from '@smartsecurity/client'
import { queries } from '@/app/queries'
import { api, me } from '@/session'

export const activeCount = ref(0)
export const urgent = ref(false)

effectScope(true).run(() => {
  let stop: (() => void) | undefined
  watch(
    me,
    (person) => {
      stop?.()
      stop = undefined
      if (!person) return void (activeCount.value = 0)
      const observer = new QueryObserver<Overview>(queries, { queryKey: ['overview'], queryFn: ({ signal }) => api.get<Overview>('/overview', {}, signal), refetchInterval: 30_000 })
      stop = observer.subscribe(({ data }) => {
        const incidents = data?.needs_you.incidents
        activeCount.value = (incidents?.open ?? 0) + (incidents?.acknowledged ?? 0)
        urgent.value = Boolean(incidents?.active_by_severity.critical || incidents?.active_by_severity.high)
      })
    },
    { immediate: true },
  )
})
