import { check, story } from '../stage/story.mjs'
import { owner, settle } from '../stage/server.mjs'
import { settled } from '../stage/browser.mjs'
import { speaker } from '../stage/words.mjs'

const say = speaker('en')

story('whoever waits for a slow server sees the console, not a blank page', {}, async (stage) => {
  const server = await stage.server()
  await settle(server)
  const { page } = await stage.window(server, { as: owner })
  let answer = () => undefined
  const held = new Promise((resolve) => (answer = resolve))
  await page.route('**/api/v1/me', async (route) => {
    await held
    await route.continue()
  })
  await page.goto('/devices')
  await page.getByRole('link', { name: say('devices.title'), exact: true }).first().waitFor()
  check((await page.getByRole('heading', { level: 1 }).count()) === 0 && (await page.locator('main [aria-busy=true]').count()) === 1, 'the screen is still to come')
  check(await page.locator('#boot').isHidden(), 'the mark has made room')
  answer()
  await settled(page)
  check((await page.title()).startsWith(say('devices.title')), 'it is there')
})

story('the doors are named, and say what they lack', {}, async (stage) => {
  const server = await stage.server()
  const { page } = await stage.window(server)
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('autocomplete'))
  await page.goto(server.setupUrl)
  await settled(page)
  check((await page.title()).startsWith(say('account.setup.title')), 'the setup has a title of its own')
  await page.getByRole('button', { name: say('account.setup.submit'), exact: true }).click()
  await page.getByText(say('word.required')).first().waitFor()
  check((await focused()) === 'organization', 'the first empty field is ready to be filled in')
  await page.getByLabel(say('account.field.tenant')).fill(owner.tenant)
  await page.getByLabel(say('account.field.email')).fill('ada')
  await page.getByLabel(say('account.field.newPassword'), { exact: true }).fill('short')
  await page.getByRole('button', { name: say('account.setup.submit'), exact: true }).click()
  await page.getByText(say('account.field.emailWrong')).waitFor()
  check((await focused()) === 'username', 'the first wrong one is next')

  await settle(server)
  await page.goto('/sign-in')
  await settled(page)
  check((await page.title()).startsWith(say('account.signIn.title')), 'the sign-in has a title of its own')
  await page.getByRole('button', { name: say('account.signIn.submit'), exact: true }).click()
  await page.getByText(say('word.required')).first().waitFor()
  await page.goto('/ui-gallery')
  // The gallery of components is not for strangers.
  await page.waitForURL('**/sign-in?**')
})
