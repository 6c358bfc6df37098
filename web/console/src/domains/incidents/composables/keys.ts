// Single keys for the deeds of the page, silent while somebody types or a dialog is open.
import { onScopeDispose } from 'vue'

export function useKeys(deeds: Record<string, () => void>): void {
  let afterG = false
  function press(event: KeyboardEvent) {
    const target = event.target as HTMLElement
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input,textarea,select,[contenteditable],[role=dialog],[role=menu]')) return
    const follows = afterG
    afterG = event.key === 'g'
    const deed = deeds[event.key]
    if (!deed || follows) return
    event.preventDefault()
    deed()
  }
  window.addEventListener('keydown', press)
  onScopeDispose(() => window.removeEventListener('keydown', press))
}
