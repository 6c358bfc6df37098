import { check, eventually, story } from '../stage/story.mjs'
import { owner, settle } from '../stage/server.mjs'
import { publish } from '../stage/device.mjs'
import { settled } from '../stage/browser.mjs'
import { speaker } from '../stage/words.mjs'

const say = speaker('en')

/** One device of this name with one open incident. */
async function incidentOf(server, api, name) {
  const oven = await api('POST', '/devices', { name, profile: 'oven' })
  await api('POST', '/rules', { name: 'Oven too hot', severity: 'high', spec: { kind: 'threshold', profile: 'oven', field: 'temperature', op: 'above', limit: 220 } })
  await publish(server, oven.credentials, 'telemetry', [{ temperature: 180 }, { temperature: 251 }])
  return eventually(async () => (await api('GET', '/incidents')).items[0], 'the incident is open')
}

story('a comment that is half written outlives the session', {}, async (stage) => {
  const server = await stage.server()
  const api = await settle(server)
  const incident = await incidentOf(server, api, 'Bread oven')
  const { page } = await stage.window(server, { as: owner })
  await page.goto(`/incidents/${incident.id}`)
  const box = page.getByLabel(say('incidents.commentLabel'))
  await box.fill('The door was open, I closed')
  for (const session of (await api('GET', '/me/sessions')).items.filter(({ current }) => !current)) await api('DELETE', `/me/sessions/${session.id}`)
  await page.getByRole('button', { name: say('incidents.comment'), exact: true }).click()
  await page.getByLabel(say('account.field.email')).fill(owner.email)
  await page.getByLabel(say('account.field.password'), { exact: true }).fill(owner.password)
  await page.getByRole('button', { name: say('account.signIn.submit'), exact: true }).click()
  await page.waitForURL(`**/incidents/${incident.id}`)
  await eventually(async () => (await box.inputValue()) === 'The door was open, I closed', 'the words are back')
  await box.fill('The door was open, I closed it: https://wiki.example/oven.')
  await page.getByRole('button', { name: say('incidents.comment'), exact: true }).click()

  // It is sent, its address leads on, and the box is empty for good.
  const link = page.getByRole('link', { name: 'https://wiki.example/oven', exact: true })
  await link.waitFor()
  check((await link.getAttribute('href')) === 'https://wiki.example/oven' && (await link.getAttribute('rel')) === 'noopener noreferrer', 'the address can be followed')
  await eventually(async () => (await box.inputValue()) === '', 'the box is empty')
  await page.reload()
  await settled(page)
  check((await box.inputValue()) === '', 'it stays empty')
})

story('a long story is folded in the middle', {}, async (stage) => {
  const server = await stage.server()
  const api = await settle(server)
  const incident = await incidentOf(server, api, 'Bread oven')
  for (let at = 1; at <= 30; at += 1) await api('POST', `/incidents/${incident.id}/comments`, { text: `Note ${at}.` })
  const { page } = await stage.window(server, { as: owner })
  await page.goto(`/incidents/${incident.id}`)
  await page.getByText('Note 30.').waitFor()
  check((await page.getByText('Note 7.').count()) === 0, 'the middle is folded')
  await page.getByRole('button', { name: say('incidents.toLatest') }).click()
  await eventually(() => page.getByText('Note 30.').evaluate((note) => note.getBoundingClientRect().bottom < innerHeight), 'the latest is in sight')
  await page.getByRole('button', { name: say('incidents.entry.earlier', { count: 20 }, 20) }).click()
  await page.getByText('Note 7.').waitFor()
})

story('a name that runs from right to left does not turn what stands beside it', {}, async (stage) => {
  const server = await stage.server()
  const api = await settle(server)
  const name = 'فرن الخبز'
  const incident = await incidentOf(server, api, name)
  const { page } = await stage.window(server, { as: owner })
  /** Where the name ends and where the words after it begin, as they are seen. */
  const inOrder = (line) => line.evaluate((element) => {
    const place = (node) => {
      const range = document.createRange()
      range.selectNodeContents(node)
      return range.getBoundingClientRect()
    }
    const bdi = element.querySelector('bdi')
    return bdi !== null && place(bdi).right <= place(element.lastChild).left + 1
  })
  const count = say('incidents.findings', { count: 1 }, 1)
  await page.goto('/incidents')
  const line = page.locator('span', { hasText: `#${incident.number}` }).filter({ hasText: count }).last()
  await line.waitFor()
  check(await inOrder(line), 'the findings stand after the name')
})
