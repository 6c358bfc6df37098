import { beforeEach, describe, expect, it } from 'vitest'
import { LiveStream, type StreamState } from './stream'
import type { Frame } from './types'

class FakeSocket {
  onmessage: ((event: { data: string }) => void) | null = null
  onopen: (() => void) | null = null
  onclose: (() => void) | null = null
  closed = false
  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {}
  say(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }
  close() {
    this.closed = true
    this.onclose?.()
  }
}

let sockets: FakeSocket[]
let timers: { run: () => void; ms: number; id: number }[]
let states: StreamState[]
let frames: (() => void)[]
let refused: (string | undefined)[]
let stream: LiveStream

/** Runs the timer that is due first, and lets promises settle. */
async function tick() {
  timers.sort((a, b) => a.ms - b.ms)
  timers.shift()?.run()
  await new Promise((resolve) => setTimeout(resolve))
}
const socket = () => sockets.at(-1) as FakeSocket

beforeEach(() => {
  sockets = []
  timers = []
  states = []
  frames = []
  refused = []
  let next = 1_000_000
  stream = new LiveStream({
    url: () => 'ws://server/api/v1/stream',
    token: (stale) => {
      refused.push(stale)
      return Promise.resolve('t1')
    },
    onState: (state) => states.push(state),
    open: (url, protocols) => {
      const made = new FakeSocket(url, protocols)
      sockets.push(made)
      return made as unknown as WebSocket
    },
    later: (run, ms) => {
      const id = next++
      timers.push({ run, ms, id })
      return id
    },
    cancel: (id) => void (timers = timers.filter((timer) => timer.id !== id)),
    frame: (run) => frames.push(run),
    random: () => 1,
  })
})

const draw = () => frames.splice(0).forEach((run) => run())

describe('a screen that listens', () => {
  it('connects once for all that is asked for, with the token in the subprotocol', async () => {
    stream.subscribe({ topics: ['values'], receive: () => undefined })
    stream.subscribe({ topics: ['incidents'], receive: () => undefined })
    await tick()
    expect(sockets).toHaveLength(1)
    expect(socket().url).toBe('ws://server/api/v1/stream?topics=incidents%2Cvalues')
    expect(socket().protocols).toEqual(['smartsecurity.v1', 'bearer.t1'])
  })

  it('gets its own topics and devices only, once per animation frame', async () => {
    const one: Frame[][] = []
    const all: Frame[][] = []
    stream.subscribe({ topics: ['values'], device: 'd1', receive: (batch) => one.push(batch) })
    stream.subscribe({ topics: ['values', 'status'], receive: (batch) => all.push(batch) })
    await tick()
    socket().say({ type: 'hello', cursor: 'c0' })
    socket().say({ type: 'values', cursor: 'c1', device: 'd1', ts: '', values: {} })
    socket().say({ type: 'values', cursor: 'c2', device: 'd2', ts: '', values: {} })
    socket().say({ type: 'status', cursor: 'c3', device: 'd1', from: 'never', to: 'online', reason: '' })
    expect(all).toEqual([])
    draw()
    expect(one.map((batch) => batch.map((frame) => frame.type))).toEqual([['hello', 'values']])
    expect(all.map((batch) => batch.map((frame) => frame.type))).toEqual([['hello', 'values', 'values', 'status']])
    expect(states.at(-1)).toBe('live')
  })

  it('resumes behind the last frame it saw, pings included, with pauses that grow', async () => {
    stream.subscribe({ topics: ['values'], receive: () => undefined })
    await tick()
    socket().say({ type: 'hello', cursor: 'c0' })
    socket().say({ type: 'ping', cursor: 'c7' })
    socket().close()
    expect(states.at(-1)).toBe('waiting')
    expect(timers.map((timer) => timer.ms)).toEqual([500])
    await tick()
    expect(socket().url).toContain('&cursor=c7')
    socket().close()
    expect(timers.map((timer) => timer.ms)).toEqual([1000])
  })

  it('asks for another token when it was refused before the first word', async () => {
    stream.subscribe({ topics: ['values'], receive: () => undefined })
    await tick()
    socket().close()
    expect(refused.at(-1)).toBe('t1')
  })

  it('hands a gap on to everybody and goes on behind it', async () => {
    const seen: Frame[] = []
    stream.subscribe({ topics: ['problems'], device: 'd1', receive: (batch) => seen.push(...batch) })
    await tick()
    socket().say({ type: 'hello', cursor: 'c0' })
    socket().say({ type: 'gap', from: 'c0', to: 'c9', reason: 'truncated' })
    draw()
    expect(seen.map((frame) => frame.type)).toEqual(['hello', 'gap'])
    socket().close()
    await tick()
    expect(socket().url).toContain('cursor=c9')
  })

  it('hangs up when nobody listens any more', async () => {
    const stop = stream.subscribe({ topics: ['values'], receive: () => undefined })
    await tick()
    socket().say({ type: 'hello', cursor: 'c0' })
    stop()
    while (timers.length > 0 && !socket().closed) await tick()
    expect(socket().closed).toBe(true)
    expect(states.at(-1)).toBe('idle')
  })
})
