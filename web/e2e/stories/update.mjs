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

  // The page is of yesterday: the part that it asks for is gone, and the server's page begins with another script.
  let gone = 0
  let asked = 0
  await page.route(/\/assets\/(RulesPage|rules)-.*\.js/, (route) => (gone++ === 0 ? route.fulfill({ status: 404, contentType: 'text/plain', body: 'gone' }) : route.continue()))
  await page.route(server.url + '/', async (route) => {
    const answer = await route.fetch()
    asked += 1
    await route.fulfill({ response: answer, body: (await answer.text()).replace(/src="\/assets\/index-[^"]+"/, 'src="/assets/index-of-tomorrow.js"') })
  })
  await page.evaluate(() => (window.yesterday = true))
  await page.getByRole('link', { name: say('rules.title'), exact: true }).first().click()
  await page.getByRole('heading', { level: 1, name: say('rules.title') }).waitFor()
  check(gone > 0 && asked > 0, 'the old part was asked for, and the page')
  check(await page.evaluate(() => !window.yesterday), 'the page is a new one')
  check(new URL(page.url()).pathname === '/rules', `the click is not lost (${page.url()})`)
})

story('a click without a connection waits for it, and the console stays', { each: ['offline', 'restarting'] }, async (stage) => {
  const server = await stage.server()
  await settle(server)
  const { page, context, complaints } = await stage.window(server, { as: owner })
  await page.goto('/')
  await settled(page)
  await page.evaluate(() => (window.same = true))

  // A server that starts again behind a proxy: the proxy answers, with an error or a page of its own.
  const proxy = (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' })
  await (stage.given === 'offline' ? context.setOffline(true) : page.route('**/*', proxy))
  await page.getByRole('link', { name: say('rules.title'), exact: true }).first().click()
  await page.getByText(say('connection.screenTitle')).waitFor()
  check(new URL(page.url()).pathname === '/', `the screen is the one before (${page.url()})`)
  await page.getByText(say('overview.emptyTitle')).waitFor()
  await page.keyboard.press('Control+k')

  await (stage.given === 'offline' ? context.setOffline(false) : page.unroute('**/*', proxy))
  await page.getByRole('heading', { level: 1, name: say('rules.title'), includeHidden: true }).waitFor({ state: 'attached' })
  check(await page.evaluate(() => window.same), 'nothing was loaded anew')
  await page.getByRole('dialog').waitFor()
  check(await page.getByText(say('connection.screenTitle')).isHidden(), 'the message is gone')
  // What the browser says of requests without a network is what the story is about.
  complaints.length = 0
})
