import { check, eventually, story } from '../stage/story.mjs'
import { owner, settle } from '../stage/server.mjs'
import { inspect, settled } from '../stage/browser.mjs'
import { speaker } from '../stage/words.mjs'

story('a channel is added, edited and given a new secret', { each: ['en', 'fr'] }, async (stage) => {
  const say = speaker(stage.given)
  const server = await stage.server()
  const api = await settle(server, stage.given)
  const { page } = await stage.window(server, { as: owner, language: stage.given })
  const dialog = page.getByRole('dialog')
  const inDialog = (name) => dialog.getByRole('button', { name, exact: true })
  const field = (name) => dialog.getByLabel(name, { exact: true })
  const choose = async (channel, action) => {
    await page.getByRole('button', { name: say('settings.channel.actions', { name: channel }) }).click()
    await page.getByRole('menuitem', { name: action }).click()
    await dialog.waitFor()
  }
  const secret = async () => (await dialog.getByRole('region', { name: say('settings.channel.secret') }).innerText()).trim()
  const add = () => page.getByRole('button', { name: say('settings.channel.new') }).click()

  // What is missing is said at once, and the first of it has the focus.
  await page.goto('/settings/channels')
  await add()
  await inDialog(say('settings.channel.create')).click()
  await dialog.getByText(say('settings.channel.needs.name')).waitFor()
  await dialog.getByText(say('settings.channel.needs.address')).waitFor()
  check(await field(say('settings.channel.name')).evaluate((input) => input === document.activeElement), 'the first field that is wrong has the focus')

  await field(say('settings.channel.name')).fill('Night shift')
  await dialog.getByRole('radio', { name: say('settings.channel.webhook') }).click()
  await field(say('settings.channel.url')).fill('https://example.com/hook')
  await field(say('settings.channel.from')).selectOption('critical')
  await inDialog(say('settings.channel.create')).click()
  await dialog.getByText(say('settings.channel.secretText')).waitFor()
  const first = await secret()
  await inDialog(say('settings.persons.done')).click()

  // The next one begins with nothing of it.
  await add()
  check((await field(say('settings.channel.name')).inputValue()) === '' && (await field(say('settings.channel.from')).inputValue()) === 'medium', 'a new channel is blank')
  check((await field(say('settings.channel.address')).count()) === 1, 'and an e-mail channel, as at first')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })

  await choose('Night shift', say('settings.channel.edit'))
  await field(say('settings.channel.name')).fill('Day shift')
  await field(say('settings.channel.url')).fill('ftp://example.com')
  await inDialog(say('word.save')).click()
  await dialog.getByRole('alert').waitFor()
  await field(say('settings.channel.url')).fill('https://example.com/day')
  await field(say('settings.channel.from')).selectOption('high')
  await inDialog(say('word.save')).click()
  await page.getByText('Day shift', { exact: true }).waitFor()
  const [channel] = (await api('GET', '/channels')).items
  check(channel.name === 'Day shift' && channel.target === 'https://example.com/day' && channel.min_severity === 'high' && channel.kind === 'webhook', 'it is kept as it was written')

  await choose('Day shift', say('settings.channel.renew'))
  await inDialog(say('settings.channel.renew')).click()
  await dialog.getByText(say('settings.channel.secretText')).waitFor()
  const second = await secret()
  check(second.startsWith('whsec_') && second !== first, 'the secret is another one')
  await inDialog(say('settings.persons.done')).click()
  await dialog.waitFor({ state: 'detached' })

  // A menu is in the part of the page that its button is in.
  await page.getByRole('button', { name: say('settings.channel.actions', { name: 'Day shift' }) }).click()
  await page.getByRole('menu').waitFor()
  const found = await inspect(page)
  check(found.length === 0, `an open menu has no violations:\n${found.join('\n')}`)
  await page.getByRole('menuitem', { name: say('settings.channel.delete') }).click()
  await inDialog(say('settings.channel.delete')).click()
  await page.getByText(say('settings.channel.emptyTitle')).waitFor()
  await eventually(async () => (await api('GET', '/channels')).items.length === 0, 'it is gone')
  await settled(page)
})
