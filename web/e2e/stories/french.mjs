import { check, story } from '../stage/story.mjs'
import { owner, settle } from '../stage/server.mjs'
import { publish } from '../stage/device.mjs'
import { settled } from '../stage/browser.mjs'
import { englishOn } from '../stage/english.mjs'
import { speaker } from '../stage/words.mjs'

const say = speaker('fr')

/** Every kind of sentence that the server makes, provoked and read. */
story('a French console says nothing in English', {}, async (stage) => {
  const server = await stage.server()
  const api = await settle(server, 'fr')
  const { page } = await stage.window(server, { language: 'fr', as: owner })
  const button = (name) => page.getByRole('button', { name, exact: true })
  const isFrench = async (what) => {
    const found = await englishOn(page)
    check(found.length === 0, `${what} is said in French:\n${found.join('\n')}`)
  }

  // A device, and what it sent wrongly.
  const oven = await api('POST', '/devices', { name: 'Four', profile: 'four' })
  await publish(server, oven.credentials, 'telemetry', [{ temperature: 251 }, '{"temperature": 21,5}', { ts: 1700000000, values: { temperature: 20 } }, { temperature: 'chaud' }])
  await page.goto(`/devices/${oven.id}`)
  await page.getByText(say('connectivity.online')).first().waitFor()
  await isFrench('a device')
  await page.goto(`/devices/${oven.id}?tab=problems`)
  await page.getByText(/JSON mal formé, ligne 1, colonne/).waitFor()
  await page.getByText(/Cela ressemble à des secondes/).waitFor()
  await page.getByText(/temperature est de type nombre/).waitFor()
  await isFrench('what a device sent wrongly')

  // What a rule would have found, and what it finds.
  await page.goto('/rules/new')
  await page.getByLabel(say('rules.form.profile'), { exact: true }).selectOption('four')
  await page.getByLabel(say('rules.form.field'), { exact: true }).selectOption('temperature')
  await page.getByLabel(say('rules.form.limit'), { exact: true }).fill('220.5')
  await button(say('rules.preview.run')).or(button(say('rules.preview.again'))).click()
  await page.getByText(say('rules.preview.all_found')).click()
  await page.getByText('temperature à 251, au-dessus de 220,5').waitFor()
  await isFrench('what a rule would have found')

  // A query that cannot be answered.
  await page.goto('/query')
  await page.getByRole('textbox', { name: say('query.sql') }).fill('SELECT temprature FROM four')
  await button(say('query.run')).click()
  await page.getByText(/Vouliez-vous dire «\stemperature\s»/).waitFor()
  await isFrench('why a query is refused')

  // A channel whose other side does not answer, and one that cannot be.
  await api('POST', '/channels', { name: 'Équipe de nuit', kind: 'webhook', target: 'http://127.0.0.1:9/' })
  check((await api('GET', '/channels')).items[0].language === 'fr', 'a channel speaks the language of whoever made it')
  await page.goto('/settings/channels')
  await button(say('settings.channel.test')).click()
  await page.getByText(/Le webhook n’a pas été joint/).waitFor()
  await isFrench('why a test was not delivered')
  await button(say('settings.channel.new')).first().click()
  await page.getByLabel(say('settings.channel.name')).fill('Personne')
  await page.getByLabel(say('settings.channel.address')).fill('personne')
  await button(say('settings.channel.create')).click()
  await page.getByText(/aucun serveur de messagerie n’est configuré/i).first().waitFor()
  await isFrench('why a channel cannot be made')

  // Somebody who may not, and who is told who can help.
  await page.goto('/settings/account')
  await page.getByLabel(say('settings.password.current'), { exact: true }).fill('pas le bon mot de passe')
  await page.getByLabel(say('settings.password.new'), { exact: true }).fill('un mot de passe bien long')
  await button(say('settings.password.change')).click()
  await page.getByText(/Le mot de passe actuel est erroné/).waitFor()
  await settled(page)
  await isFrench('why a password is not changed')
})
