import { check, eventually, story } from '../stage/story.mjs'
import { owner, settle } from '../stage/server.mjs'
import { publish } from '../stage/device.mjs'
import { speaker } from '../stage/words.mjs'

const say = speaker('en')

story('nothing is changed or deleted that a filter has taken out of sight', {}, async (stage) => {
  const server = await stage.server()
  const api = await settle(server)
  await api('POST', '/rules', { name: 'Oven too hot', severity: 'high', spec: { kind: 'threshold', profile: 'oven', field: 'temperature', op: 'above', limit: 220 } })
  for (const name of ['Bread oven', 'Cake oven', 'Pizza oven']) {
    const oven = await api('POST', '/devices', { name, profile: 'oven' })
    await publish(server, oven.credentials, 'telemetry', [{ temperature: 180 }, { temperature: 251 }])
  }
  await eventually(async () => (await api('GET', '/incidents')).items.length === 3, 'three incidents are open')
  const { page } = await stage.window(server, { as: owner })
  const button = (name) => page.getByRole('button', { name, exact: true })
  const select = (name) => page.getByRole('row').filter({ hasText: name }).getByRole('checkbox').check()
  const bar = (count) => page.getByRole('region', { name: say('word.selected', { count }) })

  await page.goto('/incidents')
  await select('Bread oven')
  await select('Cake oven')
  await bar(2).waitFor()
  await page.getByRole('searchbox').fill('no such incident')
  await page.getByText(say('incidents.noneTitle')).waitFor()
  await bar(2).waitFor({ state: 'detached' })
  check((await page.getByRole('checkbox').count()) === 0, 'an empty list has nothing to select')
  await page.getByRole('searchbox').fill('')
  await select('Cake oven')
  await bar(1).getByRole('button', { name: say('incidents.acknowledge') }).click()
  await eventually(async () => (await api('GET', '/incidents')).counts.acknowledged === 1, 'one of them is acknowledged, and only that')
  await select('Pizza oven')
  await page.getByRole('button', { name: new RegExp(`^${say('incidents.status.acknowledged')}`) }).click()
  await bar(1).waitFor({ state: 'detached' })

  // Mine, whoever I am.
  const [{ id }] = (await api('GET', '/incidents?status=acknowledged')).items
  await api('POST', `/incidents/${id}/assign`, { user: (await api('GET', '/me')).user.id })
  await page.goto('/incidents')
  await page.getByRole('row').filter({ hasText: 'Bread oven' }).waitFor()
  await button(say('incidents.mine')).click()
  await page.getByRole('row').filter({ hasText: 'Bread oven' }).waitFor({ state: 'detached' })
  await page.getByRole('row').filter({ hasText: 'Cake oven' }).waitFor()

  await page.goto('/devices')
  await select('Bread oven')
  await select('Cake oven')
  await page.getByRole('searchbox').fill('Cake')
  await page.getByRole('row').filter({ hasText: 'Bread oven' }).waitFor({ state: 'detached' })
  await bar(1).waitFor()
})
