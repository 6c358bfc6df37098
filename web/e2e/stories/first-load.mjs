import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { check, story } from '../stage/story.mjs'
import { owner, settle } from '../stage/server.mjs'
import { settled } from '../stage/browser.mjs'

const budget = 200 * 1024
const dist = join(import.meta.dirname, '..', '..', 'console', 'dist')

/** As it was built: Chromium takes Brotli over TLS only, so the wire of a test says less. */
function weigh(url) {
  const path = join(dist, new URL(url).pathname === '/' ? 'index.html' : new URL(url).pathname)
  return statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size
}

story('the first screen is there after at most 200 KB', {}, async (stage) => {
  const server = await stage.server()
  await settle(server)
  const { page } = await stage.window(server, { as: owner })
  const asked = []
  page.on('response', (response) => !new URL(response.url()).pathname.startsWith('/api/') && asked.push(response.url()))
  await page.goto('/')
  await settled(page)
  const weights = [...new Set(asked)].map((url) => [weigh(url), url]).sort(([a], [b]) => b - a)
  const bytes = weights.reduce((sum, [weight]) => sum + weight, 0)
  check(bytes > 50 * 1024, `something was loaded (${bytes} bytes)`)
  check(bytes <= budget, `${(bytes / 1024).toFixed(0)} KiB is within ${budget / 1024} KiB:\n${weights.map(([weight, url]) => `${String(weight).padStart(8)}  ${url}`).join('\n')}`)
})
