// The live stream as the screens use it: say what you want to know, and forget it when you leave.
import { onScopeDispose, ref, watch, type WatchSource } from 'vue'
import { LiveStream, type Frame, type Phrase, type StreamState, type Topic } from '@smartsecurity/client'
import { tokenSource } from '@/session/tokens'

export const streamState = ref<StreamState>('idle')
/** When the next attempt is made, while waiting. */
export const streamRetryAt = ref<number>()
/** The last gap: what was missed is read again from the server, and the screen says so. */
export const streamGap = ref<{ reason: string; phrase: Phrase | null | undefined; at: number }>()
export const online = ref(navigator.onLine)

export const stream = new LiveStream({
  url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/stream`,
  token: (refused) => tokenSource.token(refused),
  onState: (state, retryAt) => {
    streamState.value = state
    streamRetryAt.value = retryAt
  },
})

window.addEventListener('online', () => {
  online.value = true
  stream.retryNow()
})
window.addEventListener('offline', () => (online.value = false))
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && stream.retryNow())

type FrameOf<K extends Frame['type']> = Extract<Frame, { type: K }>
export type Receivers = { [K in Frame['type']]?: (frame: FrameOf<K>) => void }

/**
 * Listens while the component lives. `device` narrows to one device and may change; while it is not known yet, nothing is
 * heard. A gap reaches every listener that asks for it; fetch again there.
 */
export function useLive(topics: Topic[], receivers: Receivers, device?: WatchSource<string | undefined>): void {
  let stop: (() => void) | undefined
  const start = (only?: string) => {
    stop?.()
    stop = stream.subscribe({
      topics,
      device: only,
      receive: (frames) => {
        for (const frame of frames) {
          if (frame.type === 'gap') streamGap.value = { reason: frame.reason, phrase: frame.reason_phrase, at: Date.now() }
          ;(receivers[frame.type] as ((frame: Frame) => void) | undefined)?.(frame)
        }
      },
    })
  }
  if (device) watch(device, (only) => (only ? start(only) : stop?.()), { immediate: true })
  else start()
  onScopeDispose(() => stop?.())
}
