import { check, story } from '../stage/story.mjs'
import { caller, owner, settle } from '../stage/server.mjs'
import { publish } from '../stage/device.mjs'
import { englishOn } from '../stage/english.mjs'
import { speaker } from '../stage/words.mjs'

story('a device that is refused is told why, and so is the person who connects it', { each: ['en', 'fr'] }, async (stage) => {
  const language = stage.given
  const say = speaker(language)
  const server = await stage.server()
  const api = await settle(server)
  const other = await api('POST', '/devices', { name: 'Attic door' })
  const { page } = await stage.window(server, { language, as: owner })
  await page.goto('/devices/connect')
  await page.getByLabel(say('devices.connect.name'), { exact: true }).fill('Cellar door')
  // What the others send meanwhile is not of the new one.
  await publish(server, other.credentials, 'telemetry', { open: false })
  await page.getByRole('button', { name: say('devices.connect.create') }).click()
  const command = await page.getByRole('region', { name: say('devices.connect.shell') }).innerText()
  const [, username, password] = /-u (\S+) -P (\S+)/.exec(command)
  const happened = page.locator('main')
  await publish(server, other.credentials, 'telemetry', { open: true })

  const refused = await publish(server, { username, password: 'guessed' }, 'telemetry', { open: true }).catch((error) => error)
  check(refused.said?.length > 0, 'mosquitto_pub is refused with a message')
  await happened.getByText(say('devices.problems.code.wrong_password')).first().waitFor()

  await publish(server, { username, password }, 'telemetry', "{temperature: 21.5}")
  await happened.getByText(say('devices.problems.code.malformed_json')).first().waitFor()
  await happened.getByText(language === 'fr' ? /ligne 1, colonne 2/ : /line 1 column 2/).first().waitFor()

  await publish(server, { username, password }, 'temperature', '21.5')
  await happened.getByText(say('devices.problems.code.unknown_topic')).first().waitFor()
  check((await page.getByText(say('devices.connect.arrived')).count()) === 0, 'no message of its own has arrived')

  if (language === 'fr') check((await englishOn(page)).length === 0, `it is all said in French:\n${(await englishOn(page)).join('\n')}`)

  // Nothing of it stands in the way of a sound message.
  await publish(server, { username, password }, 'telemetry', { open: true })
  await page.getByText(say('devices.connect.arrived')).waitFor()
})

story('a wrong password is refused kindly, and the right one works afterwards', { each: ['en', 'fr'] }, async (stage) => {
  const language = stage.given
  const say = speaker(language)
  const server = await stage.server()
  await settle(server)
  const { page } = await stage.window(server, { language })
  await page.goto('/sign-in')
  await page.getByLabel(say('account.field.email')).fill(owner.email)
  await page.getByLabel(say('account.field.password'), { exact: true }).fill('not the password')
  await page.getByRole('button', { name: say('account.signIn.submit'), exact: true }).click()
  await page.getByRole('alert').waitFor()
  if (language === 'fr') check((await englishOn(page)).length === 0, `it is refused in French:\n${(await englishOn(page)).join('\n')}`)
  await page.getByLabel(say('account.field.password'), { exact: true }).fill(owner.password)
  await page.getByRole('button', { name: say('account.signIn.submit'), exact: true }).click()
  await page.waitForURL(`${server.url}/`)
  const stranger = await caller(server.url)('GET', '/devices').catch((error) => error)
  check(stranger.status === 401, 'without a token nothing is told')
})
