// Reading and changing what the settings show. Every change reads its list again, whether it worked or not.
import { computed, type Ref } from 'vue'
import { useMutation, useQuery } from '@tanstack/vue-query'
import type { Channel, ChannelInput, ChannelTest, NewChannel, NewInvitation, Notice, Page, PendingInvitation, Person, Role, Session, System } from '@smartsecurity/client'
import { queries } from '@/app/queries'
import { api } from '@/session'

const list = <T>(key: string[], path: string) => useQuery({ queryKey: key, queryFn: ({ signal }) => api.get<Page<T>>(path, {}, signal) })
const change = <V, R = unknown>(key: string[], mutationFn: (wish: V) => Promise<R>, quiet = false) =>
  useMutation({ mutationFn, onSettled: () => void queries.invalidateQueries({ queryKey: key }), ...(quiet ? { onError: () => undefined } : {}) })

export const useSessions = () => list<Session>(['sessions'], '/me/sessions')
export const useEndSession = () => change(['sessions'], (id: string) => api.delete(`/me/sessions/${id}`))
export const useChangeMe = () => change(['me'], (wish: { name?: string; language?: string }) => api.patch('/me', wish))
export const useChangePassword = () => change(['sessions'], (wish: { current: string; new: string }) => api.post('/me/password', wish), true)

export const usePeople = () => list<Person>(['people'], '/people')
export const useInvitations = (enabled: Ref<boolean>) => useQuery({ queryKey: ['people', 'invitations'], enabled, queryFn: ({ signal }) => api.get<Page<PendingInvitation>>('/people/invitations', {}, signal) })
export const useInvite = () => change(['people'], (wish: { email: string; role: Role }) => api.post<NewInvitation>('/people/invitations', wish), true)
export const useRevoke = () => change(['people'], (id: string) => api.delete(`/people/invitations/${id}`))
export const useChangePerson = () => change(['people'], ({ id, ...wish }: { id: string; role?: Role; suspended?: boolean }) => api.patch(`/people/${id}`, wish))

export const useChannels = () => list<Channel>(['channels'], '/channels')
export const useCreateChannel = () => change(['channels'], (wish: ChannelInput) => api.post<NewChannel>('/channels', wish), true)
type ChannelChange = Partial<Omit<ChannelInput, 'kind'>>
/** `quiet` when a form shows itself why it was refused. */
export const useChangeChannel = (quiet = false) => change(['channels'], ({ id, ...wish }: { id: string } & ChannelChange) => api.patch<Channel>(`/channels/${id}`, wish), quiet)
export const useRenewSecret = () => change(['channels'], (id: string) => api.post<NewChannel>(`/channels/${id}/secret`), true)
export const useTestChannel = () => change(['notices'], (id: string) => api.post<ChannelTest>(`/channels/${id}/test`))
export async function removeChannel(id: string): Promise<void> {
  await api.delete(`/channels/${id}`)
  void queries.invalidateQueries({ queryKey: ['channels'] })
}
export const useNotices = (channel: Ref<string | undefined>) =>
  useQuery({ queryKey: computed(() => ['notices', channel.value]), enabled: computed(() => !!channel.value), queryFn: ({ signal }) => api.get<Page<Notice>>('/notices', { channel: channel.value, limit: 20 }, signal) })

export const useSystem = () => useQuery({ queryKey: ['system', 'status'], queryFn: ({ signal }) => api.get<System>('/system', {}, signal), refetchInterval: 5_000 })
