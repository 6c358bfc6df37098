// The saved rules, and what may be done with them.
import { computed, type Ref } from 'vue'
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/vue-query'
import type { DevicePage, Page, Profile, Rule, RuleInput } from '@smartsecurity/client'
import { queries } from '@/app/queries'
import { api } from '@/session'

const changed = () => void queries.invalidateQueries({ queryKey: ['rules'] })

export function useRules(search: Ref<string>) {
  const query = useInfiniteQuery({
    queryKey: ['rules', 'list'],
    queryFn: ({ pageParam, signal }) => api.get<Page<Rule>>('/rules', { limit: 200, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })
  const all = computed<Rule[]>(() => query.data.value?.pages.flatMap((page) => page.items) ?? [])
  const rows = computed(() => {
    const word = search.value.trim().toLowerCase()
    return word ? all.value.filter((rule) => `${rule.name} ${rule.description}`.toLowerCase().includes(word)) : all.value
  })
  return { query, all, rows }
}

export const useRule = (id: Ref<string | undefined>) =>
  useQuery({ queryKey: computed(() => ['rules', 'one', id.value]), enabled: computed(() => !!id.value), staleTime: Infinity, queryFn: ({ signal }) => api.get<Rule>(`/rules/${id.value}`, {}, signal) })

export const useSwitch = () => useMutation({ mutationFn: ({ id, enabled }: { id: string; enabled: boolean }) => api.patch<Rule>(`/rules/${id}`, { enabled }), onSettled: changed })

export const useSave = () =>
  useMutation({
    // With the version that was read: a change that somebody else made meanwhile is not overwritten.
    mutationFn: ({ id, version, input }: { id: string | undefined; version: number | undefined; input: RuleInput }) =>
      id ? api.request<Rule>('PUT', `/rules/${id}`, { query: { version }, body: input }) : api.post<Rule>('/rules', input),
    onSuccess: changed,
    // The editor shows the refusal beside what it is about.
    onError: () => undefined,
  })

export async function removeRule(id: string): Promise<void> {
  await api.delete(`/rules/${id}`)
  queries.removeQueries({ queryKey: ['rules', 'one', id] })
  changed()
}

// A kind of device comes to be with its first message, so what was read a minute ago may lack the very one that is wanted.
export const useProfiles = () => useQuery({ queryKey: ['profiles'], queryFn: ({ signal }) => api.get<Page<Profile>>('/profiles', {}, signal), refetchOnMount: 'always' })

export const useDevices = (profile: Ref<string>) =>
  useQuery({ queryKey: computed(() => ['devices', 'of', profile.value]), staleTime: 60_000, queryFn: ({ signal }) => api.get<DevicePage>('/devices', { profile: profile.value, limit: 200 }, signal) })
