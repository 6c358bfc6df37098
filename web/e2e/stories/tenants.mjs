import { execFileSync } from 'node:child_process'
import { check, story } from '../stage/story.mjs'
import { owner, settle } from '../stage/server.mjs'
import { settled } from '../stage/browser.mjs'
import { speaker } from '../stage/words.mjs'

story('somebody of two organisations goes from one to the other, and sees nothing of the first there', { each: ['en', 'fr'] }, async (stage) => {
  const say = speaker(stage.given)
  const server = await stage.server()
  const api = await settle(server, stage.given)
  await api('POST', '/devices', { name: 'Boiler of the first' })
  execFileSync(server.binary, ['owner', 'create', '--data', server.data, '--email', owner.email, '--tenant', 'Difference Works', '--password-stdin'], { input: `${owner.password}\n` })

  const { page } = await stage.window(server, { as: owner, language: stage.given })
  const goTo = async (tenant) => {
    await page.getByRole('button', { name: new RegExp(owner.name) }).click()
    await page.getByRole('menuitem', { name: tenant }).or(page.getByRole('menuitemradio', { name: tenant })).click()
    await page.locator('aside').getByText(tenant, { exact: true }).waitFor()
    await settled(page)
  }
  await page.goto('/devices')
  await page.getByText('Boiler of the first').waitFor()
  await goTo('Difference Works')
  await page.getByText(say('overview.emptyTitle')).waitFor()
  await page.goto('/devices')
  await settled(page)
  check((await page.getByText('Boiler of the first').count()) === 0, 'the other organisation has no such device')
  await goTo(owner.tenant)
  await page.goto('/devices')
  await page.getByText('Boiler of the first').waitFor()
})
