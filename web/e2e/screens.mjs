// Every screen at phone and desktop width, light and dark, in both languages: a picture of each, and no violation that axe
// finds. Needs a running server and somebody to sign in as:
//   SMARTSECURITY_URL=http://127.0.0.1:8080 SMARTSECURITY_EMAIL=… SMARTSECURITY_PASSWORD=… node screens.mjs [name …]
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const { SMARTSECURITY_URL: url = 'http://127.0.0.1:8080', SMARTSECURITY_EMAIL: email, SMARTSECURITY_PASSWORD: password, CHROMIUM = '/usr/bin/chromium' } = process.env
if (!email || !password) {
  console.error('Set SMARTSECURITY_EMAIL and SMARTSECURITY_PASSWORD to sign in with.')
  process.exit(2)
}
const out = process.env.SCREENSHOTS ?? join(import.meta.dirname, 'screenshots')
mkdirSync(out, { recursive: true })
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1440, height: 900 } }
const only = process.argv.slice(2)

async function call(method, path, body, token) {
  const response = await fetch(`${url}/api/v1${path}`, { method, headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }, body: body && JSON.stringify(body) })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

const login = () => call('POST', '/auth/login', { email, password })
const { access_token: token } = await login()
const first = async (path) => (await call('GET', path, undefined, token)).items[0]?.id
const [device, incident, rule] = await Promise.all([first('/devices?sort=problems&limit=1'), first('/incidents?limit=1'), first('/rules?limit=1')])

const screens = [
  ['sign-in', '/sign-in', 'anonymous'],
  ['overview', '/'],
  ['devices', '/devices'],
  ['connect', '/devices/connect'],
  ...(device ? ['live', 'history', 'events', 'problems', 'commands', 'settings'].map((tab) => [`device-${tab}`, `/devices/${device}?tab=${tab}`]) : []),
  ['incidents', '/incidents'],
  ...(incident ? [['incident', `/incidents/${incident}`]] : []),
  ['rules', '/rules'],
  ['rule-new', '/rules/new'],
  ...(rule ? [['rule', `/rules/${rule}`]] : []),
  ['query', '/query'],
  ['settings', '/settings'],
  ['lost', '/no-such-page'],
].filter(([name]) => only.length === 0 || only.includes(name))

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
const complaints = []

async function look(page, name, label) {
  const cdp = await page.context().newCDPSession(page)
  // Through the debugger, because the page's CSP lets no foreign script in.
  await cdp.send('Runtime.evaluate', { expression: axe })
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).slice(0, 3).join(' | ')}`)))
  for (const violation of found) complaints.push(`${name} ${label}: ${violation}`)
  if (await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1)) complaints.push(`${name} ${label}: scrolls sideways`)
}

for (const language of ['en', 'fr']) {
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const colorScheme of ['light', 'dark']) {
      const label = `${size}-${colorScheme}-${language}`
      const { refresh_token: refresh } = await login()
      const context = await browser.newContext({ viewport, colorScheme, locale: language === 'fr' ? 'fr-FR' : 'en-GB', reducedMotion: 'reduce', hasTouch: size === 'phone' })
      await context.addInitScript(([tag, session]) => {
        localStorage.setItem('smartsecurity.language', tag)
        if (!sessionStorage.getItem('begun')) localStorage.setItem('smartsecurity.session', session)
        sessionStorage.setItem('begun', 'yes')
      }, [language, refresh])
      const page = await context.newPage()
      page.on('pageerror', (error) => complaints.push(`${label}: ${error.message}`))
      page.on('console', (message) => message.type() === 'error' && complaints.push(`${label}: ${message.text()}`))
      for (const [name, path] of screens) {
        await page.goto(url + path)
        await page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('[aria-busy=true]'), undefined, { timeout: 15_000 }).catch(() => complaints.push(`${name} ${label}: did not finish loading`))
        await page.waitForTimeout(400)
        await page.screenshot({ path: join(out, `${name}-${label}.png`) })
        await look(page, name, label)
      }
      await context.close()
      console.log(`${label}: ${screens.length} screens`)
    }
  }
}
await browser.close()
console.log(`pictures in ${out}`)
if (complaints.length > 0) {
  console.error(complaints.join('\n'))
  process.exit(1)
}
