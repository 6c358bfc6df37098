// The cache of what the server told us. Reads try again when the server cannot be reached; refusals are final.
import { QueryClient } from '@tanstack/vue-query'
import { ApiProblem } from '@smartsecurity/client'
import { toastProblem } from './problem'

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: true,
      retry: (count, error) => count < 3 && (!(error instanceof ApiProblem) || error.unreachable || error.status >= 502),
      retryDelay: (attempt) => Math.min(8000, 600 * 2 ** attempt),
    },
    mutations: { onError: toastProblem },
  },
})
