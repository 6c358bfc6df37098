// A story is a name and what happens in it. Each plays on a server and in windows of its own, so that their order is free.
import { openWindow } from './browser.mjs'
import { startServer } from './server.mjs'

export const stories = []

/** With `each`, the story is told once for each of them, and gets it as `stage.given`. */
export function story(name, { each = [undefined] }, tell) {
  for (const given of each) stories.push({ name: given === undefined ? name : `${name} (${given})`, given, tell })
}

export async function play({ tell, given }, browser) {
  const windows = []
  const servers = []
  const stage = {
    given,
    server: async (options) => {
      const server = await startServer(options)
      servers.push(server)
      return server
    },
    window: async (server, options) => {
      const window = await openWindow(browser, server, options)
      windows.push(window)
      return window
    },
  }
  try {
    await tell(stage)
    const complaints = windows.flatMap((window) => window.complaints)
    if (complaints.length > 0) throw new Error(`The pages complained:\n${complaints.join('\n')}`)
  } catch (error) {
    const seen = await Promise.all(windows.map(({ page }) => page.locator('body').innerText({ timeout: 1000 }).then((text) => `--- ${page.url()}\n${text}`, () => '')))
    if (process.env.E2E_FAILURE) await windows.at(-1)?.page.screenshot({ path: process.env.E2E_FAILURE }).catch(() => undefined)
    throw Object.assign(error, { seen: seen.join('\n') })
  } finally {
    await Promise.all(windows.map((window) => window.close()))
    await Promise.all(servers.map((server) => server.stop()))
  }
}

/** Asks until the answer is truthy. */
export async function eventually(ask, what, deadline = 20_000) {
  const end = Date.now() + deadline
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > end) throw new Error(`Did not come to be: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export function check(truth, what) {
  if (!truth) throw new Error(`Not so: ${what}`)
}
