import { check, story } from '../stage/story.mjs'
import { owner, settle } from '../stage/server.mjs'

story('a label leads to its control, whatever id the control has', {}, async (stage) => {
  const server = await stage.server()
  await settle(server)
  const { page } = await stage.window(server, { as: owner })
  await page.goto('/ui-gallery')
  await page.getByText('With an id of its own', { exact: true }).click()
  check((await page.evaluate(() => document.activeElement?.id)) === 'own', 'the control keeps its id and takes the focus')
  await page.getByText('Two controls', { exact: true }).click()
  check((await page.evaluate(() => document.activeElement?.value)) === '5', 'the first of two controls takes the label')
  const twice = await page.evaluate(() => [...document.querySelectorAll('[id]')].map(({ id }) => id).filter((id, at, all) => all.indexOf(id) !== at))
  check(twice.length === 0, `no id stands twice: ${twice}`)
})
