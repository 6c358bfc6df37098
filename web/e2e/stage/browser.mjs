// Real Chromium, and people who sit in front of it. Whatever a page complains about (errors, violations of the Content
// Security Policy, failures of the server) is kept, and fails the story.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import { signIn } from './server.mjs'

const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1440, height: 900 } }
export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args })

/** A window of its own: nothing is shared with another person's. `as` is signed in from the start. */
export async function openWindow(browser, server, { language = 'en', size = 'desktop', theme = 'light', as, still = true } = {}) {
  const context = await browser.newContext({ viewport: sizes[size], colorScheme: theme, locale: language === 'fr' ? 'fr-FR' : 'en-GB', reducedMotion: still ? 'reduce' : 'no-preference', hasTouch: size === 'phone', baseURL: server.url })
  context.setDefaultTimeout(20_000)
  const agent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${browser.version()} Safari/537.36`
  const session = as ? (await signIn(server.url, as, agent)).refresh_token : undefined
  await context.addInitScript(
    ([tag, token]) => {
      if (!localStorage.getItem('smartsecurity.language')) localStorage.setItem('smartsecurity.language', tag)
      // Once: a refresh token works once, and the page keeps the next one itself.
      if (token && !sessionStorage.getItem('begun')) localStorage.setItem('smartsecurity.session', token)
      sessionStorage.setItem('begun', 'yes')
      document.addEventListener('securitypolicyviolation', (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`))
    },
    [language, session],
  )
  const page = await context.newPage()
  const complaints = []
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
  // The browser reports each refusal of the server as an error of its own; those that a story provokes are answers, not errors.
  page.on('console', (message) => message.type() === 'error' && !/status of 4\d\d/.test(message.text()) && complaints.push(`${page.url()}: ${message.text()}`))
  page.on('response', (response) => response.status() >= 500 && complaints.push(`${response.request().method()} ${response.url()}: ${response.status()}`))
  return { page, context, complaints, close: () => context.close() }
}

/** The page has its heading, and nothing on it is still loading. */
export async function settled(page) {
  await page.locator('h1').first().waitFor()
  await page.waitForFunction(() => !document.querySelector('[aria-busy=true], .animate-breathe') && document.getAnimations().every((animation) => animation.playState !== 'running' || animation.effect?.getTiming().iterations === Infinity))
  await page.evaluate(() => document.fonts.ready.then(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))))
}

/** What axe finds, and whether the page scrolls sideways. */
export async function inspect(page) {
  const cdp = await page.context().newCDPSession(page)
  // Through the debugger, because the page's own policy lets no foreign script in.
  await cdp.send('Runtime.evaluate', { expression: axe })
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ target, any, all }) => `${target.join(' ')} (${[...any, ...all].map(({ message }) => message).join('; ')})`).join(' | ')}`)))
  if (await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1)) found.push('scrolls sideways')
  await cdp.detach()
  return found
}
