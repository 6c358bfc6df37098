// Reads again what changed, at most once in a while: a burst of changes is one request.
import { onScopeDispose } from 'vue'
import { queries } from '@/app/queries'

export function useRefresh(keys: string[][], everyMs = 1500): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => clearTimeout(timer))
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined
      for (const queryKey of keys) void queries.invalidateQueries({ queryKey })
    }, everyMs)
  }
}
