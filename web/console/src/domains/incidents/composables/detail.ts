// One incident: what is known, and the deeds. A deed shows at once and rolls back, with the reason, when it is refused.
import { computed, type Ref } from 'vue'
import { useMutation, useQuery } from '@tanstack/vue-query'
import type { DeviceSummary, IncidentDetail, Named, Notice, Page, Person, Profile, Rule } from '@smartsecurity/client'
import { queries } from '@/app/queries'
import { toastProblem } from '@/app/problem'
import { useLive } from '@/live'
import { useRefresh } from '@/live/refresh'
import { api, me } from '@/session'

export type Deed =
  | { do: 'acknowledge' }
  | { do: 'resolve'; note?: string }
  | { do: 'reopen' }
  | { do: 'assign'; person: Named | null }
  | { do: 'comment'; text: string }

export function useIncident(id: Ref<string>) {
  const key = computed(() => ['incidents', 'one', id.value])
  const query = useQuery({ queryKey: key, queryFn: ({ signal }) => api.get<IncidentDetail>(`/incidents/${id.value}`, {}, signal) })
  const notices = useQuery({ queryKey: computed(() => ['incidents', 'notices', id.value]), queryFn: ({ signal }) => api.get<Page<Notice>>('/notices', { incident: id.value }, signal) })
  const refresh = useRefresh([['incidents', 'one'], ['incidents', 'notices']], 500)
  useLive(['incidents'], { incident: (frame) => frame.incident.id === id.value && refresh(), gap: refresh })

  const deed = useMutation({
    mutationFn: (wish: Deed) => send(id.value, wish),
    onMutate: async (wish) => {
      await queries.cancelQueries({ queryKey: key.value })
      const before = queries.getQueryData<IncidentDetail>(key.value)
      if (before) queries.setQueryData(key.value, foresee(before, wish))
      return { before, at: key.value }
    },
    onError: (error, _wish, context) => {
      if (context?.before) queries.setQueryData(context.at, context.before)
      toastProblem(error)
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['incidents'] })
      void queries.invalidateQueries({ queryKey: ['overview'] })
    },
  })

  const findings = computed(() => (query.data.value?.timeline ?? []).flatMap((entry) => (entry.finding ? [entry.finding] : [])))
  const latest = computed(() => [...findings.value].sort((a, b) => b.ts.localeCompare(a.ts))[0])
  const evidence = computed(() => latest.value?.evidence)
  return { query, notices, deed, findings, latest, evidence }
}

/** What a field of a device counts in: its profile knows. */
export function useUnit(device: Ref<string | undefined>, field: Ref<string | undefined>) {
  const kind = useQuery({ queryKey: computed(() => ['incidents', 'profile', device.value]), enabled: computed(() => !!device.value && !!field.value), staleTime: 10 * 60_000, queryFn: ({ signal }) => api.get<DeviceSummary>(`/devices/${device.value}`, {}, signal).then(({ profile }) => profile) })
  const profiles = useQuery({ queryKey: ['profiles'], queryFn: ({ signal }) => api.get<Page<Profile>>('/profiles', {}, signal), staleTime: 60_000 })
  return computed(() => profiles.data.value?.items.find(({ slug }) => slug === kind.data.value)?.fields.find(({ name }) => name === field.value)?.unit ?? '')
}

/** What its rule says to do. Nothing when the rule says nothing, or is gone: the incident has to be read without it. */
export function useAdvice(rule: Ref<string | undefined>) {
  const query = useQuery({ queryKey: computed(() => ['incidents', 'rule', rule.value]), enabled: computed(() => !!rule.value), queryFn: ({ signal }) => api.get<Rule>(`/rules/${rule.value}`, {}, signal) })
  return computed(() => query.data.value?.description.trim() || undefined)
}

export const usePeople = () => useQuery({ queryKey: ['people'], queryFn: ({ signal }) => api.get<Page<Person>>('/people', {}, signal), staleTime: 60_000 })

function send(id: string, wish: Deed): Promise<unknown> {
  switch (wish.do) {
    case 'acknowledge':
    case 'reopen':
      return api.post(`/incidents/${id}/${wish.do}`, {})
    case 'resolve':
      return api.post(`/incidents/${id}/resolve`, wish.note ? { note: wish.note } : {})
    case 'assign':
      return api.post(`/incidents/${id}/assign`, { user: wish.person?.id ?? null })
    case 'comment':
      return api.post(`/incidents/${id}/comments`, { text: wish.text })
  }
}

/** What the incident will look like when the server agrees. */
function foresee(before: IncidentDetail, wish: Deed): IncidentDetail {
  const now = new Date().toISOString()
  const actor = me.value ? { id: me.value.user.id, name: me.value.user.name || me.value.user.email } : null
  const entry = (kind: string, text?: string) => [...before.timeline, { id: `foreseen-${now}`, at: now, kind, actor, text: text ?? null }]
  switch (wish.do) {
    case 'acknowledge':
      return { ...before, status: 'acknowledged', acknowledged_at: now, timeline: entry('acknowledged') }
    case 'resolve':
      return { ...before, status: 'resolved', resolved_at: now, timeline: entry('resolved', wish.note) }
    case 'reopen':
      return { ...before, status: 'open', resolved_at: null, timeline: entry('reopened') }
    case 'assign':
      return { ...before, assignee: wish.person, timeline: wish.person ? entry('assigned', wish.person.name ?? undefined) : entry('unassigned') }
    case 'comment':
      return { ...before, timeline: entry('commented', wish.text) }
  }
}
