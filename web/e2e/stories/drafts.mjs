import { check, eventually, story } from '../stage/story.mjs'
import { owner, settle } from '../stage/server.mjs'
import { publish } from '../stage/device.mjs'
import { speaker } from '../stage/words.mjs'

const say = speaker('en')

story('a rule that is half written outlives the session and a look at another screen', {}, async (stage) => {
  const server = await stage.server()
  const api = await settle(server)
  const oven = await api('POST', '/devices', { name: 'Bread oven', profile: 'oven' })
  await publish(server, oven.credentials, 'telemetry', { temperature: 180 })
  const rule = await api('POST', '/rules', { name: 'Oven too hot', severity: 'high', spec: { kind: 'threshold', profile: 'oven', field: 'temperature', op: 'above', limit: 220 } })
  const { page } = await stage.window(server, { as: owner })
  const name = page.getByLabel(say('rules.form.name'), { exact: true })
  const limit = page.getByLabel(say('rules.form.limit'), { exact: true })
  const button = (text) => page.getByRole('button', { name: text, exact: true })

  // Somebody looks something up in between.
  await page.goto(`/rules/${rule.id}`)
  await limit.fill('230')
  await page.getByRole('link', { name: say('devices.title'), exact: true }).first().click()
  await page.waitForURL('**/devices')
  await page.goBack()
  await page.getByText(say('rules.restored')).waitFor()
  check((await limit.inputValue()) === '230', 'the limit is the one that was written')
  await button(say('rules.discard')).click()
  check((await limit.inputValue()) === '220', 'the limit is the saved one again')

  // The session ends; nothing is saved that lacks something, and what is there is not lost.
  await page.goto('/rules/new')
  await name.fill('Oven far too hot')
  await button(say('rules.create')).click()
  check((await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid'))) === 'true', 'the first field that lacks something is ready to be filled in')
  await page.getByLabel(say('rules.form.profile'), { exact: true }).selectOption('oven')
  await page.getByLabel(say('rules.form.field'), { exact: true }).selectOption('temperature')
  await limit.fill('250')
  for (const session of (await api('GET', '/me/sessions')).items.filter(({ current }) => !current)) await api('DELETE', `/me/sessions/${session.id}`)
  await button(say('rules.create')).click()
  await page.getByLabel(say('account.field.email')).fill(owner.email)
  check((await page.getByText(say('problem.status.401')).count()) === 0, 'the end of the session is said once')
  await page.getByLabel(say('account.field.password'), { exact: true }).fill(owner.password)
  await button(say('account.signIn.submit')).click()
  await page.waitForURL('**/rules/new')
  await eventually(async () => (await name.inputValue()) === 'Oven far too hot' && (await limit.inputValue()) === '250', 'the rule is back')
  await button(say('rules.create')).click()
  await page.getByRole('heading', { level: 1, name: 'Oven far too hot' }).waitFor()
  await page.goto('/rules/new')
  await eventually(async () => (await name.inputValue()) === '', 'the next one begins empty')

  // What one person wrote is not for the next one at the same place.
  await name.fill('Only mine')
  await page.locator('aside').getByRole('button', { name: new RegExp(owner.name) }).click()
  await page.getByRole('menuitem', { name: say('signOut') }).click()
  await page.getByLabel(say('account.field.email')).waitFor()
  check(await page.evaluate(() => Object.keys(sessionStorage).every((key) => !key.includes('draft'))), 'nothing is kept')
})
