import { useQuery } from '@tanstack/vue-query'
import type { Endpoints } from '@smartsecurity/client'
import { api } from '@/session'

/** How devices reach this server, its version, and whether its fleet is simulated. */
export const useEndpoints = () => useQuery({ queryKey: ['endpoints'], queryFn: ({ signal }) => api.get<Endpoints>('/connect', {}, signal), staleTime: 10 * 60_000 })
