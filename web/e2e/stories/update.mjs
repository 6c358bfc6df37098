import { check, story } from '../stage/story.mjs'
import { owner, settle } from '../stage/server.mjs'
import { settled } from '../stage/browser.mjs'
import { speaker } from '../stage/words.mjs'

const say = speaker('en')

story('a click after an update of the server ends where it was meant to', {}, async (stage) => {
  const server = await stage.server()
  await settle(server)
  const { page } = await stage.window(server, { as: owner })
  await page.goto('/')
  await settled(page)

  // The page is of yesterday: the part that it asks for is gone. The new page knows the new names.
  let gone = 0
  await page.route(/\/assets\/(RulesPage|rules)-.*\.js/, (route) => (gone++ === 0 ? route.fulfill({ status: 404, contentType: 'text/plain', body: 'gone' }) : route.continue()))
  await page.getByRole('link', { name: say('rules.title'), exact: true }).first().click()
  await page.getByRole('heading', { level: 1, name: say('rules.title') }).waitFor()
  check(gone > 0, 'the old part was asked for')
  check(new URL(page.url()).pathname === '/rules', `the click is not lost (${page.url()})`)
})
