// A part of the console (a screen, a dialog) that could not be fetched. Whether that is for the network or for an update of
// the server is told apart by asking for the page: a new build names other files. No routes and no words here.
import { defineAsyncComponent, type Component } from 'vue'

const missing = new WeakSet<object>()
export const isMissingPart = (error: unknown): boolean => typeof error === 'object' && error !== null && missing.has(error)

if (typeof window !== 'undefined') window.addEventListener('vite:preloadError', ({ payload }) => void missing.add(payload))

/** The script that a page begins with: its name holds a hash of the whole build. */
export const entryOf = (page: string) => /<script\b[^>]*\btype="module"[^>]*\bsrc="([^"]+)"/.exec(page)?.[1]

/** What the server serves now: this build, another one, or nothing that could be had. */
export async function served(): Promise<'same' | 'newer' | 'nothing'> {
  try {
    const answer = await fetch(import.meta.env.BASE_URL, { cache: 'no-store', headers: { accept: 'text/html' }, signal: AbortSignal.timeout(8000) })
    const entry = answer.ok ? entryOf(await answer.text()) : undefined
    // Something between us and the server (a proxy, a hotel's sign-in) may answer with a page of its own.
    if (!entry) return 'nothing'
    return entry === document.querySelector('script[type=module][src]')?.getAttribute('src') ? 'same' : 'newer'
  } catch {
    return 'nothing'
  }
}

/** Until it is worth asking again: a moment, or the network coming back. */
export const aMoment = (milliseconds = 3000) =>
  new Promise<void>((resolve) => {
    const go = () => {
      clearTimeout(timer)
      window.removeEventListener('online', go)
      resolve()
    }
    const timer = setTimeout(go, milliseconds)
    window.addEventListener('online', go)
  })

/** A component that is fetched when it is first shown; without the server it comes as soon as that is back. */
export const laterPart = <T extends Component>(loader: () => Promise<T>): T =>
  defineAsyncComponent({
    loader: loader as () => Promise<T & (new () => never)>,
    onError: async (error, retry, fail, attempts) => {
      if (!isMissingPart(error) || attempts > 100) return fail()
      await aMoment()
      while ((await served()) === 'nothing') await aMoment()
      retry()
    },
  }) as unknown as T
