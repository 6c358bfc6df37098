import { check, story } from '../stage/story.mjs'
import { owner, settle } from '../stage/server.mjs'
import { settled } from '../stage/browser.mjs'
import { speaker } from '../stage/words.mjs'

story('theme and language are chosen once for all open tabs', {}, async (stage) => {
  const server = await stage.server()
  await settle(server)
  const { page, context } = await stage.window(server, { as: owner })
  await page.goto('/')
  await settled(page)
  // The session is the first tab's, and goes on in the second: whoever is signed in is led past the door.
  const [other] = await Promise.all([context.waitForEvent('page'), page.evaluate(() => void window.open('/sign-in'))])
  await other.waitForURL(`${server.url}/`)
  await settled(other)
  const choose = async (name) => {
    await page.locator('aside').getByRole('button', { name: new RegExp(owner.name) }).click()
    await page.getByRole('menuitemradio', { name }).or(page.getByRole('menuitemcheckbox', { name })).or(page.getByRole('menuitem', { name })).first().click()
  }
  await choose(speaker('en')('theme.dark'))
  await other.waitForFunction(() => document.documentElement.dataset.theme === 'dark')
  await choose('Français')
  await other.waitForFunction(() => document.documentElement.lang === 'fr')
  await other.getByText(speaker('fr')('overview.emptyTitle')).waitFor()
  check((await page.evaluate(() => document.documentElement.lang)) === 'fr', 'the tab itself speaks French')
})
