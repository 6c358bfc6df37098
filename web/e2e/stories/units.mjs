import { check, story } from '../stage/story.mjs'
import { owner, settle } from '../stage/server.mjs'
import { publish } from '../stage/device.mjs'
import { speaker } from '../stage/words.mjs'

const say = speaker('en')

story('a unit that a person gives once stands beside every value of its kind', {}, async (stage) => {
  const server = await stage.server()
  const api = await settle(server)
  const [oven, other] = await Promise.all(['Bread oven', 'Cake oven'].map((name) => api('POST', '/devices', { name, profile: 'oven' })))
  await publish(server, oven.credentials, 'telemetry', { temperature: 181.5 })
  await publish(server, other.credentials, 'telemetry', { temperature: 172.5 })
  const { page } = await stage.window(server, { as: owner })
  await page.goto(`/devices/${oven.id}?tab=settings`)
  await page.getByLabel('temperature', { exact: true }).fill('°C')
  await page.getByRole('region', { name: say('devices.settings.units') }).getByRole('button', { name: say('word.save') }).click()
  await page.getByText(say('devices.settings.saved'), { exact: true }).first().waitFor()
  await page.goto('/devices')
  await page.getByText('172.5°C').waitFor()
  check((await page.getByText(/1[78]\d\.5°C/).count()) === 2, 'both ovens have it')
})
