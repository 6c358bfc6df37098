// A picture of every screen at phone and desktop width, light and dark, in both languages, in SCREENSHOTS_DIR. The server
// (SMARTSECURITY_BIN) is filled by the simulated fleet (SMARTSECURITY_FLEET_BIN); or, with SMARTSECURITY_URL, SMARTSECURITY_EMAIL
// and SMARTSECURITY_PASSWORD, a running one is looked at as it is. Names of screens, given as arguments, narrow it down.
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { launch, openWindow, settled, sizes } from './stage/browser.mjs'
import { caller, owner, settle, signIn, startServer } from './stage/server.mjs'
import { screens } from './stage/screens.mjs'
import { eventually } from './stage/story.mjs'

const { SCREENSHOTS_DIR: out = join(import.meta.dirname, 'screenshots'), SMARTSECURITY_FLEET_BIN: fleet, SMARTSECURITY_URL: url, SMARTSECURITY_EMAIL: email, SMARTSECURITY_PASSWORD: password } = process.env
const only = process.argv.slice(2)
const asked = (all, part) => !process.env[part] || process.env[part].split(',').includes(all)
mkdirSync(out, { recursive: true })

const server = url ? { url, stop: () => undefined } : await startServer({ env: { SMARTSECURITY_DEMO__ENABLED: 'true' } })
const person = url ? { email, password } : owner
const browser = await launch()
let complaints = []
let live
try {
  if (!url) {
    await settle(server)
    if (fleet) {
      live = spawn(fleet, ['--server', server.url, '--email', owner.email, '--password-stdin', '--devices', '60'], { stdio: ['pipe', 'ignore', 'inherit'] })
      live.stdin.end(`${owner.password}\n`)
      // It stays while the pictures are taken. A while after its attack began there is something true to see on each screen.
      const api = caller(server.url, (await signIn(server.url, person)).access_token)
      await eventually(async () => (await api('GET', '/incidents')).items.length >= 6, 'the simulated fleet made six incidents', 180_000)
    }
  }
  const api = caller(server.url, (await signIn(server.url, person)).access_token)
  const wanted = (await screens(api)).filter(([name]) => only.length === 0 || only.includes(name))
  for (const language of ['en', 'fr'].filter((one) => asked(one, 'LANGUAGES'))) {
    for (const size of Object.keys(sizes).filter((one) => asked(one, 'SIZES'))) {
      for (const theme of ['light', 'dark'].filter((one) => asked(one, 'THEMES'))) {
        const look = { language, size, theme }
        const [window, stranger] = await Promise.all([openWindow(browser, server, { ...look, as: person }), openWindow(browser, server, look)])
        for (const [name, path, { anonymous } = {}] of wanted) {
          const { page } = anonymous ? stranger : window
          await page.goto(path)
          await settled(page)
          await page.screenshot({ path: join(out, `${name}-${size}-${theme}-${language}.png`) })
        }
        complaints = [...complaints, ...window.complaints, ...stranger.complaints]
        await Promise.all([window.close(), stranger.close()])
        console.log(`${size} ${theme} ${language}: ${wanted.length} screens`)
      }
    }
  }
} finally {
  live?.kill()
  await browser.close()
  await server.stop()
}
console.log(`Pictures are in ${out}`)
if (complaints.length > 0) {
  console.error(complaints.join('\n'))
  process.exit(1)
}
