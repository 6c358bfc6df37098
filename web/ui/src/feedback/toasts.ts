import { shallowRef } from 'vue'

export interface Toast {
  id: number
  tone: 'info' | 'success' | 'warning' | 'danger'
  title: string
  text?: string | undefined
  action?: { label: string; run: () => void } | undefined
}

export const toasts = shallowRef<Toast[]>([])
const timers = new Map<number, ReturnType<typeof setTimeout>>()
let last = 0

/** Says briefly that something happened. A danger stays until it is dismissed; the rest leave after six seconds. */
export function toast(message: Omit<Toast, 'id' | 'tone'> & { tone?: Toast['tone'] }): number {
  const id = ++last
  const entry: Toast = { tone: 'success', ...message, id }
  toasts.value = [...toasts.value.slice(-3), entry]
  resume(id)
  return id
}

export function dismiss(id: number): void {
  pause(id)
  toasts.value = toasts.value.filter((entry) => entry.id !== id)
}

/** Someone is reading it. */
export function pause(id: number): void {
  clearTimeout(timers.get(id))
  timers.delete(id)
}

export function resume(id: number): void {
  const entry = toasts.value.find((candidate) => candidate.id === id)
  if (entry && entry.tone !== 'danger') timers.set(id, setTimeout(() => dismiss(id), entry.action ? 10_000 : 6000))
}
