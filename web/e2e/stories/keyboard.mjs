import { check, eventually, story } from '../stage/story.mjs'
import { owner, settle } from '../stage/server.mjs'
import { publish } from '../stage/device.mjs'
import { settled } from '../stage/browser.mjs'
import { speaker } from '../stage/words.mjs'

const say = speaker('en')

story('somebody who uses only the keyboard signs in and acknowledges an incident', {}, async (stage) => {
  const server = await stage.server()
  const api = await settle(server)
  const pump = (await api('POST', '/devices', { name: 'Pump 4', profile: 'pump' })).credentials
  await api('POST', '/rules', { name: 'Pressure too high', severity: 'critical', spec: { kind: 'threshold', profile: 'pump', field: 'pressure', op: 'above', limit: 8 } })
  await publish(server, pump, 'telemetry', [{ pressure: 4 }, { pressure: 9.5 }])
  await eventually(async () => (await api('GET', '/incidents')).items.length === 1, 'the incident is open')

  const { page } = await stage.window(server)
  const press = (key) => page.keyboard.press(key)
  const focused = () => page.evaluate(() => (document.activeElement?.matches('a, button') ? document.activeElement.getAttribute('aria-label') || document.activeElement.textContent?.trim() : ''))
  const tabTo = async (name) => {
    for (let steps = 0; steps < 60; steps += 1) {
      if ((await focused())?.includes(name)) return
      await press('Tab')
    }
    throw new Error(`Tab does not lead to ${name}`)
  }
  await page.goto('/incidents')
  await page.getByLabel(say('account.field.email')).waitFor()
  await page.waitForFunction(() => document.activeElement?.getAttribute('type') === 'email')
  await page.keyboard.type(owner.email)
  await press('Tab')
  await page.keyboard.type(owner.password)
  await press('Enter')

  // Back where they wanted to go.
  await page.getByRole('heading', { level: 1, name: say('incidents.title') }).waitFor()
  await page.getByRole('link', { name: /Pressure too high/ }).waitFor()
  await tabTo('Pressure too high')
  const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle)
  check(ring !== 'none', 'the focus is visible')
  await press('Enter')
  await page.getByRole('button', { name: say('incidents.acknowledge'), exact: true }).waitFor()
  await settled(page)
  await press('a')
  await page.getByText(say('incidents.entry.acknowledged', { name: owner.name })).waitFor()

  // The dialog takes the focus, and gives it back.
  await tabTo(say('incidents.resolve'))
  await press('Enter')
  await page.getByRole('dialog').waitFor()
  await press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  check((await focused())?.includes(say('incidents.resolve')), 'the focus returns to the button')
})
