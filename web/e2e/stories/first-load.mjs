import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { check, story } from '../stage/story.mjs'
import { owner, settle } from '../stage/server.mjs'
import { settled } from '../stage/browser.mjs'

const budget = 200 * 1024
const dist = join(import.meta.dirname, '..', '..', 'console', 'dist')

/** As it was built: Chromium takes Brotli over TLS only, so the wire of a test says less. */
function weigh(url) {
  const path = join(dist, new URL(url).pathname.includes('.') ? new URL(url).pathname : 'index.html')
  return statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size
}

story('whichever screen is first, it is there after at most 200 KB', {}, async (stage) => {
  const server = await stage.server()
  const api = await settle(server)
  await api('POST', '/devices', { name: 'Bread oven', profile: 'oven' })
  for (const path of ['/', '/devices', '/incidents', '/rules']) {
    const { page, close } = await stage.window(server, { as: owner })
    const asked = []
    page.on('response', (response) => !new URL(response.url()).pathname.startsWith('/api/') && asked.push(response.url()))
    await page.goto(path)
    await settled(page)
    const weights = [...new Set(asked)].map((url) => [weigh(url), url]).sort(([a], [b]) => b - a)
    const bytes = weights.reduce((sum, [weight]) => sum + weight, 0)
    check(bytes > 50 * 1024, `something was loaded for ${path} (${bytes} bytes)`)
    check(bytes <= budget, `${path}: ${(bytes / 1024).toFixed(0)} KiB is within ${budget / 1024} KiB:\n${weights.map(([weight, url]) => `${String(weight).padStart(8)}  ${url}`).join('\n')}`)
    await close()
  }
})
