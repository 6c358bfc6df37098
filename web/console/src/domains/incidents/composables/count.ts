// How many incidents are open, for the navigation. Read once a person is signed in, then kept current by the stream.
import { effectScope, ref, watch } from 'vue'
import { QueryObserver } from '@tanstack/vue-query'
import type { Overview } from '@smartsecurity/client'
import { queries } from '@/app/queries'
import { api, me } from '@/session'

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
      const observer = new QueryObserver<Overview>(queries, { queryKey: ['overview'], queryFn: ({ signal }) => api.get<Overview>('/overview', {}, signal), refetchInterval: 30_000 })
      stop = observer.subscribe(({ data }) => {
        const open = data?.needs_you.open_incidents ?? {}
        openCount.value = Object.values(open).reduce((sum, count) => sum + (count ?? 0), 0)
        urgent.value = Boolean(open.critical || open.high)
      })
    },
    { immediate: true },
  )
})
