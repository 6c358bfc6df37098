import { check, eventually, story } from '../stage/story.mjs'
import { owner, settle } from '../stage/server.mjs'
import { publish } from '../stage/device.mjs'
import { speaker } from '../stage/words.mjs'

const say = speaker('en')

story('a chart says nothing of a time without values, and a rule begins with what it shows', {}, async (stage) => {
  const server = await stage.server()
  const api = await settle(server)
  const oven = await api('POST', '/devices', { name: 'Bread oven', profile: 'oven' })
  const now = Date.now()
  await publish(server, oven.credentials, 'telemetry', [Array.from({ length: 60 }, (_, at) => ({ ts: now - at * 20_000, values: { temperature: 180 + (at % 9) } }))])
  const { page } = await stage.window(server, { as: owner })
  await page.goto(`/devices/${oven.id}?tab=history&range=hour`)
  const plot = page.locator('figure canvas').first()
  await eventually(async () => (await page.getByText('180 – 188'.replaceAll(' ', '\u202f')).count()) > 0, 'the chart is drawn')
  const box = await plot.boundingBox()
  const at = async (part) => {
    await page.mouse.move(box.x + 50 + (box.width - 64) * part, box.y + box.height / 2)
    return page.locator('figure figcaption').innerText()
  }
  check((await at(0.3)).includes('no data'), 'half an hour ago there was nothing')
  const said = await at(0.9)
  check(/18\d/.test(said) && !said.includes('no data'), `lately there was: ${said}`)

  await page.getByRole('link', { name: say('devices.history.warn', { field: 'temperature' }) }).click()
  await page.waitForURL('**/rules/new?**')
  const value = (label) => page.getByLabel(say(label), { exact: true }).inputValue()
  await eventually(async () => (await value('rules.form.field')) === 'temperature' && (await value('rules.form.device')) === oven.id, 'the rule is about what the chart showed')
  check((await value('rules.form.limit')) === '189', `its limit is just above (${await value('rules.form.limit')})`)
  await page.getByLabel(say('rules.form.name'), { exact: true }).fill('Oven too hot')
  await page.getByRole('button', { name: say('rules.create'), exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Oven too hot' }).waitFor()
})
