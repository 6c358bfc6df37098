// Keys that work on every screen: Ctrl/⌘ K, ?, and "g" followed by a letter.
import { onScopeDispose } from 'vue'
import { navigation } from '@/app/domain'
import { may } from '@/session'

export interface ShortcutTargets {
  palette: () => void
  help: () => void
  go: (route: string) => void
}

export function useShortcuts(targets: ShortcutTargets): void {
  let prefix = false
  let timer: ReturnType<typeof setTimeout> | undefined

  function press(event: KeyboardEvent) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      return targets.palette()
    }
    const target = event.target as HTMLElement
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input,textarea,select,[contenteditable],[role=dialog],[role=menu]')) return
    if (prefix) {
      prefix = false
      const entry = navigation.find((candidate) => candidate.keys === `g ${event.key}` && (!candidate.permission || may(candidate.permission)))
      if (!entry) return
      event.preventDefault()
      return targets.go(entry.route)
    }
    if (event.key === '?') return targets.help()
    if (event.key === 'g') {
      prefix = true
      clearTimeout(timer)
      timer = setTimeout(() => (prefix = false), 1500)
    }
  }
  window.addEventListener('keydown', press)
  onScopeDispose(() => window.removeEventListener('keydown', press))
}
