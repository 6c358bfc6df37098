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
  // The session is the first tab's, and goes on in the second.
  await context.addInitScript(() => sessionStorage.setItem('begun', 'yes'))
  const other = await context.newPage()
  await other.goto('/sign-in')
  const choose = async (name) => {
    await page.locator('aside').getByRole('button', { name: new RegExp(owner.name) }).click()
    await page.getByRole('menuitemradio', { name }).or(page.getByRole('menuitemcheckbox', { name })).or(page.getByRole('menuitem', { name })).first().click()
  }
  await choose(speaker('en')('theme.dark'))
  await other.waitForFunction(() => document.documentElement.dataset.theme === 'dark')
  await choose('Français')
  await other.waitForFunction(() => document.documentElement.lang === 'fr')
  await other.getByText(speaker('fr')('overview.emptyTitle')).or(other.getByRole('heading', { name: speaker('fr')('account.signIn.title') })).first().waitFor()
  check((await page.evaluate(() => document.documentElement.lang)) === 'fr', 'the tab itself speaks French')
})
