import { useQuery } from '@tanstack/vue-query'
import type { System } from '@smartsecurity/client'
import { api } from '@/session'

/** What the server says about itself: version, addresses for devices, whether its fleet is simulated. */
export const useSystem = () => useQuery({ queryKey: ['system'], queryFn: ({ signal }) => api.get<System>('/system', {}, signal), staleTime: 60_000 })
