import { check, eventually, story } from '../stage/story.mjs'
import { caller, owner, signIn } from '../stage/server.mjs'
import { paste, publish } from '../stage/device.mjs'
import { inspect, settled } from '../stage/browser.mjs'
import { speaker } from '../stage/words.mjs'

/** The screens that only a first visit shows, which the walk through all screens never meets. */
async function usable(page, what) {
  await settled(page)
  const found = await inspect(page)
  check(found.length === 0, `${what} has no violations:\n${found.join('\n')}`)
}

story("a device's first message becomes an incident that a person handles", { each: ['en', 'fr'] }, async (stage) => {
  const say = speaker(stage.given)
  const server = await stage.server()
  const { page } = await stage.window(server, { language: stage.given })
  const button = (name) => page.getByRole('button', { name, exact: true })

  // The one-time address makes the owner.
  await page.goto(server.setupUrl)
  await usable(page, 'the setup')
  await page.getByLabel(say('account.field.tenant')).fill(owner.tenant)
  await page.getByLabel(say('account.field.name')).fill(owner.name)
  await page.getByLabel(say('account.field.email')).fill(owner.email)
  await page.getByLabel(say('account.field.newPassword'), { exact: true }).fill(owner.password)
  await button(say('account.setup.submit')).click()

  // An empty house says what to do first.
  await page.getByRole('link', { name: say('overview.emptyAction') }).click()
  await page.getByLabel(say('devices.connect.name'), { exact: true }).fill('Bread oven')
  await page.getByLabel(say('devices.connect.profile')).fill('oven')
  await button(say('devices.connect.create')).click()

  // The command on the page works as it stands, and the value appears by itself.
  const command = await page.getByRole('region', { name: say('devices.connect.shell') }).innerText()
  await paste(command)
  await page.getByText(say('devices.connect.arrived')).waitFor()
  await page.getByText(stage.given === 'fr' ? '21,5' : '21.5', { exact: true }).first().waitFor()
  await usable(page, 'the first message')
  const [, username, password] = /-u (\S+) -P (\S+)/.exec(command)
  const oven = { username: username.replaceAll("'", ''), password: password.replaceAll("'", '') }
  await page.getByRole('link', { name: say('devices.connect.open') }).click()
  await page.getByRole('heading', { level: 1, name: 'Bread oven' }).waitFor()

  // A day of history, with one hot hour in it.
  const now = Date.now()
  const temperature = (ago) => (ago > 300 && ago < 360 ? 240 : 180 + (ago % 7))
  await publish(server, oven, 'telemetry', [Array.from({ length: 720 }, (_, at) => ({ ts: now - at * 120_000, values: { temperature: temperature(at * 2) } }))])

  // A rule, tried on that history before it is saved.
  await page.getByRole('link', { name: say('rules.title'), exact: true }).first().click()
  await page.getByRole('link', { name: say('rules.new') }).first().click()
  await page.getByLabel(say('rules.form.profile'), { exact: true }).selectOption('oven')
  await page.getByLabel(say('rules.form.field'), { exact: true }).selectOption('temperature')
  await page.getByLabel(say('rules.form.limit'), { exact: true }).fill('220')
  await eventually(async () => {
    await button(say('rules.preview.run')).or(button(say('rules.preview.again'))).click()
    return page.getByText(say('rules.preview.fired', {}, 1), { exact: true }).waitFor({ timeout: 3000 }).then(() => true, () => false)
  }, 'the hot hour is found in the history')
  await page.getByLabel(say('rules.form.name'), { exact: true }).fill('Oven too hot')
  await page.getByLabel(say('rules.form.severity'), { exact: true }).selectOption('high')
  await button(say('rules.create')).click()
  await page.getByRole('heading', { level: 1, name: 'Oven too hot' }).waitFor()

  // Nothing yet; then a value crosses the limit, and the incident is there without a reload.
  await page.getByRole('link', { name: new RegExp(`^${say('incidents.title')}`) }).first().click()
  await page.getByText(say('incidents.calmTitle')).waitFor()
  await publish(server, oven, 'telemetry', { temperature: 251.5 })
  const row = page.getByRole('link', { name: /Oven too hot/ })
  await row.click()

  // Somebody handles it.
  await page.getByText(say('incidents.timeline'), { exact: true }).waitFor()
  await button(say('incidents.acknowledge')).click()
  await page.getByText(say('incidents.entry.acknowledged', { name: owner.name })).waitFor()
  await page.getByLabel(say('incidents.commentLabel')).fill('The door was open. Closed it.')
  await button(say('incidents.comment')).click()
  await page.getByText('The door was open. Closed it.').waitFor()
  await button(say('incidents.assign')).click()
  await page.getByRole('menuitem', { name: say('incidents.you', { name: owner.name }) }).click()
  await page.getByText(say('incidents.entry.took', { name: owner.name })).waitFor()
  await button(say('incidents.resolve')).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(say('incidents.note')).fill('Door seal replaced.')
  await dialog.getByRole('button', { name: say('incidents.resolve') }).click()
  await page.getByText(say('incidents.entry.resolved', { name: owner.name })).waitFor()
  await page.getByText('Door seal replaced.').waitFor()
  await settled(page)
  const incident = new URL(page.url()).pathname

  // A colleague joins by the link, sees it, and may not change it.
  await page.goto('/settings/people')
  await button(say('settings.persons.invite')).click()
  await dialog.getByLabel(say('settings.persons.email')).fill('grace@example.com')
  await dialog.getByRole('button', { name: say('settings.persons.create') }).click()
  await usable(page, 'the invitation link')
  const link = (await dialog.getByRole('region', { name: say('settings.persons.link') }).innerText()).trim()
  const colleague = await stage.window(server, { language: stage.given, size: 'phone' })
  await colleague.page.goto(link)
  await usable(colleague.page, 'the invitation')
  await colleague.page.getByLabel(say('account.field.name')).fill('Grace')
  await colleague.page.getByLabel(say('account.field.newPassword'), { exact: true }).fill('another sound passphrase')
  await colleague.page.getByRole('button', { name: say('account.join.submit'), exact: true }).click()
  await colleague.page.waitForURL(`${server.url}/`)
  await settled(colleague.page)
  await colleague.page.goto(incident)
  await colleague.page.getByText('Door seal replaced.').waitFor()
  const reopen = colleague.page.getByRole('button', { name: say('incidents.reopen') })
  await reopen.waitFor()
  await usable(colleague.page, "a viewer's incident")
  check((await reopen.getAttribute('aria-disabled')) === 'true', 'a viewer cannot reopen')
  const why = say('permission.handle_incidents', { role: say('role.viewer') })
  check((await reopen.innerText()).includes(why) || (await colleague.page.locator(`[id="${await reopen.getAttribute('aria-describedby')}"]`).first().textContent())?.includes(why), `the button says why: ${why}`)
  const grace = caller(server.url, (await signIn(server.url, { email: 'grace@example.com', password: 'another sound passphrase' })).access_token)
  const refusal = await grace('POST', `${incident}/reopen`, {}).catch((error) => error)
  check(refusal.status === 403 && refusal.problem.detail, 'the server refuses too, with a reason')
})
