// The live stream: one WebSocket for all that a screen wants to know, resumed by cursor after every interruption. What
// arrives is handed out once per animation frame. A gap is handed on like any other frame: it is never swallowed.
import { queryString } from './http'
import type { Frame, Topic } from './types'

export type StreamState = 'idle' | 'connecting' | 'live' | 'waiting'

export interface Interest {
  topics: Topic[]
  /** Only this device; every device without it. */
  device?: string | undefined
  receive: (frames: Frame[]) => void
}

export interface StreamOptions {
  url: () => string
  token: (refused?: string) => Promise<string | undefined>
  onState: (state: StreamState, retryAt?: number) => void
  /** Replaced in tests. */
  open?: (url: string, protocols: string[]) => WebSocket
  later?: (run: () => void, ms: number) => number
  cancel?: (timer: number) => void
  frame?: (run: () => void) => void
  random?: () => number
}

const silence = 45_000

export class LiveStream {
  private interests = new Set<Interest>()
  private socket: WebSocket | undefined
  private cursor: string | undefined
  private opened = ''
  private attempts = 0
  private timer: number | undefined
  private watchdog: number | undefined
  private pending: Frame[] = []
  private generation = 0

  constructor(private readonly options: StreamOptions) {}

  /** Tells `receive` about these topics until the returned function is called. */
  subscribe(interest: Interest): () => void {
    this.interests.add(interest)
    this.settle()
    return () => {
      this.interests.delete(interest)
      this.settle()
    }
  }

  /** The network came back: do not wait out the pause. */
  retryNow(): void {
    if (this.socket || this.interests.size === 0) return
    this.attempts = 0
    this.settle(0)
  }

  /** Another person signed in, or nobody is. */
  reset(): void {
    this.cursor = undefined
    this.close()
    this.settle()
  }

  private wanted(): string {
    const topics = new Set<Topic>()
    const devices = new Set<string | undefined>()
    for (const interest of this.interests) {
      interest.topics.forEach((topic) => topics.add(topic))
      devices.add(interest.device)
    }
    const only = devices.size === 1 ? [...devices][0] : undefined
    return queryString({ topics: [...topics].sort().join(','), device: only })
  }

  /** Screens come and go in one tick; the connection follows what remains after a moment. */
  private settle(after = 120): void {
    this.clear(this.timer)
    this.timer = this.later(() => {
      if (this.interests.size === 0) return this.close('idle')
      if (this.socket && this.opened === this.wanted()) return
      this.close()
      void this.connect()
    }, after)
  }

  private async connect(): Promise<void> {
    const generation = ++this.generation
    this.options.onState('connecting')
    const token = await this.options.token().catch(() => undefined)
    if (generation !== this.generation) return
    if (!token) return this.pause()
    this.opened = this.wanted()
    const resume = this.cursor ? `${this.opened ? '&' : '?'}cursor=${encodeURIComponent(this.cursor)}` : ''
    const open = this.options.open ?? ((url, protocols) => new WebSocket(url, protocols))
    const socket = open(this.options.url() + this.opened + resume, ['smartsecurity.v1', `bearer.${token}`])
    this.socket = socket
    let greeted = false
    socket.onmessage = (event) => {
      if (generation !== this.generation) return
      this.guard()
      const frame = JSON.parse(String(event.data)) as Frame
      if ('cursor' in frame && frame.cursor) this.cursor = frame.cursor
      if (frame.type === 'ping' || frame.type === 'end') return
      if (frame.type === 'gap') this.cursor = frame.to
      if (!greeted) {
        greeted = true
        this.attempts = 0
        this.options.onState('live')
      }
      this.queue(frame)
    }
    socket.onopen = () => this.guard()
    socket.onclose = () => {
      if (generation !== this.generation) return
      this.socket = undefined
      this.clear(this.watchdog)
      // Refused before the first word: the token may have been the reason.
      if (!greeted) void this.options.token(token).catch(() => undefined)
      this.pause()
    }
  }

  /** A connection that says nothing, not even a ping, is dead whatever the socket believes. */
  private guard(): void {
    this.clear(this.watchdog)
    this.watchdog = this.later(() => this.socket?.close(), silence)
  }

  private pause(): void {
    const ceiling = Math.min(30_000, 500 * 2 ** this.attempts++)
    const wait = ceiling / 2 + (this.options.random ?? Math.random)() * (ceiling / 2)
    this.options.onState('waiting', Date.now() + wait)
    this.settle(wait)
  }

  private queue(frame: Frame): void {
    this.pending.push(frame)
    if (this.pending.length > 1) return
    const frameSoon = this.options.frame ?? ((run) => (document.visibilityState === 'visible' ? requestAnimationFrame(run) : setTimeout(run, 250)))
    frameSoon(() => {
      const frames = this.pending
      this.pending = []
      for (const interest of this.interests) {
        const mine = frames.filter((candidate) => concerns(interest, candidate))
        if (mine.length > 0) interest.receive(mine)
      }
    })
  }

  private close(state?: StreamState): void {
    this.generation++
    this.clear(this.watchdog)
    const socket = this.socket
    this.socket = undefined
    socket?.close()
    if (state) this.options.onState(state)
  }

  private later(run: () => void, ms: number): number {
    return this.options.later ? this.options.later(run, ms) : window.setTimeout(run, ms)
  }

  private clear(timer: number | undefined): void {
    if (timer !== undefined) (this.options.cancel ?? clearTimeout)(timer)
  }
}

const topicOf: Partial<Record<Frame['type'], Topic>> = { values: 'values', status: 'status', presence: 'status', incident: 'incidents', problem: 'problems', event: 'events' }

function concerns(interest: Interest, frame: Frame): boolean {
  const topic = topicOf[frame.type]
  if (!topic) return true
  if (!interest.topics.includes(topic)) return false
  return !interest.device || !('device' in frame) || frame.device === interest.device
}
